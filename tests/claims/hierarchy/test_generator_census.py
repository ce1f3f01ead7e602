"""The fewest gates and the fewest units of all small functions."""

import pytest

from experiments.claims.hierarchy import generator_census
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


def test_few_steps_mean_few_units_on_average_and_not_always():
    table = measured(generator_census, generator_census.Settings(n=[3, 4]))
    assert table.groupby("n")["functions"].sum().to_dict() == {3: 256, 4: 65536}
    assert verdicts(generator_census.judge(table)) == {
        "on-average": SUPPORTED,
        "always": CONTRADICTED,
        "other-way": CONTRADICTED,
    }
    always = {one.claim: one for one in generator_census.judge(table)}["always"]
    # Parity of four bits, or its complement, made by three gates: four units, more than any other function.
    assert always.measured == 4
    assert any(word in always.notes for word in ("1001011001101001", "110100110010110"))
    assert set(drawn(generator_census, table)) == {"census"}


def test_the_control_is_the_mean_over_functions_with_as_many_ones():
    table = measured(generator_census, generator_census.Settings(n=[2]))
    # Of two bits: constants need no unit, the six of two ones four times 1 and twice 2, all others 1.
    zero = table[(table["steps"] == 0) & (table["width"] == 1)].iloc[0]
    assert zero["functions"] == 4
    assert zero["control"] == pytest.approx((4 * 1 + 2 * 2) / 6)


@pytest.mark.parametrize(("shift", "outcome"), [(-1e-9, SUPPORTED), (0.0, INCONCLUSIVE), (1e-9, CONTRADICTED)])
def test_the_mean_decides_on_either_side_of_its_control(shift, outcome):
    table = measured(generator_census, generator_census.Settings(n=[2]))
    planted = table.assign(control=table["width"] - shift)
    assert verdicts(generator_census.judge(planted))["on-average"] == outcome
