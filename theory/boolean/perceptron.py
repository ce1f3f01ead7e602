"""A perceptron without bias and with symmetric weights is 1 on exactly t inputs of {0,1}^n with probability 2^-n.

    P( #{x ∈ {0,1}^n : <w, x> > 0} = t ) = 2^-n,    t = 0, ..., 2^n - 1.

Assumes: flipping the sign of a coordinate of w does not change its density (a Gaussian one), no bias, inputs in
{0,1}^n, output [<w, x> > 0]. Source: Mingard et al. 2019 (arXiv 1909.11522).

Proof and exact check: fix the sizes |w_j| and take all 2^n sign patterns s. Let u = {j : s_j < 0}, and let x' be x with
the bits of u flipped. Then <w, x> = <|w|, x'> - <|w|, u>, so t is the number of subset sums of |w| above that of u. If
all subset sums differ, t takes every value from 0 to 2^n - 1 exactly once, for every such |w|.
"""

import numpy as np
from jaxtyping import Float, Int

from theory.boolean.functions import inputs


def probability_of_ones(n: int) -> Float[np.ndarray, " counts"]:
    """Predicted probability of t ones, for t = 0, ..., 2^n."""
    return np.append(np.full(2**n, 2.0**-n), 0.0)


def count_ones(
    w: Int[np.ndarray, "draws n"] | Float[np.ndarray, "draws n"],
    x: Int[np.ndarray, "inputs n"] | Float[np.ndarray, "inputs n"],
    b: Float[np.ndarray, " draws"] | int = 0,
) -> Int[np.ndarray, " draws"]:
    """The number t of inputs on which each perceptron is 1; exact for integer weights and inputs."""
    return np.count_nonzero(x @ w.T + b > 0, axis=0)


def counts_over_sign_patterns(sizes: Int[np.ndarray, " n"]) -> Int[np.ndarray, " patterns"]:
    """t for each of the 2^n sign patterns of weights with these integer sizes, in exact arithmetic."""
    n = len(sizes)
    signs = 1 - 2 * inputs(n)
    return count_ones(signs * sizes, inputs(n))


def has_distinct_subset_sums(sizes: Int[np.ndarray, " n"]) -> bool:
    """Whether the 2^n subset sums all differ: the exact check needs it, and for Gaussian weights it is almost sure."""
    sums = inputs(len(sizes)) @ sizes
    return len(np.unique(sums)) == len(sums)
