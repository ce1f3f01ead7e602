"""anatomy.layerwise-evaluation: a network has the same outputs neuron by neuron, layer by layer and compiled.

Random layered networks with missing edges are evaluated in three ways. Neuron by neuron, with sources before targets,
is the definition. The others are layer by layer, as matrices, and the compiled program of ensembles. The first two are
also evaluated in fractions, without rounding. Control: a bias is moved by a millionth of the output.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy import _graphs as graphs
from experiments.claims.anatomy._agreement import ALL_AGREE
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import graph, layers
from theory.functions import IDENTITY, RATIONAL, Function

# The spacing of floats near 1.
EPSILON = 2.0**-52
# Largest difference in spacings, over the largest output or 1: sums of some tens of products stay far below.
ROUNDING = 256
# The control moves a bias by this share of the largest output, or of 1 if that is larger.
MOVED = 1e-6
# Inputs and outputs of every network.
INPUTS, OUTPUTS = 3, 2
# Activations that are tested by default.
USUAL = ("logistic", "tanh", "rectifier", "threshold", "sine", "square")


TRIAL = Trial(
    source="the post, ch. I: one equation for all neurons allows to evaluate the network one layer at a time",
    bears_on=on("layer-by-layer") + on("steps-are-layers", role="variant"),
    existence="representable",
    switches={
        "network": "random, layered, edges missing at random",
        "bias": True,
        "output": "linear",
        "weights": "eighths up to 2",
        "inputs": "eighths up to 2",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Networks of `depth` hidden layers of `width` neurons with a share `density` of all edges; number of points."""

    activation: list[str] = setting(list(USUAL), choices=(*USUAL, "identity", "cube"), static=True)
    depth: list[int] = setting([1, 2, 4], low=1, high=50, static=True)
    networks: int = setting(20, low=1, high=1_000_000, counts="network", follows="restarts")
    width: int = setting(6, low=1, high=1000)
    density: float = setting(0.6, low=0.0, high=1.0)
    points: int = setting(16, low=1, high=1_000_000)


SMOKE = {
    "activation": ["square"],
    "depth": [2],
    "networks": 2,
}
FULL = {
    "networks": 200,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: largest relative differences of evaluations, also for the control."""
    import jax

    rows = []
    for key in unit.keys.tolist():
        rng = np.random.default_rng(key)
        sizes = (INPUTS, *[unit.settings.width] * unit.static("depth"), OUTPUTS)
        hidden = Function(unit.static("activation"), IDENTITY.σ)
        shape, weights = graphs.random_layered(rng, sizes, hidden, IDENTITY, unit.settings.density)
        x = [graphs.random_fractions(rng, unit.settings.points) for _ in range(INPUTS)]
        with jax.enable_x64(True):
            differences = _differences(shape, weights, x, unit.static("activation"))
        exact = _exactly_equal(shape, weights, x, unit.static("activation"))
        rows.append({"neurons": len(shape.neurons), "edges": len(shape.edges), "exact": exact} | differences)
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _differences(shape: graph.Graph, weights: dict, x: list, activation: str) -> dict[str, float]:
    """Largest differences from evaluation neuron by neuron, in float64, over the largest output or 1."""
    import jax.numpy as jnp

    from theory import network
    from theory.activations import ACTIVATIONS, neuron_function

    shape = graphs.with_functions(shape, {name: neuron_function(name) for name in (activation, "identity")})
    values = jnp.asarray(np.array(x, dtype=float))
    by_neuron = graph.evaluate(shape, graphs.as_arrays(weights), list(values))
    θ = network.from_arrays(layers.to_layers(shape, weights).layers, jnp.float64)
    σ = ACTIVATIONS[activation]
    by_layer = network.propagate(θ, values.T, σ, ACTIVATIONS["identity"], network.affine).T
    compiled = network.evaluate(θ, values.T, σ).T
    by = MOVED * max(1.0, float(jnp.abs(by_layer).max()))
    last = network.Layer(θ[-1].W, jnp.asarray(θ[-1].b).at[0].add(by))
    moved = network.evaluate((*θ[:-1], last), values.T, σ).T
    others = {"by_layer": by_layer, "compiled": compiled, "control": moved}
    return {name: graphs.relative_difference(other, by_neuron) for name, other in others.items()}


def _exactly_equal(shape: graph.Graph, weights: dict, x: list, activation: str) -> str:
    """Whether neuron by neuron and layer by layer give equal fractions at the first point."""
    if activation not in RATIONAL:
        return "not rational"
    shape, point = graphs.with_functions(shape, RATIONAL), [values[0] for values in x]
    by_layer = layers.apply(layers.to_layers(shape, weights, object), point)
    return "equal" if by_layer == graph.evaluate(shape, weights, point) else "different"


def work(unit: Unit) -> Work:
    """Every edge at every point, four times."""
    settings = unit.settings
    edges = settings.width * (INPUTS + OUTPUTS + settings.width * (unit.static("depth") - 1))
    return Work(0, 8.0 * len(unit.cells) * settings.points * edges)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Equality up to rounding in float64 for all activations, and exact equality for rational ones."""
    return [_rounded(table), *([_exact(table)] if (table["exact"] != "not rational").any() else [])]


def _rounded(table: pd.DataFrame) -> Verdict:
    differences = table[["by_layer", "compiled"]].max(axis=1) / EPSILON
    least = float(table["control"].min()) / EPSILON
    how = (
        "The largest difference at any point, over the network's largest output or 1, in units of 2^-52, the spacing "
        f"of floats near 1. A network agrees if it is at most {ROUNDING}."
    )
    return TRIAL.verdict(
        "float64",
        "A network has the same outputs neuron by neuron, layer by layer and as a compiled program, up to rounding.",
        Measured.share(differences <= ROUNDING, how),
        ALL_AGREE.supported_only_if(
            least > ROUNDING,
            f"The control, one bias moved by {MOVED:g} of the output, has to disagree for every network.",
        ),
        prediction=f"share of networks with differences of at most {ROUNDING} times 2^-52 = 1",
        notes=f"largest difference {differences.max():.3g}; least of the control {least:.2g}",
        arithmetic="float64",
        **_switches(table),
    )


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {"activation": rows["activation"], "hidden_layers": rows["depth"].sort_values()}


def _exact(table: pd.DataFrame) -> Verdict:
    rows = table[table["exact"] != "not rational"]
    equal = rows["exact"] == "equal"
    return TRIAL.verdict(
        "fractions",
        "A network has exactly the same outputs neuron by neuron and layer by layer.",
        Measured.exactly(equal.mean(), len(rows), how="The share of the networks with equal outputs at one point."),
        holds_for_all("the outputs are equal", equal),
        finding=f"{counted(int(equal.sum()), len(rows)).capitalize()} networks have "
        "exactly the same outputs layer by layer and neuron by neuron.",
        prediction="share of networks with equal outputs in fractions = 1",
        arithmetic="exact",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Differences between evaluations, and of the control, against the number of edges."""
    titles = {"by_layer": "layer by layer", "compiled": "compiled"}
    figure, axes_of = panels(titles, width=2.6, height=2.9)
    # A difference of 0 is drawn at half of the spacing of floats, because the axis is logarithmic.
    least = EPSILON / 2
    for column, axes in axes_of.items():
        for (activation, rows), colour, marker in zip(
            table.groupby("activation", sort=False), COLOURS, MARKERS, strict=False
        ):
            axes.plot(rows["edges"], rows[column].clip(lower=least), marker, color=colour, ms=3, label=activation)
        axes.plot(table["edges"], table["control"], "_", color="#888888", ms=4, label="control")
        axes.axhline(ROUNDING * EPSILON, color="black", lw=0.8, ls="--", label="limit of the rule")
        axes.set_yscale("log")
        axes.set_title(f"{titles[column]} and neuron by neuron", fontsize=9)
    label_outside(figure, "edges", "largest relative difference")
    legend_beside(figure)
    columns = ["activation", "depth", "network", "neurons", "edges", "by_layer", "compiled", "control", "exact"]
    most = float(table[["by_layer", "compiled"]].to_numpy().max())
    title = f"Three ways to evaluate {len(table):,} networks differ by at most {most:.1g} of the output"
    caption = "Each point is a network. In the control one bias is moved."
    return {"layerwise-evaluation": Drawing(figure, table[columns], title, caption)}
