"""The product of n numbers from U[0, 2]: what it costs on paper, and how near a constant comes to it.

- In k hidden layers it takes, by Rolnick & Tegmark (1705.05502), of the order of n^((k-1)/k) 2^(n^(1/k)) neurons, which
  counts the first hidden layer; in one 2^n, and as a tree of gates, log2 n deep, 4(n - 1) (Lin, Tegmark & Rolnick 2017,
  1608.08225; there for networks without hidden and output bias).
- The constant nearest to it in mean absolute error is its median. -log of a half of such a number is exponential, so
  the product is 2^n exp(-g) with g of the gamma distribution with shape n, and because E ∏ x = 1,

      E|∏ x - m| = 1 - 2 Q(n, 2 g_m),   m = 2^n exp(-g_m),   Q(n, g_m) = 1/2,

  where Q is the regularised upper incomplete gamma function.
- Its mean is 1 because it is large on very few points: of n = 20 numbers its variance is 314, and a mean over points
  from U[0, 2]^n rests on a handful of them. `weighted_points` draws half of the points where it is large, from the
  density ∏ x_i / 2^n, and gives every point the weight 1 / (1/2 + ∏ x_i / 2): means over U[0, 2]^n are weighted means
  over these, of numbers that are bounded where a function is at most some multiples of the product or of 1.
"""

import numpy as np
import scipy.special
from jaxtyping import Float


def median_of_product(n: int) -> float:
    """The median of the product of n numbers from U[0, 2]."""
    return float(np.exp(n * np.log(2) - scipy.special.gammainccinv(n, 0.5)))


def constant_absolute_error(n: int) -> float:
    """Mean absolute error of the median as a guess at the product of n numbers from U[0, 2]."""
    return float(1 - 2 * scipy.special.gammaincc(n, 2 * scipy.special.gammainccinv(n, 0.5)))


def weighted_points(
    n: int, count: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "count n"], Float[np.ndarray, " count"]]:
    """Points of [0, 2]^n, every other one drawn where the product is large, and the weights that make up for it."""
    u = rng.random((count, n))
    u[::2] = np.sqrt(u[::2])
    x = 2 * u
    return x, 2 / (1 + np.prod(x, axis=1))
