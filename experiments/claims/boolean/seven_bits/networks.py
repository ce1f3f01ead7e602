"""Functions of seven bits, and networks of them: kept beside this file, or sought again.

`kept.csv` has a line for each function that was searched: its number and the network with the fewest hidden units that
was found, in integers. A line is what `str(network)` says and is read as such; whoever reads it checks it against the
function. `keep(sought(...))` made it, from the longest search that was tried.
"""

import csv
import functools
from pathlib import Path

import numpy as np

from experiments.storage.writing import atomic
from theory.boolean.functions import Truth
from theory.boolean.least_width import Network

N = 7
KEPT = Path(__file__).with_name("kept.csv")
# Functions and first weights are drawn from these numbers, and not from the seed of a run: they are the same in all.
FUNCTIONS, STARTS = 7, 77
# Networks that are trained for a function at once, and updates of each.
TOGETHER = 2_048
UPDATES = 3_000


def drawn(function: int) -> Truth:
    """A function of seven bits, drawn from all, by its number."""
    return np.random.default_rng([FUNCTIONS, function]).integers(0, 2, 2**N).astype(np.uint8)


def sought(functions: list[int], units: int, restarts: int) -> dict[int, Network]:
    """Networks of functions with at most so many hidden units, as far as descent finds them.

    Args:
        functions: numbers of functions.
        units: hidden units.
        restarts: networks that are trained for a function at most, in rounds of `TOGETHER`.
    """
    from experiments.claims.boolean import _softened_search  # and JAX, which verdicts need not

    found: dict[int, Network] = {}
    for begin in range(0, restarts, TOGETHER):
        left = [function for function in functions if function not in found]
        if not left:
            break
        rngs = [np.random.default_rng([STARTS, function, units, begin]) for function in left]
        together = min(TOGETHER, restarts - begin)
        answers = _softened_search.found([drawn(one) for one in left], units, together, UPDATES, rngs)
        found |= {function: network for function, network in zip(left, answers, strict=True) if network}
    return found


@functools.cache
def kept() -> dict[int, Network]:
    """The networks that are kept, by the number of their function.

    Raises:
        ValueError: if a line is no network of its function.
    """
    with open(KEPT, newline="", encoding="utf-8") as file:
        found = {int(row["function"]): Network.read(row["network"]) for row in csv.DictReader(file)}
    for function, network in found.items():
        if not np.array_equal(network(), drawn(function)):
            raise ValueError(f"{KEPT}: the network of function {function} computes another function")
    return found


def keep(networks: dict[int, Network], path: Path = KEPT) -> None:
    """Writes networks to the file that `kept` reads."""
    with atomic(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["function", "network"])
        writer.writerows([function, str(network)] for function, network in sorted(networks.items()))
