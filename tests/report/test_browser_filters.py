"""Filters and search of the page, in a real browser."""

import re

from tests.report.in_page import CHOOSE, SHOWN

EXACT = (
    "[...document.querySelectorAll('.ledger td:nth-child(5)')].filter(one => one.innerText.startsWith('exact')).length"
)


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
    assert choose("evidence", "exact") == page.run(EXACT) > 0


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
