"""Least squares with p of D Gaussian features and n samples: its excess risk as a distribution, for every p.

A target is y = x·β + σ ε with x and ε standard normal. A fit sees the first p coordinates of x, and takes the least
squares solution; of several that fit exactly, the one of least norm. So its *signal* is s = |β_1..p|², and what it
does not see, r = |β_p+1..D|², is further noise: v = σ² + r is the variance of what it cannot explain. The excess risk
is the mean of (x·β - prediction)² over new x, which is r + |fit - β_1..p|² because coordinates are independent.

p <= n: fit - β = (X'X)^-1 X'ε √v. Given X it is normal with the covariance v (X'X)^-1, and X'X is a Wishart matrix.
So |fit - β|² is v times Hotelling's T², a quotient of independent χ²:

    excess = r + v χ²(p) / χ²(n - p + 1),                       mean r + v p / (n - p - 1)  for p <= n - 2.

p > n: X has the same role transposed, and β loses its part outside the rows of X, a random n-dimensional space:

    excess = r + s Beta((p - n)/2, n/2) + v χ²(n) / χ²(p - n + 1),
                                              mean r + s (1 - n/p) + v n / (p - n - 1)  for p >= n + 2.

All parts are independent. For p in {n - 1, n, n + 1} the last χ² has at most two degrees of freedom, and its inverse no
mean: the expected risk is infinite, while its median is finite. The variance is finite from |p - n| = 4 on.
Means: Belkin, Hsu & Xu 2020, arXiv 1903.07571, theorem 1; the limit of many dimensions: Hastie et al., 1903.08560.
The distribution is derived here.

Ridge regression adds a penalty λ |fit|². With λ = v p / s it is Bayes' rule for a β of isotropic direction.
"""

from typing import NamedTuple

import numpy as np
import scipy  # and no submodule: scipy.stats takes half a second to load
from jaxtyping import Float

# Of how many equally likely places the distribution of the lost part is made.
PLACES = 2000
# What is known of the target: equal coefficients, or coefficients 1/j, of which the first are the largest.
SPREAD, DECAYING = "spread", "decaying"
SIGNALS = (SPREAD, DECAYING)


class Task(NamedTuple):
    """What a fit of p features is up against.

    Attributes:
        n, p: samples, and features that are seen.
        seen, unseen: squared norm of the coefficients of the p features, and of all others.
        noise: variance of the noise, σ².
    """

    n: int
    p: int
    seen: float
    unseen: float
    noise: float

    @property
    def unexplained(self) -> float:
        """v: the variance of what no fit of these features explains."""
        return self.noise + self.unseen


def coefficients(signal: str, features: int) -> Float[np.ndarray, " features"]:
    """β of norm 1."""
    β = np.ones(features) if signal == SPREAD else 1.0 / np.arange(1, features + 1)
    return β / np.linalg.norm(β)


def task(signal: str, features: int, n: int, p: int, noise: float) -> Task:
    """The task with the first p of all features."""
    square = coefficients(signal, features) ** 2
    return Task(n, p, float(square[:p].sum()), float(square[p:].sum()), noise)


def mean_risk(task: Task) -> float:
    """Expected excess risk of the least-norm fit; infinite for p in {n - 1, n, n + 1}."""
    n, p = task.n, task.p
    if abs(n - p) < 2:
        return np.inf
    if p < n:
        return task.unseen + task.unexplained * p / (n - p - 1)
    return task.unseen + task.seen * (1 - n / p) + task.unexplained * n / (p - n - 1)


def distribution(task: Task, risk: float) -> float:
    """Probability that the excess risk of the least-norm fit is at most `risk`."""
    n, p = task.n, task.p
    few, freedom = min(n, p), abs(n - p) + 1
    lost = 0.0 if p <= n else task.seen * scipy.stats.beta.ppf(_middles(), (p - n) / 2, n / 2)
    noise = (risk - task.unseen - lost) / task.unexplained
    return float(np.mean(scipy.stats.f.cdf(noise * freedom / few, few, freedom)))


def median_risk(task: Task) -> float:
    """Median of the excess risk of the least-norm fit, which is finite for every p."""
    high = 1.0
    while distribution(task, high) < 0.5:
        high *= 2
    return float(scipy.optimize.brentq(lambda risk: distribution(task, risk) - 0.5, 0.0, high, xtol=1e-12))


def drawn_risks(task: Task, draws: int, rng: np.random.Generator) -> Float[np.ndarray, " draws"]:
    """Draws from the distribution, without any fit."""
    n, p = task.n, task.p
    noise = rng.chisquare(min(n, p), draws) / rng.chisquare(abs(n - p) + 1, draws)
    lost = rng.beta((p - n) / 2, n / 2, draws) if p > n else np.zeros(draws)
    return task.unseen + task.seen * lost + task.unexplained * noise


def _middles() -> Float[np.ndarray, " places"]:
    return (np.arange(PLACES) + 0.5) / PLACES


def least_norm(X: Float[np.ndarray, "draws n p"], y: Float[np.ndarray, "draws n"]) -> Float[np.ndarray, "draws p"]:
    """The least squares solution of each draw; of several the one of least norm. By QR, which squares no condition."""
    n, p = X.shape[1:]
    if p <= n:
        Q, R = np.linalg.qr(X)
        return np.linalg.solve(R, np.einsum("dnp,dn->dp", Q, y)[..., None])[..., 0]
    Q, R = np.linalg.qr(X.transpose(0, 2, 1))
    return np.einsum("dpn,dn->dp", Q, np.linalg.solve(R.transpose(0, 2, 1), y[..., None])[..., 0])


def ridge(
    X: Float[np.ndarray, "draws n p"], y: Float[np.ndarray, "draws n"], penalty: float
) -> Float[np.ndarray, "draws p"]:
    """The minimum of |y - X b|² + penalty |b|² of each draw."""
    gram = X @ X.transpose(0, 2, 1) + penalty * np.eye(X.shape[1])
    return np.einsum("dnp,dn->dp", X, np.linalg.solve(gram, y[..., None])[..., 0])


def best_penalty(task: Task) -> float:
    """λ = v p / s."""
    return task.unexplained * task.p / task.seen
