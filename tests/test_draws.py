"""Numbers that tests draw: the same ones in every order of tests, and on any number of workers."""

import numpy as np
import pytest

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("place", ["first", "second"])
def test_a_test_draws_the_same_numbers_whatever_ran_before(place):
    assert RANDOM.random() == np.random.default_rng(0).random()
