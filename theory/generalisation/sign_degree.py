"""The threshold degree of a boolean function: the least degree of a polynomial with its signs on {-1, 1}^n.

A network of one hidden layer of units that apply a polynomial of degree d is, however wide, a polynomial of degree d in
its inputs. So it computes a boolean function, as the sign of its output, only if the threshold degree is at most d. The
other way round every polynomial of degree d is such a network with enough units, because powers of affine forms span
all polynomials. Parity of k bits has threshold degree k (Minsky & Papert 1969). That polynomials are the exception and
the only one is the theorem of Leshno, Lin, Pinkus & Schocken, Neural Networks 6, 1993.

On {-1, 1}^n every polynomial of degree d is a sum of monomials of at most d different bits, so that the question is
whether some y_i p(x_i) >= 1 can be solved: a linear program.
"""

import itertools

import numpy as np
import scipy.optimize
from jaxtyping import Float

from theory.boolean import functions
from theory.boolean.functions import Truth


def monomials(n: int, degree: int) -> Float[np.ndarray, "inputs monomials"]:
    """Products of at most `degree` different bits, at all points of {-1, 1}^n."""
    x = 2.0 * functions.inputs(n) - 1.0
    chosen = [bits for size in range(degree + 1) for bits in itertools.combinations(range(n), size)]
    return np.stack([x[:, list(bits)].prod(1) for bits in chosen], axis=1)


def has_signs(truth: Truth, degree: int) -> bool:
    """Whether some polynomial of this degree is above 0 exactly where the function is 1, and below 0 elsewhere.

    Raises:
        RuntimeError: if the linear program is not decided.
    """
    n = len(truth).bit_length() - 1
    terms = (2.0 * truth - 1.0)[:, None] * monomials(n, min(degree, n))
    found = scipy.optimize.linprog(
        np.zeros(terms.shape[1]), A_ub=-terms, b_ub=-np.ones(len(truth)), bounds=(None, None), method="highs"
    )
    if found.status not in (0, 2):
        raise RuntimeError(f"the linear program is not decided: {found.message}")
    return found.status == 0


def threshold_degree(truth: Truth) -> int:
    """The least degree of a polynomial with the function's signs: 0 of a constant, n at most."""
    n = len(truth).bit_length() - 1
    return next(degree for degree in range(n + 1) if has_signs(truth, degree))
