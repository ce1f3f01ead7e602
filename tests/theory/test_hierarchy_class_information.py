"""What tuples tell about the class, counted."""

from fractions import Fraction

import numpy as np
import pytest

from tests.theory.test_hierarchy_random_hierarchy import SHAPES, grammar
from theory.hierarchy import class_information as exact
from theory.hierarchy import random_hierarchy as rhm
from theory.hierarchy.random_hierarchy import Shape


@pytest.mark.parametrize("shape", SHAPES)
def test_counts_by_dynamic_programming_are_those_of_all_strings(shape):
    g = grammar(shape)
    made = rhm.histories(shape, np.arange(shape.data))
    counted = exact.counted_tuples(g, rhm.strings(g, made), made.classes)
    parents = exact.parent_counts(g)
    elsewhere = Fraction(shape.data // shape.classes, int(parents[0, 0].sum()) * shape.synonyms)
    assert (counted == parents[..., None] * int(elsewhere)).all()
    assert elsewhere.denominator == 1
    assert exact.synonyms_agree(counted)
    assert counted.sum() == shape.data * shape.nodes[-1]


def test_tuples_that_are_no_synonyms_disagree():
    shape = Shape(4, 4, 2, 2)
    counted = exact.parent_counts(grammar(shape))[..., None] * np.ones(2, int)
    mixed = counted.copy()
    mixed[..., [0, 1], 0] = mixed[..., [1, 0], 0]
    assert exact.synonyms_agree(counted)
    assert not exact.synonyms_agree(mixed)


def test_grouping_synonyms_loses_no_information_and_grouping_others_does():
    shape = Shape(4, 4, 2, 2)
    counts = exact.parent_counts(grammar(shape))[..., None] * np.ones(2, int)
    tuples, parents = exact.tuple_information(counts).T
    np.testing.assert_allclose(tuples, parents, atol=1e-12)
    assert (parents > 0.1).all()
    pooled = counts.copy()
    pooled[..., 0, :], pooled[..., 1, :] = counts[..., 0, :] + counts[..., 1, :], 0
    assert (exact.tuple_information(pooled)[:, 1] < parents - 1e-3).any()


def test_information_of_a_copy_is_its_entropy_and_of_noise_is_nothing():
    assert exact.information(np.eye(4, dtype=int)) == pytest.approx(2)
    assert exact.information(np.outer([1, 2, 3], [4, 5])) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_class_has_as_many_histories_above_each_node(shape):
    counts = exact.parent_counts(grammar(shape))
    # Each step above has m synonyms, whatever symbol it replaces.
    assert (counts.sum(2) == shape.synonyms ** (shape.levels - 1)).all()
    assert counts.shape == (shape.classes, shape.tuple_size ** (shape.levels - 1), shape.symbols)


def test_information_is_not_negative_and_splitting_an_event_loses_none():
    rng = np.random.default_rng(0)
    for _ in range(20):
        counts = rng.integers(0, 5, (3, 6)) + 1
        whole = exact.information(counts)
        merged = exact.information(np.column_stack([counts[:, :4], counts[:, 4:].sum(1)]))
        assert -1e-12 <= merged <= whole + 1e-12
        # In proportion, so that posteriors stay the same.
        halves = np.concatenate([counts, counts], axis=1)
        assert exact.information(halves) == pytest.approx(whole)


def test_synonyms_agree_only_if_all_classes_see_them_alike():
    counts = np.array([[[[2, 4], [1, 1]]], [[[3, 6], [5, 5]]]])
    assert exact.synonyms_agree(counts)
    other = counts.copy()
    other[1, 0, 0, 1] += 1
    assert not exact.synonyms_agree(other)
    tuples, parents = exact.tuple_information(counts)[0]
    assert tuples == pytest.approx(parents)
    tuples, parents = exact.tuple_information(other)[0]
    assert tuples > parents
