"""Legends outside the panels: one for the whole figure."""

from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

# For each label the look of its line and marker, as arguments of `Line2D`.
Entries = Mapping[str, Mapping[str, Any]]
# Points of the letters: small, because a legend has much text in little space.
SIZE = 8


def legend_beside(figure: Figure, entries: Entries | None = None, *, size: float = SIZE, **options: Any) -> Legend:
    """A legend to the right of all panels, from the top down.

    Args:
        figure: with its panels drawn.
        entries: labels with their looks; without them, the labels of the panels, see `labelled`.
        size: the size of its letters, in points.
        options: further options of `Figure.legend`.
    """
    return figure.legend(*_named(figure, entries), loc="outside right upper", fontsize=size, **options)


def legend_below(
    figure: Figure, entries: Entries | None = None, *, columns: int | None = None, size: float = SIZE
) -> Legend:
    """A legend below all panels, in the middle; arguments as of `legend_beside`.

    Args:
        figure: with its panels drawn.
        entries: labels with their looks; without them, the labels of the panels.
        columns: the most entries in a line; without it all are in one line.
        size: the size of its letters, in points.
    """
    handles, labels = _named(figure, entries)
    across = columns or max(1, len(labels))
    return figure.legend(handles, labels, loc="outside lower center", ncols=across, fontsize=size)


def labelled(figure: Figure) -> tuple[list[Artist], list[str]]:
    """The labels of all panels, in order. A label of an earlier panel is not repeated."""
    handles: list[Artist] = []
    labels: list[str] = []
    for axes in figure.axes:
        earlier = set(labels)
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in earlier:
                handles.append(handle)
                labels.append(label)
    return handles, labels


def _named(figure: Figure, entries: Entries | None) -> tuple[list[Artist], list[str]]:
    if entries is None:
        return labelled(figure)
    return [Line2D([], [], **look) for look in entries.values()], list(entries)
