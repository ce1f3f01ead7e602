"""The page on a phone, without scripts, in the dark and on paper, in a real browser."""

import pytest

from tests.report.in_page import SHOWN

# Elements that stick out of the window and stand in no box that scrolls.
TOO_WIDE = (
    "[...document.body.querySelectorAll('*')].filter(one => !one.closest('.scroll, .skip') && one.offsetParent"
    " && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 200))"
)


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
    assert tab.run(SHOWN) == tab.run("document.querySelectorAll('.ledger tbody tr:not(.sentence)').length") > 100


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
    # A figure that is drawn beside an answer is not drawn on paper again, and two answers stand beside each other.
    assert page.run("[...document.querySelectorAll('.family .again svg')].map(one => one.clientWidth)") == [0]
    assert (
        page.run("new Set([...document.querySelectorAll('.answer')].map(one => one.getBoundingClientRect().x)).size")
        == 2
    )


def test_larger_makes_a_figure_larger_on_a_large_screen_too(page):
    svg = "document.querySelector('.family figure svg')"
    before = page.run(f"{svg}.getBoundingClientRect().width")
    page.run("[...document.querySelectorAll('.family .save button')].find(b => b.textContent === 'larger').click()")
    assert page.run(f"{svg}.getBoundingClientRect().width") > before + 100


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
