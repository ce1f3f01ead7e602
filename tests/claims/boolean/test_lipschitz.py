"""Lipschitz functions: bounds that grow with every dimension, and the extensions that they rest on."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import lipschitz
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts


def planted(growth: dict[str, float], steepest: float = 1.0, misses: float = 0.0, largest: float = 1.0) -> pd.DataFrame:
    n = np.array([24, 2, 16, 3, 20])
    bounds = {
        f"log2_{name}": one * n
        for name, one in ({"rectifiers": 0.9, "thresholds": 0.9, "neurons": 0.5} | growth).items()
    }
    looked = n <= 3
    seen = {"steepest": steepest, "misses": misses, "largest": largest}
    return pd.DataFrame({"n": n, **bounds} | {name: np.where(looked, one, np.nan) for name, one in seen.items()})


@pytest.mark.parametrize(
    ("name", "enough", "too_little"),
    [("rectifiers", 0.501, 0.499), ("thresholds", 0.501, 0.499), ("neurons", 0.334, 0.332)],
)
def test_each_bound_decides_from_its_border_on(name, enough, too_little):
    assert verdicts(lipschitz.judge(planted({name: enough})))[name] == SUPPORTED
    assert verdicts(lipschitz.judge(planted({name: too_little})))[name] == CONTRADICTED
    assert quantities(lipschitz.judge(planted({name: enough})))[name][0] == pytest.approx(enough)


def test_bounds_say_nothing_of_lipschitz_functions_if_an_extension_is_too_steep_or_misses_a_value():
    for changes in ({"steepest": 1.5}, {"misses": 1.0}):
        judged = verdicts(lipschitz.judge(planted({}, **changes)))
        assert [judged[name] for name in ("rectifiers", "thresholds", "neurons")] == [CONTRADICTED] * 3
    assert verdicts(lipschitz.judge(planted({}, largest=1.5)))["nothing"] == CONTRADICTED


def test_networks_that_approximate_all_lipschitz_functions_are_exponentially_large():
    table = measured(lipschitz, lipschitz.Settings(n=[1, 2, 3, *range(16, 33)]))
    assert set(verdicts(lipschitz.judge(table)).values()) == {SUPPORTED}
    # Growth per dimension cannot exceed a factor of 2.
    grown = quantities(lipschitz.judge(table))
    assert all(1 / 3 < grown[name][0] < 1 for name in ("rectifiers", "thresholds", "neurons"))
    assert list(lipschitz.draw(table)) == ["lipschitz"]


def test_without_large_or_small_dimensions_nothing_is_decided():
    few = lipschitz.judge(measured(lipschitz, lipschitz.Settings(n=[2, 3])))
    assert verdicts(few)["rectifiers"] == INCONCLUSIVE
    assert verdicts(lipschitz.judge(measured(lipschitz, lipschitz.Settings(n=[16, 20]))))["nothing"] == INCONCLUSIVE
