"""Networks of different depth at the same price, and what the product of uniform numbers costs on paper.

- Of the networks with L hidden layers, all of width w or w + 1, one has very nearly a given number of parameters.
- The product of n numbers in k hidden layers takes, by Rolnick & Tegmark (1705.05502), of the order of
  n^((k-1)/k) 2^(n^(1/k)) neurons; one hidden layer 2^n, and a tree of gates, log2 n deep, 4(n - 1) (Lin, Tegmark &
  Rolnick 2017, 1608.08225; there for networks without hidden and output bias).
- The constant nearest to the product of n numbers from U[0, 2] in mean absolute error is its median: -log of a half of
  such a number is exponential, so the product is 2^n exp(-g) with g of the gamma distribution with shape n, and

      E|∏ x - m| = 1 - 2 Q(n, 2 g_m),   m = 2^n exp(-g_m),   Q(n, g_m) = 1/2,

  where Q is the regularised upper incomplete gamma function, because E ∏ x = 1.
"""

import numpy as np
import scipy.special

from theory.network import parameter_count


def hidden_widths(inputs: int, depth: int, budget: int) -> tuple[int, ...]:
    """Widths of so many hidden layers, none wider than one more than the next narrowest, for one output.

    Of all (w + 1, ..., w + 1, w, ..., w) the one whose number of parameters is nearest to the budget.
    """

    def widths(units: int) -> tuple[int, ...]:
        return tuple(units // depth + (layer < units % depth) for layer in range(depth))

    def missed(units: int) -> int:
        return abs(parameter_count((inputs, *widths(units), 1)) - budget)

    return widths(min(range(depth, budget + depth), key=missed))


def halved_widths(width: int, depth: int) -> tuple[int, ...]:
    """Widths of hidden layers of which each has half the units of the one before, as the levels of a tree have."""
    return tuple(max(1, width >> layer) for layer in range(depth))


def neurons_on_paper(n: int, layers: int) -> float:
    """n^((k-1)/k) 2^(n^(1/k)): neurons of k hidden layers for a product of n numbers, up to a constant."""
    return n ** ((layers - 1) / layers) * 2 ** (n ** (1 / layers))


def median_of_product(n: int) -> float:
    """The median of the product of n numbers from U[0, 2]."""
    return float(np.exp(n * np.log(2) - scipy.special.gammainccinv(n, 0.5)))


def constant_absolute_error(n: int) -> float:
    """Mean absolute error of the median as a guess at the product of n numbers from U[0, 2]."""
    return float(1 - 2 * scipy.special.gammaincc(n, 2 * scipy.special.gammainccinv(n, 0.5)))
