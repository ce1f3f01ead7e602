"""Verdicts of train-and-test: whether networks do well on the rest, and that random labels tell nothing of it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

CONTROL = "coin"
# A network does well if it errs at most half as often as the better constant answer does on the same inputs.
WELL = 0.5
# Random labels: how far from 1/2 the mean error may be.
MARGIN = 0.03
# The share of runs that must be right on all examples, or the others would be a selection.
LEARNED = 0.9
TRIAL = Trial(
    source="the post, ch. II.I; what doing well means is ours",
    bears_on=on("generalises"),
    existence="found by training",
    switches={"inputs": "all of {-1, 1}^n", "hidden_layers": 1, "bias": True, "output": "sign of a linear unit"},
)
RANDOM = TRIAL.but(
    source="Wolpert, Neural Computation 8, 1996: without a prior no learner beats chance",
    bears_on=on("generalises", role="control"),
)
LABELS = TRIAL.but(source="Zhang et al., ICLR 2017", bears_on=on("zhang-random-labels"))


def series(table: pd.DataFrame) -> Iterator[tuple[str, float, str, pd.DataFrame]]:
    """The runs of every family, share and activation at the largest n."""
    largest = table[table["n"] == table["n"].max()]
    for (family, share, activation), rows in largest.groupby(["family", "share", "activation"], sort=False):
        yield str(family), float(share), str(activation), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every family and share whether networks do well on the rest; for random labels that they cannot."""
    found = []
    for family, share, activation, rows in series(table):
        found += [_random(share, activation, rows)] if family == CONTROL else [_well(family, share, activation, rows)]
    random = table[(table["n"] == table["n"].max()) & (table["family"] == CONTROL)]
    return found + [_labels(str(name), rows) for name, rows in random.groupby("activation", sort=False)]


def over_sets(rows: pd.DataFrame, values: pd.Series, how: str) -> Measured:
    """Mean over training sets, of the runs that have learned theirs, with Student's interval over the sets."""
    # Where the rest has one label only, a constant errs nowhere, and nothing is that many times as much.
    means = values[rows["learned"] & np.isfinite(values)].groupby(rows["set"]).mean().to_numpy()
    how = f"{how} Student's {percent()} interval over training sets, each with a function drawn for it."
    return Measured(lambda α: mean_interval(means, α), len(means), how=how)


def _facts(rows: pd.DataFrame) -> dict:
    missed = int((~rows["learned"]).sum())
    return {
        "notes": f"{missed} of {len(rows)} runs were not right on all examples and are left out",
        "n": int(rows["n"].iloc[0]),
        "width": int(rows["width"].iloc[0]),
        "examples": int(rows["examples"].iloc[0]),
    }


def _learned(rows: pd.DataFrame) -> tuple[bool, str]:
    words = f"Inconclusive unless {LEARNED:.0%} of the runs are right on all their examples."
    return bool(rows["learned"].mean() >= LEARNED), words


def _well(family: str, share: float, activation: str, rows: pd.DataFrame) -> Verdict:
    ratio = over_sets(
        rows,
        rows["rest_error"] / rows["constant_error"],
        "The error on the rest over that of the better constant answer there.",
    )
    error = float(rows.loc[rows["learned"], "rest_error"].mean())
    return TRIAL.verdict(
        f"{family}/{share:g}/{activation}",
        "A network that is right on all its examples does well on the rest of the world: it errs at most half as often "
        "as the better constant answer.",
        ratio,
        below(WELL).provided(*_learned(rows)),
        prediction=f"error on the rest / error of a constant < {WELL:g}",
        finding=f"Networks that have learned {share:.0%} of all inputs of {family} err on {error:.1%} of the rest: "
        "{measured} times as often as one constant answer does.",
        task=family,
        share=share,
        activation=activation,
        **_facts(rows),
    )


def _random(share: float, activation: str, rows: pd.DataFrame) -> Verdict:
    return RANDOM.verdict(
        f"{CONTROL}/{share:g}/{activation}",
        "Of random labels nothing generalises: the expected error on the rest is exactly 1/2.",
        over_sets(rows, rows["rest_error"], "The error on the rest."),
        within(0.5, MARGIN).provided(*_learned(rows)),
        prediction="error on the rest = 1/2",
        finding="Networks that are right on random labels err on {measured} of the rest.",
        task=CONTROL,
        share=share,
        activation=activation,
        **_facts(rows),
    )


def _labels(activation: str, rows: pd.DataFrame) -> Verdict:
    facts = _facts(rows) | {"examples": sorted(rows["examples"].unique()), "notes": ""}
    return LABELS.verdict(
        f"random-labels-learned/{activation}",
        "Networks learn random labels of all their examples.",
        Measured.clustered_share(
            rows["learned"], rows.groupby(["share", "set"]).ngroup(), "Clusters are training sets."
        ),
        above(LEARNED),
        prediction=f"share of runs that are right on all examples > {LEARNED:g}",
        finding="A share of {measured} of all networks is right on all of its randomly labelled examples.",
        task=CONTROL,
        activation=activation,
        **facts,
    )
