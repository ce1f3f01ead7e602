"""The triangle map composed k times: 2^k linear pieces by 2 k rectifiers in k layers, or by 2^k in one layer.

T(x) = 2 max(0, x) - 4 max(0, x - ½) maps [0, 1] onto itself, up on its first half and down on its second, so T^k goes
up and down 2^(k-1) times: a saw with a kink at every i / 2^k (Telgarsky 2015, 2016).

*Deep*: T is one hidden layer of 2 rectifiers; composed, its output weights and the next input weights are one matrix.
*Shallow*: T^k(x) = Σ_i s_i max(0, x - i / 2^k), i = 0, ..., 2^k - 1, with s_0 = 2^k and s_i = ±2^(k+1). On [0, 1] no
fewer than 2^k rectifiers will do. Every kink inside takes one, 2^k - 1 in all. If there were no other, each would
change the slope by its ±2^(k+1), and on the first piece the slope would be the sum of those that look left, a multiple
of 2^(k+1); it is 2^k.

All weights are powers of two: float64 evaluates both networks without rounding at multiples of 2^-(52 - k).
"""

import numpy as np
from jaxtyping import Float

from theory.dense import Layers

T_HIDDEN = (np.array([[1.0, 1.0]]), np.array([0.0, -0.5]))
T_OUTPUT = (np.array([[2.0], [-4.0]]), np.zeros(1))


def sawtooth(k: int, x: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
    """T^k(x) on [0, 1]: by folding 2^k x, not by composing."""
    return 1 - np.abs(np.mod(2.0 ** (k - 1) * x, 1.0) * 2 - 1)


def deep(k: int) -> Layers:
    """T^k by k hidden layers of two rectifiers."""
    (W, b), (V, c) = T_HIDDEN, T_OUTPUT
    return (W, b), *[(V @ W, c @ W + b)] * (k - 1), (V, c)


def shallow(k: int) -> Layers:
    """T^k on [0, 1] by one hidden layer of 2^k rectifiers."""
    kinks = np.arange(2**k) / 2.0**k
    changes = np.where(np.arange(2**k) % 2 == 0, 1.0, -1.0) * 2.0 ** (k + 1)
    changes[0] = 2.0**k
    return (np.ones((1, 2**k)), -kinks), (changes[:, None], np.zeros(1))


# A zigzag of four pieces, slopes -2, 2, -1, 1, kinks at 0, ½ and 3/2 where it is 0, 1, 0: each piece covers [0, 1].
ZIGZAG_HIDDEN = (np.array([[1.0, 1.0, -1.0]]), np.array([0.0, -0.5, 1.5]))
ZIGZAG_OUTPUT = (np.array([[4.0], [-3.0], [2.0]]), np.array([-3.0]))
# The next zigzag is given 3 y - ½, from -½ to 5/2 as y goes from 0 to 1: there all of its pieces cover [0, 1] again.
STRETCH, SHIFT = 3.0, -0.5


def zigzags(layers: int) -> Layers:
    """A network of layers of three rectifiers with 4^layers linear pieces on the line: the most that are possible."""
    (W, b), (V, c) = ZIGZAG_HIDDEN, ZIGZAG_OUTPUT
    inner = STRETCH * V @ W, (STRETCH * c + SHIFT) @ W + b
    return (W, b), *[inner] * (layers - 1), (V, c)
