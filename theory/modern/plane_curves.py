"""Rectifier networks of width 2 cannot follow every curve in the plane, however deep; width 3 can.

Park, Yun, Lee & Shin 2021 (arXiv 2006.08859): in L^p a width of max(d_x + 1, d_y) is enough, uniformly it is not. Kim,
Min & Park (arXiv 2309.10402): uniformly it takes d_y + 1 at least if d_x < d_y <= 2 d_x, so 3 for curves in the plane.
The proof below is ours. It uses a curve f with two crossings p and q whose loops enclose each other's crossing, see
`locked`.

*What width 2 does.* Let all weight matrices between layers be invertible; others are limits of these. In coordinates
of the output the curve begins as a straight line. Each rectifier then clips: it leaves a half-plane H as it is, and
moves all else along one direction onto the edge of H. Then the whole curve is in H, and what was moved is on its edge.

*Loops.* Let g be a network near f. It crosses itself near p, g(a) = g(b), and near q, g(c) = g(d), and its loop from c
to d winds around g(a), as its loop from a to b winds around g(c). Points of a curve that have met once stay together. A
straight line has no crossings. So both were made by clips; let that of g(a) be the last one, or exchange p and q. A
clip that makes it puts it on the edge of H, and the loop of q, which is closed by then, is in H. So the loop does not
wind around g(a). Later clips do not change that. If g(a) is on the edge of H, again nothing winds around it. Else it is
inside H, where nothing is moved, and moving what is outside of H does not cross it. This is a contradiction.

*How near.* Let both crossings be at right angles, with arms of length r or more to the ends of their segments. Let p
and q be d apart, and D away from the segments of each other's loop, those of the crossing in full. Let g err by less
than δ, in Euclid's norm. If 2δ <= r the crossings remain, no farther than √2 δ from p and q, and at times when f is no
farther than 2δ from them. The windings remain if (1 + √2) δ <= D, for then no point of a loop comes to g(a) while it
is moved from f to g, and if (1 + 2√2) δ <= d, for then its closed end at q does not either. So every network of width 2
errs by at least the least of r/2, D/(1 + √2), d/(1 + 2√2) somewhere.

*Width 3.* One unit is r_k = max(0, x - t_k), made from r_(k-1) at each layer; the two others add its multiples to the
two coordinates. All that a later kink needs of x is in r_k. So K layers of width 3 make every broken line of K pieces.
For other curves width 2 is enough: `BEND` is a line that is folded and then clipped.
"""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import hypot
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from theory.dense import Layers
from theory.depth.pieces import pieces
from theory.modern.exact_outputs import values

# Corners of broken lines with a piece for each eighth of [0, 1]: whole numbers, so that weights are exact.
Corners = Int[np.ndarray, "corners 2"]
LOCKED = np.array([(2, 1), (-3, -4), (-3, 4), (2, -1), (-2, -1), (3, 4), (3, -4), (-2, 1), (-2, 1)])
# Down, along and up again, without a crossing.
BEND = np.array([(x, max(4 * abs(x) - 8, -4)) for x in range(-4, 5)])


class Crossing(NamedTuple):
    """Two segments of a broken line that cross at right angles inside both.

    Attributes:
        first, second: numbers of the segments; the loop goes from the crossing on the first to that on the second.
        place: where they cross.
        arm: the shortest of the four lengths from there to the ends of the segments.
    """

    first: int
    second: int
    place: tuple[Fraction, Fraction]
    arm: float


def follow(corners: Corners, x: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points 2"]:
    """The curve at places of [0, 1]."""
    times = np.arange(len(corners)) / (len(corners) - 1)
    return np.stack([np.interp(x, times, coordinate) for coordinate in corners.T], axis=1)


def crossings(corners: Corners) -> list[Crossing]:
    """All crossings at right angles."""
    found = []
    for first, second in itertools.combinations(range(len(corners) - 1), 2):
        A, u = corners[first], corners[first + 1] - corners[first]
        B, v = corners[second], corners[second + 1] - corners[second]
        if not (u.any() and v.any()) or int(u @ v):
            continue
        # At right angles: the foot of each segment's start on the other's line is their crossing.
        s, t = Fraction(int((B - A) @ u), int(u @ u)), Fraction(int((A - B) @ v), int(v @ v))
        if 0 < s < 1 and 0 < t < 1:
            arm = min(float(min(s, 1 - s)) * float(np.linalg.norm(u)), float(min(t, 1 - t)) * float(np.linalg.norm(v)))
            found.append(Crossing(first, second, (A[0] + s * int(u[0]), A[1] + s * int(u[1])), float(arm)))
    return found


def loop(corners: Corners, crossing: Crossing) -> list[tuple[Fraction, Fraction]]:
    """Corners of the closed loop that begins and ends at a crossing."""
    inner = corners[crossing.first + 1 : crossing.second + 1].tolist()
    return [crossing.place, *((Fraction(x), Fraction(y)) for x, y in inner)]


def winding(polygon: list[tuple[Fraction, Fraction]], place: tuple[Fraction, Fraction]) -> int:
    """How often a polygon winds around a place that is not on it: its crossings of the ray to the right, with signs."""
    number = 0
    for (x, y), (x_next, y_next) in itertools.pairwise([*polygon, polygon[0]]):
        up = int(y_next > place[1]) - int(y > place[1])
        if up:
            at = x + (place[1] - y) / (y_next - y) * (x_next - x)
            number += up * (at > place[0])
    return number


def locked(corners: Corners) -> Iterator[tuple[Crossing, Crossing]]:
    """Pairs of crossings, one loop after the other, each of which winds around the crossing of the other."""
    for p, q in itertools.combinations(crossings(corners), 2):
        apart = p.second < q.first or q.second < p.first
        if apart and winding(loop(corners, p), q.place) and winding(loop(corners, q), p.place):
            yield p, q


def floor(corners: Corners) -> float:
    """A number such that every network of width 2 errs by at least as much; 0 if no loops are locked."""
    return max((_floor(corners, p, q) for p, q in locked(corners)), default=0.0)


def _floor(corners: Corners, p: Crossing, q: Crossing) -> float:
    d = hypot(*(float(a - b) for a, b in zip(p.place, q.place, strict=True)))
    D = min(_distance(corners, one, other.place) for one, other in ((p, q), (q, p)))
    return min(min(p.arm, q.arm) / 2, D / (1 + 2**0.5), d / (1 + 2 * 2**0.5))


def _distance(corners: Corners, crossing: Crossing, place: tuple[Fraction, Fraction]) -> float:
    """The distance of a place from all segments of a loop, those of its crossing in full."""
    starts = corners[crossing.first : crossing.second + 1].astype(float)
    ends = corners[crossing.first + 1 : crossing.second + 2].astype(float)
    to_place, along = np.array([float(one) for one in place]) - starts, ends - starts
    share = np.clip((to_place * along).sum(1) / (along**2).sum(1), 0, 1)
    return float(np.linalg.norm(to_place - share[:, None] * along, axis=1).min())


def squared_error(layers: Layers, corners: Corners) -> Fraction:
    """The largest squared distance between a network of two outputs and a curve on [0, 1].

    Between kinks of either both are affine, and the squared distance is convex: it is largest at a kink.

    Raises:
        ValueError: if a weight is not finite.
    """
    count = len(corners) - 1
    kinks = {Fraction(i, count) for i in range(count + 1)}
    kinks |= {piece.end for piece in pieces(layers, 0.0, 1.0) if piece.end is not None}
    x = sorted(kinks)
    (*hidden, (W, b)) = layers
    found = [values([*hidden, (W[:, k : k + 1], b[k : k + 1])], x) for k in range(2)]
    there = [[_exact(corners[:, k].tolist(), place * count) for place in x] for k in range(2)]
    off = [[one - other for one, other in zip(*both, strict=True)] for both in zip(found, there, strict=True)]
    return max(a * a + b * b for a, b in zip(*off, strict=True))


def _exact(heights: list[int], place: Fraction) -> Fraction:
    """A broken line with corners at whole numbers."""
    before = min(int(place), len(heights) - 2)
    return heights[before] + (place - before) * (heights[before + 1] - heights[before])


def three_wide(corners: Corners) -> Layers:
    """A network of width 3 that is the curve on [0, 1], with a hidden layer for each piece."""
    count = len(corners) - 1
    slopes = np.diff(corners, axis=0) * float(count)
    changes = np.diff(slopes, axis=0, prepend=0.0)
    # Sums of pieces that go on for ever stay above -lift, so that the rectifiers that carry them do nothing.
    lift = float(abs(corners).max() + abs(changes).sum())
    carry = np.eye(3)
    first = np.array([[1.0, 0.0, 0.0]]), np.array([0.0, *(corners[0] + lift)])
    layers = [first]
    for change in changes[:-1]:
        W = carry.copy()
        W[0, 1:] = change
        layers.append((W, np.array([-1.0 / count, 0.0, 0.0])))
    return (*layers, (np.concatenate([changes[-1:], np.eye(2)]), np.full(2, -lift)))


def two_wide() -> Layers:
    """A network of width 2 with two hidden layers that is `BEND` on [0, 1]: X = 8 x - 4 and max(-4, 4 |X| - 8)."""
    fold = np.array([[8.0, -8.0]]), np.array([-4.0, 4.0])
    clip = np.array([[1.0, 4.0], [-1.0, 4.0]]), np.array([4.0, -4.0])
    return fold, clip, (np.eye(2), np.array([-4.0, -4.0]))
