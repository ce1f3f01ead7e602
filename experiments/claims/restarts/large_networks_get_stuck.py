"""restarts.large-networks-get-stuck: does a larger network get stuck more often, or less?

The post: if the network is large, the algorithm will inevitably get stuck in a local minimum. So the success rate of
one run must be small at the largest widths, and fall on the way there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts.best_of_k import task_name
from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.measuring import restarts
from experiments.plan import Unit, Work, random_generator
from experiments.remembering import remembered
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import least_squares_slope, percent, percentile_interval, wilson
from experiments.verdict import Verdict, decide
from theory.restarts.tasks import TASKS

STATIC = ("task", "n", "width", "layers", "activation")
INEVITABLE, UNLIKELY = 0.05, 0.5
RESAMPLES = 2000
SOURCE = "the post, ch. III: if the network is large, the algorithm will inevitably get stuck in a local minimum"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `layers` counts hidden layers; of several learning rates the best counts."""

    task: list[str] = setting(["parity", "random-a", "majority"], choices=TASKS)
    n: list[int] = setting([3, 4], low=1, high=10)
    width: list[int] = setting([1, 2, 4, 8, 16, 32, 64, 128], low=1, high=100_000)
    layers: list[int] = setting([1, 3], low=1, high=20)
    activation: list[str] = setting(["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"))
    learning_rate: list[float] = setting([0.01, 0.03, 0.1], low=1e-9, high=1000.0)
    restarts: int = setting(low=2, high=10_000_000, counts="restart")
    loss: str = setting("squared", choices=("cross-entropy", "squared"))
    optimizer: str = setting("sgd", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("constant", choices=("constant", "linear", "cosine"))
    steps: int = setting(3000, low=1, high=100_000_000)
    where: str = setting(
        "(task == 'parity' or task == 'random-a' and n == 4 or task == 'majority' and n == 3)"
        " and (layers == 1 or width <= 64)"
    )


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: see `restarts.train`."""
    task = restarts.task_of(unit)
    return restarts.train(unit, task, restarts.program_of(unit, task))[0]


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    task = restarts.task_of(unit)
    return restarts.rebuild(unit, task, restarts.program_of(unit, task), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, as if none were solved early."""
    return Work(*restarts.network_steps(unit, unit.settings.steps))


@remembered
def series(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """For every task, n, number of layers and activation the rows of all widths, each at its best learning rate."""
    for names, rows in table.groupby(["task", "n", "layers", "activation"]):
        best = [restarts.at_best_rate(mine, restarts.success_rate) for _, mine in rows.groupby("width")]
        yield names, pd.concat(best)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each task, depth and activation: the level at the largest width, and the trend towards it."""
    return [verdict for names, rows in series(table) for verdict in (_level(names, rows), _trend(names, rows))]


def _hypotheses(names: tuple, rows: pd.DataFrame) -> str:
    task, n, layers, activation = names
    return (
        f"{task_name(task, n)}; {layers} hidden layers of {activation} units with biases, linear output; squared loss; "
        f"plain gradient descent on all points at once, at most {rows['steps'].max():,} updates, learning rate with "
        f"most successes for each width; widths {', '.join(str(width) for width in sorted(rows['width'].unique()))}; "
        "not stuck: right signs everywhere, for the regression an error of a hundredth of the variance"
    )


def _level(names: tuple, rows: pd.DataFrame) -> Verdict:
    task, n, layers, activation = names
    width = int(rows["width"].max())
    solved = rows.loc[rows["width"] == width, "solved"]
    low, high = wilson(int(solved.sum()), len(solved))
    return Verdict(
        claim=f"restarts.large-networks-get-stuck/{task}-{n}/{layers}-layers/{activation}/level",
        statement=f"A large network gets stuck inevitably: {task_name(task, n)}, {activation} units.",
        source=SOURCE,
        hypotheses=f"{_hypotheses(names, rows)}; judged at width {width}",
        existence="found by training",
        prediction=f"success rate of one run < {INEVITABLE:g}",
        measured=float(solved.mean()),
        low=low,
        high=high,
        samples=len(solved),
        evidence="statistical",
        rule=f"At the largest width. Supported if the {percent()} Wilson interval of the success rate lies below "
        f"{INEVITABLE:g}; contradicted if it lies above {UNLIKELY:g}, where getting stuck is not even likely; else "
        "inconclusive.",
        verdict=decide(high < INEVITABLE, low > UNLIKELY),
    )


def _trend(names: tuple, rows: pd.DataFrame) -> Verdict:
    task, n, layers, activation = names
    counts = rows.groupby("width")["solved"].agg(["sum", "size"])
    # Networks too small to compute the task are stuck for another reason.
    enough = counts.index[counts["sum"] > 0]
    counts = counts[counts.index >= (enough.min() if len(enough) else 0)]
    x, size = np.log2(counts.index.to_numpy(float)), counts["size"].to_numpy()
    rng = random_generator(0, "bootstrap", *map(str, names))
    slope = float(least_squares_slope(x, (counts["sum"] / size).to_numpy()))
    # A rate of exactly 0 or 1 would never vary on a bootstrap: half a run is added to both sides.
    rates = (counts["sum"].to_numpy() + 0.5) / (size + 1)
    low, high = percentile_interval(least_squares_slope(x, rng.binomial(size, rates, (RESAMPLES, len(size))) / size))
    return Verdict(
        claim=f"restarts.large-networks-get-stuck/{task}-{n}/{layers}-layers/{activation}/trend",
        statement=f"The larger the network, the more often it gets stuck: {task_name(task, n)}, {activation} units.",
        source=SOURCE,
        hypotheses=_hypotheses(names, rows),
        existence="found by training",
        prediction="slope of the success rate on log2(width) < 0",
        measured=slope,
        low=low,
        high=high,
        samples=len(rows),
        evidence="statistical",
        rule="Least-squares slope of the success rate on log2(width), over the widths from the least one with any "
        f"success, with a {percent()} parametric bootstrap interval (half a success and half a failure added to each "
        "width). Supported if the interval lies below 0, contradicted if above, else inconclusive.",
        verdict=decide(high < 0, low > 0),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Success rate of one run against width."""
    numbers = pd.concat([_rates(names, rows) for names, rows in series(table)], ignore_index=True)
    tasks = list(dict.fromkeys(zip(numbers["task"], numbers["n"].tolist(), strict=True)))
    layers = sorted(numbers["layers"].unique())
    figure = new_figure(2.3 * len(tasks) + 1.1, 2.1 * len(layers) + 0.3, len(layers), len(tasks))
    panels = [(depth, task, n) for depth in layers for task, n in tasks]
    for axes, (depth, task, n) in zip(figure.axes, panels, strict=True):
        mine = numbers[(numbers["task"] == task) & (numbers["n"] == n) & (numbers["layers"] == depth)]
        for i, (activation, rows) in enumerate(mine.groupby("activation")):
            axes.plot(rows["width"], rows["rate"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=activation)
            axes.fill_between(rows["width"], rows["low"], rows["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        axes.axhline(INEVITABLE, color="k", lw=0.6, ls="--")
        axes.set_xscale("log", base=2)
        axes.set_ylim(-0.03, 1.03)
        depths = f"{depth} hidden layers" if depth > 1 else "one hidden layer"
        axes.set_title(f"{task_name(task, n)}, {depths}")
    label_outside(figure, "width", "success rate of one run")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"success-against-size": Drawing(figure, numbers)}


def _rates(names: tuple, rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.groupby("width")["solved"].agg(["sum", "size"]).reset_index()
    counts["rate"] = counts["sum"] / counts["size"]
    intervals = [wilson(*pair) for pair in zip(counts["sum"], counts["size"], strict=True)]
    counts[["low", "high"]] = np.array(intervals)
    best = rows.groupby("width")["learning_rate"].first().to_numpy()
    task, n, layers, activation = names
    facts = {"task": task, "n": n, "layers": layers, "activation": activation}
    return counts.assign(**facts, learning_rate=best).rename(columns={"sum": "solved", "size": "runs"})
