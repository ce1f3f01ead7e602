"""Gates against all formulas that are written out, words against the definition, and functions of random networks."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.boolean.functions import FAMILIES, inputs, pack
from theory.counting import complexity


def by_growing_sets(n):
    """The least number of gates, from the sets of all functions of formulas with 0, 1, 2, ... gates, one by one."""
    everything = 2**2**n - 1
    literals = [pack(inputs(n)[:, j].astype(np.uint8)) for j in range(n)]
    of_size = [{0, everything, *literals, *(everything ^ f for f in literals)}]
    while len(set().union(*of_size)) <= everything:
        made = set()
        for a in range(len(of_size)):
            for f, g in itertools.product(of_size[a], of_size[len(of_size) - 1 - a]):
                made |= {f & g, f & ~g & everything, ~f & g & everything, f | g, f ^ g}
        of_size.append(made | {everything ^ f for f in made})
    return [min(size for size, functions in enumerate(of_size) if f in functions) for f in range(everything + 1)]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_least_formula_are_those_of_all_formulas(n):
    assert complexity.least_formula(n).tolist() == by_growing_sets(n)


def test_least_formula_of_four_bits():
    gates = complexity.least_formula(4)
    rng = np.random.default_rng()
    assert gates[pack(FAMILIES["parity"](4, rng))] == gates[pack(FAMILIES["and"](4, rng))] == 3
    # Constants and bits, the ten gates of six pairs, and what two gates make.
    assert np.bincount(gates).tolist()[:3] == [10, 60, 456]
    assert gates.max() == 7
    tables = inputs(16).astype(np.uint8)
    # Neither another order of the bits nor a negation changes what a function costs.
    permuted = np.arange(16).reshape(2, 2, 2, 2).transpose(2, 0, 3, 1).ravel()
    flipped = np.arange(16) ^ 5
    weights = 1 << np.arange(16)
    for order in (permuted, flipped):
        np.testing.assert_array_equal(gates[tables[:, order] @ weights], gates)
    np.testing.assert_array_equal(gates[::-1], gates)
    with pytest.raises(ValueError, match="from 1 to 4"):
        complexity.least_formula(5)


def slow_words(text):
    """By the definition: a word ends where it has not occurred in what precedes its own last letter."""
    found, word, start = 0, "", 0
    for end in range(1, len(text) + 1):
        word = text[start:end]
        occurs = any(text[i : i + len(word)] == word for i in range(start) if i + len(word) <= end - 1)
        occurs = occurs or any(text[i : i + len(word)] == word for i in range(start, end - len(word)))
        if not occurs or end == len(text):
            found, start = found + 1, end
    return found


@given(st.text("01", min_size=1, max_size=40))
def test_words_are_those_of_the_definition(text):
    assert complexity.words(text) == slow_words(text)


def test_complexity_of_a_table():
    # The example of Kaspar and Schuster 1987: 0 · 001 · 10 · 100 · 1000 · 101.
    assert complexity.words("0001101001000101") == 6
    assert complexity.lempel_ziv("0" * 128) == 7
    assert complexity.lempel_ziv("01" * 64) == 7 * 3
    text = "0001101001000101"
    assert complexity.lempel_ziv(text) == math.log2(16) * (6 + complexity.words(text[::-1])) / 2
