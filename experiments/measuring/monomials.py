"""Networks for monomials, deep and flat, with every gate at a scale that is predicted to be best, and their errors."""

import functools
from itertools import product
from math import prod

import numpy as np

from experiments.measuring.products import FACTORS, PRECISION, error
from theory.boolean.construction import Layers
from theory.depth import monomial
from theory.depth.groups import neurons
from theory.depth.product import Flat, flat
from theory.depth.scale import Errors, predicted

# Larger flat networks are not built: their finite differences have no digits left.
LARGEST_DEGREE, LARGEST_FLAT = 24, 1 << 10


@functools.cache
def gate(powers: tuple[int, ...], activation: str, bias: str) -> Flat:
    """See `monomial.gate`."""
    return monomial.gate(powers, activation, bias)


@functools.lru_cache(maxsize=1024)
def _model(powers: tuple[int, ...], activation: str, bias: str, incoming: float) -> Errors:
    built = gate(powers, activation, bias)
    corners = np.array(list(product((1.0, -1.0), repeat=len(powers))))
    return predicted(built, activation, corners, PRECISION, incoming)


def deep(
    exponents: tuple[int, ...], largest: int, activation: str, bias: str, x: np.ndarray
) -> dict[str, float] | None:
    """Layers, neurons counted in the weights, those that carry, and the least error over some scales; None if no gates.

    Args:
        exponents, largest: see `monomial.schedule`.
        activation, bias: see `product.flat`.
        x: points where errors are measured.
    """
    plan = monomial.schedule(exponents, largest)
    try:
        carried = monomial.count(plan, lambda powers: len(gate(powers, activation, bias).v))[1]
    except ValueError:
        return None
    networks = [
        _network(plan, len(exponents), activation, bias, factor, shared)
        for factor, shared in product(FACTORS, (True, False))
    ]
    facts = {"hidden_layers": float(len(plan)), "neurons": float(neurons(networks[0])), "carried": float(carried)}
    return facts | {"error": _least_error(networks, exponents, activation, x)}


def _network(plan: monomial.Schedule, inputs: int, activation: str, bias: str, factor: float, shared: bool) -> Layers:
    """Scales are chosen layer by layer, see `products.network_of`."""
    incoming, scaled = 0.0, []
    for layer in plan:
        found, sums = {}, [0.0]
        for powers in {one.powers for one in layer}:
            built, scale = (
                gate(powers, activation, bias),
                factor * _model(powers, activation, bias, incoming).best_scale,
            )
            found[powers] = built.layers(scale)
            sums.append(float(np.abs(built.v).sum()) * scale**-built.order)
        scaled.append(found)
        incoming = 0.0 if shared else max(sums)
    return monomial.network(plan, inputs, lambda depth, powers: scaled[depth][powers])


def _least_error(networks: list[Layers], exponents: tuple[int, ...], activation: str, x: np.ndarray) -> float:
    """Infinite if all of them overflow."""
    return float(np.nan_to_num([error(one, activation, x, exponents=exponents) for one in networks], nan=np.inf).min())


def flat_network(exponents: tuple[int, ...], activation: str, bias: str, x: np.ndarray) -> dict[str, float]:
    """Neurons counted in the weights of a flat network, and its least error; NaN if it is too large to be built."""
    nothing = {"flat_neurons": np.nan, "flat_error": np.nan}
    if sum(exponents) > LARGEST_DEGREE or prod(r + 1 for r in exponents) > LARGEST_FLAT:
        return nothing
    try:
        built = flat(exponents, activation, bias)
    except ValueError:
        return nothing
    corners = np.array(list(product((1.0, -1.0), repeat=len(exponents))))
    scale = predicted(built, activation, corners, PRECISION).best_scale
    networks = [built.layers(factor * scale) for factor in FACTORS]
    least = _least_error(networks, exponents, activation, x)
    return {"flat_neurons": float(neurons(networks[0])), "flat_error": least}
