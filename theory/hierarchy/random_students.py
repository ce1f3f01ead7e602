"""How likely a network with random quantised weights is a given boolean function: its teacher, say.

A network of one hidden layer of m threshold units and a threshold output, on x in {-1, 1}^n, has all weights and biases
drawn independently from {-1, 0, 1}, each as likely. Let p be the probability that it equals a teacher on all inputs.
Guess and check, drawing until a student is right on N examples, then errs in ε of all inputs at most where N is some
(-log p) / ε: so -log2 p, in bits, is the number of examples that the theorem speaks of, up to 1/ε and logarithms. A
teacher of t units is among the students of m > t: with output weights 0 for the other units. That costs a factor 3 for
each at most, which is why the bound grows with m; the probability itself need not fall.
Source: Buzaglo et al. 2024 (arXiv 2402.06323), abstract; that p is counted by draws here is ours.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Int8

from theory.boolean.construction import signed_inputs

LARGEST_N = 4
# Sums of units are held in bytes.
LARGEST_WIDTH = 120
# Draws at a time.
CHUNK = 500_000


def weighted_units(n: int) -> Int8[np.ndarray, "units inputs"]:
    """The outputs of a hidden unit times its output weight, for every weight: 3^(n+2) rows, all equally likely."""
    levels = inputs_of_base_3(n + 1) - 1
    fires = (levels[:, :n] @ signed_inputs(n).T + levels[:, n:] > 0).astype(np.int8)
    return np.concatenate([fires, -fires, 0 * fires])


def inputs_of_base_3(digits: int) -> Int[np.ndarray, "numbers digits"]:
    """All rows of this many digits 0, 1, 2."""
    return (np.arange(3**digits)[:, None] // 3 ** np.arange(digits)) % 3


def draw_functions(n: int, width: int, draws: int, rng: np.random.Generator) -> Int[np.ndarray, " draws"]:
    """The boolean functions, as integers, of random networks.

    Raises:
        ValueError: if the truth tables or the sums have no room.
    """
    return np.concatenate([_functions(n, width, count, rng) for count in _chunks(n, width, draws)])


def _chunks(n: int, width: int, draws: int) -> list[int]:
    """How many networks are drawn at a time."""
    if not 1 <= n <= LARGEST_N or not 1 <= width <= LARGEST_WIDTH:
        raise ValueError(f"n is from 1 to {LARGEST_N} and the width from 1 to {LARGEST_WIDTH}, not {n} and {width}")
    return [min(CHUNK, draws - start) for start in range(0, draws, CHUNK)]


def _functions(n: int, width: int, count: int, rng: np.random.Generator) -> Int[np.ndarray, " draws"]:
    units = weighted_units(n)
    sums = rng.integers(-1, 2, (count, 1), dtype=np.int8) + np.zeros((1, 2**n), np.int8)
    for _ in range(width):
        sums += units[rng.integers(len(units), size=count)]
    return (sums > 0) @ (1 << np.arange(2**n))


class Student(NamedTuple):
    """One network: hidden units [W x + b > 0], output [v h + c > 0], all in {-1, 0, 1}."""

    W: Int[np.ndarray, "n width"]
    b: Int[np.ndarray, " width"]
    v: Int[np.ndarray, " width"]
    c: int


def first_student(n: int, width: int, draws: int, rng: np.random.Generator, function: int) -> Student | None:
    """The first of the networks that `draw_functions` draws which is this function; none if there is none."""
    levels, units = inputs_of_base_3(n + 1) - 1, 3 ** (n + 2)
    for count in _chunks(n, width, draws):
        before = rng.bit_generator.state
        hits = np.flatnonzero(_functions(n, width, count, rng) == function)
        if len(hits):
            rng.bit_generator.state = before
            c = int(rng.integers(-1, 2, (count, 1), dtype=np.int8)[hits[0], 0])
            which = np.array([rng.integers(units, size=count)[hits[0]] for _ in range(width)])
            # Rows of `weighted_units` are all units three times: times 1, times -1, times 0.
            hidden, v = levels[which % len(levels)], np.array([1, -1, 0])[which // len(levels)]
            return Student(hidden[:, :n].T, hidden[:, n], v, c)
    return None


def exact_counts(n: int, width: int) -> Int[np.ndarray, " functions"]:
    """How many of all 3^((n+2) width + 1) networks are each function, by enumeration of all of them. For checks."""
    units, place = weighted_units(n).astype(int), 1 << np.arange(2**n)
    sums = np.zeros((1, 2**n), int)
    for _ in range(width):
        sums = (sums[:, None] + units).reshape(-1, 2**n)
    functions = np.concatenate([(sums + bias > 0) @ place for bias in (-1, 0, 1)])
    return np.bincount(functions, minlength=2**2**n)
