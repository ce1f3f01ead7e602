"""Bilinear schemes: the product of two matrices through r products of numbers.

For an n x m matrix A and an m x p matrix B a scheme is U (r x nm), V (r x mp) and W (r x np): with vec of a matrix row
by row,

    vec(A B)_k = Σ_q W_qk (U_q · vec A) (V_q · vec B),    q = 1, ..., r,

This is a network with r hidden neurons that multiply. It is right for all matrices, and for matrices of blocks, if and
only if Brent's equations hold: Σ_q U_qi V_qj W_qk = T_ijk, the tensor of the product. What is known of the least r, the
rank of T (theorems from the literature, not proved here):

- 2x2 by 2x2: 7. Strassen 1969 found 7; Winograd 1971 and Hopcroft & Kerr 1971 proved that 6 are never enough. 6 do not
  even come arbitrarily close (Landsberg 2006; Conner, Harper & Landsberg 2019, arXiv 1911.07981).
- 2x3 by 3x2, as 2x2 by 2x3: 11. Strassen's scheme for two of the three columns and four products for the third are 11;
  Hopcroft & Kerr 1971 proved that 10 are not enough if all weights are 0 or 1 modulo 2, and Alekseyev 1985 for numbers
  of any kind. But 10 come as near as one likes, with weights that grow without end, and 9 do not (Bini, Capovani,
  Lotti & Romani 1979; Conner, Harper & Landsberg 2019), see theory/depth/near_schemes.py.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num

# Of the host or of a device, traced ones among them.
Numbers = Any


class Shape(NamedTuple):
    """Of a product of matrices: A has `rows` x `inner` entries, and B has `inner` x `columns`."""

    rows: int
    inner: int
    columns: int

    def __str__(self) -> str:
        """Such as 2x3 by 3x2."""
        return f"{self.rows}x{self.inner} by {self.inner}x{self.columns}"

    @property
    def entries(self) -> tuple[int, int, int]:
        """Of A, of B and of their product; there are as many equations as their product says."""
        return self.rows * self.inner, self.inner * self.columns, self.rows * self.columns


SQUARE, LONG = Shape(2, 2, 2), Shape(2, 3, 2)
# By the names that they have in settings.
PRODUCTS = {"2x2-2x2": SQUARE, "2x3-3x2": LONG}
# The least number of products of an exact scheme.
RANKS = {SQUARE: 7, LONG: 11}
# The least number of products with which schemes come as near as one likes.
BORDER_RANKS = {SQUARE: 7, LONG: 10}


class Scheme(NamedTuple):
    """Combinations of A's entries, of B's entries, and which products every entry of AB is summed from."""

    U: Num[Numbers, "*schemes r nm"]
    V: Num[Numbers, "*schemes r mp"]
    W: Num[Numbers, "*schemes r np"]

    def some(self, which: Any) -> "Scheme":
        """Of many schemes, which have an axis in front, one or some: a number, a slice, or a truth for each."""
        return Scheme(*(part[which] for part in self))

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """(W, b) of one scheme as a network: U and V, which stand side by side, and W, after their products."""
        weights = [np.asarray(one) for one in (self.U.T, self.V.T, self.W)]
        return [(one, np.zeros(one.shape[1])) for one in weights]

    @property
    def products(self) -> int:
        """How many numbers are multiplied by one another, r."""
        return int(self.U.shape[-2])

    @property
    def shape(self) -> Shape:
        """Of the product: the numbers of entries of A, B and AB tell n, m and p."""
        of_A, of_B, of_AB = (part.shape[-1] for part in self)
        rows = math.isqrt(of_A * of_AB // of_B)
        return Shape(rows, of_A // rows, of_AB // rows)


def product_tensor(shape: Shape = SQUARE) -> Int[np.ndarray, "nm mp np"]:
    """T_ijk: 1 where entry i of A times entry j of B is a term of entry k of AB."""
    n, m, p = shape
    T = np.zeros((n, m, m, p, n, p), int)
    for row, middle, column in np.ndindex(n, m, p):
        T[row, middle, middle, column, row, column] = 1
    return T.reshape(n * m, m * p, n * p)


def defects(scheme: Scheme) -> Num[Numbers, "*schemes nm mp np"]:
    """By how much each of Brent's equations is missed; in integers if the scheme is."""
    pairs = scheme.U[..., :, :, None] * scheme.V[..., :, None, :]
    flat = pairs.reshape(*pairs.shape[:-2], -1).swapaxes(-1, -2) @ scheme.W
    T = product_tensor(scheme.shape)
    return flat.reshape(*flat.shape[:-2], *T.shape) - T


def residual(scheme: Scheme) -> Float[np.ndarray, "*schemes"]:
    """Root of the sum of squares of the defects."""
    return np.asarray(np.sqrt(np.sum(np.asarray(defects(scheme), float) ** 2, axis=(-3, -2, -1))))


def naive(shape: Shape = SQUARE) -> Scheme:
    """The definition of the product: n m p products, each of one entry with one entry."""
    T = product_tensor(shape)
    return Scheme(*(np.eye(entries, dtype=int)[index] for entries, index in zip(T.shape, np.nonzero(T), strict=True)))


def strassen() -> Scheme:
    """Strassen 1969: 7 products; 12 non-zeros in each of U, V and W."""
    U = [[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [-1, 0, 1, 0], [0, 1, 0, -1]]
    V = [[1, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, -1], [-1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    W = [[1, 0, 0, 1], [0, 0, 1, -1], [0, 1, 0, 1], [1, 0, 1, 0], [-1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    return Scheme(np.array(U), np.array(V), np.array(W))


def winograd() -> Scheme:
    """Winograd's variant: 7 products and, where sums are shared, 15 additions instead of 18; 14 non-zeros each.

    Sharing a sum is to reuse a neuron, which takes more layers; written as one layer before and one after the products
    nothing is shared.
    """
    U = [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, -1, -1], [0, 0, 0, 1], [0, 0, 1, 1], [-1, 0, 1, 1], [1, 0, -1, 0]]
    V = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, -1, -1, 1], [-1, 1, 0, 0], [1, -1, 0, 1], [0, -1, 0, 1]]
    W = [[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 0], [0, 1, 0, 1], [0, 1, 1, 1], [0, 0, 1, 1]]
    return Scheme(np.array(U), np.array(V), np.array(W))


def long() -> Scheme:
    """2x3 by 3x2 with 11 products: Strassen's for two columns of A and rows of B, and four for what is left of them."""
    columns = np.arange(6).reshape(2, 3)
    return side_by_side(
        LONG,
        (strassen(), columns[:, :2].ravel(), np.arange(4), np.arange(4)),
        (naive(Shape(2, 1, 2)), columns[:, 2], np.arange(4, 6), np.arange(4)),
    )


def side_by_side(shape: Shape, *parts: tuple[Scheme, *tuple[Int[np.ndarray, " entries"], ...]]) -> Scheme:
    """A scheme of all products of smaller ones, whose results are added up.

    Args:
        shape: of the product.
        parts: each a smaller scheme, and the entries of A, of B and of AB that are its own.
    """
    joined = []
    for which, entries in enumerate(shape.entries):
        rows = []
        for scheme, *places in parts:
            rows.append(np.zeros((scheme.products, entries), int))
            rows[-1][:, places[which]] = scheme[which]
        joined.append(np.concatenate(rows))
    return Scheme(*joined)


def turned(scheme: Scheme) -> Scheme:
    """The scheme for p x n by n x m that one for n x m by m x p becomes: the trace of A B C is that of C A B.

    C takes the place of A, A that of B, and what was multiplied by B is the product.
    """
    n, m, p = scheme.shape
    return Scheme(_transposed(scheme.W, n, p), scheme.U, _transposed(scheme.V, m, p))


def _transposed(part: Num[np.ndarray, "r entries"], rows: int, columns: int) -> Num[np.ndarray, "r entries"]:
    return part.reshape(-1, rows, columns).swapaxes(1, 2).reshape(len(part), -1)


# Schemes for blocks of 2x2.
SCHEMES = {"naive": naive, "strassen": strassen, "winograd": winograd}
