"""The style of all figures, and what a claim's `draw` returns."""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, LogFormatterMathtext
from matplotlib.transforms import Bbox

# Okabe & Ito's colours: told apart by colour-blind readers; each family also has its own marker.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
HALF_COLUMN = 1.75
SUPERSCRIPTS = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")


class Drawing(NamedTuple):
    """A figure and the numbers drawn in it.

    Attributes:
        figure: the figure.
        numbers: what is drawn.
        title: the figure's finding in a sentence of at most some 90 letters, made from the numbers; it is put above the
            panels when the figure is saved.
        caption: what the panels, lines and points are, in a sentence or two that a page shows below the figure.
    """

    figure: Figure
    numbers: pd.DataFrame
    title: str = ""
    caption: str = ""


def new_figure(width: float = 6.4, height: float = 4.0, rows: int = 1, columns: int = 1) -> Figure:
    """A figure with `rows` x `columns` axes, sizes in inches; made and drawn in within `house_style`.

    Its width is rounded to whole half columns of a paper of two columns, so that figures side by side fit.
    """
    width = max(2, round(width / HALF_COLUMN)) * HALF_COLUMN
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.subplots(rows, columns, squeeze=False)
    return figure


def logarithmic_ticks(axes: Axes, ticks: Iterable[float]) -> None:
    """Makes the axis of x logarithmic, with a tick at each of these numbers and at no other."""
    axes.set_xscale("log", base=2)
    axes.set_xticks(sorted(ticks), [f"{tick:g}" for tick in sorted(ticks)])
    axes.xaxis.minorticks_off()


class PlainPowers(Formatter):
    """Labels of a logarithmic axis as plain text, `10⁻³`: what matplotlib sets as a formula takes ten times as long."""

    def __init__(self, formulas: LogFormatterMathtext) -> None:
        self.formulas = formulas

    def set_axis(self, axis: Any) -> None:
        """The axis whose ticks are labelled."""
        super().set_axis(axis)
        self.formulas.set_axis(axis)

    def set_locs(self, locs: Any) -> None:
        """Where there are ticks."""
        super().set_locs(locs)
        self.formulas.set_locs(locs)

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick."""
        text = self.formulas(x, pos)
        text = re.sub(r"\^\{([^}]*)\}", lambda match: match[1].translate(SUPERSCRIPTS), text)
        return re.sub(r"\$|\\mathdefault|[{}]", "", text).replace(r"\times", "×")


def plain_powers(figure: Figure) -> None:
    """Lets all logarithmic axes of a figure have plain labels."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(formatter := axis.get_major_formatter(), LogFormatterMathtext):
            axis.set_major_formatter(PlainPowers(formatter))
        if isinstance(formatter := axis.get_minor_formatter(), LogFormatterMathtext):
            axis.set_minor_formatter(PlainPowers(formatter))


def separate_labels(figure: Figure) -> None:
    """Hides labels of ticks that would be drawn over another; those of major ticks stay before those of minor ones."""
    # A canvas of its own keeps one renderer; without it every text that is measured makes one.
    renderer = FigureCanvasAgg(figure).get_renderer()
    for axis in (axis for axes in figure.axes if axes.get_visible() for axis in (axes.xaxis, axes.yaxis)):
        # Brings the labels to where the layout wants them.
        axis.get_tightbbox(renderer)
        kept: list[Bbox] = []
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not tick.label1.get_visible() or not tick.label1.get_text():
                continue
            place = tick.label1.get_window_extent(renderer)
            if any(place.overlaps(other) for other in kept):
                tick.label1.set_visible(False)
            else:
                kept.append(place)


def solve_layout(figure: Figure) -> None:
    """Gives panels, labels and legends their places."""
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def house_style() -> AbstractContextManager[None]:
    """The style that all figures are made, drawn and saved in."""
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
    # Fonts are in the PDF as fonts, so that its text can be searched; an SVG's text is text.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "theory-claims",
}
