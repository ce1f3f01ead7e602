"""anatomy.layered: which of four small networks, one of them the post's running example, are layered.

Each has a known answer. For a network that is not layered, an edge or a cycle that shows it is named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from experiments.drawing.networks import draw_network
from experiments.drawing.panels import panels
from experiments.drawing.style import Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import layers
from theory.functions import IDENTITY, Function
from theory.graph import Edge, Graph, GraphError, Neuron, find_cycle, nine_neurons

# Weights of the drawing, in eighths, so that they have few digits. No weight decides whether a network is layered.
WEIGHTS = (4, -2, 6, 3, -5, 7, 1, 2, -4, 8, -6, 5)


class Example(NamedTuple):
    """A network, the sentence about it, and the known answer."""

    make: Callable[[], Graph]
    sentence: str
    feed_forward: bool
    division: str


def running_example() -> Graph:
    """The nine-neuron network. Every neuron that applies a function has its own, f_j, which is left open."""
    return nine_neurons({j: Function("f" + "₀₁₂₃₄₅₆₇₈₉"[j], IDENTITY.σ) for j in (3, 4, 6, 7, 9)})


def with_one_bias() -> Graph:
    """The running example with neuron 2 in place of all three bias neurons."""
    graph = running_example()
    edges = tuple(Edge(2, j) if i in (5, 8) else Edge(i, j) for i, j in graph.edges)
    return Graph(tuple(neuron for neuron in graph.neurons if neuron.number not in (5, 8)), edges)


def three_neurons(*pairs: tuple[int, int]) -> Graph:
    """Three neurons with these edges; the last neuron is the output."""
    first = [Neuron(1, "input") if all(j != 1 for _, j in pairs) else Neuron(1, "hidden", IDENTITY)]
    rest = [Neuron(2, "hidden", IDENTITY), Neuron(3, "output", IDENTITY)]
    return Graph((*first, *rest), tuple(Edge(*pair) for pair in pairs))


EXAMPLES = {
    "nine-neurons": Example(
        running_example,
        "The running example of nine neurons is divided into four layers, and bias neurons belong to them.",
        True,
        "1 2 | 3 4 5 | 6 7 8 | 9",
    ),
    "shortcut": Example(
        lambda: three_neurons((1, 2), (2, 3), (1, 3)),
        "Three neurons cannot be divided into layers if each points to the next and the first also points to the last.",
        True,
        "",
    ),
    "circle": Example(
        lambda: three_neurons((1, 2), (2, 3), (3, 1)),
        "Three neurons in a circle are not a feed-forward network and not layered.",
        False,
        "",
    ),
    "one-bias": Example(
        with_one_bias,
        "The running example with one bias neuron for all layers is feed-forward but no longer layered.",
        True,
        "",
    ),
}


TRIAL = Trial(
    source="the post, ch. I",
    bears_on=on("layered"),
    existence="representable",
    switches={
        "layers": "an ordered list of sets of neurons, each pointing to the next set only; bias neurons are neurons",
        "functions": "any",
        "weights": "any",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Examples to divide."""

    example: list[str] = setting(list(EXAMPLES), choices=tuple(EXAMPLES), static=True)


SMOKE: dict = {}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row for the example: its layers, or why it has no layers."""
    graph, found, why = EXAMPLES[unit.static("example")].make(), "", ""
    try:
        found = " | ".join(" ".join(map(str, sorted(layer))) for layer in layers.divide(graph))
    except GraphError as error:
        why = str(error)
    return unit.cells.assign(
        neurons=len(graph.neurons),
        edges=len(graph.edges),
        feed_forward=find_cycle(graph) is None,
        division=found,
        why=why,
    )


def work(unit: Unit) -> Work:
    """Next to nothing."""
    return Work(0, 100.0 * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """One verdict for each example."""
    return [_verdict(row) for _, row in table.iterrows()]


def _verdict(row: Any) -> Verdict:
    example = EXAMPLES[row["example"]]
    right = (bool(row["feed_forward"]), row["division"]) == (example.feed_forward, example.division)
    count = len(row["division"].split("|")) if row["division"] else 0
    expected = len(example.division.split("|")) if example.division else 0
    return TRIAL.verdict(
        str(row["example"]),
        example.sentence,
        Measured.exactly(count, 1, how="The number of layers."),
        holds_for_all("the network is feed-forward or not, and its layers are those of the sentence", [right]),
        prediction=f"number of layers = {expected}" + ("" if expected else " (none)"),
        notes=f"layers: {row['division']}" if count else str(row["why"]),
        network=row["example"],
        neurons=int(row["neurons"]),
        edges=int(row["edges"]),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The running example with its weights, and the edges of the other examples."""
    drawings = {}
    if "nine-neurons" in table["example"].tolist():
        drawings["nine-neurons"] = draw_running_example()
    others = [example for example in table["example"] if example != "nine-neurons"]
    if others:
        drawings["not-layered"] = draw_others(others)
    return drawings


def draw_running_example() -> Drawing:
    """The nine-neuron network with a weight on every edge and a function in every neuron that applies one."""
    graph = running_example()
    weights = {edge: Fraction(eighths, 8) for edge, eighths in zip(graph.edges, WEIGHTS, strict=True)}
    figure = new_figure(6.4, 3.3)
    title = f"A network of {len(graph.kinds)} neurons in layers, with a bias neuron in each layer but the last"
    caption = "Numbers are weights, and letters are functions of neurons."
    return Drawing(figure, draw_network(figure.axes[0], graph, weights), title, caption)


def draw_others(examples: list[str]) -> Drawing:
    """Networks without layers, side by side."""
    figure, axes_of = panels(examples, width=2.6, height=2.1, beside=0.6)
    numbers = []
    for example, axes in axes_of.items():
        edges = draw_network(axes, EXAMPLES[example].make(), legend=example == examples[-1])
        axes.set_title(example)
        numbers.append(edges.assign(example=example))
    title = f"{len(examples)} networks that cannot be divided into layers"
    caption = "A circle, a shortcut, and one bias neuron for all layers."
    return Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)
