"""Figures of restarts.best-of-k: the best of k runs, the restarts needed, and the distributions behind both."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.restarts._shared import TEACHER, task_name
from experiments.claims.restarts.best_of_k.runs import CONFIDENCE, RUNS, Runs, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from theory.restarts.best_of import expected_least, failing_subsets, failure_of_best, runs_for
from theory.restarts.tasks import BOOLEAN

# Of a curve with a point for each run at most this many points are kept as numbers.
POINTS = 100
# Curves over the number of runs k have a point at each of these.
CURVE = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Best-of-k curves, restarts needed, least losses, and the distributions of losses and of steps to a solution."""
    return {
        "best-of-k": draw_failures(table),
        "least-loss": draw_least_losses(table),
        "restarts-needed": draw_needed(table),
        "losses": draw_losses(table),
        "steps-to-solution": draw_survival(table[table["task"].isin((*BOOLEAN, TEACHER))]),
    }


def _keys(table: pd.DataFrame) -> tuple[list[tuple[str, int]], list[str]]:
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
    tasks, activations = _keys(table)
    keys = [(activation, task, n) for activation in activations for task, n in tasks]
    figure, axes_of = panels(keys, len(tasks), width=1.9, height=1.9, beside=1.1)
    styles = {width: _style(i) for i, width in enumerate(sorted(table["width"].unique()))}
    numbers = []
    for (activation, task, n), axes in axes_of.items():
        mine = table[(table["activation"] == activation) & (table["task"] == task) & (table["n"] == n)]
        # Not every task is there for every activation.
        axes.set_visible(not mine.empty)
        for runs in series(mine):
            drawn = line(axes, runs, styles[runs.rows["width"].iloc[0]])
            numbers.append(pd.DataFrame({**_of(runs), **drawn}))
        axes.set_title(f"{task_name(task, n)}, {activation}", fontsize=8)
        axes.set(xscale="log", **limits)
    label_outside(figure, x, y)
    legend_beside(figure, {f"width {width}": style for width, style in styles.items()}, size=7)
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
    tasks, activations = _keys(table)
    figure, axes_of = panels(product(("rate", "needed"), tasks), len(tasks), width=2.1, height=1.85, beside=1.1)
    for task, n in tasks:
        above, below = axes_of["rate", (task, n)], axes_of["needed", (task, n)]
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
    axes_of["rate", tasks[0]].set_ylabel("success rate of one run")
    axes_of["needed", tasks[0]].set_ylabel("restarts for 99 % (- - 1000)")
    legend_beside(figure)
    return Drawing(figure, numbers)
