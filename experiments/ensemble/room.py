"""Room: networks of many sizes in one compiled program.

A network is embedded in a larger one by *dead units*: nothing comes in, nothing goes out, and the bias is such that the
unit's output is zero. Then the gradient of every weight around it is zero as well, so it stays dead, and the network
inside is trained as if it were alone. Missing inputs are zero. Points are repeated, which changes no mean.
"""

import dataclasses
import itertools

import numpy as np
from jaxtyping import Float

from experiments.ensemble.program import Program
from experiments.errors import UserError
from theory.network import Layer, Network

# The bias at which a unit's output is exactly zero.
DEAD = {
    **dict.fromkeys(("identity", "tanh", "rectifier", "sine", "square", "cube", "gelu", "elu"), 0.0),
    "logistic": -1e30,
}


def roomy(program: Program) -> Program:
    """The program that is compiled.

    Raises:
        UserError: if the room is too small or has another depth, layers are locally connected, or the activation has
            no dead units.
    """
    if not program.room:
        return dataclasses.replace(program, repeats=1)
    inside = all(own <= room for own, room in zip(program.sizes, program.room, strict=False))
    if program.patches:
        raise UserError("room holds dense layers only; locally connected ones need a program for each size")
    if len(program.room) != len(program.sizes) or not inside or program.room[-1] != program.sizes[-1]:
        raise UserError(f"room {program.room} does not hold networks of sizes {program.sizes} with as many outputs")
    if program.activation not in DEAD:
        raise UserError(f"{program.activation} units cannot be dead; networks of them need a room of their own size")
    return dataclasses.replace(program, sizes=program.room, room=(), repeats=1)


def embed(program: Program, networks: Network) -> Network:
    """Networks of `program.sizes` in its room, with the axis of members in front."""
    if not program.room:
        return networks
    layers = []
    for (W, b), (inputs, outputs) in zip(networks, itertools.pairwise(program.room), strict=True):
        members, own_inputs, own_outputs = W.shape
        room = np.zeros((members, inputs, outputs), W.dtype)
        room[:, :own_inputs, :own_outputs] = W
        biases = np.full((members, outputs), DEAD[program.activation], b.dtype)
        biases[:, :own_outputs] = b
        layers.append(Layer(room, biases))
    return tuple(layers)


def extract(program: Program, networks: Network) -> Network:
    """The networks that were embedded."""
    if not program.room:
        return networks
    return tuple(
        Layer(W[:, :inputs, :outputs], b[:, :outputs])
        for (W, b), (inputs, outputs) in zip(networks, itertools.pairwise(program.sizes), strict=True)
    )


def with_missing_inputs(program: Program, x: Float[np.ndarray, "points inputs"]) -> Float[np.ndarray, "points room"]:
    """The points, with zeros for the inputs that a network in its room does not have."""
    missing = (program.room or program.sizes)[0] - program.sizes[0]
    return np.pad(x, ((0, 0), (0, missing)))
