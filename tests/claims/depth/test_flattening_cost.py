"""The rules of depth.flattening-cost on planted ratios, and small real runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import flattening_cost
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import reach
from tests.support import drawn, measured, quantities, verdicts
from theory.depth import flattening


def outcomes(table: pd.DataFrame) -> dict[str, str]:
    return verdicts(flattening_cost.judge(table))


def planted_ratios(factor: float, error: float) -> pd.DataFrame:
    """Ratios that are a factor times the formula, known to a relative error."""
    rows = [
        {"n": n, "p": p, "weights": "zero-one", "pairs": 10, "formula": flattening.ratio(n, p)}
        for n in (256, 1000)
        for p in (0.0005, 0.05, 0.1, 0.7)
    ]
    table = pd.DataFrame(rows)
    noise = 1 + error * np.random.default_rng(0).standard_normal(len(table))
    ratio, margin = factor * noise * table["formula"], error * table["formula"]
    return table.assign(
        never_cancelling=table["formula"],
        ratio=ratio,
        ratio_error=margin,
    )


@pytest.mark.parametrize(
    ("factor", "error", "expected"),
    [
        (1.0, 0.002, SUPPORTED),
        (1.03, 0.002, SUPPORTED),
        (1.05, 0.002, INCONCLUSIVE),
        (1.08, 0.002, CONTRADICTED),
        (0.92, 0.002, CONTRADICTED),
        (1.0, 0.1, INCONCLUSIVE),
    ],
)
def test_planted_ratios(factor, error, expected):
    found = outcomes(planted_ratios(factor, error))
    assert found["formula/zero-one"] == expected


def test_flattening_that_always_costs_would_be_supported():
    costly = planted_ratios(1.0, 0.002)
    assert outcomes(costly)["always-costs"] == CONTRADICTED
    assert outcomes(costly[costly["p"].between(0.01, 0.2)])["always-costs"] == SUPPORTED


def test_counted_synapses_follow_the_formula_and_signs_do_not():
    table = measured(flattening_cost, flattening_cost.Settings(n=[100], p=[0.1, 0.3, 0.7, 1.0], draws=20))
    found = outcomes(table)
    assert found == {
        "formula/normal": SUPPORTED,
        "formula/signs": CONTRADICTED,
        "formula/zero-one": SUPPORTED,
        "cancellation/signs": SUPPORTED,
        "always-costs": CONTRADICTED,
    }
    assert set(drawn(flattening_cost, table)) == {"flattening-cost"}


def test_settings_with_few_synapses_do_not_decide():
    table = planted_ratios(1.0, 0.002)
    sparse = table["p"] == 0.0005
    off = table.assign(ratio=table["ratio"].where(~sparse, 2 * table["ratio"]))
    assert outcomes(off)["formula/zero-one"] == SUPPORTED
    (formula,) = [one for one in flattening_cost.judge(off) if "formula" in one.claim]
    assert formula.samples == off.loc[~sparse, "pairs"].sum()
    assert "formula/zero-one" not in outcomes(off[sparse])


def test_a_ratio_without_any_spread_must_be_the_formulas():
    full = measured(flattening_cost, flattening_cost.Settings(n=[200], p=[1.0], weights=["zero-one"], draws=2))
    assert full["ratio"].tolist() == [0.5]
    assert outcomes(full)["formula/zero-one"] == SUPPORTED
    wrong = full.assign(never_cancelling=0.6, formula=0.6)
    assert outcomes(wrong)["formula/zero-one"] == CONTRADICTED


@pytest.mark.parametrize(
    ("beyond", "expected"),
    # All intervals must lie within the margin; one must lie outside at the level divided by the number of settings.
    [(-1.01, SUPPORTED), (-0.99, INCONCLUSIVE), (0.99, INCONCLUSIVE), (1.01, CONTRADICTED)],
)
def test_one_setting_decides_at_the_level_divided_by_their_number(beyond, expected):
    table, error = planted_ratios(1.0, 0.0), 0.005
    settings = len(flattening_cost._judged(table))
    half = float(reach(error, 9, 0.05 if beyond < 0 else 0.05 / settings))
    share = np.ones(len(table))
    share[table.index[(table["n"] == 1000) & (table["p"] == 0.05)]] += flattening_cost.MARGIN + beyond * half
    planted = table.assign(ratio=share * table["formula"], ratio_error=error * table["formula"])
    assert outcomes(planted)["formula/zero-one"] == expected


def test_what_is_measured_of_flattening_is_farthest_from_the_formula_and_where_it_is_smallest():
    table = planted_ratios(1.0, 0.0).assign(ratio_error=0.001)
    table["pairs"] = 10 + np.arange(len(table))
    shares = np.array([1.0, 1.01, 0.98, 1.0, 1.0, 1.015, 1.0, 1.0])
    table = table.assign(ratio=shares * table["formula"])
    found = quantities(flattening_cost.judge(table))
    judged = flattening_cost._judged(table)
    half = float(reach(0.001 / table["formula"][2], 11, 0.05))
    assert found["formula/zero-one"] == pytest.approx((0.98, 0.98 - half, 0.98 + half, judged["pairs"].sum()))
    # The setting with the lowest upper end is measured: the sparsest, with the formula's ratio.
    ends = table["ratio"] + [float(reach(0.001, pairs - 1, 0.05)) for pairs in table["pairs"]]
    least = int(ends.to_numpy().argmin())
    value, low, high, samples = found["always-costs"]
    assert (value, high, samples) == pytest.approx((table["ratio"][least], ends[least], table["pairs"].sum()))
    assert value - low == pytest.approx(high - value)


@pytest.mark.parametrize(("share", "counts"), [(1.001, True), (0.999, False)])
def test_a_setting_counts_from_twenty_thousand_synapses_on_in_both_forms(share, counts):
    def table(n: int, p: float, formula: float) -> pd.DataFrame:
        pairs = share * flattening_cost.COUNTED / (2 * p * n**2) / min(formula, 1.0)
        return pd.DataFrame({"n": [n], "p": [p], "pairs": [pairs], "formula": [formula]})

    # The two layers have fewer, or their product has.
    for formula in (3.0, 0.25):
        assert len(flattening_cost._judged(table(100, 0.1, formula))) == counts


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [(1.01, SUPPORTED), (0.99, INCONCLUSIVE), (-0.99, INCONCLUSIVE), (-1.01, CONTRADICTED)],
)
def test_flattening_always_costs_if_no_interval_reaches_one(beyond, expected):
    table = planted_ratios(1.0, 0.0).head(4)
    settings = len(table)
    half = float(reach(0.01, 9, 0.05 if beyond > 0 else 0.05 / settings))
    table = table.assign(ratio=[3.0, 1 + beyond * half, 2.0, 2.0], ratio_error=0.01)
    assert outcomes(table)["always-costs"] == expected


def test_weights_that_cancel_are_a_variant_of_what_the_paper_says():
    table = planted_ratios(1.0, 0.002)
    both = pd.concat([table, table.assign(weights="signs")], ignore_index=True)
    roles = {one.claim: {bearing.role for bearing in one.bears_on} for one in flattening_cost.judge(both)}
    assert "as stated" in roles["formula/zero-one"]
    assert roles["formula/signs"] == {"variant"}
    assert roles["cancellation/signs"] == {"control"}
