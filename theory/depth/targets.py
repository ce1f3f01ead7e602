"""Targets for networks of different depth: compositions of small functions, and controls that are none.

Compositions, with the deep network that each of them is (see compositions.py):

- product: of 8 numbers of [0, 2]: a binary tree of gates of four tanh units, exact in a limit.
- sawtooth-8, sawtooth-32: the triangle 1 - 2|x| applied 3 or 5 times on [-1, 1], which makes 8 or 32 linear pieces: two
  rectifiers a level, exactly.
- tree: a binary tree of random smooth functions of two numbers over 8 numbers of [-1, 1]: two tanh units each, exactly.
- parity: of 8 signs, a binary tree of exclusive ors: two rectifiers each, exactly.

Some of them are one hidden layer as well, and that may take fewer parameters. 2^k rectifiers, and no fewer, make the
sawtooth of 2^k pieces (see sawtooth.py): 25 parameters for 8 pieces and 97 for 32, where composing takes 19 and 31.
Parity is a zigzag of the sum of the 8 signs, so 8 units make it, rectifiers with a kink or steep tanh units with a step
for each of its turns: 81 parameters, where the tree has 121.

Controls:

- smooth: Σ_k √(2/32) cos(<ω_k, x> + φ_k) on [-1, 1]², 32 frequencies ω_k ~ N(0, 3²), phases uniform.
- ridge: sin(<ω, x> + φ) on [-1, 1]^8, along one random direction with |ω| = 5.
- boolean: a random balanced function of 8 signs.

The constant predictor that is best in mean square, the mean, has a root mean squared error of one standard deviation;
errors are given in these units.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theory import boolean
from theory.dense import Layers
from theory.depth import compositions, sawtooth

INPUTS = 8
FREQUENCIES, SPREAD = 32, 3.0
LENGTH = 5.0
# Points over which the gates of a random tree are scaled.
SCALED_OVER = 4096
# At ±1 times this a tanh is ±1 to the last bit of float64.
STEEP = 20.0


class DomainTarget(NamedTuple):
    """A function and its domain.

    Attributes:
        value: of points, for each of them.
        points: (count, rng) -> points; where the domain is finite all of it, repeated to that count.
        activation: of the units of `construction`, a deep network that is the function; None where none is known.
        flat: networks of one hidden layer that are the function, by the activation of their units.
        flat_is_least: whether no network of one hidden layer with fewer units of that kind is the function.
    """

    value: Callable[[Float[np.ndarray, "points inputs"]], Float[np.ndarray, " points"]]
    points: Callable[[int, np.random.Generator], Float[np.ndarray, "points inputs"]]
    activation: str | None = None
    construction: Layers | None = None
    flat: Mapping[str, Layers] = MappingProxyType({})
    flat_is_least: bool = False


def _uniform(low: float, high: float, inputs: int) -> Callable[[int, np.random.Generator], np.ndarray]:
    return lambda count, rng: rng.uniform(low, high, (count, inputs))


def _all_signs(count: int, rng: np.random.Generator) -> np.ndarray:
    return np.resize(boolean.signed_inputs(INPUTS).astype(float), (count, INPUTS))


def product_of(inputs: int, low: float, high: float) -> DomainTarget:
    """The product of numbers drawn uniformly; its network is given where their number is a power of two above 1."""
    target = DomainTarget(lambda x: x.prod(1), _uniform(low, high, inputs))
    if inputs < 2 or inputs & (inputs - 1):
        return target
    levels = compositions.tree(compositions.product_gate(), inputs)
    return target._replace(activation="tanh", construction=compositions.network(levels))


def sawtooth_of(folds: int) -> DomainTarget:
    """The triangle applied `folds` times: 2^folds linear pieces from -1 to 1."""

    def value(x: np.ndarray) -> np.ndarray:
        z = x[:, 0]
        for _ in range(folds):
            z = 1 - 2 * np.abs(z)
        return z

    layers = compositions.network([compositions.triangle()] * folds)
    (W, b), (V, c) = sawtooth.shallow(folds)
    # That one goes from [0, 1] to [0, 1].
    flat = [(W / 2, b + W[0] / 2), (2 * V, 2 * c - 1)]
    return DomainTarget(value, _uniform(-1.0, 1.0, 1), "rectifier", layers, {"rectifier": flat}, flat_is_least=True)


def _tree(rng: np.random.Generator) -> DomainTarget:
    points = _uniform(-1.0, 1.0, INPUTS)
    levels = compositions.random_tree(INPUTS, points(SCALED_OVER, rng), rng)
    return DomainTarget(lambda x: compositions.applied(levels, x), points, "tanh", compositions.network(levels))


def _parity(rng: np.random.Generator) -> DomainTarget:
    levels = compositions.tree(compositions.sign_gate(), INPUTS)
    flat = {"rectifier": zigzag_of_sum(INPUTS), "tanh": steps_of_sum(INPUTS)}
    return DomainTarget(lambda x: x.prod(1), _all_signs, "rectifier", compositions.network(levels), flat)


def zigzag_of_sum(n: int) -> Layers:
    """Parity of n signs by one hidden layer of n rectifiers.

    The sum of the signs is -n, -n + 2, ..., n, and from each of these to the next the product of the signs changes
    between 1 and -1: a broken line with slopes of 1 and -1 that turns at each of them.
    """
    turns = np.where(np.arange(n) % 2 == 0, -2.0, 2.0)
    # The first slope comes from no other.
    turns[0] /= 2
    first = np.ones(1) if n % 2 == 0 else -np.ones(1)
    return [(np.ones((n, n)), n - 2.0 * np.arange(n)), (first * turns[:, None], first)]


def steps_of_sum(n: int) -> Layers:
    """Parity of n signs by one hidden layer of n tanh units: a step between any two neighbouring sums of the signs."""
    heights = np.where(np.arange(n) % 2 == 0, -1.0, 1.0)
    first = 1.0 if n % 2 == 0 else -1.0
    layer = np.full((n, n), STEEP), STEEP * (n - 1 - 2.0 * np.arange(n))
    return [layer, (first * heights[:, None], first * np.array([1 + heights.sum()]))]


def _smooth(rng: np.random.Generator) -> DomainTarget:
    ω, φ = SPREAD * rng.normal(size=(2, FREQUENCIES)), rng.uniform(0, 2 * np.pi, FREQUENCIES)
    return DomainTarget(lambda x: np.sqrt(2 / FREQUENCIES) * np.cos(x @ ω + φ).sum(1), _uniform(-1.0, 1.0, 2))


def _ridge(rng: np.random.Generator) -> DomainTarget:
    direction, φ = rng.normal(size=INPUTS), rng.uniform(0, 2 * np.pi)
    ω = LENGTH * direction / np.linalg.norm(direction)
    return DomainTarget(lambda x: np.sin(x @ ω + φ), _uniform(-1.0, 1.0, INPUTS))


def _boolean(rng: np.random.Generator) -> DomainTarget:
    signs = 2.0 * boolean.FAMILIES["random"](INPUTS, rng) - 1.0
    return DomainTarget(lambda x: signs[(x > 0) @ (1 << np.arange(INPUTS))], _all_signs)


COMPOSITIONS: dict[str, Callable[[np.random.Generator], DomainTarget]] = {
    "product": lambda rng: product_of(INPUTS, 0.0, 2.0),
    "sawtooth-8": lambda rng: sawtooth_of(3),
    "sawtooth-32": lambda rng: sawtooth_of(5),
    "tree": _tree,
    "parity": _parity,
}
CONTROLS: dict[str, Callable[[np.random.Generator], DomainTarget]] = {
    "smooth": _smooth,
    "ridge": _ridge,
    "boolean": _boolean,
}
TARGETS = COMPOSITIONS | CONTROLS
