"""Figures of several panels: one panel for each key, all of the same size, with labels at the outer edges."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.drawing.style import new_figure

Key = TypeVar("Key", bound=Hashable)
# Inches above the panels for their titles.
ABOVE = 0.3


def panels(
    keys: Iterable[Key],
    columns: int | None = None,
    *,
    width: float = 2.4,
    height: float = 3.1,
    beside: float = 1.6,
) -> tuple[Figure, dict[Key, Axes]]:
    """A figure with a panel for each key, filled line by line. Unused panels are hidden.

    Args:
        keys: what each panel shows. A grid is `itertools.product(rows, columns)`, with `columns` of them.
        columns: the most panels in a line; without it all are in one line.
        width, height: of one panel, with its labels, in inches.
        beside: further width on the right, for a legend, in inches.

    Returns:
        The figure, and the axes of each key.
    """
    unique = list(dict.fromkeys(keys))
    across = max(1, min(len(unique), columns or len(unique)))
    lines = max(1, -(-len(unique) // across))
    figure = new_figure(width * across + beside, height * lines + ABOVE, lines, across)
    for unused in figure.axes[len(unique) :]:
        unused.set_visible(False)
    return figure, dict(zip(unique, figure.axes, strict=False))


def label_outside(figure: Figure, x: str, y: str) -> None:
    """Labels x below the lowest visible panel of each column, and y beside the first visible one of each line."""
    lowest: dict[int, Axes] = {}
    first: dict[int, Axes] = {}
    for axes in figure.axes:
        place = axes.get_subplotspec()
        if place is not None and axes.get_visible():
            lowest[place.colspan.start] = axes
            first.setdefault(place.rowspan.start, axes)
    for axes in lowest.values():
        axes.set_xlabel(x)
    for axes in first.values():
        axes.set_ylabel(y)
