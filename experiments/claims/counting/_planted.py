"""Tables planted for the rules about random networks, see experiments/judging/planting.py."""

import functools

import numpy as np
import pandas as pd
import scipy.optimize
from jaxtyping import Float

from experiments.claims.counting import distinct_functions, random_gates, simplicity
from experiments.claims.counting._draws import NETWORKS, TABLES
from experiments.claims.counting.random_gates.beside import log_likelihoods
from experiments.claims.counting.random_gates.verdicts import BITS, NO_SLOPE
from experiments.judging.planting import Planted, Rng
from theory.counting.circuits import least_circuit

GATES = random_gates.Settings()
DRAWS = simplicity.Settings()
# What a function has of ones at the border: half of them from fair coins, half from any number of ones.
ONES = np.arange(2**BITS + 1)
COINS = np.array([float(np.prod(np.arange(16, 16 - k, -1)) / np.prod(np.arange(1, k + 1))) for k in ONES]) / 2.0**16
EVEN = np.full(len(ONES), 1 / len(ONES))
# Of the draws, tables as complex as those they are held against.
TIES = 0.1
# Slopes of log2 P in gates and in words, about as random networks have them.
TOLD = {"number": -2.0, "beside": -0.9}
# Networks with fewer settings than functions at default scale, and how they scatter about their line.
COUNTED, SCATTER = 13, 0.6
# Functions of a random network that are seen at all, the mean of the logarithm of their frequency, and its deviation.
FUNCTIONS, MEAN_LOG, DEVIATION = 2000, np.log(3e-5), 1.2


def gates(drawn: str, per_gate: float, rng: Rng) -> pd.DataFrame:
    """Numbers of gates of 100,000 draws; log2 P falls by `per_gate` with each gate."""
    functions = np.bincount(least_circuit(BITS))
    numbers = np.arange(len(functions))
    weights = functions * 2.0 ** (-per_gate * numbers)
    counts = rng.multinomial(GATES.draws, weights / weights.sum())
    facts = {"hidden_layers": 1, "width": 16, "bias": False, "drawn": drawn, "of": "gates"}
    return pd.DataFrame({**facts, "number": numbers, "functions": functions, "count": counts})


def falling(effect: float, rng: Rng) -> pd.DataFrame:
    """Gates of 100,000 random networks, with a slope of log2 P of 0, and of -0.01 for each unit."""
    return gates(NETWORKS, 0.01 * effect, rng)


def level(effect: float, rng: Rng) -> pd.DataFrame:
    """Gates of 100,000 random tables, with a slope at the margin of 0.1, and 0.01 nearer to 0 for each unit."""
    return gates(TABLES, NO_SLOPE - 0.01 * effect, rng)


def layers(effect: float, rng: Rng) -> pd.DataFrame:
    """Ones of 100,000 random networks of each depth, alike, and a hundredth more of any number by a layer and unit."""
    rows = []
    for depth in GATES.hidden_layers:
        even = float(np.clip(0.5 + 0.01 * effect * (depth - 1), 0, 1))
        counts = rng.multinomial(GATES.draws, even * EVEN + (1 - even) * COINS / COINS.sum())
        facts = {"hidden_layers": depth, "width": 16, "bias": True, "drawn": NETWORKS, "of": "ones"}
        rows.append(pd.DataFrame({**facts, "number": ONES, "functions": 1, "count": counts}))
    gates_too = gates(NETWORKS, 1.0, rng)
    return pd.concat([*rows, *(gates_too.assign(hidden_layers=depth, bias=True) for depth in GATES.hidden_layers)])


def beside(effect: float, rng: Rng) -> pd.DataFrame:
    """Gates tell as many bits of 100,000 random networks as words, at each depth, and 0.02 more for each unit."""
    groups, chances = mixed(0.02 * effect)
    facts = {"width": 16, "bias": True, "drawn": NETWORKS, "of": "words"}
    rows = [
        groups.assign(count=rng.multinomial(GATES.draws, chances), hidden_layers=depth, **facts)
        for depth in GATES.hidden_layers
    ]
    return pd.concat([layers(0.0, rng), *rows])


@functools.cache
def mixed(bits: float) -> tuple[pd.DataFrame, Float[np.ndarray, " groups"]]:
    """Groups of functions by gates and words, and the chances with which gates tell so many bits more than words.

    Chances are those of two distributions, of a line in the gates and of a line in the words: the more of the first,
    the more gates tell.
    """
    groups = random_gates.numbers()["words"].iloc[1:-1].assign(functions=1).groupby(["number", "beside"]).sum()
    groups = groups.reset_index()
    kinds = [groups["functions"] * 2.0 ** (slope * groups[name]) for name, slope in TOLD.items()]
    first, second = (kind.to_numpy() / kind.sum() for kind in kinds)

    def excess(share: float) -> float:
        chances, functions = share * first + (1 - share) * second, groups["functions"].to_numpy()
        gates, words = (log_likelihoods(groups[name].to_numpy(), functions, chances) for name in TOLD)
        return float(chances @ (gates - words)) - bits

    share = float(scipy.optimize.brentq(excess, 0.0, 1.0))
    return groups, share * first + (1 - share) * second


def compared(effect: float, rng: Rng) -> pd.DataFrame:
    """6000 draws, 45 % of them less complex and 45 % more, and two in a hundred move over for each unit."""
    return _compared(0.5 + 0.02 * effect, simplicity.NETWORKS, rng)


def near_half(effect: float, rng: Rng) -> pd.DataFrame:
    """6000 random tables, of which a share at the margin from one half is less complex, and nearer for each unit."""
    return _compared(0.5 + simplicity.HALF - 0.0075 * effect, simplicity.TABLES, rng)


def _compared(share: float, drawn: str, rng: Rng) -> pd.DataFrame:
    less = float(np.clip(share - TIES / 2, 0, 1 - TIES))
    other = 50.0 + rng.choice([1, 0, -1], DRAWS.compared, p=[less, TIES, 1 - TIES - less])
    draws = pd.DataFrame({"of": "draw", "complexity": 50.0, "shuffled": other, "any": other, "ones": 60})
    every = pd.DataFrame({"of": ["all"], "functions": [2000.0], "once": [1000.0]})
    return pd.concat([draws, every], ignore_index=True).assign(drawn=drawn, draws=DRAWS.draws)


def frequencies(effect: float, rng: Rng) -> pd.DataFrame:
    """Frequencies of 2000 functions in both halves, as large for simple as for complex ones; falling by unit."""
    complexity = np.round(rng.uniform(10, 50, FUNCTIONS) / 3.5) * 3.5
    logs = MEAN_LOG + DEVIATION * rng.normal(size=FUNCTIONS) - 0.02 * effect * (complexity - 30)
    first, second = rng.poisson(np.exp(logs) * DRAWS.draws / 2, (2, FUNCTIONS))
    often = first >= simplicity.OFTEN
    seen = pd.DataFrame({"complexity": complexity[often], "first": first[often], "second": second[often]})
    functions = seen.assign(of="function", drawn=simplicity.NETWORKS, draws=DRAWS.draws)
    return pd.concat([_compared(0.5, simplicity.NETWORKS, rng), functions], ignore_index=True)


def settings_to_a_power(effect: float, rng: Rng) -> pd.DataFrame:
    """13 networks, whose functions grow as their settings to the power 1, and 0.1 less for each unit; they scatter."""
    log2_settings = rng.uniform(5, 25, COUNTED)
    log2_functions = 15 + (1 - 0.1 * effect) * (log2_settings - 15) - 4 + SCATTER * rng.normal(size=COUNTED)
    shares = {"zero_share": 0.5, "parity_share": 0.0, "log2_possible": 32.0, "log2_dichotomies": 40.0}
    # One network of each size, so that no hidden unit is added to another.
    sizes = {"n": np.arange(COUNTED), "m": 1, "levels": "-1, 1", "k": 2, "weights": 8, "activation": "threshold"}
    return pd.DataFrame({**sizes, **shares, "log2_settings": log2_settings, "functions": 2**log2_functions})


PLANTED = {
    "distinct-functions/growth": Planted(
        distinct_functions.judge, settings_to_a_power, "growth", "Student's interval of a line, over networks", "0.1"
    ),
    "random-gates/slope": Planted(
        random_gates.judge, falling, "slope", "normal interval of the mean number of gates, as a slope", "0.01 bits"
    ),
    "random-gates/tables": Planted(
        random_gates.judge, level, "slope/tables", "the same, within a margin", "0.01 bits", kinds=("slope/tables",)
    ),
    "random-gates/layers": Planted(
        random_gates.judge, layers, "layers", "normal intervals of differences of means, all together", "a hundredth"
    ),
    "random-gates/beside": Planted(
        random_gates.judge,
        beside,
        "beside",
        "normal intervals of mean log-likelihood ratios, all depths together",
        "0.02 bits",
        kinds=("beside",),
    ),
    "simplicity/share": Planted(
        simplicity.judge, compared, "same-ones", "normal interval of a share", "0.02", kinds=("simpler", "same-ones")
    ),
    "simplicity/tables": Planted(simplicity.judge, near_half, "tables", "the same, within a margin", "0.0075"),
    "simplicity/slope": Planted(
        simplicity.judge, frequencies, "slope", "Student's interval of a line, over functions", "0.02"
    ),
}
