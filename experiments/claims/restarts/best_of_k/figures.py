"""Figures of restarts.best-of-k: the best of k runs, the restarts needed, and distributions of losses and steps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.restarts._shared import TEACHER, task_name
from experiments.claims.restarts.best_of_k.runs import CONFIDENCE, RUNS, Runs, hardest, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from theory.restarts.best_of import expected_least, failing_subsets, failure_of_best, runs_for
from theory.restarts.tasks import BOOLEAN

# A curve with a point for each run keeps at most this number of points.
POINTS = 100
# Captions of most figures end with this sentence.
AT_LEAST_WIDTH = "Every line is at the least width for which a network is known to exist."
# Curves over the number of runs k have points at these k.
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
    title: str,
    caption: str,
    **limits: Any,
) -> Drawing:
    """A panel for every activation; a line for every task, at the least width that is known to be enough.

    Args:
        table: all rows.
        x, y: labels of the axes.
        line: draws the runs of a setting into axes in a style, and returns the drawn numbers.
        title, caption: of the figure, see `Drawing`.
        limits: limits and scales for `Axes.set`.
    """
    tasks, activations = _keys(table)
    figure, axes_of = panels(activations, width=2.4, height=2.7, beside=1.5)
    styles = {task_name(*task): _style(i) for i, task in enumerate(tasks)}
    numbers = []
    for (task, n, activation), _, _, runs in hardest(table):
        axes = axes_of[activation]
        numbers.append(pd.DataFrame({**_of(runs), **line(axes, runs, styles[task_name(task, n)])}))
        axes.set_title(f"{activation} units")
        axes.set(xscale="log", **limits)
    label_outside(figure, x, y)
    legend_beside(figure, styles)
    columns = ["task", "n", "width", "activation", "learning_rate"]
    joined = pd.concat(numbers, ignore_index=True) if numbers else pd.DataFrame(columns=columns)
    return Drawing(figure, joined, title, f"{caption} {AT_LEAST_WIDTH}")


def _style(i: int) -> dict[str, Any]:
    colour = (*COLOURS, "#999999")[i % 8]
    return {"color": colour, "marker": MARKERS[i % len(MARKERS)], "ms": 3, "lw": 1}


def _of(runs: Runs) -> dict[str, object]:
    return runs.rows.iloc[0][["task", "n", "width", "activation", "learning_rate"]].to_dict()


def _sizes(runs: Runs) -> np.ndarray:
    return np.array([k for k in CURVE if k <= len(runs.rows)])


def draw_failures(table: pd.DataFrame) -> Drawing:
    """Share of all groups of k runs in which every run fails, over k, and (1 - p)^k as a dotted line."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        k = _sizes(runs)
        failing = failing_subsets(int((~runs.solved).sum()), len(runs.solved), k)
        formula = failure_of_best(runs.rate, k)
        axes.plot(k, failing, **style)
        axes.plot(k, formula, ":", color=style["color"], lw=1.2)
        return {"k": k, "failing": failing, "formula": formula}

    rates = [runs.rate for *_, runs in hardest(table)]
    sure = sum(1 - failure_of_best(rate, RUNS) > CONFIDENCE for rate in rates)
    title = f"The best of {RUNS} runs is nearly sure to succeed in {sure} of {len(rates)} settings"
    caption = "Share of all groups of k runs in which every run fails; dotted: (1 - p)^k with the success rate p."
    return _drawn(table, "k runs", "best of k fails", line, title, caption, yscale="log", ylim=(1e-4, 1.5))


def draw_least_losses(table: pd.DataFrame) -> Drawing:
    """Mean of the least loss of k runs, over all groups of k runs."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        k, least = _sizes(runs), _least(runs)
        axes.plot(k, least, **style)
        return {"k": k, "least_loss": least}

    ratios = [one[-1] / one[0] for one in (_least(runs) for *_, runs in hardest(table)) if one[0] > 0]
    title = (
        f"The least loss of {RUNS} runs is {np.median(ratios):.2g} of the loss of one run, in the median setting"
        if ratios
        else ""
    )
    caption = "Mean of the least loss of k runs, over all groups of k runs."
    return _drawn(table, "k runs", "mean least loss of k", line, title, caption, yscale="log")


def _least(runs: Runs) -> np.ndarray:
    return expected_least(runs.rows["loss"].to_numpy(), _sizes(runs))


def draw_losses(table: pd.DataFrame) -> Drawing:
    """The distribution of final losses: the share of runs that end with at most a loss."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        losses = np.sort(runs.rows["loss"].fillna(np.inf).to_numpy(float))
        return _steps(axes, "loss", losses, np.arange(1, len(losses) + 1) / len(losses), style)

    spread = [np.nanquantile(runs.rows["loss"], [0.1, 0.9]) for *_, runs in hardest(table)]
    ratio = np.median([high / low for low, high in spread if low > 0])
    title = f"Initial weights alone change the final loss by a factor of {ratio:.2g}, in the median setting"
    caption = "Share of the runs that end with at most a loss."
    return _drawn(table, "final loss", "share of runs", line, title, caption, ylim=(-0.03, 1.03))


def draw_survival(table: pd.DataFrame) -> Drawing:
    """Share of the runs that are not yet right, over updates."""

    def line(axes: Axes, runs: Runs, style: dict[str, Any]) -> dict[str, np.ndarray]:
        updates = np.sort(runs.rows.loc[runs.solved, "steps"].to_numpy())
        # No run is right at the beginning; the share stays the same after the last success.
        updates = np.concatenate([[0], updates, [runs.rows["steps"].max()]]) + 1
        share = 1 - np.concatenate([np.arange(len(updates) - 1), [len(updates) - 2]]) / len(runs.rows)
        return _steps(axes, "updates", updates, share, style)

    rates = [runs.rate for *_, runs in hardest(table)]
    title = f"One run succeeds in {min(rates):.0%} to {max(rates):.0%} of cases, by the setting" if rates else ""
    caption = "Share of the runs that are not yet right about all points."
    return _drawn(table, "updates + 1", "not solved yet", line, title, caption, ylim=(-0.03, 1.03))


def _steps(axes: Axes, name: str, x: np.ndarray, share: np.ndarray, style: dict[str, Any]) -> dict[str, np.ndarray]:
    axes.step(x, share, color=style["color"], lw=1, where="post")
    thin = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).astype(int))
    return {name: x[thin], "share": share[thin]}


def draw_needed(table: pd.DataFrame) -> Drawing:
    """Restarts after which one run has succeeded with probability 99 %, against width."""
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
    # Tasks with one width have no line.
    widths = table.groupby(["task", "n"])["width"].nunique()
    lines = [task for task in tasks if widths[task] > 1]
    figure, axes_of = panels(lines or tasks, 3, width=2.3, height=2.3)
    for (task, n), axes in axes_of.items():
        for i, activation in enumerate(activations):
            mine = numbers[(numbers["task"] == task) & (numbers["n"] == n) & (numbers["activation"] == activation)]
            known = mine[np.isfinite(mine["needed"])]
            up = np.where(np.isfinite(known["needed_high"]), known["needed_high"] - known["needed"], 0)
            style: dict[str, Any] = {"fmt": f"{MARKERS[i]}-", "color": COLOURS[i], "ms": 3, "lw": 1}
            errors = [known["needed"] - known["needed_low"], up]
            axes.errorbar(known["width"], known["needed"], errors, label=f"{activation} units", **style)
        axes.set_title(task_name(task, n))
        axes.set(yscale="log", ylim=(0.8, 1e5))
        axes.axhline(RUNS, color="k", lw=0.8, ls="--")
        logarithmic_ticks(axes, mine["width"])
    label_outside(figure, "width", "restarts for 99 %")
    legend_beside(figure)
    easy = int((numbers["needed"] <= RUNS).sum())
    title = f"{RUNS} restarts are enough for a success with probability 99 % in {easy} of {len(numbers)} settings"
    caption = (
        "Restarts after which one run has succeeded with probability 99 %, with intervals from exact intervals of the "
        f"success rate. Dashed: {RUNS} restarts. Settings without a success have no point."
    )
    return Drawing(figure, numbers, title, caption)
