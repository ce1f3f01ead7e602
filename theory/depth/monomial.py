"""A deep network for x_1^r_1 ... x_n^r_n: values are squared, and one that is needed once more goes to a product.

Of every value v that is still needed to the power e, a layer makes v² for the power ⌊e/2⌋; if e is odd, v is also one
of the layer's *factors*. Factors are multiplied in groups, whose products are factors of the next layer. A factor that
is alone while others are not ready is *carried*: a layer of neurons has to copy what a later one needs. Bias-free, with
the flat gates of `product`, a square is 3 neurons, two factors are 4, three are 8, and a carried factor is 2. With
⌊log2 r⌋ squarings and s(r) ones among the binary digits of r,

    neurons = Σ 3 ⌊log2 r_i⌋ + 4 (Σ s(r_i) - 1) + 2 carried.

Rolnick & Tegmark 2018 (arXiv 1705.05502) bound the neurons of a deep network by Σ (7 ⌈log2 r_i⌉ + 4); a flat one has
∏ (r_i + 1). With z(r) zeros among the digits of r the bound exceeds the count by

    4 + Σ (4 z(r_i) + 7 [r_i no power of 2]) - 2 carried.

*Groups of two and one of three*: three factors cost as much as two gates of two. A factor is then only carried if it is
the layer's one factor: the first of all, or where every power that is still needed is even, so at most 1 + Σ z(r_i)
times, and the bound holds for all exponents. *Groups of two only*: one of an odd number of factors is carried. Three
factors that meet one new one in every layer, as in x^1023 y z, stay three, and the bound fails.

Other switches: with an output bias, or σ(0) = 0, a square is 2 neurons; with a hidden bias b such that σ'(b) = 0, a
neuron and a constant one. Neurons that a square and a carried factor might share are counted twice.
"""

from collections.abc import Callable
from math import ceil, log2
from typing import NamedTuple

import numpy as np

from theory.boolean.construction import Layers
from theory.depth.product import Flat, flat
from theory.depth.taylor import NONE, derivatives, steepest_bias, vanishing_bias


class Gate(NamedTuple):
    """∏ v_i^powers_i of some of a layer's values, by their places."""

    places: tuple[int, ...]
    powers: tuple[int, ...]


Schedule = tuple[tuple[Gate, ...], ...]
CARRIED = (1,)


def published_bound(exponents: tuple[int, ...]) -> int:
    """Σ (7 ⌈log2 r_i⌉ + 4)."""
    return sum(7 * ceil(log2(r)) + 4 for r in exponents)


def schedule(exponents: tuple[int, ...], largest: int) -> Schedule:
    """Gates of every hidden layer, whose places are inputs or gates of the layer before.

    Args:
        exponents: r_i >= 1.
        largest: numbers that one gate multiplies at most: 2, or 3 where that saves a factor from being carried.

    Raises:
        ValueError: if an exponent is below 1, or `largest` is neither 2 nor 3.
    """
    if not exponents or min(exponents) < 1:
        raise ValueError(f"exponents {exponents}: whole numbers of at least 1 are allowed, one per input")
    if largest not in (2, 3):
        raise ValueError(f"largest gate {largest}: gates of at most 2 or of at most 3 numbers are known here")
    powers, layers = list(exponents), []
    while powers != [1]:
        squares = [Gate((place,), (2,)) for place, power in enumerate(powers) if power > 1]
        groups = in_groups([place for place, power in enumerate(powers) if power % 2], largest)
        layers.append((*squares, *(Gate(group, (1,) * len(group)) for group in groups)))
        powers = [power // 2 for power in powers if power > 1] + [1] * len(groups)
    return tuple(layers)


def in_groups(factors: list[int], largest: int) -> list[tuple[int, ...]]:
    """Pairs; of an odd number the last three together if a gate can multiply three, else the last one alone."""
    paired = len(factors) - len(factors) % 2
    if len(factors) % 2 and len(factors) > 1 and largest == 3:
        paired -= 2
    groups = [(factors[i], factors[i + 1]) for i in range(0, paired, 2)]
    return [*groups, tuple(factors[paired:])] if factors[paired:] else [*groups]


def gate(powers: tuple[int, ...], activation: str, bias: str) -> Flat:
    """The smallest flat gate known; switches of biases as in `product.flat`.

    Raises:
        ValueError: if none exists, because a derivative at 0 is 0.
    """
    return square(activation, bias) if powers == (2,) else flat(powers, activation, bias)


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


def count(plan: Schedule, cost: Callable[[tuple[int, ...]], int]) -> tuple[int, int]:
    """Hidden neurons of all gates, and those among them that only carry a factor; `cost` is of a gate's powers."""
    costs = [(cost(one.powers), one.powers == CARRIED) for layer in plan for one in layer]
    return sum(one for one, _ in costs), sum(one for one, carries in costs if carries)


def network(plan: Schedule, inputs: int, layers_of: Callable[[int, tuple[int, ...]], Layers]) -> Layers:
    """(W, b) of every layer: output weights of gates and input weights of the next ones are one matrix.

    Args:
        plan: see `schedule`.
        inputs: n.
        layers_of: (hidden, output) layer of the gate for these powers in a hidden layer, counted from 0.
    """
    W, b, layers = np.eye(inputs), np.zeros(inputs), []
    for depth, gates in enumerate(plan):
        parts = [layers_of(depth, one.powers) for one in gates]
        ends = np.cumsum([len(hidden[1]) for hidden, _ in parts])
        A, V = np.zeros((W.shape[1], ends[-1])), np.zeros((ends[-1], len(gates)))
        for place, (one, (hidden, output), end) in enumerate(zip(gates, parts, ends, strict=True)):
            mine = slice(end - len(hidden[1]), end)
            A[list(one.places), mine] = hidden[0]
            V[mine, place] = output[0][:, 0]
        layers.append((W @ A, b @ A + np.concatenate([hidden[1] for hidden, _ in parts])))
        W, b = V, np.concatenate([output[1] for _, output in parts])
    return *layers, (W, b)
