"""How likely a network with random quantised weights is a given boolean function: its teacher, say.

A network of one hidden layer of m threshold units and a threshold output, on x in {-1, 1}^n, has all weights and biases
drawn independently from {-1, 0, 1}, each as likely. Let p be the probability that it equals a teacher on all inputs.
Guess and check, drawing until a student is right on N examples, then errs in ε of all inputs at most where N is some
(-log p) / ε: so -log2 p, in bits, is the number of examples that the theorem speaks of, up to 1/ε and logarithms. A
teacher of t units is among the students of m > t: with output weights 0 for the other units. That costs a factor 3 for
each at most, which is why the bound grows with m; the probability itself need not fall.
Source: Buzaglo et al. 2024 (arXiv 2402.06323), abstract; that p is counted by draws here is ours.
"""

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
    if not 1 <= n <= LARGEST_N or not 1 <= width <= LARGEST_WIDTH:
        raise ValueError(f"n is from 1 to {LARGEST_N} and the width from 1 to {LARGEST_WIDTH}, not {n} and {width}")
    units, place = weighted_units(n), 1 << np.arange(2**n)
    found = []
    for start in range(0, draws, CHUNK):
        count = min(CHUNK, draws - start)
        sums = rng.integers(-1, 2, (count, 1), dtype=np.int8) + np.zeros((1, 2**n), np.int8)
        for _ in range(width):
            sums += units[rng.integers(len(units), size=count)]
        found.append((sums > 0) @ place)
    return np.concatenate(found)


def exact_counts(n: int, width: int) -> Int[np.ndarray, " functions"]:
    """How many of all 3^((n+2) width + 1) networks are each function, by enumeration of all of them. For checks."""
    units, place = weighted_units(n).astype(int), 1 << np.arange(2**n)
    sums = np.zeros((1, 2**n), int)
    for _ in range(width):
        sums = (sums[:, None] + units).reshape(-1, 2**n)
    functions = np.concatenate([(sums + bias > 0) @ place for bias in (-1, 0, 1)])
    return np.bincount(functions, minlength=2**2**n)
