"""How large a space of pictures is, and how little of it a set of examples covers: exact, in whole numbers.

Pictures of p pixels with k grey levels each are k^p points. The digits that scikit-learn ships have 64 pixels and 17
levels, 0 to 16: they count the dark dots of blocks of 4 x 4 (Alpaydin & Kaynak, UCI 1998). So the space is 17^64,
10^78.7, and not 16^64.
"""

import math
from fractions import Fraction

import numpy as np
from jaxtyping import Int


def points(levels: int, pixels: int) -> int:
    """k^p."""
    return levels**pixels


def points_of_seen_levels(pictures: Int[np.ndarray, "pictures pixels"]) -> int:
    """Points of the smaller space in which every pixel has only the levels that it has in some picture."""
    return math.prod(len(np.unique(column)) for column in pictures.T)


def covered(pictures: Int[np.ndarray, "pictures pixels"], space: int) -> Fraction:
    """The share of a space that is in a set of pictures, each counted once."""
    return Fraction(len(np.unique(pictures, axis=0)), space)


def log10(share: Fraction) -> float:
    """Decimal logarithm of a share that is too small for a real number of the machine."""
    return math.log10(share.numerator) - math.log10(share.denominator)
