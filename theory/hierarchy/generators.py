"""Boolean functions made by a few random steps, and functions with the same number of ones made by none.

- gates: a chain of `steps` gates. Each takes what came before it, the last gate or at first an input, and one more wire
  drawn from all inputs and earlier gates, so that a gate may be used several times; it applies one of the ten gates
  that depend on both.
- grammar: `steps` levels. At each level neighbours are joined in pairs by one gate that all pairs of the level share;
  what is left after the last level is one symbol of the first 2^steps inputs.
- polynomial: the sign of a polynomial of inputs ±1 with `steps` random terms of one or two variables and normal
  coefficients, less its median. The post's example of a generator are the 32 parameters of the standard model.
- units: the sign of `steps` threshold units with normal weights, output weights ±1, less the median of their sum: what
  a network of one hidden layer makes itself, a *teacher*. Rectifiers: the same of units max(0, a).

A draw is repeated until a quarter of all inputs at least is 0 and a quarter 1: else a constant would do nearly as well,
and few examples would say nothing. The control of a function is its truth table in random order: as many ones, and no
step that made them. Source of the question: the post, and Lin, Tegmark & Rolnick 2017; the families are ours.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from theory.boolean.construction import signed_inputs
from theory.boolean.functions import Truth, inputs

Rng = np.random.Generator
Make = Callable[[int, int, Rng], Truth]

# Outputs of a gate for the inputs 00, 10, 01, 11 as bits 0 to 3: all sixteen but constants, copies and negations.
GATES = tuple(g for g in range(16) if g not in (0, 15, 0b1010, 0b0101, 0b1100, 0b0011))
# The least share of zeros, and of ones.
LEAST_SHARE = 0.25
# Draws of one function, at most: most draws pass.
MOST_DRAWS = 10_000


def apply_gate(gate: int, a: Truth, b: Truth) -> Truth:
    """A gate of two wires, for every input."""
    return ((gate >> (a + 2 * b)) & 1).astype(np.uint8)


def gates(n: int, steps: int, rng: Rng) -> Truth:
    """A chain of random gates; see the top of this module."""
    wires = list(inputs(n).T.astype(np.uint8))
    last = int(rng.integers(n))
    for _ in range(steps):
        # Any wire but the last itself.
        other = int(rng.integers(len(wires) - 1))
        other += other >= last
        wires.append(apply_gate(int(rng.choice(GATES)), wires[last], wires[other]))
        last = len(wires) - 1
    return wires[-1]


def grammar(n: int, steps: int, rng: Rng) -> Truth:
    """Levels of pairs, one random gate a level; see the top of this module.

    Raises:
        ValueError: if there are fewer than 2^steps inputs.
    """
    if 2**steps > n:
        raise ValueError(f"{steps} levels of pairs need {2**steps} inputs, and there are {n}")
    row = list(inputs(n).T[: 2**steps].astype(np.uint8))
    for _ in range(steps):
        gate = int(rng.choice(GATES))
        row = [apply_gate(gate, a, b) for a, b in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def polynomial(n: int, steps: int, rng: Rng) -> Truth:
    """Terms of degree 1 and 2 with normal coefficients; see the top of this module.

    Raises:
        ValueError: if there are fewer different terms.
    """
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    if steps > len(pairs):
        raise ValueError(f"{n} inputs have {len(pairs)} terms of degree 1 and 2, fewer than {steps}")
    x = signed_inputs(n)
    chosen = [pairs[k] for k in rng.choice(len(pairs), steps, replace=False)]
    terms = np.stack([x[:, i] if i == j else x[:, i] * x[:, j] for i, j in chosen], axis=1)
    return _above_median(terms @ rng.standard_normal(steps))


def units(n: int, steps: int, rng: Rng) -> Truth:
    """A teacher of `steps` threshold units; see the top of this module."""
    return _above_median((_pre_activations(n, steps, rng) > 0) @ rng.choice([-1.0, 1.0], steps))


def rectifiers(n: int, steps: int, rng: Rng) -> Truth:
    """A teacher of `steps` rectifiers; see the top of this module."""
    return _above_median(np.maximum(_pre_activations(n, steps, rng), 0.0) @ rng.choice([-1.0, 1.0], steps))


def _pre_activations(n: int, steps: int, rng: Rng) -> Float[np.ndarray, "inputs steps"]:
    return signed_inputs(n) @ rng.standard_normal((n, steps)) + rng.standard_normal(steps)


def _above_median(values: Float[np.ndarray, " inputs"]) -> Truth:
    # Of equal values, as few terms have, all are on one side.
    return (values > np.median(values)).astype(np.uint8)


FAMILIES: dict[str, Make] = {
    "gates": gates,
    "grammar": grammar,
    "polynomial": polynomial,
    "units": units,
    "rectifiers": rectifiers,
}


def is_mixed(truth: Truth) -> bool:
    """Whether zeros and ones have at least `LEAST_SHARE` each."""
    return bool(LEAST_SHARE <= truth.mean() <= 1 - LEAST_SHARE)


def draw(family: str, n: int, steps: int, rng: Rng) -> Truth:
    """A function of a family that is not nearly constant.

    Raises:
        ValueError: if none of many draws is one.
    """
    for _ in range(MOST_DRAWS):
        if is_mixed(truth := FAMILIES[family](n, steps, rng)):
            return truth
    raise ValueError(f"no function of {n} bits that {family} make in {steps} steps has enough zeros and ones")


def shuffled(truth: Truth, rng: Rng) -> Truth:
    """The control: a random function with as many ones."""
    return rng.permutation(truth)
