"""Constructions in one dimension are held to their bounds and rates."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import construction
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_construction(power: float, over_bound: float = 1.0, widths=(8, 32, 64, 128, 256)) -> pd.DataFrame:
    width = np.array(widths)
    error = width**power
    facts = {"construction": "interpolant", "target": "sine", "rms": error / 2}
    return pd.DataFrame({"width": width, "sup": error * over_bound, "bound": error}).assign(**facts)


@pytest.mark.parametrize(
    ("table", "bound", "rate"),
    [
        (planted_construction(-2.0), SUPPORTED, SUPPORTED),
        (planted_construction(-3.0), SUPPORTED, SUPPORTED),
        (planted_construction(-2.0, over_bound=1.01), CONTRADICTED, SUPPORTED),
        (planted_construction(-1.0), SUPPORTED, CONTRADICTED),
        (planted_construction(-1.85), SUPPORTED, INCONCLUSIVE),
        (planted_construction(-2.0, widths=(8, 64)), SUPPORTED, INCONCLUSIVE),
        # The target is met exactly.
        (planted_construction(-2.0, over_bound=1e-14), SUPPORTED, SUPPORTED),
    ],
)
def test_constructions_are_held_to_their_bounds_and_rates(table, bound, rate):
    assert verdicts(construction.judge(table)) == {"bound/interpolant": bound, "rate/interpolant": rate}


def test_a_guarantee_that_a_constant_meets_is_not_counted():
    # The best constant has an error of 1 for a sine, and the bounds are 4, 1/4, 1/16.
    table = planted_construction(-2.0, widths=(0.5, 0.9, 1.1, 2, 4))
    assert "in 3 of 5 cases the proof guarantees more" in construction.judge(table)[0].notes


def test_what_is_measured_is_the_worst_network_and_the_slowest_target():
    slow, fast = planted_construction(-1.7, over_bound=0.5), planted_construction(-2.2, over_bound=0.8)
    for tables in ([slow, fast.assign(target="bump")], [fast.assign(target="bump"), slow]):
        bound, rate = quantities(construction.judge(pd.concat(tables, ignore_index=True))).values()
        assert bound == pytest.approx((0.8, 0.8, 0.8, 10))
        assert rate == pytest.approx((0.3, 0.3, 0.3, 10))
    # A target with one such width has no slope, and is the slowest there may be.
    short = pd.concat([slow, planted_construction(-2.2, widths=(8, 64)).assign(target="bump")], ignore_index=True)
    assert verdicts(construction.judge(short))["rate/interpolant"] == INCONCLUSIVE


@pytest.mark.parametrize(
    ("power", "expected"), [(-1.91, SUPPORTED), (-1.89, INCONCLUSIVE), (-1.76, INCONCLUSIVE), (-1.74, CONTRADICTED)]
)
def test_a_rate_is_called_as_fast_up_to_a_tenth_and_slower_from_a_quarter_on(power, expected):
    assert verdicts(construction.judge(planted_construction(power)))["rate/interpolant"] == expected


@pytest.mark.parametrize(("over", "expected"), [(1 + 0.9e-9, SUPPORTED), (1 + 1.1e-9, CONTRADICTED)])
def test_no_more_than_rounding_is_allowed_above_a_bound(over, expected):
    table = planted_construction(-2.0, over_bound=over)
    assert verdicts(construction.judge(table))["bound/interpolant"] == expected


def test_planted_power_laws_are_recovered_and_luck_at_single_widths_does_not_count():
    table = planted_construction(-1.3)
    assert construction.judge(table)[1].measured == pytest.approx(2 - 1.3)
    lucky = table.assign(sup=table["sup"].where(table["width"] != 64, 0.0))
    # At width 64 the larger error of width 128 counts.
    assert construction.envelope(lucky, "sup")[1][1] == pytest.approx(128**-1.3)


def test_small_constructions_are_built_judged_and_drawn():
    settings = construction.Settings(target=["sine", "root"], width=[2, 12, 32, 64], points=501)
    table = measured(construction, settings)
    assert len(table) == 16
    assert verdicts(construction.judge(table))["bound/steps"] == SUPPORTED
    assert (table["rms"] <= table["sup"]).all()
    figures = drawn(construction, table)
    assert set(figures) == {"construction-error", "construction-fit"}
    fit = figures["construction-fit"]
    lines = fit.numbers.pivot(index=["target", "x"], columns="line", values="y")
    away = lines.drop(columns="target").sub(lines["target"], axis=0).abs().max(axis=1)
    assert fit.title.endswith(f"errs by up to {away.max():.2g}, on the {away.idxmax()[0]}")
