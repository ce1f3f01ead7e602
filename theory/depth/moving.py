"""Directions that move: fewer neurons come as near to a monomial as is wanted, where its exponents differ.

The bounds of `equations` are for directions a_j that stay while λ -> 0. Where only the equations of the highest degree
N count, directions that come together with a second parameter t -> 0 need fewer neurons. That is so for units without
lower derivatives at 0 (z^N; z - sin z for N = 3). With r_1 the largest exponent, and differences of order r_i with
nodes a_i and coefficients c_a in the other variables,

    ∏ r_i! / (N! t^(N - r_1)) Σ_a c_a (x_1 + t a·x')^N = ∏ x_i^r_i + O(t²),       ∏_{i > 1} (r_i + 1) neurons:

expanded by powers of t, differences leave nothing below t^(N - r_1), the monomial there, and by symmetry nothing at the
next power. Two units make x²y, where fixed directions take three. In algebra: a monomial's rank drops the smallest
exponent, ∏ (r_i + 1) / (min r_i + 1) (Carlini, Catalisano & Geramita 2012, arXiv 1110.0745, complex directions); its
border rank is at most ∏ (r_i + 1) / (max r_i + 1) (Landsberg & Teitler 2010), and is equal to that for all monomials
of a degree up to 6, of 3 variables, and for powers of a product (Oeding 2016, arXiv 1608.02530; read in its abstract).

*No fewer, where the largest exponent is at least the sum of the others.* The *flattening* of a form holds the
coefficients of its derivatives of order k. A power of a linear form has one of rank 1, so that a sum of m has rank m at
most, and so has a limit of such sums, because minors are continuous. The flattening of a monomial has as many non-zero
entries as there are β <= r with |β| = k, no two in a row or a column: its rank. For k = N - r_1 <= r_1 these are all
choices of (β_2, ..., β_n), which makes ∏_{i > 1} (r_i + 1).
"""

from fractions import Fraction
from itertools import product
from math import comb, factorial, prod

from theory.depth.equations import multi_indices

Neurons = list[tuple[Fraction, tuple[Fraction, ...]]]


def least_moving(exponents: tuple[int, ...]) -> int:
    """∏ (r_i + 1) / (max r_i + 1): neurons that suffice."""
    return prod(r + 1 for r in exponents) // (max(exponents) + 1)


def neurons_at(exponents: tuple[int, ...], t: Fraction) -> Neurons:
    """Output weight v and direction a of every neuron, Σ v (a·x)^N = ∏ x_i^r_i + O(t²), in fractions.

    Raises:
        ValueError: if t is 0.
    """
    if t == 0:
        raise ValueError("directions that have come together, t = 0, have no finite output weights")
    N, first = sum(exponents), exponents.index(max(exponents))
    others = [i for i in range(len(exponents)) if i != first]
    size = Fraction(prod(factorial(r) for r in exponents), factorial(N)) / t ** (N - exponents[first])
    found = []
    for places in product(*(range(exponents[i] + 1) for i in others)):
        weight, direction = size, [Fraction(1)] * len(exponents)
        for i, k in zip(others, places, strict=True):
            r = exponents[i]
            weight *= Fraction((-1) ** (r - k) * comb(r, k), factorial(r) * 2**r)
            direction[i] = t * (2 * k - r)
        found.append((weight, tuple(direction)))
    return found


def remainder(exponents: tuple[int, ...], neurons: Neurons) -> Fraction:
    """Largest coefficient, in size, of Σ v (a·x)^N - ∏ x_i^r_i; exact, and 0 where they are equal."""
    N = sum(exponents)
    missed = []
    for α in multi_indices(len(exponents), N):
        ways = Fraction(factorial(N), prod(factorial(k) for k in α))
        total = sum(v * prod(x**k for x, k in zip(a, α, strict=True)) for v, a in neurons)
        missed.append(abs(ways * total - (α == exponents)))
    return max(missed)


def flattening_rank(exponents: tuple[int, ...]) -> int:
    """The largest rank of a flattening: fewer neurons do not even come near, however they move."""
    degrees = [sum(β) for β in product(*(range(r + 1) for r in exponents))]
    return max(degrees.count(k) for k in range(sum(exponents) + 1))
