"""Widths that are needed against the dimension: planted laws, and a small measurement."""

import math

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import dimension
from experiments.claims.approximation._ways import WAYS
from experiments.claims.approximation.dimension.verdicts import PROOF, bits, widths_needed
from experiments.judging.neurons_needed import needed
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import random_generator
from tests.claims.approximation.test_rate import SMALL, planted_curves
from tests.support import drawn, measured, quantities, verdicts
from theory.approximation import targets


def planted_dimensions(
    width_of_d, family: str, noise: float = 0.1, norm=lambda d: 5.0, dimensions=(1, 2, 3, 4, 6, 8)
) -> pd.DataFrame:
    """Errors that fall as 1/m and are 0.5 at the width needed in d dimensions."""
    parts = []
    for d in dimensions:
        table = planted_curves(-1.0, noise, d=d, family=family, seed=d, norm=norm(d))
        for column in WAYS:
            table[column] *= 0.5 * width_of_d(d) / (1 + table["function"])
        parts.append(table)
    table = pd.concat(parts, ignore_index=True).assign(relative_error=0.5)
    return table.assign(proof_width=table["d"].map(width_of_d))


def way(found, name: str = "training") -> str:
    return next(verdict for claim, verdict in verdicts(found).items() if claim.endswith(name))


@pytest.mark.parametrize(
    ("width_of_d", "expected"),
    [
        (lambda d: 4.5 * 2.0 ** (1.2 * (d - 2)), SUPPORTED),
        (lambda d: 2.0 ** (0.6 * d + 1), CONTRADICTED),
        (lambda d: 3 * d**1.5, CONTRADICTED),
        (lambda d: 1.2 * 2**d, INCONCLUSIVE),
        # Not reached from d = 4 on: the width doubles for certain only if it is small before.
        (lambda d: {1: 4, 2: 1.0, 3: 9.0}.get(d, 1e6), SUPPORTED),
        (lambda d: {1: 4, 2: 30.0, 3: 50.0}.get(d, 1e6), INCONCLUSIVE),
        # Never reached: nothing is known.
        (lambda d: 1e6, INCONCLUSIVE),
    ],
)
def test_whether_the_width_doubles_with_every_dimension_that_was_measured(width_of_d, expected):
    noise = 0.02 if expected != INCONCLUSIVE else 0.4
    table = planted_dimensions(width_of_d, "pyramids", noise, dimensions=(1, 2, 3, 4, 5))
    assert way(dimension.judge(table)) == expected


@pytest.mark.parametrize("family", ["ridges", "gaussian"])
@pytest.mark.parametrize(
    ("width_of_d", "expected"),
    [
        # The norm grows as √d, so Barron's bound of the width grows as d.
        (lambda d: 6 * d**0.7, SUPPORTED),
        (lambda d: 6 * d**1.3, CONTRADICTED),
        (lambda d: 6.0 * d * {2: 1.0, 3: 1.5, 4: 0.7, 6: 1.4, 8: 1.0}.get(d, 1.0), INCONCLUSIVE),
        (lambda d: 30.0 if d < 8 else 1e6, INCONCLUSIVE),
        (lambda d: 10.0, SUPPORTED),
    ],
)
def test_whether_the_width_grows_as_barrons_bound(family, width_of_d, expected):
    noise = 0.02 if expected != INCONCLUSIVE else 0.4
    table = planted_dimensions(width_of_d, family, noise, norm=lambda d: np.sqrt(d))
    found = dimension.judge(table)
    assert way(found) == expected
    assert all(one.prediction == "power of d <= 1, that of (2 C / error)²" for one in found)


def test_what_is_not_reached_is_a_bound_whatever_the_largest_width_is():
    lows = []
    for cap in (16, 32, 64):
        table = planted_dimensions(lambda d: {1: 4, 2: 1.0, 3: 9.0}.get(d, 1e6), "pyramids", 0.02)
        rows = table[(table["width"] <= cap) & (table["steps"] == 10)]
        widths = widths_needed(rows, "error")
        assert np.isinf(widths.loc[widths["d"] >= 4, "high"]).all()
        assert (widths.loc[widths["d"] >= 4, "low"] == cap).all()
        assert widths.loc[widths["d"] == 2, ["low", "high"]].drop_duplicates().to_numpy().tolist() == [[1.0, 4.0]]
        _, low, high = bits(widths)
        assert high == np.inf
        lows.append(low)
    # With a larger cap more is known, and nothing is taken back.
    assert lows == sorted(lows)


def test_the_width_of_the_proof_is_exact_and_the_known_one_in_every_dimension():
    table = planted_dimensions(lambda d: 4.0**d, "gaussian")
    widths = widths_needed(table, PROOF)
    assert (widths["low"] == widths["high"]).all()
    assert widths.groupby("d")["low"].first().to_dict() == {d: 4.0**d for d in (1, 2, 3, 4, 6, 8)}
    (proof,) = (one for one in dimension.judge(table) if one.claim.endswith("brute-force-proof"))
    assert (proof.verdict, proof.evidence) == (CONTRADICTED, "exact")
    (doubles,) = (
        one for one in dimension.judge(table.assign(family="pyramids")) if one.claim.endswith("brute-force-proof")
    )
    assert (doubles.verdict, doubles.low, doubles.evidence) == (SUPPORTED, 2.0, "exact")
    slow = planted_dimensions(lambda d: d**0.5, "gaussian", norm=lambda d: np.sqrt(d))
    assert way(dimension.judge(slow), "brute-force-proof") == SUPPORTED


def test_what_is_counted_of_the_proof_are_the_least_and_largest_growth_of_any_two_targets():
    table = planted_dimensions(lambda d: 4.0**d, "pyramids", dimensions=(1, 2, 3, 5))
    # The second target needs twice as many units at d = 3, and the third half as many at d = 5.
    twice, half = ((table["d"] == d) & (table["function"] == f) for d, f in ((3, 1), (5, 2)))
    table["proof_width"] *= np.where(twice, 2.0, np.where(half, 0.5, 1.0))
    name = "pyramids/tanh/brute-force-proof"
    # From 2 to 3 the widths grow by 2 or 3 bits, from 3 to 5 by 4, less at most 2: 1 to 2 a dimension.
    assert quantities(dimension.judge(table))[name] == (1, 1, 3, 12)
    assert verdicts(dimension.judge(table))[name] == SUPPORTED
    # Less than a doubling of two targets is no contradiction, and less of all of them is one.
    less = table.assign(proof_width=table["proof_width"] * np.where(half, 0.9, 1.0))
    assert verdicts(dimension.judge(less))[name] == INCONCLUSIVE
    slow = planted_dimensions(lambda d: 1.9**d, "pyramids", dimensions=(1, 2, 3, 5))
    assert verdicts(dimension.judge(slow))[name] == CONTRADICTED
    gaussian = quantities(dimension.judge(table.assign(family="gaussian")))["gaussian/tanh/brute-force-proof"]
    # From d = 2 to 5: 6 bits, or 5 for one target.
    low, high = 5 / np.log2(5 / 2), 6 / np.log2(5 / 2)
    assert gaussian == pytest.approx(((low + high) / 2, low, high, 24))


def test_two_dimensions_are_enough_for_a_power():
    table = planted_dimensions(lambda d: 4.0 * d**0.5, "gaussian", 0.02, norm=np.sqrt, dimensions=(2, 4))
    assert way(dimension.judge(table), "brute-force-proof") == SUPPORTED
    one = dimension.judge(table[table["d"] == 2])
    assert {found.verdict for found in one} == {INCONCLUSIVE}


def test_units_that_are_fixed_before_need_as_many_as_orthants_and_random_ones_have_more():
    table = planted_dimensions(lambda d: 2.0**d, "pyramids")
    (fixed,) = (one for one in dimension.judge(table) if one.claim.endswith("fixed-units"))
    assert (fixed.verdict, fixed.evidence) == (SUPPORTED, "exact")
    # (1 - 1/4) 2^d - 1 at d = 6 and 8: 47 and 191.
    assert fixed.low == pytest.approx(np.log2(191 / 47) / 2)


def test_the_width_needed_is_read_off_a_power_law_between_two_widths():
    curve = pd.Series([1.0, 0.25, 0.0625], index=[4, 8, 16])
    assert needed(curve, 0.5) == pytest.approx(np.sqrt(32))
    assert needed(curve, 1.0) == 4
    assert np.isnan(needed(curve, 0.01))
    # Values after the first crossing do not count.
    assert needed(pd.Series([1.0, 0.25, 0.9], index=[4, 8, 16]), 0.25) == pytest.approx(8)


def test_a_small_measurement_of_dimensions():
    settings = dimension.Settings(**SMALL, d=[1, 2], width=[4, 16], points=500, batch=100)
    table = measured(dimension, settings)
    widths = widths_needed(table[(table["family"] == "ridges") & (table["steps"] == 100)], "error")
    assert widths["low"].between(1, 16).all()
    assert (widths["high"] >= widths["low"]).all()
    # Every family has the width of the proof, for the same target that is trained.
    assert {one.claim.split("/")[0] for one in dimension.judge(table)} == {"ridges", "gaussian", "pyramids"}
    assert len([one for one in dimension.judge(table) if one.claim.endswith("brute-force-proof")]) == 3
    assert table.groupby(["family", "d", "function"])["proof_width"].nunique().eq(1).all()
    for (family, d, function), rows in table.groupby(["family", "d", "function"]):
        target = targets.FAMILIES[family](d, random_generator(0, "target", family, d, function))
        assert rows["deviation"].iloc[0] == pytest.approx(target.deviation, rel=0.15)
        if family == "ridges":
            assert rows["norm"].iloc[0] == target.norm
    figure = drawn(dimension, table)["dimension-width"]
    last = figure.numbers[figure.numbers["d"] == figure.numbers["d"].max()]
    assert (
        f"takes 2^{math.log2(last['width'].min()):.0f} to 2^{math.log2(last['width'].max()):.0f} units" in figure.title
    )
