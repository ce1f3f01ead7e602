"""The style of all figures, and what a claim's `draw` returns."""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, LogFormatterMathtext
from matplotlib.transforms import Bbox

# The colours of Okabe and Ito: colour-blind readers can distinguish them. Markers distinguish series as well.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
# Inches of half a column in a paper of two columns.
HALF_COLUMN = 1.75
# An axis that shows this number of powers has no ticks between them: they have no numbers, and took half of the
# time of a layout.
ENOUGH_POWERS = 3
# Logarithmic axes between these have numbers: nobody says 1.2×10⁻¹.
SMALLEST, LARGEST = 1e-3, 1e3
SUPERSCRIPTS = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")


class Drawing(NamedTuple):
    """A figure and the numbers drawn in it.

    Attributes:
        figure: the figure.
        numbers: what is drawn.
        title: the figure's finding in a sentence of at most about 90 letters, made from the numbers. It is put above
            the panels when the figure is saved.
        caption: what the panels, lines and points are, in a sentence or two. A page shows it below the figure.
    """

    figure: Figure
    numbers: pd.DataFrame
    title: str = ""
    caption: str = ""


def new_figure(width: float = 6.4, height: float = 4.0, rows: int = 1, columns: int = 1) -> Figure:
    """A figure with `rows` x `columns` axes, sizes in inches. It is made and drawn within `house_style`.

    Its width is rounded to half columns of a paper, so that figures fit side by side.
    """
    width = max(2, round(width / HALF_COLUMN)) * HALF_COLUMN
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.subplots(rows, columns, squeeze=False)
    return figure


def logarithmic_ticks(axes: Axes, ticks: Iterable[float]) -> None:
    """Makes the x axis logarithmic, with ticks at these numbers only."""
    axes.set_xscale("log", base=2)
    axes.set_xticks(sorted(ticks), [f"{tick:g}" for tick in sorted(ticks)])
    axes.xaxis.minorticks_off()


class PlainPowers(Formatter):
    """Labels of a logarithmic axis as plain text, `10⁻³`. matplotlib's own formulas take ten times as long to draw.

    Args:
        formulas: the labels of matplotlib.
        numbers: whether they are written as numbers, `0.001`.
    """

    def __init__(self, formulas: LogFormatterMathtext, numbers: bool = False) -> None:
        self.formulas = formulas
        self.numbers = numbers

    def set_axis(self, axis: Any) -> None:
        """Sets the axis that gets the labels."""
        super().set_axis(axis)
        self.formulas.set_axis(axis)

    def set_locs(self, locs: Any) -> None:
        """Sets the places of the ticks."""
        super().set_locs(locs)
        self.formulas.set_locs(locs)

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick."""
        text = self.formulas(x, pos)
        if text and self.numbers:
            return f"{x:g}"
        text = re.sub(r"\^\{([^}]*)\}", lambda match: match[1].translate(SUPERSCRIPTS), text)
        return re.sub(r"\$|\\mathdefault|[{}]", "", text).replace(r"\times", "×")


def plain_powers(figure: Figure) -> None:
    """Gives all logarithmic axes of a figure plain labels, and no minor ticks where powers are enough.

    Panels that stand beside each other have labels of one kind.
    """
    numbers = {name: _within_numbers(figure, name) for name in ("x", "y")}
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        powers = axis.get_majorticklocs() if axis.get_scale() == "log" else np.array([])
        if ((low <= powers) & (powers <= high)).sum() >= ENOUGH_POWERS:
            axis.minorticks_off()
        if isinstance(formatter := axis.get_major_formatter(), LogFormatterMathtext):
            axis.set_major_formatter(PlainPowers(formatter, numbers[axis.axis_name]))
        if isinstance(formatter := axis.get_minor_formatter(), LogFormatterMathtext):
            axis.set_minor_formatter(PlainPowers(formatter, numbers[axis.axis_name]))


def _within_numbers(figure: Figure, name: str) -> bool:
    """Whether the logarithmic axes of one direction are in tens, and neither very small nor very large."""
    mine = [one for axes in figure.axes for one in (axes.xaxis, axes.yaxis) if one.axis_name == name]
    logarithmic = [one for one in mine if one.get_scale() == "log"]
    tens = all(getattr(one.get_transform(), "base", 0) == 10 for one in logarithmic)
    return tens and all(SMALLEST <= end <= LARGEST for one in logarithmic for end in one.get_view_interval())


def separate_labels(figure: Figure) -> None:
    """Hides labels of ticks that would overlap another label. Labels of major ticks have priority.

    Slanted labels stay: their letters do not overlap where the boxes around them do.
    """
    # One canvas keeps one renderer. Without it, measuring each text would make a new one.
    renderer = FigureCanvasAgg(figure).get_renderer()
    for axis in (axis for axes in figure.axes if axes.get_visible() for axis in (axes.xaxis, axes.yaxis)):
        # This moves the labels to their final places.
        axis.get_tightbbox(renderer)
        kept: list[Bbox] = []
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            slanted = tick.label1.get_rotation() % 90 != 0
            if slanted or not tick.label1.get_visible() or not tick.label1.get_text():
                continue
            place = tick.label1.get_window_extent(renderer)
            if any(place.overlaps(other) for other in kept):
                tick.label1.set_visible(False)
            else:
                kept.append(place)


def solve_layout(figure: Figure) -> None:
    """Computes the places of panels, labels and legends."""
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def house_style() -> AbstractContextManager[None]:
    """A context with the style in which all figures are made, drawn and saved."""
    return mpl.rc_context(STYLE)


STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": "medium",
    "legend.frameon": False,
    "font.size": 9,
    # A PDF contains its fonts, and an SVG its text as text, so that both can be searched.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "theory-claims",
}
