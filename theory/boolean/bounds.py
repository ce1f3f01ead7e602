"""The number of neurons that an architecture needs to hold *every* boolean function of n bits.

Counting (one hidden layer of k threshold units, one threshold output). Each hidden unit is one of T(n) functions. The
hidden layer has at most 2^n different outputs, points in k dimensions. The output unit divides them in at most

    O(n, k) = min( T(k), C(2^n, k) ),    C(N, k) = 2 Σ_{i<=k} (N - 1 choose i)    (Cover 1965)

ways. So all 2^(2^n) functions fit only if T(n)^k O(n, k) >= 2^(2^n). T is known up to n = 9 (OEIS A000609). Beyond,
T(n) <= 2^(n²) and C(2^n, k) <= 2^(nk + 1) give k >= (2^n - 1) / (n² + n). Counting says more than "some function is
hard". Each unit less divides the share of functions that fit by T(n). A few units below the bound this share vanishes,
so a typical function needs nearly the width of the bound.

Rectifiers (one hidden layer of k, one output, of which the sign counts). Each is active on one of T(n) threshold
functions of the inputs. Once these are chosen, the output is a linear function of at most k (n + 1) + 1 numbers: the
sum of the active c_i (w_i x + b_i), and the bias. So all 2^(2^n) functions fit only if

    T(n)^k D(2^n, k (n + 1) + 1) >= 2^(2^n),    D(N, d) = 2 Σ_{i<d} (N - 1 choose i),

where D counts linear functions of d numbers without a bias, C(N, k) = D(N, k + 1). Beyond n = 9, T(n) <= 2^(n²) and
D(N, d + 1) <= 2 N^d give k >= (2^n - 1) / (2 n² + n).

VC dimension (any feed-forward graph of threshold neurons with E weights). On m inputs such a graph has at most
(e m)^E behaviours (Shalev-Shwartz & Ben-David, *Understanding Machine Learning*, Theorem 20.6). To hold every function
it needs 2^m behaviours for m = 2^n, which implies 2^n <= 2 E log2(16 E). This is a statement about one architecture for
all functions. Single functions such as parity need far fewer weights.
"""

import decimal
import math
from collections.abc import Callable

# Number of threshold functions of n = 0, 1, ..., 9 bits: OEIS A000609, as published there.
THRESHOLD_FUNCTIONS = (
    2,
    4,
    14,
    104,
    1882,
    94572,
    15028134,
    8378070864,
    17561539552946,
    144130531453121108,
)


def construction_width(n: int) -> int:
    """Number of hidden units that suffices for every function of n bits: one per input of the rarer class."""
    return 2 ** (n - 1)


def counting_bound(n: int) -> int:
    """Least width k of one hidden layer of threshold units that the number of functions allows; exact integers."""
    if n >= len(THRESHOLD_FUNCTIONS):
        return _divide_up(2**n - 1, n * n + n)
    return _least(lambda k: THRESHOLD_FUNCTIONS[n] ** k * output_dichotomies(n, k) >= 2**2**n)


def output_dichotomies(n: int, k: int) -> int:
    """O(n, k): upper bound of the ways in which a threshold unit divides the outputs of k hidden units, 2^n inputs."""
    cover = dichotomies(2**n, k + 1)
    return min(cover, THRESHOLD_FUNCTIONS[k]) if k < len(THRESHOLD_FUNCTIONS) else cover


def least_rectifiers(n: int) -> int:
    """Least width k of one hidden layer of rectifiers that the number of functions allows; exact integers."""
    if n >= len(THRESHOLD_FUNCTIONS):
        return _divide_up(2**n - 1, 2 * n * n + n)
    return _least(lambda k: THRESHOLD_FUNCTIONS[n] ** k * dichotomies(2**n, k * (n + 1) + 1) >= 2**2**n)


def dichotomies(points: int, d: int) -> int:
    """D(N, d): in how many ways at most a linear function of d numbers, without a bias, divides N points."""
    return 2 * sum(math.comb(points - 1, i) for i in range(d))


def least_edges(n: int) -> int:
    """Least number E of weights, with biases, of any graph of threshold neurons: 2^n <= 2 E log2(16 E)."""
    return _least(lambda E: _twice_E_log2_16E(E) >= 2**n)


def least_neurons(n: int) -> int:
    """Least number V of neurons, with inputs and bias neurons, that allows E edges: V (V - 1) / 2 >= E."""
    E = least_edges(n)
    V = (1 + math.isqrt(1 + 8 * E)) // 2
    return V if V * (V - 1) // 2 >= E else V + 1


def vc_bound(n: int) -> int:
    """Least width k of one fully connected hidden layer: its (n + 2) k + 1 weights reach `least_edges`."""
    return max(1, _divide_up(least_edges(n) - 1, n + 2))


def _divide_up(a: int, b: int) -> int:
    return -(-a // b)


def _twice_E_log2_16E(E: int) -> int | decimal.Decimal:
    """2 E log2(16 E): an integer if E is a power of two, else irrational and given to sixty digits."""
    if E & (E - 1) == 0:
        return 2 * E * (3 + E.bit_length())
    with decimal.localcontext(prec=60):
        return 2 * E * (decimal.Decimal(16 * E).ln() / decimal.Decimal(2).ln())


def _least(holds: Callable[[int], bool]) -> int:
    """Least positive integer for which a condition holds; once true, it must stay true for larger integers."""
    high = 1
    while not holds(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
