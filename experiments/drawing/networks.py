"""Draws any small network: neurons in columns, edges as arrows, weights on the edges.

Kinds of neurons differ by shape as well as by colour: inputs are circles, bias neurons squares, outputs have a double
line. A neuron is in the column of its layer. In a network without layers it is to the right of all its sources.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.drawing.style import COLOURS
from theory import layers
from theory.graph import Edge, Graph, NeuronKind, Weights, find_cycle

# Points across a neuron: room for its number and a short name of its function.
SIZE = 25.0
# Places for a weight on its edge, as shares of the way to the target. The first one that is free is taken.
PLACES = (0.6, 0.52, 0.45, 0.38, 0.66, 0.3)
# A place is free if this distance to all else is kept, in distances between neighbouring neurons.
APART = 0.4
# An edge that would run through a neuron is bent by this share of its length.
BEND = 0.3
# Half of the width of a loop, for a neuron with an edge to itself.
LOOP = 0.1
# The height of the weight of a loop above the neuron.
ABOVE = 0.42


Place = tuple[float, float]


class Look(NamedTuple):
    """The look of a kind of neurons: the colours of face and line, and the marker."""

    face: str
    line: str
    marker: str


LOOKS: dict[NeuronKind, Look] = {
    "input": Look("#b8e3d5", COLOURS[2], "o"),
    "bias": Look("#cfe8f7", COLOURS[0], "s"),
    "hidden": Look("#ffffff", "#555555", "o"),
    "output": Look("#f9d5bd", COLOURS[1], "o"),
}


def draw_network(axes: Axes, graph: Graph, weights: Weights | None = None, legend: bool = True) -> pd.DataFrame:
    """Draws a network on axes of its own.

    Args:
        axes: the axes to draw on; their frame and ticks are removed.
        graph: the network; it may have cycles.
        weights: the weights to write on the edges, if any.
        legend: whether the kinds of neurons are explained below.

    Returns:
        One row for each edge: source, target, their kinds, the function of the target, and the weight if given.
    """
    places = positions(graph)
    axes.set_axis_off()
    axes.set_xlim(min(x for x, _ in places.values()) - 0.35, max(x for x, _ in places.values()) + 0.35)
    axes.set_ylim(min(y for _, y in places.values()) - 0.6, max(y for _, y in places.values()) + 0.6)
    bends = {edge: BEND * _is_blocked(edge, places) for edge in graph.edges}
    for edge, bend in bends.items():
        _arrow(axes, places[edge.source], places[edge.target], bend, LOOKS[graph.kinds[edge.source]].line)
    for number, place in places.items():
        _neuron(axes, graph, number, place)
    if weights is not None:
        _write_weights(axes, places, bends, weights)
    if legend:
        handles = [_handle(kind) for kind in LOOKS if kind in graph.kinds.values()]
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=4, fontsize=8)
    return _numbers(graph, weights)


def positions(graph: Graph) -> dict[int, Place]:
    """The place of each neuron: its column, and its height. In a column neurons have the distance 1, the first on top.

    A bias neuron is below the others of its column, because it has edges to the whole next column. Without layers,
    edges skip columns: then bias neurons are below all others, and in a single row every second neuron is moved up.
    """
    columns, layered = _columns(graph), layers.misfit(graph) is None
    listed = sorted(graph.kinds, key=lambda j: graph.kinds[j] == "bias")
    in_a_row = len(set(columns.values())) == len(graph.neurons)
    places: dict[int, Place] = {}
    for column in range(max(columns.values()) + 1):
        mine = [j for j in listed if columns[j] == column]
        top = (len(mine) - 1) / 2 + (0.5 if in_a_row and not layered and column % 2 else 0.0)
        places |= {j: (float(column), top - place) for place, j in enumerate(mine)}
    if layered:
        return places
    others = [y for j, (_, y) in places.items() if graph.kinds[j] != "bias"]
    below = {j: (places[j][0], min(others) - 1.0 - place) for place, j in enumerate(graph.of_kind("bias"))}
    return places | below


def _columns(graph: Graph) -> dict[int, int]:
    if layers.misfit(graph) is None:
        return {j: column for column, layer in enumerate(layers.divide(graph)) for j in layer}
    if find_cycle(graph):
        return {j: column for column, j in enumerate(graph.kinds)}
    columns: dict[int, int] = {}
    for j in graph.order:
        columns[j] = 1 + max((columns[i] for i in graph.sources[j]), default=-1)
    return columns


def _is_blocked(edge: Edge, places: dict[int, Place]) -> bool:
    """Whether the straight line between two neurons runs through a third one."""
    start, end = np.array(places[edge.source]), np.array(places[edge.target])
    if edge.source == edge.target:
        return False
    for number, place in places.items():
        share = float((np.array(place) - start) @ (end - start) / ((end - start) @ (end - start)))
        distance = float(np.hypot(*(start + share * (end - start) - place)))
        if number not in edge and 0 < share < 1 and distance < 0.25:
            return True
    return False


def _arrow(axes: Axes, start: Place, end: Place, bend: float, colour: str) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "lw": 0.9, "shrinkA": 0, "shrinkB": SIZE / 2 + 1}
    style |= {"connectionstyle": f"arc3,rad={bend}"}
    if start == end:
        # A loop above the neuron.
        start, end = (start[0] - LOOP, start[1]), (end[0] + LOOP, end[1])
        style |= {"connectionstyle": "arc3,rad=-3", "shrinkB": 4}
    # Below the neurons, which hide where it begins.
    axes.annotate("", end, start, arrowprops=style, zorder=1)


def _neuron(axes: Axes, graph: Graph, number: int, place: Place) -> None:
    look = LOOKS[graph.kinds[number]]
    axes.plot(*place, look.marker, ms=SIZE, mfc=look.face, mec=look.line, mew=1.2)
    if graph.kinds[number] == "output":
        axes.plot(*place, look.marker, ms=SIZE - 5, mfc="none", mec=look.line, mew=0.8)
    function = graph.functions.get(number)
    written = f"{number}\n{function.name}" if function and len(function.name) <= 4 else str(number)
    axes.text(place[0], place[1], written, ha="center", va="center", fontsize=8, linespacing=0.95)


def _write_weights(axes: Axes, places: dict[int, Place], bends: dict[Edge, float], weights: Weights) -> None:
    """Writes each weight on its edge, at the first place that is far enough from neurons, edges and other weights."""
    taken = [np.array(place) for place in places.values()]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    lines = {edge: (places[edge.source], places[edge.target], bend) for edge, bend in bends.items()}
    on = {edge: _along(axes, line, np.linspace(0.1, 0.9, 41)) for edge, line in lines.items()}
    for edge, line in lines.items():
        spots = _along(axes, line, np.array(PLACES))
        # Another edge may be three times as close as another weight, so its distances count three times.
        near = [3 * points for other, points in on.items() if other != edge]
        gaps = [min([APART, *_distances(spot, taken), *_distances(3 * spot, near)]) for spot in spots]
        best = spots[int(np.argmax(gaps))]
        taken.append(best)
        written = f"{float(weights[edge]):.4g}".replace("-", "−")
        axes.text(best[0], best[1], written, ha="center", va="center", fontsize=7, bbox=box)


def _distances(spot: np.ndarray, others: list[np.ndarray]) -> list[float]:
    """The distances from a point to each other point, or to the nearest one of each group."""
    return [float(np.linalg.norm(other - spot, axis=-1).min()) for other in others]


def _along(axes: Axes, line: tuple[Place, Place, float], shares: np.ndarray) -> np.ndarray:
    """Points on an arrow from start to end, a parabola on the screen. Its middle is off the line by half the bend."""
    start, end, bend = line
    if start == end:
        return np.full((len(shares), 2), (start[0], start[1] + ABOVE))
    first, last = axes.transData.transform([start, end])
    across = np.array([last[1] - first[1], first[0] - last[0]])
    control = (first + last) / 2 + bend * across
    t = shares[:, None]
    points = (1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last
    return axes.transData.inverted().transform(points)


def _handle(kind: NeuronKind) -> Line2D:
    look = LOOKS[kind]
    return Line2D([], [], ls="", marker=look.marker, ms=8, mfc=look.face, mec=look.line, label=kind)


def _numbers(graph: Graph, weights: Weights | None) -> pd.DataFrame:
    return pd.DataFrame(list(_rows(graph, weights)))


def _rows(graph: Graph, weights: Weights | None) -> Iterator[dict[str, Any]]:
    for edge in graph.edges:
        yield {
            "source": edge.source,
            "target": edge.target,
            "source_kind": graph.kinds[edge.source],
            "target_kind": graph.kinds[edge.target],
            "function": graph.functions[edge.target].name,
        } | ({} if weights is None else {"weight": float(weights[Edge(*edge)])})
