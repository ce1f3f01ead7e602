"""The number of units that the proof in d dimensions needs, against enumeration and built networks."""

import itertools
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.approximation import cosines, counting, features, space, targets
from theory.approximation.construction import CONSTRUCTIONS

FAMILIES = st.sampled_from(list(targets.FAMILIES))
SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("terms", [[1, 2, 2, 2], [1, 0, 2], [0, 2, 2], [1]])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_vectors_are_counted_as_by_enumeration(terms, d):
    values = [k for k, count in enumerate(terms) for k in [k] * count]
    lengths = [sum(one) for one in itertools.product(values, repeat=d)]
    counted = counting.vectors_by_length(terms, d)
    assert counted == [lengths.count(length) for length in range(d * (len(terms) - 1) + 1)]
    assert sum(counting.vectors_by_length([1] + [2] * 60, 16)) == 121**16


@given(FAMILIES, st.integers(1, 3), st.integers(1, 4), SEEDS)
@settings(max_examples=40)
def test_no_mean_has_more_mass_than_any_function_may_have(family, d, order, seed):
    target = targets.FAMILIES[family](d, np.random.default_rng(seed))
    mean = cosines.mean(target.value, d, order)
    assert mean.mass <= counting.of_any_function(order, d, target.largest).mass * (1 + 1e-12)
    assert len(mean.amplitudes) <= ((2 * order + 1) ** d - 1) // 2


@pytest.mark.parametrize("kind", list(CONSTRUCTIONS))
@pytest.mark.parametrize(("d", "order"), [(1, 5), (2, 3), (3, 2)])
def test_the_count_is_that_of_the_weights_of_a_built_network(kind, d, order):
    made, each = CONSTRUCTIONS[kind], 0.05
    # Such a function has all terms there are.
    generic = cosines.mean(lambda x: np.exp(x @ (1 + np.arange(d))) + np.sin(5 * x[:, 0]), d, order)
    layers = space.build(generic, made, space.widths(generic, made, each * generic.mass))
    spectrum = counting.Spectrum([1] + [2] * order, generic.mass)
    ridges, neurons = counting.neurons(spectrum, d, made, each)
    assert ridges == len(generic.amplitudes) == ((2 * order + 1) ** d - 1) // 2
    assert neurons == layers[0][0].shape[1] == layers[1][0].shape[0]


@pytest.mark.parametrize("kind", list(CONSTRUCTIONS))
@pytest.mark.parametrize("d", [1, 2])
def test_what_is_counted_for_a_product_can_be_built_and_errs_by_no_more(kind, d):
    made, error, target = CONSTRUCTIONS[kind], 0.4, targets.gaussian(d, np.random.default_rng(0))
    count = counting.needed_by(target, d, made, error)
    mean = cosines.mean(target.value, d, count.order)
    rest = error - target.modulus(sqrt(d) * cosines.reach(count.order))
    units = space.widths(mean, made, rest)
    assert (count.ridges, count.neurons) == (len(units), sum(units))
    x = targets.points_of_cube(d, 2000, np.random.default_rng(1))
    z = features.outputs(space.build(mean, made, units), x, made.activation)
    assert 0.1 * error < np.abs(z - target.value(x)).max() <= error


def test_a_sum_of_few_cosines_needs_these_only_and_any_function_exponentially_more():
    made, d = CONSTRUCTIONS["interpolant"], 6
    few = counting.needed_by(targets.ridges(d, np.random.default_rng(0)), d, made, 0.5)
    many = counting.needed_by(targets.pyramids(d, np.random.default_rng(0)), d, made, 0.5)
    assert few.ridges == 3
    assert few.neurons < 100
    assert many.neurons > 10**12


@given(st.floats(0.02, 1.5), st.integers(1, 16), st.sampled_from([0.5, 1.0]))
def test_the_order_is_the_least_that_will_do(error, d, exponent):
    modulus = lambda distance: distance**exponent / d  # noqa: E731
    order = counting.least_order(modulus, d, error)
    assert modulus(sqrt(d) * cosines.reach(order)) < error
    assert order == 1 or modulus(sqrt(d) * cosines.reach(order - 1)) >= error


@pytest.mark.parametrize(
    ("kind", "power"), [("steps", lambda d: 1.5 * d + 2), ("interpolant", lambda d: 1.25 * d + 1.5)]
)
@pytest.mark.parametrize("d", [1, 3])
def test_the_price_of_a_small_error_is_the_power_that_is_said(kind, power, d):
    def neurons(error: float) -> int:
        spectrum = lambda order: counting.of_any_function(order, d, 1.0)  # noqa: E731
        return counting.needed(lambda distance: distance, spectrum, d, CONSTRUCTIONS[kind], error).neurons

    assert np.log2(neurons(0.02) / neurons(0.04)) == pytest.approx(power(d), rel=0.1)
