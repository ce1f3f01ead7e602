"""Counted widths of the proof against the dimension."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import construction_growth
from experiments.drawing.style import house_style
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts


def planted_growth(target: str, law, d=(1, 2, 4, 8)) -> pd.DataFrame:
    rows = [{"d": one, "error": error, "log2_neurons": np.log2(law(one) / error)} for error in (0.5, 0.1) for one in d]
    return pd.DataFrame(rows).assign(target=target, construction="steps")


@pytest.mark.parametrize(
    ("law", "any_function", "ridges"),
    [
        (lambda d: 3.0 * 2.1**d, SUPPORTED, CONTRADICTED),
        (lambda d: 5.0 ** (d * np.log2(d + 1)), SUPPORTED, CONTRADICTED),
        (lambda d: d**2.0, CONTRADICTED, CONTRADICTED),
        (lambda d: 2.0**d if d < 8 else 2.0**5, CONTRADICTED, CONTRADICTED),
        (lambda d: 9.0 * d**0.5, CONTRADICTED, SUPPORTED),
        (lambda d: 9.0, CONTRADICTED, SUPPORTED),
    ],
)
def test_whether_the_width_doubles_with_every_dimension(law, any_function, ridges):
    name = "scaled/steps"
    assert verdicts(construction_growth.judge(planted_growth("scaled", law)))[name] == any_function
    assert verdicts(construction_growth.judge(planted_growth("ridges", law)))["ridges/steps"] == ridges
    alone = planted_growth("scaled", law, d=(3,))
    assert verdicts(construction_growth.judge(alone))[name] == INCONCLUSIVE


def test_growth_at_the_border_itself_is_supported_and_the_worst_error_counts():
    table = planted_growth("scaled", lambda d: 2.0**d)
    assert verdicts(construction_growth.judge(table[table["error"] == 0.5])) == {"scaled/steps": SUPPORTED}
    ridges = planted_growth("ridges", lambda d: d)
    assert verdicts(construction_growth.judge(ridges[ridges["error"] == 0.5])) == {"ridges/steps": SUPPORTED}
    # With an error of 0.1 growth is slower by a quarter of a bit per dimension.
    slower = table.assign(log2_neurons=table["log2_neurons"] - (table["error"] == 0.1) * table["d"] / 4)
    found = quantities(construction_growth.judge(slower))["scaled/steps"]
    assert found == pytest.approx((0.75, 0.75, 1.0, 8))
    by_power = quantities(construction_growth.judge(slower.assign(target="ridges")))["ridges/steps"]
    assert by_power == pytest.approx((7 / 3, 7 / 3 * 0.75, 7 / 3, 8))


def test_a_small_count_is_what_it_should_be():
    settings = construction_growth.Settings(d=[1, 2, 6], error=[0.5])
    table = measured(construction_growth, settings)
    assert set(verdicts(construction_growth.judge(table)).values()) == {SUPPORTED}
    same = table.groupby(["construction", "d", "target"])["neurons"].first().unstack("target")
    # In one dimension the first two targets are the same.
    one = same.xs(1, level="d")
    assert (one["lipschitz"] == one["scaled"]).all()
    log = table["neurons"].map(lambda digits: np.log2(float(digits)))
    assert np.allclose(log, table["log2_neurons"])
    assert (table.loc[table["target"] == "ridges", "ridges_needed"] == "3").all()
    with house_style():
        assert len(construction_growth.draw(table)["construction-growth"].numbers) == len(table)
