"""anatomy.bias-neurons: a bias neuron in every layer is a bias vector; without either, networks are poorer.

Random networks of rational functions are evaluated in exact arithmetic in four forms: with a bias neuron before each
layer, with the corresponding bias vectors, with one bias neuron for all layers, and without edges from bias neurons.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy import _graphs as graphs
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import at_least, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import layers
from theory.functions import IDENTITY, RATIONAL
from theory.graph import Edge, Graph, Neuron, Weights, evaluate

# Inputs of every network.
INPUTS = 2


TRIAL = Trial(
    source="the post, ch. I",
    bears_on=on("bias-neurons"),
    existence="representable",
    switches={
        "network": "random, layered, edges missing at random",
        "output": "linear",
        "weights": "eighths up to 2",
        "inputs": "eighths up to 2",
        "arithmetic": "exact",
    },
)
# The sentence says that bias neurons add constants. It leaves open how many are needed, and for what.
BESIDES = TRIAL.but(bears_on=on("bias-neurons", role="variant"))
IMPORTANT = TRIAL.but(bears_on=on("bias-neurons", role="variant") + on("bias-neurons-matter"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Networks of `depth` hidden layers of `width` neurons with a share `density` of all edges; number of points."""

    activation: list[str] = setting(["rectifier", "square"], choices=tuple(RATIONAL), static=True)
    depth: list[int] = setting([1, 2, 3], low=1, high=10, static=True)
    networks: int = setting(20, low=1, high=1_000_000, counts="network", follows="restarts")
    width: int = setting(4, low=1, high=100)
    density: float = setting(0.8, low=0.0, high=1.0)
    points: int = setting(8, low=1, high=10_000)


SMOKE = {
    "networks": 2,
}
FULL = {
    "networks": 200,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: at how many points each form gives exactly the same outputs."""
    rows = []
    for key in unit.keys.tolist():
        rng = np.random.default_rng(key)
        sizes = (INPUTS, *[unit.settings.width] * unit.static("depth"), 1)
        hidden = RATIONAL[unit.static("activation")]
        graph, weights = graphs.random_layered(rng, sizes, hidden, IDENTITY, unit.settings.density)
        x = [graphs.random_fractions(rng, INPUTS) for _ in range(unit.settings.points)]
        rows.append({"points": len(x)} | _compared(graph, weights, x))
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _compared(graph: Graph, weights: Weights, x: list[list[Fraction]]) -> dict[str, Any]:
    layered = layers.to_layers(graph, weights, object)
    outputs = [evaluate(graph, weights, point) for point in x]
    one, shared = with_one_bias(graph, weights)
    none, unbiased = without_bias(graph, weights)
    return {
        "vector_equal": sum(layers.apply(layered, point) == z for point, z in zip(x, outputs, strict=True)),
        "back_equal": _back_equal(layered, x, outputs),
        "one_equal": sum(evaluate(one, shared, point) == z for point, z in zip(x, outputs, strict=True)),
        "one_layered": layers.misfit(one) is None,
        "none_equal": sum(evaluate(none, unbiased, point) == z for point, z in zip(x, outputs, strict=True)),
        "zero_with": evaluate(graph, weights, [Fraction(0)] * INPUTS) == [0],
        "zero_without": evaluate(none, unbiased, [Fraction(0)] * INPUTS) == [0],
    }


def _back_equal(layered: layers.Layered, x: list[list[Fraction]], outputs: list[list[Any]]) -> int:
    """At how many points the outputs are equal after bias vectors are turned back into bias neurons."""
    graph, weights = layers.from_layers(layered)
    return sum(evaluate(graph, weights, point) == z for point, z in zip(x, outputs, strict=True))


def with_one_bias(graph: Graph, weights: Weights) -> tuple[Graph, Weights]:
    """The same network; its first bias neuron takes the place of all others."""
    first, *others = graph.of_kind("bias")
    moved = {Edge(first if i in others else i, j): weight for (i, j), weight in weights.items()}
    return Graph(_less(graph, others), tuple(moved)), moved


def without_bias(graph: Graph, weights: Weights) -> tuple[Graph, Weights]:
    """The network without its bias neurons and their edges."""
    gone = graph.of_kind("bias")
    kept = {edge: weight for edge, weight in weights.items() if edge.source not in gone}
    return Graph(_less(graph, gone), tuple(kept)), kept


def _less(graph: Graph, gone: Any) -> tuple[Neuron, ...]:
    return tuple(neuron for neuron in graph.neurons if neuron.number not in gone)


def work(unit: Unit) -> Work:
    """Every edge at every point in five networks; a product of fractions takes many operations."""
    settings = unit.settings
    edges = settings.width * (INPUTS + 1 + settings.width * (unit.static("depth") - 1))
    return Work(0, 500.0 * len(unit.cells) * settings.points * edges)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Bias vectors, one bias neuron for all layers, and no bias."""
    return [_vector(table), _one(table), _needed(table)]


def _share(table: pd.DataFrame, *columns: str) -> float:
    return float(table[list(columns)].to_numpy().sum() / (table["points"].sum() * len(columns)))


def _switches(table: pd.DataFrame) -> dict[str, Any]:
    return {
        "hidden_layers": table["depth"].sort_values(),
        "activation": table["activation"],
        "points": int(table["points"].iloc[0]),
    }


def _vector(table: pd.DataFrame) -> Verdict:
    equal, control = _share(table, "vector_equal", "back_equal"), _share(table, "none_equal")
    # Outputs of the vectors, and of the neurons that they are turned back into.
    outputs = 2 * int(table["points"].sum())
    how = (
        "The share of outputs that are exactly equal after bias neurons become bias vectors, and after they are turned "
        "back."
    )
    return TRIAL.verdict(
        "vector",
        "A network with a bias neuron in each layer and a network with a bias vector for each layer are the same.",
        Measured.exactly(equal, int(table["points"].sum()), how=how),
        at_least(1).supported_only_if(control < 1, "The control, the network without bias, has to differ."),
        finding="Networks with bias neurons and with bias vectors are the same, there and back: "
        f"{counted(round(equal * outputs), outputs)} outputs are equal.",
        prediction="share of equal outputs = 1",
        notes=f"share of equal outputs of the control: {control:.3g}",
        **_switches(table),
    )


def _one(table: pd.DataFrame) -> Verdict:
    equal, layered = _share(table, "one_equal"), int(table["one_layered"].sum())
    return BESIDES.verdict(
        "one-for-all",
        "One bias neuron for all layers computes the same, but the network is no longer layered.",
        Measured.exactly(equal, int(table["points"].sum()), how="The share of the outputs that are exactly equal."),
        holds_for_all("every output is equal and no network is still layered", [equal == 1, layered == 0]),
        prediction="share of equal outputs = 1; share of networks that stay layered = 0",
        notes=f"{layered} networks are still layered",
        **_switches(table),
    )


def _needed(table: pd.DataFrame) -> Verdict:
    without, with_bias = float(table["zero_without"].mean()), float(table["zero_with"].mean())
    how = "The share of the networks without bias with an output of exactly 0 for the input 0."
    return IMPORTANT.verdict(
        "needed",
        "Bias neurons are important: without them, a network of functions with σ(0) = 0 has the output 0 for the input "
        "0, for all weights.",
        Measured.exactly(without, int(table["points"].sum()), how=how),
        at_least(1).supported_only_if(with_bias < 0.5, "Fewer than half of the networks with bias may do so."),
        finding=f"Without bias neurons, {counted(int(table['zero_without'].sum()), len(table))} networks have the "
        f"output 0 for the input 0; with bias neurons, {int(table['zero_with'].sum()) or 'none'} of them do.",
        prediction="share of networks without bias with the output 0 for the input 0 = 1, with bias less",
        notes=f"share of networks with bias: {with_bias:.3g}",
        **_switches(table),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Shares of outputs that equal the outputs with a bias neuron in each layer."""
    labels = {
        "vector_equal": "bias vectors",
        "back_equal": "and back to bias neurons",
        "one_equal": "one bias neuron for all",
        "none_equal": "no bias",
    }
    rows = [
        {"activation": activation, "form": label, "outputs": int(mine["points"].sum()), "equal": _share(mine, column)}
        for activation, mine in table.groupby("activation", sort=False)
        for column, label in labels.items()
    ]
    numbers = pd.DataFrame(rows)
    figure = new_figure(5.6, 2.6)
    axes = figure.axes[0]
    names = list(table["activation"].unique())
    height = 0.8 / len(names)
    for place, (name, colour) in enumerate(zip(names, COLOURS, strict=False)):
        mine = numbers[numbers["activation"] == name]
        bars = axes.barh(np.arange(len(labels)) + place * height, mine["equal"], height, color=colour, label=name)
        axes.bar_label(bars, fmt="%.3g", fontsize=7, padding=2)
    axes.set_yticks(np.arange(len(labels)) + 0.4 - height / 2, list(labels.values()))
    axes.invert_yaxis()
    axes.set(xlabel="share of outputs that are exactly equal", xlim=(0, 1.1))
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.02))
    same, none = _share(table, "vector_equal", "back_equal"), _share(table, "none_equal")
    title = f"Biases as vectors keep {same:.0%} of all outputs; without biases {none:.0%} stay the same"
    caption = "Share of outputs that equal exactly those of the network with a bias neuron in each layer."
    return {"bias-neurons": Drawing(figure, numbers, title, caption)}
