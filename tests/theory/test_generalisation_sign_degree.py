"""The threshold degree against closed forms, counts of threshold functions, and networks of square units."""

import numpy as np
import pytest

from theory import boolean
from theory.boolean import functions
from theory.generalisation import sign_degree


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_parity_of_k_of_four_bits_has_degree_k(bits):
    """Minsky and Papert's theorem."""
    truth = (functions.inputs(4)[:, :bits].sum(1) % 2).astype(np.uint8)
    assert sign_degree.threshold_degree(truth) == bits


def test_functions_of_three_bits_have_the_degrees_that_are_known():
    degrees = np.bincount([sign_degree.threshold_degree(boolean.unpack(function, 3)) for function in range(256)])
    # Two constants; 104 threshold functions with them; parity and its complement alone have the full degree.
    assert degrees.tolist() == [2, 102, 150, 2]


def test_degree_one_is_what_is_called_a_threshold_function():
    known = {int(function) for function in boolean.threshold_functions(3)}
    assert {f for f in range(256) if sign_degree.has_signs(boolean.unpack(f, 3), 1)} == known


def test_square_units_have_no_more_than_degree_two():
    """A network's outputs on the cube are a combination of monomials of degree 2, so its signs are of that degree."""
    rng = np.random.default_rng(0)
    x = 2.0 * functions.inputs(4) - 1
    outputs = (x @ rng.normal(size=(4, 9)) + rng.normal(size=9)) ** 2 @ rng.normal(size=9) + rng.normal()
    assert sign_degree.threshold_degree((outputs > 0).astype(np.uint8)) <= 2
    terms = sign_degree.monomials(4, 2)
    assert terms.shape == (16, 11)
    np.testing.assert_allclose(terms @ np.linalg.lstsq(terms, outputs, rcond=None)[0], outputs, atol=1e-9)
