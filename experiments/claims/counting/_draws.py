"""What claims on random functions share: what is drawn, and networks in parts that fit into memory."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, UInt32

NETWORKS, TABLES = "random networks", "random tables"


def truth_tables(
    rng: np.random.Generator, draws: int, sizes: tuple[int, ...], bias: bool, together: int
) -> Iterator[Bool[np.ndarray, "networks inputs"]]:
    """Truth tables of random networks, `together` at a time, see `theory.counting.random_networks`."""
    from theory.counting import random_networks

    for first in range(0, draws, together):
        yield np.asarray(random_networks.truth_tables(_keys(rng, together), sizes, bias))[: draws - first]


def drawn_again(
    rng: np.random.Generator, number: int, sizes: tuple[int, ...], bias: bool, together: int
) -> tuple[list[tuple[np.ndarray, np.ndarray]], Bool[np.ndarray, " inputs"]]:
    """(W, b) of the layers of one of these networks, by its number, and its truth table."""
    from theory.counting import random_networks

    for _ in range(number // together):
        _keys(rng, together)
    keys, place = _keys(rng, together), number % together
    table = np.asarray(random_networks.truth_tables(keys, sizes, bias))[place]
    layers = random_networks.drawn(keys[place], sizes, bias)
    return [(np.asarray(W), np.asarray(b)) for W, b in layers], table


def _keys(rng: np.random.Generator, together: int) -> UInt32[np.ndarray, "networks 2"]:
    # As many for the last part: all parts share one compiled program.
    return rng.integers(0, 2**32, (together, 2), dtype=np.uint32)
