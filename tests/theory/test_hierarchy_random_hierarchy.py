"""The random hierarchy model, against derivations written out by hand and all strings of small models."""

import itertools

import numpy as np
import pytest

from theory.hierarchy import class_information as exact
from theory.hierarchy import random_hierarchy as rhm
from theory.hierarchy.random_hierarchy import Shape

SHAPES = [Shape(3, 2, 2, 2), Shape(3, 3, 3, 2), Shape(2, 2, 2, 3), Shape(4, 3, 2, 3), Shape(3, 2, 2, 2, 3)]


def grammar(shape: Shape, seed: int = 101) -> rhm.Grammar:
    return rhm.draw_grammar(shape, np.random.default_rng(seed))


def derived(rules: list, symbol: int) -> list[tuple[int, ...]]:
    """All strings that a symbol can become, by recursion over the rules."""
    if not rules:
        return [(symbol,)]
    found = []
    for synonym in rules[0][symbol]:
        parts = [derived(rules[1:], int(child)) for child in synonym]
        found += [sum(combination, ()) for combination in itertools.product(*parts)]
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_numbers_of_histories_name_every_string_once(shape):
    g = grammar(shape)
    made = rhm.histories(shape, np.arange(shape.data))
    written = {(c, string) for c in range(shape.classes) for string in derived([r.tolist() for r in g.rules], c)}
    ours = {(int(c), tuple(map(int, s))) for c, s in zip(made.classes, rhm.strings(g, made), strict=True)}
    assert ours == written
    d, s = shape.positions, shape.tuple_size
    assert len({string for _, string in ours}) == shape.data == shape.classes * shape.synonyms ** ((d - 1) // (s - 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_two_symbols_share_a_tuple(shape):
    for rule in grammar(shape).rules:
        tuples = rule.reshape(-1, shape.tuple_size)
        assert len(np.unique(tuples, axis=0)) == len(tuples)


def test_the_counts_of_the_issue():
    assert (Shape(8, 8, 8, 2).deep_samples, Shape(8, 8, 8, 2).data) == (512, 4096)
    assert (Shape(4, 4, 4, 3).deep_samples, Shape(4, 4, 4, 3).data) == (256, 65_536)


def test_rules_are_drawn_evenly():
    counts = np.zeros((2, 2), int)
    for seed in range(400):
        # One symbol of one synonym: its tuple is any of four.
        tuple_ = grammar(Shape(2, 1, 1, 1), seed).rules[0][0, 0]
        counts[tuple(tuple_)] += 1
    assert counts.min() > 70


def test_too_few_tuples_are_refused():
    with pytest.raises(ValueError, match="need more than 9 tuples"):
        grammar(Shape(3, 2, 4, 2))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_an_exchange_changes_every_node_of_its_level_and_none_above(level):
    shape = Shape(4, 3, 3, 3)
    g, rng = grammar(shape), np.random.default_rng(1)
    made = rhm.histories(shape, rhm.draw_different(shape, 300, rng))
    other = rhm.exchange(shape, made, level, rng)
    step = shape.levels - level
    assert (made.classes == other.classes).all()
    for above in range(step):
        assert (made.choices[above] == other.choices[above]).all()
    assert (made.choices[step] != other.choices[step]).all()
    before, after = (rhm.strings(g, h).reshape(300, -1, 2**level) for h in (made, other))
    assert (before != after).any(-1).all()


def test_inputs_have_mean_zero_and_variance_one_for_equally_frequent_symbols():
    x = rhm.one_hot(np.array([[0, 1], [1, 2], [2, 0]]), 3)
    assert x.mean() == pytest.approx(0)
    assert x.var() == pytest.approx(1)
    assert (x.reshape(3, 2, 3).argmax(-1) == [[0, 1], [1, 2], [2, 0]]).all()


@pytest.mark.parametrize("shape", [Shape(2, 2, 2, 3), Shape(3, 3, 3, 2), Shape(4, 4, 4, 2)])
def test_of_latin_squares_only_the_whole_string_tells_the_class(shape):
    g = rhm.draw_latin(shape, np.random.default_rng(101))
    made = rhm.histories(shape, np.arange(shape.data))
    symbols = rhm.strings(g, made)
    # Every string occurs, once: with one symbol unknown each class remains, as many times as any other.
    assert len(np.unique(symbols, axis=0)) == shape.symbols**shape.positions == shape.data
    classes = np.full((shape.symbols,) * shape.positions, -1)
    classes[tuple(symbols.T)] = made.classes
    for axis in range(shape.positions):
        remain = np.sort(np.moveaxis(classes, axis, -1), -1)
        assert (remain == np.arange(shape.classes)).all()
    assert exact.classes_agree(exact.counted_tuples(g, symbols, made.classes))
    assert exact.classes_agree(exact.parent_counts(g))


def test_latin_squares_of_two_symbols_are_parity():
    shape = Shape(2, 2, 2, 3)
    seen = set()
    for seed in range(20):
        g = rhm.draw_latin(shape, np.random.default_rng(seed))
        made = rhm.histories(shape, np.arange(shape.data))
        parity = rhm.strings(g, made).sum(1) % 2
        differs = np.unique(parity ^ made.classes)
        assert len(differs) == 1
        seen.add(int(differs[0]))
    assert seen == {0, 1}


def test_pairs_of_drawn_rules_tell_something_and_other_shapes_have_no_latin_squares():
    shape = Shape(4, 4, 4, 3)
    assert not exact.classes_agree(exact.parent_counts(grammar(shape)))
    squares = {rhm.draw_latin(shape, np.random.default_rng(seed)).rules[0].tobytes() for seed in range(20)}
    assert len(squares) > 15
    for other in (Shape(4, 4, 3, 3), Shape(4, 3, 4, 3), Shape(3, 3, 3, 2, 3)):
        with pytest.raises(ValueError, match="Latin squares"):
            rhm.draw_latin(other, np.random.default_rng(0))
