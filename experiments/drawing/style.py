"""The style of all figures, and what a claim's `draw` returns."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

# Okabe & Ito's colours: told apart by colour-blind readers; each family also has its own marker.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
HALF_COLUMN = 1.75


class Drawing(NamedTuple):
    """A figure and the numbers drawn in it."""

    figure: Figure
    numbers: pd.DataFrame


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


def separate_labels(figure: Figure) -> bool:
    """Hides labels of ticks that would be drawn over another; those of major ticks stay before those of minor ones.

    Returns:
        Whether any was hidden.
    """
    figure.draw_without_rendering()
    hidden = False
    for axis in (axis for axes in figure.axes if axes.get_visible() for axis in (axes.xaxis, axes.yaxis)):
        kept: list[Bbox] = []
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not tick.label1.get_visible() or not tick.label1.get_text():
                continue
            place = tick.label1.get_window_extent()
            if any(place.overlaps(other) for other in kept):
                tick.label1.set_visible(False)
                hidden = True
            else:
                kept.append(place)
    return hidden


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
