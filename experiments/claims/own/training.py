"""own.training: how many runs of your network on your task succeed, and where the others end.

Every setting is trained from many initial weights. `python -m experiments try` writes the settings.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.own import _shared as shared
from experiments.claims.own._settings import Trained
from experiments.claims.own._shared import work
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble import cells
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import INCONCLUSIVE, SUPPORTED, Rule
from experiments.judging.verdict import Trial, Verdict
from experiments.plan import Unit
from experiments.settings import setting
from theory.restarts.best_of import runs_for

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]

TRIAL = Trial(source="you", bears_on=(), existence="found by training")
# With this probability at least one of the restarts that are called needed succeeds.
CONFIDENCE = 0.99
# Losses that agree in these digits are counted as one end of training.
DIGITS = 2
# The ends that a finding names.
MOST_ENDS = 3


@dataclass(kw_only=True)
class Settings(Trained):
    """Your network, your task and the number of runs."""

    restarts: int = setting(1000, low=1, high=10_000_000, counts="restart", follows="restarts")


SMOKE = {"restarts": 20, "steps": 500, "learning_rate": [1.0]}
FULL = {"restarts": 100_000}

# The axes that make a setting.
AXES = (
    *(
        "task",
        "sizes",
        "inputs",
        "activation",
        "output",
        "objective",
        "optimizer",
        "schedule",
        "batch",
        "initial",
        "scale",
    ),
    "learning_rate",
)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: see `cells.train`."""
    task = shared.task_of(unit)
    return cells.train(unit, task, shared.program_of(unit, task))[0]


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one run again."""
    task = shared.task_of(unit)
    return cells.rebuild(unit, task, shared.program_of(unit, task), row)


def settings_in(table: pd.DataFrame) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Every setting with its runs, in the order of its values."""
    for values, runs in table.groupby(list(AXES)):
        yield dict(zip(AXES, values, strict=True)), runs


def name_of(own: dict[str, Any], varied: list[str]) -> str:
    """The values of the axes that have several; of the task if none has."""
    values = {axis: f"{own[axis]:g}" if isinstance(own[axis], float) else own[axis] for axis in varied or ["task"]}
    return ", ".join(f"{axis.replace('_', ' ')} {value}" for axis, value in values.items())


def varied_in(table: pd.DataFrame) -> list[str]:
    """The axes with several values."""
    return [axis for axis in AXES if table[axis].nunique() > 1]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every setting whether a run succeeds, with the share of them."""
    varied = varied_in(table)
    return [_verdict(own, runs, varied) for own, runs in settings_in(table)]


def _verdict(own: dict[str, Any], runs: pd.DataFrame, varied: list[str]) -> Verdict:
    solved = runs["solved"].to_numpy(bool)
    network = "-".join(own["sizes"].split())
    return TRIAL.verdict(
        "/".join(str(own[axis]).replace(" ", "-") for axis in varied),
        f"Training finds a network {network} of {own['activation']} units that solves {own['task']}.",
        Measured.share(solved, how="A trial is a run from initial weights of its own, a hit one that solves the task."),
        Rule(
            "Supported if a run does; a search that fails says nothing of what exists, and is inconclusive.",
            lambda m: SUPPORTED if m.value > 0 else INCONCLUSIVE,
        ),
        prediction="share of runs that solve it > 0",
        finding=f"{name_of(own, varied).capitalize()}: {solved.sum():,} of {len(runs):,} runs succeed, a share of "
        f"{{measured}}; {needed(solved)}. {ends(runs)}",
        **own,
    )


def needed(solved: np.ndarray) -> str:
    """How many runs are needed for a success with a probability of 99 %, in words."""
    if not solved.any():
        return "nobody knows how many runs it takes"
    runs = runs_for(float(solved.mean()))
    return f"one success with {CONFIDENCE:.0%} takes {runs:,.0f} run{'s' if runs != 1 else ''}"


def ends(runs: pd.DataFrame) -> str:
    """The losses at which the other runs end, the most frequent first, in words."""
    others = runs[~runs["solved"]]
    finite = others.loc[~others["diverged"], "loss"]
    counts = Counter(f"{loss:.{DIGITS}g}" for loss in finite)
    parts = [f"loss {loss} ({many:,})" for loss, many in counts.most_common(MOST_ENDS)]
    if others["diverged"].any():
        parts.append(f"no finite loss ({others['diverged'].sum():,})")
    if not parts:
        return "No other end was seen."
    more = len(counts) - MOST_ENDS
    return f"The others end at {', '.join(parts)}{f' and {more} other losses' if more > 0 else ''}."


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Success rates of all settings with their intervals, and the losses at the end."""
    return {"success": draw_success(table), "losses": draw_losses(table)}


def draw_success(table: pd.DataFrame) -> Drawing:
    """A line for each setting: the share of runs that succeed, with its interval."""
    varied, rows = varied_in(table), []
    for own, runs in settings_in(table):
        share = Measured.share(runs["solved"])
        rows.append({**own, "runs": len(runs), "share": share.value, "low": share.low, "high": share.high})
    numbers = pd.DataFrame(rows)
    figure = new_figure(height=1.0 + 0.25 * len(numbers))
    (axes,) = figure.axes
    places = np.arange(len(numbers))[::-1]
    errors = [numbers["share"] - numbers["low"], numbers["high"] - numbers["share"]]
    axes.errorbar(numbers["share"], places, xerr=errors, fmt="o", color=COLOURS[0], ms=4, capsize=2)
    axes.set_yticks(places, [name_of(own, varied) for own in rows])
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, len(numbers) - 0.4), xlabel="share of runs that solve the task")
    best = numbers.loc[numbers["share"].idxmax()]
    where = f" with {name_of(best.to_dict(), varied)}" if varied else ""
    title = f"{best['share']:.1%} of runs succeed{where}"
    return Drawing(figure, numbers, title, f"Of {len(table):,} runs in all, with Clopper and Pearson's intervals.")


def draw_losses(table: pd.DataFrame) -> Drawing:
    """The losses at the end of all runs of each setting, in order."""
    figure = new_figure(width=6.4, height=3.4)
    (axes,) = figure.axes
    varied, numbers = varied_in(table), []
    for i, (own, runs) in enumerate(settings_in(table)):
        losses = np.sort(runs["loss"].fillna(np.inf).to_numpy())
        share = (np.arange(len(losses)) + 1) / len(losses)
        shown = pd.DataFrame({**own, "share": share, "loss": losses})
        axes.step(share, losses, where="pre", color=COLOURS[i % len(COLOURS)], lw=1.2, label=name_of(own, varied))
        numbers.append(shown)
    axes.set(xlabel="share of runs that end at this loss or below", ylabel="loss at the end", yscale="log")
    if len(numbers) <= len(COLOURS):
        axes.legend(fontsize=8)
    stuck = float((~table["solved"]).mean())
    title = f"{stuck:.1%} of runs end without a solution"
    caption = "A level stretch is one end of training that runs reach from many initial weights."
    return Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)
