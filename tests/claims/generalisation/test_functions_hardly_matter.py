"""What an activation explains: a small run checked by hand, and the rules on planted tables."""

import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.claims.generalisation import functions_hardly_matter as claim
from experiments.claims.generalisation.functions_hardly_matter import verdicts as rules
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory import boolean
from theory.generalisation import sign_degree

SMALL = claim.Settings(
    where="",
    world=["boolean"],
    activation=["rectifier", "square"],
    layers=[1],
    width=[2, 4],
    learning_rate=[0.1],
    tasks=3,
    restarts=2,
    n=3,
    steps=150,
)
ACTIVATIONS = ("rectifier", "tanh", "logistic", "sine")


def planted(rate, activations=ACTIVATIONS, tasks: int = 20, degree: int = 2) -> pd.DataFrame:
    """Forty runs for each setting; the share `rate(task, activation, width)` of them succeeds."""
    names = ("task", "activation", "width", "layers", "learning_rate", "restart")
    values = (range(tasks), activations, (2, 4), (1,), (0.1,), range(40))
    table = pd.DataFrame(list(itertools.product(*values)), columns=names)
    rates = [rate(*row) for row in table[["task", "activation", "width"]].itertuples(index=False, name=None)]
    # Every other run first, so that halves of the repetitions and those that choose are alike.
    place = (table["restart"] * 17 % 40 + 0.5) / 40
    solved = place < rates
    return table.assign(world="boolean", n=4, degree=degree, solved=solved, error=np.where(solved, 0.0, 0.25))


def test_a_task_is_the_same_for_all_networks_and_its_degree_is_its_own():
    table = measured(claim, SMALL, seed=3)
    assert (table.groupby("task")[["degree", "kind"]].nunique() == 1).all(axis=None)
    degrees = table.groupby("task")["degree"].first()
    for number in range(3):
        task = claim.task_of(3, "boolean", 3, 64, number)
        truth = (task.y > 0).astype(np.uint8)
        assert task.degree == sign_degree.threshold_degree(truth) == degrees[number]
        assert len(truth) == 8
        assert task.kind in set(table["kind"])
    assert ((table["error"] == 0) == table["solved"]).all()
    # Four of eight inputs are what a constant gets wrong of a balanced function.
    assert set(table["error"] * 4) <= set(range(5))


def test_the_width_needed_is_the_restricted_mean_of_its_logarithm():
    """A task is found from width 2 on, another from 4 on, a third never within the ladder."""
    needs = {0: 2, 1: 4, 2: 99}
    table = planted(lambda task, activation, width: float(width >= needs[task]), tasks=3)
    first, second = rules.outcomes(table)["width-needed"]
    # The share that fails, times a doubling for each width: 0, 1 and 2 doublings beyond the least width.
    np.testing.assert_allclose(first.reshape(3, -1)[:, 0], [0, 1, 2])
    np.testing.assert_allclose(first, second)


def by_width(task, activation, width):
    return 0.3 + 0.1 * width + (0.02 if task % 2 else -0.02)


def test_an_activation_that_changes_nothing_explains_nothing_and_less_than_what_does():
    found = verdicts(rules.judge(planted(by_width)))
    assert found["share/success"] == found["share/error"] == SUPPORTED
    assert found["beside/width"] == SUPPORTED
    assert {found[f"equal/{name}"] for name in ACTIVATIONS[1:]} == {SUPPORTED}


def test_an_activation_that_decides_explains_more_than_what_does_not():
    better = {"rectifier": 0.2, "tanh": 0.8, "logistic": 0.2, "sine": 0.8}
    table = planted(lambda task, activation, width: better[activation] + (0.03 if task % 2 else -0.03))
    found = {one.claim: one for one in rules.judge(table)}
    # 0.09 of the activation and 0.0009 of the task.
    assert found["share/success"].measured == pytest.approx(0.99, abs=0.01)
    assert found["share/success"].verdict == CONTRADICTED
    assert found["beside/width"].verdict == CONTRADICTED
    assert found["equal/logistic"].verdict == SUPPORTED
    assert found["equal/tanh"].verdict == CONTRADICTED
    # The first quarter of the repetitions chooses rates, and the others have these successes.
    assert found["equal/tanh"].measured == pytest.approx(0.6, abs=0.05)


@pytest.mark.parametrize(
    ("less", "expected"), [(0.0, SUPPORTED), (0.09, INCONCLUSIVE), (0.11, INCONCLUSIVE), (0.2, CONTRADICTED)]
)
def test_success_rates_are_equal_within_the_margin(less, expected):
    def rate(task, activation, width):
        return 0.6 - (less + (0.05 if task % 2 else -0.05)) * (activation == "tanh")

    assert verdicts(rules.judge(planted(rate)))["equal/tanh"] == expected


def test_a_run_beyond_the_degree_of_its_units_would_be_noticed():
    names = ("rectifier", "square")
    none = planted(lambda task, activation, width: float(activation != "square"), names, degree=3)
    found = verdicts(rules.judge(none))
    assert found["degree/square"] == SUPPORTED
    assert found["beyond/square"] == SUPPORTED
    some = planted(lambda task, activation, width: 1.0 if activation != "square" or task else 0.1, names, degree=3)
    assert verdicts(rules.judge(some))["degree/square"] == CONTRADICTED
    rarely = planted(lambda task, activation, width: 0.1 * (activation != "square"), names, degree=3)
    assert verdicts(rules.judge(rarely))["beyond/square"] == CONTRADICTED
    # Where the degree suffices, nothing is beyond it.
    within = planted(by_width, names, degree=2)
    assert "beyond/square" not in verdicts(rules.judge(within))
    assert verdicts(rules.judge(within))["degree/square"] == INCONCLUSIVE


def test_square_units_of_one_layer_find_no_parity_of_three_bits_in_a_real_run(monkeypatch):
    parity = 2.0 * boolean.functions.parity(3, np.random.default_rng()) - 1
    monkeypatch.setattr(claim, "task_of", lambda *what: claim.Task("parity", parity, 3))
    table = measured(claim, claim.Settings(**{**vars(SMALL), "width": [8], "steps": 600, "restarts": 6, "tasks": 3}))
    solved = table.groupby("activation")["solved"].mean()
    assert solved["square"] == 0
    assert solved["rectifier"] > 0.5
    assert verdicts(rules.judge(table))["degree/square"] == SUPPORTED
    assert set(drawn(claim, table)) == {"success-by-activation"}


def test_worlds_count_alike():
    """Two worlds; the activation decides in one of them, which has more tasks than the other."""
    first = planted(lambda task, activation, width: 0.2 + 0.6 * (activation == "tanh"), tasks=12)
    second = planted(lambda task, activation, width: 0.5, tasks=6).assign(world="digits")
    both = pd.concat([first, second], ignore_index=True)
    found = {one.claim: one for one in rules.judge(both)}
    # The mean over worlds of the effect on tanh, 0.6 and 0.
    assert found["equal/tanh"].measured == pytest.approx(0.3, abs=0.02)
    assert "boolean +0.6" in found["equal/tanh"].notes
    assert found["share-in/boolean/success"].measured > 0.9
    assert abs(found["share-in/digits/error"].measured or 0) < 0.05 or np.isnan(found["share-in/digits/error"].measured)
    alone = {one.claim: one for one in rules.judge(first)}
    assert found["share-in/boolean/success"].measured == pytest.approx(alone["share/success"].measured)
    assert not any(name.startswith("share-in") for name in alone)


@pytest.mark.parametrize("world", claim.WORLDS)
def test_a_run_in_every_world_is_as_good_as_its_error_says(world):
    settings = claim.Settings(**{**vars(SMALL), "world": [world], "points": 12, "activation": ["tanh"], "steps": 400})
    table = measured(claim, settings, seed=5)
    assert table["error"].between(0, 1).all()
    if world in claim.REGRESSIONS:
        assert (table["solved"] == (table["loss"] <= 0.01)).all()
        np.testing.assert_allclose(table["error"], np.minimum(np.sqrt(table["loss"]), 1))
        task = claim.task_of(5, world, 3, 12, 0)
        assert (task.y.mean(), task.y.std()) == pytest.approx((0, 1))
    else:
        assert (table["solved"] == (table["error"] == 0)).all()
    assert table.groupby("task")["error"].min().lt(1).all()


def test_tasks_differ_and_points_are_shared():
    for world in claim.WORLDS:
        first, again, other = (claim.task_of(5, world, 5, 32, number) for number in (0, 0, 1))
        np.testing.assert_array_equal(first.y, again.y)
        assert (first.y != other.y).any()
        assert claim.points_of(5, world, 5, 32).shape == claim.size_of(world, 5, 32)
        assert len(first.y) == 32
    half = claim.task_of(5, "digits", 5, 1797, 0)
    assert len(half.kind) == 5
    assert 0.4 < half.constant_error <= 0.5
