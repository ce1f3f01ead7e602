"""A network made again: when it is looked at, what differs from its row, and inputs that were scaled."""

import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble import tracing
from experiments.ensemble.program import TrainingOutcome
from experiments.ensemble.tracing import Rebuilt
from theory.network import Layer


@pytest.mark.parametrize("last", [0, 1, 2, 10, 1000, 10**6])
@pytest.mark.parametrize("points", [2, 50, 200])
def test_a_curve_has_its_ends_and_no_more_points_than_it_may(last, points):
    times = tracing.times_of_curve(last, points)
    assert (times[0], times[-1]) == (0, last)
    assert times == sorted(set(times))
    assert len(times) <= points + 2
    # On a logarithmic scale no gap is much longer than another.
    if last == 10**6 and points == 200:
        ratios = [b / a for a, b in itertools.pairwise(times[1:])]
        assert max(ratios[30:]) < 1.1


def test_only_equal_bits_are_the_same_and_nan_is_itself():
    rebuilt = Rebuilt([], pd.DataFrame(), {"loss": np.float32(0.1), "errors": 2, "margin": np.nan})
    assert tracing.differences({"loss": np.float32(0.1), "errors": 2.0, "margin": np.nan}, rebuilt) == []
    (line,) = tracing.differences({"loss": 0.1, "errors": 2, "margin": np.nan}, rebuilt)
    assert line.startswith("loss: 0.1")
    assert len(tracing.differences({"loss": np.float32(0.1), "errors": 3, "margin": 0.0}, rebuilt)) == 2


def test_layers_of_one_network_take_inputs_that_are_not_scaled():
    rng = np.random.default_rng(0)
    W, b, V, c = (rng.normal(size=size) for size in ((2, 3, 4), (2, 4), (2, 4, 1), (2, 1)))
    network = (Layer(W, b), Layer(V, c))
    outcome = TrainingOutcome(np.zeros(2), np.zeros(2, int), np.zeros(2, int), network)
    x = rng.normal(size=(5, 3))
    first, last = tracing.layers_of(outcome, 1, scale=2.5)
    expected = np.tanh(2.5 * x @ W[1] + b[1]) @ V[1] + c[1]
    np.testing.assert_allclose(np.tanh(x @ first[0] + first[1]) @ last[0] + last[1], expected)
    same, _ = tracing.layers_of(outcome, 0)
    np.testing.assert_array_equal(same[0], W[0])
