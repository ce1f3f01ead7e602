"""The symmetries of one function of five bits, and the orbits of hidden units under them.

A symmetry exchanges and negates inputs, and may negate the output. One that keeps the function takes its networks to
its networks: every hidden unit is moved in the same way, and negated if the output is.
"""

import functools
import itertools

import numpy as np
from jaxtyping import Int, UInt8, UInt32

from theory.boolean.functions import inputs

BITS = 5


@functools.cache
def _moves() -> Int[np.ndarray, "moves points"]:
    """For each order and negation of the inputs, the point where each point goes."""
    bits, place = inputs(BITS), 1 << np.arange(BITS)
    orders = [bits[:, list(order)] @ place for order in itertools.permutations(range(BITS))]
    return np.concatenate([np.stack(orders) ^ negated for negated in range(2**BITS)])


def orbits(
    function: int, units: UInt32[np.ndarray, " units"]
) -> tuple[Int[np.ndarray, " units"], Int[np.ndarray, " orbits"]]:
    """The orbits of units under the symmetries that keep a function, large ones first.

    Args:
        function: a truth table.
        units: truth tables; with each of them there are all of its orbit.

    Returns:
        The number of each unit's orbit, and the place of one unit of each orbit.
    """
    values = np.unpackbits(units.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    own = function >> np.arange(2**BITS) & 1
    moved = own[_moves()]
    least = units.copy()
    for changed, kept in ((np.uint32(0), (moved == own).all(1)), (~np.uint32(0), (moved != own).all(1))):
        for move in _moves()[kept]:
            image = _packed(values.take(move, axis=1))
            least = np.minimum(least, image ^ changed)
    _, first, number, size = np.unique(least, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(-size, kind="stable")
    return np.argsort(order)[number], first[order]


def _packed(values: UInt8[np.ndarray, "units points"]) -> UInt32[np.ndarray, " units"]:
    return np.packbits(values, axis=1, bitorder="little").view("<u4")[:, 0]
