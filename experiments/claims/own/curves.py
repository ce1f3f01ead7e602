"""own.curves: the loss of some runs of your network on the way, update after update."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.own import _shared as shared
from experiments.claims.own import training
from experiments.claims.own._settings import Trained
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble.cells import members_of
from experiments.ensemble.tracing import times_of_curve
from experiments.errors import amount
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Trial, Verdict
from experiments.plan import Unit, Work
from experiments.settings import setting

# Points of a curve.
POINTS = 60
# Panels in a line, and at most.
COLUMNS, MOST_PANELS = 3, 9

KEYS = ("updates",)
CAPTION = (
    "A line for each run. These runs are trained for this figure alone: they are neither those that are counted nor "
    "those of the function. Where two answers or classes are told apart, a run ends when every point is on the right "
    "side, and its line goes on level."
)

TRIAL = Trial(source="you", bears_on=(), existence="found by training")


@dataclass(kw_only=True)
class Settings(Trained):
    """Your network, your task and the number of runs that are drawn."""

    runs: int = setting(12, low=1, high=1000, counts="run")


SMOKE = {"runs": 3, "steps": 200}
FULL: dict[str, object] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run and number of updates: the loss; after the last update it stays."""
    from experiments import ensemble

    task = shared.task_of(unit)
    times = times_of_curve(unit.settings.steps, POINTS)
    program, members = shared.program_of(unit, task), members_of(unit, task)
    _, losses = ensemble.trace(program, task.x, members, unit.engine.layout, unit.engine.chunk, times)
    rows = unit.cells.loc[unit.cells.index.repeat(len(times))].reset_index(drop=True)
    return rows.assign(updates=np.tile(times, len(unit.cells)), loss=losses.T.ravel())


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    return shared.work(unit)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether training lowers the loss: of every setting the share of runs with less loss at the end."""
    varied = training.varied_in(table)
    found = []
    for own, rows in training.settings_in(table):
        losses = rows.sort_values("updates", kind="stable").groupby("run")["loss"]
        lower = (losses.last() < losses.first()).to_numpy()
        found.append(
            TRIAL.verdict(
                "/".join(str(own[axis]).replace(" ", "-") for axis in varied),
                "Training ends with less loss than it began with.",
                Measured.share(lower, how="A trial is a run, a hit one with less loss after its last update."),
                Rule(
                    "Supported if the interval is above 1/2, contradicted if it is below; else inconclusive.",
                    lambda m: decide(m.low > 0.5, m.high < 0.5),
                ),
                prediction="share of runs with less loss > 1/2",
                finding=f"{lower.sum()} of {amount(len(lower), 'run')} that are drawn, beside those that are counted, "
                "ended with less loss than at first.",
                **own,
            )
        )
    return found


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The loss of every run against the updates, a panel for each setting."""
    varied = training.varied_in(table)
    of_all = list(training.settings_in(table))
    every = of_all[:MOST_PANELS]
    titles = [training.title_of(own, varied) for own, _ in every]
    figure, axes_of = panels(titles, COLUMNS, width=2.6, height=2.3 + training.room_for(titles), beside=0.0)
    for title, (_, rows) in zip(titles, every, strict=True):
        axes = axes_of[title]
        for i, (_, run) in enumerate(rows.sort_values("updates", kind="stable").groupby("run")):
            axes.plot(run["updates"] + 1, run["loss"], color=COLOURS[i % len(COLOURS)], lw=0.9)
        axes.set_title(title, fontsize=9)
        axes.set(xscale="log", yscale="log")
    label_outside(figure, "updates + 1", "loss")
    last = table[table["updates"] == table["updates"].max()]["loss"]
    runs = f"{amount(table['run'].nunique(), 'further run')} of this figure"
    finding = f"The losses of {runs}{' each' if varied else ''} end between {last.min():.2g} and {last.max():.2g}"
    drawn = pd.concat([rows for _, rows in every], ignore_index=True)
    return {"curves": Drawing(figure, drawn, finding, CAPTION + training.left_out(every, of_all))}
