"""Two layers of quadratic units that add modulo p (Gromov 2023, arXiv 2301.02679).

The inputs are two residues n and m, each as a vector with a single one. So a unit sees one weight of each:

    z_q(n, m) = Σ_k (U_nk + V_mk)² W_kq,      q, n, m = 0, ..., p - 1,

and the answer is the q with the largest z_q. With cosines of one frequency κ = 2πf/p for each unit,

    U_nk = cos(κ n + a),   V_mk = cos(κ m + b),   W_kq = cos(κ q + c),

twice the product of U and V contains cos(κ (n + m) + a + b). If the phases are *tied*, c = a + b, its product with W is
½ cos(κ (n + m - q)) and a term with a phase. Over all frequencies the former add up at q = n + m only. All other terms
have random phases, and cancel in the average.

How well they cancel is bounded by Chernoff's inequality. Let A = κ n + a, B = κ m + b, S = A + B and D = A - B: for
random phases S and D are uniform and independent. To the lead of the right answer over q = n + m + d a unit adds

    (cos A + cos B)² (cos S - cos(S + κ d)) = (1 + cos D) g,    g = (1 + cos S) (cos S - cos(S + κ d)).

The mean of exp(-t (1 + cos D) g) over D is exp(-t g) I_0(t g). So the lead is negative with a probability of at most
the product over units of its mean over S, for every t > 0; the sum over d bounds the share of wrong answers, for every
n and m. The bound has the form (p - 1) exp(-N I): a width in proportion to log p is enough. The derivation is ours.
"""

from typing import Any, NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

Numbers = Any

# Numbers t that Chernoff's bound is minimised over: its best t lies between, and a bound holds at every t.
TILTS = np.geomspace(0.02, 2.0, 60)
# Equally spaced S, over which a smooth periodic function is averaged: twice as many change nothing in 12 digits.
ANGLES = 128


class Adder(NamedTuple):
    """Weights of a network: of the first residue, of the second, and of the outputs. Other axes are in front."""

    U: Float[Numbers, "*networks p units"]
    V: Float[Numbers, "*networks p units"]
    W: Float[Numbers, "*networks units p"]


def sums(p: int) -> Int[np.ndarray, "p p"]:
    """n + m modulo p."""
    n = np.arange(p)
    return (n[:, None] + n) % p


def outputs(network: Adder) -> Float[Numbers, "*networks p p p"]:
    """z for every n, m and q."""
    hidden = (network.U[..., :, None, :] + network.V[..., None, :, :]) ** 2
    return hidden @ network.W[..., None, :, :]


def layers(network: Adder) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of one network as two dense layers: its inputs stand side by side, and its hidden units square."""
    U, V, W = (np.asarray(weights) for weights in network)
    return [(np.concatenate([U, V]), np.zeros(U.shape[1])), (W, np.zeros(W.shape[1]))]


def right(network: Adder) -> Bool[Numbers, "*networks p p"]:
    """Whether the largest output is that of the sum, for every n and m."""
    return outputs(network).argmax(-1) == sums(network.U.shape[-2])


def margin(z: Float[np.ndarray, "*networks p p p"]) -> Float[Numbers, "*networks"]:
    """By how much the output of the sum is above the largest other output, for the n and m where that is least."""
    p = z.shape[-1]
    own = np.arange(p) == sums(p)[..., None]
    others = np.where(own, -np.inf, z).max(-1)
    return np.asarray((z[..., own].reshape(others.shape) - others).min((-2, -1)))


def frequencies(p: int, units: int) -> Int[np.ndarray, " units"]:
    """The frequency of every unit: 1, ..., p - 1 take turns."""
    return 1 + np.arange(units) % (p - 1)


def cosines(
    p: int,
    a: Float[np.ndarray, "*networks units"],
    b: Float[np.ndarray, "*networks units"],
    c: Float[np.ndarray, "*networks units"],
) -> Adder:
    """The network of cosines with these phases and the frequencies of `frequencies`."""
    angles = 2 * np.pi * np.outer(np.arange(p), frequencies(p, a.shape[-1])) / p
    U, V, W = (np.cos(angles + phase[..., None, :]) for phase in (a, b, c))
    return Adder(U, V, np.moveaxis(W, -1, -2))


def error_bound(p: int, units: int) -> float:
    """Chernoff's bound on the expected share of wrong answers of a network of cosines with tied random phases."""
    S = 2 * np.pi * np.arange(ANGLES) / ANGLES
    steps = 2 * np.pi * np.arange(p) / p
    g = (1 + np.cos(S)) * (np.cos(S) - np.cos(S + steps[:, None]))
    tg = TILTS[:, None, None] * g
    # exp(-x) I_0(x) is i0e(x) for x > 0, and for x < 0 it is exp(2 |x|) as much.
    logs = np.log(np.mean(scipy.special.i0e(tg) * np.exp(2 * np.maximum(-tg, 0)), axis=-1))
    shifts = np.outer(np.arange(1, p), frequencies(p, units)) % p
    counts = np.array([np.bincount(shift, minlength=p) for shift in shifts])
    return float(np.minimum(np.exp((counts @ logs.T).min(axis=1)), 1.0).sum())


class Features(NamedTuple):
    """What the units of a network are, in terms of the construction.

    Attributes:
        share: of the squared input weights of a unit, that of its strongest frequency; 1 for a cosine.
        tied: cos(a + b - c) of the phases at that frequency; 1 where they are tied.
    """

    share: Float[np.ndarray, "*networks units"]
    tied: Float[np.ndarray, "*networks units"]


def features(network: Adder) -> Features:
    """Frequencies and phases of every unit, by Fourier transforms over the residues; p is odd."""
    U, V, W = (np.fft.rfft(weights, axis=-2) for weights in (network.U, network.V, np.moveaxis(network.W, -2, -1)))
    # A frequency other than 0 stands for two of all p: its own and that of the conjugate.
    twice = np.where(np.arange(U.shape[-2]) == 0, 1, 2)[:, None]
    power = twice * (np.abs(U) ** 2 + np.abs(V) ** 2)
    strongest = 1 + power[..., 1:, :].argmax(-2)[..., None, :]
    u, v, w = (np.take_along_axis(wave, strongest, -2)[..., 0, :] for wave in (U, V, W))
    share = np.take_along_axis(power, strongest, -2)[..., 0, :] / power.sum(-2)
    return Features(share, np.cos(np.angle(u) + np.angle(v) - np.angle(w)))
