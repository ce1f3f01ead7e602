"""The rules of depth.linear-collapse on a small real run, as it is and spoiled."""

import pandas as pd
import pytest

from experiments.claims.depth import linear_collapse
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def test_linear_networks_collapse_and_rectifiers_do_not():
    table = measured(linear_collapse, linear_collapse.Settings(layers=[1, 3], width=[2, 4], draws=3))
    assert set(verdicts(linear_collapse.judge(table)).values()) == {SUPPORTED}
    for column, wrong in (("equal", False), ("of_bound", 1.5), ("bent", False), ("rank", 3)):
        spoiled = verdicts(linear_collapse.judge(table.assign(**{column: wrong})))
        assert list(spoiled.values()).count(CONTRADICTED) == 1
    assert set(drawn(linear_collapse, table)) == {"linear-parameters"}


@pytest.mark.parametrize(("of_bound", "expected"), [(1.0, SUPPORTED), (1.0 + 1e-12, CONTRADICTED)])
def test_a_difference_of_the_bound_is_rounding_and_a_larger_one_is_not(of_bound, expected):
    table = measured(linear_collapse, linear_collapse.Settings(layers=[1], width=[4], draws=2))
    assert verdicts(linear_collapse.judge(table.assign(of_bound=of_bound)))["float64"] == expected


def test_networks_of_which_some_are_dead_decide_nothing():
    table = measured(linear_collapse, linear_collapse.Settings(layers=[1], width=[4], draws=2))
    found = verdicts(linear_collapse.judge(table.assign(bent=[True, False])))
    assert found["rectifiers"] == INCONCLUSIVE


def test_what_is_measured_of_collapsed_networks_are_shares_and_the_worst_difference():
    columns = {
        "width": [1, 2, 8, 8, 8],
        "equal": [True, True, False, True, True],
        "of_bound": [0.1, 0.5, 0.2, 0.9, 0.3],
    }
    table = pd.DataFrame(columns).assign(layers=2, bent=[False, True, True, True, False], rank=[1, 3, 4, 4, 4])
    judged = linear_collapse.judge(table)
    assert quantities(judged) == {
        "exact": (0.8, 0.8, 0.8, 5),
        "float64": (0.9, 0.9, 0.9, 5),
        "rectifiers": (2 / 3, 2 / 3, 2 / 3, 5),
        "narrow": (0.5, 0.5, 0.5, 2),
    }
    assert list(verdicts(judged).values()) == [CONTRADICTED, SUPPORTED, INCONCLUSIVE, CONTRADICTED]
    # Networks as wide as inputs or outputs lose nothing, and a narrow one that is bent does not make wide ones so.
    assert "narrow" not in verdicts(linear_collapse.judge(table.assign(width=[3, 3, 8, 8, 8])))
    assert verdicts(linear_collapse.judge(table.assign(bent=table["width"] == 2)))["rectifiers"] == INCONCLUSIVE
    assert verdicts(linear_collapse.judge(table.assign(bent=table["width"] == 8)))["rectifiers"] == SUPPORTED
