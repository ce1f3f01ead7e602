"""counting.random-gates: random networks of four bits and the least number of gates of their functions.

For four bits the least number of gates is known for each of the 65,536 functions, so the probability of a function can
be held against it without any function being left out. A random network's function has some number of gates on average.
The distribution on all functions in which log2 P(f) is a line in the number of gates, and that has this average, has a
slope: it is 0 for functions that are drawn from all, and the more negative the more simple functions are preferred.

With a second question the same draws answer whether each further layer of rectifiers prefers functions of few ones or
few zeros more than the one before: by the entropy of the share of ones, in bits.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.optimize
from jaxtyping import Float

from experiments.claims.counting._draws import NETWORKS, TABLES, truth_tables
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import below, within
from experiments.judging.statistics import normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.counting.complexity import least_gates

BITS = 4
# A slope this near to 0, in bits a gate, is none: over seven gates it is less than a factor of two.
NO_SLOPE = 0.1
# Slopes beyond this are not looked for: one function would have all of the probability.
STEEPEST = 60.0
# Networks that are drawn together.
TOGETHER = 2**14

TRIAL = Trial(
    source="Valle-Pérez et al. 2019, with gates in the place of Lempel and Ziv's words",
    bears_on=on("valle-perez-simple"),
    existence="drawn at random",
    switches={
        "n": BITS,
        "activation": "rectifier",
        "inputs": "{0, 1}^n",
        "weights": "normal, variance 2 / inputs",
        "complexity": "least gates of a formula",
    },
)
LAYERS = TRIAL.but(source="Mingard et al. 2019", bears_on=on("mingard-layers"))


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

KEYS = ("of", "number")


def measure(unit: Unit) -> pd.DataFrame:
    """For each number of gates, and each number of ones: how many functions there are, and how many draws had it."""
    gates = least_gates(BITS)
    ones = np.bitwise_count(np.arange(2**2**BITS))
    draws = np.zeros(2**2**BITS, int)
    for functions in _functions(unit):
        draws += np.bincount(functions, minlength=len(draws))
    rows = [
        pd.DataFrame(
            {
                "of": of,
                "number": np.arange(numbers.max() + 1),
                "functions": np.bincount(numbers),
                "count": np.bincount(numbers, draws).astype(int),
            }
        )
        for of, numbers in (("gates", gates), ("ones", ones))
    ]
    return unit.cells.merge(pd.concat(rows, ignore_index=True), how="cross")


def _functions(unit: Unit) -> Iterator[np.ndarray]:
    """The functions that are drawn, in parts."""
    what = [unit.claim, unit.static("drawn"), unit.static("hidden_layers"), unit.static("width"), unit.static("bias")]
    rng, draws = random_generator(unit.seed, *what), unit.settings.draws
    if unit.static("drawn") == TABLES:
        for first in range(0, draws, TOGETHER):
            yield rng.integers(0, 2**2**BITS, min(TOGETHER, draws - first))
        return
    sizes = (BITS, *[unit.static("width")] * unit.static("hidden_layers"), 1)
    for tables in truth_tables(rng, draws, sizes, unit.static("bias"), TOGETHER):
        yield tables @ (1 << np.arange(2**BITS))


def work(unit: Unit) -> Work:
    """All networks on all inputs."""
    width, layers = unit.static("width"), unit.static("hidden_layers")
    return Work(0, 4.0 * unit.settings.draws * 2**BITS * width * (BITS + width * (layers - 1) + 1))


def tilt(mean: float, functions: Float[np.ndarray, " numbers"]) -> float:
    """The slope of log2 P in the number of gates with which all functions have this mean number of gates.

    The mean grows with the slope, so there is one, of the exponential family P(f) proportional to 2^(slope · gates).

    Args:
        mean: number of gates; beyond what slopes up to `STEEPEST` give, the end is returned.
        functions: how many functions have 0, 1, 2, ... gates.
    """
    numbers = np.arange(len(functions))

    def excess(slope: float) -> float:
        weights = functions * 2.0 ** (slope * (numbers - (len(numbers) if slope > 0 else 0)))
        return float(weights @ numbers / weights.sum() - mean)

    if excess(-STEEPEST) >= 0:
        return -STEEPEST
    return STEEPEST if excess(STEEPEST) <= 0 else float(scipy.optimize.brentq(excess, -STEEPEST, STEEPEST))


def slope(rows: pd.DataFrame) -> Measured:
    """The slope of one kind of draws, from their mean number of gates; the interval is the mean's, carried over."""
    of_gates = rows[rows["of"] == "gates"].sort_values("number")
    values, functions = of_gates["number"].to_numpy(), of_gates["functions"].to_numpy()
    mean, error, draws = _mean(values, of_gates["count"].to_numpy())

    def estimate(α: float) -> tuple[float, float, float]:
        low, high = normal_interval(mean, error, α)
        return tilt(mean, functions), tilt(low, functions), tilt(high, functions)

    how = f"The slope at which the mean number of gates is the measured one, and {percent()} of it, by the mean's."
    return Measured(estimate, draws, how=how)


def _mean(values: np.ndarray, counts: np.ndarray) -> tuple[float, float, int]:
    """Mean of draws, its standard error, and their number."""
    draws = int(counts.sum())
    mean = float(values @ counts / draws)
    return mean, math.sqrt(float((values - mean) ** 2 @ counts) / draws / (draws - 1)), draws


def entropies(rows: pd.DataFrame) -> tuple[float, float, int]:
    """Mean entropy of the share of ones in bits, its standard error, and the draws."""
    of_ones = rows[rows["of"] == "ones"].sort_values("number")
    share = of_ones["number"].to_numpy() / 2**BITS
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.nan_to_num(-(share * np.log2(share) + (1 - share) * np.log2(1 - share)))
    return _mean(bits, of_ones["count"].to_numpy())


def judge(table: pd.DataFrame) -> list[Verdict]:
    """A slope for every kind of network, the tables' as control, and each layer against the one before."""
    networks, tables = (table[table["drawn"] == drawn] for drawn in (NETWORKS, TABLES))
    verdicts = [
        _slope(int(layers), int(width), bool(bias), rows)
        for (layers, width, bias), rows in networks.groupby(["hidden_layers", "width", "bias"])
    ]
    verdicts += [_control(tables)] if len(tables) else []
    for (width, bias), rows in networks.groupby(["width", "bias"]):
        if rows["hidden_layers"].nunique() > 1:
            verdicts.append(_layers(int(width), bool(bias), rows))
    return verdicts


def _biased(bias: bool) -> str:
    return "bias" if bias else "no-bias"


def _slope(layers: int, width: int, bias: bool, rows: pd.DataFrame) -> Verdict:
    return TRIAL.verdict(
        f"slope/{_biased(bias)}/{layers}/{width}",
        "The more gates a function needs, the less often a random network computes it.",
        slope(rows),
        below(0),
        prediction="slope of log2 P on the number of gates < 0",
        finding=f"With each further gate that a function of {BITS} bits needs, a random network of {layers} hidden "
        "layers computes it 2^{measured} times as often.",
        hidden_layers=layers,
        width=width,
        bias=bias,
    )


def _control(rows: pd.DataFrame) -> Verdict:
    return TRIAL.but(bears_on=on("valle-perez-simple", role="control")).verdict(
        "slope/tables",
        "Functions that are drawn from all functions have no slope.",
        slope(rows),
        within(0.0, NO_SLOPE),
        prediction=f"slope of log2 P on the number of gates = 0, within {NO_SLOPE:g}",
        drawn=TABLES,
    )


def _layers(width: int, bias: bool, rows: pd.DataFrame) -> Verdict:
    depths = sorted(rows["hidden_layers"].unique())
    of_depth = [entropies(rows[rows["hidden_layers"] == depth]) for depth in depths]
    changes = [
        (after[0] - before[0], math.hypot(before[1], after[1])) for before, after in itertools.pairwise(of_depth)
    ]

    def estimate(α: float) -> tuple[float, float, float]:
        ends = [(change, *normal_interval(change, error, α / len(changes))) for change, error in changes]
        return tuple(np.max(ends, axis=0).tolist())

    how = (
        "The largest change of the mean entropy of the share of ones, in bits, from one number of hidden layers to the "
        f"next; normal intervals, of all changes together {percent()}."
    )
    return LAYERS.verdict(
        f"layers/{_biased(bias)}/{width}",
        "With every further hidden layer the entropy of the share of ones of a random network's function becomes less.",
        Measured(estimate, sum(one[2] for one in of_depth), how=how),
        below(0),
        prediction="largest change of the mean entropy by a further layer < 0",
        finding="With every further hidden layer, random networks have functions with fewer ones or fewer zeros: the "
        "mean entropy changes by {measured} bits or less.",
        hidden_layers=depths,
        width=width,
        bias=bias,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Mean probability of a function against its gates, one panel with biases and one without."""
    rows = table[table["of"] == "gates"].sort_values("number")
    rows["probability"] = (
        rows["count"]
        / rows["functions"]
        / rows.groupby(["hidden_layers", "width", "bias", "drawn"])["count"].transform("sum")
    )
    networks, tables = (rows[rows["drawn"] == drawn] for drawn in (NETWORKS, TABLES))
    figure, axes_of = panels([_words(bias) for bias in sorted(networks["bias"].unique())], width=3.0, beside=1.6)
    layers = sorted(networks["hidden_layers"].unique())
    for bias, axes in zip(sorted(networks["bias"].unique()), axes_of.values(), strict=True):
        mine = networks[(networks["bias"] == bias) & (networks["width"] == networks["width"].max())]
        for depth, own in mine[mine["count"] > 0].groupby("hidden_layers"):
            colour = COLOURS[layers.index(depth)]
            axes.plot(own["number"], own["probability"], "o-", color=colour, ms=3, label=f"{depth} hidden layers")
        axes.plot(tables["number"], tables["probability"], "--", color="grey", label="random tables")
        axes.set(yscale="log", xlabel="least gates of the function", ylabel="probability of one", title=_words(bias))
    legend_beside(figure)
    steep = [
        slope(own).value for _, own in table[table["drawn"] == NETWORKS].groupby(["hidden_layers", "width", "bias"])
    ]
    title = f"Each further gate makes a function 2^{min(steep):.2f} to 2^{max(steep):.2f} times as likely"
    caption = f"Mean probability of the functions of {BITS} bits with so many gates. Random tables are the control."
    numbers = rows[["drawn", "hidden_layers", "width", "bias", "number", "functions", "count", "probability"]]
    return {"random-gates": Drawing(figure, numbers, title, caption)}


def _words(bias: bool) -> str:
    return "biases" if bias else "no biases"
