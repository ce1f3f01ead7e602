"""bits.parity: of all inputs of n bits exactly half have an odd number of ones.

Flipping the first bit pairs every odd input with an even one, so 2^(n-1) of 2^n are odd, for every n >= 1.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.style import Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

TRIAL = Trial(
    source="folklore",
    bears_on=on("exponential-hidden-layer", role="control"),
    existence="representable",
    switches={"task": "parity", "domain": "zero-one", "inputs": "all"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers n of bits; all 2^n inputs are counted. A list is an axis: each of its values is a cell."""

    n: list[int] = setting([1, 2, 4, 8, 16], low=1, high=20)


SMOKE = {"n": [1, 2, 3]}
FULL = {"n": [1, 2, 4, 8, 16, 20]}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits: how many inputs there are, and how many are odd."""
    odd = [int((np.bitwise_count(np.arange(2**n)) % 2).sum()) for n in unit.cells["n"]]
    return unit.cells.assign(inputs=2 ** unit.cells["n"], odd=odd)


def work(unit: Unit) -> Work:
    """No network is trained; the ones of 2^n inputs are counted and summed."""
    return Work(0, float((2.0 ** unit.cells["n"] * 3).sum()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every number of bits is counted whole, so that one other share contradicts."""
    share = table["odd"] / table["inputs"]
    counted = int(table["inputs"].sum())
    farthest = float(share[(share - 0.5).abs().idxmax()])
    return [
        TRIAL.verdict(
            "half",
            "Of all inputs of n bits exactly half have an odd number of ones.",
            Measured.exactly(farthest, counted, how="The share of odd inputs that is farthest from 1/2."),
            holds_for_all("the share is 1/2", 2 * table["odd"] == table["inputs"]),
            prediction="share of odd inputs = 1/2",
            finding="Of all inputs a share of {measured} has an odd number of ones.",
            n=table["n"],
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The number of odd inputs against n."""
    figure = new_figure()
    (axes,) = figure.axes
    axes.semilogy(table["n"], table["odd"], marker="o")
    axes.set(xlabel="bits n", ylabel="odd inputs")
    title = f"{int(table['odd'].sum()):,} of {int(table['inputs'].sum()):,} inputs have an odd number of ones"
    return {"parity": Drawing(figure, table, title, "Every number of bits is counted whole.")}
