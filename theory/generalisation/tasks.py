"""Boolean functions to be learned from some of their values, and the error on all the others, exactly.

A learner sees the values at some of the 2^n inputs. Its error on the rest is the share of the other inputs at which it
is wrong. If the labels are fair coins, those of the rest are independent of all that the learner saw. So the expected
error is exactly 1/2, whatever the learner is, also given that it is right on all its examples (Wolpert, Neural
Computation 8, 1996). Of a *balanced* random function this is not true: examples that are 1 make the rest 0 more often.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Int

from theory.boolean import functions
from theory.boolean.functions import Truth

# Bits that a junta depends on.
RELEVANT = 3


def coin(n: int, rng: np.random.Generator) -> Truth:
    """A fair coin for every input: random labels."""
    return rng.integers(0, 2, 2**n, np.uint8)


def junta(n: int, rng: np.random.Generator) -> Truth:
    """A balanced random function of three of the n bits; of all bits where there are no more."""
    relevant = rng.choice(n, min(RELEVANT, n), replace=False)
    table = functions.random(len(relevant), rng)
    return table[functions.inputs(n)[:, relevant] @ (1 << np.arange(len(relevant)))]


def shuffled_multiplexer(n: int, rng: np.random.Generator) -> Truth:
    """The multiplexer of n bits, which are in random order."""
    order = rng.permutation(n)
    return functions.multiplexer(n, rng)[functions.inputs(n)[:, order] @ (1 << np.arange(n))]


def partial_parity(n: int, rng: np.random.Generator) -> Truth:
    """Parity of some of the bits: how many is drawn from 2 to n, and then which."""
    relevant = rng.choice(n, rng.integers(2, n + 1), replace=False)
    return (functions.inputs(n)[:, relevant].sum(1) % 2).astype(np.uint8)


FAMILIES: dict[str, Callable[[int, np.random.Generator], Truth]] = {
    "majority": functions.majority,
    "threshold": functions.threshold,
    "junta": junta,
    "multiplexer": shuffled_multiplexer,
    "parity": functions.parity,
    "coin": coin,
}
# Kinds of functions from which a task is drawn at random where tasks are many: see `random_task`.
KINDS: dict[str, Callable[[int, np.random.Generator], Truth]] = {
    "threshold": functions.threshold,
    "junta": junta,
    "multiplexer": shuffled_multiplexer,
    "partial parity": partial_parity,
    "random": functions.random,
}


def random_task(n: int, rng: np.random.Generator) -> tuple[str, Truth]:
    """A random function of n bits: its kind, drawn first with equal probabilities, and its truth table."""
    kind = str(rng.choice(list(KINDS)))
    return kind, KINDS[kind](n, rng)


def examples(n: int, share: float, rng: np.random.Generator) -> Int[np.ndarray, " points"]:
    """The numbers of a share of all 2^n inputs, drawn without replacement; at least one, and never all."""
    count = int(np.clip(round(share * 2**n), 1, 2**n - 1))
    return np.sort(rng.choice(2**n, count, replace=False))


def rest(n: int, seen: Int[np.ndarray, " points"]) -> Bool[np.ndarray, " inputs"]:
    """Which of the 2^n inputs are not among the examples."""
    unseen = np.ones(2**n, bool)
    unseen[seen] = False
    return unseen


def error_on_rest(
    answers: Bool[np.ndarray, "*learners inputs"],
    truths: Bool[np.ndarray, "*learners inputs"],
    unseen: Bool[np.ndarray, " inputs"],
) -> Float[np.ndarray, "*learners"]:
    """Share of the unseen inputs that are answered wrongly."""
    return np.asarray((answers != truths)[..., unseen].mean(-1))


def constant_error(
    truths: Bool[np.ndarray, "*learners inputs"], unseen: Bool[np.ndarray, " inputs"]
) -> Float[np.ndarray, "*learners"]:
    """Error on the rest of the better of the two constant answers."""
    ones = truths[..., unseen].mean(-1)
    return np.asarray(np.minimum(ones, 1 - ones))


def nearest(
    n: int, seen: Int[np.ndarray, " points"], labels: Bool[np.ndarray, " points"]
) -> Bool[np.ndarray, " inputs"]:
    """What the nearest example says, at every input: by the number of bits that differ, the first among equals."""
    distance = np.bitwise_count(np.arange(2**n)[:, None] ^ seen)
    return labels[distance.argmin(1)]
