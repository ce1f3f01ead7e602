"""Verdicts of restarts.best-of-k: the formula over all settings, and the best of 1000 at the hardest width."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts._shared import TEACHER, task_in_words
from experiments.claims.restarts.best_of_k.runs import CONFIDENCE, RUNS, hardest, series
from experiments.judging.measured import Measured
from experiments.judging.rules import above, within
from experiments.judging.statistics import normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.restarts.best_of import runs_for

# The share of failing groups equals the formula within this margin: 4 % of the half that should fail.
MARGIN = 0.02


FORMULA = Trial(
    source="elementary probability; it presumes that runs are independent",
    bears_on=on("restarts", role="variant"),
    existence="found by training",
)
BEST = Trial(
    source="the post, ch. III: run backpropagation some 1000 times from other weights and keep the best",
    bears_on=on("restarts"),
    existence="found by training",
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The formula over all settings, and best-of-1000 for each task and activation at the hardest width."""
    return [formula(table), *best_of_thousand(table)]


def formula(table: pd.DataFrame) -> Verdict:
    """Whether the share of groups that fail is (1 - p)^k."""
    every = [one for runs in series(table) if 0.02 <= runs.rate <= 0.98 and (one := runs.excess())]
    difference, error, total = math.nan, math.inf, 0
    if every:
        differences, variances, groups = np.array(every).T
        weights, total = groups / groups.sum(), int(groups.sum())
        difference, error = float(weights @ differences), float(np.sqrt(weights**2 @ variances))
    how = (
        "For each setting, p is estimated from the first half of the runs. The second half is cut into disjoint groups "
        "of k runs, with a k for which about half of the groups should fail. Measured is the share of groups that fail "
        "less (1 - p)^k, as a mean over settings weighted by their groups. "
        f"Its {percent()} normal interval has both sampling errors (delta method for p). "
        "If runs depended on each other, more groups would fail than the formula says."
    )
    return FORMULA.verdict(
        "formula",
        "The best of k runs fails with probability (1 - p)^k, where p is the success rate of one run.",
        Measured(lambda α: (difference, *normal_interval(difference, error, α)), total, how=how),
        within(0.0, MARGIN),
        prediction=f"share of failing groups less (1 - p)^k = 0, within {MARGIN:g}",
        notes=f"{len(every)} settings have a rate between 0.02 and 0.98",
        **_switches(table),
    )


def best_of_thousand(table: pd.DataFrame) -> Iterator[Verdict]:
    """Whether the best of 1000 runs is nearly sure to succeed, for each task and activation."""
    how = (
        "The width is the least of the table for which a network is known to exist, whether a run found it or not. "
        "With several learning rates, the first half of the runs chooses the rate with most successes, and the second "
        f"half is judged. The interval is 1 - (1 - p)^{RUNS} at both ends of the exact {percent()} interval of the "
        "success rate p."
    )
    for (task, n, activation), rows, known, runs in hardest(table):
        needed = runs_for(runs.rate)
        restarts = f"{needed:,.0f} restarts are needed for 99 %" if np.isfinite(needed) else "no number is enough"
        enough = f"the best of {needed:,.0f} succeeds with 99 %" if np.isfinite(needed) else "no number is known to do"
        yield BEST.verdict(
            f"best-of-1000/{task}-{n}/{activation}",
            f"The best of {RUNS} runs solves {task_in_words(task, n)} with the least number of {activation} units "
            "that is known to be enough.",
            Measured(runs.best, len(runs.rows), how=how),
            above(CONFIDENCE),
            finding=f"Of {len(runs.solved):,} runs on {task_in_words(task, n)} with {int(runs.rows['width'].iloc[0])} "
            f"{activation} units, {int(runs.solved.sum()):,} succeed, so that {enough}.",
            prediction=f"probability that the best of {RUNS} succeeds > {CONFIDENCE:g}",
            notes=f"a network of {known} units is known, from the census of threshold networks or a construction; "
            f"{int(runs.solved.sum())} of {len(runs.solved)} runs succeed; {restarts}",
            **_switches(rows) | {"width": int(runs.rows["width"].iloc[0]), "task": task, "n": n},
        )


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    """How these networks are trained; students of a teacher are trained in another way than the others."""
    own = rows[rows["task"] != TEACHER]
    students = {
        "students": "n rectifiers without biases of a teacher of n; loss over all inputs in closed form; steps of 5 / "
        "n from N(0, I / n) in float64; solved: a global minimum"
    }
    if own.empty:
        return students
    networks = {
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "activation": own["activation"].sort_values(),
        "loss": "squared",
        "optimizer": "sgd",
        "batch": "all points",
        "updates": f"up to {own['steps'].max():,}",
        "learning_rate": own["learning_rate"],
        "solved": "right signs at every point of {-1, 1}^n; a regression within a hundredth of the variance",
    }
    return networks if len(own) == len(rows) else networks | students
