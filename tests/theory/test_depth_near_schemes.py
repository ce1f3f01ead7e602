"""Ten products that come near 2x3 by 3x2: against products of matrices, in fractions."""

from fractions import Fraction

import numpy as np
import pytest

from theory.depth import near_schemes, schemes
from theory.depth.schemes import LONG, Scheme, Shape

RANDOM = np.random.default_rng(0)


def multiply(scheme: Scheme, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """A B by a scheme, one product after the other."""
    sums = [(U @ A.ravel()) * (V @ B.ravel()) * W for U, V, W in zip(*scheme, strict=True)]
    return np.sum(sums, axis=0).reshape(len(A), B.shape[1])


@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 3, 2), (3, 2, 4), (1, 5, 2)])
def test_shapes_are_read_off_a_scheme_which_multiplies_and_turns(shape):
    one = schemes.naive(Shape(*shape))
    n, m, p = one.shape
    assert (n, m, p) == shape
    A, B = RANDOM.integers(-99, 99, (n, m)), RANDOM.integers(-99, 99, (m, p))
    np.testing.assert_array_equal(multiply(one, A, B), A @ B)
    turned = schemes.turned(one)
    assert turned.shape == (p, n, m)
    C = RANDOM.integers(-99, 99, (p, n))
    np.testing.assert_array_equal(multiply(turned, C, A), C @ A)


def test_eleven_products_are_exact_for_long_matrices():
    A, B = RANDOM.integers(-99, 99, (2, 3)), RANDOM.integers(-99, 99, (3, 2))
    np.testing.assert_array_equal(multiply(schemes.long(), A, B), A @ B)
    assert schemes.long().products == 11
    assert not schemes.defects(schemes.long()).any()


@pytest.mark.parametrize("ε", [Fraction(1, 3), Fraction(1, 1000), Fraction(-1, 10**30)])
def test_ten_products_miss_by_the_order_of_ε(ε):
    near = near_schemes.long()
    parts = [a.astype(object) + ε * b.astype(object) for a, b in zip(*near, strict=True)]
    A = RANDOM.integers(-9, 9, (2, 3)).astype(object)
    B = RANDOM.integers(-9, 9, (3, 2)).astype(object)
    made = multiply(Scheme(parts[0], parts[1], parts[2] / ε), A, B)
    missed = max(abs(value) for value in (made - A @ B).ravel())
    # Each output sums up at most eight terms of ε, of entries of at most 9.
    assert 0 < missed <= 8 * 81 * abs(ε)


def test_what_is_said_of_all_ε_is_what_one_finds_at_some():
    near = near_schemes.long()
    zeroth, first, second, third = near.orders()
    np.testing.assert_array_equal(first, schemes.product_tensor(LONG))
    assert not zeroth.any()
    for ε in (0.5, 0.125):
        np.testing.assert_array_equal(schemes.defects(near.at(ε)), ε * second + ε**2 * third)
    assert near.zeroth.products == 10
    # A wrong sign anywhere shows.
    for part in range(3):
        for place in np.argwhere(near.zeroth[part]):
            wrong = [one.copy() for one in near.zeroth]
            wrong[part][tuple(place)] *= -1
            orders = near._replace(zeroth=Scheme(*wrong)).orders()
            assert orders[0].any() or (orders[1] != first).any()


def test_balanced_weights_are_the_geometric_mean_and_leave_the_products_alone():
    scheme = near_schemes.long().at(2.0**-9)
    even = near_schemes.spread(scheme)
    largest = [np.abs(part).max(1) for part in scheme]
    balanced = Scheme(*(part * (even / most)[:, None] for part, most in zip(scheme, largest, strict=True)))
    np.testing.assert_allclose(schemes.defects(balanced), schemes.defects(scheme), atol=1e-12)
    for part in balanced:
        np.testing.assert_allclose(np.abs(part).max(1), even)
    assert even.max() == pytest.approx(1024 ** (1 / 3), rel=0.3)
