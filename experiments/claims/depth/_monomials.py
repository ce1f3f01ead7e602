"""Networks for monomials, deep and flat, with every gate at its predicted best scale, and their errors."""

import functools
from itertools import product
from math import prod

import numpy as np

from experiments.claims.depth._products import FACTORS, PRECISION, error
from theory.dense import Layers
from theory.depth import monomial
from theory.depth.groups import neurons
from theory.depth.product import Flat, flat
from theory.depth.scale import Errors, predicted
from theory.depth.stages import Schedule, network

# The highest degree of a flat network that is built: finite differences of a higher degree have no digits left.
LARGEST_DEGREE = 24
# Neurons of the largest flat network that is built.
LARGEST_FLAT = 1 << 10


@functools.cache
def gate(powers: tuple[int, ...], activation: str, bias: str, with_constant: bool) -> Flat:
    """See `monomial.gate`."""
    return monomial.gate(powers, activation, bias, with_constant)


@functools.lru_cache(maxsize=1024)
def _model(powers: tuple[int, ...], activation: str, bias: str, with_constant: bool, incoming: float) -> Errors:
    built = gate(powers, activation, bias, with_constant)
    corners = np.array(list(product((1.0, -1.0), repeat=len(powers))))
    return predicted(built, activation, corners, PRECISION, incoming)


def deep(
    exponents: tuple[int, ...], largest: int, activation: str, bias: str, x: np.ndarray
) -> dict[str, float] | None:
    """Layers, neurons counted in the weights, carried factors, and the least error over some scales.

    The result is None if there are no gates.

    Args:
        exponents, largest: see `monomial.schedule`.
        activation, bias: see `product.flat`.
        x: points where errors are measured.
    """
    plan = monomial.schedule(exponents, largest, monomial.prices(activation, bias))
    try:
        networks = [
            _network(plan, len(exponents), activation, bias, factor, shared)
            for factor, shared in product(FACTORS, (True, False))
        ]
    except ValueError:
        return None
    carried = sum(gate.powers == (1,) for stage in plan for gate in stage.gates)
    facts = {"hidden_layers": float(len(plan)), "neurons": float(neurons(networks[0])), "carried": float(carried)}
    return facts | {"error": _least_error(networks, exponents, activation, x)}


def _network(plan: Schedule, inputs: int, activation: str, bias: str, factor: float, shared: bool) -> Layers:
    """The network of a plan; all gates of a layer have one scale, so that they can share neurons."""
    incoming, scales = 0.0, []
    for stage in plan:
        kinds = {one.powers for one in stage.gates}
        models = [_model(powers, activation, bias, stage.shares, incoming) for powers in kinds]
        scale = factor * min((model.best_scale for model in models), key=lambda λ: sum(one.at(λ) for one in models))
        gates = [gate(powers, activation, bias, stage.shares) for powers in kinds]
        scales.append(scale)
        incoming = 0.0 if shared else max(float(np.abs(one.v).sum()) * scale**-one.order for one in gates)

    def built(depth: int, powers: tuple[int, ...]) -> Layers:
        return gate(powers, activation, bias, plan[depth].shares).layers(scales[depth])

    return network(plan, inputs, built)


def _least_error(networks: list[Layers], exponents: tuple[int, ...], activation: str, x: np.ndarray) -> float:
    """The least error of the networks; infinite if all of them overflow."""
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
