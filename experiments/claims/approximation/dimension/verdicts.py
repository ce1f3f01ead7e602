"""Verdicts of approximation.dimension: what its table says, put before rules."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation._ways import SOURCE
from experiments.claims.approximation.dimension.widths import (
    FIRST_D,
    PROOF,
    WAYS,
    barron_power,
    bits,
    extremes,
    power,
    series,
    widths_needed,
)
from experiments.claims.approximation.rate.verdicts import BEST_UNITS, TRIALS, switches
from experiments.claims.approximation.rate.verdicts import UNITS_OF as UNITS_OF_RATE
from experiments.judging import budgets
from experiments.judging.budgets import by_budget, with_later
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, at_most, decide
from experiments.judging.statistics import DEFAULT_LEVEL, percent
from experiments.judging.verdict import Verdict, on
from theory.approximation import fixed_bases

# The family that is only Lipschitz.
LIPSCHITZ = "pyramids"


# Growth of log2(orthants) per dimension: there are 2^d orthants, and pyramids have one piece in each.
BITS = 1.0


# Column of the error of random features.
RANDOM = "random_error"


UNITS_OF = UNITS_OF_RATE | {PROOF: "the units of the brute-force proof"}


PYRAMIDS = (
    "ours: a pyramid of random sign in every orthant has 2^d pieces. UML Thm 20.5 is about all networks, all Lipschitz "
    "functions and the largest error"
)


PROVED = BEST_UNITS.but(
    source="the post, ch. II: the proof is brute force, and its hidden layer exponentially wide",
    bears_on=on("brute-force-proof"),
    switches={"output": "linear", "norm": "largest error, guaranteed, see theory/approximation/counting.py"},
)


BARRONS = PROVED.but(
    source=f"ours: {SOURCE} says it of the best units only",
    bears_on=on("brute-force-proof", "against", "variant"),
)


FIXED = BEST_UNITS.but(
    source="derived in theory/approximation/fixed_bases.py; Barron 1993 has such a theorem for his own class",
    bears_on=on("brute-force-proof", role="variant"),
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, activation and way: how fast the width grows; and the units needed if they are fixed before."""
    verdicts = []
    for (family, activation), column, rows in series(table):
        if family == LIPSCHITZ:
            verdicts.append((_counted_bits if column == PROOF else _bits)(activation, column, rows))
            verdicts += [_fixed(activation, rows)] if column == RANDOM else []
        elif rows["norm"].notna().all():
            verdicts.append((_counted_power if column == PROOF else _power)(family, activation, column, rows))
    return verdicts


def _budget(column: str, rows: pd.DataFrame) -> str:
    return f" ({rows['steps'].max():,} updates)" if column == "error" else ""


def _range(widths: pd.DataFrame) -> str:
    d = widths.loc[widths["d"] >= FIRST_D, "d"]
    return f"from d = {d.min():g} to {d.max():g}"


READ_OFF = (
    "The width at which the error of a target falls to the level, by a power law between two widths; it is a width "
    "that is reached, not the least one. For training, the first quarter of the targets chooses the learning rate at "
    "each width, and the others are judged; with one learning rate there is no choice and all are judged. A width that "
    "is not reached is above the largest width, and the interval holds wherever it is."
)


FEW = "It says nothing about other dimensions: a handful cannot separate an exponential from a power plus a constant."


def _name(family: str, activation: str, column: str) -> str:
    return f"{family}/{activation}/{WAYS[column].replace(' ', '-')}"


def _switches(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    family, activation = rows["family"].iloc[0], rows["activation"].iloc[0]
    found = switches((family, "d", activation), rows) | {"d": rows["d"].sort_values()}
    trained = ("points", "width", "updates", "learning_rate", "input_scale")
    return {name: value for name, value in found.items() if column != PROOF or name not in trained}


def _measured(
    slope: Callable[[pd.DataFrame, float], tuple[float, float, float]], column: str, rows: pd.DataFrame, how: str
) -> tuple[pd.DataFrame, Measured]:
    """Widths at the largest budget, and their slope; for training, with the effect of more updates."""
    most, half = by_budget(rows)
    widths = widths_needed(most, column)
    measured = Measured(lambda α: slope(widths, α), int((widths["d"] >= FIRST_D).sum()), how=how)
    if column != "error":
        return widths, measured
    before = slope(widths_needed(half, column), DEFAULT_LEVEL)[0] if len(half) else float("nan")
    return widths, with_later(measured, before)


def _bits(activation: str, column: str, rows: pd.DataFrame) -> Verdict:
    how = f"{READ_OFF} Slope of the mean log2(width) on d, with Student and Welch's {percent()} interval over targets."
    widths, measured = _measured(bits, column, rows, f"{how} {FEW}")
    return (
        TRIALS[column]
        .but(source=PYRAMIDS, bears_on=on("brute-force-proof", role="variant"))
        .verdict(
            _name(LIPSCHITZ, activation, column),
            f"With {UNITS_OF[column]}{_budget(column, rows)}, the width that reaches a relative error of "
            f"{_level(rows):g} for pyramids of random sign at least doubles with every dimension, {_range(widths)}.",
            measured,
            budgets.at_least(BITS),
            prediction=f"bits per dimension >= {BITS:g}",
            notes=f"width: {_medians(widths)}",
            **_switches(rows, column),
        )
    )


def _power(family: str, activation: str, column: str, rows: pd.DataFrame) -> Verdict:
    level = _level(rows)
    how = (
        f"{READ_OFF} Slope on log(d) of the mean logarithm of width over Barron's bound, with the exact norm of each "
        f"target, and Student and Welch's {percent()} interval over targets, or over runs if there is one target only. "
        "The power of the bound is added. It says nothing about other dimensions."
    )
    widths, measured = _measured(lambda some, α: power(some, level, α), column, rows, how)
    promised = barron_power(widths, level)
    source = SOURCE if column == "construction_error" else BARRONS.source
    bearing = on("brute-force-proof", "against", "variant")
    return (
        TRIALS[column]
        .but(source=source, bears_on=bearing)
        .verdict(
            _name(family, activation, column),
            f"With {UNITS_OF[column]}{_budget(column, rows)}, the width that reaches a relative error of {level:g} for "
            f"the targets {family} grows no faster with d than Barron's bound of this width, {_range(widths)}.",
            measured,
            budgets.at_most(promised),
            prediction=f"power of d <= {promised:.3g}, that of (2 C / error)²",
            notes=f"width: {_medians(widths)}",
            **_switches(rows, column),
        )
    )


def _fixed(activation: str, rows: pd.DataFrame) -> Verdict:
    level, widths = _level(rows), widths_needed(by_budget(rows)[0], RANDOM)
    d = np.array(sorted(rows["d"].unique()), float)
    bound = fixed_bases.units_for_orthants(d, level)
    growths = np.diff(np.log2(bound)) / np.diff(d) if len(d) > 1 else np.array([np.nan])
    ratio = widths["low"] / fixed_bases.units_for_orthants(widths["d"].to_numpy(float), level)
    how = (
        f"The least growth of the proved bound, (1 - {level:g}²) 2^d - 1 units, which holds for all units and for the "
        "mean over all signs; the interval goes to the largest growth. Random features only try to refute it."
    )
    return FIXED.verdict(
        f"{LIPSCHITZ}/{activation}/fixed-units",
        "Units that do not depend on the target need a width that at least doubles with every dimension, for a "
        f"relative error of {level:g} over pyramids of random sign.",
        Measured.exactly(growths.min(), len(d), growths.min(), growths.max(), how),
        Rule(
            f"Supported if all growths are {BITS:g} or more, contradicted if one is less.",
            lambda m: decide(m.low >= BITS, m.low < BITS),
        ),
        prediction=f"bits per dimension >= {BITS:g}",
        notes=f"random features reach the level with {ratio.min():.3g} to {ratio.max():.3g} times the units of the "
        f"bound; a single target may need fewer units than the mean; width: {_medians(widths)}",
        **_switches(rows, RANDOM),
    )


def _counted_bits(activation: str, column: str, rows: pd.DataFrame) -> Verdict:
    widths = widths_needed(by_budget(rows)[0], column)
    ends = extremes(widths)
    steps = np.diff(ends.index.to_numpy(float))
    least = (ends["min"].to_numpy()[1:] - ends["max"].to_numpy()[:-1]) / steps
    most = (ends["max"].to_numpy()[1:] - ends["min"].to_numpy()[:-1]) / steps
    low, high = (float(np.min(least)), float(np.max(most))) if len(steps) else (np.nan, np.nan)
    how = (
        "Guaranteed widths, counted exactly. Measured is the least growth of any two targets from one d to the next; "
        "the interval ends at the largest. Other networks may need fewer units than this proof."
    )
    return PROVED.verdict(
        _name(LIPSCHITZ, activation, column),
        "The width that the brute-force proof needs for pyramids of random sign at least doubles with every dimension, "
        f"{_range(widths)}.",
        Measured.exactly(low, int((widths["d"] >= FIRST_D).sum()), low, high, how),
        at_least(BITS),
        prediction=f"bits per dimension >= {BITS:g}",
        notes=f"width: {_medians(widths)}",
        **_switches(rows, column),
    )


def _counted_power(family: str, activation: str, column: str, rows: pd.DataFrame) -> Verdict:
    widths = widths_needed(by_budget(rows)[0], column)
    promised = barron_power(widths, _level(rows))
    ends = extremes(widths)
    doublings = np.log2(ends.index.max() / ends.index.min())
    first, last = ends.iloc[0], ends.iloc[-1]
    low, high = (
        (float((last[a] - first[b]) / doublings) if doublings else np.nan) for a, b in (("min", "max"), ("max", "min"))
    )
    how = (
        "Guaranteed widths, counted exactly. Measured is the power of d from the first d to the last; the interval "
        "goes from the least to the largest power of any two targets."
    )
    return BARRONS.verdict(
        _name(family, activation, column),
        f"The width that the brute-force proof needs for the targets {family} grows no faster with d than Barron's "
        f"bound, {_range(widths)}.",
        Measured.exactly((low + high) / 2, int((widths["d"] >= FIRST_D).sum()), low, high, how),
        at_most(promised),
        prediction=f"power of d <= {promised:.3g}, that of (2 C / error)²",
        notes=f"width: {_medians(widths)}",
        **_switches(rows, column),
    )


def _level(rows: pd.DataFrame) -> float:
    return float(rows["relative_error"].iloc[0])


def _medians(widths: pd.DataFrame) -> str:
    return ", ".join(f"{_median(mine)} at d = {d}" for d, mine in widths.groupby("d"))


def _median(mine: pd.DataFrame) -> str:
    low, high = mine["low"].median(), mine["high"].median()
    return f"{low:.3g}" if low == high else f"> {low:.3g}" if np.isinf(high) else f"{low:.3g} to {high:.3g}"
