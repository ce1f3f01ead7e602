"""Networks that multiply, with every gate at its predicted best scale, and their errors in float64."""

import functools
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from theory.dense import Layers
from theory.depth import monomial
from theory.depth.groups import GateLayer, best_groups, neurons, plan
from theory.depth.product import Flat, bounds, flat
from theory.depth.scale import Errors, predicted
from theory.depth.stages import network

PRECISION = "float64"
# Networks are built at the predicted best scale times these.
FACTORS = (2**-0.5, 1.0, 2**0.5)
# Neurons that are evaluated at once.
BLOCK = 1 << 15
# A prediction uses all corners for gates of at most this many numbers.
SMALL_GATE = 6
# It uses this many random corners for larger gates.
FEW = 8

# The switch `bias` of a verdict for each of `theory.depth.product.BIASES`.
BIAS: dict[str, bool | str] = {"none": False, "output": "output only", "hidden": "hidden only"}


def bias_of(names: pd.Series) -> bool | str:
    """The switch `bias` of a verdict; if the verdict is about several of `BIASES`, their names."""
    several = list(dict.fromkeys(names))
    return BIAS[several[0]] if len(several) == 1 else ", ".join(str(BIAS[name] or name) for name in several)


@functools.cache
def bounds_of(n: int, activation: str, bias: str) -> tuple[int, float]:
    """Neurons needed and neurons built for n numbers in one hidden layer, see `product.bounds`."""
    return bounds((1,) * n, activation, bias)


def smallest(n: int, layers: int, activation: str, bias: str) -> tuple[float, tuple[GateLayer, ...]]:
    """The fewest neurons that multiply n numbers in groups with this number of hidden layers, and these groups."""
    return best_groups(n, layers, monomial.prices(activation, bias))


def points(n: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Corners of [-1, 1]^n, and the same number of points with coordinates of size between ½ and 1."""
    corners = rng.choice([-1.0, 1.0], (-(-count // 2), n))
    return np.concatenate([corners, corners * rng.uniform(0.5, 1, corners.shape)])[:count]


@functools.lru_cache(maxsize=256)
def _model(size: int, activation: str, bias: str, with_constant: bool, incoming: float) -> Errors:
    corners = np.array(list(product((1.0, -1.0), repeat=min(size, SMALL_GATE))))
    if size > SMALL_GATE:
        corners = np.concatenate([np.ones((1, size)), np.random.default_rng(size).choice([-1.0, 1.0], (FEW, size))])
    return predicted(_flat(size, activation, bias, with_constant), activation, corners, PRECISION, incoming)


# Only three are remembered: the largest take a few hundred megabytes.
@functools.lru_cache(maxsize=3)
def _flat(size: int, activation: str, bias: str, with_constant: bool) -> Flat:
    return flat((1,) * size, activation, bias, with_constant)


class Scaled(NamedTuple):
    """A network with every gate at its predicted best scale times a factor, and its predicted error."""

    layers: Layers
    error: float


def best(layers: tuple[GateLayer, ...], activation: str, bias: str, x: np.ndarray | None) -> dict[str, float]:
    """Neurons counted; and the least error of the networks at several scales, with the prediction for that network."""
    return _best(layers, activation, bias, x)[1]


def best_network(
    layers: tuple[GateLayer, ...], activation: str, bias: str, x: np.ndarray | None
) -> tuple[Layers, dict[str, float]]:
    """The same, and the network."""
    how, facts = _best(layers, activation, bias, x)
    return network_of(layers, activation, bias, *how).layers, facts


def _best(
    layers: tuple[GateLayer, ...], activation: str, bias: str, x: np.ndarray | None
) -> tuple[tuple[float, bool], dict[str, float]]:
    """Factor of the scales and whether roundings are shared, and what is known of that network."""
    shared = (True,) if len(layers) == 1 else (True, False)
    found = []
    for factor, share in product(FACTORS, shared) if x is not None else [(1.0, True)]:
        built = network_of(layers, activation, bias, factor, share)
        facts = {"neurons": float(neurons(built.layers)), "predicted": built.error}
        if x is not None:
            facts["error"] = error(built.layers, activation, x)
        found.append(((factor, share), facts))
    return min(found, key=lambda one: one[1].get("error", 0.0))


def network_of(layers: tuple[GateLayer, ...], activation: str, bias: str, factor: float, shared: bool) -> Scaled:
    """Chooses scales layer by layer. If roundings are not shared, those of a layer matter in the next one."""
    incoming, total, scales = 0.0, 0.0, []
    for layer in layers:
        models = {
            size: _model(size, activation, bias, layer.shares, 0.0 if shared else incoming) for size in layer.sizes
        }
        scales.append({size: factor * model.best_scale for size, model in models.items()})
        total += sum(models[size].at(models[size].best_scale) for size in layer.sizes)
        weights = {size: np.abs(_flat(size, activation, bias, layer.shares).v).sum() for size in models}
        incoming = max(float(weights[size]) * scale**-size for size, scale in scales[-1].items())

    def gate(depth: int, powers: tuple[int, ...]) -> Layers:
        size = len(powers)
        return _flat(size, activation, bias, layers[depth].shares).layers(scales[depth][size])

    # A flat network may be large, so it is built whole.
    (sizes, *others) = [layer.sizes for layer in layers]
    built = network(plan(layers), sum(sizes), gate) if others else gate(0, (1,) * sizes[0])
    return Scaled(built, total)


def error(
    layers: Layers, activation: str, x: np.ndarray, precision: str = PRECISION, exponents: tuple[int, ...] | int = 1
) -> float:
    """Largest difference between outputs and ∏ x_i^exponents_i on these points, in this precision."""
    from experiments.ensemble import single

    z = np.zeros(len(x))
    for part in _parts(layers):
        z += single.evaluate(part, x, activation, precision)[:, 0]
    return float(np.abs(z - np.prod(x ** np.asarray(exponents), axis=1)).max())


def _parts(layers: Layers) -> Iterator[Layers]:
    """Networks with outputs that add up to that of a network: a wide layer need not be in memory at once."""
    (W, b), (V, c), *deeper = layers
    if deeper or W.shape[1] <= BLOCK:
        yield layers
        return
    for start in range(0, W.shape[1], BLOCK):
        some = slice(start, start + BLOCK)
        yield (W[:, some], b[some]), (V[some], c if start == 0 else 0 * c)
