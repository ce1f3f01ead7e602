"""restarts.end-points: what "stuck" is: local minimum, saddle, plateau, dead rectifiers, or merely unfinished.

Runs are trained by plain gradient descent, then polished in float64 by damped Newton steps with the exact Hessian
(`theory.restarts.landscape.polish`), and named by loss, gradient and Hessian. The post says that a stuck network is one
that any small change makes worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts._shared import task_name
from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts.kinds import DEFINITION, GLOBAL, KINDS, KINK, LOCAL_MINIMA, SOLVED, STRICT
from theory.restarts.tasks import TASKS, Task

# Most of some runs are more than this share of them.
HALF = 0.5
# Each run is more than this share of them.
NEARLY_ALL = 0.99
# Losses of the figure are on one level if they are equal after rounding to this many digits.
DIGITS = 6
# Most points have arrived after this many steps of polishing: for estimates of work only.
USUAL_POLISHING = 30
# What a reader of a verdict on rectifiers has to know.
SCALES = (
    "; a rectifier's input weights times c > 0 and its output weights divided by c are the same function, so that no "
    "minimum of such a network is strict"
)


STUCK = Trial(
    source="the post, ch. III: weights are locally optimal if any small change makes the network worse",
    bears_on=on("gets-stuck", role="variant"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "loss": "squared",
        "optimizer": "sgd",
        "batch": "all points",
    },
)
ENDS = STUCK.but(
    source="the post, ch. III: if each run finds some local optimum, the best of them can be good",
    bears_on=on("ends-in-a-local-optimum"),
    switches={"settled": "by damped Newton steps in float64"},
)
STILL = STUCK.but(
    source="ours: whether XOR has local minima depends on how exactly one looks",
    switches={"settled": "by damped Newton steps in float64"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how long it is polished. The shapes are such that a loss of zero is attained."""

    task: list[str] = setting(["parity"], choices=TASKS, static=True)
    n: list[int] = setting([2, 3], low=1, high=6, static=True)
    width: list[int] = setting([2, 3, 4, 6], low=1, high=30, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.1])
    restarts: int = setting(1000, low=2, high=10_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(5000)
    polishing: int = setting(1000, low=1, high=100_000)
    where: str = setting("width >= n and (width < 6 or n > 2)")


SMOKE = {
    "n": [2],
    "width": [2],
    "restarts": 20,
    "steps": 500,
}
FULL = {
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per restart: where training left it, where polishing ended, and what that is called."""
    from experiments.ensemble import polishing

    task = shared.task_of(unit)
    program = _program(unit, task)
    rows, outcome = cells.train(unit, task, program)
    points, names = polishing.polished(program, task.x, task.y, outcome.network, unit.settings.polishing)
    trained = rows.rename(columns={"loss": "trained_loss"})
    return trained.assign(
        kind=names,
        loss=points.loss,
        gradient_norm=points.gradient_norm,
        smallest_eigenvalue=points.smallest,
        largest_eigenvalue=points.largest,
        largest_parameter=np.abs(points.parameters).max(1),
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as training left it."""
    task = shared.task_of(unit)
    rebuilt = cells.rebuild(unit, task, _program(unit, task), row)
    return rebuilt._replace(values={"trained_loss": rebuilt.values["loss"]})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a row is of a network that did not reach a global minimum."""
    return table["kind"] != GLOBAL


def _program(unit: Unit, task: Task) -> Any:
    return shared.program_of(unit, task, loss="squared", stop_when_solved=False)


def work(unit: Unit) -> Work:
    """All updates, and a Hessian with its eigenvectors for every step of polishing."""
    from theory import network

    steps, operations = shared.network_steps(unit, unit.settings.steps)
    parameters = network.parameter_count((unit.static("n"), unit.static("width"), 1))
    polishing = min(unit.settings.polishing, USUAL_POLISHING)
    return Work(steps, operations + len(unit.cells) * polishing * 30.0 * parameters**3)


def series(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """The rows of every setting."""
    yield from table.groupby(["task", "n", "width", "activation"])


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each setting: whether stuck runs are at a local minimum, and a strict one, and whether all are at one."""
    return (
        [
            verdict
            for names, rows in series(table)
            if (rows["kind"] != GLOBAL).any()
            for verdict in (
                _stuck(names, rows, "local-minima", LOCAL_MINIMA, "A run that is stuck is at a local minimum"),
                _stuck(
                    names, rows, "strict", (STRICT,), "A run that is stuck is where any small change makes it worse"
                ),
            )
        ]
        + [_ends(names, rows) for names, rows in series(table)]
        + [_higher_precision(names, rows) for names, rows in series(table) if (rows["errors"] > 0).any()]
    )


def _ends(names: tuple, rows: pd.DataFrame) -> Verdict:
    """Whether runs end in a local optimum, be it the best there is or not."""
    task, n, width, activation = names
    optima = (GLOBAL, *LOCAL_MINIMA)
    surely, maybe = (Measured.share(rows["kind"].isin(some)) for some in (optima, (*optima, KINK)))
    others = rows.loc[~rows["kind"].isin(optima), "kind"].value_counts()
    how = (
        f"Of all runs. The interval goes from the lower end of the exact {percent()} interval of the share to the "
        "upper end of that of a share with which runs at a kink count as well, where it is not known whether there is "
        "an optimum."
    )
    return ENDS.verdict(
        f"ends/{task}-{n}/{width}/{activation}",
        f"Each run ends in a local optimum: {task_name(task, n)}, {width} {activation} units.",
        Measured(lambda α: (surely.value, surely.at(α).low, maybe.at(α).high), len(rows), how=how),
        above(NEARLY_ALL),
        finding=f"A share of {{measured}} of the runs ends in a local optimum, the best one included: "
        f"{task_name(task, n)}, {width} {activation} units.",
        prediction=f"share of the runs at a local optimum > {NEARLY_ALL:g}",
        notes=f"{DEFINITION}; others: {', '.join(f'{count} {kind}' for kind, count in others.items()) or 'none'}",
        **_switches(names, rows),
    )


def _higher_precision(names: tuple, rows: pd.DataFrame) -> Verdict:
    task, n, width, activation = names
    wrong = rows[rows["errors"] > 0]
    still = wrong["kind"] != GLOBAL
    return STILL.verdict(
        f"still-stuck/{task}-{n}/{width}/{activation}",
        "A run that is wrong about some point when its updates are over is stuck, and is so at higher precision as "
        f"well: {task_name(task, n)}, {width} {activation} units.",
        Measured.share(still, "Of the runs that training left wrong about a point those at no global minimum."),
        above(HALF),
        prediction=f"share of the wrong runs that do not reach a global minimum > {HALF:g}",
        notes=f"{len(wrong)} of {len(rows)} runs are wrong about a point; {int(still.sum())} of these are at no global "
        f"minimum, L <= {SOLVED:g}",
        **_switches(names, rows),
    )


def _switches(names: tuple, rows: pd.DataFrame) -> dict[str, Any]:
    task, n, width, activation = names
    return {"task": task, "n": n, "width": width, "activation": activation, "updates": int(rows["steps"].max())}


def _stuck(names: tuple, rows: pd.DataFrame, short: str, kinds: tuple[str, ...], statement: str) -> Verdict:
    task, n, width, activation = names
    stuck = rows[rows["kind"] != GLOBAL]
    # At a kink there may be a minimum or not; a strict one there is not, for rectifiers can be scaled.
    open_kinds = kinds if kinds == (STRICT,) else (*kinds, KINK)
    surely, maybe = (Measured.share(stuck["kind"].isin(some)) for some in (kinds, open_kinds))
    counts = ", ".join(f"{count} {kind}" for kind, count in rows["kind"].value_counts().items())
    how = (
        "Of the runs that are not at a global minimum. The interval goes from the lower end of the exact "
        f"{percent()} interval of the share to the upper end of that of a share with which runs at a kink count as "
        "well, where it is not known whether there is a minimum."
    )
    return STUCK.verdict(
        f"{short}/{task}-{n}/{width}/{activation}",
        f"{statement}: {task_name(task, n)}, {width} {activation} units.",
        Measured(lambda α: (surely.value, surely.at(α).low, maybe.at(α).high), len(stuck), how=how),
        above(HALF),
        prediction=f"share of the runs not at a global minimum > {HALF:g}",
        notes=f"{DEFINITION}; all runs: {counts}{SCALES if activation == 'rectifier' else ''}",
        counted=kinds,
        **_switches(names, rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Kinds of end points as stacked bars, and the losses at which stuck runs are found."""
    return {"end-points": draw_kinds(table), "stuck-losses": draw_losses(table)}


def _label(names: tuple) -> str:
    task, n, width, activation = names
    return f"{task_name(task, n)}, {width} {activation}"


def _colours() -> dict[str, str]:
    return dict(zip(KINDS, ("#dddddd", *COLOURS, "#777777"), strict=True))


def draw_kinds(table: pd.DataFrame) -> Drawing:
    """Share of each kind of end point, one bar a setting."""
    rows = [
        {"label": _label(names), "kind": kind, "share": float((mine["kind"] == kind).mean()), "runs": len(mine)}
        for names, mine in series(table)
        for kind in KINDS
    ]
    numbers = pd.DataFrame(rows)
    labels = list(dict.fromkeys(numbers["label"]))[::-1]
    figure = new_figure(7.2, 0.25 * len(labels) + 1.0)
    axes, left = figure.axes[0], np.zeros(len(labels))
    for kind in KINDS:
        shares = numbers[numbers["kind"] == kind].set_index("label").loc[labels, "share"].to_numpy()
        if shares.any():
            axes.barh(labels, shares, left=left, color=_colours()[kind], label=kind, height=0.8)
        left += shares
    axes.set(xlim=(0, 1), xlabel="share of runs")
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.grid(visible=False)
    legend_beside(figure)
    best = numbers[numbers["kind"] == GLOBAL]["share"]
    title = f"Between {best.min():.0%} and {best.max():.0%} of the runs end at a global minimum"
    caption = "Where runs end, after polishing in float64; one bar for each task, number of units and activation."
    return Drawing(figure, numbers, title, caption)


def draw_losses(table: pd.DataFrame) -> Drawing:
    """Losses at the end points that are not global minima: the levels on which runs are stuck."""
    settings = [(names, rows[rows["kind"] != GLOBAL]) for names, rows in series(table)]
    settings = [(names, rows) for names, rows in settings if len(rows)]
    figure = new_figure(7.2, 0.25 * len(settings) + 1.0)
    axes, numbers = figure.axes[0], []
    for height, (names, rows) in enumerate(reversed(settings)):
        levels = rows.assign(level=rows["loss"].round(DIGITS)).groupby(["kind", "level"]).size().rename("runs")
        for (kind, level), runs in levels.items():
            size = 3 + 12 * np.sqrt(runs / len(rows))
            axes.plot(level, height, "o", color=_colours()[kind], ms=size, mfc="none")
        numbers.append(levels.reset_index().assign(label=_label(names)))
    axes.set_yticks(range(len(settings)), [_label(names) for names, _ in reversed(settings)])
    axes.set(xlabel="loss at the end point; area: share of the stuck runs")
    present = dict.fromkeys(kind for rows in numbers for kind in rows["kind"])
    look = {"marker": "o", "ls": "", "mfc": "none"}
    legend_beside(figure, {kind: look | {"color": _colours()[kind]} for kind in present})
    columns = ["label", "kind", "level", "runs"]
    title = f"Runs that are stuck end on few levels, in {len(settings)} settings"
    caption = "Losses at end points that are no global minima; the area of a mark is the share of the stuck runs."
    empty = pd.DataFrame(columns=columns)
    return Drawing(figure, pd.concat(numbers)[columns] if numbers else empty, title, caption)
