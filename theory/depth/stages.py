"""Networks of gates: every hidden layer makes monomials of the values of the layer before.

A *gate* is a flat layer for one monomial of some values, see `product`; a *stage* is a hidden layer of gates. Output
weights of a stage and input weights of the next one are multiplied into one matrix, because what leaves a hidden layer
linearly enters the next one linearly. Neurons of one stage with the same input weights and the same bias are one
neuron, with the sum of their output weights: a constant that several gates need, or λv, in the gate that squares v and
in the one that multiplies it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theory.dense import Layers


class Gate(NamedTuple):
    """∏ v_i^powers_i of some of a layer's values, by their places."""

    places: tuple[int, ...]
    powers: tuple[int, ...]


class Stage(NamedTuple):
    """The gates of a hidden layer, and whether they share a constant neuron (`product.flat`, `with_constant`)."""

    gates: tuple[Gate, ...]
    shares: bool = False


Schedule = tuple[Stage, ...]
# (hidden, output) layer of the gate for these powers in a stage, counted from 0.
GateLayers = Callable[[int, tuple[int, ...]], Layers]


def network(plan: Schedule, inputs: int, layers_of: GateLayers) -> Layers:
    """(W, b) of every layer of the network that works through these stages.

    Args:
        plan: the stages; places of the first are inputs, places of others gates of the stage before.
        inputs: n.
        layers_of: how a gate is built.
    """
    W, b, layers = np.eye(inputs), np.zeros(inputs), []
    for depth, stage in enumerate(plan):
        A, a, V, c = _stage(stage, depth, W.shape[1], layers_of)
        layers.append((W @ A, b @ A + a))
        W, b = V, c
    return *layers, (W, b)


def _stage(
    stage: Stage, depth: int, values: int, layers_of: GateLayers
) -> tuple[
    Float[np.ndarray, "values neurons"],
    Float[np.ndarray, " neurons"],
    Float[np.ndarray, "neurons gates"],
    Float[np.ndarray, " gates"],
]:
    """Input weights and biases of the neurons of a stage, output weights and biases of its gates."""
    columns: dict[bytes, tuple[np.ndarray, float]] = {}
    outputs: dict[bytes, np.ndarray] = {}
    c = np.zeros(len(stage.gates))
    for place, gate in enumerate(stage.gates):
        (A, a), (V, constant) = layers_of(depth, gate.powers)
        c[place] = constant[0]
        for weights, bias, out in zip(A.T, a.tolist(), V[:, 0].tolist(), strict=True):
            column = np.zeros(values)
            column[list(gate.places)] = weights
            # 0 is added so that there is one 0 only.
            key = (np.append(column, bias) + 0.0).tobytes()
            columns[key] = (column, bias)
            outputs.setdefault(key, np.zeros(len(stage.gates)))[place] += out
    A = np.stack([column for column, _ in columns.values()], axis=1)
    return A, np.array([bias for _, bias in columns.values()]), np.stack(list(outputs.values())), c
