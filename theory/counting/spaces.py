"""Sizes of spaces as powers: how many pictures there are, and how many settings a network has.

A picture of p numbers with g levels is one of g^p, and W weights with k levels have k^W settings. Both are integers of
up to ten million digits, and are compared as integers. Their logarithms come from decimal arithmetic of sixty digits.
Python's `decimal` rounds logarithms correctly, so all decimals that are shown are known.

Source of the numbers: Harth's post; the arithmetic is ours.
"""

import decimal
from typing import NamedTuple

# Digits of a logarithm: a space of 10^(10^7) points then still has its logarithm to fifty decimals.
DIGITS = 60


class Power(NamedTuple):
    """The integer base^exponent; both are whole numbers above 0."""

    base: int
    exponent: int

    @property
    def number(self) -> int:
        """The integer itself."""
        return self.base**self.exponent

    def log(self, base: int) -> decimal.Decimal:
        """Its logarithm to another base, to fifty digits."""
        with decimal.localcontext(prec=DIGITS):
            return self.exponent * decimal.Decimal(self.base).ln() / decimal.Decimal(base).ln()


def pictures(width: int, height: int, numbers: int = 1, levels: int = 256) -> Power:
    """Pictures of width times height points with some numbers each, every number one of some levels."""
    return Power(levels, width * height * numbers)


def encoded(picture: tuple[int, ...], levels: int = 256) -> int:
    """The output of one linear neuron with the weights 1, g, g², ...: its digits to base g are the inputs.

    So it differs for any two pictures.
    """
    number = 0
    for value in reversed(picture):
        number = number * levels + value
    return number


def decoded(number: int, count: int, levels: int = 256) -> tuple[int, ...]:
    """The inputs, from that output: the inverse of `encoded`."""
    digits = []
    for _ in range(count):
        number, digit = divmod(number, levels)
        digits.append(digit)
    return tuple(digits)
