"""Errors of drawn units and of fits against an independent calculation; what is chosen, and what is remembered."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import _ways as ways
from experiments.claims.approximation import rate
from experiments.plan import make_plan, random_generator
from experiments.settings import RunSettings
from theory.approximation import features, targets

TASK = ways.Task(seed=3, family="ridges", d=2, function=1, points=400, activation="tanh")


def error_of(layers, target: targets.Target, x: np.ndarray, test: np.ndarray) -> float:
    """The error of the best output layer, by NumPy's least squares, in deviations of the target at x."""
    (W, b), _ = layers
    hidden, elsewhere = (np.column_stack([np.tanh(points @ W + b), np.ones(len(points))]) for points in (x, test))
    best = np.linalg.lstsq(hidden, target.value(x), rcond=None)[0]
    return float(np.sqrt(np.mean((elsewhere @ best - target.value(test)) ** 2)) / target.value(x).std())


def test_drawn_units_err_by_what_an_independent_fit_does():
    target = targets.ridges(2, random_generator(3, "target", "ridges", 2, 1))
    x, test = (targets.points_of_cube(2, 400, random_generator(3, "cube", 2, what)) for what in ("fit", "test"))
    rng = random_generator(3, "units", "ridges", 2, 8, "tanh", 1, 5)
    random = features.random_units(rng.normal(size=(8, 2)), x, "tanh", rng)
    assert target.frequencies is not None
    of_target = features.random_units(target.frequencies(8, rng), x, "tanh", rng)
    expected = [error_of(layers, target, x, test) for layers in (random, of_target)]
    assert ways._drawn(TASK, 8, 5) == pytest.approx(expected, rel=1e-6)
    # Errors are measured on points that were not fitted: on fitted points the error differs.
    assert error_of(random, target, x, x) != pytest.approx(expected[0], rel=1e-6)


def test_what_is_drawn_depends_on_everything_but_how_training_is_set():
    tasks = [TASK, TASK._replace(seed=4), TASK._replace(function=0), TASK._replace(points=300)]
    found = [ways._drawn(task, width, restart) for task, width, restart in itertools.product(tasks, (4, 8), (0, 1))]
    assert len({one.random_error for one in found}) == len({one.construction_error for one in found}) == len(found)
    assert np.isnan(ways._drawn(TASK._replace(family="pyramids"), 4, 0).construction_error)


def test_points_that_judge_are_not_those_that_are_fitted():
    problem = ways._problem(TASK)
    assert not set(map(tuple, problem.x)) & set(map(tuple, problem.test))
    assert (problem.standard.mean(), problem.standard.std()) == pytest.approx((0, 1))


def test_units_that_share_a_width_draw_once():
    settings = rate.Settings(
        family=["ridges"],
        d=[2],
        width=[4],
        activation=["tanh"],
        input_scale=[1.0, 2.0],
        functions=2,
        restarts=1,
        steps=[2, 4],
        points=300,
    )
    run = RunSettings(sweep={"rate": settings}, family="approximation", name="approximation")
    ways._drawn.cache_clear()
    table = pd.concat([rate.measure(unit) for unit in make_plan(run)], ignore_index=True)
    assert len(table) == 8
    assert ways._drawn.cache_info().misses == 2
    assert (table.groupby("function")[["random_error", "construction_error"]].nunique() == 1).all(axis=None)


def test_training_is_stuck_where_it_is_no_better_than_random_units():
    table = pd.DataFrame({"error": [0.1, 0.2, 0.3, np.nan, np.inf], "random_error": [0.2] * 5})
    assert ways.is_stuck(table).tolist() == [False, True, True, True, True]


def test_a_setting_that_diverges_is_not_chosen():
    axes: dict[str, Any] = {
        "width": [4],
        "learning_rate": [0.01, 0.1],
        "input_scale": [1.0],
        "function": range(8),
        "restart": [0],
    }
    table = pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes)).assign(family="ridges")
    diverges = (table["learning_rate"] == 0.1) & (table["function"] == 1)
    table["error"] = np.where(diverges, np.nan, np.where(table["learning_rate"] == 0.1, 0.1, 0.2))
    # The first two of eight functions choose.
    assert set(ways.judged(table, "error")["learning_rate"]) == {0.01}


@pytest.mark.parametrize("place", [0, 1])
def test_a_network_of_which_one_number_is_not_finite_has_diverged(place):
    problem, layers = ways._problem(TASK), [(np.ones((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.zeros(1))]
    layers[place][1][0] = np.nan
    trained, best = both = ways._fitted(layers, problem)
    assert best is trained
    errors = ways._errors(both, problem, [0, 1])
    assert [errors[name] for name in ("error", "trained_error", "largest_error")] == [np.inf] * 3
