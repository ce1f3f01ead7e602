"""Networks that show at most how many hidden units the functions of a class need, and what another program checks.

A network is five truth tables of its hidden units and the truth table of its output unit over them, the *gate*, all as
integers of 32 bits. Networks of fewer units have the constant 0 in the places that are left, and their gate ignores
these places. So both layers are made of the same 94,572 threshold functions of five bits.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8, UInt32

from theory.boolean.five_bits.classes import Functions, all_classes
from theory.boolean.five_bits.units import POINTS, are_threshold

# The most hidden units of a network that is kept.
MOST = 5
# Input i of the gate as a function of its five inputs: what an input unit alone would say.
INPUTS = tuple(np.uint32(mask) for mask in (0xAAAAAAAA, 0xCCCCCCCC, 0xF0F0F0F0, 0xFF00FF00, 0xFFFF0000))


class Networks(NamedTuple):
    """One network for each class.

    Attributes:
        hidden: truth tables of the hidden units.
        gate: truth tables of the output units over the hidden units.
    """

    hidden: UInt32[np.ndarray, "classes units"]
    gate: UInt32[np.ndarray, " classes"]

    def functions(self) -> Functions:
        """What they compute: at every input the gate's value at the number whose bit i is hidden unit i."""
        computed = np.zeros_like(self.gate)
        for point in range(POINTS):
            says = (self.hidden >> np.uint32(point) & np.uint32(1)) << np.arange(MOST, dtype=np.uint32)
            computed |= (self.gate >> says.sum(1, dtype=np.uint32) & np.uint32(1)) << np.uint32(point)
        return computed

    def numbers_of_units(self) -> UInt8[np.ndarray, " classes"]:
        """How many hidden units each gate depends on."""
        used = np.zeros(len(self.gate), np.uint8)
        for i, mask in enumerate(INPUTS):
            with_one, with_zero = self.gate & mask, self.gate & ~mask
            used += with_one >> np.uint32(2**i) != with_zero
        return used

    def shows(self, classes: np.ndarray, widths: UInt8[np.ndarray, " classes"]) -> Bool[np.ndarray, " classes"]:
        """Whether each network shows that the functions of its class need at most so many hidden units.

        It does if hidden units and gate are threshold functions, the gate depends on no more units than that, and what
        it computes is in the class.

        Args:
            classes: the number of each network's class.
            widths: the numbers of units.
        """
        are_units = are_threshold(self.hidden.ravel()).reshape(self.hidden.shape).all(1) & are_threshold(self.gate)
        return are_units & (self.numbers_of_units() <= widths) & (all_classes().of(self.functions()) == classes)
