import decimal
import math

import pytest

from theory import boolean


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_bound_is_below_the_exact_worst_case_and_that_below_the_construction(n):
    assert boolean.counting_bound(n) <= boolean.minimum_widths(n).max() <= boolean.construction_width(n)


@pytest.mark.parametrize("n", range(2, 10))
def test_the_counting_bound_is_the_least_width_that_counting_allows(n):
    k, T = boolean.counting_bound(n), boolean.THRESHOLD_FUNCTIONS[n]
    assert T**k * boolean.output_dichotomies(n, k) >= 2**2**n
    assert k == 1 or T ** (k - 1) * boolean.output_dichotomies(n, k - 1) < 2**2**n


@pytest.mark.parametrize("n", range(1, 10))
def test_estimates_beyond_the_known_numbers_hold_where_the_numbers_are_known(n):
    assert boolean.THRESHOLD_FUNCTIONS[n] <= 2 ** (n * n) or n == 1
    assert boolean.counting_bound(n) >= math.ceil((2**n - 1) / (n * n + n))
    for k in range(1, 8):
        assert 2 * sum(math.comb(2**n - 1, i) for i in range(k + 1)) <= 2 ** (n * k + 1)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_covers_count_is_not_exceeded_by_the_threshold_functions_of_the_cube(k):
    assert boolean.THRESHOLD_FUNCTIONS[k] <= 2 * sum(math.comb(2**k - 1, i) for i in range(k + 1))


@pytest.mark.parametrize("n", range(1, 65))
def test_the_vc_bound_is_the_least_number_of_edges(n):
    def reaches(E):
        with decimal.localcontext(prec=80):
            return 2 * E * (decimal.Decimal(16 * E).ln() / decimal.Decimal(2).ln()) >= 2**n - decimal.Decimal(10) ** -40

    E, V = boolean.least_edges(n), boolean.least_neurons(n)
    assert reaches(E)
    assert E == 1 or not reaches(E - 1)
    assert V * (V - 1) // 2 >= E > (V - 1) * (V - 2) // 2
    assert (n + 2) * boolean.vc_bound(n) + 1 >= E


def test_the_edge_bound_follows_from_the_growth_function():
    # 2^m <= (e m)^E, that is m <= E log2(e m), is implied to fail wherever m > 2 E log2(16 E).
    for E in [1, 2, 3, 10, 100, 10**4, 10**8]:
        m = 2 * E * math.log2(16 * E) * (1 + 1e-9)
        assert m > E * math.log2(math.e * m)


@pytest.mark.parametrize("n", [*range(10, 41), 64])
def test_beyond_the_known_numbers_the_bound_is_the_least_width_that_the_estimates_allow(n):
    # T(n)^k O(n, k) is at most 2^(n² k) · 2^(n k + 1).
    k = boolean.counting_bound(n)
    assert n * n * k + n * k + 1 >= 2**n
    assert n * n * (k - 1) + n * (k - 1) + 1 < 2**n


def test_bounds_by_hand():
    # 1023 / 110 = 9.3; 65535 / 272 = 240.9.
    assert (boolean.counting_bound(10), boolean.counting_bound(16)) == (10, 241)
    # 3 points in general position are divided in 8 ways by a plane, 4 points in 14 ways by a line.
    assert boolean.output_dichotomies(2, 2) == 14
    # However many inputs there are, two hidden units have four outputs; Cover's number of 16 points would be 242.
    assert boolean.output_dichotomies(4, 2) == 14
    assert boolean.output_dichotomies(1, 1) == boolean.THRESHOLD_FUNCTIONS[1] == 4
    # Of 16 points every one of the 2^16 divisions if there are 15 dimensions, all but few of 10.
    assert boolean.output_dichotomies(4, 15) == 2**16
    assert boolean.output_dichotomies(4, 10) == 2 * sum(math.comb(15, i) for i in range(11))
    # 2 E log2(16 E) is 256 for E = 16; 8 for n = 3 is reached by one edge: 2 log2(16) = 8.
    assert (boolean.least_edges(8), boolean.least_edges(3), boolean.least_edges(4)) == (16, 1, 2)
    # 16 edges: six neurons have 15, seven have 21.
    assert (boolean.least_neurons(8), boolean.vc_bound(8)) == (7, 2)
    assert [boolean.construction_width(n) for n in (1, 2, 5)] == [1, 2, 16]


def test_numbers_of_threshold_functions_are_possible_ones():
    numbers = boolean.THRESHOLD_FUNCTIONS
    # No bits: two constants. The complement of a threshold function is another one, and Cover's number is not exceeded.
    assert numbers[0] == 2
    assert all(number % 2 == 0 for number in numbers)
    for n, number in enumerate(numbers[1:], start=1):
        assert 2 ** (n * (n - 1) // 2) < number <= 2 * sum(math.comb(2**n - 1, i) for i in range(n + 1))
