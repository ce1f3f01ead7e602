"""Two sparse layers multiplied out into one: how many times more synapses does that take?

Two linear layers with weights A and B, n x n, each entry different from 0 with probability p independently, are one
layer with the weights AB. With weights that never cancel, such as 0 and 1, an entry of AB is different from 0 if one of
n pairs of entries is, so that the expected numbers of synapses have the ratio

    n² [1 - (1 - p²)^n] / 2pn²  =  [1 - (1 - p²)^n] / 2p.                                                  [P]

Weights that are 1 or -1 with equal chance cancel now and then. An entry of AB is then a walk of n steps that are 0 with
probability 1 - p², and its chance to end at 0 is the mean of its characteristic function (1 - p² + p² cos θ)^n.

Where p √n is small the ratio is about p n / 2, and where it is large about 1 / 2p. So it is below 1, and flattening
*saves* synapses, for less than about 2 in a row, p < 2 / n, and for more than about every second, p > 1/2. In between
it is largest at p √n = 1.12, and then about 0.319 √n. Neurons without an edge on one side are not removed: their edges
count. Cf. Lin, Tegmark & Rolnick 2017 (arXiv 1608.08225), eq. 25 to 27.
"""

import math

import numpy as np
import scipy.optimize
import scipy.sparse
from jaxtyping import Float

# Sparser layers are multiplied edge by edge, which is faster there.
SPARSE = 0.03


def never_zero(n: int, p: float) -> float:
    """Probability that an entry of AB is not 0, for weights that do not cancel: 1 - (1 - p²)^n."""
    # As an exponential of a logarithm nothing is lost where p is small.
    return -math.expm1(n * math.log1p(-(p**2))) if p < 1 else 1.0


def not_cancelled(n: int, p: float) -> float:
    """Probability that an entry of AB is not 0, for weights of 1 and -1 with equal chance."""
    # The mean of a trigonometric polynomial of degree n over more than n points that are evenly spaced is exact.
    θ = 2 * np.pi * np.arange(n + 1) / (n + 1)
    return 1 - float(np.mean((1 - p**2 * (1 - np.cos(θ))) ** n))


# By the kind of the weights: how entries are drawn where there are any, and the probability that one of AB is not 0.
WEIGHTS = {
    "zero-one": (lambda rng, shape: np.ones(shape), never_zero),
    "normal": (lambda rng, shape: rng.standard_normal(shape), never_zero),
    "signs": (lambda rng, shape: rng.choice([-1.0, 1.0], shape), not_cancelled),
}


def ratio(n: int, p: float, weights: str = "zero-one") -> float:
    """Expected synapses of AB over those of A and B."""
    return WEIGHTS[weights][1](n, p) / (2 * p)


def costly_band(n: int) -> tuple[float, float]:
    """Between which densities flattening takes more synapses, for weights that do not cancel; NaN if nowhere."""
    most, largest = worst(n)
    if largest <= 1:
        return np.nan, np.nan
    excess = [scipy.optimize.brentq(lambda p: ratio(n, p) - 1, *ends) for ends in ((1e-12, most), (most, 1.0))]
    return excess[0], excess[1]


def worst(n: int) -> tuple[float, float]:
    """The density at which flattening takes most, and the ratio there, for weights that do not cancel."""
    found = scipy.optimize.minimize_scalar(
        lambda log: -ratio(n, math.exp(log)), bounds=(np.log(0.1 / n), 0.0), options={"xatol": 1e-10}
    )
    return float(np.exp(found.x)), -float(found.fun)


def synapses(rng: np.random.Generator, n: int, p: float, weights: str) -> tuple[int, int]:
    """Synapses of two random layers A and B together, and those of AB. Cancelling signs cancel exactly."""
    A, B = (_layer(rng, n, p, weights) for _ in range(2))
    flat = A @ B if p >= SPARSE else (scipy.sparse.csr_array(A) @ scipy.sparse.csr_array(B)).data
    return int(np.count_nonzero(A) + np.count_nonzero(B)), int(np.count_nonzero(flat))


def _layer(rng: np.random.Generator, n: int, p: float, weights: str) -> Float[np.ndarray, "n n"]:
    # In single precision sums of up to 2^24 signs are exact, and other numbers do not cancel either.
    layer = np.zeros((n, n), np.float32)
    there = rng.random((n, n)) < p
    layer[there] = WEIGHTS[weights][0](rng, np.count_nonzero(there))
    return layer
