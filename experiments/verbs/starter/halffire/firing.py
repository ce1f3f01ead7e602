"""halffire.firing: a threshold neuron without a bias fires for exactly half of all inputs of n signs.

Turning the signs of all inputs turns the sign of w·x, so the neuron fires for exactly one of x and -x, unless w·x = 0;
for weights from a density that never happens. Inputs of zeros and ones have no such pairs: they are the variant.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from theory_claims.experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from theory_claims.experiments.judging.measured import Measured, counted
from theory_claims.experiments.judging.rules import holds_for_all
from theory_claims.experiments.judging.verdict import Trial, Verdict, on
from theory_claims.experiments.plan import Unit, Work, random_generator
from theory_claims.experiments.settings import ClaimSettings, setting

# What the verdicts share. The sentence is in sources/halffire.yaml; switches are the hypotheses.
TRIAL = Trial(
    source="folklore",
    bears_on=on("halffire-half"),
    existence="drawn at random",
    switches={"activation": "threshold", "bias": False, "weights": "normal"},
)
VARIANT = TRIAL.but(bears_on=on("halffire-half", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers n of inputs, their values, and the neurons that are drawn. A list is an axis: each value is a cell."""

    n: list[int] = setting([2, 4, 8, 12], low=1, high=16)
    inputs: list[str] = setting(["signs", "01"], choices=("signs", "01"))
    neuron: list[int] = setting([*range(20)], low=0, high=9999)


# What differs from the defaults where a run is to take a second, and where there is a night.
SMOKE = {"n": [2, 4], "neuron": [0, 1, 2]}
FULL = {"n": [2, 4, 8, 12, 16], "neuron": [*range(100)]}


def all_inputs(n: int, inputs: str) -> np.ndarray:
    """All 2^n inputs of n signs, or of n zeros and ones; one row an input."""
    bits = np.arange(2**n)[:, None] >> np.arange(n) & 1
    return 2 * bits - 1 if inputs == "signs" else bits


def measure(unit: Unit) -> pd.DataFrame:
    """One row per neuron: how many inputs there are, and for how many of them it fires.

    A neuron's weights depend on the seed, n and its number alone, not on the other cells of the unit.
    """
    found = []
    for (n, inputs), cells in unit.cells.groupby(["n", "inputs"]):
        drawn = random_generator(unit.seed, "weights", int(n)).standard_normal((cells["neuron"].max() + 1, int(n)))
        fires = all_inputs(int(n), inputs) @ drawn[cells["neuron"]].T > 0
        found.append(cells.assign(points=2 ** int(n), fires=fires.sum(0)))
    return pd.concat(found)


def work(unit: Unit) -> Work:
    """No network is trained; every neuron sees 2^n inputs of n numbers."""
    return Work(0, float((2.0 ** unit.cells["n"] * unit.cells["n"] * 2).sum()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every input of every neuron is counted, so that one other share contradicts."""
    found = []
    for inputs, mine in table.groupby("inputs"):
        share = mine["fires"] / mine["points"]
        farthest = float(share[(share - 0.5).abs().idxmax()])
        half = 2 * mine["fires"] == mine["points"]
        those = counted(int(half.sum()), len(mine))
        found.append(
            (TRIAL if inputs == "signs" else VARIANT).verdict(
                str(inputs),
                "A threshold neuron without a bias fires for half of all inputs.",
                Measured.exactly(farthest, int(mine["points"].sum()), how="The share that is farthest from 1/2."),
                holds_for_all("the share is 1/2", half),
                prediction="share of inputs for which it fires = 1/2",
                finding=f"{those.capitalize()} neurons fire for exactly half of all inputs; the farthest share is "
                "{measured}.",
                inputs=inputs,
                n=mine["n"],
            )
        )
    return found


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The share of inputs for which each neuron fires, against n."""
    figure = new_figure()
    (axes,) = figure.axes
    shares = table.assign(share=table["fires"] / table["points"])
    for (inputs, mine), colour, marker in zip(shares.groupby("inputs"), COLOURS, MARKERS, strict=False):
        axes.plot(mine["n"], mine["share"], marker, color=colour, alpha=0.5, label=str(inputs))
    axes.axhline(0.5, color="black", lw=0.8)
    axes.set(xlabel="inputs n", ylabel="share of inputs for which it fires", ylim=(0, 1))
    axes.legend(title="inputs")
    half = int((shares.loc[shares["inputs"] == "signs", "share"] == 0.5).sum())
    drawn = int((shares["inputs"] == "signs").sum())
    title = f"{counted(half, drawn).capitalize()} neurons fire for half of all inputs of signs"
    return {"firing": Drawing(figure, shares, title, "A point is a neuron with random weights; the line is 1/2.")}
