"""Hidden threshold units of five bits, and the few that a function needs to be composed of.

Every network of one hidden layer is f = g(h_1, ..., h_w) with threshold functions h_i and a threshold function g. An
h_i with a negative output weight can be exchanged for its complement, which is a threshold function too. So g never
falls when an h_i rises, without loss of generality.

**Units may be required to be right where they can be.** An input x is *essential* for h if h stays a threshold function
when its value at x is changed. Suppose that an h_i is wrong at an essential x: h_i(x) differs from f(x). Change it. If
f(x) = 1 then h_i rises and g stays 1; if f(x) = 0 then h_i falls and g stays 0. The network still computes f, and its
units have one error less. This ends. So f has a network of w units only if it has one of *right* units, which agree
with f at all of their essential inputs. Of 94,572 threshold functions, some 1,000 are right for a typical f.
"""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, UInt32

from theory.boolean.census import threshold_functions
from theory.boolean.five_bits.classes import Functions, least_members

POINTS = 32


class Units(NamedTuple):
    """Threshold functions in ascending order, with their essential inputs as 32 bits each."""

    functions: UInt32[np.ndarray, " units"]
    essential: UInt32[np.ndarray, " units"]

    def some(self, which: np.ndarray) -> "Units":
        """Some of the units, by a mask or by their places."""
        return Units(self.functions[which], self.essential[which])


@functools.cache
def all_units() -> Units:
    """All 94,572 threshold functions of five bits, constants included."""
    functions = threshold_functions(5).astype(np.uint32)
    essential = np.zeros_like(functions)
    for point in range(POINTS):
        bit = np.uint32(1 << point)
        essential |= np.where(are_threshold(functions ^ bit, functions), bit, np.uint32(0))
    return Units(functions, essential)


def are_threshold(functions: Functions, among: Functions | None = None) -> np.ndarray:
    """Which functions are among the threshold functions, which are in ascending order."""
    among = all_units().functions if among is None else among
    place = np.minimum(np.searchsorted(among, functions), len(among) - 1)
    return among[place] == functions


def right_units(function: int) -> Units:
    """The units that agree with a function at all of their essential inputs."""
    units = all_units()
    return units.some(((units.functions ^ np.uint32(function)) & units.essential) == 0)


@functools.cache
def first_units() -> tuple[Units, Int[np.ndarray, " units"]]:
    """One unit of each NPN class, large classes first, and for every unit the number of its class in this order."""
    units = all_units()
    least, sizes = least_members(units.functions)
    representatives, which = np.unique(least, return_inverse=True)
    size = np.zeros(len(representatives), np.int64)
    size[which] = sizes
    order = np.argsort(-size, kind="stable")
    place = np.argsort(order)
    return units.some(np.searchsorted(units.functions, representatives[order])), place[which]
