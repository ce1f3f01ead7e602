"""counting.differentiate: how many inputs a network tells apart, and how many functions it has.

"A network cannot distinguish more inputs than it has configurations" counts two different things. One setting of the
weights is one function, and one function may have another output for every input. What settings bound is the number of
functions. So all settings of small linear networks of one neuron are tried on all inputs, here: of each setting the
different outputs are counted, and of all settings the different functions.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.counting.spaces import decoded, encoded

# What a weight or bias may be.
LEVELS = {"-1, 0, 1": (-1, 0, 1), "0, 1": (0, 1)}
# Numbers of a picture that one neuron encodes, and how many pictures are drawn for each network.
NUMBERS, DRAWN = 4_000, 5

TRIAL = Trial(
    source="the post, ch. II.III",
    bears_on=on("configurations"),
    existence="representable",
    switches={"hidden_layers": 0, "activation": "identity", "bias": True, "inputs": "all"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Inputs of the neuron, grey levels of an input, and what its weights and its bias may be."""

    inputs: list[int] = setting([1, 2, 3], low=1, high=4, static=True)
    grey_levels: list[int] = setting([2, 4, 16, 32, 256], low=2, high=256, static=True)
    levels: list[str] = setting(list(LEVELS), choices=tuple(LEVELS), static=True)
    where: str = setting("inputs < 3 or grey_levels <= 32")


SMOKE = {"grey_levels": [2, 4]}
FULL = {"grey_levels": [2, 4, 8, 16, 32, 64, 128, 256]}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: settings, different functions, and the most different outputs that one setting has."""
    d, g, levels = unit.static("inputs"), unit.static("grey_levels"), LEVELS[unit.static("levels")]
    x = np.indices((g,) * d).reshape(d, -1).T
    settings = np.array(list(itertools.product(levels, repeat=d + 1)))
    outputs = settings[:, :d] @ x.T + settings[:, d:]
    told_apart = 1 + (np.diff(np.sort(outputs, 1), axis=1) != 0).sum(1)
    answers = outputs > 0
    return unit.cells.assign(
        settings=len(settings),
        points=len(x),
        functions=len(np.unique(outputs, axis=0)),
        told_apart=int(told_apart.max()),
        classes=1 + int((answers.any(1) & ~answers.all(1)).any()),
        encoded=_encoded(unit),
    )


def _encoded(unit: Unit) -> int:
    """How many of some random pictures are the digits of what one neuron with weights 1, g, g², ... puts out."""
    g = unit.static("grey_levels")
    drawn = random_generator(unit.seed, unit.claim, g).integers(0, g, (DRAWN, NUMBERS)).tolist()
    return sum(decoded(encoded(tuple(one), g), NUMBERS, g) == tuple(one) for one in drawn)


def work(unit: Unit) -> Work:
    """Every setting on every input, sorted."""
    settings = len(LEVELS[unit.static("levels")]) ** (unit.static("inputs") + 1)
    return Work(0, 30.0 * settings * unit.static("grey_levels") ** unit.static("inputs"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Inputs and functions against settings."""
    return [_inputs(table), _everything(table), _classes(table), _functions(table)]


def _inputs(table: pd.DataFrame) -> Verdict:
    best = table.loc[(table["told_apart"] / table["settings"]).idxmax()]
    return TRIAL.verdict(
        "inputs",
        "A network distinguishes no more inputs than it has settings.",
        Measured.exactly(
            best["told_apart"] / best["settings"],
            len(table),
            how="The largest ratio of the inputs that one setting tells apart to the number of all settings; every "
            "setting is tried on every input.",
        ),
        at_most(1),
        prediction="inputs told apart by one setting / settings <= 1",
        finding=f"A network with {best['settings']:,} settings tells {best['told_apart']:,} inputs apart: one of them "
        "passes its input on, so their number is no limit.",
        quantifier="inputs, by one setting",
        levels=table["levels"],
        grey_levels=table["grey_levels"].sort_values(),
    )


def _everything(table: pd.DataFrame) -> Verdict:
    right = int(table["encoded"].sum())
    return TRIAL.but(bears_on=on("image-space", "against")).verdict(
        "everything",
        "One linear neuron with the weights 1, g, g², ... tells all pictures of g grey levels apart.",
        Measured.exactly(
            right / (DRAWN * len(table)),
            DRAWN * len(table),
            how=f"The share of random pictures of {NUMBERS:,} numbers that are the digits to base g of the neuron's "
            "output. Digits to a base are unique, so that no two pictures have one output.",
        ),
        exhibits("every picture is read off the output", right == DRAWN * len(table)),
        prediction="share of pictures that are read off = 1",
        finding="One linear neuron tells all 256^40,000 pictures apart: with the weights 1, 256, 256², ... the digits "
        "of its output are the picture.",
        notes="in whole numbers of any size; with 64 bits, 40,000 outputs that pass their inputs on do the same",
        quantifier="some setting, all pictures",
        weights="whole numbers of any size",
        grey_levels=table["grey_levels"].sort_values(),
    )


def _classes(table: pd.DataFrame) -> Verdict:
    return TRIAL.but(bears_on=on("image-space", role="variant")).verdict(
        "classes",
        "A network that answers yes or no divides the inputs into two classes, however many inputs there are.",
        Measured.exactly(
            int(table["classes"].max()), len(table), how="Most classes by one setting, over all networks."
        ),
        at_most(2),
        prediction="classes <= 2",
        quantifier="inputs, by one setting",
        output="yes or no",
        grey_levels=table["grey_levels"].sort_values(),
    )


def _functions(table: pd.DataFrame) -> Verdict:
    best = table.loc[(table["functions"] / table["settings"]).idxmax()]
    return TRIAL.but(bears_on=on("configurations", role="variant")).verdict(
        "functions",
        "A network with W weights of k levels computes at most k^W different functions.",
        Measured.exactly(
            best["functions"] / best["settings"],
            len(table),
            how="The largest ratio of different functions to settings; one setting is one function.",
        ),
        at_most(1),
        prediction="functions / k^W <= 1",
        finding="What settings bound is functions: all settings give {measured} functions for each setting.",
        quantifier="functions, by all settings",
        levels=table["levels"],
        grey_levels=table["grey_levels"].sort_values(),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Inputs that one setting tells apart, and functions of all settings, against the number of settings."""
    numbers = table[["inputs", "grey_levels", "levels", "settings", "functions", "told_apart"]]
    figure = new_figure(5.4, 3.6)
    (axes,) = figure.axes
    for colour, (what, label) in zip(
        COLOURS,
        {"told_apart": "inputs told apart by one setting", "functions": "functions of all settings"}.items(),
        strict=False,
    ):
        axes.plot(numbers["settings"], numbers[what], "o", color=colour, alpha=0.7, label=label)
    ends = np.array([numbers["settings"].min() / 1.5, numbers["settings"].max() * 1.5])
    axes.plot(ends, ends, color="grey", lw=1, label="as many as settings")
    axes.set(xscale="log", yscale="log", xlabel="settings of the network", ylabel="number")
    axes.legend()
    best = numbers.loc[(numbers["told_apart"] / numbers["settings"]).idxmax()]
    title = f"{best['settings']} settings tell up to {best['told_apart']:,} inputs apart, and give no more functions"
    caption = "Linear neurons of one to three inputs; every setting is tried on every input."
    return {"inputs-and-functions": Drawing(figure, numbers, title, caption)}
