"""A deep network for x_1^r_1 ... x_n^r_n: values are squared, and one that is needed once more goes to a product.

Let a value v be needed to the power e. Then a layer makes v², which is needed to the power ⌊e/2⌋; if e is odd, v is
also a *factor* of the layer. Factors are multiplied in groups; their products are factors of the next layer. A group
of one is *carried*: a layer has to copy the values that a later layer needs.

Without biases, with the gates of `product` and one constant neuron for a layer (see `groups`), a square takes 2 more
neurons. One of them, σ(λv), is also a neuron of the gate that multiplies v. With Q squares, S of them squares of
factors, and groups of b factors,

    neurons of a layer = 1 + 2 Q + Σ_groups (2^b - 1) - S.

*The space of schemes*: every squaring as early as it can be, in every layer any partition of the factors into groups of
at most 2, or 3. `schedule` finds the cheapest scheme of this space by dynamic programming over the number of factors
that are left. Other schemes exist, with cubes or with other chains of powers, and may be smaller.

Rolnick & Tegmark 2018 (arXiv 1705.05502) bound the neurons of a deep network by Σ (7 ⌈log2 r_i⌉ + 4); a flat one has
∏ (r_i + 1). For x^(2^m) the count is 3 m. Other switches: with an output bias, or σ(0) = 0, the constant is free; with
a hidden bias b such that σ'(b) = 0 a square is a neuron and the constant.
"""

import functools
from math import ceil, inf, log2

import numpy as np

from theory.depth.groups import GateLayer, Prices, best_layer
from theory.depth.product import Flat, flat, size
from theory.depth.stages import Gate, Schedule, Stage
from theory.depth.taylor import NONE, derivatives, steepest_bias, vanishing_bias


def published_bound(exponents: tuple[int, ...]) -> int:
    """Σ (7 ⌈log2 r_i⌉ + 4)."""
    return sum(7 * ceil(log2(r)) + 4 for r in exponents)


def schedule(exponents: tuple[int, ...], largest: int, prices: Prices) -> Schedule:
    """The cheapest scheme of the space above.

    Args:
        exponents: r_i >= 1.
        largest: numbers that one gate multiplies at most, 2 or 3.
        prices: of the gates.

    Raises:
        ValueError: if an exponent is below 1, or `largest` is neither 2 nor 3.
    """
    if not exponents or min(exponents) < 1:
        raise ValueError(f"exponents {exponents}: whole numbers of at least 1 are allowed, one per input")
    if largest not in (2, 3):
        raise ValueError(f"largest gate {largest}: gates of at most 2 or of at most 3 numbers are known here")
    powers, stages = list(exponents), []
    for layer in _cheapest(exponents, largest, prices):
        squares = [Gate((place,), (2,)) for place, power in enumerate(powers) if power > 1]
        factors = [place for place, power in enumerate(powers) if power % 2]
        ends = np.cumsum(layer.sizes).astype(int).tolist()
        groups = [tuple(factors[end - size : end]) for end, size in zip(ends, layer.sizes, strict=True)]
        gates = (*squares, *(Gate(group, (1,) * len(group)) for group in groups))
        stages.append(Stage(gates, layer.shares))
        powers = [power // 2 for power in powers if power > 1] + [1] * len(groups)
    return tuple(stages)


def _cheapest(exponents: tuple[int, ...], largest: int, prices: Prices) -> tuple[GateLayer, ...]:
    """The layers of the cheapest scheme; of equals one with the fewest."""

    @functools.cache
    def best(depth: int, pending: int) -> tuple[float, tuple[GateLayer, ...]]:
        """Neurons from the layer `depth` on, with this number of products of factors pending."""
        bases = [r >> depth for r in exponents]
        new, squares = sum(base % 2 for base in bases), sum(base > 1 for base in bases)
        factors = pending + new
        if factors == 1 and not squares:
            return 0.0, ()
        found = []
        # Without a square a layer must leave fewer factors, or it does nothing.
        for groups in range(-(-factors // largest), factors + int(squares > 0)):
            layer = best_layer(prices, factors, groups, largest, squares)
            later, layers = best(depth + 1, groups)
            found.append((layer.neurons + later, (layer, *layers)))
        return min(found, key=lambda one: (one[0], len(one[1])))

    return best(0, 0)[1]


@functools.cache
def prices(activation: str, bias: str) -> Prices:
    """What the gates of `gate` cost, counted in them; infinite where none exists."""

    def square_costs(with_constant: bool) -> float:
        try:
            built = square(activation, bias)
        except ValueError:
            return inf
        return float(sum(1 for a in built.a if a.any() or not with_constant))

    return Prices(
        own=lambda factors: size((1,) * factors, activation, bias),
        sharing=lambda factors: size((1,) * factors, activation, bias, with_constant=True),
        square_own=square_costs(with_constant=False),
        square_sharing=square_costs(with_constant=True),
    )


def gate(powers: tuple[int, ...], activation: str, bias: str, with_constant: bool = False) -> Flat:
    """The smallest flat gate known; switches as in `product.flat`.

    Raises:
        ValueError: if none exists, because a derivative at 0 is 0.
    """
    return square(activation, bias) if powers == (2,) else flat(powers, activation, bias, with_constant)


def square(activation: str, bias: str) -> Flat:
    """v² = (σ(b + λv) + σ(b - λv) - 2 σ(b)) / (σ''(b) λ²) + O(λ²): by 3 neurons, or 2.

    The last is not needed where σ(b) = 0 or the output has a bias, nor is the second where σ'(b) = 0, but for O(λ).
    """
    flat_at = vanishing_bias(activation, 1) if bias == "hidden" else None
    b = 0.0 if bias != "hidden" else steepest_bias(activation, 2) if flat_at is None else flat_at
    σ = derivatives(activation, b, 2)
    if abs(σ[2]) <= NONE:
        raise ValueError(f"{activation} has no derivative of order 2 at 0; no bias-free neurons square a number")
    a, v = ([1.0], [2.0]) if flat_at is not None else ([1.0, -1.0], [1.0, 1.0])
    if bias != "output" and σ[0] != 0:
        a, v = [*a, 0.0], [*v, -2.0]
    constant = -2 * float(σ[0] / σ[2]) if bias == "output" else 0.0
    return Flat(np.array(a)[:, None], np.full(len(a), b), np.array(v) / σ[2], constant, 2)
