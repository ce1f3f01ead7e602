"""The page as a real browser shows it, and what can be saved from it."""

import re
from xml.etree import ElementTree


def test_it_loads_without_a_word_on_the_console_or_a_request(page, report):
    assert page.said == []
    assert page.asked == [report.as_uri()]
    assert page.run("document.querySelectorAll('img, iframe, object').length") == 0
    # What a hostile run holds was not run, and is there to be read.
    assert page.run("document.body.innerText.includes('<script>alert')")


def test_every_figure_is_there_and_visible(page):
    sizes = page.run(
        "[...document.querySelectorAll('figure svg')].map(s => [s.clientWidth, s.querySelectorAll('path').length])"
    )
    # Beside its sentence, in its claim, and as a use of the first.
    assert len(sizes) == 3
    assert all(width > 300 for width, _ in sizes)
    assert sorted(paths > 20 for _, paths in sizes) == [False, True, True]
    assert page.run("[...document.querySelectorAll('figure svg text')].every(t => t.getBoundingClientRect().width > 0)")
    links = page.run("[...document.querySelectorAll('figcaption a')].map(a => a.href)")
    assert len(links) == 3 * 4
    assert all(link.startswith("file://") for link in links)


def test_what_a_link_leads_to_is_unfolded(page):
    name = page.run("document.querySelector('.verdicts li[id]').id")
    closed = f"document.getElementById('{name}').closest('details').open"
    assert page.run(closed) is False
    page.run(f"location.hash = '#{name}'; new Promise(done => setTimeout(done, 50))")
    assert page.run(closed) is True


def test_tables_and_figures_can_be_saved(page):
    # What is saved is looked at where it would go to a file.
    page.run("save = (name, kind, content) => { window.saved = [name, content]; }")
    page.run("document.querySelector('table[data-name=ledger]').closest('.scroll').nextElementSibling.click()")
    name, content = page.run("window.saved")
    assert name == "ledger.csv"
    assert content.splitlines()[0] == '"Verdict","Claim","Prediction","Measured","Evidence","p, and after Holm"'
    for number in range(3):
        page.run(f"document.querySelectorAll('figure .save button')[{2 * number}].click()")
        name, content = page.run("window.saved")
        tree = ElementTree.fromstring(content)
        assert name.endswith(".svg")
        assert len(list(tree.iter("{http://www.w3.org/2000/svg}path"))) > 20
        assert re.search(r"\.s\d+ \{ fill: rgb\(", content)


def test_every_line_of_the_ledger_leads_to_the_rule_of_its_verdict(page):
    links = page.run(
        "[...document.querySelectorAll('.ledger code > a')].map(link => {"
        " const verdict = document.getElementById(link.hash.slice(1));"
        " const head = verdict.closest('article').querySelector('h3').firstChild.textContent.trim();"
        " return [link.textContent, `${head}/${verdict.querySelector('code').textContent}`]; })"
    )
    assert len(links) == page.run("document.querySelectorAll('.ledger td:nth-child(2)').length") > 100
    assert [one for one in links if one[0] != one[1]] == []
