"""The random hierarchy model: data made by L random steps; each turns every symbol into a tuple of s symbols.

A class is the first symbol. At every level each symbol has m *synonyms*, tuples of s symbols of the next level, and it
becomes one of them. The tuples in use are drawn at random from all v^s, and no two symbols of a level share one. So a
string of d = s^L symbols has one history, and the number of different data is

    n_c m^((d - 1) / (s - 1)),

because a history is a class and a choice among m at each of 1 + s + ... + s^(L-1) = (d - 1) / (s - 1) nodes.
Source: Cagnetta, Petrini, Tomasini, Favero, Wyart, PRX 14, 031001 (2024), arXiv 2307.02129, section II.
"""

import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

Rng = np.random.Generator


class Shape(NamedTuple):
    """Numbers of a model: v symbols of each level, n_c classes, m synonyms, L levels, tuples of s symbols."""

    symbols: int
    classes: int
    synonyms: int
    levels: int
    tuple_size: int = 2

    @property
    def positions(self) -> int:
        """d = s^L, the length of a string."""
        return self.tuple_size**self.levels

    @property
    def nodes(self) -> list[int]:
        """Symbols that are replaced at each step: 1, s, ..., s^(L-1)."""
        return [self.tuple_size**level for level in range(self.levels)]

    @property
    def data(self) -> int:
        """n_c m^((d-1)/(s-1)), the number of different strings."""
        return self.classes * self.synonyms ** sum(self.nodes)

    @property
    def deep_samples(self) -> int:
        """n_c m^L, the number of samples that deep networks are said to need."""
        return self.classes * self.synonyms**self.levels


class Grammar(NamedTuple):
    """A model's rules: for each step, the tuples that every symbol may become (symbols x synonyms x s)."""

    shape: Shape
    rules: tuple[Int[np.ndarray, "symbols synonyms s"], ...]


class Histories(NamedTuple):
    """How strings were made: their classes, and for each step the number of the synonym chosen at each node."""

    classes: Int[np.ndarray, " data"]
    choices: tuple[Int[np.ndarray, "data nodes"], ...]


def draw_grammar(shape: Shape, rng: Rng) -> Grammar:
    """Rules drawn evenly among all in which no two symbols of a level share a tuple.

    Raises:
        ValueError: if there are too few tuples for that.
    """
    tuples = np.array(list(itertools.product(range(shape.symbols), repeat=shape.tuple_size)))
    parents = [shape.classes] + [shape.symbols] * (shape.levels - 1)
    if max(parents) * shape.synonyms > len(tuples):
        raise ValueError(f"{max(parents)} symbols with {shape.synonyms} synonyms need more than {len(tuples)} tuples")
    rules = [
        rng.permutation(tuples)[: count * shape.synonyms].reshape(count, shape.synonyms, shape.tuple_size)
        for count in parents
    ]
    return Grammar(shape, tuple(rules))


def draw_latin(shape: Shape, rng: Rng) -> Grammar:
    """Rules of random Latin squares: no part of a string tells anything about the class, only the whole does.

    With v symbols, classes and synonyms the pairs of a level are a square of v x v, each with the symbol that may
    become it. In a Latin square every symbol stands once in each row and column. So all strings occur, and who does not
    know one of their symbols knows nothing about the class. Of two symbols the class is a parity. Squares are those of
    addition modulo v with rows, columns and symbols renamed at random.

    Raises:
        ValueError: for other shapes, of which such squares do not make the rules.
    """
    v = shape.symbols
    if not v == shape.classes == shape.synonyms or shape.tuple_size != 2:
        raise ValueError(f"Latin squares make pairs of as many symbols as classes and synonyms, not {shape}")
    rules = []
    for _ in range(shape.levels):
        rows, columns, names = (rng.permutation(v) for _ in range(3))
        square = names[(rows[:, None] + columns) % v]
        rules.append(np.stack([np.argwhere(square == parent) for parent in range(v)]))
    return Grammar(shape, tuple(rules))


def histories(shape: Shape, numbers: Int[np.ndarray, " data"]) -> Histories:
    """The histories with these numbers, 0 to `shape.data` - 1: digits of the number, the class before the synonyms."""
    rest, choices = np.asarray(numbers, np.int64), list[np.ndarray]()
    for count in reversed(shape.nodes):
        digits = np.zeros((len(rest), count), np.int64)
        for node in range(count):
            rest, digits[:, node] = np.divmod(rest, shape.synonyms)
        choices.insert(0, digits)
    return Histories(rest, tuple(choices))


def strings(grammar: Grammar, made: Histories) -> Int[np.ndarray, "data positions"]:
    """The strings that histories end in."""
    symbols = made.classes[:, None]
    for rule, choice in zip(grammar.rules, made.choices, strict=True):
        symbols = rule[symbols, choice].reshape(len(symbols), -1)
    return symbols


def draw_different(shape: Shape, count: int, rng: Rng) -> Int[np.ndarray, " data"]:
    """Numbers of `count` different histories, each set of them equally likely.

    Raises:
        ValueError: if there are fewer.
    """
    return rng.choice(shape.data, count, replace=False, shuffle=True)


def exchange(shape: Shape, made: Histories, level: int, rng: Rng) -> Histories:
    """The histories with another synonym at every node of one level, and all that follows drawn anew.

    Args:
        shape: of the model; m is at least 2.
        made: the histories.
        level: 1 for the last step (its tuples are read off the string), up to L for the first.
        rng: for the choices.
    """
    step, m = shape.levels - level, shape.synonyms
    choices = list(made.choices)
    # A shift by 1 to m - 1 gives another synonym, each equally likely.
    choices[step] = (choices[step] + rng.integers(1, m, choices[step].shape)) % m
    for later in range(step + 1, shape.levels):
        choices[later] = rng.integers(0, m, choices[later].shape)
    return made._replace(choices=tuple(choices))


def one_hot(symbols: Int[np.ndarray, "data positions"], count: int) -> Float[np.ndarray, "data inputs"]:
    """The inputs of a network: `count` numbers a position, one of them 1, scaled to mean 0 and variance 1.

    A number is 1 with probability 1/v, so that its variance is (v - 1) / v²: for equally frequent symbols.
    """
    ones = symbols[..., None] == np.arange(count)
    return ((ones - 1 / count) / np.sqrt((count - 1) / count**2)).reshape(len(symbols), -1)
