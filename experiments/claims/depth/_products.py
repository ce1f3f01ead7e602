"""Networks that multiply, at the scales of their gates that are predicted to be best, and their errors in float64."""

import functools
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from theory.boolean.construction import Layers
from theory.depth import monomial
from theory.depth.groups import Layer, best_groups, neurons, plan
from theory.depth.product import Flat, bounds, flat
from theory.depth.scale import Errors, predicted
from theory.depth.stages import network

PRECISION = "float64"
# Around the scale that is predicted to be best.
FACTORS = (2**-0.5, 1.0, 2**0.5)
# Neurons that are evaluated at once.
BLOCK = 1 << 15
# Factors of the largest gate for which a prediction looks at all corners.
SMALL_GATE = 6
# Random corners at which a prediction looks for larger gates.
FEW = 8

# The switch `bias` of a verdict for each of `theory.depth.product.BIASES`.
BIAS: dict[str, bool | str] = {"none": False, "output": "output only", "hidden": "hidden only"}


def bias_of(names: pd.Series) -> bool | str:
    """The switch `bias` of a verdict; where it is about several of `BIASES`, their names."""
    several = list(dict.fromkeys(names))
    return BIAS[several[0]] if len(several) == 1 else ", ".join(str(BIAS[name] or name) for name in several)


@functools.cache
def bounds_of(n: int, activation: str, bias: str) -> tuple[int, float]:
    """See `product.bounds`: neurons that are needed, and those that are built, for n numbers in one hidden layer."""
    return bounds((1,) * n, activation, bias)


def smallest(n: int, layers: int, activation: str, bias: str) -> tuple[float, tuple[Layer, ...]]:
    """The fewest neurons with which a number of hidden layers multiplies n numbers in groups, and these groups."""
    return best_groups(n, layers, monomial.prices(activation, bias))


def points(n: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Corners of [-1, 1]^n, and as many points with coordinates between ½ and 1 in size."""
    corners = rng.choice([-1.0, 1.0], (-(-count // 2), n))
    return np.concatenate([corners, corners * rng.uniform(0.5, 1, corners.shape)])[:count]


@functools.lru_cache(maxsize=256)
def _model(size: int, activation: str, bias: str, with_constant: bool, incoming: float) -> Errors:
    corners = np.array(list(product((1.0, -1.0), repeat=min(size, SMALL_GATE))))
    if size > SMALL_GATE:
        corners = np.concatenate([np.ones((1, size)), np.random.default_rng(size).choice([-1.0, 1.0], (FEW, size))])
    return predicted(_flat(size, activation, bias, with_constant), activation, corners, PRECISION, incoming)


# The largest take a few hundred megabytes.
@functools.lru_cache(maxsize=3)
def _flat(size: int, activation: str, bias: str, with_constant: bool) -> Flat:
    return flat((1,) * size, activation, bias, with_constant)


class Scaled(NamedTuple):
    """A network with every gate at the scale that is predicted to be best, times a factor; and the error predicted."""

    layers: Layers
    error: float


def best(layers: tuple[Layer, ...], activation: str, bias: str, x: np.ndarray | None) -> dict[str, float]:
    """Neurons counted, and of the networks at several scales the least error, with what was predicted of that one."""
    shared = (True,) if len(layers) == 1 else (True, False)
    if x is None:
        built = network_of(layers, activation, bias, 1.0, True)
        return {"neurons": float(neurons(built.layers)), "predicted": built.error}
    found = []
    for factor, share in product(FACTORS, shared):
        built = network_of(layers, activation, bias, factor, share)
        facts = {"neurons": float(neurons(built.layers)), "predicted": built.error}
        found.append(facts | {"error": error(built.layers, activation, x)})
    return min(found, key=lambda one: one["error"])


def network_of(layers: tuple[Layer, ...], activation: str, bias: str, factor: float, shared: bool) -> Scaled:
    """Scales are chosen layer by layer. Where roundings are not shared, a small one is felt in the layer after it."""
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

    # A flat network may be large: it is not built of parts.
    (sizes, *others) = [layer.sizes for layer in layers]
    built = network(plan(layers), sum(sizes), gate) if others else gate(0, (1,) * sizes[0])
    return Scaled(built, total)


def error(
    layers: Layers, activation: str, x: np.ndarray, precision: str = PRECISION, exponents: tuple[int, ...] | int = 1
) -> float:
    """Largest difference between outputs and ∏ x_i^exponents_i on these points, calculated in this precision."""
    import jax

    from theory import network
    from theory.activations import ACTIVATIONS

    z, σ = np.zeros(len(x)), ACTIVATIONS[activation]
    with jax.enable_x64(precision == "float64"):
        for part in _parts(layers):
            built = network.from_arrays(part, precision)
            z += np.asarray(network.evaluate(built, jax.numpy.asarray(x, precision), σ), float)[:, 0]
    return float(np.abs(z - np.prod(x ** np.asarray(exponents), axis=1)).max())


def _parts(layers: Layers) -> Iterator[Layers]:
    """Networks whose outputs add up to that of a network, so that a wide layer need not be in memory at once."""
    (W, b), (V, c), *deeper = layers
    if deeper or W.shape[1] <= BLOCK:
        yield layers
        return
    for start in range(0, W.shape[1], BLOCK):
        some = slice(start, start + BLOCK)
        yield (W[:, some], b[some]), (V[some], c if start == 0 else 0 * c)
