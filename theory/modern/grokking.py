"""Training the network of theory/modern/addition.py on a part of all sums modulo p, as in Gromov 2023.

A sum is right if its output is largest. The loss is the squared error of all p outputs, whose targets are 1 at the sum
and 0 elsewhere, and its mean is taken over the examples. A network has *fitted* when it is right on nearly all
examples, and it *generalises* when it is right on nearly all other inputs. It groks if the second comes long after.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from theory.modern import addition
from theory.modern.addition import Adder

Numbers = Any

# Standard deviation of an initial weight, times the root of the weights that it is added up with. It is small: units
# that begin large fit the examples before they move, and generalise later or never.
INITIAL = 0.3


class Answers(NamedTuple):
    """Shares of right answers, on the examples and on the rest."""

    train: Float[Numbers, ""]
    test: Float[Numbers, ""]


def initial(p: int, units: int, rng: np.random.Generator) -> Adder:
    """Normal weights. Two input weights are added up in a unit, and all units in an output."""
    U, V = rng.normal(0, INITIAL / np.sqrt(2), (2, p, units))
    return Adder(U, V, rng.normal(0, INITIAL / np.sqrt(units), (units, p)))


def examples(p: int, share: float, rng: np.random.Generator) -> Bool[np.ndarray, "p p"]:
    """Which inputs are examples: a share of all of them."""
    chosen = np.zeros(p * p, bool)
    chosen[rng.permutation(p * p)[: round(share * p * p)]] = True
    return chosen.reshape(p, p)


def loss(network: Adder, labels: Int[Numbers, "p p"], chosen: Bool[Numbers, "p p"]) -> Float[Numbers, ""]:
    """Mean over the examples of the squared error of all outputs."""
    z = addition.outputs(network)
    error = (z - (labels[..., None] == np.arange(z.shape[-1]))) ** 2
    return (error * chosen[..., None]).sum() / chosen.sum()


def answers(network: Adder, labels: Int[Numbers, "p p"], chosen: Bool[Numbers, "p p"]) -> Answers:
    """Shares of right answers, on the examples and on the rest."""
    right = addition.outputs(network).argmax(-1) == labels
    return Answers((right & chosen).sum() / chosen.sum(), (right & ~chosen).sum() / (~chosen).sum())
