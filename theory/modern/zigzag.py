"""Rectifier networks of width 2 come as near as asked to every curve in the plane on average, in L^p for every p < ∞.

Park, Yun, Lee & Shin 2021 (arXiv 2006.08859) and Kim, Min & Park (arXiv 2309.10402): in L^p, for functions on a cube,
the least width is max(d_x, d_y, 2), so 2 for curves in the plane on [0, 1]. The construction and its proof are ours.
Let f be a broken line in [-4, 4]²; such lines come near to all curves. M + 1 columns are w = 8/M apart, from -4 to 4.

*A zigzag.* A point goes up column 0, back down while it moves to column 1, up column 1, and so on: up a column of
height 8 for a time of 8, over to the next one for a time of 1. At time s it is in column c = x(s) at height s - 9c,
with

    x_0 = 0,    x_(c+1)(s) = min(c + 1, max(x_c(s), s - 8c - 8)),    x = x_M,

which two units compute: one holds s, the other becomes e <- max(0, k - s - e) in 2M layers, for k = 8, 9, 17, 18, 26,
..., the times at which columns end and begin. After k = 9c it is e = c - x_c(s).

*Following f.* Cut the time of each piece of f into steps in which f moves by at most w/16 along x. During a step the
zigzag is held in the column that is nearest to f at the middle of the step, at the height of f: this is a time s on the
zigzag, affine on every step of a piece. From a step to one with another column s is led on a straight line, within the
first part τ of the new step. So s is a broken line, with values of at least 0. Width 2 makes it: one unit is what is
left of the time since the last bend, the other one adds its multiples.

*Errors.* Columns of successive steps are neighbours, since f moves by w/16 at most from one middle to the next. So x is
never off by more than w/2 + 3w/32 = 19w/32. Outside of fast parts y is not off at all, and in them by no more than 8.
Let τ be 2^-k of a step. Fast parts take at most 2^-k of all the time, so that for every p >= 1

    mean of |x|^p + |y|^p <= (19w/32)^p + 8^p / 2^k,

which tends to 0 with w and 2^-k. The largest error does not: in fast parts the zigzag runs through the rest of a
column.

*Layers.* There is one for each piece of s, and 2 M for the zigzag. s has two bends for each change of the column, and
one for each corner of f. So the number of layers is of the order of M, and layers times error is bounded. Nor can
networks of width 2 do with layers of a smaller order if f crosses itself, see theory/modern/mean_floors.py.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from theory.dense import Layers
from theory.modern.broken_lines import Line
from theory.modern.exact_outputs import fractions
from theory.modern.plane_curves import Corners

# Curves are between -REACH and REACH, columns are HEIGHT high, and the zigzag takes PERIOD from one to the next.
REACH, HEIGHT, PERIOD = 4, 8, 9
# Steps of a piece for each column: so f moves by at most w / STEPS along x in one.
STEPS = 16


def bound(columns: int, sharpness: int, p: int) -> Fraction:
    """No network errs by more: the mean of |x|^p + |y|^p, see above; arguments as of `network`."""
    return Fraction(19 * HEIGHT, 32 * columns) ** p + Fraction(HEIGHT**p, 2**sharpness)


def network(corners: Corners, columns: int, sharpness: int) -> Layers:
    """A network of width 2 that follows a curve on [0, 1] on average.

    Args:
        corners: of a broken line in [-4, 4]², whole numbers; a power of two of pieces, which take equal times.
        columns: M, a power of two; columns are 8/M apart.
        sharpness: k >= 0; fast parts take 2^-k of a step.

    Returns:
        (W, b) of all layers, in numbers that float64 holds without rounding.

    Raises:
        ValueError: if the curve or the columns are not as above, or float64 does not hold a weight.
    """
    following, change, lift = _following(times_on_zigzag(corners, columns, sharpness))
    # s is the last sum and the last change, and e = max(0, 8 - s).
    first = [[change, -change], [1, -1]], [-lift, HEIGHT + lift]
    ends = [PERIOD * c + rest for c in range(columns) for rest in (HEIGHT, PERIOD)]
    others = [([[1, -1], [0, -1]], [0, end]) for end in ends[1:]]
    w = Fraction(HEIGHT, columns)
    last = [[0, 1], [-w, PERIOD]], [REACH, -REACH - PERIOD * columns]
    return tuple((_exactly(W), _exactly(b)) for W, b in (*following, first, *others, last))


def times_on_zigzag(corners: Corners, columns: int, sharpness: int) -> Line:
    """The broken line s of the times on the zigzag; arguments and errors as of `network`."""
    _check(corners, columns)
    near, steps = _columns(corners, columns), STEPS * columns
    step = Fraction(1, len(near))

    def time_on_zigzag(column: int, k: Fraction) -> Fraction:
        """Where the zigzag is in a column at the height of the curve after k steps."""
        piece = min(int(k / steps), len(corners) - 2)
        low, high = corners[piece : piece + 2, 1].tolist()
        return PERIOD * column + REACH + low + (k / steps - piece) * (high - low)

    found = [(Fraction(0), time_on_zigzag(near[0], Fraction(0)))]
    for k in range(1, len(near)):
        before, now = near[k - 1 : k + 1]
        if before != now or k % steps == 0:
            found.append((k * step, time_on_zigzag(before, Fraction(k))))
        if before != now:
            led = k + Fraction(1, 2**sharpness)
            found.append((led * step, time_on_zigzag(now, led)))
    found.append((Fraction(1), time_on_zigzag(near[-1], Fraction(len(near)))))
    times, places = zip(*found, strict=True)
    return Line(list(times), np.array(places, dtype=object)[:, None])


def _check(corners: Corners, columns: int) -> None:
    pieces = len(corners) - 1
    for count, what in ((pieces, "pieces"), (columns, "columns")):
        if count < 1 or count & (count - 1):
            raise ValueError(f"{count} {what}: their number must be a power of two, 1, 2, 4, ...")
    if abs(corners).max() > REACH:
        raise ValueError(f"a corner is at {abs(corners).max()}: curves must be between {-REACH} and {REACH}")


def _columns(corners: Corners, columns: int) -> list[int]:
    """The column that is nearest to the curve at the middle of each step; of two the one to the right."""
    steps = STEPS * columns
    starts, ways = corners[:-1, :1] + REACH, np.diff(corners[:, :1], axis=0)
    # The middle of step k of a piece is start + way (2 k + 1) / (2 steps); columns are HEIGHT / columns apart.
    middles = 2 * steps * starts + ways * (2 * np.arange(steps) + 1)
    return ((middles * columns + HEIGHT * steps) // (2 * HEIGHT * steps)).ravel().tolist()


def _following(s: Line) -> tuple[list[tuple[list[Any], list[Any]]], Fraction, int]:
    """Layers that hold what is left of the time since a bend, and the sum of all pieces so far.

    Returns:
        (W, b) of the layers, the last change of the slope, which is still to be added, and what the sum is lifted by.
    """
    places = s.places[:, 0].tolist()
    waits = [end - start for start, end in pairwise(s.times)]
    slopes = [(b - a) / wait for (a, b), wait in zip(pairwise(places), waits, strict=True)]
    changes = [b - a for a, b in pairwise([Fraction(0), *slopes])]
    layers: list[tuple[list[Any], list[Any]]] = [([[1, 0]], [0, places[0]])]
    lift = 0
    for k, wait in enumerate(waits[:-1]):
        # A piece goes on for ever: where it falls, the sum is lifted so that it stays above 0 until 1.
        least = places[k] + slopes[k] * (1 - s.times[k])
        lower, lift = lift, 0 if least >= 0 else 2 ** int(-least).bit_length()
        layers.append(([[1, changes[k]], [0, 1]], [-wait, lift - lower]))
    return layers, changes[-1], lift


def _exactly(numbers: list[Any]) -> np.ndarray:
    """Numbers in float64.

    Raises:
        ValueError: if one of them would be rounded.
    """
    found = np.array(numbers, dtype=float)
    if (fractions(found) != np.array(numbers, dtype=object)).any():
        raise ValueError("a weight is no number of float64: take fewer columns, or a smaller sharpness")
    return found
