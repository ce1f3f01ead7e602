"""The verdicts of random-gates: the slope in the number of gates, and what each further layer changes."""

import itertools
import math

import numpy as np
import pandas as pd

from experiments.claims.counting._draws import NETWORKS, TABLES
from experiments.claims.counting.random_gates.beside import BESIDE, mean_of_draws, more, tilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

BITS = 4
# A slope this near to 0, in bits a gate, is none: over seven gates it is less than a factor of two.
NO_SLOPE = 0.1
TRIAL = Trial(
    source="Valle-Pérez et al. 2019, with gates in the place of Lempel and Ziv's words",
    bears_on=on("valle-perez-simple"),
    existence="drawn at random",
    switches={
        "n": BITS,
        "activation": "rectifier",
        "inputs": "{0, 1}^n",
        "weights": "normal, variance 2 / inputs",
        "complexity": "least gates of a circuit",
    },
)
LAYERS = TRIAL.but(source="Mingard et al. 2019", bears_on=on("mingard-layers"))


def slope(rows: pd.DataFrame) -> Measured:
    """The slope of one kind of draws, from their mean number of gates; the interval is the mean's, carried over."""
    of_gates = rows[rows["of"] == "gates"].sort_values("number", kind="stable")
    values, functions = of_gates["number"].to_numpy(), of_gates["functions"].to_numpy()
    mean, error, draws = mean_of_draws(values, of_gates["count"].to_numpy())

    def estimate(α: float) -> tuple[float, float, float]:
        low, high = normal_interval(mean, error, α)
        return tilt(mean, functions), tilt(low, functions), tilt(high, functions)

    how = f"The slope at which the mean number of gates is the measured one, and {percent()} of it, by the mean's."
    return Measured(estimate, draws, how=how)


def entropies(rows: pd.DataFrame) -> tuple[float, float, int]:
    """Mean entropy of the share of ones in bits, its standard error, and the draws."""
    of_ones = rows[rows["of"] == "ones"].sort_values("number", kind="stable")
    share = of_ones["number"].to_numpy() / 2**BITS
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.nan_to_num(-(share * np.log2(share) + (1 - share) * np.log2(1 - share)))
    return mean_of_draws(bits, of_ones["count"].to_numpy())


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
        measures = [measure for measure in BESIDE if (rows["of"] == measure).any()]
        verdicts += [_beside(measure, int(width), bool(bias), rows) for measure in measures]
    return verdicts


def _biased(bias: bool) -> str:
    return "bias" if bias else "no-bias"


def _beside(measure: str, width: int, bias: bool, rows: pd.DataFrame) -> Verdict:
    words = BESIDE[measure]
    return TRIAL.but(source="ours", bears_on=on("valle-perez-simple", role="variant")).verdict(
        f"beside/{measure}/{_biased(bias)}/{width}",
        f"The least number of gates says more of which function a random network computes than {words}.",
        more(rows[rows["of"] == measure]),
        above(0),
        prediction=f"bits a draw that gates tell, less those of {words} > 0",
        finding=f"The least number of gates tells {{measured}} bits more of a random network's function than {words}, "
        "at least, over all depths.",
        hidden_layers=sorted(rows["hidden_layers"].unique()),
        width=width,
        bias=bias,
        functions="not constant",
        beside=words,
    )


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
