"""restarts.step-size: one training point at a time with a falling step, a constant step, or all points at once.

The post's algorithm updates on one training point after the other. A step that is too large keeps jumping over the
target. Three ways of training spend the same number of gradient evaluations, one per point of an update. They are
compared by their final losses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts._shared import task_in_words, task_name
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.statistics import percent, percentile_interval, wilson
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.restarts.tasks import TASKS, Task

# The bootstrap draws this number of resamples.
RESAMPLES = 1000
# Losses below this count as equal: their differences are rounding of float32.
FLOOR = 1e-9
# The axis of losses ends at this loss.
LARGEST = 3.0

FALLING, STEADY, ALL_POINTS = "one point, falling step", "one point, constant step", "all points, constant step"
METHODS = {
    (1, "linear"): FALLING,
    (1, "constant"): STEADY,
    (0, "constant"): ALL_POINTS,
    (0, "linear"): "all points, falling",
}


TRIAL = Trial(
    source="the post's algorithm, ch. III, which names one point at a time and a step size; the comparison is ours",
    bears_on=on("step-size", role="variant"),
    existence="found by training",
    switches={"hidden_layers": 1, "bias": True, "output": "linear", "loss": "squared", "optimizer": "sgd"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how. Every run spends `gradients`; an update costs one for each of its `batch` points.

    A batch of 0 means all points. Each way of training has its best learning rate.
    """

    task: list[str] = setting(["parity", "random-a", "regression"], choices=TASKS, static=True)
    n: list[int] = setting([2, 3, 4], low=1, high=10, static=True)
    width: list[int] = setting([2, 4, 8], low=1, high=10_000, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    batch: list[int] = fields.batch([0, 1], static=True)
    schedule: list[str] = fields.schedule(["constant", "linear"], static=True)
    learning_rate: list[float] = fields.learning_rate([0.003, 0.01, 0.03, 0.1, 0.3])
    restarts: int = setting(200, low=4, high=10_000_000, counts="restart", follows="restarts")
    loss: str = fields.loss("squared")
    gradients: int = setting(32_000, low=1, high=10_000_000_000)
    where: str = setting(
        "(task == 'parity' and n == 2 and width == 2 or task == 'random-a' and n == 4 and width == 8"
        " or task == 'parity' and n == 3 and width == 4 or task == 'regression' and n == 3 and width == 8)"
        " and (batch == 1 or schedule == 'constant')"
    )


SMOKE = {
    "n": [2, 3],
    "activation": ["tanh"],
    "learning_rate": [0.03, 0.1],
    "restarts": 20,
    "gradients": 4000,
}
FULL = {
    "restarts": 1000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart, see `cells.train`; all spend the same number of gradients, solved or not."""
    task = shared.task_of(unit)
    return cells.train(unit, task, _program(unit, task))[0]


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    task = shared.task_of(unit)
    return cells.rebuild(unit, task, _program(unit, task), row)


def _program(unit: Unit, task: Task) -> Any:
    return shared.program_of(unit, task, optimizer="sgd", steps=_updates(unit), stop_when_solved=False)


def _updates(unit: Unit) -> int:
    task = shared.task_of(unit)
    return max(1, unit.settings.gradients // (unit.static("batch") or len(task.x)))


def work(unit: Unit) -> Work:
    """All updates; an update on one point costs about as much as an update on sixteen."""
    steps, operations = shared.network_steps(unit, _updates(unit))
    return Work(steps, operations)


def series(table: pd.DataFrame) -> Iterator[tuple[tuple, dict[str, pd.DataFrame]]]:
    """The rows of each way of training, for every setting.

    The learning rate of each way has the least median loss among the first half of its restarts. Only the second half
    is returned, so that a lucky choice does not judge itself.
    """
    half = table["restart"].max() // 2
    for names, rows in table.groupby(["task", "n", "width", "activation"]):
        ways = {}
        for (batch, schedule), mine in rows.groupby(["batch", "schedule"]):
            first = mine[mine["restart"] <= half]
            best = shared.at_best_rate(first, lambda some: -float(some["loss"].fillna(np.inf).median()))
            rate = best["learning_rate"].iloc[0]
            ways[_method(batch, schedule)] = mine[(mine["restart"] > half) & (mine["learning_rate"] == rate)]
        yield names, ways


def _method(batch: int, schedule: str) -> str:
    return METHODS.get((batch, schedule), f"{batch} points, {schedule}")


def superiority(mine: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Probability that a run of one way ends with less loss than a run of the other; ties count half.

    Returns:
        The probability, and its values on bootstrap resamples of the runs of both ways.
    """
    mine, other = (np.maximum(np.nan_to_num(losses, nan=np.inf), FLOOR) for losses in (mine, other))
    wins = (mine[:, None] < other) + (mine[:, None] == other) / 2
    # A resample is a vector of how often each run was drawn: all resamples together are a product of matrices.
    times_mine, times_other = (
        rng.multinomial(size, np.full(size, 1 / size), RESAMPLES) for size in (len(mine), len(other))
    )
    resampled = np.sum((times_mine @ wins) * times_other, axis=1) / wins.size
    return float(wins.mean()), resampled


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The falling step against the constant one, and one point at a time against all points, for each setting."""
    pairs = [
        (
            FALLING,
            STEADY,
            "falling-step",
            "With one point at a time, a falling step ends with less loss than a constant step",
        ),
        (
            FALLING,
            ALL_POINTS,
            "one-point",
            "One point at a time with a falling step ends with less loss than all points at once",
        ),
    ]
    return [
        _compared(names, ways, *pair)
        for names, ways in series(table)
        for pair in pairs
        if pair[0] in ways and pair[1] in ways
    ]


def _compared(names: tuple, ways: dict[str, pd.DataFrame], way: str, other: str, short: str, statement: str) -> Verdict:
    task, n, width, activation = names
    mine, theirs = ways[way], ways[other]
    rng = random_generator(0, "bootstrap", short, *map(str, names))
    share, resampled = superiority(mine["loss"].to_numpy(), theirs["loss"].to_numpy(), rng)
    how = (
        "Each way has the learning rate with the least median loss among the first half of its restarts. The second "
        f"half is compared. A pair with equal losses, or with both below {FLOOR:g}, counts half. The interval is a "
        f"{percent()} bootstrap interval."
    )
    rates = "; ".join(
        f"{name}: learning rate {rows['learning_rate'].iloc[0]:g}, solved {rows['solved'].mean():.3f}"
        for name, rows in ((way, mine), (other, theirs))
    )
    gradients = int(mine["steps"].max()) * max(1, int(mine["batch"].iloc[0]))
    return TRIAL.verdict(
        f"{short}/{task}-{n}/{activation}",
        f"{statement}: {task_in_words(task, n)}, {activation} units.",
        Measured(lambda α: (share, *percentile_interval(resampled, α)), len(mine) + len(theirs), how=how),
        above(0.5),
        finding=f"{statement} with probability {{measured}}: {task_in_words(task, n)}, {activation} units.",
        prediction="probability that a run ends with less loss > 1/2",
        notes=rates,
        task=task,
        n=n,
        width=width,
        activation=activation,
        gradients_of_single_points=gradients,
        compared=f"{way}; {other}",
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Cumulative distribution of final losses, and success rate against learning rate, for every way of training."""
    return {"step-size-losses": draw_losses(table), "step-size-rates": draw_rates(table)}


def draw_losses(table: pd.DataFrame) -> Drawing:
    """Distribution of the losses of each way at its best learning rate."""
    every = list(series(table))
    tasks = list(dict.fromkeys(names[:3] for names, _ in every))
    activations = dict.fromkeys(names[3] for names, _ in every)
    figure, axes_of = panels(product(activations, tasks), len(tasks), width=2.3, height=1.9, beside=1.9)
    numbers = []
    for names, ways in every:
        axes = axes_of[names[3], names[:3]]
        for i, (way, rows) in enumerate(ways.items()):
            losses = np.sort(rows["loss"].fillna(np.inf).to_numpy(float))
            share = np.arange(1, len(losses) + 1) / len(losses)
            ends = np.append(np.maximum(losses, FLOOR), LARGEST), np.append(share, share[-1])
            axes.step(*ends, color=COLOURS[i], lw=1, where="post", label=way)
            facts = dict(zip(("task", "n", "width", "activation"), names, strict=True))
            numbers.append(pd.DataFrame({**facts, "way": way, "loss": losses, "share": share}))
        axes.set(xscale="log", xlim=(FLOOR / 2, LARGEST), ylim=(-0.03, 1.03))
        axes.set_title(f"{task_name(names[0], names[1])}, {names[3]}", fontsize=8)
    label_outside(figure, "final loss", "share of runs")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    medians = every.groupby(["task", "n", "activation", "way"])["loss"].median().unstack("way")
    best = medians.idxmin(axis=1).value_counts()
    title = (
        f"{best.index[0][0].upper()}{best.index[0][1:]}, has the lowest median loss in {best.iloc[0]} of "
        f"{len(medians)} settings"
    )
    caption = "Share of the runs that end with at most a loss, for each way of training at its best learning rate."
    return Drawing(figure, every, title, caption)


def draw_rates(table: pd.DataFrame) -> Drawing:
    """Success rate of one run against the learning rate, with Wilson intervals."""
    setting_of = ["task", "n", "width", "activation", "batch", "schedule", "learning_rate"]
    counts = table.groupby(setting_of)["solved"].agg(["sum", "size"]).reset_index()
    counts[["low", "high"]] = [wilson(*pair) for pair in zip(counts["sum"], counts["size"], strict=True)]
    counts["rate"] = counts["sum"] / counts["size"]
    counts["way"] = [_method(*pair) for pair in zip(counts["batch"], counts["schedule"], strict=True)]
    tasks, activations = dict(list(counts.groupby(["task", "n"]))), sorted(counts["activation"].unique())
    figure, axes_of = panels(product(activations, tasks), len(tasks), width=2.3, height=1.9, beside=1.9)
    for (activation, (task, n)), axes in axes_of.items():
        mine = tasks[task, n][tasks[task, n]["activation"] == activation]
        for i, (way, line) in enumerate(mine.groupby("way")):
            x = line["learning_rate"]
            axes.plot(x, line["rate"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=way)
            axes.fill_between(x, line["low"], line["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        axes.set(xscale="log", ylim=(-0.03, 1.03))
        axes.set_title(f"{task_name(task, n)}, {activation}", fontsize=8)
    label_outside(figure, "learning rate", "success rate")
    legend_beside(figure)
    best = counts.groupby(["task", "n", "activation"])["rate"].max()
    title = (
        f"At the best learning rate {best.min():.0%} to {best.max():.0%} of the runs succeed, by task and activation"
    )
    caption = "Success rate of one run against the learning rate, with intervals."
    return Drawing(figure, counts.rename(columns={"sum": "solved", "size": "runs"}), title, caption)
