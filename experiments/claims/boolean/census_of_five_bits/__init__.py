"""boolean.census-of-five-bits: the exact least number of hidden threshold units of all 2^32 functions of five bits.

`boolean.minimum-width` enumerates all compositions for n <= 4. For n = 5 the functions are counted class by class, see
theory/boolean/five_bits/. That takes a minute or two on one core and some 500 MB, and is done with `recount=true`.
Otherwise the census is read from the file beside this one, and checked:

- what needs two units or fewer is counted again, all of it;
- the network of every class that needs four units or more is evaluated on all inputs;
- for a sample of classes of every width, an exact search looks for a network of that width, and for one with a unit
  less, which must not exist. It goes from one function to its units, the census from units to functions; what they
  share is the threshold functions and which of them are right for a function.

The census of up to four bits is put before the same search.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.boolean.census_of_five_bits import counting
from experiments.claims.boolean.census_of_five_bits.verdicts import judge
from experiments.drawing import bars
from experiments.drawing.style import Drawing, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean import five_bits
from theory.boolean.census import LARGEST_N

__all__ = ["KEYS", "Settings", "draw", "judge", "measure", "work"]

KEYS = ("width",)
FIVE = 5
# A row lists this number of functions as examples.
EXAMPLES = 4


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, the classes of each width that are searched, and whether five bits are counted again."""

    n: list[int] = setting([1, 2, 3, 4, 5], low=1, high=FIVE, static=True)
    samples: int = setting(40, low=1, high=1_000_000)
    recount: bool = setting(False)


SMOKE = {
    "n": [1, 2, 3],
    "samples": 4,
}
FULL = {
    "samples": 1000,
    "recount": True,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits and width: how many functions and classes need it, and what the checks found."""
    n = unit.static("n")
    found = _five_bits(unit) if n == FIVE else _few_bits(n)
    parity = boolean.pack(boolean.functions.parity(n, np.random.default_rng()))
    least_parity = min(parity, 2**2**n - 1 - parity)
    rows = []
    for width, here in found.groupby("width"):
        rng = random_generator(unit.seed, unit.claim, n, width)
        sample = here["function"].sample(min(unit.settings.samples, len(here)), random_state=rng)
        rows.append(
            {
                "n": n,
                "width": int(width),
                "functions": int(here["functions"].sum()),
                "classes": len(here),
                "has_parity": least_parity in here["function"].to_numpy(),
                "examples": " ".join(str(f) for f in here["function"].iloc[-EXAMPLES:]),
                "networks": int(here["network"].notna().sum()),
                "wrong_networks": int((here["network"] == 0).sum()),
                "counted": bool(here["counted"].all()),
                "searched": len(sample),
                "disagreeing": sum(not _agrees(int(function), n, int(width)) for function in sample),
            }
        )
    return pd.DataFrame(rows)


def _few_bits(n: int) -> pd.DataFrame:
    """The classes of n <= 4 bits with their least members, widths and numbers of functions; none has a network."""
    widths, classes = boolean.minimum_widths(n), boolean.npn_classes(n)
    representatives, sizes = np.unique(classes, return_counts=True)
    columns = {"function": representatives, "functions": sizes, "width": widths[representatives]}
    return pd.DataFrame(columns).assign(network=np.nan, counted=True)


def _five_bits(unit: Unit) -> pd.DataFrame:
    """The same for five bits. `network` is 1 or 0: whether the class's network shows that the width suffices."""
    again = unit.settings.recount
    census = counting.counted_again(counting.state_folder()) if again else counting.kept()
    classes = five_bits.all_classes()
    has_network = census.widths >= (0 if again else counting.LEAST_KEPT)
    network = np.full(len(census.widths), np.nan)
    which = np.flatnonzero(has_network)
    networks = five_bits.Networks(census.networks.hidden[which], census.networks.gate[which])
    network[which] = networks.shows(which, census.widths[which])
    columns = {"function": classes.representatives, "functions": classes.sizes, "width": census.widths}
    return pd.DataFrame(columns).assign(network=network, counted=again | _are_few(census.widths))


def _are_few(widths: np.ndarray) -> np.ndarray:
    """Which classes of up to two units are exactly those that the first step of the census finds."""
    begun = five_bits.Census.empty()
    five_bits.advance(begun)
    same = np.array_equal(np.where(widths <= 2, widths, five_bits.UNKNOWN), begun.widths)
    return (widths <= 2) & same


def _agrees(function: int, n: int, width: int) -> bool:
    """Whether a search finds a network of this width and none with a unit less; more bits than n are ignored."""
    for bits in range(n, FIVE):
        function |= function << 2**bits
    return five_bits.has_network(function, width) and not (width and five_bits.has_network(function, width - 1))


def work(unit: Unit) -> Work:
    """Operations of the census, and of a search for a network and for one with a unit less."""
    n, settings = unit.static("n"), unit.settings
    census = 30.0 * boolean.THRESHOLD_FUNCTIONS[min(n, LARGEST_N)] ** 2 if n < FIVE else 2e10
    recount = 3e11 if n == FIVE and settings.recount else 0.0
    return Work(0, census + recount + 1e8 * settings.samples * n)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How many functions of n bits have which least width, as bars."""
    rows = table.sort_values(["n", "width"])
    rows = rows.assign(share=rows["functions"] / 2.0 ** (2 ** rows["n"]))
    figure = new_figure(7.0, 3.6)
    (axes,) = figure.axes
    bars.side_by_side(axes, rows, "width", "functions", "n")
    for group in axes.containers:
        axes.bar_label(group, fmt="{:,.0f}", fontsize=6, rotation=90, padding=2)  # type: ignore[arg-type]
    axes.set_yscale("log")
    axes.set_ylim(0.5, 1000 * rows["functions"].max())
    axes.set_xlabel("least number of hidden threshold units")
    axes.set_ylabel("functions")
    bars.move_legend(axes, "upper left", bbox_to_anchor=(1, 1), title="bits n")
    largest = rows[rows["n"] == rows["n"].max()]
    common = largest.loc[largest["functions"].idxmax()]
    title = f"{common['share']:.1%} of the functions of {common['n']} bits need {common['width']} hidden units, "
    title += f"none more than {largest['width'].max()}"
    caption = (
        "All functions of n bits by the least number of hidden units of a network of their own; every bar is exact."
    )
    return {"census_of_five_bits": Drawing(figure, rows, title, caption)}
