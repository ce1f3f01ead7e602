"""restarts.a-million-restarts: the measured cost of a million runs of backpropagation, against brute force.

Small networks are trained from many initial weights, one row per run. The cost of all runs is measured in evaluations
of the network on all its points, see theory/restarts/search.py, and compared with all settings of 64-bit weights. Runs
that are not right soon raise a second question: is it better to go on with them or to start again?
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import at_least, below
from experiments.judging.statistics import combined_rates_interval, normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts import search
from theory.restarts.grid import weight_count
from theory.restarts.tasks import BOOLEAN

if TYPE_CHECKING:
    from experiments.ensemble import Program

# One way is vastly cheaper than another if it needs at most a thousandth of the evaluations.
VASTLY = 1000
# The number of runs that the post speaks of.
MILLION = 1_000_000
# A curve is drawn with at most this number of points: more cannot be told apart.
POINTS = 200


CHEAPER = Trial(
    source="the post, ch. III",
    bears_on=on("million-restarts"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "sign of a linear unit",
        "inputs": "all of {-1, 1}^n",
        "optimizer": "sgd",
        "batch": "all points",
    },
)
AGAIN = CHEAPER.but(
    source="ours: the post restarts runs, and does not say when", bears_on=on("restarts", role="variant")
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how; by default XOR.

    The learning rate needs the fewest evaluations per success, of rates from 0.1 to 30 in a pilot with another seed.
    """

    task: list[str] = setting(["parity"], choices=BOOLEAN, static=True)
    n: list[int] = setting([2], low=1, high=10, static=True)
    width: list[int] = setting([2], low=1, high=10_000, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([3.0])
    restarts: int = setting(10_000, low=1, high=10_000_000, counts="restart")
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(1000, low=2)


SMOKE = {
    "restarts": 200,
}
FULL = {
    "restarts": 1_000_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: loss, errors, solved, steps, the key of its random numbers, and the budget of updates."""
    rows, _ = cells.train(unit, shared.task_of(unit), _program(unit))
    return rows.assign(budget=unit.settings.steps)


def _program(unit: Unit) -> "Program":
    from experiments import ensemble

    settings = unit.settings
    return ensemble.Program(
        sizes=(unit.static("n"), unit.static("width"), 1),
        activation=unit.static("activation"),
        loss=settings.loss,
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return cells.rebuild(unit, shared.task_of(unit), _program(unit), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, as if no run ended early."""
    return Work(*shared.network_steps(unit, unit.settings.steps))


def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Name, activation and rows of each network, at the learning rate with the fewest evaluations per success.

    With several learning rates, the first half of the runs chooses and the second half is judged.
    """
    for (task, n, width, activation), rows in table.groupby(["task", "n", "width", "activation"], sort=False):
        chosen = shared.judged_at_best_rate(rows, lambda mine: mine["solved"].sum() / evaluations(mine).sum())
        yield f"{task}-{n}-{width}-1", str(activation), chosen


def evaluations(rows: pd.DataFrame) -> np.ndarray:
    """The cost of each run of one network, see `search.run_cost`."""
    return rows["steps"].to_numpy(float) * float(_step_cost(rows)) + 1.0


def _step_cost(rows: pd.DataFrame) -> float:
    return float(search.step_cost(int(rows["n"].iloc[0]), int(rows["width"].iloc[0])))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each network and activation: the cost of a million runs, and whether waiting pays."""
    return [verdict for one in series(table) for verdict in (_cheaper(*one), _starting_again(*one))]


def _switches(activation: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "task": rows["task"].iloc[0],
        "n": int(rows["n"].iloc[0]),
        "width": int(rows["width"].iloc[0]),
        "activation": activation,
        "learning_rate": float(rows["learning_rate"].iloc[0]),
        "updates": f"up to {rows['budget'].iloc[0]:,}",
    }


def _cheaper(name: str, activation: str, rows: pd.DataFrame) -> Verdict:
    weights = weight_count(int(rows["n"].iloc[0]), int(rows["width"].iloc[0]))
    rounds, cost = math.log10(search.rounds_of_the_post(weights)), evaluations(rows)
    mean, error = float(cost.mean()), float(cost.std(ddof=1)) / math.sqrt(len(cost))

    def estimate(α: float) -> tuple[float, float, float]:
        low, high = normal_interval(mean, error, α)
        value, least, most = (rounds - math.log10(MILLION * max(one, 1.0)) for one in (mean, high, low))
        return value, least, most

    how = (
        f"A million times the mean cost of a run, with its {percent()} normal interval. Brute force tries all settings."
    )
    return CHEAPER.verdict(
        f"{name}/{activation}/cheaper",
        "Even a million runs of backpropagation are vastly cheaper than brute force over 64-bit weights.",
        Measured(estimate, len(rows), how=how),
        at_least(math.log10(VASTLY)),
        finding=f"Already for {weights} weights of 64 bits, brute force takes "
        f"10^{rounds - math.log10(MILLION * mean):.1f} times as many evaluations as a million runs with {activation} "
        "units.",
        prediction=f"log10((2^64)^W / evaluations of a million runs) >= {math.log10(VASTLY):g}",
        notes=f"{rows['solved'].mean():.4g} of the runs succeed; a million of them cost {MILLION * mean:.4g} "
        f"evaluations, brute force (2^64)^{weights}",
        **_switches(activation, rows),
    )


def _starting_again(name: str, activation: str, rows: pd.DataFrame) -> Verdict:
    half = int(rows["budget"].iloc[0]) // 2
    soon = rows["solved"] & (rows["steps"] <= half)
    late = rows["solved"] & ~soon & (rows["steps"] <= 2 * half)
    waiting = int((~soon).sum())
    hits, trials = np.array([late.sum(), soon.sum()]), np.array([waiting, len(rows)])

    def estimate(α: float) -> tuple[float, float, float]:
        return combined_rates_interval(np.array([1.0, -1.0]), hits, trials, α=α) if waiting else (math.nan, -1.0, 1.0)

    how = (
        "The budget of updates is halved. Measured is the share of waiting runs that are right after the second half "
        f"less the share of all runs that are right after the first half, with Newcombe's {percent()} interval."
    )
    return AGAIN.verdict(
        f"{name}/{activation}/starting-again",
        f"A run that is not right after {half:,} updates is stuck: a new run is more likely to be right after {half:,} "
        f"updates than this run is after {half:,} more.",
        Measured(estimate, len(rows), how=how),
        below(0),
        prediction=f"share right after {half:,} more updates less the share of new runs < 0",
        notes=f"{soon.mean():.4g} of all runs are right after {half:,} updates, {late.sum():,} of the {waiting:,} "
        f"others after {half:,} more",
        **_switches(activation, rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How long runs take, and the losses at which they end."""
    curves = [(f"{name}, {activation}", rows) for name, activation, rows in series(table)]
    return {"million-waiting": draw_waiting(curves), "million-losses": draw_losses(curves)}


def draw_waiting(curves: list[tuple[str, pd.DataFrame]]) -> Drawing:
    """Share of the runs that are not right after t updates."""
    figure, parts = new_figure(6.4, 3.6), []
    for i, (label, rows) in enumerate(curves):
        steps = np.sort(rows.loc[rows["solved"], "steps"].to_numpy())
        waiting = 1 - np.arange(1, len(steps) + 1) / len(rows)
        # Of runs with equal steps, the last gives the share that is left.
        last = np.flatnonzero(np.append(np.diff(steps), 1))
        end = int(rows["budget"].iloc[0])
        t, share = np.append(steps[last], end), np.append(waiting[last], waiting[-1] if len(waiting) else 1.0)
        figure.axes[0].step(t + 1, share, where="post", color=COLOURS[i % len(COLOURS)], lw=1.2, label=label)
        parts.append(pd.DataFrame({"network": label, "updates": t, "not_right": share}))
    figure.axes[0].set(xscale="log", ylim=(0, 1.03), xlabel="updates + 1", ylabel="share of runs not right yet")
    figure.axes[0].legend(fontsize=8)
    every = pd.concat(parts, ignore_index=True)
    left = every.groupby("network")["not_right"].min()
    title = f"Between {left.min():.0%} and {left.max():.0%} of the runs never become right"
    caption = "Share of the runs that are not yet right about all points, over updates."
    return Drawing(figure, every, title, caption)


def draw_losses(curves: list[tuple[str, pd.DataFrame]]) -> Drawing:
    """Distribution of the loss at the end: of the runs that are right, and of the others."""
    (figure, axes_of), parts = panels(("right", "not right"), width=4.5, beside=0), []
    for i, (label, rows) in enumerate(curves):
        kinds = (("right", rows[rows["solved"]]), ("not right", rows[~rows["solved"]]))
        for kind, mine in kinds:
            axes = axes_of[kind]
            loss = np.sort(mine["loss"].fillna(np.inf).to_numpy(float))
            share = np.arange(1, len(loss) + 1) / max(len(loss), 1)
            thin = np.unique(np.linspace(0, len(loss) - 1, min(len(loss), POINTS)).astype(int))
            axes.step(loss[thin], share[thin], where="post", color=COLOURS[i % len(COLOURS)], lw=1.2, label=label)
            axes.set(xlabel="loss at the end", title=f"runs that ended {kind}")
            parts.append(pd.DataFrame({"network": label, "ended": kind, "loss": loss[thin], "share": share[thin]}))
    axes_of["right"].set_ylabel("share of runs")
    axes_of["right"].legend(fontsize=8)
    every = pd.concat([rows for _, rows in curves])
    typical = every.groupby("solved")["loss"].median()
    title = "; ".join(
        f"runs that are {'' if right else 'not '}right end at {loss:.2g}" for right, loss in typical.items()
    )
    title = f"Median losses: {title}"
    caption = "Distribution of the loss at the end, for runs that ended right and for the others."
    return Drawing(figure, pd.concat(parts, ignore_index=True), title, caption)
