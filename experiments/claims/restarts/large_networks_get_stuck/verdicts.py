"""Verdicts of restarts.large-networks-get-stuck: how many runs get stuck, and whether more do in larger networks."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts.large_networks_get_stuck.ends import AT_REST, NEAR, input_count, series
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import above
from experiments.judging.statistics import percent, slope_of_rates
from experiments.judging.verdict import Trial, Verdict, on
from theory.restarts.grid import weight_count
from theory.restarts.samples import BOOLEAN

# Getting stuck is inevitable if more than this share of the runs does.
INEVITABLE = 0.95
# Getting stuck is likely if more than this share of the runs does.
LIKELY = 0.5

TRIAL = Trial(
    source="the post, ch. III: if the network is large, the algorithm will inevitably get stuck in a local minimum",
    bears_on=on("gets-stuck"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "loss": "squared, over the variance of the targets",
        "optimizer": "sgd",
        "batch": "all points",
        "settled": "by Levenberg and Marquardt's steps in float64",
    },
)
TREND = TRIAL.but(bears_on=on("gets-stuck", role="variant"))
NARROW = TRIAL.but(bears_on=on("gets-stuck", role="variant"))
SIGNS = TRIAL.but(
    source="the post, ch. III, says a local minimum; that being stuck shows in wrong answers is ours, and weaker",
    bears_on=on("gets-stuck", role="variant"),
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The largest width, the largest width with fewer weights than points, and the trend over all exact widths."""
    verdicts = []
    for names, rows in series(table):
        sample, points, largest = str(names[0]), int(names[1]), int(rows["width"].max())
        narrow = [
            width
            for width in rows["width"].unique().tolist()
            if weight_count(input_count(sample, points), width) < points
        ]
        verdicts.append(_level(names, rows[rows["width"] == largest], "level", "A large network inevitably gets stuck"))
        if narrow:
            mine = rows[rows["width"] == max(narrow)]
            verdicts.append(
                _level(names, mine, "narrow", "A network with fewer weights than points inevitably gets stuck")
            )
        known = rows[rows["known"]]
        verdicts += [_trend(names, known)] if known["width"].nunique() > 1 else []
        verdicts += [_signs(names, rows[rows["width"] == largest])] if sample == BOOLEAN else []
    return verdicts


def _name(names: tuple) -> str:
    return f"{_targets(names)}, {names[-1]} units"


def _targets(names: tuple) -> str:
    sample, points, _ = names
    what = {"boolean": "balanced boolean functions on all", "labels": "random targets on", "teacher": "two units' on"}
    return f"{what[sample]} {points} points"


def _switches(names: tuple, rows: pd.DataFrame) -> dict[str, Any]:
    sample, points, activation = names
    return {
        "task": sample,
        "points": points,
        "activation": activation,
        "width": rows["width"].sort_values(),
        "updates": int(rows["steps"].max()),
        "learning_rate": rows.groupby("width")["learning_rate"].first(),
    }


def _ends(rows: pd.DataFrame) -> str:
    """Numbers of runs of each width that arrived, are stuck, unfinished or diverged, and their median losses."""
    ends = []
    for width, mine in rows.groupby("width"):
        unfinished = ~mine["arrived"] & ~mine["stuck"]
        ends.append(
            f"width {width}: {int(mine['arrived'].sum())} arrived, {int(mine['stuck'].sum())} stuck, "
            f"{int((unfinished & ~mine['diverged']).sum())} unfinished, {int(mine['diverged'].sum())} diverged, median "
            f"excess {mine['excess'].median():.2g}, after training alone {mine['trained_loss'].median():.2g}"
        )
    return (
        f"arrived: within {NEAR:g} of the least loss; stuck: not arrived, with a gradient of at most {AT_REST:g}; "
        + "; ".join(ends)
    )


def _level(names: tuple, rows: pd.DataFrame, short: str, statement: str) -> Verdict:
    sample, points, activation = names
    width, known = int(rows["width"].iloc[0]), bool(rows["known"].iloc[0])
    stuck, above_it = (Measured.clustered_share(hits, rows["function"]) for hits in (rows["stuck"], ~rows["arrived"]))
    how = (
        "The share of runs that have not arrived. Runs that are not at rest may still arrive. So the interval goes "
        f"from the lower end of the {percent()} interval of the share of stuck runs to the upper end of that of all "
        "runs that have not arrived (Korn and Graubard, over targets)."
    )
    return (NARROW if short == "narrow" else TRIAL).verdict(
        f"{short}/{sample}-{points}/{activation}",
        f"{statement}: {_name(names)}, width {width}.",
        Measured(lambda α: (above_it.value, stuck.at(α).low, above_it.at(α).high), len(rows), how=how),
        above(INEVITABLE, LIKELY).contradicted_only_if(known, "Contradicted only if the least loss is known."),
        finding=f"{_counted(int((~rows['arrived']).sum()), len(rows))} networks of {width} {activation} units end "
        f"above the least loss: {_targets(names)}.",
        prediction=f"share of the runs that end above the least loss > {INEVITABLE:g}",
        notes=_ends(rows),
        least_loss="0" if known else "the best end on the same targets",
        **_switches(names, rows),
    )


def _counted(hits: int, of: int) -> str:
    return counted(hits, of).capitalize() if hits else f"None of {of:,}"


def _trend(names: tuple, rows: pd.DataFrame) -> Verdict:
    sample, points, activation = names
    counts = (~rows["arrived"]).groupby(rows["width"]).agg(["sum", "size"])
    x, hits, trials = np.log2(counts.index.to_numpy(float)), counts["sum"].to_numpy(), counts["size"].to_numpy()
    how = (
        "The least-squares slope of the share of runs that have not arrived, over the widths at which the least loss "
        f"is known to be 0, with Zou and Donner's {percent()} interval."
    )
    return TREND.verdict(
        f"trend/{sample}-{points}/{activation}",
        f"The larger the network, the more often it ends above the least loss: {_name(names)}.",
        Measured(lambda α: slope_of_rates(x, hits, trials, α=α), len(rows), how=how),
        above(0),
        prediction="slope on log2(width) of the share that ends above the least loss > 0",
        notes=_ends(rows),
        **_switches(names, rows),
    )


def _signs(names: tuple, rows: pd.DataFrame) -> Verdict:
    sample, points, activation = names
    how = (
        "The share of runs with a wrong sign at the largest width, after the last update of training and before "
        "settling. Diverged runs are wrong. Targets are clusters."
    )
    return SIGNS.verdict(
        f"wrong-signs/{sample}-{points}/{activation}",
        f"A large network is wrong about some point when its training ends: {_name(names)}.",
        dataclasses.replace(
            Measured.clustered_share((rows["errors"] > 0) | rows["diverged"], rows["function"], how), samples=len(rows)
        ),
        above(INEVITABLE, LIKELY),
        prediction=f"share of the runs with a wrong sign > {INEVITABLE:g}",
        notes=_ends(rows),
        **_switches(names, rows),
    )
