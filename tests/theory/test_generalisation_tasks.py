"""Boolean functions to be learned: their definitions, and that of random labels nothing can be."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import boolean
from theory.generalisation import tasks


@pytest.mark.parametrize("seen", [[0], [1, 2, 6], [0, 3, 4, 5, 7]])
def test_over_all_functions_the_nearest_example_errs_on_exactly_half_of_the_rest(seen):
    """No free lunch, by enumeration of all 256 functions of 3 bits; and per label of the examples as well."""
    unseen = tasks.rest(3, np.array(seen))
    by_labels: dict = {}
    for function in range(256):
        truth = boolean.unpack(function, 3) == 1
        answers = tasks.nearest(3, np.array(seen), truth[seen])
        assert (answers[seen] == truth[seen]).all()
        by_labels.setdefault(tuple(truth[seen]), []).append(tasks.error_on_rest(answers, truth, unseen))
    assert len(by_labels) == 2 ** len(seen)
    assert all(np.mean(errors) == pytest.approx(0.5, abs=1e-12) for errors in by_labels.values())


def test_of_balanced_functions_the_rest_is_not_half_wrong():
    """Why the control has coins: an example that is 1 makes the rest of a balanced function 0 more often."""
    errors = []
    for ones in itertools.combinations(range(4), 2):
        truth = np.isin(np.arange(4), ones)
        errors.append(tasks.error_on_rest(np.full(4, truth[0]), truth, tasks.rest(2, np.array([0]))))
    assert np.mean(errors) == pytest.approx(2 / 3)


@given(st.integers(2, 8), st.floats(0.0, 1.0), st.integers(0, 99))
def test_examples_and_rest_are_the_world(n, share, seed):
    seen = tasks.examples(n, share, np.random.default_rng(seed))
    unseen = tasks.rest(n, seen)
    assert len(set(seen.tolist())) == len(seen) == 2**n - unseen.sum()
    assert 1 <= len(seen) < 2**n
    assert abs(len(seen) - share * 2**n) <= 1
    assert not unseen[seen].any()


@given(st.integers(3, 8), st.integers(0, 99))
def test_a_junta_depends_on_three_bits_and_a_partial_parity_changes_with_each_of_its_own(n, seed):
    for family, most in ((tasks.junta, 3), (tasks.partial_parity, n)):
        truth = family(n, np.random.default_rng(seed))
        changes = [(truth != truth[np.arange(2**n) ^ (1 << bit)]).mean() for bit in range(n)]
        assert sum(change > 0 for change in changes) <= most
        if family is tasks.partial_parity:
            assert set(changes) <= {0.0, 1.0}
            assert changes.count(1.0) >= 2
        assert truth.mean() == 0.5


def test_a_shuffled_multiplexer_gives_the_addressed_bit_of_some_order():
    truth = tasks.shuffled_multiplexer(3, np.random.default_rng(3))
    bits = [[(i >> j) & 1 for j in range(3)] for i in range(8)]
    orders = [[x[b] if x[a] == 0 else x[c] for x in bits] for a, b, c in itertools.permutations(range(3))]
    assert truth.tolist() in orders


def test_errors_and_the_better_constant_are_of_the_rest_alone():
    truth, answers = np.array([1, 1, 0, 1]) == 1, np.array([1, 0, 0, 0]) == 1
    unseen = np.array([False, True, True, True])
    assert tasks.error_on_rest(answers, truth, unseen) == pytest.approx(2 / 3)
    assert tasks.constant_error(truth, unseen) == pytest.approx(1 / 3)


def test_tasks_are_of_every_kind_and_coins_are_fair():
    kinds = {tasks.random_task(4, np.random.default_rng(seed))[0] for seed in range(60)}
    assert kinds == set(tasks.KINDS)
    ones = [tasks.coin(6, np.random.default_rng(seed)).mean() for seed in range(200)]
    # Four standard errors of 12,800 tosses.
    assert np.mean(ones) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(200 * 64))
