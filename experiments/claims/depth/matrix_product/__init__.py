"""depth.matrix-product: M -> M N as a linear network, flat with n³ edges, and deep by Strassen's scheme.

Networks are built for a random matrix N of non-zero integers, see theory/depth/matrix_product.py. Their edges are
counted in their weights. Their outputs for random integer matrices M are compared with M N in integers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth.matrix_product.figures import draw
from experiments.claims.depth.matrix_product.verdicts import judge
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth import matrix_product, schemes

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

# Entries of N: a range so wide that two of them hardly ever add up to 0. Entries of M: small, so that 64 bits suffice.
LARGEST_N, LARGEST_M = 10**7, 9


# Networks up to this n are flattened to one hidden layer, by all products of neighbouring layers.
LARGEST_MULTIPLIED_OUT = 32


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Sizes of the matrices, schemes, recursions of a scheme, and the number of random M to compare outputs for."""

    n: list[int] = setting(
        [2, 4, 8, 16, 32, 40, 44, 46, 48, 50, 52, 56, 64, 128, 256, 512], low=1, high=4096, static=True
    )
    scheme: list[str] = setting(list(schemes.SCHEMES), choices=tuple(schemes.SCHEMES))
    recursion: list[int] = setting([0, 1, 2, 3, 4, 5], low=0, high=12)
    draws: int = setting(1, low=1, high=1000)
    where: str = setting("n % 2 ** recursion == 0")


SMOKE = {
    "n": [2, 4, 8, 16, 32, 64, 128],
    "recursion": [0, 1, 2],
}


FULL = {
    "n": [2, 4, 8, 16, 32, 40, 44, 46, 48, 50, 52, 56, 64, 128, 256, 512, 1024],
    "recursion": [0, 1, 2, 3, 4, 5, 6],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: edges, edges that only carry a value, neurons, layers, and whether its outputs are M N.

    `one_hidden_layer`: for small networks, edges after multiplying out to one hidden layer.
    """
    n, draws = unit.static("n"), unit.settings.draws
    rng = random_generator(unit.seed, "matrix-product", n)
    N = rng.integers(1, LARGEST_N, (n, n), endpoint=True) * rng.choice([-1, 1], (n, n))
    M = rng.integers(-LARGEST_M, LARGEST_M, (draws, n, n), endpoint=True)
    expected = M @ N
    rows = []
    for name, recursion in zip(unit.cells["scheme"], unit.cells["recursion"].tolist(), strict=True):
        scheme = schemes.SCHEMES[name]()
        network = matrix_product.layers(scheme, N, recursion)
        made = np.array([matrix_product.product(network, one) for one in M])
        rows.append(_counts(network, n) | {"equal": np.array_equal(made, expected), "exact": _holds(scheme)})
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _counts(network: matrix_product.BlockNetwork, n: int) -> dict[str, Any]:
    multiplied = len(network) > 1 and n <= LARGEST_MULTIPLIED_OUT
    return {
        "edges": matrix_product.edges(network),
        "wires": matrix_product.wires(network),
        "neurons": sum(layer.neurons for layer in network),
        "layers": len(network),
        "one_hidden_layer": matrix_product.edges_through_one_hidden_layer(network) if multiplied else np.nan,
    }


def _holds(scheme: schemes.Scheme) -> bool:
    return not schemes.defects(scheme).any()


def work(unit: Unit) -> Work:
    """About n³ operations per network and matrix, and three times that for most combinations."""
    return Work(0, len(unit.cells) * (1 + unit.settings.draws) * 8.0 * unit.static("n") ** 3)
