"""Verdicts of approximation.dimension: what its table says, put before rules."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import rate
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
from experiments.judging import budgets
from experiments.judging.budgets import by_budget, with_later
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, at_most, decide
from experiments.judging.statistics import DEFAULT_LEVEL, percent
from experiments.judging.verdict import Verdict, on
from theory.approximation import fixed_bases

LIPSCHITZ = "pyramids"


# As many pieces as orthants: twice as many with every dimension.
BITS = 1.0


RANDOM = "random_error"


UNITS_OF = rate.UNITS_OF | {PROOF: "the units of the brute-force proof"}


PYRAMIDS = (
    "ours: a pyramid of random sign in every orthant has 2^d pieces. UML Thm 20.5 is about what all networks need for "
    "all Lipschitz functions, and about their largest error"
)


PROVED = rate.BEST_UNITS.but(
    source="the post, ch. II: the proof is brute force, and its hidden layer exponentially wide",
    bears_on=on("brute-force-proof"),
    switches={"output": "linear", "norm": "largest error, guaranteed, see theory/approximation/counting.py"},
)


BARRONS = PROVED.but(
    source=f"ours: {rate.SOURCE} says it of the best units only",
    bears_on=on("brute-force-proof", "against", "variant"),
)


FIXED = rate.BEST_UNITS.but(
    source="derived in theory/approximation/fixed_bases.py; Barron 1993 has such a theorem for his own class",
    bears_on=on("brute-force-proof", role="variant"),
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, activation and way how fast the width grows; and what units that are fixed before need."""
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
    "Where the error of a target falls to the level, a power law between two widths: widths that are reached, no least "
    "ones. Of training the first quarter of the targets chooses the learning rate at each width and the others are "
    "judged; nothing is chosen where there is one rate. What is not reached is above the largest width, and the "
    "interval holds wherever it is."
)


FEW = "It says nothing about other dimensions: a handful tells no exponential from a power with a constant beside it."


def _name(family: str, activation: str, column: str) -> str:
    return f"{family}/{activation}/{WAYS[column].replace(' ', '-')}"


def _switches(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    family, activation = rows["family"].iloc[0], rows["activation"].iloc[0]
    found = rate.switches((family, "d", activation), rows) | {"d": rows["d"].sort_values()}
    trained = ("points", "width", "updates", "learning_rate", "input_scale")
    return {name: value for name, value in found.items() if column != PROOF or name not in trained}


def _measured(
    slope: Callable[[pd.DataFrame, float], tuple[float, float, float]], column: str, rows: pd.DataFrame, how: str
) -> tuple[pd.DataFrame, Measured]:
    """Widths at the largest budget, and a slope of them, of training with what more updates may change."""
    most, half = by_budget(rows)
    widths = widths_needed(most, column)
    measured = Measured(lambda α: slope(widths, α), int((widths["d"] >= FIRST_D).sum()), how=how)
    if column != "error":
        return widths, measured
    before = slope(widths_needed(half, column), DEFAULT_LEVEL)[0] if len(half) else float("nan")
    return widths, with_later(measured, before)


def _bits(activation: str, column: str, rows: pd.DataFrame) -> Verdict:
    how = (
        f"{READ_OFF} Slope of the mean log2(width) on d with a {percent()} interval by Student and Welch over targets."
    )
    widths, measured = _measured(bits, column, rows, f"{how} {FEW}")
    return (
        rate.TRIALS[column]
        .but(source=PYRAMIDS, bears_on=on("brute-force-proof", role="variant"))
        .verdict(
            _name(LIPSCHITZ, activation, column),
            f"With {UNITS_OF[column]}{_budget(column, rows)} the width at which a relative error of {_level(rows):g} "
            f"is reached for pyramids of random sign doubles with every dimension, at least, {_range(widths)}.",
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
        f"{READ_OFF} Slope of the mean logarithm of width over Barron's bound, with the exact norm of each target, on "
        f"log(d), and a {percent()} interval by Student and Welch over targets, or over runs where there is one target "
        "only; the power of the bound is added. It says nothing about other dimensions."
    )
    widths, measured = _measured(lambda some, α: power(some, level, α), column, rows, how)
    promised = barron_power(widths, level)
    source = rate.SOURCE if column == "construction_error" else BARRONS.source
    bearing = on("brute-force-proof", "against", "variant")
    return (
        rate.TRIALS[column]
        .but(source=source, bears_on=bearing)
        .verdict(
            _name(family, activation, column),
            f"With {UNITS_OF[column]}{_budget(column, rows)} the width at which a relative error of {level:g} is "
            f"reached for {family} grows no faster with d than Barron's bound of it, {_range(widths)}.",
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
        f"The least growth of the proved bound, (1 - {level:g}²) 2^d - 1 units, whatever they are and in the mean over "
        "all signs; the interval goes to the largest. Random features only try to refute it."
    )
    return FIXED.verdict(
        f"{LIPSCHITZ}/{activation}/fixed-units",
        "Units that do not depend on the target need a width that doubles with every dimension, at least, for a "
        f"relative error of {level:g} over pyramids of random sign.",
        Measured.exactly(growths.min(), len(d), growths.min(), growths.max(), how),
        Rule(
            f"Supported if all growths are {BITS:g} or more, contradicted if one is less.",
            lambda m: decide(m.low >= BITS, m.low < BITS),
        ),
        prediction=f"bits per dimension >= {BITS:g}",
        notes=f"at the width where random features reach the level they are {ratio.min():.3g} to {ratio.max():.3g} "
        f"times as many, and a single target may take fewer than the mean; width: {_medians(widths)}",
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
        "Guaranteed widths, counted exactly. From each d to the next the least growth of any two targets; measured is "
        "the least of all, the interval ends at the largest. It says what this proof takes, which is no bound for "
        "other networks."
    )
    return PROVED.verdict(
        _name(LIPSCHITZ, activation, column),
        "The width that the brute-force proof takes for pyramids of random sign doubles with every dimension, at "
        f"least, {_range(widths)}.",
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
        "Guaranteed widths, counted exactly. Power of d from the first d to the last; the interval goes from the least "
        "to the largest of any two targets."
    )
    return BARRONS.verdict(
        _name(family, activation, column),
        f"The width that the brute-force proof takes for {family} grows no faster with d than Barron's bound, "
        f"{_range(widths)}.",
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
