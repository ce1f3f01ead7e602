"""Best fits in linear spaces, by least squares on given points: polynomials, and the output layer over fixed units.

A network of one hidden layer with a polynomial of degree q as activation is, whatever its width, a polynomial of
degree q in x. So its error on any set of points is at least that of the best polynomial there; and q + 1 units with
different kinks reach it, for (w_i x + b_i)^q with distinct b_i / w_i span all polynomials of degree q. Every continuous
activation that is not a polynomial approximates every continuous function (Leshno, Lin, Pinkus & Schocken 1993).
"""

import numpy as np
from jaxtyping import Float
from numpy.polynomial import legendre

# Degrees of the activations that are polynomials.
DEGREES = {"square": 2, "cube": 3}


def best_polynomial(
    x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"], degree: int
) -> Float[np.ndarray, " points"]:
    """Values of the polynomial of at most this degree with the least sum of squares; x within [-1, 1]."""
    # Legendre's polynomials are nearly orthogonal on many points, so nothing is lost to rounding.
    basis = legendre.legvander(x, degree)
    return basis @ np.linalg.lstsq(basis, y, rcond=None)[0]


def best_output(
    z: Float[np.ndarray, "points units"], y: Float[np.ndarray, " points"]
) -> tuple[Float[np.ndarray, "units 1"], Float[np.ndarray, " 1"]]:
    """(W, b) of the output layer with the least sum of squares over outputs z of the hidden units."""
    # Every unit at most 1, so that the cut-off of small singular values minds no unit's scale.
    largest = np.abs(z).max(0)
    scale = np.where(largest > 0, largest, 1.0)
    solution = np.linalg.lstsq(np.column_stack([z / scale, np.ones(len(z))]), y, rcond=None)[0]
    return (solution[:-1] / scale)[:, None], solution[-1:]
