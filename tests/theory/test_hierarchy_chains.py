"""Chains of steps, their statistics, and undoing them: held against sums over paths and against formulas."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from theory.hierarchy import chains, sufficient, undoing

KINDS = list(chains.KINDS)
CASES = [(kind, n) for kind, n in itertools.product(KINDS, (2, 3)) if (kind, n) != ("tree", 3)]


def chain_of(kind: str, n: int, seed: int = 101) -> chains.Chain:
    return chains.KINDS[kind](n, np.random.default_rng(seed))


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_steps_are_stochastic_matrices_of_fractions_that_fit_together(kind, n):
    chain = chain_of(kind, n)
    assert len(chain.steps) == n
    assert sum(chain.prior) == 1
    for before, after in itertools.pairwise([chain.prior[None], *chain.steps]):
        assert before.shape[1] == after.shape[0]
    for step in chain.steps:
        assert all(type(entry) is Fraction for entry in step.ravel())
        assert (step.sum(1) == 1).all()
    assert all(p > 0 for p in sufficient.marginals(chain)[-1])


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_undoing_step_by_step_gives_the_posteriors_of_all_paths_as_equal_fractions(kind, n):
    chain = chain_of(kind, n)
    joints, paths = sufficient.joints(chain), sufficient.joints_by_paths(chain)
    for joint, path, undone in zip(joints, paths, sufficient.undone_one_by_one(chain), strict=True):
        assert (joint == path).all()
        assert sufficient.posteriors(path) == undone


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_each_statistic_is_a_function_of_the_next_and_loses_nothing(kind, n):
    chain = chain_of(kind, n)
    joints = sufficient.joints(chain)
    statistics = [*map(sufficient.minimal_statistic, joints), np.arange(chain.data)]
    for (T, joint), finer in zip(zip(statistics, joints, strict=False), statistics[1:], strict=True):
        f = sufficient.function_of(T, finer)
        assert f is not None
        assert (f[finer] == T).all()
        assert sufficient.mutual_information(joint, T) == pytest.approx(sufficient.mutual_information(joint), abs=1e-13)
        # Minimal: data that any sufficient statistic may merge have one label already.
        groups = sufficient.grouped(joint, T)
        assert len({tuple(column / column.sum()) for column in groups.T}) == sufficient.size(T)


def test_statistics_shrink_as_the_kinds_say():
    def sizes(kind: str, n: int) -> list[int]:
        chain = chain_of(kind, n)
        return [sufficient.size(sufficient.minimal_statistic(joint)) for joint in sufficient.joints(chain)]

    assert sizes("generic", 3) == [chains.STATES] * 3
    assert sizes("synonyms", 3) == [chains.CLASSES] * 3
    assert sizes("details", 3) == [2, 4, 8]
    assert sizes("grammar", 3) == [3, 6, 12]
    assert sizes("tree", 2) == [6, 9]


def test_information_agrees_with_a_noisy_copy_of_one_bit():
    # A fair bit through a channel that is wrong once in four times: 1 - H(1/4) bits.
    step = np.array([[Fraction(3, 4), Fraction(1, 4)], [Fraction(1, 4), Fraction(3, 4)]], dtype=object)
    chain = chains.Chain(np.array([Fraction(1, 2)] * 2, dtype=object), (step,))
    (joint,) = sufficient.joints(chain)
    entropy = -0.25 * math.log2(0.25) - 0.75 * math.log2(0.75)
    assert sufficient.mutual_information(joint) == pytest.approx(1 - entropy, abs=1e-15)
    assert sufficient.mutual_information(joint, np.zeros(2, int)) == pytest.approx(0.0, abs=1e-15)
    assert sufficient.entropy(joint.sum(1)) == 1.0


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_merging_a_pair_costs_what_the_formula_says(kind, n):
    chain = chain_of(kind, n)
    for joint in sufficient.joints(chain):
        T = sufficient.minimal_statistic(joint)
        kept = sufficient.mutual_information(joint, sufficient.merged(T, 0, 1))
        cost = sufficient.bits_of_merging(joint, T, 0, 1)
        assert sufficient.mutual_information(joint, T) - kept == pytest.approx(cost, abs=1e-13)
        assert cost > 1e-12


def test_a_coarse_statistic_has_no_function_to_a_finer_one():
    assert sufficient.function_of(np.array([0, 1, 1]), np.array([0, 0, 1])) is None
    f = sufficient.function_of(np.array([1, 1, 0]), np.array([0, 1, 2]))
    assert f is not None
    assert f.tolist() == [1, 1, 0]


@pytest.mark.parametrize("seed", range(101, 106))
def test_skipping_the_last_step_loses_bits_where_synonyms_change_and_none_where_all_data_differ(seed):
    for kind, loses in (("synonyms", True), ("generic", False)):
        chain = chain_of(kind, 2, seed)
        joint = sufficient.joints(chain)[0]
        skipped = undoing.statistic_without(chain, chains.without_step(chain, 1))
        lost = sufficient.mutual_information(joint) - sufficient.mutual_information(joint, skipped)
        assert (lost > 1e-9) == loses


def test_a_step_that_changes_the_number_of_states_cannot_be_skipped():
    with pytest.raises(ValueError, match="nothing takes its place"):
        chains.without_step(chain_of("details", 2), 0)
    with pytest.raises(ValueError, match="says nothing"):
        undoing.statistic_without(chain_of("details", 2), chain_of("generic", 2))


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
