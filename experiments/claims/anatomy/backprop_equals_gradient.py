"""anatomy.backprop-equals-gradient: backpropagation by hand, automatic differentiation and differences agree.

Networks are graphs, layered or not, and matrices, in float64. Activations have a derivative at random points.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy import _graphs as graphs
from experiments.claims.anatomy._agreement import ALL_AGREE
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import graph, layers

# Activations that are tested by default.
USUAL = ("logistic", "tanh", "rectifier", "sine", "square")
# Networks as graphs, and layered ones as matrices.
FORMS = (*graphs.FORMS, "matrices")
# Largest difference from automatic differentiation, over the largest derivative of the network: rounding.
AUTOMATIC = 1e-12
# Largest difference from central differences, over the same: they lose ten of sixteen digits with this step.
NUMERIC = 1e-5
# The step h of the central differences.
STEP = 1e-6
# Changed networks are evaluated in arrays of a multiple of this size.
ROOM = 64
# The other way to the gradient, by column.
NAMES = {"automatic": "automatic differentiation", "numeric": "difference quotients"}
# The largest difference allowed, by column.
LIMITS = {"automatic": AUTOMATIC, "numeric": NUMERIC}


TRIAL = Trial(
    source="the post, ch. III",
    bears_on=on("chain-rule"),
    existence="representable",
    switches={
        "output": "linear",
        "bias": True,
        "loss": "squared, on one point",
        "weights": "normal",
        "inputs": "normal",
        "targets": "normal",
        "arithmetic": "float64",
    },
)
# The post's steps go from layer to layer.
WITHOUT_LAYERS = TRIAL.but(bears_on=on("chain-rule", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Forms, see `graphs.FORMS`; the form matrices has layered networks as ensembles hold them. Outputs are linear."""

    form: list[str] = setting(list(FORMS), choices=FORMS, static=True)
    activation: list[str] = setting(list(USUAL), choices=(*USUAL, "identity", "cube"), static=True)
    networks: int = setting(30, low=1, high=1_000_000, counts="network", follows="restarts")


SMOKE = {
    "form": ["nine-neurons", "skips", "matrices"],
    "activation": ["tanh"],
    "networks": 2,
}
FULL = {
    "networks": 200,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: largest differences between gradients, over the largest derivative."""
    import jax

    with jax.enable_x64(True):
        rows = [_compared(unit, np.random.default_rng(key)) for key in unit.keys.tolist()]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _compared(unit: Unit, rng: np.random.Generator) -> dict[str, Any]:
    import jax.numpy as jnp

    from theory.activations import neuron_function

    form, matrices = unit.static("form"), unit.static("form") == "matrices"
    hidden, output = neuron_function(unit.static("activation")), neuron_function("identity")
    shape, _ = graphs.random_network(rng, "layered" if matrices else form, hidden, output)
    # Weights are normal: with eighths a rectifier would often be exactly at 0, where it has no derivative.
    weights = dict(zip(shape.edges, rng.normal(size=len(shape.edges)).tolist(), strict=True))
    x, y = (jnp.asarray(rng.normal(size=len(shape.of_kind(kind)))) for kind in ("input", "output"))
    by_hand, automatic = (_of_matrices if matrices else _of_graph)(shape, weights, x, y)
    numeric = by_differences(shape, weights, x, y)
    size = max(float(np.abs(d).max()) for d in by_hand)
    floor = float(np.finfo(float).tiny)
    numeric_hand = by_hand if not matrices else _of_graph(shape, weights, x, y)[0]
    return {
        "edges": len(shape.edges),
        "largest": size,
        "automatic": graphs.relative_difference(by_hand, automatic, floor),
        "numeric": graphs.relative_difference(numeric_hand, numeric, floor),
        "control": graphs.relative_difference([1.001 * np.asarray(d) for d in by_hand], automatic, floor),
    }


Gradients = list[Any]


def _of_graph(shape: graph.Graph, weights: dict, x: Any, y: Any) -> tuple[Gradients, Gradients]:
    """By hand and by automatic differentiation, in the order of the edges."""
    import jax

    from theory import backprop

    weights = graphs.as_arrays(weights)
    by_hand = backprop.gradient(shape, weights, list(x), list(y))
    automatic = jax.grad(lambda θ: backprop.loss(shape, θ, list(x), list(y)))(weights)
    return _ordered(shape, by_hand), _ordered(shape, automatic)


def _ordered(shape: graph.Graph, derivatives: dict) -> Gradients:
    return [derivatives[edge] for edge in shape.edges]


def _of_matrices(shape: graph.Graph, weights: dict, x: Any, y: Any) -> tuple[Gradients, Gradients]:
    """By hand and by automatic differentiation, an array for each matrix and bias vector."""
    import jax
    import jax.numpy as jnp

    from theory import backprop, network
    from theory.activations import ACTIVATIONS, DERIVATIVES

    layered = layers.to_layers(shape, weights)
    θ = network.from_arrays(layered.layers, jnp.float64)
    hidden, output = ((ACTIVATIONS[one.name], DERIVATIVES[one.name]) for one in layered.functions[-2:])
    by_hand = backprop.layered_gradient(θ, x, y, hidden, output)
    automatic = jax.grad(lambda θ: jnp.sum((network.apply(θ, x, hidden[0], output[0]) - y) ** 2))(θ)
    return jax.tree.leaves(by_hand), jax.tree.leaves(automatic)


def by_differences(shape: graph.Graph, weights: dict, x: Iterable, y: Iterable) -> Gradients:
    """(C(w + h) - C(w - h)) / 2h for every weight: each weight is an array that holds all changed networks."""
    count = len(shape.edges)
    # Arrays of one size serve many networks: JAX compiles each operation once.
    changes = STEP * np.eye(count, -(-count // ROOM) * ROOM)
    import jax.numpy as jnp

    from theory import backprop

    def losses(sign: int) -> np.ndarray:
        arrays = {edge: jnp.asarray(weights[edge] + sign * changes[e]) for e, edge in enumerate(shape.edges)}
        return np.asarray(backprop.loss(shape, arrays, list(x), list(y)))[:count]

    return list((losses(1) - losses(-1)) / (2 * STEP))


def work(unit: Unit) -> Work:
    """A few passes, and two for every weight."""
    return Work(0, 20_000.0 * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Backpropagation against automatic differentiation for each form, and against differences for all forms."""
    automatic = [_verdict("automatic", str(form), rows) for form, rows in table.groupby("form", sort=False)]
    return [*automatic, _verdict("numeric", "differences", table)]


def _verdict(column: str, name: str, rows: pd.DataFrame) -> Verdict:
    limit, control = LIMITS[column], float(rows["control"].min())
    step = f" Central differences have a step of {STEP:g}." if column == "numeric" else ""
    how = f"A network agrees if it differs by at most {limit:g} of its largest derivative.{step}"
    trial = WITHOUT_LAYERS if set(rows["form"]) == {"skips"} else TRIAL
    return trial.verdict(
        name,
        f"Backpropagation by hand and {NAMES[column]} give the same derivatives: {_which(rows)}.",
        Measured.share(rows[column] <= limit, how),
        ALL_AGREE.supported_only_if(
            control > limit, "The control, derivatives that are off by a thousandth, has to disagree for every network."
        ),
        prediction=f"share of networks with differences of at most {limit:g} of their largest derivative = 1",
        notes=f"largest difference {rows[column].max():.1g}; least of the control {control:.1g}",
        network=rows["form"],
        activation=rows["activation"],
        compared_with=NAMES[column],
    )


def _which(rows: pd.DataFrame) -> str:
    names = {
        "nine-neurons": "the nine-neuron network",
        "layered": "layered graphs",
        "skips": "feed-forward graphs without layers",
        "matrices": "layered networks as matrices",
    }
    return ", ".join(names[form] for form in rows["form"].unique())


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Differences of each network, by activation."""
    figure, axes_of = panels(NAMES, width=2.6, height=2.9)
    activations, forms = list(table["activation"].unique()), list(table["form"].unique())
    least = np.finfo(float).eps / 8
    for column, axes in axes_of.items():
        for place, (form, colour, marker) in enumerate(zip(forms, COLOURS, MARKERS, strict=False)):
            rows = table[table["form"] == form]
            x = rows["activation"].map(activations.index) + 0.16 * (place - (len(forms) - 1) / 2)
            axes.plot(x, rows[column].clip(lower=least), marker, color=colour, ms=2.5, alpha=0.6, label=form)
        axes.axhline(LIMITS[column], color="black", lw=0.8, ls="--", label="limit of the rule")
        axes.set_yscale("log")
        axes.set_xticks(range(len(activations)), activations, fontsize=7.5)
        axes.set_title(f"by hand and {NAMES[column]}", fontsize=9)
    label_outside(figure, "", "largest difference / largest derivative")
    legend_beside(figure)
    columns = ["form", "activation", "network", "edges", "largest", "automatic", "numeric", "control"]
    agree = (table["automatic"] <= AUTOMATIC) & (table["numeric"] <= NUMERIC)
    title = f"Backpropagation by hand gives the gradient in {int(agree.sum()):,} of {len(table):,} networks"
    caption = "Each point is a network: the largest difference between two ways to calculate the derivatives."
    return {"backprop-equals-gradient": Drawing(figure, table[columns], title, caption)}
