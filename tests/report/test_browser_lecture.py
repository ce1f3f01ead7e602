"""Lecture mode of the page, in a real browser."""


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
