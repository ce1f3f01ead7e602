"""Verdicts of square-trained: a floor under all networks, what training comes near to, and whether depth pays."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.statistics import median_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.modern import folds as theory

DEEP, FLAT = SHAPES = ("deep", "flat")
# Points, equally spaced, on each of the 2^m pieces of the folds: with ends and middles of all pieces.
POINTS_PER_PIECE = 4
# A run has come near to what its shape can do if it errs by at most this many times as much.
NEAR = 10.0

TRIAL = Trial(
    source="ours; that such networks exist: Yarotsky 2017, arXiv 1610.01145",
    bears_on=on("yarotsky-logarithm", role="variant"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "target": "x²",
        "domain": "[0, 1]",
        "error": "largest",
        "loss": "squared",
        "optimizer": "adam",
        "initial_weights": "He's",
        "precision": "float32",
    },
)
REFERENCE = TRIAL.but(bears_on=on("yarotsky-logarithm", role="control"))
CHECK = TRIAL.but(source="theory/modern/folds.py", bears_on=on("yarotsky-fixed-depth", role="control"))


def secants(m: int, shape: str) -> float:
    """The largest error of the secants that a network of this shape can have."""
    return 2 * float(theory.best(2**m if shape == DEEP else 3 * m - 1))


class Search(NamedTuple):
    """The judged runs of one shape with the largest budget, and with half of it."""

    m: int
    shape: str
    rows: pd.DataFrame
    before: pd.DataFrame

    def success(self, how: str = "") -> Measured:
        """The share of runs that err by at most `NEAR` times as much as secants."""
        return budgets.success_share(self.rows["solved"], self.before["solved"], how)


def searches(table: pd.DataFrame) -> Iterator[Search]:
    """Every shape, at the learning rate that other restarts chose for each budget."""
    judged = choosing.judged_where_most_solved(table, ["m", "shape", "steps"], "loss")
    for (m, shape), rows in judged.groupby(["m", "shape"]):
        yield Search(int(m), str(shape), *budgets.by_budget(rows))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """No network beats its floor; whether training finds what each shape can do; whether depth pays in training."""
    found = [_check(table)]
    by_m: dict[int, dict[str, Search]] = {}
    for one in searches(table):
        by_m.setdefault(one.m, {})[one.shape] = one
    for same in by_m.values():
        found += [_found(one, same.get(FLAT)) for one in same.values()]
        if len(same) == len(SHAPES):
            found.append(_pays(same[DEEP], same[FLAT]))
    return found


def _facts(one: Search) -> dict[str, Any]:
    return {
        "shape": one.shape,
        "rectifiers": 3 * one.m - 1,
        "hidden_layers": one.m if one.shape == DEEP else 1,
        "points": POINTS_PER_PIECE * 2**one.m + 1,
        "updates": one.rows["steps"],
        "learning_rate": one.rows["learning_rate"],
    }


def _check(table: pd.DataFrame) -> Verdict:
    rows = table[table["pieces"].notna()]
    ratio = rows["error"] / rows["least_error"]
    return CHECK.verdict(
        "floor",
        "No trained network of p linear pieces errs by less than 1/(8 p²) somewhere.",
        Measured.exactly(ratio.min(), len(rows), how="The largest error over 1/(8 p²): the least of all networks."),
        holds_for_all("no ratio is below 1", ratio >= 1),
        prediction="largest error times 8 p² >= 1",
        shape=table["shape"],
    )


def _found(one: Search, reference: Search | None) -> Verdict:
    bar, errors = secants(one.m, one.shape), one.rows["error"].to_numpy(float)
    like, network = (
        (f"{one.m} folds", f"a network of {one.m} layers")
        if one.shape == DEEP
        else (f"{3 * one.m - 1} secants", "a network of one layer")
    )
    how = (
        f"A success errs by at most {NEAR:g} times as much as {like}. The first quarter of the restarts chooses the "
        "learning rate of each budget; the others are judged."
    )
    success = one.success(how)
    if reference is not None:
        success = dataclasses.replace(success, beside={**success.beside, "reference": reference.success()})
    value, low, high = median_interval(errors / bar)
    return (TRIAL if one.shape == DEEP else REFERENCE).verdict(
        f"found/{one.shape}/{one.m}",
        f"Training {network} with {3 * one.m - 1} rectifiers comes near to {like}.",
        success,
        budgets.FOUND_BESIDE,
        prediction=f"share of runs within {NEAR:g} times the error of {like} > {RATE:g}",
        notes=f"{budgets.before_in_words(one.before['solved'])}; the median error is {value:.3g} times that of {like}, "
        f"{percent()} interval {low:.3g} to {high:.3g}, and the least {errors.min() / bar:.3g}; median of the pieces "
        f"{one.rows['pieces'].median():g}",
        finding=f"Training comes within {NEAR:g} times the error of {like} in a share of {{measured}} of the runs; the "
        f"median error is {value:.3g} times as large.",
        **_facts(one),
    )


def _wins(deep: pd.DataFrame, flat: pd.DataFrame) -> pd.Series:
    """Whether the deep network of each restart errs less than the flat one."""
    both = deep.set_index("restart")["error"].to_frame("deep").join(flat.set_index("restart")["error"].rename("flat"))
    both = both.dropna()
    return both["deep"] < both["flat"]


def _pays(deep: Search, flat: Search) -> Verdict:
    how = "A pair of restarts, one of each shape, is a hit if the deep network has the smaller largest error."
    wins = _wins(deep.rows, flat.rows)
    medians = [one.rows["error"].median() for one in (deep, flat)]
    return TRIAL.verdict(
        f"pays/{deep.m}",
        f"After training, {deep.m} layers err less than one layer with as many rectifiers, more often than not.",
        budgets.success_share(wins, _wins(deep.before, flat.before), how),
        budgets.FOUND,
        prediction=f"share of pairs > {RATE:g}",
        notes=f"median errors {medians[0]:.2g} of the deep and {medians[1]:.2g} of the flat networks",
        finding=f"After training, {deep.m} layers err less than one layer with {3 * deep.m - 1} rectifiers as well in "
        "a share of {measured} of the pairs.",
        **_facts(deep) | {"shape": SHAPES, "hidden_layers": [deep.m, 1]},
    )
