"""The best of k runs: by a formula for independent runs, and estimated from a sample without a model.

A run succeeds with rate p, independently of all others. Then

    the best of k fails with probability (1 - p)^k,
    and k = log(1 - q) / log(1 - p) runs succeed with probability q.

Let a sample of N runs have f failures. All of k runs, drawn without replacement, fail in C(f, k) of C(N, k) subsets:
this share is an unbiased estimate of the first line. The least of k losses is the i-th smallest of all N losses in
C(N - i, k - 1) subsets.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped
from scipy.special import gammaln


def failure_of_best(success_rate: float, runs: Any) -> Any:
    """Probability that k independent runs all fail, (1 - p)^k, for one number of runs or an array of them."""
    return (1.0 - success_rate) ** runs


def runs_for(success_rate: float, confidence: float = 0.99) -> float:
    """Independent runs until one has succeeded with probability `confidence`; infinite if none ever does."""
    if success_rate <= 0:
        return math.inf
    if success_rate >= 1:
        return 1.0
    return float(max(1, math.ceil(math.log1p(-confidence) / math.log1p(-success_rate))))


def failing_subsets(failures: int, runs: int, k: Int[np.ndarray, " sizes"]) -> Float[np.ndarray, " sizes"]:
    """Share of the subsets of k of these runs in which every run failed: C(failures, k) / C(runs, k).

    Raises:
        ValueError: if a subset is larger than the sample.
    """
    if np.max(k) > runs or np.min(k) < 1:
        raise ValueError(f"subsets of 1 to {runs} runs, not of {np.max(k)}")
    logarithm = _log_binomial(failures, k) - _log_binomial(runs, k)
    return np.where(k <= failures, np.exp(logarithm), 0.0)


def expected_least(losses: Shaped[np.ndarray, " runs"], k: Int[np.ndarray, " sizes"]) -> Float[np.ndarray, " sizes"]:
    """Mean of the least loss over all subsets of k of these runs. A loss of NaN counts as infinite.

    Raises:
        ValueError: if a subset is larger than the sample.
    """
    if np.max(k) > len(losses) or np.min(k) < 1:
        raise ValueError(f"subsets of 1 to {len(losses)} runs, not of {np.max(k)}")
    ordered = np.sort(np.where(np.isnan(losses), np.inf, losses).astype(float))
    larger = len(ordered) - 1 - np.arange(len(ordered))
    means = []
    for size in k.tolist():
        weights = np.where(
            larger >= size - 1, np.exp(_log_binomial(larger, size - 1) - _log_binomial(len(ordered), size)), 0.0
        )
        # A weight of exactly 0 removes an infinite loss; any other weight keeps it.
        means.append(float(np.sum(ordered[weights > 0] * weights[weights > 0])))
    return np.array(means)


def _log_binomial(n: Shaped[np.ndarray, "..."] | int, k: Shaped[np.ndarray, "..."] | int) -> np.ndarray:
    n, k = np.asarray(n, float), np.asarray(k, float)
    with np.errstate(invalid="ignore"):
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1))
