"""Verdicts of mode-connectivity: whether barriers are gone at each width, how they fall, matching, and controls."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured, counted
from experiments.judging.rules import Rule, above, below, decide, holds_for_all
from experiments.judging.statistics import net_share, percent, slope_of_medians
from experiments.judging.verdict import Trial, Verdict, on

XOR, TEACHER = TASKS = ("XOR", "teacher")
RECTIFIER, TANH = ACTIVATIONS = ("rectifier", "tanh")
# Units of these may change their sign.
ODD = (TANH,)
PERMUTED, SIGNED = GROUPS = ("permutations", "signed permutations")
STARTS, TARGETS, COPY = ("two starts", "two targets", "a copy")
# Units of a teacher. XOR takes as many. Networks with more have units to spare.
UNITS = 2
# All losses and barriers are shares of the loss of a constant answer. A training loss is small up to this.
SMALL = 0.005
# No barrier: Frankle et al. call two networks connected if the error rises by less than 2 %.
LIMIT = 0.02
# Wide networks, of which the sentence speaks, have at least so many times the units that the task takes.
WIDE = 50
# What is likely happens more often than not.
MOST = 0.5
# A barrier between a network and its copy is rounding up to this.
ROUNDING = 1e-9
# Pieces of the line on which all arrangements are compared, and those on which the barrier of one is measured.
COARSE, FINE = 16, 128
# Matching has found the least barrier if its own is larger by no more than this: the grid is no finer.
SAME = 1e-3

TRIAL = Trial(
    source="Entezari et al. 2021, arXiv 2110.06296, whose condition on the width is cited from memory; what is small "
    "is ours; that 2 % is no barrier: Frankle et al. 2020, arXiv 1912.05671, cited from memory",
    bears_on=on("entezari-permuted"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "inputs": 2,
        "loss": "squared",
        "optimizer": "sgd with momentum 0.9",
        "batch": "half of the points",
        "initial_weights": "fan-in",
        "symmetry": PERMUTED,
        "precision": "float32; barriers in float64",
    },
)
# The sentence speaks of wide networks, and of permutations alone.
VARIANT = TRIAL.but(bears_on=on("entezari-permuted", role="variant"))
FALLS = TRIAL.but(
    source="Zhan, Li & Wu 2025, arXiv 2503.06001: abstract read; widths and tasks are ours",
    bears_on=on("zhan-to-zero"),
)
FALLS_VARIANT = FALLS.but(bears_on=on("zhan-to-zero", role="variant"))
MATCHING = TRIAL.but(
    source="Ainsworth et al. 2022, arXiv 2209.04836: abstract read; they match much wider networks",
    bears_on=on("ainsworth-matching", role="variant"),
)
CONTROL = TRIAL.but(source="ours", bears_on=on("entezari-permuted", role="control"))
KEY = ["task", "activation", "group"]


class Kind(NamedTuple):
    """Pairs of a task, an activation and a group whose both ends have a small loss.

    Attributes:
        task, activation, group: see the constants.
        rows: of two starts.
        others: of other ends.
    """

    task: str
    activation: str
    group: str
    rows: pd.DataFrame
    others: pd.DataFrame

    @property
    def name(self) -> str:
        """For verdicts."""
        return f"{self.task.lower()}/{self.activation}/{self.group.replace(' ', '-')}"

    def facts(self, rows: pd.DataFrame) -> dict[str, Any]:
        """Switches that all its verdicts have."""
        return {
            "task": self.task if self.task == XOR else f"{UNITS} units of the same kind, drawn for each pair",
            "activation": self.activation,
            "symmetry": self.group,
            "width": np.sort(rows["width"].unique()),
            "updates": rows["steps"],
        }

    def spare(self) -> pd.DataFrame:
        """Rows with more units than the task takes: without one to spare, all solutions may be the same."""
        return self.rows[self.rows["width"] > UNITS]


def kinds(table: pd.DataFrame) -> Iterator[Kind]:
    """Every task, activation and group, with the pairs whose ends both have a small loss."""
    for (task, activation, group), rows in table[table["small"]].groupby(KEY):
        starts = rows["ends"] == STARTS
        yield Kind(str(task), str(activation), str(group), rows[starts], rows[~starts])


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each task, activation and group: each width, how barriers fall with it, matching, and the controls."""
    found: list[Verdict] = []
    for kind in kinds(table):
        for width, rows in kind.rows.groupby("width"):
            found.append((_gone if rows["enumerated"].all() else _matched)(kind, int(width), rows))
        tried = kind.spare()
        known = tried[tried["enumerated"]]
        if known["width"].nunique() > 1:
            found.append(_falls(kind, known))
        if tried["width"].nunique() > 1:
            found.append(_matched_falls(kind, tried))
        if (known["best"] <= LIMIT).any():
            found.append(_matching(kind, known))
        found += _controls(kind)
    return found


def _controls(kind: Kind) -> Iterator[Verdict]:
    copies = kind.others[kind.others["ends"] == COPY]
    if len(copies):
        yield _copy(kind, copies)
    if len(kind.rows) and kind.group == PERMUTED:
        yield _barrier(kind, kind.rows)
    pairs = _same_or_other(kind)
    if len(pairs):
        yield _targets(kind, pairs)


def _of(kind: Kind) -> str:
    units = f"{kind.activation} networks of one hidden layer"
    return f"{units} that have learned {'XOR' if kind.task == XOR else 'what a teacher of two units does'}"


def _left(column: pd.Series) -> str:
    low, middle, high = column.quantile([0.1, 0.5, 0.9])
    return f"median {middle:.2g}, 8 of 10 between {low:.2g} and {high:.2g}"


def _gone(kind: Kind, width: int, rows: pd.DataFrame) -> Verdict:
    how = (
        f"A pair counts if the barrier after the best of all arrangements is at most {LIMIT:g} of the loss of a "
        f"constant answer. All are tried on a grid of {COARSE} pieces of the line; the best of them is measured on "
        f"{FINE} pieces."
    )
    gone, perhaps = rows["best"] <= LIMIT, rows["least"] <= LIMIT
    measured = dataclasses.replace(Measured.share(gone, how), beside={"perhaps": Measured.share(perhaps)})
    return VARIANT.verdict(
        f"gone/{kind.name}/{width}",
        f"After the best of all {kind.group} of {width} hidden units, there is no barrier between two networks.",
        measured,
        Rule(
            f"Supported if the interval lies above {MOST:g}. Contradicted if that of the share whose least barrier on "
            f"the coarse grid, a lower bound, is at most {LIMIT:g} lies below {MOST:g}. Else inconclusive.",
            lambda m: decide(m.low > MOST, m.beside["perhaps"].high < MOST),
        ),
        prediction=f"share of pairs > {MOST:g}",
        notes=f"barrier as it is: {_left(rows['plain'])}; after the best arrangement: {_left(rows['best'])}; for "
        f"{int((gone != perhaps).sum())} pairs the grid is too coarse to decide",
        finding=f"Of pairs of {_of(kind)}, {width} units wide, a share of {{measured}} has no barrier after the best "
        f"of all {kind.group}.",
        **kind.facts(rows),
    )


def _matched(kind: Kind, width: int, rows: pd.DataFrame) -> Verdict:
    how = (
        f"A pair counts if the barrier after matching of weights is at most {LIMIT:g} of the loss of a constant "
        "answer. The best arrangement may leave less."
    )
    stated = kind.group == PERMUTED and width >= WIDE * UNITS
    return (TRIAL if stated else VARIANT).verdict(
        f"matched/{kind.name}/{width}",
        f"Some of the {kind.group} of {width} hidden units leave no barrier between two networks.",
        Measured.share(rows["matched"] <= LIMIT, how),
        Rule(
            f"Supported if the interval lies above {MOST:g}; else inconclusive, for not all arrangements are tried.",
            lambda m: decide(m.low > MOST, False),
        ),
        prediction=f"share of pairs > {MOST:g}",
        notes=f"barrier as it is: {_left(rows['plain'])}; after matching: {_left(rows['matched'])}",
        finding=f"Of pairs of {_of(kind)}, {width} units wide, a share of {{measured}} has no barrier after "
        f"{kind.group} by weight matching.",
        **kind.facts(rows),
    )


def power(rows: pd.DataFrame, column: str, α: float) -> tuple[float, float, float]:
    """The least-squares slope of the logarithm of the median barrier on that of the width, and its interval."""
    # What is below is rounding.
    groups = rows.assign(log=np.log(rows[column].clip(lower=ROUNDING))).groupby("width")["log"]
    return slope_of_medians(np.log(list(groups.groups)), [one.to_numpy(float) for _, one in groups], α)


def _power(rows: pd.DataFrame, column: str, what: str) -> Measured:
    how = (
        f"Slope of the logarithm of the median barrier, after {what}, on that of the width, for widths above {UNITS}. "
        f"{percent()} interval by order statistics."
    )
    return Measured(lambda α: power(rows, column, α), len(rows), how=how)


def _medians(rows: pd.DataFrame, column: str) -> str:
    return ", ".join(f"{value:.2g} at {width}" for width, value in rows.groupby("width")[column].median().items())


def _falls(kind: Kind, rows: pd.DataFrame) -> Verdict:
    return FALLS_VARIANT.verdict(
        f"falls/{kind.name}",
        f"The wider networks are, the lower is the barrier that the best of all {kind.group} leaves.",
        _power(rows, "best", "the best of all arrangements"),
        below(0.0),
        prediction="slope < 0",
        notes=f"median barriers {_medians(rows, 'best')}",
        finding=f"The barrier that the best of all {kind.group} leaves between {_of(kind)} grows as the width to the "
        "power {measured}.",
        **kind.facts(rows),
    )


def _matched_falls(kind: Kind, rows: pd.DataFrame) -> Verdict:
    stated = (kind.task, kind.activation, kind.group) == (TEACHER, RECTIFIER, PERMUTED)
    return (FALLS if stated else FALLS_VARIANT).verdict(
        f"matched-falls/{kind.name}",
        f"The wider networks are, the lower is a barrier that some of the {kind.group} leaves.",
        _power(rows, "matched", "weight matching"),
        Rule(
            "Supported if the interval lies below 0; else inconclusive, because the best arrangement may leave less.",
            lambda m: decide(m.high < 0, False),
        ),
        prediction="slope < 0",
        notes=f"median barriers {_medians(rows, 'matched')}",
        finding=f"The barrier that weight matching leaves between {_of(kind)} grows as the width to the power "
        "{measured}.",
        **kind.facts(rows),
    )


def found_best(rows: pd.DataFrame) -> pd.Series:
    """Whether weight matching has found an arrangement as good as the best one."""
    return rows["matched"] <= rows["best"] + SAME


def _matching(kind: Kind, rows: pd.DataFrame) -> Verdict:
    gone = rows[rows["best"] <= LIMIT]
    best = ", ".join(
        f"{share:.2f} at {width}" for width, share in found_best(rows).groupby(rows["width"]).mean().items()
    )
    how = (
        f"Of the pairs that the best of all arrangements leaves without a barrier, at widths above {UNITS}: the share "
        "that weight matching leaves without one as well."
    )
    return MATCHING.verdict(
        f"matching/{kind.name}",
        "Where an arrangement without a barrier exists, matching of weights finds one.",
        Measured.share(gone["matched"] <= LIMIT, how),
        above(MOST),
        prediction=f"share of pairs > {MOST:g}",
        notes=f"share of all pairs in which its barrier is the least of all arrangements, within {SAME:g}: {best}",
        finding=f"Where the best of all {kind.group} leaves no barrier between {_of(kind)}, weight matching leaves "
        "none in a share of {measured} of the pairs.",
        **kind.facts(rows),
    )


def _copy(kind: Kind, rows: pd.DataFrame) -> Verdict:
    left = np.fmax(rows["least"], rows["matched"])
    how = "The least barrier of all arrangements on the coarse grid, and that after matching: the largest of all."
    words = f"it is at most {ROUNDING:g}, and on the fine grid the best arrangement leaves at most {SAME:g}"
    return CONTROL.verdict(
        f"copy/{kind.name}",
        "Between a network and a copy of it with other places of its units, no barrier is left.",
        Measured.exactly(left.max(), len(rows), how=how),
        holds_for_all(words, (left <= ROUNDING) & (rows["best"].fillna(0) <= SAME)),
        prediction=f"largest barrier <= {ROUNDING:g}",
        notes=f"barrier before: {_left(rows['plain'])}",
        **kind.facts(rows),
    )


def _barrier(kind: Kind, rows: pd.DataFrame) -> Verdict:
    return CONTROL.verdict(
        f"barrier/{kind.task.lower()}/{kind.activation}",
        "Without any arrangement there is a barrier.",
        Measured.share(rows["plain"] > LIMIT, f"A pair counts if its barrier is above {LIMIT:g} as it is."),
        above(MOST),
        prediction=f"share of pairs > {MOST:g}",
        notes=f"barrier: {_left(rows['plain'])}",
        finding=f"Between {_of(kind)} there is a barrier in a share of {{measured}} of the pairs, as they are.",
        **kind.facts(rows),
    )


def _same_or_other(kind: Kind) -> pd.DataFrame:
    """For each network that is in two pairs, whether the barrier is gone: `same` target, and `other` target."""
    by = ["width", "pair"]
    known = kind.rows[kind.rows["enumerated"]].set_index(by)["best"].rename("same").to_frame()
    other = kind.others[(kind.others["ends"] == TARGETS) & kind.others["enumerated"]].set_index(by)["best"]
    return known.join(other.rename("other"), how="inner") <= LIMIT


def _targets(kind: Kind, pairs: pd.DataFrame) -> Verdict:
    up, down = int((pairs["same"] & ~pairs["other"]).sum()), int((pairs["other"] & ~pairs["same"]).sum())
    how = (
        "The share of networks with no barrier to one that learned the same and one to a network of another teacher, "
        f"less the share for which it is the other way round. Tango's {percent()} interval."
    )
    share = ", ".join(f"{value:.2f} at {width}" for width, value in pairs["other"].groupby("width").mean().items())
    widths = pairs.index.get_level_values("width")
    return CONTROL.verdict(
        f"two-targets/{kind.name}",
        "The best arrangement removes barriers between networks that learned the same more often than between others.",
        Measured(lambda α: net_share(up, down, len(pairs), α)[:3], len(pairs), how=how),
        above(0.0),
        prediction="difference of shares > 0",
        notes=f"{counted(int(pairs['same'].sum()), len(pairs))} have no barrier to a network that learned the same; to "
        f"one that learned something else the share is {share}",
        finding="The best arrangement removes barriers between networks that learned the same more often than between "
        "others, by a share of {measured}.",
        **kind.facts(kind.rows[kind.rows["width"].isin(widths)]),
    )
