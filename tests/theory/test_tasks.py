"""Small tasks: what they are and what solves them."""

import numpy as np
import pytest

from theory.restarts.tasks import BOOLEAN, TASKS, make_task


def test_parity_of_two_bits_is_xor():
    task = make_task("parity", 2, np.random.default_rng(0))
    np.testing.assert_array_equal(task.y, -task.x[:, 0] * task.x[:, 1])
    assert task.by_signs


@pytest.mark.parametrize("name", BOOLEAN)
def test_boolean_tasks_have_all_points_once_and_targets_of_both_signs(name):
    task = make_task(name, 3, np.random.default_rng(1))
    assert len(np.unique(task.x, axis=0)) == 8
    assert set(task.y) == {-1.0, 1.0}


def test_random_tasks_follow_their_generator_and_the_others_do_not():
    one, same, other = (make_task("random-a", 4, np.random.default_rng(seed)).y for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    parities = [make_task("parity", 4, np.random.default_rng(seed)).y for seed in (1, 2)]
    np.testing.assert_array_equal(parities[0], parities[1])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_regression_has_so_many_half_waves(n):
    task = make_task("regression", n, np.random.default_rng(0))
    inside = task.y[np.abs(task.y) > 1e-9]
    assert np.sum(np.diff(np.sign(inside)) != 0) == n - 1
    assert task.solving_error == pytest.approx(np.var(task.y) / 100)
    assert not task.by_signs


def test_a_task_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="no task 'xor'; there are parity"):
        make_task("xor", 2, np.random.default_rng(0))
    assert "regression" in TASKS
