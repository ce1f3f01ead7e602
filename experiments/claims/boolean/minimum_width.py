"""boolean.minimum-width: the exact least number of hidden threshold units of every function of n <= 4 bits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.boolean._one_hidden_layer import EACH_FUNCTION
from experiments.drawing import bars
from experiments.drawing.panels import panels
from experiments.drawing.style import Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean.census import LARGEST_N

KEYS = ("width",)
# A row lists this number of functions as examples.
EXAMPLES = 4
ALL = Trial(
    source="for parity: hyperplanes that slice all edges of the n-cube, n for n <= 5; else: this census",
    bears_on=on("exponential-hidden-layer", "against", "variant"),
    existence="representable",
    switches=EACH_FUNCTION | {"functions": "all"},
)
OPTIMAL = ALL.but(
    source="a reading of the post's 'exponential', which its sources do not claim",
    bears_on=on("exponential-hidden-layer", role="variant"),
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits; all 2^(2^n) functions are counted."""

    n: list[int] = setting([1, 2, 3, 4], low=1, high=LARGEST_N, static=True)


SMOKE = {
    "n": [1, 2, 3],
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits and width: how many functions and NPN classes need this width, and examples."""
    n = unit.static("n")
    widths, classes = boolean.minimum_widths(n), boolean.npn_classes(n)
    parity = boolean.pack(boolean.functions.parity(n, np.random.default_rng()))
    rows = []
    for width in np.unique(widths):
        functions = np.flatnonzero(widths == width)
        representatives = np.unique(classes[functions])
        rows.append(
            {
                "n": n,
                "width": int(width),
                "functions": len(functions),
                "classes": len(representatives),
                "has_parity": parity in functions,
                "examples": " ".join(str(f) for f in representatives[-EXAMPLES:]),
            }
        )
    return pd.DataFrame(rows)


def work(unit: Unit) -> Work:
    """Majorities of three threshold functions, one of them up to symmetry, take nearly all of the time."""
    thresholds = boolean.THRESHOLD_FUNCTIONS[unit.static("n")]
    return Work(0, 30.0 * thresholds**2)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether parity is the worst case, and whether some function needs the construction's 2^(n-1) units."""
    worst = table.sort_values("width", kind="stable").groupby("n").last().reset_index()
    n, total = int(worst["n"].max()), int(table["functions"].sum())
    largest = Measured.exactly(int(worst["width"].iloc[-1]), total, how=f"The largest least width at n = {n}.")
    is_parity = worst["has_parity"] & (worst["functions"] == 2) & (worst["width"] == worst["n"])
    return [
        ALL.verdict(
            "parity",
            "Parity of n bits needs n hidden units, and no other function but its complement needs as many.",
            largest,
            holds_for_all("the largest least width is n and exactly parity and its complement have it", is_parity),
            prediction=f"largest least width = n = {n}",
            n=worst["n"],
        ),
        OPTIMAL.verdict(
            "construction-is-optimal",
            "The brute-force construction is optimal: some function of n bits needs 2^(n-1) units.",
            largest,
            holds_for_all("the largest least width is 2^(n-1)", worst["width"] == 2 ** (worst["n"] - 1)),
            prediction=f"largest least width = 2^(n-1) = {boolean.construction_width(n)}",
            n=worst["n"],
        ),
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The census as bars: functions and NPN classes by least width."""
    titles = {"functions": "functions", "classes": "NPN classes"}
    figure, axes_of = panels(titles, width=3.5, height=2.9, beside=0)
    for column, axes in axes_of.items():
        bars.side_by_side(axes, table, "width", column, "n", legend=column == "classes")
        for group in axes.containers:
            axes.bar_label(group, fmt="{:,.0f}", fontsize=6)  # type: ignore[arg-type]
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.5)
        axes.set_xlabel("least number of hidden threshold units")
        axes.set_ylabel(titles[column])
        axes.set_title(f"All {titles[column]} of n bits")
    axes_of["classes"].get_legend().set_title("n")  # type: ignore[union-attr]
    title = f"No function of {table['n'].max()} bits needs more than {table['width'].max()} hidden units"
    caption = "All functions, and all classes up to negated and exchanged inputs, by the least number of hidden units."
    return {"census": Drawing(figure, table.sort_values(["n", "width"]), title, caption)}
