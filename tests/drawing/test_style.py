"""Sizes, ticks and labels of figures."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import LogFormatterMathtext

from experiments.drawing import style


@pytest.mark.parametrize(("asked", "columns"), [(6.4, 4), (0.5, 2), (3.5, 2), (4.5, 3), (7.1, 4)])
def test_widths_are_whole_half_columns_and_at_least_two(asked, columns):
    figure = style.new_figure(asked, 2.0, rows=2, columns=3)
    assert figure.get_size_inches().tolist() == [columns * style.HALF_COLUMN, 2.0]
    assert len(figure.axes) == 6


def test_as_many_colours_as_markers_and_no_two_alike():
    assert len(set(style.COLOURS)) == len(set(style.MARKERS)) == len(style.COLOURS) == len(style.MARKERS)


def test_a_logarithmic_axis_has_the_ticks_that_it_is_given_only():
    (axes,) = style.new_figure().axes
    style.logarithmic_ticks(axes, {16, 2, 4})
    assert axes.get_xscale() == "log"
    assert axes.get_xticks().tolist() == [2, 4, 16]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "4", "16"]
    assert len(axes.xaxis.get_minorticklocs()) == 0


@pytest.mark.parametrize(("value", "text"), [(1e-3, "10⁻³"), (100.0, "10²"), (1.0, "10⁰")])
def test_powers_are_plain_text(value, text):
    (axes,) = style.new_figure().axes
    axes.set(yscale="log", ylim=(1e-4, 1e13))
    formulas = LogFormatterMathtext(labelOnlyBase=False)
    plain = style.PlainPowers(formulas)
    plain.set_axis(axes.yaxis)
    plain.set_locs(axes.yaxis.get_majorticklocs())
    assert plain(value).replace(" ", "") == text
    assert "$" not in plain(value)


@pytest.mark.parametrize(
    ("between", "numbers"), [((0.1, 0.3), True), ((1e-3, 1e3), True), ((1e-4, 1.0), False), ((1.0, 1e4), False)]
)
def test_axes_without_very_small_and_large_numbers_have_numbers_and_neighbours_the_same(between, numbers):
    figure = style.new_figure(columns=2)
    for axes, limits in zip(figure.axes, ((0.1, 1.0), between), strict=True):
        axes.set(yscale="log", ylim=limits)
    style.plain_powers(figure)
    for axes in figure.axes:
        plain = axes.yaxis.get_major_formatter()
        plain.set_locs(axes.yaxis.get_majorticklocs().tolist())
        assert plain(0.1) == ("0.1" if numbers else "10⁻¹")
    # Powers of another number stay powers.
    figure.axes[0].set_yscale("log", base=2)
    assert not style._within_numbers(figure, "y")


@pytest.mark.parametrize(("high", "minor"), [(1e1, True), (1e2, False), (1e6, False)])
def test_ticks_between_powers_go_where_powers_are_enough(high, minor):
    figure = style.new_figure()
    (axes,) = figure.axes
    axes.set(yscale="log", ylim=(1.0, high))
    style.plain_powers(figure)
    assert (len(axes.yaxis.get_minorticklocs()) > 0) == minor
    assert isinstance(axes.yaxis.get_major_formatter(), style.PlainPowers)


def test_labels_that_would_overlap_are_hidden_and_slanted_ones_stay():
    figure = style.new_figure(3.5, 2.0)
    (axes,) = figure.axes
    axes.set_xlim(0, 1)
    places = np.linspace(0, 1, 21)
    axes.set_xticks(places, [f"a long label {i}" for i in range(21)])
    style.separate_labels(figure)
    shown = [label for label in axes.get_xticklabels() if label.get_visible()]
    assert 1 < len(shown) < 21
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [label.get_window_extent(renderer) for label in shown]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    axes.set_xticks(places, [f"a long label {i}" for i in range(21)], rotation=45)
    ticks = axes.xaxis.get_major_ticks()
    for tick in ticks:
        tick.label1.set_visible(True)
    style.separate_labels(figure)
    assert all(tick.label1.get_visible() for tick in ticks)


def test_the_style_is_left_where_its_block_ends():
    before = mpl.rcParams["axes.grid"]
    with style.house_style():
        assert mpl.rcParams["axes.grid"] is True
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert mpl.rcParams["axes.grid"] == before
