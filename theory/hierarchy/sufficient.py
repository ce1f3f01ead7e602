"""Minimal sufficient statistics of the data of a chain, and undoing its steps one after the other without any loss.

T_i(x) is sufficient for y_i if P(y_i | x) = P(y_i | T_i(x)), and minimal if it is a function of every other such
statistic. The value of the posterior itself is one: T_i merges exactly those data x that have equal posteriors of y_i.
Because y_i and x are independent given y_{i+1},

    P(y_i | x) = Σ_b P(y_i | y_{i+1} = b) P(y_{i+1} = b | x),

data with one posterior of y_{i+1} have one of y_i: there are functions f_i with T_i = f_i(T_{i+1}) and T_n = x. So the
steps can be undone one after the other, each from the statistic of the next alone, and no information is lost.
Source: Lin, Tegmark & Rolnick 2017 (arXiv 1608.08225), the theorem on hierarchies and its corollary.

A statistic is an array with a label for each datum: its partition is all that matters. Probabilities are fractions, so
"equal" means equal; information is in bits, to rounding.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from jaxtyping import Int, Shaped

from theory.hierarchy.chains import Chain

# P(y_i = a, x): a row for each state of y_i, a column for each datum.
Joint = Shaped[np.ndarray, "states data"]
Labels = Int[np.ndarray, " data"]
Distribution = tuple[Fraction, ...]


def marginals(chain: Chain) -> list[np.ndarray]:
    """P(y_0), ..., P(y_n)."""
    return list(itertools.accumulate(chain.steps, lambda p, step: p @ step, initial=chain.prior))


def joints(chain: Chain) -> list[Joint]:
    """P(y_i, x) for i = 0, ..., n - 1."""
    likelihoods = [chain.steps[-1]]
    for step in reversed(chain.steps[:-1]):
        likelihoods.append(step @ likelihoods[-1])
    return [p[:, None] * L for p, L in zip(marginals(chain), reversed(likelihoods), strict=False)]


def joints_by_paths(chain: Chain) -> list[Joint]:
    """The same by brute force: the probability of every path y_0, ..., y_n, one after the other. For checks."""
    sizes = [len(chain.prior), *(step.shape[1] for step in chain.steps)]
    found = [np.full((states, sizes[-1]), Fraction(0), dtype=object) for states in sizes[:-1]]
    for path in itertools.product(*map(range, sizes)):
        factors = [step[a, b] for step, (a, b) in zip(chain.steps, itertools.pairwise(path), strict=True)]
        probability = math.prod(factors, start=chain.prior[path[0]])
        for joint, state in zip(found, path, strict=False):
            joint[state, path[-1]] += probability
    return found


def posteriors(joint: Joint) -> list[Distribution]:
    """P(y_i | x) for each x.

    Raises:
        ZeroDivisionError: if some x has no probability.
    """
    return [tuple(column / column.sum()) for column in joint.T]


def labelled(values: list[Distribution]) -> Labels:
    """A label for each value, the same for equal ones, from 0 on in the order in which they appear."""
    known: dict[Distribution, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values])


def minimal_statistic(joint: Joint) -> Labels:
    """T_i: data with equal posteriors have one label."""
    return labelled(posteriors(joint))


def size(labels: Labels) -> int:
    """How many values a statistic has."""
    return len(np.unique(labels))


def function_of(coarse: Labels, fine: Labels) -> Int[np.ndarray, " values"] | None:
    """f with coarse = f[fine], or None where there is none: where one value of `fine` has two of `coarse`."""
    f = np.zeros(fine.max() + 1, int)
    f[fine] = coarse
    return f if (f[fine] == coarse).all() else None


def backward(chain: Chain, i: int) -> Shaped[np.ndarray, "after before"]:
    """P(y_i | y_{i+1}), a row for each state of y_{i+1}: step i undone, by Bayes' rule."""
    both = (marginals(chain)[i][:, None] * chain.steps[i]).T
    return both / both.sum(1, keepdims=True)


def undone_one_by_one(chain: Chain) -> list[list[Distribution]]:
    """For i = 0, ..., n - 1 the posterior of y_i for each x, each computed from the values of T_{i+1} alone.

    No step but the first looks at x: what two data have in common at one level is worked out once, and for both.
    """
    last = len(chain.steps) - 1
    now = [tuple(row) for row in backward(chain, last)]
    found = [now]
    for i in reversed(range(last)):
        undo = backward(chain, i)
        f_i = {value: tuple(np.array(value, dtype=object) @ undo) for value in set(now)}
        now = [f_i[value] for value in now]
        found.append(now)
    return found[::-1]


def grouped(joint: Joint, labels: Labels) -> Shaped[np.ndarray, "states values"]:
    """P(y_i, T): the columns of equal labels added up."""
    return np.stack([joint[:, labels == value].sum(1) for value in np.unique(labels)], axis=1)


def mutual_information(joint: Joint, labels: Labels | None = None) -> float:
    """I(y_i; T) in bits for a statistic T; without labels I(y_i; x)."""
    joint = joint if labels is None else grouped(joint, labels)
    of_y, of_t = joint.sum(1), joint.sum(0)
    return math.fsum(
        float(p) * math.log2(p / (of_y[a] * of_t[b])) for (a, b), p in np.ndenumerate(joint) if p and of_y[a]
    )


def entropy(distribution: np.ndarray) -> float:
    """H in bits."""
    return -math.fsum(float(p) * math.log2(p) for p in distribution if p)


def merged(labels: Labels, a: int, b: int) -> Labels:
    """The statistic that no longer tells the values a and b apart."""
    return np.where(labels == b, a, labels)


def bits_of_merging(joint: Joint, labels: Labels, a: int, b: int) -> float:
    """What merging the values a and b of a statistic costs: their weight times the entropy that mixing them adds.

    (w_a + w_b) [H(mixture) - (w_a H(p_a) + w_b H(p_b)) / (w_a + w_b)], the weighted Jensen-Shannon divergence of the
    two posteriors; 0 if and only if these are equal.
    """
    columns = [joint[:, labels == value].sum(1) for value in (a, b)]
    weights = [column.sum() for column in columns]
    mixture = sum(columns) / sum(weights)
    apart = sum(float(w) * entropy(column / w) for w, column in zip(weights, columns, strict=True))
    return float(sum(weights)) * entropy(mixture) - apart
