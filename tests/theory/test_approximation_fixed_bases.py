"""What fixed functions can do: counted by enumeration, bounds against bases, the limit against its power."""

import itertools

import numpy as np
import pytest
import scipy.stats

from theory.approximation import fixed_bases, targets


@pytest.mark.parametrize(("d", "length"), [(1, 3), (2, 4), (3, 3), (4, 2), (8, 2)])
def test_vectors_are_counted_as_they_are_listed(d, length):
    every = [k for k in itertools.product(range(-length, length + 1), repeat=d) if 0 < sum(map(abs, k)) <= length]
    half = fixed_bases.frequencies(d, length)
    assert fixed_bases.vectors(d, length) == len(every) == 2 * len(half)
    assert {tuple(k) for k in half} | {tuple(-k) for k in half} == set(every)
    assert (np.diff(np.abs(half).sum(1)) >= 0).all()


@pytest.mark.parametrize(("d", "length"), [(1, 5), (2, 5), (4, 3), (8, 2)])
def test_functions_are_orthogonal_on_the_lattice_and_of_norm_one(d, length):
    k = fixed_bases.frequencies(d, length)
    x = fixed_bases.lattice(k, 2048, np.random.default_rng(0))
    assert np.abs(x).max() <= 1
    y = np.column_stack([fixed_bases.functions(k, x) * np.pi * np.tile(np.abs(k).sum(1), 2), np.ones(len(x))])
    expected = np.diag([0.5] * (2 * len(k)) + [1.0])
    assert y.T @ y / len(x) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="too few"):
        fixed_bases.lattice(k, 2 * len(k), np.random.default_rng(0), tries=10)


@pytest.mark.parametrize(("d", "units"), [(1, 3), (2, 10), (4, 16), (8, 20)])
def test_no_basis_is_below_the_floor_and_the_functions_themselves_are_near_it(d, units):
    floor = fixed_bases.floor(d, units)
    k = fixed_bases.frequencies(d, floor.length)
    x = fixed_bases.lattice(k, 2048, np.random.default_rng(0))
    y = fixed_bases.functions(k, x)
    rng = np.random.default_rng(1)
    mixed = y @ rng.normal(size=(y.shape[1], units))
    for basis in (rng.normal(size=(len(x), units)), mixed, np.tanh(x @ rng.normal(size=(d, units)))):
        assert fixed_bases.distances(basis, y).max() >= floor.error
    # The first functions in the order of length, a cosine and its sine together.
    first = np.argsort(np.tile(np.abs(k).sum(1), 2), kind="stable")[:units]
    itself = fixed_bases.distances(y[:, first], y).max()
    assert floor.error <= itself <= fixed_bases.of_cosines(d, units) + 1e-12


def test_the_floor_is_the_largest_over_all_lengths():
    for d, units in ((2, 64), (4, 100), (8, 64)):
        lengths = np.arange(1, 200)
        counts = np.array([fixed_bases.vectors(d, length) for length in lengths.tolist()], float)
        every = np.sqrt(np.maximum(1 - (units + 1) / counts, 0)) / (np.sqrt(2) * np.pi * lengths)
        assert fixed_bases.floor(d, units) == pytest.approx((every.max(), lengths[every.argmax()]))


def test_orthants_are_bounded_by_what_random_signs_need():
    # All functions that are constant on every orthant, and units that are: the mean over signs is exact.
    d, level = 3, 0.5
    orthants = np.eye(2**d)
    rng = np.random.default_rng(0)
    units = int(np.ceil(fixed_bases.units_for_orthants(np.array([3.0]), level)[0]))
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=2**d)))
    for m in range(units):
        squared = fixed_bases.distances(orthants @ rng.normal(size=(2**d, m)), signs.T) ** 2
        assert squared.mean() == pytest.approx(1 - (m + 1) / 2**d)
        assert squared.mean() > level**2 * signs.var(axis=1).mean()


@pytest.mark.parametrize("level", [0.2, 0.5, 0.9])
def test_as_many_units_as_orthants_need_leave_just_the_error(level):
    # They leave 1 - (m + 1) / 2^d of the mean square.
    d = np.array([1.0, 3.0, 6.0])
    units = fixed_bases.units_for_orthants(d, level)
    assert 1 - (units + 1) / 2**d == pytest.approx(np.full(3, level**2))


def test_the_worst_of_the_cosines_is_among_the_shortest_that_are_left():
    # In two dimensions 4 have the length 1, and 12 at most 2.
    for units, length in ((0, 1), (3, 1), (4, 2), (11, 2), (12, 3)):
        assert fixed_bases.of_cosines(2, units) == pytest.approx(1 / (np.sqrt(2) * np.pi * length))
    k = fixed_bases.frequencies(2, 3)
    y = fixed_bases.functions(k, fixed_bases.lattice(k, 2048, np.random.default_rng(0)))
    first = np.argsort(np.tile(np.abs(k).sum(1), 2), kind="stable")[:4]
    assert fixed_bases.distances(y[:, first], y).max() == pytest.approx(fixed_bases.of_cosines(2, 4))


def test_a_function_that_is_in_the_basis_twice_does_not_help():
    rng = np.random.default_rng(0)
    basis, targets_ = rng.normal(size=(50, 3)), rng.normal(size=(50, 4))
    expected = fixed_bases.distances(basis, targets_)
    for more in (basis[:, :1], np.full((50, 1), 7.0), np.zeros((50, 1)), basis[:, :1] - 2 * basis[:, 1:2]):
        assert fixed_bases.distances(np.column_stack([basis, more]), targets_) == pytest.approx(expected)


def test_barrons_units_are_where_his_bound_is_the_error():
    norm = np.array([3.0])
    assert targets.barron_units(norm, np.array([0.5])) == [144]
    assert targets.barron_bound(norm, np.array([144])) == [0.5]


def test_the_power_is_that_of_the_number_of_vectors():
    lengths = np.array([200, 400])
    for d in (1, 2, 3):
        counts = np.array([fixed_bases.vectors(d, length) for length in lengths.tolist()], float)
        fit = scipy.stats.linregress(np.log(counts), np.log(1 / lengths))
        assert fit.slope == pytest.approx(-1 / d, abs=0.005)
