import math
from fractions import Fraction

import numpy as np
import pytest

from theory.generalisation import spaces


def test_a_space_is_counted_and_what_is_covered_is_a_fraction_of_it():
    pictures = np.array([[0, 2], [1, 2], [0, 2]])
    assert spaces.points(3, 2) == 9
    assert spaces.points_of_seen_levels(pictures) == 2
    assert spaces.covered(pictures, 9) == Fraction(2, 9)
    assert spaces.log10(Fraction(2, 9)) == pytest.approx(math.log10(2 / 9))


def test_the_digits_have_17_levels_and_their_space_is_not_16_to_the_64():
    from experiments.claims.generalisation.images import predictors

    pictures, digits = predictors.digits()
    assert pictures.shape == (1797, 64)
    assert np.unique(pictures).tolist() == list(range(17))
    assert len(np.unique(pictures, axis=0)) == 1797
    assert sorted(set(digits.tolist())) == list(range(10))
    # log10 of the space is 64 log10 17 = 78.7487, and of the covered part log10 1797 = 3.2546.
    assert spaces.log10(spaces.covered(pictures, spaces.points(17, 64))) == pytest.approx(3.2546 - 78.7487, abs=1e-3)
