"""Minimal sufficient statistics, against the enumeration of all paths."""

import math
from fractions import Fraction

import numpy as np
import pytest

from tests.theory.test_hierarchy_chains import CASES, chain_of
from theory.hierarchy import chains, sufficient


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


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_probabilities_are_fractions_that_add_up_to_one(kind, n):
    chain = chain_of(kind, n)
    for marginal, joint in zip(sufficient.marginals(chain), sufficient.joints(chain), strict=False):
        assert sum(marginal) == 1
        assert joint.sum() == 1
        assert (joint.sum(1) == marginal).all()
    backward = sufficient.backward(chain, 0)
    assert (backward.sum(1) == 1).all()


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_no_statistic_tells_more_than_the_data_and_a_constant_tells_nothing(kind, n):
    joint = sufficient.joints(chain_of(kind, n))[0]
    everything = sufficient.mutual_information(joint)
    assert everything <= sufficient.entropy(joint.sum(1)) + 1e-12
    assert sufficient.mutual_information(joint, np.zeros(joint.shape[1], int)) == pytest.approx(0.0, abs=1e-12)
    halves = np.arange(joint.shape[1]) % 2
    assert -1e-12 <= sufficient.mutual_information(joint, halves) <= everything + 1e-12


def test_entropies_by_hand():
    assert sufficient.entropy(np.array([Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)])) == 1.5
    assert sufficient.entropy(np.array([Fraction(1), Fraction(0)])) == 0.0
    uniform = np.full((2, 2), Fraction(1, 4), object)
    assert sufficient.mutual_information(uniform) == 0.0
    copy = np.array([[Fraction(1, 2), Fraction(0)], [Fraction(0), Fraction(1, 2)]], object)
    assert sufficient.mutual_information(copy) == 1.0
    # Merging both values of a copy costs the whole bit; of noise it costs nothing.
    assert sufficient.bits_of_merging(copy, np.array([0, 1]), 0, 1) == pytest.approx(1.0)
    assert sufficient.bits_of_merging(uniform, np.array([0, 1]), 0, 1) == pytest.approx(0.0)


def test_labels_are_a_partition():
    values: list[sufficient.Distribution] = [(Fraction(1, 2),), (Fraction(1, 3),), (Fraction(2, 4),), (Fraction(1, 5),)]
    labels = sufficient.labelled(values)
    assert labels.tolist() == [0, 1, 0, 2]
    assert sufficient.size(labels) == 3
    assert sufficient.merged(labels, 0, 2).tolist() == [0, 1, 0, 0]
    joint = np.array([[1, 2, 3, 4]], object)
    assert sufficient.grouped(joint, labels).tolist() == [[4, 2, 4]]
    assert math.isclose(sum(sufficient.posteriors(np.array([[1, 2], [3, 6]], object) * Fraction(1))[0]), 1)
