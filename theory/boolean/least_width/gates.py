"""Output units of a network of threshold units, up to the order of the hidden units.

Every network of one hidden layer is f = g(h_1, ..., h_k) with threshold functions h_i and a threshold function g, the
*gate*. An h_i with a negative output weight can be exchanged for its complement, which is a threshold function too. So
weights of a gate are positive without loss of generality. The hidden units can be put in the order of their output
weights. So few gates are left: 1, 2, 5, 17 and 92 that depend on all of 1, 2, 3, 4 and 5 units.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, UInt8

from theory.boolean.census import LARGEST_WEIGHT
from theory.boolean.functions import inputs

# All gates are listed up to this number of units.
LARGEST = len(LARGEST_WEIGHT) - 1


class Gate(NamedTuple):
    """A threshold function of the hidden units that rises with each of them.

    Attributes:
        weights: a positive integer for each hidden unit, in descending order.
        threshold: the gate is 1 if the weights of the units that are 1 add up to this or more.
    """

    weights: tuple[int, ...]
    threshold: int

    def __str__(self) -> str:
        """Its weights and its threshold, such as `2 1 1 >= 2`."""
        return f"{' '.join(map(str, self.weights))} >= {self.threshold}"

    @property
    def units(self) -> int:
        """The number of hidden units."""
        return len(self.weights)

    def of(self, hidden: UInt8[np.ndarray, "units inputs"]) -> UInt8[np.ndarray, " inputs"]:
        """Its value at each input, from the values of the hidden units."""
        return (np.array(self.weights) @ hidden.astype(int) >= self.threshold).astype(np.uint8)

    @property
    def dual(self) -> "Gate":
        """The gate whose value is the complement of this one's where all units are complemented."""
        return Gate(self.weights, sum(self.weights) - self.threshold + 1)

    def sufficient(self) -> list[list[int]]:
        """The least sets of units that make the gate 1 if all of them are 1."""
        return _least(self.of(_patterns(self.units)) == 1)

    def blocking(self) -> list[list[int]]:
        """The least sets of units that make the gate 0 if all of them are 0."""
        return _least(self.of(1 - _patterns(self.units)) == 0)


def _patterns(units: int) -> UInt8[np.ndarray, "units patterns"]:
    """All values of the hidden units, a column each; the number of a column has unit i as its bit i."""
    return inputs(units).T.astype(np.uint8)


def _least(holds: Bool[np.ndarray, " sets"]) -> list[list[int]]:
    """The sets for which something holds and that lose it with each of their members; bit i of a set is its member i.

    Args:
        holds: whether it holds for each set; it does for every set that contains one for which it does.
    """
    sets: Int[np.ndarray, " sets"] = np.arange(len(holds))
    units = range(len(holds).bit_length() - 1)
    without_one = [holds[sets & ~(1 << i)] & (sets >> i & 1 == 1) for i in units]
    least = sets[holds & ~np.any(without_one, axis=0)]
    return [[i for i in units if chosen >> i & 1] for chosen in least.tolist()]


@functools.cache
def gates(units: int) -> list[Gate]:
    """All gates that depend on each of so many units, one for each order of the units; equal weights come first.

    Two weight vectors in descending order give the same function up to the order of the units only if they give the
    same function.
    """
    if not 1 <= units <= LARGEST:
        raise ValueError(f"gates are listed for 1 to {LARGEST} units, not {units}")
    patterns = _patterns(units)
    found: dict[bytes, Gate] = {}
    # Vectors of small weights come first, so that the least weights stand for a function.
    vectors = sorted(itertools.combinations_with_replacement(range(LARGEST_WEIGHT[units], 0, -1), units), key=sum)
    for weights in vectors:
        for threshold in range(1, sum(weights) + 1):
            gate = Gate(weights, threshold)
            # A unit counts if and only if a least sufficient set has it.
            if len(set().union(*gate.sufficient())) == units:
                found.setdefault(gate.of(patterns).tobytes(), gate)
    return sorted(found.values(), key=lambda gate: len(set(gate.weights)))


def equal_gates(units: int) -> list[Gate]:
    """The gates that count: at least t of the units, those in the middle first."""
    middle_first = sorted(range(1, units + 1), key=lambda t: abs(2 * t - units - 1))
    return [Gate((1,) * units, t) for t in middle_first]
