"""restarts.best-of-k: one run succeeds with rate p, so the best of k fails with (1 - p)^k; how good is best-of-1000?

Every task, width and activation is trained from many initial weights. Its success rate says how many restarts are
needed; the runs themselves, in disjoint groups of k, say whether the formula holds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.stats
from matplotlib.axes import Axes

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.measuring import restarts, students
from experiments.plan import Unit, Work
from experiments.remembering import remembered
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import exact_interval, level, percent
from experiments.verdict import Verdict, decide
from theory.restarts.best_of import expected_least, failing_subsets, failure_of_best, runs_for
from theory.restarts.tasks import BOOLEAN, TASKS

STATIC = ("task", "n", "width", "activation")
RUNS = 1000
CONFIDENCE = 0.99
TEACHER = "teacher-student"
LEVEL = 0.01
LEAST_GROUPS = 200
# Of a curve so many points are kept as numbers.
POINTS = 100
CURVE = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
SOURCE = "the post, ch. III: run backpropagation some 1000 times from other weights and keep the best"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how; `n` is bits of a boolean task, half-waves of the regression, units of the teacher.

    A student of the teacher has `width` rectifiers and a loss of its own, see theory/restarts/teacher_student.py; what
    is set of activation, loss, optimiser and learning rate does not hold for it.
    """

    task: list[str] = setting(["parity", "random-a", "regression", TEACHER], choices=(*TASKS, TEACHER))
    n: list[int] = setting([2, 3, 4, 8, 12], low=1, high=100)
    width: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16], low=1, high=10_000)
    activation: list[str] = setting(["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"))
    learning_rate: list[float] = setting([0.1], low=1e-9, high=1000.0)
    restarts: int = setting(low=2, high=10_000_000, counts="restart")
    loss: str = setting("squared", choices=("cross-entropy", "squared"))
    optimizer: str = setting("sgd", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("constant", choices=("constant", "linear", "cosine"))
    steps: int = setting(5000, low=1, high=100_000_000)
    where: str = setting(
        "task == 'teacher-student' and n >= 8 and width == n and activation == 'rectifier'"
        " or n < 8 and width <= 4 * n and (task == 'parity' or task == 'random-a' and n > 2"
        " or task == 'regression' and n == 3)"
    )


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: see `restarts.train`, and for the teacher's students `restarts.teach`."""
    if unit.static("task") == TEACHER:
        return restarts.teach(unit)
    task = restarts.task_of(unit)
    return restarts.train(unit, task, restarts.program_of(unit, task))[0]


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    if unit.static("task") == TEACHER:
        return students.rebuild(unit.keys, unit.static("width"), unit.static("n"), row)
    task = restarts.task_of(unit)
    return restarts.rebuild(unit, task, restarts.program_of(unit, task), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, as if none were solved early."""
    if unit.static("task") == TEACHER:
        return Work(0, len(unit.cells) * students.USUAL_STEPS * 100.0 * unit.static("n") ** 2)
    return Work(*restarts.network_steps(unit, unit.settings.steps))


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

    def groups(self) -> tuple[int, int, int]:
        """k, disjoint groups of k runs of the second half, and how many of these failed as a whole.

        k is such that by the formula, with p from the first half, about half of the groups fail.
        """
        half = len(self.solved) // 2
        rate = self.solved[:half].mean()
        k = int(runs_for(rate, 0.5)) if 0 < rate < 1 else 1
        usable = self.solved[half:][: (len(self.solved) - half) // k * k].reshape(-1, k)
        return k, len(usable), int((~usable.any(1)).sum())

    def surprise(self) -> float:
        """p-value of as many failing groups by the formula: a two-sample test, for p is an estimate too."""
        k, groups, failing = self.groups()
        half = len(self.solved) // 2
        failed, rate = half - int(self.solved[:half].sum()), self.solved[:half].mean()
        if not 0 < rate < 1 or not groups:
            return float("nan")
        expected = failure_of_best(rate, k)
        # Delta method: (1 - p)^k has derivative -k (1 - p)^(k - 1).
        variance = expected * (1 - expected) / groups + (k * (failed / half) ** (k - 1)) ** 2 * rate * (1 - rate) / half
        return float(2 * scipy.stats.norm.sf(abs(failing / groups - expected) / np.sqrt(variance)))


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


@remembered
def _together(table: pd.DataFrame) -> tuple[float, int, int]:
    """The joint p-value of the formula, groups that went in, and settings."""
    every = [runs for runs in series(table) if 0.02 <= runs.rate <= 0.98]
    surprises = np.array([runs.surprise() for runs in every])
    groups = sum(runs.groups()[1] for runs in every)
    surprises = surprises[~np.isnan(surprises)]
    together = float(scipy.stats.combine_pvalues(np.maximum(surprises, 1e-300)).pvalue) if len(surprises) else 1.0
    return together, groups, len(every)


def formula(table: pd.DataFrame) -> Verdict:
    """Whether as many groups of runs fail as a whole as (1 - p)^k says."""
    together, groups, settings = _together(table)
    enough, decisive = groups >= LEAST_GROUPS, min(LEVEL, level())
    return Verdict(
        claim="restarts.best-of-k/formula",
        statement="The best of k runs fails with probability (1 - p)^k, p the success rate of one.",
        source="elementary probability; it presumes that runs are independent",
        hypotheses=f"{_hypotheses(table)}; settings with a rate between 0.02 and 0.98: {settings}",
        existence="found by training",
        prediction=f"failing groups as the formula says: p-value >= {LEVEL:g}",
        measured=together,
        low=together,
        high=together,
        samples=groups,
        evidence="statistical",
        rule="Per setting p is estimated from the first half of its runs; the second half is cut into disjoint groups "
        "of k, with k such that about half of them should fail. A two-sided test compares the share of groups that "
        "fail with (1 - p)^k, both with their sampling errors; Fisher's method joins the settings. Contradicted if the "
        f"joint p-value is below {LEVEL:g}; supported if it is not and there are {LEAST_GROUPS} groups or more; else "
        "inconclusive.",
        verdict=decide(enough and together >= decisive, together < decisive),
    )


@remembered
def _hardest(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame, Runs]]:
    """For each task and activation all rows, and the runs at the least width with any success."""
    for names, rows in table.groupby(["task", "n", "activation"]):
        # Without any success at any width the widest networks stand for all.
        every = sorted(series(rows), key=lambda runs: runs.rows["width"].iloc[0])
        yield names, rows, next((runs for runs in every if runs.rate > 0), every[-1])


def best_of_thousand(table: pd.DataFrame) -> Iterator[Verdict]:
    """For each task and activation whether the best of 1000 runs is nearly sure to succeed."""
    for (task, n, activation), rows, runs in _hardest(table):
        low, high = (1 - failure_of_best(rate, RUNS) for rate in runs.interval())
        yield Verdict(
            claim=f"restarts.best-of-k/best-of-1000/{task}-{n}/{activation}",
            statement=f"The best of {RUNS} runs solves {task_name(task, n)} with {activation} units, even where these "
            "are as few as ever were enough.",
            source=SOURCE,
            hypotheses=f"{_hypotheses(rows)}; judged at the least width with any success, "
            f"{runs.rows['width'].iloc[0]}; one run succeeds with {runs.rate:.3g}, so {runs_for(runs.rate):,.0f} "
            "restarts are needed for 99 %",
            existence="found by training",
            prediction=f"probability that the best of {RUNS} succeeds > {CONFIDENCE:g}",
            measured=1 - failure_of_best(runs.rate, RUNS),
            low=low,
            high=high,
            samples=len(runs.rows),
            evidence="statistical",
            rule=f"1 - (1 - p)^{RUNS} at both ends of the exact {percent()} interval of the success rate p. "
            f"Supported if the whole interval is above {CONFIDENCE:g}, contradicted if it is below, else inconclusive.",
            verdict=decide(low > CONFIDENCE, high < CONFIDENCE),
        )


STUDENTS = (
    "students of n rectifiers without biases, teacher of n, loss over all inputs in closed form, gradient descent with "
    "steps of 5 / n from N(0, I / n) in float64, solved: a global minimum"
)


def _hypotheses(rows: pd.DataFrame) -> str:
    own = rows[rows["task"] != TEACHER]
    if own.empty:
        return STUDENTS
    networks = (
        f"one hidden layer with biases, {', '.join(sorted(own['activation'].unique()))} units, linear output; squared "
        f"loss; plain gradient descent on all points at once; at most {own['steps'].max():,} updates, learning rate "
        f"{', '.join(f'{rate:g}' for rate in own['learning_rate'].unique())}; a boolean task is solved by right "
        "signs at every point of {-1, 1}^n, the regression by a hundredth of the variance"
    )
    return networks if len(own) == len(rows) else f"{networks}; {TEACHER}: {STUDENTS}"


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
