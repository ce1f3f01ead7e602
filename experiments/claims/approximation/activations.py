"""approximation.activations: any activation that is not a polynomial approximates, and no polynomial does.

A network of one hidden layer with a polynomial activation is a polynomial of the same degree, however wide it is, so
its error stays at the best polynomial's, which is computed exactly. Networks are trained, and their output layers then
solved for by least squares in float64 where that helps on points of its own, so that what is left is what the hidden
units cannot do.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import _curves as curves
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import at_least, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation.curves import CURVES, grid, root_mean_square
from theory.approximation.polynomials import DEGREES, best_output, best_polynomial
from theory.dense import Layers

# Activations that are no polynomials.
OTHERS = ("logistic", "tanh", "rectifier", "sine")
# Ratios of errors are exact up to this.
ROUNDING = 1e-6
# A polynomial network has found the best polynomial if its error is at most this factor larger.
REACHED = 1.05
# An activation approximates if its error is smaller than that of the best cubic by at least this factor.
MUCH_BETTER = 10.0


POLYNOMIAL = Trial(
    source="Leshno, Lin, Pinkus & Schocken 1993: one hidden layer approximates if and only if its activation is not a "
    "polynomial (from memory, not checked)",
    bears_on=on("universal-approximation", role="control") + on("functions-hardly-matter", "against"),
    existence="found by training",
    switches={
        "inputs": "one, in [-1, 1]",
        "hidden_layers": 1,
        "bias": True,
        "output": "linear, solved for by least squares in float64",
        "norm": "root mean square on a grid that training did not see",
    },
)
OTHERS_APPROXIMATE = POLYNOMIAL.but(
    bears_on=on("universal-approximation", role="variant") + on("functions-hardly-matter")
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how; points as for the optimum. Every learning rate and restart of a width is one try."""

    target: list[str] = setting(["sine", "bump"], choices=tuple(CURVES))
    activation: list[str] = setting([*DEGREES, *OTHERS], choices=(*DEGREES, *OTHERS), static=True)
    width: list[int] = setting([2, 4, 16, 64], low=1, high=1000, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03])
    restarts: int = setting(5, low=1, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(2000)
    schedule: str = fields.schedule("cosine")
    train_points: int = setting(256, low=2, high=1_000_000)
    points: int = setting(1001, low=2, high=1_000_000)


SMOKE = {
    "target": ["sine"],
    "activation": ["square", "tanh"],
    "width": [16],
    "learning_rate": [0.03],
    "restarts": 2,
    "steps": 300,
}
FULL = {
    "width": [2, 4, 8, 16, 32, 64, 128],
    "restarts": 20,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its errors on the grid, as trained and as solved, and those of the best polynomials."""
    outcome = curves.train(unit, unit.static("activation"), unit.settings.optimizer)
    rows, _ = curves.measured(unit, outcome, _finish(unit))
    best = {
        f"degree_{q}": [polynomial_error(target, q, unit.settings.points) for target in rows["target"]]
        for q in DEGREES.values()
    }
    return rows.assign(**best)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, with its output layer solved for."""
    return curves.rebuild(unit, unit.static("activation"), unit.settings.optimizer, _finish(unit), row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network is not near the best polynomial: of the activation's degree if it has one, else of degree 3."""
    degrees = table["activation"].map(DEGREES).fillna(max(DEGREES.values())).astype(int)
    best = np.choose(degrees == 2, [table["degree_3"], table["degree_2"]])
    return ~(table["rms"] <= REACHED * best)


def _finish(unit: Unit) -> curves.Finish:
    σ = functools.partial(_hidden, unit.static("activation"))
    return curves.Finish(σ, functools.partial(_solved, σ))


def _solved(σ: Callable, x: np.ndarray, y: np.ndarray, networks: list[Layers]) -> list[Layers]:
    """The networks with the best output layers for their hidden units."""
    hidden = [layers[0] for layers in networks]
    z = σ(np.stack([x[:, None] * W[0] + b for W, b in hidden]))
    return [(one, best_output(*pair)) for one, *pair in zip(hidden, z, y, strict=True)]


def _hidden(activation: str, a: np.ndarray) -> np.ndarray:
    """Outputs of hidden units, in float64."""
    import jax
    import jax.numpy as jnp

    from theory.activations import ACTIVATIONS

    with jax.enable_x64(True):
        return np.asarray(ACTIVATIONS[activation](jnp.asarray(a)))


def polynomial_error(target: str, degree: int, points: int) -> float:
    """Root mean square error of the best polynomial on a grid."""
    x = grid(points)
    y = CURVES[target].of(x)
    return root_mean_square(best_polynomial(x, y, degree) - y)


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    settings, updates = unit.settings, len(unit.cells) * unit.settings.steps
    return Work(updates, updates * settings.train_points * 30.0 * unit.static("width"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each target: polynomial activations stay at the best polynomial, and the others approximate."""
    verdicts = []
    for (target, activation), rows in table.groupby(["target", "activation"], sort=False):
        verdicts.append((_stays if activation in DEGREES else _approximates)(str(target), str(activation), rows))
    return verdicts


def _switches(target: str, activation: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": target,
        "activation": activation,
        "width": rows["width"].sort_values(),
        "learning_rate": rows["learning_rate"].sort_values(),
    }


def _stays(target: str, activation: str, rows: pd.DataFrame) -> Verdict:
    degree = DEGREES[activation]
    best = float(rows[f"degree_{degree}"].iloc[0])
    ratios = rows[["rms", "trained_rms"]].min(axis=1) / best
    at_widest = float(ratios[rows["width"] == rows["width"].max()].min())
    how = (
        "A proof covers all networks of the activation; the trained networks only try to refute it. Measured is the "
        "least error of all trained networks, as trained and as solved, over that of the best polynomial on the same "
        "grid."
    )
    return POLYNOMIAL.verdict(
        f"{target}/{activation}",
        f"A network of one hidden layer with a polynomial activation of degree {degree} has at least the error of the "
        f"best polynomial of this degree, at every width: {target}.",
        Measured.exactly(ratios.min(), len(rows), how=how),
        at_least(1 - ROUNDING).supported_only_if(
            at_widest <= REACHED,
            f"The best of the widest networks has to be within {REACHED - 1:.0%} of the polynomial: the floor is "
            "reached, and not only respected.",
        ),
        finding=f"{activation.capitalize()} units compute polynomials of degree {degree}: more of them, up to "
        f"{rows['width'].max()}, never do better than the best of these, for the target {target}."
        if ratios.min() >= 1 - ROUNDING
        else "",
        prediction=f"least error / {best:.4g}, that of the best polynomial of degree {degree}, >= 1",
        notes=f"at the largest width the ratio is {at_widest:.6g}",
        **_switches(target, activation, rows),
    )


def _approximates(target: str, activation: str, rows: pd.DataFrame) -> Verdict:
    widest = rows[rows["width"] == rows["width"].max()]
    ratios = (widest[f"degree_{max(DEGREES.values())}"] / widest["rms"].fillna(np.inf)).to_numpy()
    best = float(ratios.max())
    how = (
        f"Measured with the least error of the {len(widest)} networks of the largest width: one network is enough as "
        "an example, however it was found."
    )
    return OTHERS_APPROXIMATE.verdict(
        f"{target}/{activation}",
        f"A wide layer of {activation} units approximates: its error is at most a tenth of that of the best cubic: "
        f"{target}.",
        Measured.exactly(best, len(rows), how=how),
        exhibits(f"the error of the best cubic is at least {MUCH_BETTER:g} times as large", best >= MUCH_BETTER),
        prediction=f"error of the best cubic / least error at m = {widest['width'].iloc[0]} >= {MUCH_BETTER:g}",
        notes=f"the ratio with the median error is {np.median(ratios):.3g}; at ratios of a billion and more the target "
        "is met up to rounding: it is one of the units, or analytic like them",
        **_switches(target, activation, rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least error against width for every activation, with the best polynomials as lines."""
    return {"activations-error": draw_errors(table)}


def _lines(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for (target, activation), rows in table.groupby(["target", "activation"], sort=False):
        errors = rows.groupby("width")["rms"].agg(["min", "median"]).reset_index()
        yield errors.assign(target=target, activation=activation)


def draw_errors(table: pd.DataFrame) -> Drawing:
    """The least error of all tries at each width; polynomial activations stay at their best polynomial."""
    numbers = pd.concat(_lines(table), ignore_index=True)
    targets, activations = list(table["target"].unique()), list(table["activation"].unique())
    figure, axes_of = panels(targets, width=3.0)
    for target, axes in axes_of.items():
        mine = numbers[numbers["target"] == target]
        for activation, colour, marker in zip(activations, COLOURS, MARKERS, strict=False):
            line = mine[mine["activation"] == activation]
            axes.plot(line["width"], line["min"], f"{marker}-", color=colour, ms=4, lw=1, label=activation)
        for degree, dash in zip(DEGREES.values(), ("--", ":"), strict=True):
            best = float(table.loc[table["target"] == target, f"degree_{degree}"].iloc[0])
            axes.axhline(best, color="black", lw=0.9, ls=dash, label=f"best polynomial of degree {degree}")
        logarithmic_ticks(axes, mine["width"].unique())
        axes.set_yscale("log")
        axes.set_title(target, fontsize=9)
    label_outside(figure, "m, hidden units", "least root mean square error")
    legend_beside(figure)
    references = table[["target", *(f"degree_{degree}" for degree in DEGREES.values())]].drop_duplicates()
    widest = numbers[numbers["width"] == numbers["width"].max()].groupby("activation")["min"].max()
    title = (
        f"At width {numbers['width'].max()} {widest.idxmin()} units err by {widest.min():.1g}, {widest.idxmax()} units "
        f"by {widest.max():.1g}"
    )
    caption = (
        "Least error against width; dotted: the best polynomials of degree 2 and 3, below which their units cannot "
        "come."
    )
    return Drawing(figure, numbers.merge(references, on="target"), title, caption)
