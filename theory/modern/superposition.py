"""Two features in one dimension: superposition is better than one of them alone if both are rare enough.

Elhage et al. 2022 (Toy Models of Superposition): features x_i are independent, 0 with probability 1 - p and else
uniform on [0, 1]. The model stores h = w · x, one number, and returns x'_i = max(0, w_i h + b_i). With importances 1
and I <= 1

    L(w, b) = E (x_1 - x'_1)² + I E (x_2 - x'_2)².

*One alone.* w = (1, 0) with b = (0, p/2) returns the first feature, and the mean of the second, whose variance is
p/3 - p²/4: L = I (p/3 - p²/4).

*Superposition.* w = (1, -1) with b = 0 returns max(0, x_1 - x_2) and max(0, x_2 - x_1): all is right unless both are
active. Then both are off by min(x_1, x_2), whose mean square is 1/6: L = (1 + I) p²/6. That is less than one alone if
and only if p < 4 I / (2 + 5 I).

*Without the rectifier* only covariances count. With a = w_1² and c = w_2² the loss is the variance of a feature times
(a - 1)² + a c + I ((c - 1)² + a c). Both of its slopes are 0 only at a = -2 I / (1 - I), which is no square. So it is
least where a or c is 0: it is I at (1, 0) and 1 at (0, 1). One alone is best, however rare features are.

The exact loss of any w and b: x_1 - x'_1 is a polynomial on both parts into which its rectifier cuts the unit square.
"""

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

Point = tuple[Fraction, Fraction]
Number = TypeVar("Number", float, Fraction)


def variance(p: Number) -> Number:
    """The variance of a feature that is uniform on [0, 1] with probability p and else 0."""
    return p / 3 - p**2 / 4


def alone(p: Fraction, importance: Fraction) -> Fraction:
    """The loss of w = (1, 0), b = (0, p/2)."""
    return importance * variance(p)


def superposed(p: Fraction, importance: Fraction) -> Fraction:
    """The loss of w = (1, -1), b = 0."""
    return (1 + importance) * p**2 / 6


def border(importance: Fraction) -> Fraction:
    """The p below which superposition is better than one feature alone."""
    return 4 * importance / (2 + 5 * importance)


def loss(w: Point, b: Point, p: Fraction, importance: Fraction) -> Fraction:
    """L(w, b), exactly."""
    product = w[0] * w[1]
    return _of_one(w[0] ** 2, product, b[0], p) + importance * _of_one(w[1] ** 2, product, b[1], p)


def _of_one(a: Fraction, c: Fraction, b: Fraction, p: Fraction) -> Fraction:
    """E (x - max(0, a x + c y + b))², where x is the feature that is returned and y the other one."""
    neither = max(b, Fraction(0)) ** 2
    only_x = Fraction(1, 3) + _on_interval(a, b, lambda x, u: (x - u) ** 2 - x**2)
    only_y = _on_interval(c, b, lambda _, u: u**2)
    both = Fraction(1, 3) + _on_square(a, c, b)
    return (1 - p) ** 2 * neither + p * (1 - p) * (only_x + only_y) + p**2 * both


def _on_interval(slope: Fraction, height: Fraction, f: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    """The integral of f(t, u) over the t in [0, 1] where u = slope t + height is positive; f is quadratic in t."""
    low, high = Fraction(0), Fraction(1)
    if slope:
        zero = -height / slope
        low, high = (max(low, zero), high) if slope > 0 else (low, min(high, zero))
    elif height <= 0:
        return Fraction(0)
    if high <= low:
        return Fraction(0)
    # Simpson's rule has no error.
    left, middle, right = (f(t, slope * t + height) for t in (low, (low + high) / 2, high))
    return (high - low) * (left + 4 * middle + right) / 6


def _on_square(a: Fraction, c: Fraction, b: Fraction) -> Fraction:
    """The integral of (x - u)² - x² over the part of the unit square where u = a x + c y + b is positive."""
    corners = [(Fraction(x), Fraction(y)) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]

    def u(point: Point) -> Fraction:
        return a * point[0] + c * point[1] + b

    part: list[Point] = []
    for one, other in itertools.pairwise([*corners, corners[0]]):
        # Corners where u is 0 belong to the part, which has no area if all of its corners do.
        if u(one) >= 0:
            part.append(one)
        if u(one) * u(other) < 0:
            t = u(one) / (u(one) - u(other))
            part.append((one[0] + t * (other[0] - one[0]), one[1] + t * (other[1] - one[1])))
    if len(part) < 3:
        return Fraction(0)
    return sum((_on_triangle(part[0], *pair, u) for pair in itertools.pairwise(part[1:])), Fraction(0))


def _on_triangle(A: Point, B: Point, C: Point, u: Callable[[Point], Fraction]) -> Fraction:
    """The integral over a triangle: its area times the mean over the middles of its edges, exact for quadratics."""
    area = abs((B[0] - A[0]) * (C[1] - A[1]) - (C[0] - A[0]) * (B[1] - A[1])) / 2
    middles = [((P[0] + Q[0]) / 2, (P[1] + Q[1]) / 2) for P, Q in ((A, B), (B, C), (C, A))]
    return area * sum((u(M) * (u(M) - 2 * M[0]) for M in middles), Fraction(0)) / 3
