"""own.training: how many runs of your network on your task succeed, and where the others end.

Every setting is trained from many initial weights. `python -m experiments try` writes the settings.
"""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.own import _shared as shared
from experiments.claims.own._settings import DATA, Trained
from experiments.claims.own._shared import work
from experiments.drawing.legends import legend_below
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble import cells
from experiments.ensemble.tracing import Rebuilt
from experiments.errors import amount
from experiments.judging.measured import Measured
from experiments.judging.rules import INCONCLUSIVE, SUPPORTED, Rule
from experiments.judging.verdict import Trial, Verdict
from experiments.plan import Unit
from experiments.settings import setting
from theory.restarts.best_of import runs_for
from theory.restarts.tasks import REGRESSION

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]

TRIAL = Trial(source="you", bears_on=(), existence="found by training")
# With this probability at least one of the restarts that are called needed succeeds.
CONFIDENCE = 0.99
# Losses that agree in these digits are counted as one end of training.
DIGITS = 2
# The ends that a finding names.
MOST_ENDS = 3
# Letters of a line of a panel's title, and the inches that a further line takes.
LETTERS, LINE = 26, 0.15
INCHES_OF_A_LETTER = 0.07


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
    return ", ".join(_each(own, varied))


def title_of(own: dict[str, Any], varied: list[str]) -> str:
    """The same as the title of a panel, in lines that are no wider than the panel."""
    lines: list[str] = []
    for part in _each(own, varied):
        if lines and len(lines[-1]) + len(part) + 2 <= LETTERS:
            lines[-1] += f", {part}"
        else:
            lines += textwrap.wrap(part, LETTERS)
    return "\n".join(lines)


def room_for(titles: list[str]) -> float:
    """The inches that titles of panels take beside their first lines."""
    return LINE * max(title.count("\n") for title in titles)


def left_out(drawn: list, of_all: list) -> str:
    """What a caption says where not every setting is drawn."""
    return f" The first {len(drawn)} of {len(of_all)} settings are drawn." if len(drawn) < len(of_all) else ""


def _each(own: dict[str, Any], varied: list[str]) -> Iterator[str]:
    for axis in varied or ["task"]:
        value = f"{own[axis]:g}" if isinstance(own[axis], float) else own[axis]
        words = {"task": name_of_task(own), "sizes": "-".join(own["sizes"].split())}
        # It is typed as the loss.
        name = "loss" if axis == "objective" else axis.replace("_", " ")
        yield f"{name} {words.get(axis, value)}"


def name_of_task(own: dict[str, Any]) -> str:
    """A task by the name that people type for it."""
    bits = own["sizes"].split()[0]
    if own["task"] == "parity":
        return "xor (parity of 2 bits)" if bits == "2" else f"parity of {bits} bits"
    return f"{REGRESSION} of a sine" if own["task"] == REGRESSION else own["task"]


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
        f"Training finds a network {network} of {own['activation']} units that solves {name_of_task(own)}.",
        Measured.share(solved, how="A trial is a run from initial weights of its own, a hit one that solves the task."),
        Rule(
            "Supported if a run does; a search that fails says nothing of what exists, and is inconclusive.",
            lambda m: SUPPORTED if m.value > 0 else INCONCLUSIVE,
        ),
        prediction="share of runs that solve it > 0",
        finding=f"{name_of(own, varied).capitalize()}: {solved.sum():,} of {amount(len(runs), 'run')} "
        f"{'succeeds' if len(runs) == 1 else 'succeed'}, a share of {{measured}}; {needed(solved)}. {ends(runs)}",
        **own,
    )


def needed(solved: np.ndarray) -> str:
    """How many runs are needed for a success with a probability of 99 %, in words."""
    if not solved.any():
        return "nobody knows how many runs it takes"
    runs = runs_for(float(solved.mean()))
    return f"one success with {CONFIDENCE:.0%} takes {amount(round(runs), 'run')}"


def ends(runs: pd.DataFrame) -> str:
    """The losses at which the other runs end, the most frequent first, and those of the successes, in words."""
    others = runs[~runs["solved"]]
    finite = others.loc[~others["diverged"], "loss"]
    counts = Counter(f"{loss:.{DIGITS}g}" for loss in finite)
    parts = [f"loss {loss} ({many:,})" for loss, many in counts.most_common(MOST_ENDS)]
    if others["diverged"].any():
        parts.append(f"no finite loss ({others['diverged'].sum():,})")
    more = len(counts) - MOST_ENDS
    beside = f" and {more:,} other {'loss' if more == 1 else 'losses'}" if more > 0 else ""
    said = f"The others end at {', '.join(parts)}{beside}." if parts else "No other end was seen."
    return " ".join(filter(None, (said, successes(runs))))


def successes(runs: pd.DataFrame) -> str:
    """The losses at which the runs that succeed end, in words; empty if none does."""
    solved = runs[runs["solved"]]
    if solved.empty:
        return ""
    low, high = (f"{loss:.{DIGITS}g}" for loss in (solved["loss"].min(), solved["loss"].max()))
    between = f"between {low} and {high}" if low != high else f"at {low}"
    # Without this a reader takes a success for an end that has not converged, or for one with the least loss.
    if stop_early(runs):
        return f"Successes stop {between}: as soon as every answer is right, however large the loss still is."
    return f"Successes end {between}."


def stop_early(runs: pd.DataFrame) -> bool:
    """Whether runs are stopped when they succeed, as those are that tell two answers or classes apart."""
    solved = runs[runs["solved"]]
    # What a file has as targets is not in the table; but a run that was stopped has fewer updates than others.
    by_signs = ~solved["task"].isin((REGRESSION, DATA)) | (solved["steps"] < runs["steps"].max())
    return bool(by_signs.any())


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
    names = [name_of(own, varied) for own in rows]
    # Long names take no room from the shares.
    figure = new_figure(max(6.4, 4.0 + INCHES_OF_A_LETTER * max(map(len, names))), 1.0 + 0.25 * len(numbers))
    (axes,) = figure.axes
    places = np.arange(len(numbers))[::-1]
    errors = [numbers["share"] - numbers["low"], numbers["high"] - numbers["share"]]
    axes.errorbar(numbers["share"], places, xerr=errors, fmt="o", color=COLOURS[0], ms=4, capsize=2)
    axes.set_yticks(places, names)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, len(numbers) - 0.4), xlabel="share of runs that solve the task")
    best = numbers.loc[numbers["share"].idxmax()]
    where = f" with {name_of(best.to_dict(), varied)}" if varied else ""
    title = f"{best['share']:.1%} of runs succeed{where}"
    return Drawing(figure, numbers, title, f"Of {len(table):,} runs in all, with Clopper and Pearson's intervals.")


def draw_losses(table: pd.DataFrame) -> Drawing:
    """The losses at the end of all runs of each setting, in order: those that succeed, and the others."""
    varied, numbers = varied_in(table), []
    titles = {
        solved: f"{amount(int((table['solved'] == solved).sum()), 'run')} {words}"
        for solved, words in ((True, "with a solution"), (False, "without one"))
        if (table["solved"] == solved).any()
    }
    if stop_early(table):
        titles[True] += "\nstopped as soon as every answer was right"
    figure, axes_of = panels(titles, width=3.2, height=3.2 + room_for([*titles.values()]), beside=0.0)
    colours = {}
    for i, (own, runs) in enumerate(settings_in(table)):
        colours[name_of(own, varied)] = {"color": COLOURS[i % len(COLOURS)]}
        for solved, axes in axes_of.items():
            if not (runs["solved"] == solved).any():
                continue
            losses = np.sort(runs.loc[runs["solved"] == solved, "loss"].fillna(np.inf).to_numpy())
            share = (np.arange(len(losses)) + 1) / len(losses)
            # From the very left, so that a run that is alone has a line, too.
            axes.step([0, *share], [*losses[:1], *losses], where="pre", lw=1.2, color=COLOURS[i % len(COLOURS)])
            numbers.append(pd.DataFrame({**own, "solved": solved, "share": share, "loss": losses}))
    # Both have one scale, so that ends of both kinds can be compared.
    limits = table.loc[np.isfinite(table["loss"]) & (table["loss"] > 0), "loss"]
    for solved, axes in axes_of.items():
        axes.set_title(titles[solved], fontsize=9)
        axes.set(xlim=(-0.02, 1.02), xlabel="share of these runs at this loss or below", yscale="log")
        if len(limits):
            axes.set_ylim(limits.min() / 1.2, limits.max() * 1.2)
    figure.axes[0].set_ylabel("loss at the end")
    if varied and len(colours) <= len(COLOURS):
        legend_below(figure, colours, columns=2)
    stuck = float((~table["solved"]).mean())
    title = f"{stuck:.1%} of runs end without a solution" if stuck else "Every run ends with a solution"
    caption = (
        "Where two answers or classes are told apart, training stops as soon as every answer is right: a run with a "
        "solution may have a larger loss than one without. Among the others a level stretch is one end of training "
        "that runs reach from many initial weights."
    )
    return Drawing(figure, pd.concat(numbers, ignore_index=True), title, caption)
