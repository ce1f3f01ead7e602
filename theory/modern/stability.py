"""The step size at which gradient descent becomes unstable (Cohen et al. 2021, arXiv 2103.00065).

Gradient descent with step η and heavy-ball momentum β is

    v_{t+1} = β v_t + ∇F(θ_t),    θ_{t+1} = θ_t - η v_{t+1}.

On a quadratic F every eigenvector of the Hessian goes its own way. With its eigenvalue λ > 0,

    θ_{t+1} = (1 + β - η λ) θ_t - β θ_{t-1},

whose characteristic polynomial is r² - (1 + β - η λ) r + β. Both roots lie within the unit circle if and only if
0 < η λ < 2 (1 + β), for 0 <= β < 1. At η λ = 2 (1 + β) one root is -1. So descent diverges, from almost every start, if
and only if the *sharpness*, which is the largest eigenvalue, is above the *edge* 2 (1 + β) / η.

For a network, the Hessian changes on the way. The sentence on trial is that training makes it sharper until it is at
the edge, and that it then stays there.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Float

Numbers = Any


def edge(step: Any, momentum: Any) -> Any:
    """The largest eigenvalue with which a quadratic is stable; exact for fractions."""
    return 2 * (1 + momentum) / step


def spectral_radius(step: float, momentum: float, eigenvalue: float) -> float:
    """The largest modulus of a root of the characteristic polynomial, in float64."""
    return float(np.abs(np.roots([1.0, -(1 + momentum - step * eigenvalue), momentum])).max())


def descent(step: Fraction, momentum: Fraction, eigenvalues: list[Fraction]) -> Iterator[list[Fraction]]:
    """Exact iterates on ½ Σ λ_i θ_i², from θ = (1, ..., 1) at rest; the start comes first, and there is no end."""
    θ, v = [Fraction(1)] * len(eigenvalues), [Fraction(0)] * len(eigenvalues)
    while True:
        yield θ
        v = [momentum * speed + λ * place for speed, λ, place in zip(v, eigenvalues, θ, strict=True)]
        θ = [place - step * speed for place, speed in zip(θ, v, strict=True)]


def parameters(sizes: tuple[int, ...]) -> int:
    """Number of weights and biases of layers of these sizes."""
    return sum((before + 1) * after for before, after in pairwise(sizes))


def layers(θ: Float[Numbers, " parameters"], sizes: tuple[int, ...]) -> list[tuple[Numbers, Numbers]]:
    """(W, b) of each layer; θ holds W and then b of each."""
    found, start = [], 0
    for before, after in pairwise(sizes):
        middle, end = start + before * after, start + (before + 1) * after
        found.append((θ[start:middle].reshape(before, after), θ[middle:end]))
        start = end
    return found


def output(θ: Float[Numbers, " parameters"], x: Float[Numbers, "points inputs"], sizes: tuple[int, ...]) -> Numbers:
    """The one output of a network of tanh units for every point, see `layers`."""
    import jax.numpy as jnp

    z: Any = x
    for layer, (W, b) in enumerate(layers(θ, sizes)):
        a = z @ W + b
        z = jnp.tanh(a) if layer < len(sizes) - 2 else a
    return z[:, 0]


def loss(
    θ: Float[Numbers, " parameters"],
    x: Float[Numbers, "points inputs"],
    y: Float[Numbers, " points"],
    sizes: tuple[int, ...],
) -> Float[Numbers, ""]:
    """Half the mean squared error."""
    return ((output(θ, x, sizes) - y) ** 2).mean() / 2


def hessian(
    θ: Float[Numbers, " parameters"],
    x: Float[Numbers, "points inputs"],
    y: Float[Numbers, " points"],
    sizes: tuple[int, ...],
) -> Float[Numbers, "parameters parameters"]:
    """All second derivatives of the loss, by automatic differentiation."""
    import jax

    return jax.hessian(loss)(θ, x, y, sizes)


def initial(sizes: tuple[int, ...], rng: np.random.Generator) -> Float[np.ndarray, " parameters"]:
    """Weights of variance 1 / inputs and no biases."""
    layers = [
        np.concatenate([rng.normal(0, before**-0.5, before * after), np.zeros(after)])
        for before, after in pairwise(sizes)
    ]
    return np.concatenate(layers)
