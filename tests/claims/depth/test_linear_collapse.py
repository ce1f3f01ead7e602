"""The rules of depth.linear-collapse on a small real run, as it is and spoiled."""

import pytest

from experiments.claims.depth import linear_collapse
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


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
