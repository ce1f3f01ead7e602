"""How many linear pieces a rectifier network of one input has: counted, not sampled.

Layer by layer. On a piece of the line every unit so far is affine, z = α x + β; so is its pre-activation, which is 0 at
one place at most. The pieces are cut at all of these places and every unit set to a or to 0 on each. In the end
neighbouring pieces on which the output is the same affine function are one.

A cut has at most one zero per unit, so a layer of w units makes at most w + 1 pieces of one:

    pieces on the line <= ∏_l (w_l + 1),      (w + 1)^L for L equal layers, less than the (2w)^L that is often quoted.

It is attained from w = 3 on (Serra, Tjandraatmadja & Ramalingam 2018, arXiv 1711.02114, who call their bounds exact for
one input; `sawtooth.zigzags` is an example for w = 3). For w = 1 and 2 it is not, once L > 1. All w + 1 pieces of the
first layer would have to be cut by each unit of the second: its pre-activation, a combination of the first layer's
units, would cross 0 on each of them, so that neighbouring slopes have opposite signs. The slopes of one unit are a
number and 0; those of two, by the sides to which they look, are (0, a, a + b), (a, 0, b), (a + b, a, 0) or
(a, a + b, b), and none of these alternates.

Exact: weights, which are fractions of powers of two, become whole numbers of any size; a positive factor on all units
of a layer changes no piece.
"""

from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np

from theory.dense import Layers


class Piece(NamedTuple):
    """From `start` to `end` of the line, None where it has no end; the units there are α x + β, rows of `affine`."""

    start: Fraction | None
    end: Fraction | None
    affine: np.ndarray

    def inside(self) -> Fraction:
        """A place within the piece."""
        if self.start is None:
            return Fraction(0) if self.end is None else self.end - 1
        return self.start + 1 if self.end is None else (self.start + self.end) / 2


def bound(widths: list[int]) -> int:
    """∏ (w_l + 1): no network has more pieces."""
    return prod(width + 1 for width in widths)


def pieces(layers: Layers, start: float | None = None, end: float | None = None) -> list[Piece]:
    """The linear pieces of a rectifier network with one input and one output, exactly.

    Args:
        layers: (W, b) of every layer; the last one is linear.
        start, end: of the interval that counts; None for the whole line.

    Raises:
        ValueError: if a weight is not finite.
    """
    ends = [None if place is None else Fraction(place) for place in (start, end)]
    found = [Piece(ends[0], ends[1], np.array([[1], [0]], dtype=object))]
    exponent = 0
    for number, layer in enumerate(layers):
        W, b, exponent = _whole(layer, exponent)
        affine = [piece._replace(affine=piece.affine @ W + np.array([0, 1])[:, None] * b) for piece in found]
        if number == len(layers) - 1:
            return _merged(affine)
        found = _merged([_rectified(part) for piece in affine for part in _cut(piece)])
    return found


def count(layers: Layers, start: float | None = None, end: float | None = None) -> int:
    """Number of linear pieces, see `pieces`."""
    return len(pieces(layers, start, end))


def _whole(layer: tuple[np.ndarray, np.ndarray], exponent: int) -> tuple[np.ndarray, np.ndarray, int]:
    """W and b as whole numbers, where the units before are 2^exponent times what they should be; the exponent after."""
    W, b = (np.asarray(part, float) for part in layer)
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise ValueError("a network with weights that are not finite has no pieces")
    ratios = [value.as_integer_ratio() for value in (*W.ravel().tolist(), *b.tolist())]
    # Denominators are powers of two, so the largest is a multiple of all.
    common = max(denominator for _, denominator in ratios)
    numbers = np.array([numerator * (common // denominator) for numerator, denominator in ratios], dtype=object)
    whole_b = numbers[W.size :] * 2**exponent
    return numbers[: W.size].reshape(W.shape), whole_b, exponent + common.bit_length() - 1


def _cut(piece: Piece) -> list[Piece]:
    α, β = piece.affine
    zeros = {Fraction(-int(b), int(a)) for a, b in zip(α, β, strict=True) if a}
    within = sorted(
        zero
        for zero in zeros
        if (piece.start is None or zero > piece.start) and (piece.end is None or zero < piece.end)
    )
    return [Piece(start, end, piece.affine) for start, end in pairwise([piece.start, *within, piece.end])]


def _rectified(piece: Piece) -> Piece:
    x, (α, β) = piece.inside(), piece.affine
    fires = α * x.numerator + β * x.denominator > 0
    return piece._replace(affine=piece.affine * fires.astype(int).astype(object))


def _merged(found: list[Piece]) -> list[Piece]:
    """Neighbours with the same units become one."""
    merged = found[:1]
    for piece in found[1:]:
        if (piece.affine == merged[-1].affine).all():
            merged[-1] = merged[-1]._replace(end=piece.end)
        else:
            merged.append(piece)
    return merged
