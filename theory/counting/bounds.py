"""How many boolean functions a network of threshold units has at most, whatever real numbers its weights are.

Each of m hidden units is one of T(n) threshold functions, and the output divides the outputs of the hidden layer in at
most O(n, m) ways, see `theory.boolean.bounds`: T(n)^m O(n, m) functions.

General bounds go by the number W of weights. On d points there are at most (e d)^W behaviours (Warren 1968; Shalev-
Shwartz & Ben-David, *Understanding Machine Learning*, Theorem 20.6, for d >= W), so the VC dimension is at most the
largest d with 2^d <= (e d)^W, and by Sauer's lemma there are at most Σ_{i<=d} C(N, i) functions on N points.
"""

import math

from theory.boolean.bounds import THRESHOLD_FUNCTIONS, output_dichotomies


def dichotomies(n: int, m: int) -> float:
    """log2 of T(n)^m O(n, m), for n <= 9."""
    return m * math.log2(THRESHOLD_FUNCTIONS[n]) + math.log2(output_dichotomies(n, m))


def vc_dimension(weights: int) -> int:
    """The largest d with 2^d <= (e d)^W: threshold units with W weights and biases shatter no more points."""
    d = weights
    while (d + 1) * math.log(2) <= weights * (1 + math.log(d + 1)):
        d += 1
    return d


def sauer(points: int, weights: int) -> float:
    """log2 of Sauer's bound on the number of functions on `points` points; at most the number of points."""
    d = vc_dimension(weights)
    return float(points) if d >= points else math.log2(sum(math.comb(points, i) for i in range(d + 1)))
