"""What the engine is held against: members to train, and backpropagation in plain float64 loops."""

from typing import Any

import jax
import numpy as np

from experiments.ensemble import Members, Program
from theory import boolean, network
from theory.network import WEIGHT_VARIANCE

# With 10 members, tests of one program in these layouts also share what is compiled.
LAYOUTS = [("lanes", 8), ("vmap", 4), ("map", 1)]


def program(**changes) -> Program:
    settings: dict[str, Any] = {
        "sizes": (2, 3, 1),
        "activation": "tanh",
        "loss": "cross-entropy",
        "optimizer": "adam",
        "steps": 60,
        "precision": "float32",
    }
    return Program(**(settings | changes))


def members(count: int, n: int = 2, learning_rate: float = 0.05, seed: int = 0) -> Members:
    rng = np.random.default_rng(seed)
    truth = boolean.FAMILIES["parity"](n, rng)
    return Members(
        key=rng.integers(0, 2**32, (count, 2), dtype=np.uint32),
        targets=np.tile(2.0 * truth - 1.0, (count, 1)),
        learning_rate=np.full(count, learning_rate),
    )


def member(some: Members, i: int) -> Members:
    return Members(*(np.asarray(leaf)[i] for leaf in some))


def trained(p: Program, x: np.ndarray, one: Members, orders=None) -> tuple[float, int, int, float]:
    """Loss, errors, updates and norm of the gradient of one network, from the weights that the engine starts with.

    `orders(pass)` gives the order of the points in each pass, for mini-batches.
    """
    key = jax.random.wrap_key_data(one.key)
    initial = network.initialize(key, p.sizes, WEIGHT_VARIANCE[p.activation])
    θ = [np.asarray(leaf, float) for leaf in jax.tree.leaves(initial)]
    memory: list[list[Any]] = [[0.0, 0.0] for _ in θ]
    y = np.asarray(one.targets)
    batch = p.batch or len(x)
    passes = len(x) // batch
    for t in range(p.steps + 1):
        loss, errors, gradients = _slopes(p, θ, x, y)
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        looked_at = t % passes == 0 or t == p.steps
        if (looked_at and ((p.stop_when_solved and errors == 0) or norm < p.gradient_bound)) or t == p.steps:
            break
        if p.batch:
            chosen = orders(t // passes)[t % passes * batch :][:batch]
            gradients = _slopes(p, θ, x[chosen], y[chosen])[2]
        share = t / p.steps
        falling = {"constant": 1.0, "linear": 1 - share, "cosine": (1 + np.cos(np.pi * share)) / 2}[p.schedule]
        step = float(one.learning_rate) * falling
        for i, g in enumerate(gradients):
            if p.optimizer == "sgd":
                θ[i] = θ[i] - step * g
                continue
            memory[i] = [0.9 * memory[i][0] + 0.1 * g, 0.999 * memory[i][1] + 0.001 * g**2]
            mean, square = memory[i][0] / (1 - 0.9 ** (t + 1)), memory[i][1] / (1 - 0.999 ** (t + 1))
            θ[i] = θ[i] - step * mean / (np.sqrt(square) + 1e-8)
    return loss, errors, t, norm


def _slopes(p: Program, θ: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, int, list[np.ndarray]]:
    functions: dict[str, Any] = {
        "tanh": np.tanh,
        "rectifier": lambda a: np.maximum(a, 0),
        "logistic": lambda a: 1 / (1 + np.exp(-a)),
    }
    slopes = {"tanh": lambda h: 1 - h**2, "rectifier": lambda h: h > 0, "logistic": lambda h: h * (1 - h)}
    outputs = [x]
    for W, b in zip(θ[:-2:2], θ[1:-2:2], strict=True):
        outputs.append(functions[p.activation](outputs[-1] @ W + b))
    z = (outputs[-1] @ θ[-2] + θ[-1])[:, 0]
    if p.loss == "squared":
        loss, dz = np.mean((y - z) ** 2), 2 * (z - y) / len(y)
    else:
        loss, dz = np.mean(np.log1p(np.exp(-y * z))), -y / (1 + np.exp(y * z)) / len(y)
    δ, gradients = dz[:, None], list[np.ndarray]()
    for layer in reversed(range(len(outputs))):
        gradients = [outputs[layer].T @ δ, δ.sum(0), *gradients]
        if layer:
            δ = (δ @ θ[2 * layer].T) * slopes[p.activation](outputs[layer])
    return loss, int(np.sum(y * z <= 0)), gradients
