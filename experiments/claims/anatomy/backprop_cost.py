"""anatomy.backprop-cost: the operations of backpropagation and of difference quotients, counted one by one.

Networks are evaluated with numbers that count their operations, see theory/operations.py: a forward pass, the three
steps of backpropagation after it, and one more forward pass for every weight, as difference quotients need.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy import _graphs as graphs
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, between, decide
from experiments.judging.statistics import least_squares_slope
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import operations
from theory.functions import IDENTITY
from theory.graph import Edge, Graph, Neuron, values

# Backward over forward. theory/operations.py proves it if every neuron has a bias edge and another edge in; no number
# below 2 is a bound.
BOUND = 2.0
# The largest slope on a log-log scale that is called constant.
CONSTANT = 0.1
# Slopes on a log-log scale between these are called linear.
LINEAR = (0.9, 1.1)
# The forms of `graphs.FORMS` that have a size.
FORMS = ("layered", "skips")


TRIAL = Trial(
    source="the post, ch. III, which calls it efficient and gives no number; the bound: theory/operations.py",
    bears_on=on("efficient"),
    existence="representable",
    switches={
        "bias": True,
        "edges": "a bias edge and at least one more into every neuron",
        "operations": "products (also those with 1), sums, functions and derivatives of neurons, each as one",
    },
)
# The post says nothing of difference quotients.
DIFFERENCES = TRIAL.but(bears_on=on("efficient", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Layered networks of two hidden layers, each of `size` neurons, and networks of `size` neurons without layers.

    They have one output, or many: then backpropagation costs most.
    """

    form: list[str] = setting(list(FORMS), choices=FORMS, static=True)
    size: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64], low=1, high=1000, static=True)
    outputs: list[int] = setting([1, 64], low=1, high=1000, static=True)
    most_differences: int = setting(800, low=0, high=100_000)
    """Difference quotients are counted for networks with at most this number of weights."""


SMOKE = {
    "size": [2, 8, 16],
    "most_differences": 150,
}
FULL = {
    "size": [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256],
    "most_differences": 3000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its operations in each kind of pass, and what the formulas say of them."""
    from theory import backprop

    rng, count = np.random.default_rng(unit.keys[0].tolist()), operations.Operations()
    graph = _counting(_network(rng, *(unit.static(axis) for axis in ("form", "size", "outputs"))), count)
    weights = {edge: count.number() for edge in graph.edges}
    x, y = ([count.number() for _ in graph.of_kind(kind)] for kind in ("input", "output"))
    known = values(graph, weights, x)
    forward = count.total
    backprop.edge_derivatives(graph, known, backprop.input_derivatives(graph, weights, known, y))
    backward = count.total - forward
    before = count.total
    backprop.loss(graph, weights, x, y)
    evaluation = count.total - before
    edges, hidden = len(graph.edges), set(graph.of_kind("hidden"))
    from_hidden = sum(edge.source in hidden for edge in graph.edges)
    return unit.cells.assign(
        edges=edges,
        neurons=len(graph.neurons),
        forward=forward,
        backward=backward,
        evaluation=evaluation,
        differences=_differences(graph, weights, x, y, count) if edges <= unit.settings.most_differences else np.nan,
        forward_formula=operations.forward_formula(edges),
        backward_formula=operations.backward_formula(edges, from_hidden, len(hidden), len(y)),
    )


def _network(rng: np.random.Generator, form: str, size: int, outputs: int) -> Graph:
    if form == "layered":
        return graphs.random_layered(rng, (2, size, size, outputs), IDENTITY, IDENTITY, density=1.0)[0]
    return graphs.random_feed_forward(rng, 2, size, outputs, IDENTITY, IDENTITY, density=0.5)[0]


def _counting(graph: Graph, count: operations.Operations) -> Graph:
    function = count.function()
    neurons = (Neuron(one.number, one.kind, function if one.function else None) for one in graph.neurons)
    return Graph(tuple(neurons), graph.edges)


def _differences(graph: Graph, weights: dict[Edge, Any], x: list, y: list, count: operations.Operations) -> float:
    """Operations of one evaluation of the loss, and of one more for every weight with that weight changed."""
    from theory import backprop

    before, step = count.total, count.number()
    base = backprop.loss(graph, weights, x, y)
    for edge in graph.edges:
        changed = backprop.loss(graph, {**weights, edge: weights[edge] + step}, x, y)
        # The quotient: a division counts as a product.
        (changed - base) * step
    return float(count.total - before)


def work(unit: Unit) -> Work:
    """A forward pass for every weight, for networks with difference quotients."""
    size, outputs = unit.static("size"), unit.static("outputs")
    edges = size * (size + 4 + outputs) + outputs
    return Work(0, 100.0 * edges * (edges if edges <= unit.settings.most_differences else 3))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Backpropagation costs a constant number of forward passes, and difference quotients cost one for every weight."""
    return [_constant(table), *([_linear(table)] if table["differences"].notna().any() else [])]


def slopes(rows: pd.DataFrame, column: str, of: str) -> list[float]:
    """For each form and number of outputs the slope of log(column / of) on log(weights), over the larger half.

    Small networks are left out: they have few edges per neuron.
    """
    found = []
    for _, mine in rows.groupby(["form", "outputs"], sort=False):
        large = mine[mine["edges"] >= mine["edges"].median()]
        ratio = np.log((large[column] / large[of]).to_numpy(float))
        found.append(float(least_squares_slope(np.log(large["edges"].to_numpy(float)), ratio)))
    return found


def _constant(table: pd.DataFrame) -> Verdict:
    ratio = float((table["backward"] / table["forward"]).max())
    # If one slope is NaN the result is NaN; with Python's max it would depend on the order.
    slope = float(np.max(slopes(table, "backward", "forward")))
    formulas = all((table[name] == table[f"{name}_formula"]).all() for name in ("forward", "backward"))
    how = "The operations of the three steps over those of a forward pass, for the network with the largest ratio."
    return TRIAL.verdict(
        "backward",
        "All derivatives together cost a constant number of forward passes, whatever the number of weights.",
        Measured.exactly(ratio, len(table), how=how),
        Rule(
            f"Supported if it is less than {BOUND:g}, the formulas give every count, and the slope of log(ratio) on "
            f"log(weights), over the larger half, is at most {CONSTANT:g}; contradicted if it is {BOUND:g} or more; "
            "else inconclusive.",
            lambda m: decide(m.value < BOUND and formulas and slope <= CONSTANT, m.value >= BOUND),
        ),
        finding="Backpropagation needs at most {measured} times the operations of a forward pass for all derivatives "
        f"together, in networks of up to {int(table['edges'].max()):,} weights.",
        prediction=f"largest ratio of operations, backward / forward, < {BOUND:g}",
        notes=f"slope {slope:.3f}; formulas {'right' if formulas else 'wrong'}",
        **_switches(table),
    )


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "network": rows["form"],
        "outputs": rows["outputs"].sort_values(),
        "weights": f"{int(rows['edges'].min())} to {int(rows['edges'].max()):,}",
    }


def _linear(table: pd.DataFrame) -> Verdict:
    made = table[table["differences"].notna()]
    found = np.array(slopes(made, "differences", "evaluation"))
    # A NaN counts as the farthest slope: argmax returns the first NaN.
    farthest = float(found[np.abs(found - 1).argmax()])
    most = made.assign(ratio=made["differences"] / made["evaluation"]).sort_values("edges", kind="stable").iloc[-1]
    how = "The slope over the larger half of the networks of each form and number of outputs that is farthest from 1."
    return DIFFERENCES.verdict(
        "differences",
        "Difference quotients cost a forward pass for every weight. So backpropagation saves more, the more weights "
        "there are.",
        Measured.exactly(farthest, len(made), how=how),
        between(*LINEAR),
        prediction="slope of log(operations / those of a forward pass and its loss) on log(weights) = 1",
        notes=f"with {int(most['edges'])} weights they cost {most['ratio']:.0f} forward passes",
        **_switches(made),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Operations over those of a forward pass, against the number of weights."""
    figure = new_figure(6.4, 3.6)
    axes, numbers = figure.axes[0], table.sort_values(["form", "outputs", "edges"])
    labels = {"differences": ("evaluation", "difference quotients"), "backward": ("forward", "backpropagation")}
    for place, (column, (of, label)) in enumerate(labels.items()):
        groups = numbers.groupby(["form", "outputs"], sort=False)
        for ((form, outputs), rows), marker in zip(groups, MARKERS, strict=False):
            ratio, name = rows[column] / rows[of], f"{label}, {form}, {outputs} out"
            axes.plot(rows["edges"], ratio, f"{marker}-", color=COLOURS[1 - place], ms=3.5, lw=0.9, label=name)
    axes.axhline(BOUND, color="black", lw=0.8, ls="--", label=f"bound {BOUND:g}")
    axes.set(xscale="log", yscale="log", xlabel="weights", ylabel="operations / those of a forward pass")
    legend_beside(figure, size=7)
    most = float((table["backward"] / table["forward"]).max())
    title = f"All derivatives cost at most {most:.3g} forward passes, difference quotients one per weight"
    caption = "Counted operations of whole networks over those of one forward pass, for 1 and 64 outputs."
    return {"backprop-cost": Drawing(figure, numbers, title, caption)}
