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
from theory.approximation.construction import Layers
from theory.approximation.curves import CURVES, grid, root_mean_square
from theory.approximation.polynomials import DEGREES, best_output, best_polynomial

OTHERS = ("logistic", "tanh", "rectifier", "sine")
ROUNDING = 1e-6
# A polynomial network that is so close to the best polynomial has found it.
REACHED = 1.05
# The error of the best cubic is divided by this, at least, by an activation that approximates.
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
    """What is trained and how; points as for the optimum. All learning rates and restarts of a width are tries."""

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
    """One row per network: errors on the grid as trained and with the output layer solved for, and the polynomials'."""
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
    """Whether a network is not even near the best polynomial: of its own degree, or else a cubic."""
    degrees = table["activation"].map(DEGREES).fillna(max(DEGREES.values())).astype(int)
    best = np.choose(degrees == 2, [table["degree_3"], table["degree_2"]])
    return ~(table["rms"] <= REACHED * best)


def _finish(unit: Unit) -> curves.Finish:
    σ = functools.partial(_hidden, unit.static("activation"))
    return curves.Finish(σ, functools.partial(_solved, σ))


def _solved(σ: Callable, x: np.ndarray, y: np.ndarray, layers: Layers) -> Layers:
    """The network with the best output layer for its hidden units."""
    (W, b), _ = layers
    return (W, b), best_output(σ(x[:, None] * W[0] + b), y)


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
    """For each target, what each polynomial activation cannot do and what each other can."""
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
        "It is proved for all networks of the activation; those that were trained only try to refute it. The least "
        "error of them all, as trained and as solved for, over that of the best polynomial on the same grid."
    )
    return POLYNOMIAL.verdict(
        f"{target}/{activation}",
        f"With a polynomial activation of degree {degree} no width does better than the best polynomial: {target}.",
        Measured.exactly(ratios.min(), len(rows), how=how),
        at_least(1 - ROUNDING).supported_only_if(
            at_widest <= REACHED,
            f"The best of the widest networks has to be within {REACHED - 1:.0%} of the polynomial, so that the floor "
            "is reached and not only kept.",
        ),
        finding=f"{activation.capitalize()} units never do better than the best polynomial of degree {degree}: the "
        "least error is {measured} times that, at any width.",
        prediction=f"least error / {best:.4g}, that of the best polynomial of degree {degree}, >= 1",
        notes=f"at the largest width the ratio is {at_widest:.6g}",
        **_switches(target, activation, rows),
    )


def _approximates(target: str, activation: str, rows: pd.DataFrame) -> Verdict:
    widest = rows[rows["width"] == rows["width"].max()]
    ratios = (widest[f"degree_{max(DEGREES.values())}"] / widest["rms"].fillna(np.inf)).to_numpy()
    best = float(ratios.max())
    how = (
        f"The least error of the {len(widest)} networks of the largest width: one of them is an example, however it "
        "was found."
    )
    return OTHERS_APPROXIMATE.verdict(
        f"{target}/{activation}",
        f"Networks of {activation} units approximate: a wide layer errs by a tenth of the best cubic's error or less: "
        f"{target}.",
        Measured.exactly(best, len(rows), how=how),
        exhibits(f"the best cubic's is at least {MUCH_BETTER:g} times as large", best >= MUCH_BETTER),
        prediction=f"error of the best cubic / least error at m = {widest['width'].iloc[0]} >= {MUCH_BETTER:g}",
        notes=f"with the median of them it is {np.median(ratios):.3g} times; ratios of a billion and more say that the "
        "target is analytic as the units are, or one of them, and was met up to rounding",
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
