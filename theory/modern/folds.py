"""x² on [0, 1] by folding: m triangle maps, one after the other, make the broken line through 2^m + 1 of its points.

With the triangle map T of theory/depth/sawtooth.py (Yarotsky 2017, arXiv 1610.01145)

    f_m(x) = x - T(x) / 4 - T²(x) / 4² - ... - T^m(x) / 4^m.

*Error.* On [a, a + h] the secant of x² lies above it by (x - a)(a + h - x), at most h²/4 in the middle. So the secants
of pieces of width h, less those of half the width, are triangles of height h²/4 on each piece. With h = 2^-(m-1) these
are T^m(x) / 4^m. By induction from f_0(x) = x, f_m consists of the secants of width 2^-m, and errs by exactly 4^-(m+1).

*Network.* Two rectifiers of a layer fold. A third one carries f_s, which is nowhere negative. The first layer needs no
third, for there x is what it would carry: 3 m - 1 rectifiers in m layers. All weights are powers of two.

*Floor.* If a line errs by e(x) then e(a) - 2 e(a + h/2) + e(a + h) is the second difference h²/2 of x², so that it errs
by at least h²/8 somewhere on [a, a + h]. Of p pieces one is at least 1/p wide: no function of p linear pieces,
continuous or not, errs by less than 1/(8 p²). Equal pieces reach that: secants lowered by half of their error. So f_m,
lowered by 4^-(m+1) / 2, is a best function of 2^m pieces.

*Neurons.* L layers with N rectifiers have at most ∏ (w_l + 1) <= (1 + N / L)^L pieces, see theory/depth/pieces.py, and
whatever L is, at most 2^N. So error ε takes at least L (8 ε)^(-1/(2 L)) - L rectifiers in L layers: a power of 1/ε. In
any number of layers it takes at least log2(1 / (8 ε)) / 2. In one layer n rectifiers make the n equal pieces that err
by 1/(8 n²); no n rectifiers err by less than 1/(8 (n + 1)²).
"""

from fractions import Fraction
from math import prod

import numpy as np

from theory.dense import Layers
from theory.depth.pieces import pieces
from theory.depth.sawtooth import T_HIDDEN
from theory.modern.exact_outputs import values

# The factor between the weights of one fold and the next.
QUARTER = 0.25


def folds(m: int, ratio: float = QUARTER, lowered: float = 0.0) -> Layers:
    """x - Σ ratio^s T^s(x), s = 1, ..., m, less `lowered`: f_m with the ratio 1/4.

    Args:
        m: number of folds and of hidden layers, at least 1.
        ratio: at most 1/4, or what the third rectifier carries is negative somewhere.
        lowered: what the output bias takes off.
    """
    (W, b), biases = T_HIDDEN, np.array([0.0, -0.5, 0.0])
    fold = np.array([2.0, -4.0, 0.0])
    # The first rectifier is x itself.
    carried = np.array([1 - 2 * ratio, 4 * ratio])
    layers, triangle = [(W, b)], fold[:2]
    for s in range(2, m + 1):
        layers.append((np.stack([triangle, triangle, carried], axis=1), biases))
        triangle, carried = fold, np.array([0.0, 0.0, 1.0]) - ratio**s * fold
    return (*layers, (carried[:, None], np.array([0.0 - lowered])))


def flat(width: int) -> Layers:
    """A best function of `width` pieces by as many rectifiers in one layer: lowered secants between multiples of 1/n.

    Weights are exact where `width` is a power of two.
    """
    kinks, changes = np.arange(width) / width, np.full(width, 2.0 / width)
    changes[0] = 1.0 / width
    return (np.ones((1, width)), -kinks), (changes[:, None], np.array([-1.0 / (8.0 * width**2)]))


def error(layers: Layers) -> tuple[Fraction, int]:
    """The largest |N(x) - x²| on [0, 1] and the number of linear pieces there, both exact.

    On a piece of slope α the difference to x² is largest at an end, or where both slopes agree, x = α / 2.

    Raises:
        ValueError: if a weight is not finite.
    """
    found = pieces(layers, 0.0, 1.0)
    ends = [Fraction(0), *(piece.end for piece in found if piece.end is not None)]
    heights = values(layers, ends)
    largest = max(abs(height - x * x) for x, height in zip(ends, heights, strict=True))
    for i in range(len(found)):
        slope = (heights[i + 1] - heights[i]) / (ends[i + 1] - ends[i])
        if ends[i] < slope / 2 < ends[i + 1]:
            # There the difference is N(a) - a² + (α/2 - a)².
            largest = max(largest, abs(heights[i] - ends[i] ** 2 + (slope / 2 - ends[i]) ** 2))
    return largest, len(found)


def best(count: int) -> Fraction:
    """1 / (8 p²): no function of p linear pieces errs by less on [0, 1]."""
    return Fraction(1, 8 * count**2)


def most_pieces(neurons: int, layers: int) -> int:
    """The most pieces of a network with so many rectifiers in so many layers: widths as equal as can be."""
    width, more = divmod(neurons, layers)
    return prod(width + 1 + (i < more) for i in range(layers))


def least_neurons(error: Fraction, layers: int) -> int:
    """Rectifiers in so many layers that may err by as little as this: fewer have too few pieces."""
    neurons = layers
    while best(most_pieces(neurons, layers)) > error:
        neurons += 1
    return neurons
