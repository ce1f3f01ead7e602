"""approximation.dimension: the width at which a fixed relative error is reached, against the dimension of the input.

Targets with a bounded Barron norm take no more units than Barron's bound, a power of d; a merely Lipschitz one, here a
pyramid of random sign in every orthant, has as many independent pieces as there are orthants. Three ways to m units are
those of approximation.rate. A fourth is counted, not built: the brute-force proof, which guarantees that error
everywhere. Widths that are reached bound those that are needed from above. From below the latter are bounded for units
that do not depend on the target, see theory/approximation/fixed_bases.py, and not for others.

How fast widths grow is said of the dimensions that were measured, see widths.py and growth.py beside this file.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
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
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging import budgets
from experiments.judging.budgets import by_budget, with_later
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, at_most, decide
from experiments.judging.statistics import DEFAULT_LEVEL, percent
from experiments.judging.verdict import Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import counting, fixed_bases, targets
from theory.approximation.construction import CONSTRUCTIONS

LIPSCHITZ = "pyramids"
# As many pieces as orthants: twice as many with every dimension.
BITS = 1.0
RANDOM = "random_error"
# The construction on a line that the proof uses; a tanh unit is a logistic one, stretched.
CONSTRUCTION = {"rectifier": "interpolant", "tanh": "steps"}
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


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how, see `rate.Settings`; `relative_error` is the error over the target's deviation."""

    family: list[str] = setting(
        ["ridges", "gaussian", LIPSCHITZ], choices=("ridges", "gaussian", LIPSCHITZ), static=True
    )
    d: list[int] = setting([1, 2, 3, 4, 5, 8], low=1, high=16, static=True)
    width: list[int] = setting([2, 4, 8, 16, 32, 64, 256, 1024], low=2, high=4000, static=True)
    activation: list[str] = setting(["rectifier"], choices=tuple(rate.UNITS), static=True)
    input_scale: list[float] = setting([1.0], low=0.001, high=1000.0, static=True)
    learning_rate: list[float] = fields.learning_rate([0.03])
    functions: int = setting(6, low=1, high=1000, counts="function")
    # Functions vary, not runs.
    restarts: int = setting(1, low=1, high=100_000, counts="restart", follows="restarts")
    relative_error: float = setting(0.5, low=0.001, high=0.999)
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(128)
    steps: list[int] = fields.steps([500, 1000], static=True)
    points: int = setting(8192, low=100, high=10_000_000)
    # Half of the budget says what more updates would change, for which fewer functions are enough.
    where: str = setting(
        "(d > 1 or width <= 16) and (d <= 5 or family != 'pyramids') and (width <= 256 or d >= 4 and "
        "family == 'pyramids') and (steps == 1000 or d > 1 and function < 3)"
    )


SMOKE = {
    "family": ["gaussian", "pyramids"],
    "d": [1, 2],
    "width": [8, 16],
    "functions": 2,
    "steps": [50, 100],
    "points": 512,
    "where": (
        "(d > 1 or width <= 16) and (d <= 5 or family != 'pyramids') and (width <= 256 or d >= 4 and "
        "family == 'pyramids')"
    ),
}
FULL = {
    "d": [1, 2, 3, 4, 6, 8, 12, 16],
    "width": [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048],
    "functions": 12,
    "steps": [10_000, 20_000],
    "points": 65_536,
    "where": "(d <= 8 or family != 'pyramids') and (steps == 20000 or function < 6)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `rate.measure`, with the relative error that is asked for.

    `proof_width` is the number of units for which the brute-force proof guarantees that error, in the sup norm.
    """
    names, level = [unit.static(axis) for axis in ("family", "d", "activation")], unit.settings.relative_error
    proof = {number: proof_width(unit.seed, *names, number, level) for number in set(unit.cells["function"].tolist())}
    rows = rate.measure(unit)
    return rows.assign(relative_error=level, proof_width=rows["function"].map(proof))


@functools.cache
def proof_width(seed: int, family: str, d: int, activation: str, function: int, level: float) -> float:
    """Units that the proof needs for a numbered target of a run, the same that is trained."""
    target = targets.FAMILIES[family](d, random_generator(seed, "target", family, d, function))
    kind = CONSTRUCTIONS[CONSTRUCTION[activation]]
    return float(counting.needed_by(target, d, kind, level * target.deviation).neurons)


def work(unit: Unit) -> Work:
    """As for the rate."""
    return rate.work(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return rate.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return rate.is_stuck(table)


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


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Width needed against dimension, a panel for each family; those of the proof, far above, have one of their own."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    of_proof = "brute-force proof"
    figure, axes_of = panels((*families, of_proof), width=2.3, height=2.9, beside=1.7)
    numbers = []
    for (family, activation), column, rows in series(table):
        i = families.index(family) + len(rate.WAYS) if column == PROOF else list(WAYS).index(column)
        label = f"brute force, {family}" if column == PROOF else WAYS[column]
        mine = _summary(widths_needed(by_budget(rows)[0], column))
        _draw_curve(axes_of[of_proof if column == PROOF else family], mine, i, label)
        numbers.append(mine.assign(family=family, activation=activation, way=WAYS[column]))
    d = np.array(sorted(table["d"].unique()))
    for title, axes in axes_of.items():
        labels = ("2^d", "d²") if title == of_proof else ("", "")
        axes.plot(d, 2.0**d, "k--", lw=0.8, label=labels[0])
        axes.plot(d, d**2.0, "k:", lw=0.8, label=labels[1])
        axes.set_xticks(d)
        axes.set_yscale("log", base=2)
        axes.set_title(title)
    label_outside(figure, "d, dimensions", f"width for a relative error of {table['relative_error'].iloc[0]:g}")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    lost = int((~every["reached"]).sum())
    title = f"The width for a given error grows with the dimension as the target and the way decide; {lost} not reached"
    caption = "Widths with intervals; hollow marks are lower ends of what was not reached."
    return {"dimension-width": Drawing(figure, every, title, caption)}


def _summary(widths: pd.DataFrame) -> pd.DataFrame:
    """For each d the median over tasks, of bounds from below where widths are not known, the extremes, and whether all
    were reached.
    """
    columns: dict[str, Any] = {"width": ("low", "median"), "low": ("low", "min"), "high": ("low", "max")}
    return (
        widths.groupby("d").agg(**columns, reached=("high", lambda high: bool(np.isfinite(high).all()))).reset_index()
    )


def _draw_curve(axes: Any, mine: pd.DataFrame, i: int, label: str) -> None:
    """A curve over d, in the i-th colour; a hollow triangle where the width was not reached and is more than that."""
    axes.plot(mine["d"], mine["width"], color=COLOURS[i], marker=MARKERS[i], ms=4, lw=1, label=label)
    axes.fill_between(mine["d"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
    beyond = mine[~mine["reached"]]
    axes.plot(beyond["d"], beyond["width"], "^", color=COLOURS[i], ms=9, mfc="none")
