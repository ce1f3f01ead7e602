"""Verdicts of approximation.rate: what its table says, put before rules."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation._ways import SOURCE, UNITS, WAYS, curves, judged
from experiments.judging import budgets
from experiments.judging.budgets import by_budget, with_later
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits
from experiments.judging.statistics import least_squares_slope, mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.approximation import targets

# Powers of m: in Barron's bound, and in the error of the best broken line for a smooth target.
BARRON, SMOOTH = -0.5, -2.0
# Ways as they are named in statements.
UNITS_OF = {
    "construction_error": "units drawn as in Barron's proof",
    "random_error": "units drawn without looking at the target",
    "error": "trained units",
}
# The slope for a smooth target may be off by this.
MARGIN = 0.25


BEST_UNITS = Trial(
    source=SOURCE,
    bears_on=on("universal-approximation", role="variant"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear, fitted by least squares",
        "norm": "root mean square on fresh uniform points, over the standard deviation",
    },
)
# The trial of each way: what it shows, and who says that its error falls as m^-1/2.
TRIALS = {
    "construction_error": BEST_UNITS.but(
        source=f"{SOURCE}: its proof draws units so",
        bears_on=on("universal-approximation", role="variant") + on("barron-rate"),
        existence="drawn at random",
        switches={"units": "construction"},
    ),
    "random_error": BEST_UNITS.but(existence="drawn at random", switches={"units": "random features"}),
    "error": BEST_UNITS.but(
        source=f"ours: {SOURCE} says that such networks exist, not that training finds them",
        existence="found by training",
        switches={"units": "training"},
    ),
}
SMOOTH_SOURCE = (
    "ours: these networks have the rate of the best broken line, which theory/approximation/piecewise.py derives"
)
RULED = (
    "The least-squares slope over all widths for each target, or for each run if there is one target only. The mean "
    f"slope has Student's {percent()} interval. For training, the first quarter of the targets chooses learning rate "
    "and scale of inputs at each width, by the least median error, and the others are judged; with one setting there "
    "is no choice and all are judged."
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, d and activation: Barron's bound and the slope of each way; in one dimension m^-2 as well."""
    verdicts = []
    for names, rows in table.groupby(["family", "d", "activation"]):
        if rows["norm"].notna().all():
            verdicts.append(_bound(names, rows))
        known = [column for column in WAYS if rows[column].notna().all()]
        verdicts += [_slope(names, rows, column) for column in known if column != "random_error"]
        if names[1] == 1 and names[2] == "rectifier":
            verdicts += [_smooth(names, rows, column) for column in known]
    return verdicts


def _setting(names: tuple) -> str:
    family, d, activation = names
    return f"{family}, d = {d}, {activation}"


def held(rows: pd.DataFrame) -> pd.DataFrame:
    """Barron's bound where it says something, for every target.

    Up to (2 C / deviation)² sigmoidal units the bound is above the error of a constant. The next number of units is
    the first at which the bound says something. A network of fewer units counts there, because missing units are units
    with the output weight 0.

    Returns:
        One row a task: units, from which the bound says something; bound, there, in deviations; error, the least of any
        way with at most those units, NaN if all networks are wider; vacuous, how many times the deviation the bound
        is at the largest width.
    """
    rows, each = rows.assign(task=ways.tasks(rows)), UNITS[rows["activation"].iloc[0]]
    facts = (
        rows.groupby("task")
        .agg(norm=("norm", "first"), deviation=("deviation", "first"), widest=("width", "max"))
        .reset_index()
    )
    norm, deviation = (facts[name].to_numpy(float) for name in ("norm", "deviation"))
    units = targets.barron_units(norm, deviation).astype(int) + 1
    least = rows[list(WAYS)].min(axis=1)
    narrow = rows["width"] <= each * pd.Series(units, facts["task"]).loc[rows["task"]].to_numpy()
    return pd.DataFrame(
        {
            "task": facts["task"],
            "units": units,
            "bound": targets.barron_bound(norm, units) / deviation,
            "error": least[narrow].groupby(rows["task"]).min().reindex(facts["task"]).to_numpy(),
            "vacuous": targets.barron_bound(norm, facts["widest"].to_numpy() // each) / deviation,
        }
    )


def _bound(names: tuple, rows: pd.DataFrame) -> Verdict:
    facts, each = held(rows), UNITS[names[2]]
    ratio = facts["error"] / facts["bound"]
    how = (
        "For each target with its exact norm, the first m is judged at which the bound is below the standard deviation "
        "of the target; at smaller m a constant meets the bound. A network counts for every m from its own number of "
        f"units on, because other units may have the output weight 0; {each} unit(s) count as one sigmoidal unit. "
        "Measured is the largest ratio over targets of the least error of all ways to the bound; the interval begins "
        "at the least ratio. A ratio far below 1 means that the bound is loose."
    )
    return BEST_UNITS.verdict(
        _name("bound", names),
        "Some network of m sigmoidal units has a root mean square error of at most 2 C / √m, for the first m at which "
        f"this is less than the error of a constant: {_setting(names)}.",
        Measured.exactly(ratio.max(), len(facts), ratio.min(), ratio.max(), how),
        exhibits("a network that meets the bound was found for every target", bool((ratio <= 1).all())),
        prediction=f"largest of error over bound <= 1 at m = {facts['units'].min():,} to {facts['units'].max():,}",
        notes=f"at the largest width that was tried the bound is {facts['vacuous'].min():.3g} to "
        f"{facts['vacuous'].max():.3g} deviations",
        **switches(names, rows),
    )


def _slope(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    return TRIALS[column].verdict(
        _name(f"slope/{WAYS[column].replace(' ', '-')}", names),
        f"With {UNITS_OF[column]}, the error falls at least as fast as m^-1/2: {_setting(names)}.",
        slope(rows, column),
        budgets.at_most(BARRON),
        prediction=f"slope of log error on log m <= {BARRON:g}",
        **switches(names, rows),
    )


def _smooth(names: tuple, rows: pd.DataFrame, column: str) -> Verdict:
    return (
        TRIALS[column]
        .but(source=SMOOTH_SOURCE)
        .verdict(
            _name(f"smooth/{WAYS[column].replace(' ', '-')}", names),
            f"With {UNITS_OF[column]}, the error of a smooth target falls as m^-2, like that of the best broken line: "
            f"{_setting(names)}.",
            slope(rows, column),
            budgets.within(SMOOTH, MARGIN),
            prediction=f"slope of log error on log m = {SMOOTH:g}, within {MARGIN:g}",
            **switches(names, rows),
        )
    )


def slope(rows: pd.DataFrame, column: str) -> Measured:
    """Mean slope of log error on log width over the judged tasks; for training, with the effect of more updates."""
    most, half = by_budget(rows)
    measured = _slope_of(most, column)
    return with_later(measured, _slope_of(half, column).value) if column == "error" else measured


def _slope_of(rows: pd.DataFrame, column: str) -> Measured:
    if rows.empty:
        return Measured(lambda α: (np.nan, -np.inf, np.inf), 0, how=RULED)
    errors = curves(rows, column)
    slopes = least_squares_slope(np.log2(errors.columns.to_numpy(float)), np.log2(errors.to_numpy(float)))
    return Measured(lambda α: mean_interval(slopes, α), judged(rows, column)["task"].nunique(), how=RULED)


def switches(names: tuple, rows: pd.DataFrame) -> dict[str, Any]:
    """The hypotheses of a family, d and activation: the networks, and how they are trained."""
    family, d, activation = names
    count = ways.tasks(rows).nunique()
    return {
        "target": family,
        "functions": f"one, {count} times" if family in targets.DRAW_NOTHING else count,
        "inputs": f"[-1, 1]^{d}",
        "d": d,
        "activation": activation,
        "points": int(rows["points"].iloc[0]),
        "width": rows["width"].sort_values(),
        "updates": rows["steps"].sort_values(),
        "learning_rate": rows["learning_rate"].sort_values(),
        "input_scale": rows["input_scale"].sort_values(),
    }


def _name(kind: str, names: tuple) -> str:
    family, d, activation = names
    return f"{kind}/{family}/d={d}/{activation}"
