"""anatomy.backprop-exact: the three steps of backpropagation give exactly the derivative, in fractions.

Neurons are quadratic, so the loss is a polynomial in each weight. A difference quotient with enough values of the loss
is then exactly its derivative, and is compared with backpropagation weight by weight. As a counter-example, the second
step is also made along only one outgoing edge of each neuron. The result is not the derivative.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy import _graphs as graphs
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import at_least, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.functions import IDENTITY, polynomial
from theory.graph import Edge, Graph, Weights, values

# A function of degree 2: the loss has degree 2 · 2^p in a weight if p hidden neurons are on a path behind it.
QUADRATIC = polynomial((Fraction(1, 4), 1, Fraction(1, 2)), "a²/2 + a + 1/4")


TRIAL = Trial(
    source="the post, ch. III",
    bears_on=on("chain-rule"),
    existence="representable",
    switches={
        "activation": QUADRATIC.name,
        "output": "linear",
        "bias": True,
        "loss": "squared, on one point",
        "weights": "eighths up to 2",
        "inputs": "eighths up to 2",
        "targets": "eighths up to 2",
        "arithmetic": "exact",
    },
)
# The post sums over all edges. It does not say that fewer edges are too few.
ONE_PATH = TRIAL.but(
    bears_on=on("chain-rule", role="variant"), switches={"derivatives": "every neuron follows its first edge only"}
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Forms of networks, see `graphs.FORMS`, and the number of random networks of each form."""

    form: list[str] = setting(list(graphs.FORMS), choices=graphs.FORMS, static=True)
    networks: int = setting(20, low=1, high=1_000_000, counts="network", follows="restarts")


SMOKE = {
    "networks": 2,
}
FULL = {
    "networks": 200,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: how many derivatives are exact, and how many are exact along one path alone."""
    from theory import backprop

    rows = []
    for key in unit.keys.tolist():
        rng = np.random.default_rng(key)
        graph, weights = graphs.random_network(rng, unit.static("form"), QUADRATIC, IDENTITY)
        x, y = (graphs.random_fractions(rng, len(graph.of_kind(kind))) for kind in ("input", "output"))
        reach = 2 ** hidden_depth(graph)
        found = backprop.gradient(graph, weights, x, y)
        exact = backprop.gradient_by_differences(graph, weights, x, y, Fraction(1), reach)
        alone = along_one_path(graph, weights, x, y)
        rows.append(
            {
                "edges": len(graph.edges),
                "degree": 2 * reach,
                "right": sum(found[edge] == exact[edge] for edge in graph.edges),
                "one_path_right": sum(alone[edge] == exact[edge] for edge in graph.edges),
            }
        )
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def hidden_depth(graph: Graph) -> int:
    """Most hidden neurons on any path."""
    depth: dict[int, int] = {}
    for j in graph.order:
        depth[j] = max((depth[i] for i in graph.sources[j]), default=0) + (graph.kinds[j] == "hidden")
    return max(depth.values())


def along_one_path(graph: Graph, weights: Weights, x: list[Fraction], y: list[Fraction]) -> dict[Edge, Any]:
    """The three steps, with the second step along each neuron's first edge only."""
    from theory import backprop

    kept = tuple(edge for edge in graph.edges if edge.target == graph.targets[edge.source][0])
    known = values(graph, weights, x)
    path = Graph(graph.neurons, kept)
    δ = backprop.input_derivatives(path, {edge: weights[edge] for edge in kept}, known, y)
    return backprop.edge_derivatives(graph, known, δ)


def work(unit: Unit) -> Work:
    """A forward pass for every value of the loss; a product of fractions takes many operations."""
    return Work(0, 5e6 * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether all derivatives are exact, and whether one path alone gives them."""
    return [_exact(table), _one_path(table)]


def _exact(table: pd.DataFrame) -> Verdict:
    edges, right = int(table["edges"].sum()), int(table["right"].sum())
    how = (
        "The loss is a polynomial in each weight. Its derivative follows from a number of values equal to its degree, "
        f"up to {int(table['degree'].max())}. Measured is the share of the weights with exactly this derivative."
    )
    return TRIAL.verdict(
        "exact",
        "The three steps of backpropagation give the derivative of the loss with regard to every weight.",
        Measured.exactly(right / edges, edges, how=how),
        at_least(1),
        finding=f"Backpropagation gives exactly the derivative, as a fraction, for {counted(right, edges)} weights.",
        prediction="share of weights with exactly the derivative = 1",
        network=table["form"],
    )


def _one_path(table: pd.DataFrame) -> Verdict:
    wrong = table["one_path_right"] < table["edges"]
    example = table[table["form"] == "nine-neurons"]
    counts = ", ".join(map(str, sorted((example["edges"] - example["one_path_right"]).unique().tolist())))
    return ONE_PATH.verdict(
        "one-path",
        "The derivative for a neuron takes the sum over all neurons that it points to. A single one of them is not "
        "enough.",
        Measured.exactly(wrong.mean(), len(table), how="The share of the networks with a derivative that is wrong."),
        exhibits("a derivative is wrong as a fraction, so that one neuron is not enough", bool(wrong.any())),
        prediction="share of networks with a wrong derivative > 0",
        notes=f"wrong of the 12 weights of the nine-neuron network: {counts or 'not measured'}; at most the two "
        "weights into neuron 4 can be wrong, the only neuron with two edges out",
        network=table["form"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Share of exact derivatives for each form, by the three steps and along one path."""
    shares = table.groupby("form", sort=False)[["edges", "right", "one_path_right"]].sum().reset_index()
    numbers = shares.assign(
        all_paths=shares["right"] / shares["edges"], one_path=shares["one_path_right"] / shares["edges"]
    )
    figure = new_figure(5.4, 2.6)
    axes, y = figure.axes[0], np.arange(len(numbers))
    for place, (column, label) in enumerate({"all_paths": "all edges out", "one_path": "one edge out only"}.items()):
        bars = axes.barh(y + 0.38 * place, numbers[column], 0.36, color=COLOURS[place], label=label)
        axes.bar_label(bars, fmt="%.3g", fontsize=7, padding=2)
    axes.set_yticks(y + 0.19, list(numbers["form"]))
    axes.invert_yaxis()
    axes.set(xlabel="share of weights with exactly the derivative", xlim=(0, 1.1))
    legend_beside(figure)
    title = (
        f"All paths give {shares['right'].sum():,} of {shares['edges'].sum():,} derivatives exactly, one path does not"
    )
    caption = (
        "In fractions: the three steps of backpropagation, and the same along the first edge out of every neuron only."
    )
    return {"backprop-exact": Drawing(figure, numbers, title, caption)}
