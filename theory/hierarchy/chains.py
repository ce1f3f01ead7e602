"""Markov chains y_0 -> y_1 -> ... -> y_n of generating steps, in fractions: a cause, and the data x = y_n it ends in.

A step is a stochastic matrix M_i with entries P(y_{i+1} = b | y_i = a). In a *generic* chain the data tell everything
apart: no two of them leave the same posterior of any earlier variable. Then statistics have nothing to forget. So there
are structured chains as well, in which data share posteriors for a reason:

- synonyms: a state is one of `CLASSES` classes, with `SYNONYMS` states each; a step draws the next class from the class
  alone and a synonym at random. The labels of states are mixed anew at each level.
- details: y_i has the bits c_0, ..., c_i. A step copies each bit with noise and adds a fresh one.
- grammar: each state has `SYNONYMS` states of its own at the next level, so that data name all that led to them.
- tree: y_i is the row of 2^i bits of a binary tree; each bit has two noisy copies in the next row.

Every step draws from positive weights, so every state has positive probability. Source of the question: Lin, Tegmark &
Rolnick 2017 (arXiv 1608.08225), on hierarchies; the chains are ours.
"""

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Shaped

Matrix = Shaped[np.ndarray, "_ _"]
Rng = np.random.Generator

# States of a generic chain, and of a structured one.
STATES, CLASSES, SYNONYMS = 4, 3, 2
# Weights are whole numbers from 1 to this, over their sum: small enough that fractions stay short.
LARGEST_WEIGHT = 9
# In a generic chain they are larger: with weights up to 9, 1 of 600 chains had proportional columns by chance.
LARGEST_GENERIC_WEIGHT = 9_999
# What is added to the weight of a state that is kept: a step of structured chains leaves most things as they are, so
# that the data still know something of the cause.
KEPT = 20


class Chain(NamedTuple):
    """A prior of y_0 and the matrix of each step, arrays of `Fraction`.

    Attributes:
        prior: P(y_0), one entry a state.
        steps: M_0, ..., M_{n-1}; M_i has a row for each state of y_i and a column for each of y_{i+1}; rows sum to 1.
    """

    prior: Shaped[np.ndarray, " states"]
    steps: tuple[Matrix, ...]

    @property
    def data(self) -> int:
        """The number of different data, states of y_n."""
        return self.steps[-1].shape[1]


def stochastic(rows: int, columns: int, rng: Rng, largest: int = LARGEST_WEIGHT) -> Matrix:
    """A random stochastic matrix of fractions, all of them positive, from weights up to `largest`."""
    return _normalised(rng.integers(1, largest + 1, (rows, columns)))


def _normalised(weights: Int[np.ndarray, "rows columns"]) -> Matrix:
    return np.array([[Fraction(int(w), int(row.sum())) for w in row] for row in weights], dtype=object)


def generic(n: int, rng: Rng) -> Chain:
    """n steps between `STATES` states, without any structure."""
    steps = tuple(stochastic(STATES, STATES, rng, LARGEST_GENERIC_WEIGHT) for _ in range(n))
    return Chain(stochastic(1, STATES, rng)[0], steps)


def synonyms(n: int, rng: Rng) -> Chain:
    """n steps between classes of synonyms, with labels mixed so that no two levels in a row have the same classes."""
    labels = [_classes(rng)]
    while len(labels) < n + 1:
        candidate = _classes(rng)
        if not _same_partition(candidate, labels[-1]):
            labels.append(candidate)
    steps = []
    for before, after in itertools.pairwise(labels):
        steps.append(noisy_copy(CLASSES, rng)[before][:, after] / SYNONYMS)
    return Chain(stochastic(1, CLASSES * SYNONYMS, rng)[0], tuple(steps))


def _classes(rng: Rng) -> np.ndarray:
    return rng.permutation(np.repeat(np.arange(CLASSES), SYNONYMS))


def _same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(((a[:, None] == a) == (b[:, None] == b)).all())


def details(n: int, rng: Rng) -> Chain:
    """n steps: each blurs all bits there are and adds a fresh one, the last in the order of the bits."""
    steps = []
    for i in range(n):
        blurred = np.array([[Fraction(1)]], dtype=object)
        for _ in range(i + 1):
            blurred = np.kron(blurred, noisy_copy(2, rng))
        steps.append(np.kron(blurred, stochastic(1, 2, rng)))
    return Chain(stochastic(1, 2, rng)[0], tuple(steps))


def noisy_copy(states: int, rng: Rng) -> Matrix:
    """A step that keeps most states as they are; its determinant is not 0, so that it forgets none of them."""
    weights = rng.integers(1, LARGEST_WEIGHT + 1, (states, states)) + KEPT * np.eye(states, dtype=int)
    return _normalised(weights)


def grammar(n: int, rng: Rng) -> Chain:
    """n steps: each writes one of the state's own synonyms; no two states share one."""
    steps, states = [], CLASSES
    for _ in range(n):
        chosen = stochastic(states, SYNONYMS, rng)
        step = np.full((states, states * SYNONYMS), Fraction(0), dtype=object)
        for a in range(states):
            step[a, a * SYNONYMS : (a + 1) * SYNONYMS] = chosen[a]
        states *= SYNONYMS
        steps.append(step[:, rng.permutation(states)])
    return Chain(stochastic(1, CLASSES, rng)[0], tuple(steps))


def tree(n: int, rng: Rng) -> Chain:
    """n rows of a binary tree; within a row all copies are made alike."""
    steps = []
    for i in range(n):
        pair = both_copies(noisy_copy(2, rng))
        step = np.array([[Fraction(1)]], dtype=object)
        for _ in range(2**i):
            step = np.kron(step, pair)
        steps.append(step)
    return Chain(stochastic(1, 2, rng)[0], tuple(steps))


def both_copies(copy: Matrix) -> Matrix:
    """From one bit to two that are copied independently: 2 x 4."""
    return np.array([np.kron(row, row) for row in copy], dtype=object)


def without_step(chain: Chain, i: int) -> Chain:
    """The chain as if step i did not exist.

    Raises:
        ValueError: if the states before and after the step are not as many.
    """
    rows, columns = chain.steps[i].shape
    if rows != columns:
        raise ValueError(f"step {i} leads from {rows} to {columns} states: nothing takes its place")
    return chain._replace(steps=chain.steps[:i] + chain.steps[i + 1 :])


KINDS: dict[str, Callable[[int, Rng], Chain]] = {
    "generic": generic,
    "synonyms": synonyms,
    "details": details,
    "grammar": grammar,
    "tree": tree,
}
