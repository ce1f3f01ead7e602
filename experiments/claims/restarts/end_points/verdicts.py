"""Verdicts of restarts.end-points: where stuck runs are, whether all runs end in an optimum, and which stay stuck."""

from typing import Any

import pandas as pd

from experiments.claims.restarts._shared import task_in_words
from experiments.claims.restarts.end_points.ends import series
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import above
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.restarts.kinds import (
    DEFINITION,
    DIVERGED,
    GLOBAL,
    KINK,
    LOCAL_MINIMA,
    PLATEAU,
    SADDLE,
    SOLVED,
    STRICT,
    UNFINISHED,
)

# Most of some runs are more than this share of them.
HALF = 0.5
# Each run is more than this share of them.
NEARLY_ALL = 0.99
# Notes on rectifiers end with this.
SCALES = (
    "; no minimum of a network of rectifiers is strict, because input weights times c > 0 and output weights divided "
    "by c give the same function"
)
# Where runs are that end at no local optimum, in words.
WHERE = {
    KINK: "at a kink",
    SADDLE: "at a saddle",
    PLATEAU: "on a plateau",
    UNFINISHED: "still on the way",
    DIVERGED: "far off, where no number is finite",
}


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


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each setting: whether stuck runs are at a local minimum or a strict one, and where all runs end."""
    return (
        [
            verdict
            for names, rows in series(table)
            if (rows["kind"] != GLOBAL).any()
            for verdict in (
                _stuck(names, rows, "local-minima", LOCAL_MINIMA, "A stuck run is at a local minimum"),
                _stuck(
                    names, rows, "strict", (STRICT,), "A stuck run is at a point where any small change makes it worse"
                ),
            )
        ]
        + [_ends(names, rows) for names, rows in series(table)]
        + [_higher_precision(names, rows) for names, rows in series(table) if (rows["errors"] > 0).any()]
    )


def _ends(names: tuple, rows: pd.DataFrame) -> Verdict:
    """Whether runs end in a local optimum, including the global one."""
    task, n, width, activation = names
    optima = (GLOBAL, *LOCAL_MINIMA)
    surely, maybe = (Measured.share(rows["kind"].isin(some)) for some in (optima, (*optima, KINK)))
    others = rows.loc[~rows["kind"].isin(optima), "kind"].value_counts()
    how = (
        "The share of all runs. It is not known whether a kink is an optimum. So the interval goes from the lower end "
        f"of the exact {percent()} interval of the share to the upper end of the interval if runs at a kink count, too."
    )
    return ENDS.verdict(
        f"ends/{task}-{n}/{width}/{activation}",
        f"Each run ends in a local optimum: {task_in_words(task, n)}, {width} {activation} units.",
        Measured(lambda α: (surely.value, surely.at(α).low, maybe.at(α).high), len(rows), how=how),
        above(NEARLY_ALL),
        finding=f"{counted(int(rows['kind'].isin(optima).sum()), len(rows)).capitalize()} runs on "
        f"{task_in_words(task, n)} with {width} {activation} units end in a local optimum, which may be the global one"
        + _others_in_words(others),
        prediction=f"share of the runs at a local optimum > {NEARLY_ALL:g}",
        notes=f"{DEFINITION}; other runs: {', '.join(f'{count} {kind}' for kind, count in others.items()) or 'none'}",
        **_switches(names, rows),
    )


def _others_in_words(others: pd.Series) -> str:
    """The end of a finding: where the runs are that end at no local optimum, by kind; a full stop if there are none."""
    if len(others) < 2:
        return "".join(f"; the rest are {WHERE[kind]}" for kind in others.index) + "."
    return f"; of the others, {', '.join(f'{count} {WHERE[kind]}' for kind, count in others.items())}."


def _higher_precision(names: tuple, rows: pd.DataFrame) -> Verdict:
    task, n, width, activation = names
    wrong = rows[rows["errors"] > 0]
    still = wrong["kind"] != GLOBAL
    return STILL.verdict(
        f"still-stuck/{task}-{n}/{width}/{activation}",
        "A run that is wrong about some point after its last update is stuck, also at higher precision: "
        f"{task_in_words(task, n)}, {width} {activation} units.",
        Measured.share(
            still, "The share of runs at no global minimum, of those that training left wrong about a point."
        ),
        above(HALF),
        prediction=f"share of the wrong runs that do not reach a global minimum > {HALF:g}",
        notes=f"{len(wrong)} of {len(rows)} runs are wrong about a point; {int(still.sum())} of these are not at a "
        f"global minimum, L <= {SOLVED:g}",
        **_switches(names, rows),
    )


def _switches(names: tuple, rows: pd.DataFrame) -> dict[str, Any]:
    task, n, width, activation = names
    return {"task": task, "n": n, "width": width, "activation": activation, "updates": int(rows["steps"].max())}


def _stuck(names: tuple, rows: pd.DataFrame, short: str, kinds: tuple[str, ...], statement: str) -> Verdict:
    task, n, width, activation = names
    stuck = rows[rows["kind"] != GLOBAL]
    # A kink may be a minimum, but no strict one, because rectifiers can be scaled.
    open_kinds = kinds if kinds == (STRICT,) else (*kinds, KINK)
    surely, maybe = (Measured.share(stuck["kind"].isin(some)) for some in (kinds, open_kinds))
    counts = ", ".join(f"{count} {kind}" for kind, count in rows["kind"].value_counts().items())
    how = (
        "The share of the runs that are not at a global minimum. It is not known whether a kink is a minimum. So the "
        f"interval goes from the lower end of the exact {percent()} interval of the share to the upper end of the "
        "interval if runs at a kink count, too."
    )
    return STUCK.verdict(
        f"{short}/{task}-{n}/{width}/{activation}",
        f"{statement}: {task_in_words(task, n)}, {width} {activation} units.",
        Measured(lambda α: (surely.value, surely.at(α).low, maybe.at(α).high), len(stuck), how=how),
        above(HALF),
        prediction=f"share of the runs not at a global minimum > {HALF:g}",
        notes=f"{DEFINITION}; all runs: {counts}{SCALES if activation == 'rectifier' else ''}",
        counted=kinds,
        **_switches(names, rows),
    )
