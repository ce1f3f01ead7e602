"""Ten products for 2x3 by 3x2: never exact, and as near as one likes.

Eleven products are needed, see theory/depth/schemes.py. For any ε > 0, the weights

    U = U_0 + ε U_1,    V = V_0 + ε V_1,    W = (W_0 + ε W_1) / ε

of 10 products miss Brent's equations by the order ε. For that, in whole numbers, the terms of ε^0 of U_0 V_0 W_0 vanish
and those of ε^1 are T; what is left has a factor ε. The weights grow as 1 / ε; if each product is spread evenly over
U, V and W, as its cube root. So there is no best network of ten: the closer one comes, the larger its weights.

The heart is a product of 2x2 matrices with one entry of A equal to 0, by five products (Bini, Capovani, Lotti & Romani
1979, as in Landsberg's books; checked here in integers). Two of them make a product of 3x2 by 2x2 matrices.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from theory.depth.schemes import Scheme, Shape, side_by_side, turned

# Columns: entries 00, 01, 10 and 11 of A, of B, and of AB. A_11 is 0.
_U0 = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]]
_U1 = [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
_V0 = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0]]
_V1 = [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]]
_W0 = [[0, 1, 0, 0], [1, 0, 0, 0], [-1, -1, 0, 0], [-1, 0, 0, 0], [1, 0, 0, 0]]
_W1 = [[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, -1], [0, 0, 0, 0], [0, 0, 0, 1]]


class Nearly(NamedTuple):
    """Weights of schemes that come near a product, by powers of ε: those of ε^0 and of ε^1; W is divided by ε."""

    zeroth: Scheme
    first: Scheme

    def at(self, ε: float) -> Scheme:
        """The scheme for this ε; exact in float64 if it is a power of two that is not too small."""
        U, V, W = (a + ε * b for a, b in zip(self.zeroth, self.first, strict=True))
        return Scheme(U, V, W / ε)

    def orders(self) -> list[Int[np.ndarray, "nm mp np"]]:
        """What Σ U V W is, times ε, by powers of ε from 0 to 3; in integers."""
        found = [np.zeros(1, int) for _ in range(4)]
        for which in np.ndindex(2, 2, 2):
            U, V, W = ((self.zeroth, self.first)[one][part] for part, one in enumerate(which))
            found[sum(which)] = found[sum(which)] + np.einsum("qi,qj,qk->ijk", U, V, W)
        return found


def long() -> Nearly:
    """Ten products for 2x3 by 3x2."""
    return Nearly(*(_long(Scheme(*map(np.array, parts))) for parts in ((_U0, _V0, _W0), (_U1, _V1, _W1))))


def _long(half: Scheme) -> Scheme:
    # For 3x2 by 2x2: the first half has the two entries of row 0 of A and the first one of row 1, the second half those
    # of row 2 and the other one of row 1, with columns of A and rows of B exchanged.
    places = np.arange(6).reshape(3, 2)
    first = (half, places[:2].ravel(), np.arange(4), places[:2].ravel())
    second = (half, places[[2, 1], ::-1].ravel(), np.arange(4).reshape(2, 2)[::-1].ravel(), places[[2, 1]].ravel())
    return turned(side_by_side(Shape(3, 2, 2), first, second))


def spread(scheme: Scheme) -> Float[np.ndarray, " r"]:
    """Of every product, the geometric mean of the largest weights of U, V and W: what is left if they are balanced."""
    return np.cbrt(np.prod([np.abs(part).max(1) for part in scheme], 0))
