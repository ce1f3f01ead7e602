"""Constructions in one dimension are held to their bounds and rates."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import construction
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


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
    table = planted_construction(-2.0, widths=(0.5, 2, 4))
    assert "in 2 of 3 cases the proof guarantees more" in construction.judge(table)[0].notes


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
