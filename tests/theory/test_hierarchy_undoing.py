"""Tables, messages and guesses."""

from fractions import Fraction

import numpy as np
import pytest

from tests.theory.test_hierarchy_chains import chain_of
from theory.hierarchy import chains, sufficient, undoing


@pytest.mark.parametrize("seed", range(101, 106))
def test_skipping_the_last_step_loses_bits_where_synonyms_change_and_none_where_all_data_differ(seed):
    for kind, loses in (("synonyms", True), ("generic", False)):
        chain = chain_of(kind, 2, seed)
        joint = sufficient.joints(chain)[0]
        skipped = undoing.statistic_without(chain, chains.without_step(chain, 1))
        lost = sufficient.mutual_information(joint) - sufficient.mutual_information(joint, skipped)
        assert (lost > 1e-9) == loses


@pytest.mark.parametrize("n", [1, 2])
def test_messages_on_a_tree_are_the_minimal_statistic_of_its_root(n):
    chain = chain_of("tree", n)
    messages = undoing.messages(undoing.copies_of(chain))
    joint = sufficient.joints_by_paths(chain)[0]
    T = sufficient.minimal_statistic(joint)
    assert undoing.posteriors_from(messages, chain.prior) == sufficient.posteriors(joint)
    assert sufficient.function_of(T, messages.labels) is not None
    assert sufficient.function_of(messages.labels, T) is not None
    # Two messages of leaves; three of pairs, because the order of the children does not matter.
    assert messages.lines == (4 if n == 1 else 4 + 9)


def test_tables_one_by_one_are_larger_than_one_table():
    chain = chain_of("details", 3)
    assert undoing.entries_at_once(chain) == 16
    assert undoing.entries_one_by_one([2, 4, 8, 16]) == 28


def test_guessing_step_by_step_is_no_better_and_sometimes_worse():
    excess = []
    for seed in range(101, 121):
        chain = chain_of("generic", 3, seed)
        joint = sufficient.joints(chain)[0]
        steps, once = undoing.guesses_one_by_one(chain), undoing.guesses_at_once(joint)
        excess.append(undoing.guess_error(joint, steps) - undoing.guess_error(joint, once))
    assert min(excess) >= 0
    assert max(excess) > 0
    # The best guess by hand: the largest joint probability of each datum.
    assert undoing.guess_error(joint, once) == 1 - sum(column.max() for column in joint.T)


NOISE = np.full((2, 2), Fraction(1, 2), object)


def test_noise_sends_nothing_and_a_nearly_sure_copy_names_the_bit():
    prior = np.array([Fraction(1, 3), Fraction(2, 3)], object)
    noise = undoing.messages([NOISE, NOISE])
    assert len(noise.values) == 1
    assert set(undoing.posteriors_from(noise, prior)) == {(Fraction(1, 3), Fraction(2, 3))}
    sure = np.array([[Fraction(999, 1000), Fraction(1, 1000)], [Fraction(1, 1000), Fraction(999, 1000)]], object)
    posteriors = undoing.posteriors_from(undoing.messages([sure, sure]), prior)
    assert len(posteriors) == 16
    assert posteriors[0][0] > Fraction(99, 100)
    assert posteriors[-1][1] > Fraction(99, 100)


def test_equal_messages_need_one_line_for_each_pair_of_them():
    flip = np.array([[Fraction(3, 4), Fraction(1, 4)], [Fraction(1, 4), Fraction(3, 4)]], object)
    one_row = undoing.messages([flip])
    # Two leaves: 2 x 2 lines, and 3 different messages, by the number of ones.
    assert one_row.lines == 4
    assert len(one_row.values) == 3
    assert one_row.labels.tolist() == [0, 1, 1, 2]
    two_rows = undoing.messages([flip, flip])
    assert two_rows.lines == 4 + 3 * 3
    # By Bayes' rule: (3/4)² against (1/4)².
    prior = np.array([Fraction(1, 2), Fraction(1, 2)], object)
    assert undoing.posteriors_from(one_row, prior)[0] == (Fraction(9, 10), Fraction(1, 10))
    assert undoing.posteriors_from(one_row, prior)[1] == (Fraction(1, 2), Fraction(1, 2))


@pytest.mark.parametrize("kind", list(chains.KINDS))
def test_the_best_guess_errs_as_the_largest_posteriors_say_and_no_guess_errs_less(kind):
    joint = sufficient.joints(chain_of(kind, 2))[0]
    best = undoing.guesses_at_once(joint)
    assert undoing.guess_error(joint, best) == 1 - sum(joint.max(0))
    rng = np.random.default_rng(0)
    for _ in range(5):
        other = rng.integers(0, len(joint), len(joint.T))
        assert undoing.guess_error(joint, other) >= undoing.guess_error(joint, best)


def test_tables_are_added_up_and_other_chains_are_refused():
    chain, longer = chain_of("details", 2), chain_of("details", 3)
    assert undoing.entries_at_once(chain) == chain.data
    assert undoing.entries_one_by_one([2, 3, 8]) == 11
    with pytest.raises(ValueError, match="says nothing of"):
        undoing.statistic_without(longer, chain)
