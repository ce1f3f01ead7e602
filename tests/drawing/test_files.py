import io
import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments.drawing.files import rendered
from experiments.drawing.legends import legend_below, legend_beside
from experiments.drawing.style import (
    COLOURS,
    HALF_COLUMN,
    Drawing,
    house_style,
    new_figure,
    plain_powers,
    separate_labels,
    solve_layout,
)

KINDS = ("pdf", "png", "svg", "csv")


def drawn() -> dict[str, bytes]:
    with house_style():
        figure = new_figure(5.0, 3.0)
        for i, colour in enumerate(COLOURS):
            figure.axes[0].plot([0, 1], [i, i], color=colour, lw=4)
        figure.axes[0].set(xlabel="n, bits", title="ε")
        numbers = pd.DataFrame({"n": [1, 2**60 + 1], "x": [1 / 3, 1e-300], "name": ["a", "b,c"]})
        return rendered(Drawing(figure, numbers), KINDS)


@pytest.fixture(scope="module")
def files():
    return drawn()


def test_the_same_drawing_gives_the_same_bytes(files):
    assert drawn() == files


def test_fonts_are_in_the_pdf_and_no_date(files):
    assert b"/FontFile2" in files["pdf"]
    assert b"/Subtype /Type3" not in files["pdf"]
    assert b"CreationDate" not in files["pdf"]


def test_the_png_shows_every_colour(files):
    image = np.asarray(Image.open(io.BytesIO(files["png"])).convert("RGB"), int).reshape(-1, 3)
    for colour in COLOURS:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(image - wanted).max(1).min() <= 4


def test_numbers_are_kept_to_the_digits_of_a_float32(files):
    assert files["csv"].decode().splitlines()[1:] == ["1,0.333333333,a", '1152921504606846977,1e-300,"b,c"']
    numbers = np.random.default_rng(0).normal(size=50).astype(np.float32)
    with house_style():
        text = rendered(Drawing(new_figure(), pd.DataFrame({"x": numbers})), ("csv",))["csv"]
    np.testing.assert_array_equal(pd.read_csv(io.BytesIO(text))["x"].astype(np.float32), numbers)


def test_widths_are_whole_half_columns():
    for width in (0.1, 3.4, 5.2, 6.4, 7.0, 16.3):
        inches = new_figure(width, 2.0).get_size_inches()
        assert inches[0] / HALF_COLUMN == pytest.approx(max(2, round(width / HALF_COLUMN)))
        assert inches[1] == 2.0


def visible(axis) -> list:
    axis.figure.draw_without_rendering()
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [tick.label1 for tick in ticks if tick.label1.get_visible() and tick.label1.get_text()]


def test_labels_of_ticks_do_not_lie_on_each_other_and_major_ones_stay():
    figure = new_figure(1.75, 2.0)
    figure.axes[0].plot([2, 60], [0.2, 0.9])
    figure.axes[0].set(xscale="log", yscale="log")
    before = len(visible(figure.axes[0].xaxis))
    solve_layout(figure)
    separate_labels(figure)
    once = len(visible(figure.axes[0].xaxis))
    separate_labels(figure)
    assert len(visible(figure.axes[0].xaxis)) == once
    for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis):
        places = [label.get_window_extent() for label in visible(axis)]
        assert places
        assert not [1 for i, one in enumerate(places) if any(one.overlaps(other) for other in places[:i])]
    labels = [label.get_text() for label in visible(figure.axes[0].xaxis)]
    assert any("10^{1}" in label for label in labels)
    assert len(labels) < before


def test_slanted_labels_stay():
    with house_style():
        figure = new_figure(3.5, 3.0)
        figure.axes[0].set_xticks(range(8), [f"a long name {i}" for i in range(8)], rotation=35)
        solve_layout(figure)
        separate_labels(figure)
        assert len([one for one in figure.axes[0].get_xticklabels() if one.get_visible()]) == 8


@pytest.mark.parametrize(("limits", "some"), [((0.02, 0.7), True), ((0.5, 20), True), ((1e-6, 1), False)])
def test_an_axis_of_many_powers_has_no_ticks_between_them(limits, some):
    with house_style():
        figure = new_figure()
        figure.axes[0].set(yscale="log", ylim=limits)
        plain_powers(figure)
        assert (len(figure.axes[0].yaxis.get_minor_ticks()) > 0) == some


@pytest.mark.parametrize("beside", [False, True])
def test_a_title_leaves_room_for_a_legend_beside_it_and_none_for_one_below(beside):
    title = "a title of words that is as long as the whole width of its figure is"
    with house_style():
        figure = new_figure(7.0, 3.0)
        entries: dict[str, dict[str, str]] = {"a name of some length": {"color": "k"}, "another": {"color": "k"}}
        legend_beside(figure, entries) if beside else legend_below(figure, entries)
        rendered(Drawing(figure, pd.DataFrame(), title), ("csv",))
        assert figure.get_suptitle().count("\n") == beside


def test_a_slow_machine_draws_a_legend_without_a_warning(monkeypatch):
    # matplotlib warns if the search for a free place took a second, and a warning ends a test.
    ticks = itertools.count(0, 10)
    monkeypatch.setattr("matplotlib.legend.time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    with house_style():
        figure = new_figure()
        figure.axes[0].plot([0, 1], label="a line")
        figure.axes[0].legend()
        assert rendered(Drawing(figure, pd.DataFrame()), ("png",))["png"]
    assert next(ticks) > 0
