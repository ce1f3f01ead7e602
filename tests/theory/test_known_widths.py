"""Widths that are known to be enough: the networks behind them solve their tasks."""

import numpy as np
import pytest
import scipy.special

from theory import boolean
from theory.restarts.known_widths import HALF_WAVES, SINE, known_width, zigzag
from theory.restarts.tasks import make_task

σ = {"tanh": np.tanh, "logistic": scipy.special.expit, "rectifier": lambda a: np.maximum(a, 0)}


@pytest.mark.parametrize("activation", SINE)
def test_the_networks_that_are_written_down_solve_three_half_waves(activation):
    task = make_task("regression", HALF_WAVES, np.random.default_rng(0))
    w, b, v, c = SINE[activation]
    assert len(w) == known_width(task, "regression", HALF_WAVES, activation)
    z = σ[activation](task.x * w + b) @ v + c
    assert np.mean((z - task.y) ** 2) < task.solving_error
    # Not without its last unit.
    assert np.mean((σ[activation](task.x * w + b)[:, :-1] @ v[:-1] + c - task.y) ** 2) > task.solving_error


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_n_rectifiers_compute_parity(n):
    task = make_task("parity", n, np.random.default_rng(0))
    W, b, v, c = zigzag(n)
    z = np.maximum(task.x @ W + b, 0) @ v + c
    np.testing.assert_allclose(z, task.y)
    assert W.shape[1] == known_width(task, "parity", n, "rectifier")


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("activation", σ)
def test_parity_takes_n_units_and_majority_one(n, activation):
    rng = np.random.default_rng(0)
    assert known_width(make_task("parity", n, rng), "parity", n, activation) == n
    assert known_width(make_task("majority", 3, rng), "majority", 3, activation) == 1


def test_random_functions_are_looked_up_in_the_census():
    widths = boolean.minimum_widths(4)
    for seed in range(20):
        task = make_task("random-a", 4, np.random.default_rng(seed))
        least = widths[boolean.pack((task.y > 0).astype(np.uint8))]
        assert known_width(task, "random-a", 4, "tanh") == least
        assert known_width(task, "random-a", 4, "rectifier") == (1 if least == 1 else min(2 * least, 8))


def test_beyond_the_census_every_function_has_a_unit_for_each_input_of_the_rarer_class():
    rng = np.random.default_rng(0)
    assert known_width(make_task("random-a", 6, rng), "random-a", 6, "rectifier") == 32
    assert known_width(make_task("parity", 6, rng), "parity", 6, "logistic") == 6
    assert known_width(make_task("regression", 5, rng), "regression", 5, "tanh") is None
