from itertools import product

import pytest

from experiments.drawing.panels import ABOVE, label_outside, panels
from experiments.drawing.style import HALF_COLUMN


def places(axes_of):
    return {
        key: (axes.get_subplotspec().rowspan.start, axes.get_subplotspec().colspan.start)
        for key, axes in axes_of.items()
    }


def test_a_grid_has_a_panel_for_each_row_and_column():
    figure, axes_of = panels(product("ab", (1, 2, 3)), columns=3)
    assert places(axes_of) == {(row, i): ("ab".index(row), i - 1) for row in "ab" for i in (1, 2, 3)}
    assert [axes_of[key] for key in product("ab", (1, 2, 3))] == figure.axes


def test_panels_left_over_are_hidden():
    figure, axes_of = panels("abcde", columns=3)
    assert [axes.get_visible() for axes in figure.axes] == [True] * 5 + [False]
    assert places(axes_of)["e"] == (1, 1)


def test_without_columns_all_are_in_one_line():
    figure, axes_of = panels("abcde")
    assert list(places(axes_of).values()) == [(0, i) for i in range(5)]
    assert len(figure.axes) == 5


def test_few_keys_take_few_columns():
    assert len(panels("ab", columns=3)[0].axes) == 2


def test_no_keys_are_no_panels():
    figure, axes_of = panels(list[str]())
    assert axes_of == {}
    assert not any(axes.get_visible() for axes in figure.axes)


def test_a_key_that_comes_twice_has_one_panel():
    assert list(panels("aba")[1]) == ["a", "b"]


def test_the_figure_grows_with_its_panels():
    figure, _ = panels(range(5), columns=3, width=2 * HALF_COLUMN, height=2.0, beside=HALF_COLUMN)
    assert figure.get_size_inches() == pytest.approx([7 * HALF_COLUMN, 4.0 + ABOVE])


def test_panels_are_labelled_on_the_outside_where_none_is_seen_farther_out():
    figure, axes_of = panels("abcdef", columns=3)
    for hidden in "df":
        axes_of[hidden].set_visible(False)
    label_outside(figure, "x", "y")
    seen = {key: axes for key, axes in axes_of.items() if axes.get_visible()}
    assert [key for key, axes in seen.items() if axes.get_xlabel() == "x"] == ["a", "c", "e"]
    assert [key for key, axes in seen.items() if axes.get_ylabel() == "y"] == ["a", "e"]
