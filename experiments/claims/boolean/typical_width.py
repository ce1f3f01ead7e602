"""boolean.typical-width: how many hidden threshold units a typical function of six bits needs, and the worst known.

Functions are drawn from all 2^(2^n). For each, formulas exclude networks of too few units, and a network in integers
shows that its number of units suffices, see theory/boolean/least_width/. Where the solver gives up, a network of fewer
units than parity needs is sought by descent, and both ends of what is known are kept. Up to five bits all functions are
counted (`boolean.census-of-five-bits`).

Counting says when the exponential has to begin: the least width of nearly every function grows as 2^n / n², and passes
n at eleven bits. A typical function of six bits needs fewer units than parity.
"""

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.boolean._one_hidden_layer import drawn, in_digits, of_few_bits
from experiments.claims.boolean.census_of_five_bits import counting
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble.host import on_all_cores
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Verdict
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean import five_bits, least_width
from theory.boolean.census import LARGEST_N
from theory.boolean.functions import Truth

# A solver gives up on a formula after this number of conflicts. Formulas of six bits need at most some 20,000.
CONFLICTS = 50_000
# Where it gives up, so many networks are trained for a function, with so many updates each.
RESTARTS, UPDATES = 2_048, 3_000
# Counting bounds are asked for up to this n, for the figure and for the n at which they pass n.
LARGEST_COUNTED = 14
# All functions are counted up to this n.
COUNTED_UP_TO = 5

TYPICAL = drawn("ours: each function decided by satisfiability; for n <= 5 the census")
FEW_BITS = of_few_bits(TYPICAL)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, and the functions that are drawn for each."""

    n: list[int] = setting([6], low=3, high=8, static=True)
    functions: int = setting(30, low=1, high=1_000_000, counts="function")


SMOKE = {
    "n": [4],
    "functions": 8,
}
FULL = {
    "functions": 1000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per function: its truth table, both bounds of its least number of units, and the network.

    `half_before` is what half of all functions of one bit less need, where all of them are counted.
    """
    n = unit.static("n")

    truths = [np.random.default_rng(key).integers(0, 2, 2**n).astype(np.uint8) for key in unit.keys]
    bounds = on_all_cores(lambda truth: least_width.bounds(truth, CONFLICTS), truths)
    for which, network in _sought(n, [which for which, one in enumerate(bounds) if not one.network], truths, unit.keys):
        bounds[which] = bounds[which]._replace(upper=network.gate.units, network=network)
    rows = [
        {
            "truth": in_digits(truth),
            "lower": lower,
            "upper": upper,
            "network": str(network or ""),
        }
        for truth, (lower, upper, network) in zip(truths, bounds, strict=True)
    ]
    half_before = median_of_all(n - 1) if n - 1 <= COUNTED_UP_TO else np.nan
    return unit.cells.reset_index(drop=True).assign(**pd.DataFrame(rows), half_before=half_before)


def _sought(
    n: int, open_: list[int], truths: list[Truth], keys: np.ndarray
) -> Iterator[tuple[int, least_width.Network]]:
    """Networks of fewer than n units of the functions that are open, as far as descent finds them."""
    if not open_:
        return
    from experiments.claims.boolean import _softened_search

    rngs = [np.random.default_rng([*keys[which], 1]) for which in open_]
    found = _softened_search.found([truths[which] for which in open_], n - 1, RESTARTS, UPDATES, rngs)
    yield from ((which, network) for which, network in zip(open_, found, strict=True) if network)


def work(unit: Unit) -> Work:
    """A second for a function of six bits on one core, and twenty times as much for one of seven."""
    return Work(0, len(unit.cells) * 5e8 * 20.0 ** (unit.static("n") - 6))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Shares over the functions drawn at the largest n."""
    n = int(table["n"].max())
    rows = table[table["n"] == n]
    return [_below_parity(rows, n), _near_the_bound(rows, n), _one_unit_per_bit(table, n)]


def share_within(rows: pd.DataFrame, units: float) -> Measured:
    """The share of functions with a network of so many units; beside it the share of which all are excluded."""
    n = rows["n"].max()
    within = Measured.share(rows["upper"] <= units, how=f"Of functions of {n} bits the share that needs no more units.")
    excluded = Measured.share(rows["lower"] > units, how="Of functions the share that needs more units.")
    return dataclasses.replace(within, beside={"excluded": excluded})


MOST = Rule(
    "Supported if the interval of the share is at or above 1/2; contradicted if the interval of the share of functions "
    "of which networks of so few units are excluded is at or above 1/2; else inconclusive.",
    lambda m: decide(m.low >= 0.5, m.low < 0.5 <= m.beside["excluded"].low),
)


def _below_parity(rows: pd.DataFrame, n: int) -> Verdict:
    ends = next(k for k in range(1, 65) if boolean.counting_bound(k) > k)
    return FEW_BITS.verdict(
        "below-parity",
        "Most functions of n bits need fewer hidden units than n, the number that parity needs.",
        share_within(rows, n - 1),
        MOST,
        finding=f"Of the functions of {n} bits a share of {{measured}} needs fewer than {n} hidden units. This has to "
        f"end: by counting, some function of {ends} bits needs more than {ends}.",
        prediction="share of functions with fewer than n units >= 1/2",
        n=n,
    )


def _near_the_bound(rows: pd.DataFrame, n: int) -> Verdict:
    bound = boolean.counting_bound(n)
    return TYPICAL.verdict(
        "near-the-bound",
        "Most functions of n bits need at most one hidden unit more than counting says that the worst one needs.",
        share_within(rows, bound + 1),
        MOST,
        finding=f"Of the functions of {n} bits a share of {{measured}} needs at most {bound + 1} hidden units, where "
        f"counting says that the worst needs {bound} or more.",
        prediction="share of functions with at most one unit more than the bound >= 1/2",
        n=n,
    )


def _one_unit_per_bit(table: pd.DataFrame, n: int) -> Verdict:
    low, high = half_of(table, n - 1)
    ends = next(k for k in range(2, 65) if boolean.counting_bound(k + 1) - boolean.counting_bound(k) > 1)
    units = low + 1
    return FEW_BITS.verdict(
        "one-unit-per-bit",
        "One more bit adds at most one hidden unit to what half of the functions need.",
        share_within(table[table["n"] == n], units),
        MOST.provided(low == high, "Inconclusive if half of the functions of a bit less is not known exactly."),
        finding=f"Of the functions of {n} bits a share of {{measured}} needs at most {units:g} hidden units, one more "
        f"than half of those of {n - 1} bits. What counting asks for rises by more than one unit a bit from {ends} on.",
        prediction="share of functions with at most one unit more than half of those of a bit less >= 1/2",
        n=n,
    )


def half_of(table: pd.DataFrame, n: int) -> tuple[float, float]:
    """Between which numbers of units half of the functions of n bits lie: equal where all are counted or decided."""
    exact = table.loc[table["n"] == n + 1, "half_before"].dropna()
    if len(exact):
        return float(exact.iloc[0]), float(exact.iloc[0])
    drawn = table[table["n"] == n]
    return float(drawn["lower"].median()), float(drawn["upper"].median())


@functools.cache
def median_of_all(n: int) -> int:
    """The number of units that half of all functions of n <= 5 bits need at most, exactly."""
    if n <= LARGEST_N:
        return int(np.sort(boolean.minimum_widths(n))[2 ** (2**n - 1) - 1])
    census, sizes = counting.kept(), five_bits.all_classes().sizes
    share = np.bincount(census.widths, sizes) / 2.0 ** (2**n)
    return int(np.searchsorted(np.cumsum(share), 0.5))


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The median of the least width over n, beside parity, the counting bound and the construction."""
    known = {n: (float(median_of_all(n)),) * 2 for n in range(2, LARGEST_N + 1)}
    known |= {n: half_of(table, n) for n in range(LARGEST_N + 1, table["n"].max() + 1)}
    numbers = pd.DataFrame(known, index=["low", "high"]).T.dropna().rename_axis("n").reset_index()
    figure = new_figure(6.4, 3.8)
    (axes,) = figure.axes
    n = range(1, LARGEST_COUNTED + 1)
    bound = [boolean.counting_bound(k) for k in n]
    axes.plot(n, [boolean.construction_width(k) for k in n], ":", color=COLOURS[3], label="the construction, 2^(n-1)")
    axes.plot(n, n, "--", color=COLOURS[1], label="parity, n (exact up to 6)")
    axes.plot(n, bound, "-", color=COLOURS[2], label="needed by nearly all: counting")
    middle = (numbers["low"] + numbers["high"]) / 2
    ends = [middle - numbers["low"], numbers["high"] - middle]
    axes.errorbar(numbers["n"], middle, ends, fmt="o", color=COLOURS[0], capsize=3, label="half of all functions")
    axes.set_yscale("log", base=2)
    axes.set_ylim(0.8, 2 * max(bound))
    axes.set_xlabel("n, bits")
    axes.set_ylabel("hidden threshold units")
    axes.legend(loc="upper left")
    last = numbers.iloc[-1]
    needed = f"{last['low']:g}" if last["low"] == last["high"] else f"{last['low']:g} to {last['high']:g}"
    title = f"Half of the functions of {last['n']:.0f} bits need {needed} hidden units, far fewer than the construction"
    caption = (
        "The median of the least width, of all functions for n <= 5 and of functions drawn beyond. "
        "A bar spans what is known where a solver gave up."
    )
    return {"typical-width": Drawing(figure, numbers, title, caption)}
