"""The separator of largest margin, and how gradient flow on the logistic loss comes to its direction.

Points are given as z = y x, label times input, so that w separates them if all z·w > 0. The hard-margin separator ŵ is
the shortest w with all z·w >= 1; its margin is 1/|ŵ|. It is Σ α_i z_i with α >= 0, and α_i > 0 only for *support
vectors*, where z·w = 1 (Karush, Kuhn and Tucker). In d dimensions d of them are enough, so it is found by trying all
sets of up to d points: the one that meets these conditions is the solution, which is unique.

Gradient flow w' = Σ_i σ(-z_i·w) z_i from 0 separates the points at some time. Beyond, with s = log t and w = ŵ s + ρ,

    dρ/ds = Σ_i exp(s - z_i·w) z_i - ŵ = Σ_support exp(-z_i·ρ) z_i - ŵ + what is exponentially small in s,

up to a factor 1 + O(1/t). Where d support vectors are independent, this is at rest at z_i·ρ = -log α_i only, and tends
there. So w = ŵ log t + w̃ + o(1), and the angle between w and ŵ is c / log t + o(1/log t), with

    c = |part of w̃ that is orthogonal to ŵ| / |ŵ|.

Source: Soudry et al. 2018, arXiv 1710.10345, theorems 3 and 4; the constant c is derived here from them.
"""

from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float

# Conditions on α and on margins hold up to this.
ROUNDING = 1e-9


def separator(
    z: Float[np.ndarray, "sets points d"],
) -> tuple[Float[np.ndarray, "sets d"], Float[np.ndarray, "sets points"]]:
    """ŵ and α of each set of points in general position: any d of them are independent.

    Raises:
        ValueError: if a set cannot be separated.
    """
    sets, points, d = z.shape
    w, α, found = np.zeros((sets, d)), np.zeros((sets, points)), np.zeros(sets, bool)
    for size in range(1, d + 1):
        chosen = np.array(list(combinations(range(points), size)))
        # Sets of points are tried for all sets at once: axes are (sets, choices, size, d).
        tried = z[:, chosen]
        gram = tried @ tried.swapaxes(-1, -2)
        weights = np.linalg.solve(gram, np.ones((*gram.shape[:-1], 1)))[..., 0]
        candidates = np.einsum("sck,sckd->scd", weights, tried)
        fits = (weights > ROUNDING).all(-1) & (z @ candidates.swapaxes(-1, -2) >= 1 - ROUNDING).all(1)
        new = np.flatnonzero(fits.any(1) & ~found)
        best = fits[new].argmax(1)
        w[new], α[new[:, None], chosen[best]], found[new] = candidates[new, best], weights[new, best], True
    if not found.all():
        raise ValueError(f"no hyperplane through 0 separates the points of set {int(np.flatnonzero(~found)[0])}")
    return w, α


def supports(α: Float[np.ndarray, "sets points"]) -> Bool[np.ndarray, "sets points"]:
    """Which points are support vectors."""
    return α > 0


def residual(z: Float[np.ndarray, "sets points d"], α: Float[np.ndarray, "sets points"]) -> Float[np.ndarray, "sets d"]:
    """w̃ of each set with d support vectors; NaN for others, where the start decides a part of it."""
    d = z.shape[2]
    enough = np.flatnonzero(supports(α).sum(1) == d)
    found = np.full((len(z), d), np.nan)
    if len(enough):
        places = np.nonzero(supports(α[enough]))[1].reshape(-1, d)
        rows = enough[:, None]
        found[enough] = np.linalg.solve(z[rows, places], -np.log(α[rows, places])[..., None])[..., 0]
    return found


def orthogonal(
    w: Float[np.ndarray, "sets d"], to: Float[np.ndarray, "sets d"]
) -> tuple[Float[np.ndarray, " sets"], Float[np.ndarray, " sets"]]:
    """The length of the part of w orthogonal to another vector, and the signed length of the part along it."""
    unit = to / np.linalg.norm(to, axis=1, keepdims=True)
    along = np.einsum("sd,sd->s", w, unit)
    return np.linalg.norm(w - along[:, None] * unit, axis=1), along


def angle(w: Float[np.ndarray, "sets d"], to: Float[np.ndarray, "sets d"]) -> Float[np.ndarray, " sets"]:
    """The angle between two vectors, in radians; small ones have as many digits as large ones."""
    across, along = orthogonal(w, to)
    return np.arctan2(across, along)


def constant(
    z: Float[np.ndarray, "sets points d"], w: Float[np.ndarray, "sets d"], α: Float[np.ndarray, "sets points"]
) -> Float[np.ndarray, " sets"]:
    """c, the limit of angle times log t, of each set with d support vectors; NaN for others."""
    return orthogonal(residual(z, α), w)[0] / np.linalg.norm(w, axis=1)
