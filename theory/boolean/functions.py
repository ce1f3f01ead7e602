"""Boolean functions of n bits as truth tables.

A function is an integer: bit i is its output for input i, and the j-th coordinate of input i is bit j of the number i.
So AND of two bits is 0b1000 = 8, XOR is 0b0110 = 6. Where a function has more than a few bits it is unpacked into
a vector of 2^n zeros and ones, in the same order.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Int, UInt8

Truth = UInt8[np.ndarray, " inputs"]


def inputs(n: int) -> Int[np.ndarray, "inputs n"]:
    """All 2^n points of {0,1}^n; row i is input i."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def unpack(function: int, n: int) -> Truth:
    """Truth table of an integer as a vector of 2^n zeros and ones."""
    if not 0 <= function < 2**2**n:
        raise ValueError(f"a function of {n} bits is an integer from 0 to 2^{2**n} - 1, not {function}")
    packed = np.frombuffer(function.to_bytes(max(1, 2**n // 8), "little"), np.uint8)
    return np.unpackbits(packed, bitorder="little")[: 2**n]


def pack(truth: Truth) -> int:
    """The integer with truth[i] as bit i: the inverse of `unpack`."""
    return int.from_bytes(np.packbits(truth, bitorder="little").tobytes(), "little")


def parity(n: int, rng: np.random.Generator) -> Truth:
    """1 if an odd number of bits is set. Needs n threshold units in one hidden layer (n <= 6), and n suffice."""
    return (inputs(n).sum(1) % 2).astype(np.uint8)


def majority(n: int, rng: np.random.Generator) -> Truth:
    """1 if more than half of the bits are set: one threshold unit."""
    return (2 * inputs(n).sum(1) > n).astype(np.uint8)


def conjunction(n: int, rng: np.random.Generator) -> Truth:
    """AND, 1 if all bits are set: one threshold unit."""
    return (inputs(n).sum(1) == n).astype(np.uint8)


def threshold(n: int, rng: np.random.Generator) -> Truth:
    """1 if <w, x> exceeds its median over the cube, w standard normal: one threshold unit with general weights."""
    a = inputs(n) @ rng.standard_normal(n)
    return (a > np.median(a)).astype(np.uint8)


def multiplexer(n: int, rng: np.random.Generator) -> Truth:
    """The data bit at the address of the address bits; address bits come first.

    The number of address bits is the least that can name every data bit. An address beyond the last data bit names the
    last one. The classic multiplexers are n = 3, 6, 11. For n = 2 there is one data bit and no choice.
    """
    address_bits = next(k for k in range(n) if 2**k >= n - k)
    bits = inputs(n)
    address = np.minimum(bits[:, :address_bits] @ (1 << np.arange(address_bits)), n - address_bits - 1)
    return np.take_along_axis(bits[:, address_bits:], address[:, None], 1)[:, 0].astype(np.uint8)


def random(n: int, rng: np.random.Generator) -> Truth:
    """Drawn from all balanced functions: exactly half of the 2^n inputs give 1."""
    return rng.permutation(np.arange(2**n) % 2).astype(np.uint8)


FAMILIES: dict[str, Callable[[int, np.random.Generator], Truth]] = {
    "random": random,
    "parity": parity,
    "multiplexer": multiplexer,
    "threshold": threshold,
    "majority": majority,
    "and": conjunction,
}
