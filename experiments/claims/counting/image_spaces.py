"""counting.image-spaces: how many pictures there are, how many settings a network has, and what follows.

All of it is arithmetic with whole numbers. That there are fewer settings than pictures is true, and it says nothing of
how many pictures one setting tells apart (see `differentiate`). What it does say is how few *functions* of pictures a
network has: of the 2^P ways to answer yes or no to P pictures, W weights with k levels give at most k^W.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.counting.spaces import Power, pictures

# Width, height and numbers of a point, and the exponent of 256 that the sentence states.
PICTURES = {"200 x 200, grey": (200, 200, 1, 40_000), "1000 x 1000, four bytes": (1000, 1000, 4, 4_000_000)}
LEVELS = 256
# What the sentence grants a network: 1000 neurons with 100 settings each.
CONFIGURATIONS = Power(100, 1000)
# Examples are far fewer than points if they are less than one in a million.
FEW = 1e-6

TRIAL = Trial(
    source="the post, ch. II.III",
    bears_on=(),
    existence="representable",
    switches={"quantifier": "all pictures", "levels_of_a_number": LEVELS},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Which pictures, and how many examples somebody may have, as powers of ten: 80 is one for every atom there is."""

    picture: list[str] = setting(list(PICTURES), choices=tuple(PICTURES))
    log10_examples: list[float] = setting([6.0, 10.0, 80.0], low=0.0, high=1e6)


SMOKE: dict = {}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per kind of picture and number of examples: logarithms of sizes, and comparisons of whole numbers."""
    return unit.cells.assign(**pd.DataFrame([_facts(name) for name in unit.cells["picture"]], unit.cells.index))


def _facts(picture: str) -> dict[str, float | bool]:
    width, height, numbers, stated = PICTURES[picture]
    space = pictures(width, height, numbers, LEVELS)
    return {
        "exponent": space.exponent,
        "stated": stated,
        "log10_pictures": float(space.log(10)),
        "log10_configurations": float(CONFIGURATIONS.log(10)),
        "log256_configurations": float(CONFIGURATIONS.log(LEVELS)),
        "fewer_configurations": CONFIGURATIONS.number < space.number,
        # A space of P points has 2^P functions: log10 of their number of decimal digits, P log10(2).
        "log10_bits_of_functions": float(space.log(10)) + math.log10(math.log10(2)),
    }


def work(unit: Unit) -> Work:
    """Integers of some million digits are compared."""
    return Work(0, 1e8 * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The sizes as stated; how few configurations, examples and functions there are beside them."""
    spaces = table.drop_duplicates("picture")
    return [_sizes(spaces), _configurations(spaces), _functions(spaces), *_examples(table)]


def _sizes(spaces: pd.DataFrame) -> Verdict:
    smallest = spaces.loc[spaces["exponent"].idxmin()]
    return TRIAL.but(bears_on=on("image-space")).verdict(
        "sizes",
        "Small grey pictures are points of a space of 256^40,000, larger ones of 256^4,000,000.",
        Measured.exactly(smallest["log10_pictures"], len(spaces), how="log10 of the smallest space."),
        holds_for_all("width times height times numbers of a point is the stated exponent", _as_stated(spaces)),
        prediction="log10 of the number of pictures = 96,329.6 and 9,632,959.9",
        finding=f"There are 256^{smallest['exponent']:,} = 10^{smallest['log10_pictures']:,.1f} pictures of "
        f"{smallest['picture']}.",
        picture=spaces["picture"],
    )


def _as_stated(spaces: pd.DataFrame) -> pd.Series:
    return spaces["exponent"] == spaces["stated"]


def _configurations(spaces: pd.DataFrame) -> Verdict:
    measured = float(spaces["log256_configurations"].iloc[0])
    return TRIAL.but(bears_on=on("configurations", role="control") + on("image-space", role="control")).verdict(
        "configurations",
        "1000 numbers with 100 settings each have far fewer settings than there are pictures.",
        Measured.exactly(measured, len(spaces), how="The exponent to which 256 is 100^1000."),
        holds_for_all("100^1000 is less than the number of pictures", spaces["fewer_configurations"]),
        prediction="100^1000 = 256^830.5 is less than 256^40,000",
        notes="true, and it says nothing of how many pictures one setting tells apart",
        picture=spaces["picture"],
    )


def _functions(spaces: pd.DataFrame) -> Verdict:
    smallest = spaces.loc[spaces["log10_pictures"].idxmin()]
    # log10 of (log10 of the number of settings / log10 of the number of functions)
    share = math.log10(smallest["log10_configurations"]) - smallest["log10_bits_of_functions"]
    return TRIAL.but(bears_on=on("configurations", role="variant")).verdict(
        "functions",
        "100^1000 settings give a vanishing share of all yes-or-no functions of pictures.",
        Measured.exactly(share, len(spaces), how="log10 of the ratio of both numbers' logarithms."),
        at_most(-1000),
        prediction="log of settings / log of functions is less than 10^-1000",
        finding="Settings bound functions, and not inputs: of the yes-or-no functions of small grey pictures, all "
        f"settings together give at most 100^1000; the ratio of both numbers' logarithms is 10^{share:,.1f}.",
        quantifier="functions",
        picture=smallest["picture"],
    )


def _examples(table: pd.DataFrame) -> list[Verdict]:
    share = table["log10_examples"] - table["log10_pictures"]
    worst = table.loc[share.idxmax()]
    return [
        TRIAL.but(bears_on=on("training-data-are-few")).verdict(
            "examples",
            "Examples that anybody could have are far fewer than the points of the space of pictures.",
            Measured.exactly(float(share.max()), len(table), how="log10 of the largest share of the space."),
            at_most(math.log10(FEW)),
            prediction=f"log10 of the share of the points that are examples <= {math.log10(FEW):g}",
            finding=f"One example for each of 10^{worst['log10_examples']:g} atoms would be a share of "
            f"10^{share.max():,.1f} of all small grey pictures.",
            picture=table["picture"],
            examples=[f"10^{power:g}" for power in sorted(table["log10_examples"].unique())],
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """All numbers on one line of digits."""
    spaces = table.drop_duplicates("picture")
    rows = [("settings: 100^1000", float(spaces["log10_configurations"].iloc[0]))]
    rows += [(f"10^{power:g} examples", power) for power in table["log10_examples"].unique()]
    rows += list(zip("pictures: " + spaces["picture"], spaces["log10_pictures"], strict=True))
    numbers = pd.DataFrame(rows, columns=["what", "log10"]).sort_values("log10", kind="stable", ignore_index=True)
    figure = new_figure(6.0, 2.8)
    (axes,) = figure.axes
    of_space = numbers["what"].str.startswith("pictures")
    axes.barh(numbers["what"], numbers["log10"], color=np.where(of_space, COLOURS[0], COLOURS[1]))
    for place, value in enumerate(numbers["log10"]):
        axes.text(value * 1.15, place, f"{value:,.0f}", va="center")
    axes.set(xscale="log", xlim=(1, 10 * numbers["log10"].max()), xlabel="digits of the number, log10")
    most = numbers.loc[of_space, "log10"].min()
    title = f"The number of small grey pictures has {most:,.0f} digits, that of settings {rows[0][1]:,.0f}"
    caption = "Length of each bar: how many digits a number has. Examples and settings are no more than a few thousand."
    return {"sizes-of-spaces": Drawing(figure, numbers, title, caption)}
