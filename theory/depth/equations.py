"""How few neurons can multiply: the Taylor equations, solved or refuted in whole numbers.

m neurons with directions a_j that stay fixed, biases b_j and output weights c_j / λ^N multiply as λ -> 0 if and only if
for every degree k <= N, as polynomials in x,

    Σ_j c_j σ^(k)(b_j) (a_j·x)^k = 0 for k < N,    = N! / ∏ r_i! · ∏ x_i^r_i for k = N.

Without biases σ^(k)(0) is a common factor: a degree with a vanishing derivative asks for nothing; every other asks for
Σ_j c_j a_j^α = [α = r] for all α with |α| = k (up to scale, for fixed a linear in c).

*All derivatives to N non-zero: ∏ (r_i + 1) neurons at least* (2^n for a product: Lin et al. 2017, appendix A). For each
β <= r let row β of a matrix hold a_j^β. With fewer columns than rows, rows depend: Σ_β w_β a_j^β = 0 for all j. Let s
be the largest |β| with w_β ≠ 0, multiply by c_j (a_j·x)^(N-s) and add over j: terms with |β| < s belong to equations of
degree N - s + |β| < N and vanish; those with |β| = s leave Σ w_β (some factor > 0) x^(r - β) = 0. But these monomials
are independent. Contradiction. This holds for all real a.
*Several monomials at once* take, by the same argument with an r for each, as many neurons as there are β below any of
them; finite differences with exactly these β as directions make all of them, so that this number is the least.
*Degree 0 free* (an output bias, or σ(0) = 0): the row β = 0 is left out, which leaves degrees 1 to N: one fewer.
*Weights that move in any way* as the error falls do with no fewer, if all derivatives to 2N are non-zero and the
network's Taylor coefficients to 2N converge to those of the monomial. Then, up to scale, Σ_j v_j w_j^α -> [α = r] for
all |α| <= 2N; the matrix Σ_j v_j w_j^(β + r - γ) over β, γ <= r has rank m at most and converges to that of [β = γ].
*Any hidden biases: ∏ (r_i + 1) / (r_1 + 1) at least*, for any i in the place of 1: of the equations only that of degree
N is used, with c_j σ^(N)(b_j) for c_j. Its derivative by x_1 drops the j with a_j1 = 0; scale the others to a_j1 = 1,
so that Σ_j c'_j (x_1 + a'_j·x')^(N-1) is x_1^(r_1 - 1) x'^(r') but for a factor. The coefficients of the powers of x_1
are the equations of the first case for the monomial x'^(r') in n - 1 variables, with all degrees to N - r_1. This is a
statement about fixed directions: where they move with a parameter fewer do if exponents differ, see `moving`.

`solvable` decides one choice of directions exactly, by elimination without fractions (Bareiss).
"""

from collections.abc import Iterable, Iterator
from itertools import combinations_with_replacement, product

import numpy as np
from jaxtyping import Int

Whole = Int[np.ndarray, "neurons n"]


def degrees(order: int, switch: str) -> range:
    """The degrees with an equation to meet.

    Args:
        order: N.
        switch: "all" of them; "not 0", with an output bias; or "highest", which any hidden biases must still meet.
    """
    return {"all": range(order + 1), "not 0": range(1, order + 1), "highest": range(order, order + 1)}[switch]


def least_neurons(exponents: tuple[int, ...], switch: str) -> int:
    """The lower bound that is proved above, for directions that are fixed while λ -> 0."""
    everything = int(np.prod([r + 1 for r in exponents]))
    return {"all": everything, "not 0": everything - 1, "highest": everything // (min(exponents) + 1)}[switch]


def multi_indices(n: int, degree: int) -> Iterator[tuple[int, ...]]:
    """All α of n whole numbers with |α| = degree."""
    for chosen in combinations_with_replacement(range(n), degree):
        yield tuple(chosen.count(i) for i in range(n))


def moments(a: Whole, exponents: tuple[int, ...], kept: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """The equations Σ_j c_j a_j^α = [α = r] for all α of a kept degree.

    Args:
        a: directions, whole numbers.
        exponents: r.
        kept: degrees.

    Returns:
        One row a neuron of a_j^α, and the right side; Python's integers, of any size.
    """
    indices = [α for k in kept for α in multi_indices(len(exponents), k)]
    whole = a.astype(object)
    columns = [np.prod(whole ** np.array(α, dtype=object), axis=1) for α in indices]
    right = np.array([int(α == exponents) for α in indices], dtype=object)
    return np.array(columns, dtype=object).T.reshape(len(a), len(indices)), right


def solvable(rows: np.ndarray, right: np.ndarray) -> bool:
    """Whether some combination of the rows is the right side, over the rationals, exactly."""
    return not eliminate(rows, right)[1].any()


def rank(matrix: np.ndarray) -> int:
    """Rank of a matrix of whole numbers, exactly."""
    return eliminate(matrix, matrix[0])[0]


def eliminate(rows: np.ndarray, right: np.ndarray) -> tuple[int, np.ndarray]:
    """Rank of the rows, and what is left of the right side when multiples of them are taken away, up to a factor."""
    rest, target, found, last = rows.astype(object), right.astype(object), 0, 1
    while len(rest):
        pivots = np.flatnonzero(rest[0])
        if not len(pivots):
            rest = rest[1:]
            continue
        first, column = rest[0], pivots[0]
        # Every entry is a minor of the matrix, so that the division leaves no remainder.
        rest = (first[column] * rest[1:] - rest[1:, [column]] * first) // last
        target = (first[column] * target - target[column] * first) // last
        last, found = first[column], found + 1
    return found, target


CHOICES = ("random", "signs", "zero-one", "small")


def directions(choice: str, n: int, count: int, rng: np.random.Generator) -> Whole:
    """Directions of `count` neurons.

    Args:
        choice: "random", whole numbers to ±9; "signs", different points of {-1, 1}^n while there are any;
            "zero-one", the same of {0, 1}^n; or "small", any points of {-1, 0, 1}^n, some of them more than once.
        n, count: numbers of inputs and of neurons.
        rng: draws them.
    """
    if choice == "random":
        return rng.integers(-9, 10, (count, n))
    corners = np.array(list(product({"signs": (-1, 1), "zero-one": (0, 1), "small": (-1, 0, 1)}[choice], repeat=n)))
    return corners[rng.choice(len(corners), count, replace=choice == "small" or count > len(corners))]


def all_directions(n: int, count: int, largest: int) -> Iterator[Whole]:
    """All choices of `count` directions with entries to ±largest, repetitions and orders left out."""
    points = np.array(list(product(range(-largest, largest + 1), repeat=n)))
    for chosen in combinations_with_replacement(range(len(points)), count):
        yield points[list(chosen)]
