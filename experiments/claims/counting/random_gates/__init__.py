"""counting.random-gates: random networks of four bits and the least number of gates of their functions.

For four bits the least number of gates of a circuit, whose gates may be used several times, is known for each of the
65,536 functions. So the probability of a function can be held against it without any function being left out. A random
network's function has some number of gates on average. The distribution on all functions in which log2 P(f) is a line
in the number of gates, and that has this average, has a slope: it is 0 for functions that are drawn from all, and the
more negative the more simple functions are preferred. Two other measures are held beside the gates, see beside.py.

With a second question the same draws answer whether each further layer of rectifiers prefers functions of few ones or
few zeros more than the one before: by the entropy of the share of ones, in bits.
"""

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.counting._draws import NETWORKS, TABLES, drawn_again, truth_tables
from experiments.claims.counting.random_gates.beside import ALONE, BESIDE
from experiments.claims.counting.random_gates.figures import draw
from experiments.claims.counting.random_gates.verdicts import BITS, judge
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.errors import UserError
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.counting.circuits import least_circuit
from theory.counting.complexity import lempel_ziv_of_all

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# Networks that are drawn together.
TOGETHER = 2**14
# A truth table as an integer: bit i is its entry for input i.
PLACES = 1 << np.arange(2**BITS)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Hidden layers and their width, biases or none, and how many networks are drawn; tables are drawn beside them."""

    hidden_layers: list[int] = setting([1, 2, 3, 4], low=1, high=20, static=True)
    width: list[int] = setting([16], low=1, high=1000, static=True)
    bias: list[bool] = setting([False, True], static=True)
    drawn: list[str] = setting([NETWORKS, TABLES], choices=(NETWORKS, TABLES), static=True)
    draws: int = setting(100_000, low=100, high=10**9)
    # Of tables there is one kind.
    where: str = setting("drawn == 'random networks' or (hidden_layers == 1 and not bias)")


SMOKE = {"hidden_layers": [1, 2], "draws": 4000}
FULL = {"width": [16, 64], "draws": 10_000_000}

KEYS = ("of", "number", "beside")


def measure(unit: Unit) -> pd.DataFrame:
    """How many functions there are, and how many draws had one, for each number of gates, or of ones.

    Rows of gates beside another measure have its value in the column `beside`; they leave out constant functions.
    """
    drawn = np.zeros(2**2**BITS, int)
    for functions in _functions(unit):
        drawn += np.bincount(functions, minlength=len(drawn))
    counted = []
    for of, of_functions in numbers().items():
        functions = np.arange(1, len(drawn) - 1) if of in BESIDE else np.arange(len(drawn))
        groups = of_functions.loc[functions].assign(functions=1, count=drawn[functions]).groupby(["number", "beside"])
        counted.append(groups.sum().reset_index().assign(of=of))
    return unit.cells.merge(pd.concat(counted, ignore_index=True), how="cross")


@functools.cache
def numbers() -> dict[str, pd.DataFrame]:
    """The least number of gates of every function, and its number of ones; and gates beside each other measure."""
    gates, ones = least_circuit(BITS), np.bitwise_count(np.arange(2**2**BITS)).astype(int)
    # Of four bits complexities are whole numbers: twice a number of words.
    beside = {"words": lempel_ziv_of_all(BITS).astype(int), "balance": np.minimum(ones, 2**BITS - ones)}
    alone = {"gates": gates, "ones": ones}
    return {
        **{of: pd.DataFrame({"number": values, "beside": ALONE}) for of, values in alone.items()},
        **{of: pd.DataFrame({"number": gates, "beside": values}) for of, values in beside.items()},
    }


def _rng(unit: Unit) -> np.random.Generator:
    what = [unit.claim, unit.static("drawn"), unit.static("hidden_layers"), unit.static("width"), unit.static("bias")]
    return random_generator(unit.seed, *what)


def _functions(unit: Unit) -> Iterator[np.ndarray]:
    """The functions that are drawn, in parts."""
    rng, draws = _rng(unit), unit.settings.draws
    if unit.static("drawn") == TABLES:
        for first in range(0, draws, TOGETHER):
            yield rng.integers(0, 2**2**BITS, min(TOGETHER, draws - first))
        return
    for tables in truth_tables(rng, draws, _sizes(unit), unit.static("bias"), TOGETHER):
        yield tables @ PLACES


def _sizes(unit: Unit) -> tuple[int, ...]:
    return (BITS, *[unit.static("width")] * unit.static("hidden_layers"), 1)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The first random network that a row counts; it was not trained, so that its loss is not a number.

    Raises:
        UserError: if no network was drawn with the row's number of gates or ones, or the row is of random tables.
    """
    if row["drawn"] == TABLES or not row["count"]:
        raise UserError(f"no network has this row, of {row['count']} {row['drawn']}; give one that counts {NETWORKS}")
    of_functions, names = numbers()[row["of"]], ["number", "beside"]
    wanted = (of_functions == pd.Series(row)[names].astype(int)).all(axis=1).to_numpy()
    drawn = itertools.chain.from_iterable(_functions(unit))
    first = next(i for i, function in enumerate(drawn) if wanted[function])
    layers, table = drawn_again(_rng(unit), first, _sizes(unit), unit.static("bias"), TOGETHER)
    return Rebuilt(layers, no_curve(), of_functions.loc[int(table @ PLACES)].to_dict())


def work(unit: Unit) -> Work:
    """All networks on all inputs."""
    width, layers = unit.static("width"), unit.static("hidden_layers")
    return Work(0, 4.0 * unit.settings.draws * 2**BITS * width * (BITS + width * (layers - 1) + 1))
