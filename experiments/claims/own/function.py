"""own.function: the function that your network has found, at the points of the task and between them.

Its axes are called as the columns of the file are, if the task is one.
A network of one or two inputs is evaluated on a grid, any other one at the points of its task. Of classes it is the one
with the largest output that is shown, of vectors every number.
"""

import textwrap
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes

from experiments.claims.own import _data, training
from experiments.claims.own import _shared as shared
from experiments.claims.own._settings import DATA, Trained
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble import cells
from experiments.errors import amount
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits
from experiments.judging.verdict import Trial, Verdict
from experiments.plan import Unit, Work
from experiments.settings import setting
from theory.restarts.tasks import Task

# Points of a grid along one of one input, and along each of two.
LINE, SQUARE = 201, 41
# The grid goes beyond the points of the task by this share of their range.
BEYOND = 0.25
# Panels in a line, and at most.
COLUMNS, MOST_PANELS = 3, 9
# Letters of a name of a column that an axis has room for.
LETTERS = 30

KEYS = ("point", "answer")

TRIAL = Trial(source="you", bears_on=(), existence="found by training")


@dataclass(kw_only=True)
class Settings(Trained):
    """Your network, your task and the number of runs of which the best one is drawn."""

    runs: int = setting(12, low=1, high=1000, counts="run")


SMOKE = {"runs": 2, "steps": 200}
FULL: dict[str, object] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run, point and number of an answer: the network's, and the target where the task has the point."""
    import jax.numpy as jnp

    from experiments.ensemble.outputs import every_output
    from theory.activations import ACTIVATIONS

    task = shared.task_of(unit)
    rows, outcome = cells.train(unit, task, shared.program_of(unit, task))
    x, targets = places(task)
    z = every_output(outcome.network, x, unit.static("activation"))
    z = np.asarray(ACTIVATIONS[unit.static("output")](jnp.asarray(z)))
    if _data.is_of_classes(shared.sizes_of(unit), task):
        z = z.argmax(-1)[..., None]
    point, answer = (each.ravel() for each in np.indices(targets.shape))
    made = rows.loc[rows.index.repeat(targets.size), [*unit.cells.columns, "loss", "solved"]].reset_index(drop=True)
    inputs = {f"x{i + 1}": np.tile(x[point, i], len(rows)) for i in range(min(2, x.shape[1]))}
    numbers = {"point": point, "answer": answer + 1, "target": targets.ravel()}
    if unit.static("task") == DATA:
        names, answers = _data.columns_of(unit.settings.data)
        numbers |= {"answer_is": np.array(answers)[answer]}
        made = made.assign(**{f"{place}_is": name for place, name in zip(inputs, names, strict=False)})
    return made.assign(**{name: np.tile(each, len(rows)) for name, each in numbers.items()}, **inputs, found=z.ravel())


def places(task: Task) -> tuple[Float[np.ndarray, "points inputs"], Float[np.ndarray, "points answers"]]:
    """Where a network is evaluated, and the targets there; NaN between the points of the task."""
    y = task.y[0] if task.y.ndim == 3 else task.y[:, None]
    low, high = task.x.min(0), task.x.max(0)
    low, high = low - BEYOND * (high - low), high + BEYOND * (high - low)
    inputs = task.x.shape[1]
    if inputs == 1:
        grid = np.linspace(low[0], high[0], LINE)[:, None]
    elif inputs == 2:
        across, up = (np.linspace(low[i], high[i], SQUARE) for i in range(2))
        grid = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    else:
        return task.x, y
    return np.concatenate([task.x, grid]), np.concatenate([y, np.full((len(grid), y.shape[1]), np.nan)])


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    return shared.work(unit)


def best_in(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the run with the least loss, point after point; none if no run has a loss."""
    if not rows["loss"].notna().any():
        return rows[:0]
    return rows[rows["run"] == rows.loc[rows["loss"].idxmin(), "run"]].sort_values(["answer", "point"])


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Of every setting whether the best of its runs solves the task."""
    varied, found = training.varied_in(table), []
    for own, rows in training.settings_in(table):
        best, runs = best_in(rows), int(rows["run"].nunique())
        solved = bool(best["solved"].all()) and len(best) > 0
        found.append(
            TRIAL.verdict(
                "/".join(str(own[axis]).replace(" ", "-") for axis in varied),
                f"The best of {amount(runs, 'run')} of its own solves the task.",
                Measured.exactly(float(rows["loss"].min()), runs, how="The least loss of these runs."),
                exhibits("that run solves the task", solved),
                prediction=f"least loss of {amount(runs, 'further run')}; the run with it solves the task",
                finding=f"The least loss of {amount(runs, 'run')}, which are trained to be drawn beside those that are "
                f"counted, is {{measured}}, and the run with it {'solves' if solved else 'does not solve'} the task.",
                **own,
            )
        )
    return found


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The function of the best run of each setting: curves, a map, or outputs beside targets."""
    varied = training.varied_in(table)
    of_all = list(training.settings_in(table))
    every = [(own, best_in(rows)) for own, rows in of_all[:MOST_PANELS]]
    titles = [training.title_of(own, varied) for own, _ in every]
    figure, axes_of = panels(titles, COLUMNS, width=2.8, height=2.6 + training.room_for(titles), beside=0.4)
    for name, (_, rows) in zip(titles, every, strict=True):
        axes_of[name].set_title(name, fontsize=9)
        _panel(axes_of[name], rows)
    solved = sum(bool(rows["solved"].all()) and len(rows) > 0 for _, rows in every)
    runs = f"{amount(table['run'].nunique(), 'further run')} of this figure"
    best = f"The best of {runs}"
    settings = f"{'the first ' if len(every) < len(of_all) else ''}{len(every)} settings"
    title = f"{best} solves the task in {solved} of {settings}" if varied else _title(best, every[0][1])
    drawn = pd.concat([rows for _, rows in every], ignore_index=True)
    caption = (
        f"The network with the least loss of {runs}, which are neither among those that are counted nor among those of "
        f"the curves, at the points of the task and between them.{training.left_out(every, of_all)}"
    )
    return {"function": Drawing(figure, drawn, title, caption)}


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    between, at_points = rows[rows["target"].isna()], rows[rows["target"].notna()]
    if "x2" in rows and len(between) and rows["answer"].max() == 1:
        _map(axes, between, at_points)
        return
    is_curve = "x2" not in rows and len(between) > 0
    for answer, mine in rows.groupby("answer"):
        colour, points = COLOURS[(int(answer) - 1) % len(COLOURS)], mine[mine["target"].notna()]
        if is_curve:
            line = mine[mine["target"].isna()]
            axes.plot(line["x1"], line["found"], color=colour, lw=1.2)
            axes.plot(points["x1"], points["target"], "o", mfc="none", color=colour, ms=4)
        else:
            axes.plot(points["target"], points["found"], "o", color=colour, ms=3, alpha=0.5)
    output = _output(rows)
    axes.set(
        **{"xlabel": _name_of(rows, "x1", "x"), "ylabel": f"{output}; circles: targets"}
        if is_curve
        else {"xlabel": "target", "ylabel": output}
    )


def _output(rows: pd.DataFrame) -> str:
    """The output by what it stands for. Answers and classes may be written otherwise in the file: it is no target."""
    name = _name_of(rows, "answer", "")
    return f"output ({name})" if name else "output"


def _name_of(rows: pd.DataFrame, column: str, usual: str) -> str:
    """What the numbers of a column are called in the file of the task; `usual` without a file, or if names differ."""
    names = rows[f"{column}_is"].dropna().unique() if f"{column}_is" in rows else []
    # To matplotlib a formula stands between two dollars.
    return textwrap.shorten(str(names[0]), LETTERS).replace("$", r"\$") if len(names) == 1 else usual


def _title(best: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No run has a finite loss"
    said = "solves the task" if rows["solved"].all() else "does not solve the task"
    return f"{best} has the loss {rows['loss'].iloc[0]:.2g} and {said}"


def _map(axes: Axes, between: pd.DataFrame, points: pd.DataFrame) -> None:
    across, up = np.unique(between["x1"]), np.unique(between["x2"])
    z = between["found"].to_numpy().reshape(len(up), len(across))
    shown = axes.pcolormesh(across, up, z, cmap="cividis", shading="nearest", rasterized=True)
    whole = np.unique(z)
    # Classes are whole numbers, and nothing is between them.
    ticks = whole if len(whole) <= len(COLOURS) and (whole == np.round(whole)).all() else None
    axes.figure.colorbar(shown, ax=axes, label=_output(points), ticks=ticks)
    axes.scatter(points["x1"], points["x2"], c=points["target"], cmap="cividis", edgecolors="w", s=40)
    axes.set(xlabel=_name_of(points, "x1", "x₁"), ylabel=_name_of(points, "x2", "x₂"))
