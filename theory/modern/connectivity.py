"""The loss on the straight line between two networks, and the hidden units' symmetries that may lower it.

A network of one hidden layer with m units is f(x) = c + Σ_i v_i σ(w_i·x + b_i). A *unit* is its row (w_i, b_i, v_i).
The function stays the same if units change places, and, if σ is odd, if a unit changes its sign: v σ(a) = -v σ(-a). So
each network is one of m! alike, or of 2^m m! alike. An *arrangement* π says which unit of the second network stands
beside unit i of the first one: unit π_i, or unit π_i - m with its sign changed where π_i >= m.

On the line θ_t = (1 - t) θ + t π(θ'), 0 <= t <= 1, with L_t the mean squared error against y_t = (1 - t) y + t y', the
*barrier* is the most by which the loss rises above the straight line between those of both ends,

    B(π) = max_t L_t(π) - (1 - t) L_0 - t L_1 >= 0.

Both ends have the same targets, y = y', unless networks that learned different things are compared. Then y_t is what a
model that is linear in its parameters would do.

The hidden layer at t has the outputs Σ_i h_t(i, π_i), and h_t(i, j) depends on one pair of units alone. So all
arrangements take m² (or 2 m²) products of units only. They are enumerated by halves: if the first half of the first
network's units stands beside a set S of units, its part a of the outputs is one of |S|! (times 2^|S|), and the part b
of the other half one of as many. The mean of (a + b)² is then a product of two matrices for each S: two operations a
point for each arrangement, exactly, without leaving one out.

Barriers are calculated on a grid of t. A grid leaves out places where the loss may be higher. So the least barrier of
all arrangements on a grid is a lower bound of the least barrier. The barrier of the arrangement that was found, on a
finer grid, is an upper bound, as far as that grid is fine enough.

Source of the barrier: Frankle et al. 2020 (arXiv 1912.05671), Entezari et al. 2021 (arXiv 2110.06296). Matching of
weights by linear assignment: Ainsworth et al. 2022 (arXiv 2209.04836). The enumeration by halves is ours.
"""

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize
from jaxtyping import Float, Int

Numbers = Any
Activation = Callable[[Any], Any]


class Shallow(NamedTuple):
    """A network of one hidden layer and one output: its units, a row (w, b, v) each, and the bias c of the output."""

    units: Float[Numbers, "*networks m entries"]
    c: Float[Numbers, "*networks"]


class Pair(NamedTuple):
    """Two networks, and what each of them was to learn."""

    first: Shallow
    second: Shallow
    y: Float[Numbers, "*networks points"]
    other_y: Float[Numbers, "*networks points"]


class Halves(NamedTuple):
    """All arrangements by halves, see `halves`: a row for each set S, and of each half its arrangements."""

    first: Int[np.ndarray, "sets arrangements half"]
    second: Int[np.ndarray, "sets others rest"]


def group_size(m: int, signs: bool) -> int:
    """The number of arrangements of m units: m!, or 2^m m! with signs."""
    return math.factorial(m) * (2**m if signs else 1)


def halves(m: int, signs: bool) -> Halves:
    """Every arrangement of m >= 2 units once: any row of `first` goes with any row of `second` of the same set S."""
    h = m // 2
    sets = [(list(one), sorted(set(range(m)) - set(one))) for one in itertools.combinations(range(m), h)]
    return Halves(*(np.array([_arrangements(half, m, signs) for half in part]) for part in zip(*sets, strict=True)))


def _arrangements(units: list[int], m: int, signs: bool) -> list[list[int]]:
    """All orders of these units, with all choices of signs."""
    shifts = itertools.product((0, m) if signs else (0,), repeat=len(units))
    return [[i + s for i, s in zip(order, shift, strict=True)] for shift in shifts for order in _orders(units)]


def _orders(units: list[int]) -> list[tuple[int, ...]]:
    return list(itertools.permutations(units))


def arrangement(place: int, every: Halves) -> Int[np.ndarray, " m"]:
    """The arrangement with this number in the enumeration of `best`: by sets, first halves and second halves."""
    shape = len(every.first), every.first.shape[1], every.second.shape[1]
    s, p, q = np.unravel_index(place, shape)
    return np.concatenate([every.first[s, p], every.second[s, q]])


def arranged(network: Shallow, π: Int[np.ndarray, " m"]) -> Shallow:
    """One network with its units arranged; the same function if σ is odd or no sign is changed."""
    m = len(network.units)
    return network._replace(units=network.units[π % m] * np.where(π >= m, -1.0, 1.0)[:, None])


def matching(first: Shallow, second: Shallow, signs: bool) -> Int[np.ndarray, " m"]:
    """The arrangement of the second network with the least distance of all parameters, by linear assignment."""
    alike = first.units @ second.units.T
    rows, columns = scipy.optimize.linear_sum_assignment(np.abs(alike) if signs else alike, maximize=True)
    return columns + np.where(signs & (alike[rows, columns] < 0), len(alike), 0)


def excess(
    pair: Pair, x: Float[Numbers, "points inputs"], σ: Activation, ts: Float[Numbers, " times"]
) -> Float[Numbers, " times"]:
    """L_t - (1 - t) L_0 - t L_1 of one pair as it is, for each t."""

    import jax
    import jax.numpy as jnp

    def loss(t: Any) -> Any:
        (u, c), (other, other_c), y, other_y = pair
        units, residual = (1 - t) * u + t * other, (1 - t) * (c - y) + t * (other_c - other_y)
        return jnp.mean((units[:, -1] @ σ(_pre_activations(units, x)) + residual) ** 2)

    return jax.vmap(loss)(ts) - (1 - ts) * loss(0.0) - ts * loss(1.0)


def barrier(
    pair: Pair, x: Float[Numbers, "points inputs"], σ: Activation, ts: Float[Numbers, " times"]
) -> Float[Numbers, ""]:
    """The barrier of one pair as it is, on a grid."""
    import jax.numpy as jnp

    return jnp.maximum(jnp.max(excess(pair, x, σ, ts)), 0.0)


def best(
    pair: Pair,
    x: Float[Numbers, "points inputs"],
    σ: Activation,
    ts: Float[Numbers, " times"],
    every: Halves,
) -> tuple[Float[Numbers, ""], Int[Numbers, ""]]:
    """The least barrier of all arrangements of the second network, on a grid, and its number, see `arrangement`.

    With signs, σ has to be odd.
    """
    import jax
    import jax.numpy as jnp

    (u, c), (other, other_c), y, other_y = pair
    h = every.first.shape[2]
    # A changed sign is a further unit to choose from.
    if every.second.max() >= len(u):
        other = jnp.concatenate([other, -other])
    end, other_end = (
        jnp.mean((n.units[:, -1] @ σ(_pre_activations(n.units, x)) + n.c - z) ** 2) for n, z in _ends(pair)
    )

    def higher(most: Any, t: Any) -> tuple[Any, None]:
        a = (1 - t) * _pre_activations(u, x)[:, None] + t * _pre_activations(other, x)[None]
        v = (1 - t) * u[:, None, -1] + t * other[None, :, -1]
        outputs = v[..., None] * σ(a)
        first = _sums(outputs[:h], every.first) + (1 - t) * (c - y) + t * (other_c - other_y)
        second = _sums(outputs[h:], every.second)
        squares = jnp.mean(first**2, -1)[:, :, None] + jnp.mean(second**2, -1)[:, None]
        losses = squares + 2 / len(x) * first @ second.swapaxes(1, 2)
        return jnp.maximum(most, losses - (1 - t) * end - t * other_end), None

    begin = jnp.zeros((len(every.first), every.first.shape[1], every.second.shape[1]), u.dtype)
    most = jax.lax.scan(higher, begin, ts)[0].reshape(-1)
    place = jnp.argmin(most)
    return most[place], place


def _ends(pair: Pair) -> tuple[tuple[Shallow, Numbers], tuple[Shallow, Numbers]]:
    return (pair.first, pair.y), (pair.second, pair.other_y)


def _pre_activations(units: Float[Numbers, "m entries"], x: Float[Numbers, "points inputs"]) -> Numbers:
    return units[:, :-2] @ x.T + units[:, -2:-1]


def _sums(outputs: Float[Numbers, "half others points"], chosen: Int[np.ndarray, "sets arrangements half"]) -> Numbers:
    """What half of the units puts out, for each set and each arrangement: (sets, arrangements, points)."""
    return sum(one[chosen[..., i]] for i, one in enumerate(outputs))
