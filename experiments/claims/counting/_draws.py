"""What claims on random functions share: what is drawn, and networks in parts that fit into memory."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool

NETWORKS, TABLES = "random networks", "random tables"


def truth_tables(
    rng: np.random.Generator, draws: int, sizes: tuple[int, ...], bias: bool, together: int
) -> Iterator[Bool[np.ndarray, "networks inputs"]]:
    """Truth tables of random networks, so many at a time, see `theory.counting.random_networks`."""
    from theory.counting import random_networks

    for first in range(0, draws, together):
        # As many keys for the last part: all parts share one compiled program.
        keys = rng.integers(0, 2**32, (together, 2), dtype=np.uint32)
        yield np.asarray(random_networks.truth_tables(keys, sizes, bias))[: draws - first]
