"""Least powers: by their definition, and where logarithms in floating point would be one off."""

import pytest

from experiments.ensemble.powers import least_power


@pytest.mark.parametrize("base", [2, 3, 4, 5])
def test_it_is_the_least_power_from_a_number_on(base):
    for number in range(1, 700):
        assert least_power(base, number) == min(base**i for i in range(11) if base**i >= number)
    # math.log(5**3, 5) is above 3.
    assert [least_power(base, base**i) for i in range(40)] == [base**i for i in range(40)]
