"""boolean.lipschitz: approximating all 1-Lipschitz functions on [-1, 1]^n takes as many units as all boolean functions.

Every boolean function of n bits is a 1-Lipschitz function that is -1 and 1 at the vertices of the cube, and a network
that errs by less than 1 has its signs, see theory/boolean/lipschitz.py. So the bounds of `boolean.exponential-bound`
hold for threshold units, and one of the same kind for rectifiers. An error of 1 is the control: it takes no unit.
"""

from dataclasses import dataclass
from math import log2

import numpy as np
import pandas as pd

from experiments.claims.boolean.exponential_bound import ASYMPTOTIC, growth_per_bit
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean import lipschitz

# All boolean functions are extended to the cube, and looked at on a grid, up to this n.
LARGEST_EXTENDED = 3
# The least growth of log2 of a number of neurons per bit that is called exponential, by what is counted.
LEAST_GROWTH = {"rectifiers": 1 / 2, "thresholds": 1 / 2, "neurons": 1 / 3}

TRIAL = Trial(
    source="Shalev-Shwartz & Ben-David, Understanding Machine Learning, Theorem 20.5; see theory/boolean/lipschitz.py",
    bears_on=on("uml-lipschitz"),
    existence="representable",
    switches={
        "bias": True,
        "output": "linear",
        "domain": "[-1, 1]^n",
        "lipschitz": "1, in any |x|_p",
        "norm": "largest error",
        "error": "any below 1",
        "quantifier": "one architecture for all functions",
    },
)
CONTROL = TRIAL.but(bears_on=on("uml-lipschitz", role="control"), switches={"error": "1"})


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of dimensions."""

    n: list[int] = setting(list(range(1, 65)), low=1, high=64)


SMOKE = {
    "n": [1, 2, 16, 32],
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per n: the bounds, and for small n what is seen of the extensions of all boolean functions."""
    rows = []
    for n in unit.cells["n"].tolist():
        exact = {
            "rectifiers": boolean.least_rectifiers(n),
            "thresholds": boolean.counting_bound(n),
            "neurons": boolean.least_neurons(n),
        }
        small = n <= LARGEST_EXTENDED
        rows.append(
            {"n": n}
            # Text, because the largest are no 64-bit integers. Logarithms, to draw and to judge.
            | {name: str(value) for name, value in exact.items()}
            | {f"log2_{name}": log2(value) for name, value in exact.items()}
            | {
                "steepest": float(lipschitz.steepest(n)) if small else np.nan,
                "misses": float(lipschitz.misses(n)) if small else np.nan,
                "largest": float(np.abs(lipschitz.extensions(n)).max() / lipschitz.PARTS) if small else np.nan,
            }
        )
    return pd.DataFrame(rows)


def work(unit: Unit) -> Work:
    """Every extension of the largest n that is looked at, at all pairs of points of the grid."""
    points = (2 * lipschitz.PARTS + 1) ** LARGEST_EXTENDED
    return Work(0, float(2**2**LARGEST_EXTENDED * points**2))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """One hidden layer of rectifiers, one of threshold units, any graph of these; and what an error of 1 takes."""
    table = table.sort_values("n", kind="stable")
    return [
        _exponential(table, "rectifiers", "rectifier", "1", "rectifiers in one hidden layer"),
        _exponential(table, "thresholds", "threshold", "1", "threshold units in one hidden layer"),
        _exponential(table, "neurons", "threshold", "any", "threshold neurons of any graph"),
        _nothing(table),
    ]


def _exponential(table: pd.DataFrame, counted: str, activation: str, layers: str, words: str) -> Verdict:
    growth, least = growth_per_bit(table, f"log2_{counted}"), LEAST_GROWTH[counted]
    seen = table[table["steepest"].notna()]
    are_lipschitz = (seen["steepest"] <= 1) & (seen["misses"] == 0)
    return TRIAL.verdict(
        counted,
        f"Approximating all 1-Lipschitz functions on [-1, 1]^n takes exponentially many {words}.",
        Measured.exactly(
            growth, len(table), how="The growth of log2 of the bound per dimension, at the step where it is least."
        ),
        holds_for_all(
            f"the growth is at least {least:.3g}, and every boolean function of the n that were looked at has an "
            "extension with slopes of at most 1",
            [growth >= least, *are_lipschitz],
        ),
        finding=f"To err by less than 1 on every 1-Lipschitz function takes at least {2**growth:.3g} times as many "
        f"{words} for each further dimension.",
        prediction=f"growth of log2({counted}) per dimension >= {least:.3g}",
        notes=f"extensions of all boolean functions were looked at for n up to {seen['n'].max():.0f}"
        if len(seen)
        else "",
        activation=activation,
        hidden_layers=layers,
        n=f"{ASYMPTOTIC} to {table['n'].max()}",
    )


def _nothing(table: pd.DataFrame) -> Verdict:
    largest = table["largest"].max()
    return CONTROL.verdict(
        "nothing",
        "To err by 1 takes no hidden unit: the constant 0 does, for functions with values in [-1, 1].",
        Measured.exactly(largest, int(table["largest"].count()), how="The largest value of all extensions."),
        at_most(1),
        finding="The constant 0 errs by {measured} at most on the extensions of all boolean functions.",
        prediction="largest error of the constant 0 <= 1",
        n=table.loc[table["largest"].notna(), "n"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The three bounds, on a logarithmic scale."""
    numbers = table.sort_values("n", kind="stable")
    figure = new_figure(6.0, 3.6)
    (axes,) = figure.axes
    lines = {
        "thresholds": "threshold units, one hidden layer",
        "rectifiers": "rectifiers, one hidden layer",
        "neurons": "threshold neurons, any graph",
    }
    for (column, label), colour, dash in zip(lines.items(), COLOURS, ("-", "--", ":"), strict=False):
        axes.plot(numbers["n"], numbers[f"log2_{column}"], dash, color=colour, label=label)
    axes.set_xlabel("n, dimensions")
    axes.set_ylabel("log2 of the number needed")
    axes.legend()
    last = numbers.iloc[-1]
    title = f"All Lipschitz functions of {last['n']} numbers together take 2^{last['log2_rectifiers']:.0f} rectifiers"
    caption = "What an error below 1 takes at least, for one architecture and all 1-Lipschitz functions on [-1, 1]^n."
    return {"lipschitz": Drawing(figure, numbers, title, caption)}
