"""anatomy.backprop-cost-compiled: the operations that XLA counts in the programs of ensembles.

Programs are compiled for networks as matrices and one sample: a forward pass with its loss, the same with the gradient
by automatic differentiation or by the three steps by hand, and a forward pass for every weight. Nothing is run. The
compiled program says how many operations it has (`cost_analysis`): a multiplication and an addition count as two, and
functions such as exp are counted apart and added here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, between
from experiments.judging.statistics import least_squares_slope
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

# Inputs of every network.
INPUTS = 8
# Value and gradient over value, fixed before the runs. The cheap gradient principle of automatic differentiation (Baur
# & Strassen, Griewank; from memory, not checked) says at most 5 for every function.
BOUND = 5.0
# The largest slope on a log-log scale that is called constant.
CONSTANT = 0.1
# Slopes on a log-log scale between these are called linear.
LINEAR = (0.9, 1.1)


TRIAL = Trial(
    source="the post, ch. III, which calls it efficient and gives no number",
    bears_on=on("efficient", role="variant"),
    existence="representable",
    switches={
        "activation": "tanh",
        "output": "linear",
        "bias": True,
        "loss": "squared",
        "samples": 1,
        "inputs": INPUTS,
        "operations": "as XLA counts them in the compiled program on this device, tanh among them",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Networks of `depth` hidden layers of `width` tanh units."""

    depth: list[int] = setting([1, 4], low=1, high=100, static=True)
    width: list[int] = setting([4, 16, 64, 256], low=1, high=10_000, static=True)
    most_differences: int = setting(50_000, low=0, high=10_000_000)
    """The program for difference quotients is compiled for networks with at most this number of weights."""


SMOKE = {
    "depth": [1],
    "width": [4, 16],
}
FULL = {
    "depth": [1, 2, 4, 8],
    "width": [4, 16, 64, 256, 1024],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: operations of each compiled program."""
    import jax
    import jax.numpy as jnp

    from theory import backprop, network
    from theory.activations import ACTIVATIONS, DERIVATIVES

    sizes = (INPUTS, *[unit.static("width")] * unit.static("depth"), 1)
    weights = network.parameter_count(sizes)
    hidden, output = ((ACTIVATIONS[name], DERIVATIVES[name]) for name in ("tanh", "identity"))
    θ = jax.eval_shape(lambda: network.from_normals(jnp.zeros(weights), sizes, 1.0))
    x, y = jax.ShapeDtypeStruct((INPUTS,), jnp.float32), jax.ShapeDtypeStruct((1,), jnp.float32)

    def loss(θ: network.Network, x: Any, y: Any) -> Any:
        return jnp.sum((network.apply(θ, x, hidden[0], output[0]) - y) ** 2)

    def by_hand(θ: network.Network, x: Any, y: Any) -> Any:
        return backprop.layered_gradient(θ, x, y, hidden, output)

    many = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((weights + 1, *leaf.shape), leaf.dtype), θ)
    return unit.cells.assign(
        edges=weights,
        forward=operations_of(loss, θ, x, y),
        with_gradient=operations_of(jax.value_and_grad(loss), θ, x, y),
        by_hand=operations_of(by_hand, θ, x, y),
        differences=operations_of(jax.vmap(loss, (0, None, None)), many, x, y)
        if weights <= unit.settings.most_differences
        else np.nan,
    )


def operations_of(program: Callable, *arguments: Any) -> float:
    """Operations of a compiled program, including those of functions such as tanh."""
    import jax

    facts = jax.jit(program).lower(*arguments).compile().cost_analysis()
    return float(facts["flops"]) + float(facts.get("transcendentals", 0.0)) if facts else np.nan


def work(unit: Unit) -> Work:
    """Compiling four programs."""
    return Work(0, 1e9 * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The cost of the gradient, automatic and by hand, and of difference quotients, in forward passes."""
    return [
        _constant("with_gradient", "value and gradient by automatic differentiation", table),
        _constant("by_hand", "the forward pass and the three steps by hand", table),
        *([_linear(table)] if table["differences"].notna().any() else []),
    ]


def slope(rows: pd.DataFrame, column: str) -> float:
    """Slope of log(operations / those of a forward pass) on log(weights)."""
    ratio = np.log((rows[column] / rows["forward"]).to_numpy(float))
    return float(least_squares_slope(np.log(rows["edges"].to_numpy(float)), ratio))


def _constant(column: str, what: str, table: pd.DataFrame) -> Verdict:
    ratios, found = table[column] / table["forward"], slope(table, column)
    return TRIAL.verdict(
        column.replace("_", "-"),
        f"In compiled programs, {what} cost a constant number of forward passes, whatever the number of weights.",
        Measured.exactly(ratios.max(), len(table), how="The largest ratio of operations to a forward pass."),
        at_most(BOUND).supported_only_if(
            found <= CONSTANT, f"The slope of log(ratio) on log(weights) has to be at most {CONSTANT:g} as well."
        ),
        prediction=f"largest ratio of operations to a forward pass <= {BOUND:g}",
        notes=f"smallest ratio {ratios.min():.3g}; slope {found:.3f}",
        **_switches(table),
    )


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "hidden_layers": rows["depth"].sort_values(),
        "width": f"{int(rows['width'].min())} to {int(rows['width'].max())}",
    }


def _linear(table: pd.DataFrame) -> Verdict:
    made = table[table["differences"].notna()]
    most = (made["differences"] / made["forward"]).max()
    return TRIAL.verdict(
        "differences",
        "In compiled programs, difference quotients cost a forward pass for every weight.",
        Measured.exactly(slope(made, "differences"), len(made), how="The least-squares slope."),
        between(*LINEAR),
        prediction="slope of log(operations / those of a forward pass) on log(weights) = 1",
        notes=f"with {int(made['edges'].max()):,} weights: {most:,.0f} forward passes",
        **_switches(made),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Operations over those of a forward pass, against the number of weights."""
    figure = new_figure(5.6, 3.6)
    axes, numbers = figure.axes[0], table.sort_values(["depth", "edges"])
    labels = {
        "differences": "difference quotients",
        "with_gradient": "value and gradient, automatic",
        "by_hand": "value and gradient, by hand",
    }
    for (column, label), colour, marker in zip(labels.items(), (COLOURS[1], *COLOURS[2:]), MARKERS, strict=False):
        ratio = numbers[column] / numbers["forward"]
        # By hand and automatic coincide: the mark on top is hollow.
        face = "none" if column == "by_hand" else colour
        axes.plot(numbers["edges"], ratio, marker, color=colour, mfc=face, ms=4, label=label)
    axes.axhline(BOUND, color="black", lw=0.8, ls="--", label=f"bound {BOUND:g}")
    axes.set(xscale="log", yscale="log", xlabel="weights", ylabel="operations / those of a forward pass")
    axes.legend(loc="upper left", fontsize=8)
    most = float((table["with_gradient"] / table["forward"]).max())
    title = f"In compiled programs, value and gradient take at most {most:.2g} forward passes"
    caption = "Operations as the compiler counts them, over the operations of one forward pass."
    return {"backprop-cost-compiled": Drawing(figure, numbers, title, caption)}
