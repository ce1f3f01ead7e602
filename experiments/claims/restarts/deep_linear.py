"""restarts.deep-linear: deep linear networks have no spurious minima, and descent from random weights arrives.

This is the counterpart of large-networks-get-stuck and spurious-minima. The loss is not convex, its least value is
known exactly, and every run is predicted to end there. Only the initial weights are drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt, descended_again
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts import deep_linear

# The target's singular values; a network of width r keeps the r largest.
SINGULAR = (2.0, 1.5, 1.0, 0.5)
# Standard deviation of an initial weight: products of matrices neither fade nor grow with depth.
SPREAD = 0.5
# A run has arrived if its loss is at most this much above the least loss.
NEAR = 1e-6
# The step size of descent: small enough for the curvature that the largest singular value gives.
STEP_SIZE = 0.02
# Descent ends when the norm of the gradient is at most this.
GRADIENT_BOUND = 1e-8
# Nearly all runs arrive if more than this share does.
NEARLY_ALL = 0.99


TRIAL = Trial(
    source="Kawaguchi 2016, arXiv 1605.07110; Lee et al. 2016, arXiv 1602.04915, that descent avoids strict saddles; "
    "both cited from memory",
    bears_on=on("gets-stuck", "against", "variant"),
    existence="found by training",
    switches={
        "activation": "identity",
        "bias": False,
        "target": f"a matrix of the singular values {', '.join(f'{value:g}' for value in SINGULAR)}",
        "loss": "squared, over all inputs in closed form",
        "initial_weights": f"N(0, {SPREAD**2:g})",
        "optimizer": "sgd",
        "learning_rate": STEP_SIZE,
        "precision": "float64",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Number of layers with weights, width of the hidden layers, and the largest number of steps of a run."""

    layers: list[int] = setting([2, 3, 4], low=1, high=10, static=True)
    width: list[int] = setting([1, 2, 4], low=1, high=100, static=True)
    restarts: int = setting(600, low=2, high=10_000_000, counts="restart", follows="restarts")
    steps: int = fields.steps(20_000)


SMOKE = {
    "layers": [3],
    "width": [2],
    "restarts": 20,
}
FULL = {
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: its loss, the least loss, and the norm of the gradient at the end."""
    from experiments.ensemble import descent

    network = _network(unit)
    ends = descent.descend(
        deep_linear.gradient(*network),
        _starts(unit),
        step_size=STEP_SIZE,
        steps=unit.settings.steps,
        gradient_bound=GRADIENT_BOUND,
    )
    return unit.cells.assign(
        loss=_losses(unit, ends.points),
        least_loss=deep_linear.least_loss(*network),
        gradient_norm=ends.gradient_norm,
        steps=ends.steps,
        key=cells.hexadecimal(unit),
    )


def _network(unit: Unit) -> tuple[tuple[float, ...], int, int]:
    return SINGULAR, unit.static("layers"), unit.static("width")


def _starts(unit: Unit) -> np.ndarray:
    from experiments.ensemble import descent

    return SPREAD * descent.normal_points(unit.keys, (deep_linear.weight_count(*_network(unit)),))


def _losses(unit: Unit, points: np.ndarray) -> list[float]:
    F = deep_linear.loss(*_network(unit))
    with np.errstate(over="ignore", invalid="ignore"):
        return [float(F(θ)) for θ in points]


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again; it has no biases."""
    network = _network(unit)
    times, ends = descended_again(deep_linear.gradient(*network), _starts(unit), STEP_SIZE, int(row["steps"]))
    losses = _losses(unit, ends.points)
    layers = deep_linear.dense_layers(ends.points[-1], *network)
    curve = pd.DataFrame({"updates": times, "loss": losses})
    return Rebuilt(layers, curve, {"loss": losses[-1], "gradient_norm": ends.gradient_norm[-1]})


def _has_arrived(table: pd.DataFrame) -> pd.Series:
    return table["loss"] - table["least_loss"] <= NEAR


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether the run of each row did not end at the least loss."""
    return ~_has_arrived(table)


def work(unit: Unit) -> Work:
    """All steps: a product of matrices forward and two products backward."""
    weights = deep_linear.weight_count(SINGULAR, unit.static("layers"), unit.static("width"))
    steps = float(len(unit.cells) * unit.settings.steps)
    return Work(steps, steps * 6 * weights * len(SINGULAR))


def series(table: pd.DataFrame) -> Iterator[tuple[int, int, pd.DataFrame]]:
    """Layers, width and rows of every network, with `arrived`: whether a run ended at the least loss."""
    for (layers, width), rows in table.groupby(["layers", "width"]):
        yield int(layers), int(width), rows.assign(arrived=_has_arrived(rows))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each depth and width: whether nearly all runs end at the least loss."""
    return [_arrive(*one) for one in series(table)]


def _arrive(layers: int, width: int, rows: pd.DataFrame) -> Verdict:
    rest = rows[~rows["arrived"]]
    at_rest = int((rest["gradient_norm"] <= GRADIENT_BOUND).sum())
    return TRIAL.verdict(
        f"arrives/{layers}-layers/{width}",
        "Deep linear networks have no spurious minima, and gradient descent from random weights ends at the least "
        f"loss: {layers} layers, width {width}.",
        Measured.share(rows["arrived"], f"The share of the runs that end within {NEAR:g} of the least loss."),
        above(NEARLY_ALL),
        prediction=f"share of runs within {NEAR:g} of the least loss > {NEARLY_ALL:g}",
        notes=f"the least loss is {rows['least_loss'].iloc[0]:g}; {at_rest} of the other runs ended with a gradient of "
        f"at most {GRADIENT_BOUND:g}, {len(rest) - at_rest} were still on their way",
        layers=layers,
        width=width,
        updates=f"up to {rows['steps'].max():,}",
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The excess of final losses over the least loss, as a distribution for each network."""
    figure, numbers = new_figure(6.4, 3.6), []
    depths = sorted(table["layers"].unique())
    for layers, width, rows in series(table):
        excess = np.sort((rows["loss"] - rows["least_loss"]).fillna(np.inf).clip(lower=1e-16).to_numpy())
        share = np.arange(1, len(excess) + 1) / len(excess)
        i = depths.index(layers)
        label = f"{layers} layers, width {width}"
        figure.axes[0].step(excess, share, where="post", color=COLOURS[i], lw=0.6 + 0.2 * width, label=label)
        figure.axes[0].plot(excess[-1:], share[-1:], MARKERS[i], color=COLOURS[i], ms=3)
        numbers.append(pd.DataFrame({"layers": layers, "width": width, "excess": excess, "share": share}))
    figure.axes[0].axvline(NEAR, color="k", lw=0.6, ls="--")
    figure.axes[0].set(
        xscale="log", ylim=(0, 1.03), xlabel="loss at the end less the least one", ylabel="share of runs"
    )
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    ends = every[every["excess"] <= NEAR].groupby(["layers", "width"])["share"].max()
    title = f"At least {ends.min():.1%} of deep linear runs end within {NEAR:g} of the least loss" if len(ends) else ""
    caption = "Share of the runs with at most an excess over the least loss."
    return {"deep-linear": Drawing(figure, every, title, caption)}
