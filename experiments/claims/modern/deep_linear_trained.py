"""modern.deep-linear-trained: descent in deep linear networks ends at the least loss; with rectifiers some runs do not.

Both kinds of networks descend the same loss, over all corners of a cube, from the same random weights, see
theory/modern/corners.py. The least loss is known: reduced-rank regression for identity units, 0 for wide enough layers
of rectifiers. So a run that is at rest above it is stuck. Saddles without negative curvature, which
modern.deep-linear-saddles exhibits, might hold a run up; nearly all are predicted to arrive nevertheless. Rectifiers
are the control: the same measurement finds runs that are stuck where there are some.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt, descended_again
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import corners
from theory.modern.corners import IDENTITY, RECTIFIER
from theory.restarts import deep_linear

# The target's singular values, all different.
SINGULAR = (2.0, 1.0, 0.5)
# Rectifiers in layers of twice the inputs can do what linear layers do.
WIDE = 2 * len(SINGULAR)
# Standard deviation of an initial weight: descent begins near no saddle, and products neither fade nor grow.
SPREAD = 0.5
# A run has arrived if its loss is at most this much above the least loss, and is stuck if it rests above that.
NEAR = 1e-6
STEP_SIZE = 0.02
# A run is at rest if the norm of its gradient is at most this.
GRADIENT_BOUND = 1e-8
# Nearly all runs arrive if more than this share does.
NEARLY_ALL = 0.99

TRIAL = Trial(
    source="Kawaguchi 2016, arXiv 1605.07110; that descent avoids saddles, if they have negative curvature: Lee et al. "
    "2016, arXiv 1602.04915; what nearly all are is ours",
    bears_on=on("kawaguchi-minima", role="variant"),
    existence="found by training",
    switches={
        "activation": IDENTITY,
        "bias": False,
        "inputs": f"all corners of {{-1, 1}}^{len(SINGULAR)}",
        "target": f"a diagonal matrix of {', '.join(f'{value:g}' for value in SINGULAR)}",
        "loss": "squared",
        "initial_weights": f"N(0, {SPREAD**2:g})",
        "optimizer": "sgd",
        "batch": "all inputs",
        "learning_rate": STEP_SIZE,
        "precision": "float64",
    },
)
CONTROL = TRIAL.but(source="ours", bears_on=on("kawaguchi-minima", role="control"), switches={"activation": RECTIFIER})


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of weight matrices, widths and activations of the hidden layers, and the largest number of steps."""

    layers: list[int] = setting([2, 3, 4], low=2, high=8, static=True)
    width: list[int] = setting([2, WIDE], low=1, high=64, static=True)
    activation: list[str] = setting([IDENTITY, RECTIFIER], choices=(IDENTITY, RECTIFIER), static=True)
    restarts: int = setting(600, low=2, high=1_000_000, counts="restart", follows="restarts")
    steps: int = fields.steps(20_000)
    where: str = setting(f"activation == '{IDENTITY}' or width >= {WIDE} and layers < 4")


SMOKE = {
    "layers": [3],
    "restarts": 20,
    "steps": 5000,
}
FULL = {
    "layers": [2, 3, 4, 5],
    "restarts": 4000,
    "steps": 100_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: its loss, the least loss, and the norm of the gradient at the end."""
    from experiments.ensemble import descent

    network = _network(unit)
    ends = descent.descend(
        corners.gradient(*network),
        _starts(unit),
        step_size=STEP_SIZE,
        steps=unit.settings.steps,
        gradient_bound=GRADIENT_BOUND,
    )
    return unit.cells.assign(
        loss=_losses(unit, ends.points),
        least_loss=corners.least_loss(*network),
        gradient_norm=ends.gradient_norm,
        steps=ends.steps,
        key=cells.hexadecimal(unit),
    )


def _network(unit: Unit) -> tuple[str, tuple[float, ...], int, int]:
    return unit.static("activation"), SINGULAR, unit.static("layers"), unit.static("width")


def _starts(unit: Unit) -> np.ndarray:
    """Initial weights: those of a restart, whatever the activation."""
    _, singular, layers, width = _network(unit)
    size = deep_linear.weight_count(singular, layers, width)
    drawn = [random_generator(unit.seed, "weights", layers, width, one) for one in unit.cells["restart"].tolist()]
    return np.array([SPREAD * rng.normal(size=size) for rng in drawn])


def _losses(unit: Unit, points: np.ndarray) -> np.ndarray:
    import jax

    from experiments.ensemble import descent

    return descent.everywhere(jax.vmap(corners.loss(*_network(unit))), points.shape[1], points)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again; it has no biases."""
    network = _network(unit)
    times, ends = descended_again(corners.gradient(*network), _starts(unit), STEP_SIZE, int(row["steps"]))
    losses = _losses(unit, ends.points)
    layers = deep_linear.dense_layers(ends.points[-1], *network[1:])
    curve = pd.DataFrame({"updates": times, "loss": losses})
    return Rebuilt(layers, curve, {"loss": losses[-1], "gradient_norm": ends.gradient_norm[-1]})


def _has_arrived(table: pd.DataFrame) -> pd.Series:
    return table["loss"] - table["least_loss"] <= NEAR


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether the run of each row is at rest above the least loss."""
    return ~_has_arrived(table) & (table["gradient_norm"] <= GRADIENT_BOUND)


def work(unit: Unit) -> Work:
    """All steps: a product of matrices forward and two backward, for every corner."""
    weights = deep_linear.weight_count(SINGULAR, unit.static("layers"), unit.static("width"))
    steps = float(len(unit.cells) * unit.settings.steps)
    return Work(steps, steps * 6 * weights * 2 ** len(SINGULAR))


def series(table: pd.DataFrame) -> Iterator[tuple[str, int, int, pd.DataFrame]]:
    """Activation, weight matrices, width and rows of each kind of network, with `arrived` and `stuck`."""
    for (activation, layers, width), rows in table.groupby(["activation", "layers", "width"]):
        ends = {"arrived": _has_arrived(rows), "stuck": is_stuck(rows)}
        yield str(activation), int(layers), int(width), rows.assign(**ends)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every depth and width: whether nearly all linear runs arrive, and whether some of rectifiers are stuck."""
    return [
        (_arrives if activation == IDENTITY else _stuck)(f"{layers}-matrices/width-{width}", rows)
        for activation, layers, width, rows in series(table)
    ]


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "weight_matrices": rows["layers"],
        "width": rows["width"],
        "updates": f"up to {rows['steps'].max():,}",
    }


def _arrives(name: str, rows: pd.DataFrame) -> Verdict:
    layers, width = rows["layers"].iloc[0], rows["width"].iloc[0]
    return TRIAL.verdict(
        f"arrives/{name}",
        "Descent in deep linear networks from random weights ends at the least loss.",
        Measured.share(rows["arrived"], f"The share of the runs that end within {NEAR:g} of the least loss."),
        above(NEARLY_ALL),
        prediction=f"share of runs within {NEAR:g} of the least loss > {NEARLY_ALL:g}",
        notes=f"the least loss is {rows['least_loss'].iloc[0]:g}; {int(rows['stuck'].sum())} runs are stuck, "
        f"{int((~rows['arrived'] & ~rows['stuck']).sum())} still on their way",
        finding=f"With {layers} weight matrices and linear hidden layers of {width}, a share of {{measured}} of the "
        "runs ends at the least loss.",
        **_facts(rows),
    )


def _stuck(name: str, rows: pd.DataFrame) -> Verdict:
    return CONTROL.verdict(
        f"stuck/{name}",
        "With rectifiers in place of linear units, some runs are stuck above the least loss.",
        Measured.share(
            rows["stuck"], f"The share of the runs that are at rest more than {NEAR:g} above the least loss."
        ),
        above(1 - NEARLY_ALL),
        prediction=f"share of runs that are stuck > {1 - NEARLY_ALL:g}",
        notes=f"a share of {rows['arrived'].mean():.3f} of the runs arrives",
        **_facts(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How far runs end above the least loss, as a distribution: a panel a depth, a line a width and activation."""
    figure, axes_of = panels(sorted(table["layers"].unique()), width=2.4, height=2.5, beside=1.9)
    kinds = list(dict.fromkeys((activation, width) for activation, _, width, _ in series(table)))
    numbers = []
    for activation, layers, width, rows in series(table):
        excess = np.sort((rows["loss"] - rows["least_loss"]).fillna(np.inf).clip(lower=1e-16).to_numpy())
        share, axes = np.arange(1, len(excess) + 1) / len(excess), axes_of[layers]
        look = {"color": COLOURS[kinds.index((activation, width))], "lw": 1.3}
        axes.step(excess, share, where="post", label=f"{activation}, width {width}", **look)
        axes.axvline(NEAR, color="k", lw=0.6, ls="--")
        axes.set(xscale="log", ylim=(0, 1.03), xlim=(1e-17, 10), title=f"{layers} weight matrices")
        facts = {"activation": activation, "layers": layers, "width": width}
        numbers.append(pd.DataFrame({**facts, "excess": excess, "share": share}))
    label_outside(figure, "loss at the end less the least one", "share of runs")
    legend_beside(figure)
    every = pd.concat([rows for *_, rows in series(table)])
    shares = every.groupby("activation")["arrived"].mean()
    title = ", and ".join(f"{shares[kind]:.1%} of runs with {kind} units" for kind in shares.index)
    caption = "The share of runs that end at most so far above the least loss. Dashed: what counts as arrived."
    return {
        "deep-linear-trained": Drawing(
            figure, pd.concat(numbers, ignore_index=True), f"The least loss is reached by {title}", caption
        )
    }
