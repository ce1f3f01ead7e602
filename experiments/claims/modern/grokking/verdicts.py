"""Verdicts of grokking: that it happens, by how much it is late, what weight decay does, and what is learned."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.judging import budgets
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import mean_interval, median_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

SUM, RANDOM = "sum", "random"
# Long after: at twice as many updates, or more.
LATE = 2.0
# More of the weights belong to one frequency than to all others together; phases are tied within 60 degrees.
MOSTLY = 0.5
# How far the accuracy may be from chance where labels are random.
MARGIN = 0.05
# The share of runs that must have fitted their examples before their delay says anything.
FITTING = 0.9

TRIAL = Trial(
    source="Gromov 2023, arXiv 2301.02679; what is long after, and what is mostly, is ours",
    bears_on=on("gromov-groks"),
    existence="found by training",
    switches={
        "activation": "square",
        "bias": False,
        "hidden_layers": 1,
        "loss": "squared, over all outputs",
        "optimizer": "sgd",
        "batch": "all examples",
        "initial_weights": "normal and small",
        "precision": "float32",
        "labels": "n + m modulo p",
    },
)
DECAY = TRIAL.but(bears_on=on("gromov-decay"))
FEATURES = TRIAL.but(bears_on=on("gromov-features"))
CONTROL = TRIAL.but(source="ours", bears_on=on("gromov-groks", role="control"), switches={"labels": "random"})


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every p: grokking at the largest share of examples, with and without decay; decay at all shares."""
    found: list[Verdict] = []
    for p, rows in table.groupby("p"):
        sums = rows[rows["labels"] == SUM]
        most = sums[sums["share"] == sums["share"].max()]
        for decay, runs in most.groupby("weight_decay"):
            name = f"{p}/{decay:g}"
            found += [_generalises(name, runs), _late(name, runs)]
            found += _learned(name, runs[np.isfinite(runs["generalised_at"])])
        found += [_earlier(f"{p}/{share:g}/{decay:g}", *pair) for share, decay, pair in pairs(sums)]
        random = rows[rows["labels"] == RANDOM]
        found += [_random(f"{p}", random)] if len(random) else []
    return found


def pairs(sums: pd.DataFrame) -> Iterator[tuple[float, float, tuple[pd.DataFrame, pd.DataFrame]]]:
    """For every share and weight decay the runs with it, and those of the same restarts without."""
    for share, rows in sums.groupby("share"):
        without = rows[rows["weight_decay"] == 0].sort_values("restart", kind="stable")
        for decay, runs in rows[rows["weight_decay"] > 0].groupby("weight_decay"):
            if len(runs) == len(without):
                yield float(share), float(decay), (runs.sort_values("restart", kind="stable"), without)


def _facts(runs: pd.DataFrame) -> dict:
    return {
        "p": runs["p"],
        "share_of_examples": runs["share"],
        "weight_decay": runs["weight_decay"],
        "width": runs["units"],
        "updates": runs["steps"],
    }


def _words(runs: pd.DataFrame) -> str:
    decay = float(runs["weight_decay"].iloc[0])
    return f"with a weight decay of {decay:g}" if decay else "without weight decay"


def _generalises(name: str, runs: pd.DataFrame) -> Verdict:
    steps = int(runs["steps"].iloc[0])
    early, late = runs["generalised_at"] <= steps / 2, runs["generalised_at"] <= steps
    return TRIAL.verdict(
        f"generalises/{name}",
        f"Trained on a part of all sums, networks generalise to the others {_words(runs)}.",
        budgets.success_share(late, early, "The share of runs that are right on 90 % of the sums they have not seen."),
        budgets.FOUND,
        prediction=f"share of runs that generalise > {RATE:g}",
        notes=budgets.before_in_words(early),
        finding=f"Of all runs {_words(runs)}, {{measured}} generalise from {runs['share'].iloc[0]:.0%} of all sums.",
        **_facts(runs),
    )


def delays(runs: pd.DataFrame) -> np.ndarray:
    """Updates until a run generalises over those until it fits; infinite if it never generalises, or never fits."""
    fitted = runs["fitted_at"].to_numpy(float)
    return np.where(
        np.isfinite(fitted), runs["generalised_at"].to_numpy(float) / np.where(fitted < np.inf, fitted, 1), np.inf
    )


def _late(name: str, runs: pd.DataFrame) -> Verdict:
    ratio, fitted = delays(runs), np.isfinite(runs["fitted_at"])
    how = (
        "Updates until a run generalises over updates until it is right on 99 % of its examples, median over runs; "
        f"infinite for a run that does not generalise. {percent()} interval by order statistics."
    )
    rule = above(LATE).provided(bool(fitted.mean() >= FITTING), f"Inconclusive unless {FITTING:.0%} of the runs fit.")
    rule = rule.supported_only_if(bool(np.isfinite(np.median(ratio))), "Supported only if the median run generalises.")
    return TRIAL.verdict(
        f"late/{name}",
        f"Networks fit the sums that they are trained on first, and generalise long after, {_words(runs)}.",
        Measured(lambda α: median_interval(ratio, α), len(runs), how=how),
        rule,
        prediction=f"updates until it generalises / updates until it fits > {LATE:g}",
        notes=f"median updates: {runs['fitted_at'].median():g} until it fits, {runs['generalised_at'].median():g} "
        "until it generalises",
        finding=f"Networks generalise after {{measured}} times the updates that they need to fit, {_words(runs)}.",
        **_facts(runs),
    )


def ratios(runs: pd.DataFrame, without: pd.DataFrame) -> np.ndarray:
    """Updates until generalisation with weight decay over those without, by restart; 1 where neither is reached."""
    a, b = (one["generalised_at"].to_numpy(float) for one in (runs, without))
    neither = np.isinf(a) & np.isinf(b)
    return np.where(neither, 1.0, a / np.where(neither, 1.0, b))


def _earlier(name: str, runs: pd.DataFrame, without: pd.DataFrame) -> Verdict:
    ratio = ratios(runs, without)
    how = (
        "Updates until a run generalises, over those of the same initial weights and examples without weight decay; "
        "median over restarts. It is 0 where only the former does, infinite where only the latter does, and 1 where "
        f"neither does. {percent()} interval by order statistics."
    )
    reached = [f"{np.isfinite(one['generalised_at']).sum()} of {len(one)}" for one in (runs, without)]
    return DECAY.verdict(
        f"earlier/{name}",
        "Weight decay makes networks generalise earlier.",
        Measured(lambda α: median_interval(ratio, α), len(ratio), how=how),
        below(1.0),
        prediction="updates with weight decay / updates without < 1",
        notes=f"{reached[0]} runs generalise with it, and {reached[1]} without",
        finding=f"From {runs['share'].iloc[0]:.0%} of all sums {reached[0]} networks generalise with weight decay, and "
        f"{reached[1]} without; updates with it over those without: {{measured}}.",
        **_facts(runs),
    )


def _learned(name: str, runs: pd.DataFrame) -> list[Verdict]:
    """What networks that generalise have learned."""
    if len(runs) < 2:
        return []
    kinds = [
        (
            "one-frequency",
            "one_frequency",
            "In networks that generalise, most of a unit's input weights belong to one frequency",
            "The share of the squared input weights of a unit that belongs to its strongest frequency",
        ),
        (
            "tied-phases",
            "tied_phases",
            "In networks that generalise, the phase of a unit's output weights is about the sum of those of its inputs",
            "The cosine of the difference between the phase of the output weights and the sum of the others",
        ),
    ]
    return [_mostly(kind, name, column, statement, how, runs) for kind, column, statement, how in kinds]


def _mostly(kind: str, name: str, column: str, statement: str, how: str, runs: pd.DataFrame) -> Verdict:
    values = runs[column].to_numpy(float)
    return FEATURES.verdict(
        f"{kind}/{name}",
        f"{statement}, {_words(runs)}.",
        Measured(
            lambda α: mean_interval(values, α),
            len(values),
            how=f"{how}; mean over all units and runs. Student's {percent()} interval over runs.",
        ),
        above(MOSTLY),
        prediction=f"mean > {MOSTLY:g}; 1 in the construction",
        finding=f"{how}: {{measured}} on average, {_words(runs)}; it would be 1 in the construction.",
        **_facts(runs),
    )


def _random(name: str, runs: pd.DataFrame) -> Verdict:
    accuracy, p = runs["test_accuracy"].to_numpy(float), int(runs["p"].iloc[0])
    how = f"The share of right answers to inputs that are no examples. Student's {percent()} interval over runs."
    return CONTROL.verdict(
        f"random-labels/{name}",
        "Of random labels nothing generalises.",
        Measured(lambda α: mean_interval(accuracy, α), len(runs), how=how),
        within(1 / p, MARGIN),
        prediction=f"share of right answers = 1/{p}",
        notes=f"{int(np.isfinite(runs['fitted_at']).sum())} of {len(runs)} runs fit their examples",
        **_facts(runs),
    )
