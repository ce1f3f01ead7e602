"""restarts.large-networks-get-stuck: whether runs end above the least loss, and more often in larger networks.

The post says: if the network is large, the algorithm will inevitably get stuck in a local minimum. Networks of one
hidden layer are trained by plain gradient descent. Then they are moved on in float64 until they are at rest or out of
steps. If the least loss is known, it is 0, see theory/restarts/samples.py. Otherwise the best end of all runs on the
same targets takes its place. It is no less than the least loss, so a run that ends above it also ends above the least
loss.

A run has *arrived* if its loss is within a millionth of the variance of the targets from the least loss. It is *stuck*
if it has not arrived and the gradient has vanished. Other runs are unfinished or have diverged. Every run has its own
targets, so verdicts hold for targets that are drawn.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts.large_networks_get_stuck.ends import input_count, series
from experiments.claims.restarts.large_networks_get_stuck.verdicts import judge
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.restarts.grid import weight_count
from theory.restarts.samples import SAMPLES, enough, points_of, targets_of
from theory.restarts.tasks import Task

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]

# Settling ends at this loss, far below NEAR.
LOSS_BOUND = 1e-12
# Settling ends at this norm of the gradient, far below AT_REST.
GRADIENT_BOUND = 1e-9
# Most networks are at rest after this number of steps of settling. It only serves to estimate work.
USUAL_SETTLING = 40


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how. The first half of the restarts chooses one learning rate for each width."""

    sample: list[str] = setting([*SAMPLES], choices=SAMPLES, static=True)
    points: list[int] = setting([16, 64], low=2, high=4096, static=True)
    width: list[int] = setting([2, 8, 16, 64], low=1, high=4096, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.03, 0.1])
    functions: int = setting(80, low=2, high=1_000_000, counts="function")
    restarts: int = setting(2, low=2, high=1_000_000, counts="restart")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(2000)
    settling: int = setting(200, low=0, high=100_000)
    where: str = setting("(sample != 'boolean' or points == 16) and (sample != 'teacher' or points == 64)")


SMOKE = {
    "points": [16],
    "width": [2, 16],
    "activation": ["tanh"],
    "functions": 6,
    "steps": 300,
}
FULL = {
    "points": [16, 64, 256],
    "width": [2, 8, 16, 64, 256],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "functions": 400,
    "where": "(sample != 'boolean' or points == 16) and (sample != 'teacher' or points > 16)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss and wrong signs after training, and its loss and gradient at rest."""
    from experiments.ensemble import polishing

    sample, program = _sample(unit), _program(unit)
    rows, outcome = cells.train(unit, sample, program)
    ends = polishing.settled(
        program, sample.x, sample.y, outcome.network, unit.settings.settling, LOSS_BOUND, GRADIENT_BOUND
    )
    trained = rows.rename(columns={"loss": "trained_loss"}).drop(columns="solved")
    return trained.assign(loss=ends.loss, gradient_norm=ends.gradient_norm)


def _sample(unit: Unit) -> Task:
    """Points that all networks share, and for each network the targets of its function; every width has its own."""
    name, points, width, activation = (unit.static(axis) for axis in ("sample", "points", "width", "activation"))
    x = points_of(name, points, random_generator(unit.seed, "points", name, points))
    functions = unit.cells["function"].tolist()
    drawn = {
        function: targets_of(
            name, x, activation, random_generator(unit.seed, "targets", name, points, width, activation, function)
        )
        for function in set(functions)
    }
    return Task(x, np.stack([drawn[function] for function in functions]), 0.0)


def _program(unit: Unit) -> Any:
    sizes = (input_count(unit.static("sample"), unit.static("points")), unit.static("width"), 1)
    return cells.program_with(unit, sizes=sizes, loss="squared", stop_when_solved=False)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as training left it."""
    rebuilt = cells.rebuild(unit, _sample(unit), _program(unit), row)
    return rebuilt._replace(values={"trained_loss": rebuilt.values["loss"]})


def work(unit: Unit) -> Work:
    """All updates, and derivatives and a system of equations for every step of settling."""
    points, parameters = (
        unit.static("points"),
        weight_count(input_count(unit.static("sample"), unit.static("points")), unit.static("width")),
    )
    steps, smaller = len(unit.cells) * unit.settings.steps, min(points, parameters)
    settling = len(unit.cells) * min(unit.settings.settling, USUAL_SETTLING)
    return Work(steps, steps * points * 6.0 * parameters + settling * 2.0 * smaller**2 * (points + parameters))


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The share of runs that end above the least loss and the excess of their losses, against width."""
    every = list(series(table))
    samples = list(dict.fromkeys((names[0], names[1]) for names, _ in every))
    figure, axes_of = panels(product(("above", "excess"), samples), len(samples), width=2.3, height=1.95, beside=1.1)
    numbers = []
    for names, rows in every:
        part = pd.DataFrame([_numbers(names, int(width), mine) for width, mine in rows.groupby("width")])
        i = sorted(table["activation"].unique()).index(names[2])
        style: dict[str, Any] = {"color": COLOURS[i], "ms": 3, "lw": 1, "label": names[2]}
        above, below = (axes_of[quantity, (names[0], names[1])] for quantity in ("above", "excess"))
        above.plot(part["width"], part["above"], f"{MARKERS[i]}-", **style)
        above.fill_between(part["width"], part["low"], part["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        below.plot(part["width"], part["excess"].clip(lower=LOSS_BOUND), f"{MARKERS[i]}-", **style)
        below.plot(part["width"], part["excess_90"].clip(lower=LOSS_BOUND), ":", color=COLOURS[i], lw=1)
        numbers.append(part)
    for sample, points in samples:
        above, below = (axes_of[quantity, (sample, points)] for quantity in ("above", "excess"))
        above.set_title(f"{sample}, {points} points")
        above.set(ylim=(-0.03, 1.03))
        below.set(yscale="log", ylim=(LOSS_BOUND / 3, 3))
        for axes in (above, below):
            axes.set_xscale("log", base=2)
            axes.axvline(enough(sample, points), color="k", lw=0.6, ls="--")
    axes_of["above", samples[0]].set_ylabel("share above it")
    axes_of["excess", samples[0]].set_ylabel("excess")
    figure.supxlabel("width; from the dashed line on the least loss is known to be 0", fontsize=8)
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    large = every[every["width"] == every["width"].max()]
    title = (
        f"At width {large['width'].max()} between {large['above'].min():.0%} and {large['above'].max():.0%} of the "
        "runs end above the least loss"
    )
    caption = (
        "Above: share of runs that end above the least loss, with intervals. Below: the excess of losses over it, its "
        "median and, dotted, what 90 % of the runs do not pass. From the dashed line on, the least loss is known to be "
        "0."
    )
    return {"success-against-size": Drawing(figure, every, title, caption)}


def _numbers(names: tuple, width: int, rows: pd.DataFrame) -> dict[str, Any]:
    above_it = Measured.clustered_share(~rows["arrived"], rows["function"])
    facts = dict(zip(("sample", "points", "activation"), names, strict=True)) | {"width": width, "runs": len(rows)}
    excess, excess_90 = (float(np.quantile(rows["excess"], q, method="higher")) for q in (0.5, 0.9))
    return facts | {
        "above": above_it.value,
        "low": above_it.low,
        "high": above_it.high,
        "stuck": float(rows["stuck"].mean()),
        "excess": excess,
        "excess_90": excess_90,
    }
