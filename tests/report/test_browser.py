"""The page in a real browser: Debian's Chromium, installed if that is allowed, else these tests are skipped."""

import re
import warnings
from xml.etree import ElementTree

import pytest

from experiments.report import command, model
from experiments.storage.runs import RunDirectory
from tests import browser
from tests.conftest import ROOT
from tests.report import runs

SHOWN = "document.querySelectorAll('.ledger tr[data-verdict]:not([hidden])').length"
CHOOSE = (
    "{{ const field = [...document.forms].map(form => form.elements['{}']).find(Boolean); field.value = '{}';"
    " field.dispatchEvent(new Event('input', {{bubbles: true}})); }}"
)
# Elements that stick out of the window and stand in no box that scrolls.
TOO_WIDE = (
    "[...document.body.querySelectorAll('*')].filter(one => !one.closest('.scroll, .skip') && one.offsetParent"
    " && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 200))"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of a whole run, a hostile one, an empty one, and verdicts of the committed reference without a table."""
    folder = tmp_path_factory.mktemp("results")
    reference = RunDirectory(ROOT / "results" / "reference" / "restarts").read_verdicts()
    assert reference is not None
    rows = reference.assign(p_value=[0.04, *[1e-6] * (len(reference) - 1)])
    claims = {claim.split("/")[0].split(".")[1] for claim in rows["claim"]} - {"best-of-k"}
    made = [
        runs.census(folder),
        runs.hostile(folder),
        runs.write(folder, {"minimum-width": runs.CENSUS[:0]}, rows[:0], sweep="empty"),
        runs.write(folder, {"best-of-k": runs.CENSUS[:0]}, rows, "restarts", "restarts", other=tuple(claims)),
    ]
    command.write(model.make(made), folder / "report")
    return folder / "report" / "index.html"


@pytest.fixture(scope="module")
def tab():
    found = browser.find()
    if found is None:
        reason = "NO BROWSER: the report's page was not tested in one; `apt-get install chromium` mends that"
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with browser.opened(found) as page:
        yield page


@pytest.fixture
def page(tab, report):
    tab.look()
    tab.resize(1280, 900)
    tab.open(report)
    return tab


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


def test_filters_show_what_they_say_and_reset(page):
    everything = page.run(SHOWN)
    assert page.run("document.getElementById('shown').textContent") == f"{everything} of {everything} lines"
    assert page.run("document.querySelectorAll('.ledger .sentence').length") > 30

    def choose(name, value):
        page.run(CHOOSE.format(name, value))
        return page.run(SHOWN)

    contradicted = choose("verdict", "contradicted")
    assert 0 < contradicted < everything
    assert page.run(
        "[...document.querySelectorAll('.ledger tr:not([hidden]) .verdict')]"
        ".every(badge => badge.innerText.includes('contradicted'))"
    )
    assert 0 < choose("chapter", "III.III") < contradicted
    assert choose("words", "TANH") > 0
    assert choose("words", "no such words") == 0
    assert page.run("[...document.querySelectorAll('.ledger tbody')].every(group => group.hidden)")
    assert (
        page.run(
            "document.forms.filters.reset(); document.forms.search.reset(); new Promise(done => setTimeout(() => done("
            + SHOWN
            + "), 20))"
        )
        == everything
    )
    assert choose("verdict", "not-after-holm") == 0
    choose("verdict", "")
    assert choose("sweep", "boolean") == 2
    choose("sweep", "")
    assert choose("evidence", "exact") == page.run("document.querySelectorAll('tr[data-evidence=exact]').length") > 0


def test_a_chapter_that_is_not_tested_yet_stays_to_be_seen(page):
    page.run(CHOOSE.format("chapter", "I"))
    visible = page.run("[...document.querySelectorAll('.ledger tbody:not([hidden])')].map(group => group.innerText)")
    assert len(visible) == 4
    assert all("not tested yet" in text for text in visible)


def test_the_keyboard_reaches_the_filters_and_the_boxes_that_scroll_and_sets_a_filter(page):
    def press(key, text="", code=0):
        page.do("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        page.do("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    reached, everything = [], page.run(SHOWN)
    for _ in range(40):
        press("Tab", code=9)
        reached.append(page.run("(one => one.name || one.id || one.className)(document.activeElement)"))
        if reached[-1] == "lecture":
            break
    assert (reached[0], reached[-2:]) == ("skip", ["words", "lecture"])
    page.run("location.hash = '#ledger'")
    for _ in range(60):
        press("Tab", code=9)
        reached.append(page.run("(one => one.name || one.className || one.tagName)(document.activeElement)"))
        assert page.run("document.activeElement.matches(':focus-visible')")
        if reached[-1] == "verdict":
            press("c", "c", 67)
            assert page.run("document.activeElement.value") == "contradicted"
    assert {"chapter", "verdict", "sweep", "evidence", "scroll"} <= set(reached)
    assert 0 < page.run(SHOWN) < everything


@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_sticks_out_at_a_phones_width(tab, report, scripts):
    tab.look(scripts=scripts)
    tab.resize(360, 740)
    tab.open(report)
    assert tab.run("document.documentElement.scrollWidth") <= 360
    assert tab.run(TOO_WIDE) == []


def test_without_scripts_it_is_a_plain_table(tab, report):
    tab.look(scripts=False)
    tab.open(report)
    assert tab.run("document.getElementById('filters').offsetParent === null")
    assert tab.run(SHOWN) == tab.run("document.querySelectorAll('.ledger tr[data-verdict]').length") > 100


def test_light_and_dark_are_legible(page):
    contrasts = {}
    for scheme in ("light", "dark"):
        page.look(scheme)
        contrasts[scheme] = page.run(CONTRASTS)
        assert min(contrasts[scheme]) >= 4.5
        ink = page.run("getComputedStyle(document.querySelector('figure svg text')).fill")
        assert ink == page.run("getComputedStyle(document.body).color")
    assert contrasts["light"] != contrasts["dark"]


CONTRASTS = """
(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const light = (colour) => { const [r, g, b] = channels(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const kinds = [".verdict.supported", ".verdict.contradicted", ".verdict.inconclusive", ".verdict.none"];
  const words = [...kinds, ".bar .conditions"];
  return ["body", "a[href]", ...words]
    .map((name) => light(getComputedStyle(document.querySelector(name)).color))
    .map((ink) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
})()
"""


def test_it_prints_answers_first_and_without_what_is_folded_away(page, tmp_path):
    page.print(tmp_path / "page.pdf")
    assert 4 < (tmp_path / "page.pdf").read_bytes().count(b"/Type /Page\n") < 40
    page.look(media="print")
    assert page.run("getComputedStyle(document.getElementById('filters')).display") == "none"
    assert page.run("[...document.querySelectorAll('.family details')].every(one => one.offsetParent === null)")
    # What stands beside an answer is not drawn on paper again, and two answers stand beside each other.
    assert page.run("[...document.querySelectorAll('.family .again svg')].map(one => one.clientWidth)") == [0]
    assert (
        page.run("new Set([...document.querySelectorAll('.answer')].map(one => one.getBoundingClientRect().x)).size")
        == 2
    )


def test_search_looks_through_sentences_claims_and_the_ledger(page):
    visible = "[...document.querySelectorAll('.answer')].filter(one => !one.hidden).length"
    everything = page.run(visible)
    page.run(CHOOSE.format("words", "restarts 1000"))
    assert 0 < page.run(visible) < everything
    found = page.run("document.getElementById('found').textContent")
    assert re.fullmatch(r"\d+ sentences, \d+ claims, \d+ lines of the ledger", found)
    page.run(CHOOSE.format("words", ""))
    assert page.run(visible) == everything
    assert page.run("document.getElementById('found').textContent") == ""


def test_what_is_searched_is_found_on_the_first_screen_too_and_no_heading_stands_alone(page):
    page.run(CHOOSE.format("words", "restarts 1000"))
    lines = "[...document.querySelectorAll('.overview tbody tr:not(.group)')].filter(one => one.offsetParent)"
    shown = page.run(f"{lines}.map(one => one.querySelector('a').hash.slice(1))")
    cards = "[...document.querySelectorAll('.answer')].filter(one => one.offsetParent).map(one => one.id)"
    assert shown == page.run(cards)
    assert shown
    found = ".answer:not([hidden]), tr:not(.group):not([hidden])"
    headings = "[...document.querySelectorAll('#answers h2, .overview .group')].filter(one => one.offsetParent)"
    assert page.run(f"{headings}.every(one => one.closest('section, tbody').querySelector('{found}'))")
    chapters = "[...document.querySelectorAll('#answers h3')].filter(one => one.offsetParent).length"
    assert page.run(chapters) < page.run("document.querySelectorAll('#answers h3').length") / 2
    page.run(CHOOSE.format("words", ""))


def test_a_power_is_raised_and_still_found_as_it_was_written(page):
    page.run(CHOOSE.format("words", "256^40,000"))
    assert page.run("[...document.querySelectorAll('.answer')].filter(one => one.offsetParent).map(one => one.id)") == [
        "image-space"
    ]
    page.run(CHOOSE.format("words", ""))
    power = "document.querySelector('#image-space h4 sup')"
    assert page.run(f"{power}.textContent") == "^40,000"
    assert page.run(f"{power}.firstElementChild.getBoundingClientRect().width") == 0
    assert "256^40,000" in page.run(f"{power}.parentElement.innerText")


def test_larger_makes_a_figure_larger_on_a_large_screen_too(page):
    svg = "document.querySelector('.family figure svg')"
    before = page.run(f"{svg}.getBoundingClientRect().width")
    page.run("[...document.querySelectorAll('.family .save button')].find(b => b.textContent === 'larger').click()")
    assert page.run(f"{svg}.getBoundingClientRect().width") > before + 100


def test_lecture_mode_says_where_one_is_and_is_left_without_a_keyboard(page):
    page.run("document.getElementById('lecture').click()")
    many = page.run("document.querySelectorAll('.answer').length")
    place = "document.getElementById('slide').textContent"
    assert page.run(place) == f"1 of {many}: A Simple Introduction to Neural Networks, I"
    page.run("document.getElementById('on').click()")
    assert page.run(place).startswith("2 of")
    page.run("document.getElementById('back').click()")
    assert page.run(place).startswith("1 of")
    bar = page.run("document.querySelector('.steps').getBoundingClientRect().bottom")
    assert 0 < bar <= page.run("innerHeight")
    page.run("document.getElementById('end').click()")
    assert page.run("document.querySelector('.steps').offsetParent === null")


def test_lecture_mode_shows_a_sentence_a_screen_and_goes_on_by_keyboard(page):
    def press(key):
        page.do("Input.dispatchKeyEvent", type="keyDown", key=key)
        page.do("Input.dispatchKeyEvent", type="keyUp", key=key)
        return page.run("[...document.querySelectorAll('.answer')].filter(one => one.offsetParent).map(one => one.id)")

    page.run("document.getElementById('lecture').click()")
    ids = page.run("[...document.querySelectorAll('.answer')].map(one => one.id)")
    assert press("Shift") == ids[:1]
    assert press("ArrowRight") == ids[1:2]
    assert press(" ") == ids[2:3]
    assert press("ArrowLeft") == ids[1:2]
    assert page.run("document.querySelector('nav').offsetParent === null")
    assert len(press("Escape")) == len(ids)


def test_what_a_link_leads_to_is_unfolded(page):
    name = page.run("document.querySelector('.rule tr[id]').id")
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


def test_a_figure_is_whole_on_a_phone_and_larger_when_asked(tab, report):
    tab.look()
    tab.resize(390, 800)
    tab.open(report)
    width = "document.querySelector('.family figure svg').getBoundingClientRect().width"
    box = tab.run("document.querySelector('.family figure .scroll').clientWidth")
    assert tab.run(width) <= box + 1
    tab.run(
        "[...document.querySelectorAll('.family figure .save button')].find(b => b.textContent === 'larger').click()"
    )
    assert tab.run(width) > box
    assert tab.run("document.documentElement.scrollWidth") <= 390
