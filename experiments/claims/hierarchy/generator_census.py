"""hierarchy.generator-census: the fewest steps that make a boolean function, and the fewest units that compute it.

Exact for every function of up to four bits: steps are gates of a smallest circuit, each of which may be used several
times; units are those of one hidden layer of threshold units. The control of a function are all functions with as many
ones: what its output statistics alone decide.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, below
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean.census import LARGEST_N
from theory.counting.circuits import least_circuit

KEYS = ("steps", "width")
# Few steps: at most this share of what the function with most steps takes.
FEW = 0.5

TRIAL = Trial(
    source="ours: what the post's 'simpler than the space' says of width",
    bears_on=on("generative-process", role="variant"),
    existence="representable",
    switches={
        "generator": "gates of two inputs, in a circuit",
        "hidden_layers": 1,
        "activation": "threshold",
        "bias": True,
        "weights": "real",
        "functions": "all",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits; all functions of each are counted. The largest is judged."""

    n: list[int] = setting([3, 4], low=2, high=LARGEST_N, static=True)


SMOKE = {"n": [3]}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of steps and width: how many functions, and the mean width of functions with as many ones."""
    n = unit.static("n")
    functions = np.arange(2**2**n)
    ones, widths = np.bitwise_count(functions), boolean.minimum_widths(n)
    as_many = np.bincount(ones, widths) / np.bincount(ones)
    facts = {"steps": least_circuit(n), "width": widths, "control": as_many[ones], "function": functions}
    groups = pd.DataFrame(facts).groupby(["steps", "width"])
    counted = groups.agg(functions=("function", "size"), control=("control", "mean"), example=("function", "last"))
    return counted.reset_index().assign(n=n)


def work(unit: Unit) -> Work:
    """Each class is joined with every function, for each pair of lengths, and closed under the symmetries."""
    return Work(0, 500.0 * 2**2 ** unit.static("n") * 2 ** unit.static("n"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether few steps mean few units: on average, always, and the other way round."""
    rows = table[table["n"] == table["n"].max()]
    few = rows[rows["steps"] <= FEW * rows["steps"].max()]
    return [_on_average(rows, few), _always(rows, few), _other_way(rows)]


def _mean(rows: pd.DataFrame, column: str) -> float:
    return float(np.average(rows[column], weights=rows["functions"]))


def _on_average(rows: pd.DataFrame, few: pd.DataFrame) -> Verdict:
    excess = _mean(few, "width") - _mean(few, "control")
    return TRIAL.verdict(
        "on-average",
        "Functions that few steps make need fewer hidden units, on average, than functions with as many ones.",
        Measured.exactly(
            excess,
            int(few["functions"].sum()),
            how="The mean least width of functions of few steps, less that of all functions with as many ones.",
        ),
        below(0.0),
        prediction="difference < 0",
        finding="Functions of few steps need {measured} hidden units more, on average, than those with as many ones.",
        n=rows["n"],
        steps_at_most=int(few["steps"].max()),
    )


def _always(rows: pd.DataFrame, few: pd.DataFrame) -> Verdict:
    widths = rows.groupby("width")["functions"].sum()
    typical = int(widths.index[np.searchsorted(widths.cumsum(), widths.sum() / 2)])
    worst = few.sort_values("width", kind="stable").iloc[-1]
    return TRIAL.verdict(
        "always",
        "No function that few steps make needs more hidden units than the median of all functions.",
        Measured.exactly(
            int(worst["width"]), int(few["functions"].sum()), how="The largest least width of functions of few steps."
        ),
        at_most(typical),
        prediction=f"largest least width <= {typical}, that of the median function",
        finding=f"Of few steps, and yet {{measured}} hidden units: the median function needs {typical}.",
        notes=f"truth table {int(worst['example']):b}, made by {int(worst['steps'])} gates",
        n=rows["n"],
        steps_at_most=int(few["steps"].max()),
    )


def _other_way(rows: pd.DataFrame) -> Verdict:
    most, narrow = int(rows["steps"].max()), rows[rows["width"] == 1]
    limit = int(FEW * most)
    return TRIAL.verdict(
        "other-way",
        "Functions that one hidden unit computes are made by few steps.",
        Measured.exactly(
            int(narrow["steps"].max()), int(narrow["functions"].sum()), how="The most steps of a function of one unit."
        ),
        at_most(limit),
        prediction=f"steps <= {limit}, half of the most that any function takes",
        finding=f"One hidden unit can take {{measured}} steps of gates, of {most} that any function takes.",
        n=rows["n"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Share of the functions of each number of steps by their least width, and the mean beside its control."""
    numbers = table.copy()
    numbers["share"] = numbers["functions"] / numbers.groupby(["n", "steps"])["functions"].transform("sum")
    figure, axes_of = panels(sorted(numbers["n"].unique()), width=3.4, height=3.0, beside=1.9)
    for n, axes in axes_of.items():
        mine = numbers[numbers["n"] == n]
        shares = mine.pivot(index="steps", columns="width", values="share").fillna(0.0)
        bottom = np.zeros(len(shares))
        for width in shares:
            axes.bar(shares.index, shares[width], bottom=bottom, color=COLOURS[int(width)], label=f"width {width}")
            bottom = bottom + shares[width].to_numpy()
        axes.set(xlabel="steps: gates of the smallest circuit", title=f"all functions of {n} bits")
        axes.set_xticks(shares.index)
    figure.axes[0].set_ylabel("share of functions")
    legend_beside(figure)
    rows = table[table["n"] == table["n"].max()]
    means = {int(steps): _mean(group, "width") for steps, group in rows.groupby("steps")}
    first, last = int(min(means)), int(max(means))
    most = int(rows.loc[rows["width"].idxmax(), "steps"])
    title = (
        f"From {first} to {last} steps the mean width grows from {means[first]:.2g} to {means[last]:.2g}; "
        f"the widest takes {most} steps"
    )
    caption = "Functions by the least number of gates that make them; colours are the least number of hidden units."
    return {"census": Drawing(figure, numbers, title, caption)}
