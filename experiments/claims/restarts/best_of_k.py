"""restarts.best-of-k: one run succeeds with rate p, so the best of k fails with (1 - p)^k; how good is best-of-1000?

Every task, width and activation is trained from many initial weights. Its success rate says how many restarts are
needed; the runs themselves, in disjoint groups of k, say whether the formula holds.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts import _students as students
from experiments.drawing.style import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above, within
from experiments.judging.statistics import exact_interval, normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.best_of import expected_least, failing_subsets, failure_of_best, runs_for
from theory.restarts.known_widths import known_width
from theory.restarts.tasks import BOOLEAN, TASKS

RUNS = 1000
CONFIDENCE = 0.99
TEACHER = "teacher-student"
# How far the share of failing groups may be from the formula: four in a hundred of the half that should fail.
MARGIN = 0.02
# Of a curve so many points are kept as numbers.
POINTS = 100
CURVE = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)


FORMULA = Trial(
    source="elementary probability; it presumes that runs are independent",
    bears_on=on("restarts", role="variant"),
    existence="found by training",
)
BEST = Trial(
    source="the post, ch. III: run backpropagation some 1000 times from other weights and keep the best",
    bears_on=on("restarts"),
    existence="found by training",
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how; `n` is bits of a boolean task, half-waves of the regression, units of the teacher.

    A student of the teacher has `width` rectifiers and a loss of its own, see theory/restarts/teacher_student.py; what
    is set of activation, loss, optimiser and learning rate does not hold for it.
    """

    task: list[str] = setting(["parity", "random-a", "regression", TEACHER], choices=(*TASKS, TEACHER), static=True)
    n: list[int] = setting([2, 3, 4, 8, 12], low=1, high=100, static=True)
    width: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16], low=1, high=10_000, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.1])
    restarts: int = setting(1000, low=2, high=10_000_000, counts="restart", follows="restarts")
    loss: str = fields.loss("squared")
    optimizer: str = fields.optimizer("sgd")
    schedule: str = fields.schedule("constant")
    steps: int = fields.steps(5000)
    where: str = setting(
        "task == 'teacher-student' and n >= 8 and width == n and activation == 'rectifier'"
        " or n < 8 and width <= 4 * n and (task == 'parity' or task == 'random-a' and n > 2"
        " or task == 'regression' and n == 3)"
    )


SMOKE = {
    "n": [2],
    "width": [2, 4],
    "activation": ["tanh"],
    "restarts": 20,
    "steps": 500,
}
FULL = {
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: see `cells.train`, and for the teacher's students `shared.teach`.

    `known` is a width for which a network is known that solves the task, or 0.
    """
    name, n = unit.static("task"), unit.static("n")
    if name == TEACHER:
        return shared.teach(unit).assign(known=n)
    task = shared.task_of(unit)
    rows = cells.train(unit, task, shared.program_of(unit, task))[0]
    return rows.assign(known=known_width(task, name, n, unit.static("activation")) or 0)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    if unit.static("task") == TEACHER:
        return students.rebuild(unit.keys, unit.static("width"), unit.static("n"), row)
    task = shared.task_of(unit)
    return cells.rebuild(unit, task, shared.program_of(unit, task), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, as if none were solved early."""
    if unit.static("task") == TEACHER:
        return Work(0, len(unit.cells) * students.USUAL_STEPS * 100.0 * unit.static("n") ** 2)
    return Work(*shared.network_steps(unit, unit.settings.steps))


@dataclass(frozen=True)
class Runs:
    """The restarts of one setting, in the order of their numbers, and what follows from them."""

    rows: pd.DataFrame

    @property
    def solved(self) -> np.ndarray:
        """Whether each of them succeeded."""
        return self.rows["solved"].to_numpy(bool)

    @property
    def rate(self) -> float:
        """Share that succeeded."""
        return float(self.solved.mean())

    def interval(self) -> tuple[float, float]:
        """Exact interval of the success rate, which may be small."""
        return exact_interval(int(self.solved.sum()), len(self.solved))

    def best(self, α: float) -> tuple[float, float, float]:
        """The probability that the best of `RUNS` succeeds, and its interval at a level."""
        low, high = exact_interval(int(self.solved.sum()), len(self.solved), α)
        return 1 - failure_of_best(self.rate, RUNS), 1 - failure_of_best(low, RUNS), 1 - failure_of_best(high, RUNS)

    def groups(self) -> tuple[int, int, int]:
        """k, disjoint groups of k runs of the second half, and how many of these failed as a whole.

        k is such that by the formula, with p from the first half, about half of the groups fail.
        """
        half = len(self.solved) // 2
        rate = self.solved[:half].mean()
        k = int(runs_for(rate, 0.5)) if 0 < rate < 1 else 1
        usable = self.solved[half:][: (len(self.solved) - half) // k * k].reshape(-1, k)
        return k, len(usable), int((~usable.any(1)).sum())

    def excess(self) -> tuple[float, float, int] | None:
        """Share of the groups that fail less that of the formula, the variance of the difference, and the groups.

        p is an estimate too: (1 - p)^k has the derivative -k (1 - p)^(k - 1), and the variance p (1 - p) / half. Where
        no run of the first half succeeded, or each did, nothing can be said.
        """
        k, groups, failing = self.groups()
        half = len(self.solved) // 2
        rate = float(self.solved[:half].mean())
        if not 0 < rate < 1 or not groups:
            return None
        expected = failure_of_best(rate, k)
        variance = expected * (1 - expected) / groups + (k * (1 - rate) ** (k - 1)) ** 2 * rate * (1 - rate) / half
        return failing / groups - expected, variance, groups


def series(table: pd.DataFrame) -> Iterator[Runs]:
    """Every setting of the table."""
    axes = ["task", "n", "width", "activation", "learning_rate"]
    for _, rows in table.groupby(axes):
        yield Runs(rows.sort_values("restart"))


def task_name(task: str, n: int) -> str:
    """XOR, or a task with its n."""
    return "XOR" if (task, n) == ("parity", 2) else f"{task} {n}"


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The formula over all settings, and best-of-1000 for each task and activation where it is hardest."""
    return [formula(table), *best_of_thousand(table)]


def formula(table: pd.DataFrame) -> Verdict:
    """Whether as many groups of runs fail as a whole as (1 - p)^k says."""
    every = [one for runs in series(table) if 0.02 <= runs.rate <= 0.98 and (one := runs.excess())]
    difference, error, total = math.nan, math.inf, 0
    if every:
        differences, variances, groups = np.array(every).T
        weights, total = groups / groups.sum(), int(groups.sum())
        difference, error = float(weights @ differences), float(np.sqrt(weights**2 @ variances))
    how = (
        "For each setting p is estimated from the first half of its runs; the second half is cut into disjoint groups "
        "of k, where k is such that about half of them should fail. Measured is the share of groups that fail less "
        f"(1 - p)^k, a mean over settings weighted by their groups, with a {percent()} normal interval from both "
        "sampling errors (delta method for p). Runs that depend on each other succeed and fail together, so that more "
        "groups fail than the formula says."
    )
    return FORMULA.verdict(
        "formula",
        "The best of k runs fails with probability (1 - p)^k, p the success rate of one.",
        Measured(lambda α: (difference, *normal_interval(difference, error, α)), total, how=how),
        within(0.0, MARGIN),
        prediction=f"share of failing groups less (1 - p)^k = 0, within {MARGIN:g}",
        notes=f"{len(every)} settings have a rate between 0.02 and 0.98",
        **_switches(table),
    )


def _hardest(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame, int, Runs]]:
    """For each task and activation all rows, the least width with a known network, and the runs that are judged.

    Judged is the least width of the table that is as large: which width that is does not depend on any run.
    """
    for names, rows in table.groupby(["task", "n", "activation"]):
        known = int(rows["known"].iloc[0])
        enough = rows.loc[rows["width"] >= known, "width"]
        if known and len(enough):
            judged = shared.judged_at_best_rate(rows[rows["width"] == enough.min()], shared.success_rate)
            yield names, rows, known, Runs(judged.sort_values("restart"))


def best_of_thousand(table: pd.DataFrame) -> Iterator[Verdict]:
    """For each task and activation whether the best of 1000 runs is nearly sure to succeed."""
    how = (
        "At the least width of the table for which a network is known to exist, whether any run found it or not; of "
        "several learning rates the one with most successes in the first half of the runs, judged by the second. "
        f"1 - (1 - p)^{RUNS} at both ends of the exact {percent()} interval of the success rate p."
    )
    for (task, n, activation), rows, known, runs in _hardest(table):
        needed = runs_for(runs.rate)
        restarts = f"{needed:,.0f} restarts are needed for 99 %" if np.isfinite(needed) else "no number is enough"
        yield BEST.verdict(
            f"best-of-1000/{task}-{n}/{activation}",
            f"The best of {RUNS} runs solves {task_name(task, n)} with {activation} units, even where these are as few "
            "as are known to be enough.",
            Measured(runs.best, len(runs.rows), how=how),
            above(CONFIDENCE),
            prediction=f"probability that the best of {RUNS} succeeds > {CONFIDENCE:g}",
            notes=f"a network of {known} units is known, by the census of threshold networks or a construction; "
            f"{int(runs.solved.sum())} of {len(runs.solved)} runs succeed; {restarts}",
            **_switches(rows) | {"width": int(runs.rows["width"].iloc[0]), "task": task, "n": n},
        )


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    """How these networks are trained: students of a teacher in their own way, which is said beside the others."""
    own = rows[rows["task"] != TEACHER]
    students = {
        "students": "n rectifiers without biases of a teacher of n; loss over all inputs in closed form; steps of 5 / "
        "n from N(0, I / n) in float64; solved: a global minimum"
    }
    if own.empty:
        return students
    networks = {
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "activation": own["activation"].sort_values(),
        "loss": "squared",
        "optimizer": "sgd",
        "batch": "all points",
        "updates": f"up to {own['steps'].max():,}",
        "learning_rate": own["learning_rate"],
        "solved": "right signs at every point of {-1, 1}^n; a regression within a hundredth of the variance",
    }
    return networks if len(own) == len(rows) else networks | students


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Best-of-k curves, restarts needed, least losses, and the distributions of losses and of steps to a solution."""
    return {
        "best-of-k": draw_failures(table),
        "least-loss": draw_least_losses(table),
        "restarts-needed": draw_needed(table),
        "losses": draw_losses(table),
        "steps-to-solution": draw_survival(table[table["task"].isin((*BOOLEAN, TEACHER))]),
    }


def _panels(table: pd.DataFrame) -> tuple[list[tuple[str, int]], list[str]]:
    tasks = sorted(set(zip(table["task"], table["n"].tolist(), strict=True)))
    return tasks, sorted(table["activation"].unique())


def _drawn(
    table: pd.DataFrame,
    x: str,
    y: str,
    line: Callable[[Axes, Runs, dict[str, Any]], dict[str, np.ndarray]],
    **limits: Any,
) -> Drawing:
    """A panel for every task and activation, with a line for every width.

    Args:
        table: all rows.
        x, y: what the axes are.
        line: draws the runs of a setting into axes in a style, and returns the numbers that it drew.
        limits: and scales, as `Axes.set` takes them.
    """
    tasks, activations = _panels(table)
    figure = new_figure(1.9 * len(tasks) + 1.1, 1.9 * len(activations) + 0.3, len(activations), len(tasks))
    styles = {width: _style(i) for i, width in enumerate(sorted(table["width"].unique()))}
    panels, numbers = [(activation, task, n) for activation in activations for task, n in tasks], []
    for axes, (activation, task, n) in zip(figure.axes, panels, strict=True):
        mine = table[(table["activation"] == activation) & (table["task"] == task) & (table["n"] == n)]
        # Not every task is there for every activation.
        axes.set_visible(not mine.empty)
        for runs in series(mine):
            drawn = line(axes, runs, styles[runs.rows["width"].iloc[0]])
            numbers.append(pd.DataFrame({**_of(runs), **drawn}))
        axes.set_title(f"{task_name(task, n)}, {activation}", fontsize=8)
        axes.set(xscale="log", **limits)
    label_outside(figure, x, y)
    handles = [figure.axes[0].plot([], [], **style)[0] for style in styles.values()]
    figure.legend(handles, [f"width {width}" for width in styles], loc="outside right upper", fontsize=7)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))


def _style(i: int) -> dict[str, Any]:
    colour = (*COLOURS, "#999999")[i % 8]
    return {"color": colour, "marker": MARKERS[i % len(MARKERS)], "ms": 2.5, "lw": 0.8}


def _of(runs: Runs) -> dict[str, object]:
    return runs.rows.iloc[0][["task", "n", "width", "activation", "learning_rate"]].to_dict()


def _sizes(runs: Runs) -> np.ndarray:
    return np.array([k for k in CURVE if k <= len(runs.rows)])


def draw_failures(table: pd.DataFrame) -> Drawing:
    """Share of k-subsets of the runs in which all fail, over k, and (1 - p)^k as a dotted line."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        k = _sizes(runs)
        failing = failing_subsets(int((~runs.solved).sum()), len(runs.solved), k)
        formula = failure_of_best(runs.rate, k)
        axes.plot(k, failing, **style)
        axes.plot(k, formula, ":", color=style["color"], lw=1.2)
        return {"k": k, "failing": failing, "formula": formula}

    return _drawn(table, "k runs", "best of k fails", line, yscale="log", ylim=(1e-4, 1.5))


def draw_least_losses(table: pd.DataFrame) -> Drawing:
    """Mean of the least loss of k runs over all subsets of k."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        k = _sizes(runs)
        least = expected_least(runs.rows["loss"].to_numpy(), k)
        axes.plot(k, least, **style)
        return {"k": k, "least_loss": least}

    return _drawn(table, "k runs", "mean least loss of k", line, yscale="log")


def draw_losses(table: pd.DataFrame) -> Drawing:
    """The distribution of final losses itself: share of the runs that end with so much or less."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        losses = np.sort(runs.rows["loss"].fillna(np.inf).to_numpy(float))
        return _steps(axes, "loss", losses, np.arange(1, len(losses) + 1) / len(losses), style)

    return _drawn(table, "final loss", "share of runs", line, ylim=(-0.03, 1.03))


def draw_survival(table: pd.DataFrame) -> Drawing:
    """Share of the runs that are not solved yet over the updates."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        updates = np.sort(runs.rows.loc[runs.solved, "steps"].to_numpy())
        # Nobody has solved it at the beginning; whoever has not at the end never did.
        updates = np.concatenate([[0], updates, [runs.rows["steps"].max()]]) + 1
        share = 1 - np.concatenate([np.arange(len(updates) - 1), [len(updates) - 2]]) / len(runs.rows)
        return _steps(axes, "updates", updates, share, style)

    return _drawn(table, "updates + 1", "not solved yet", line, ylim=(-0.03, 1.03))


def _steps(axes: Axes, name: str, x: np.ndarray, share: np.ndarray, style: dict[str, Any]) -> dict[str, np.ndarray]:
    axes.step(x, share, color=style["color"], lw=0.9, where="post")
    thin = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).astype(int))
    return {name: x[thin], "share": share[thin]}


def draw_needed(table: pd.DataFrame) -> Drawing:
    """Success rate of one run against width, and the restarts after which one has succeeded with 99 %."""
    rows = []
    for runs in series(table):
        low, high = runs.interval()
        needed = [runs_for(rate, CONFIDENCE) for rate in (runs.rate, high, low)]
        rows.append(
            _of(runs)
            | {"runs": len(runs.rows), "rate": runs.rate, "low": low, "high": high}
            | dict(zip(("needed", "needed_low", "needed_high"), needed, strict=True))
        )
    numbers = pd.DataFrame(rows)
    tasks, activations = _panels(table)
    figure = new_figure(2.1 * len(tasks) + 1.1, 4.0, 2, len(tasks))
    for column, (task, n) in enumerate(tasks):
        above, below = figure.axes[column], figure.axes[len(tasks) + column]
        for i, activation in enumerate(activations):
            mine = numbers[(numbers["task"] == task) & (numbers["n"] == n) & (numbers["activation"] == activation)]
            style: dict[str, Any] = {
                "fmt": f"{MARKERS[i]}-",
                "color": COLOURS[i],
                "ms": 3,
                "lw": 0.9,
                "label": activation,
            }
            errors = [mine["rate"] - mine["low"], mine["high"] - mine["rate"]]
            above.errorbar(mine["width"], mine["rate"], np.maximum(errors, 0), **style)
            known = mine[np.isfinite(mine["needed"])]
            up = np.where(np.isfinite(known["needed_high"]), known["needed_high"] - known["needed"], 0)
            below.errorbar(known["width"], known["needed"], [known["needed"] - known["needed_low"], up], **style)
        above.set_title(task_name(task, n))
        above.set(xscale="log", ylim=(-0.03, 1.03))
        below.set(xscale="log", yscale="log", ylim=(0.8, 1e5), xlabel="width")
        below.axhline(RUNS, color="k", lw=0.6, ls="--")
        for axes in (above, below):
            axes.set_xticks(sorted(mine["width"]), [str(width) for width in sorted(mine["width"])], minor=False)
            axes.minorticks_off()
    figure.axes[0].set_ylabel("success rate of one run")
    figure.axes[len(tasks)].set_ylabel("restarts for 99 % (- - 1000)")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return Drawing(figure, numbers)
