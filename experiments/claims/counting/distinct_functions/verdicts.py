"""The verdicts of distinct-functions: how many functions there are, how their number grows, and which are frequent."""

import itertools

import numpy as np
import pandas as pd

from experiments.judging import statistics
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, below, exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from theory.counting.bounds import sauer
from theory.counting.settings import weights

TRIAL = Trial(
    source="the post, ch. II.III; all settings counted by ourselves",
    bears_on=on("configurations", role="variant"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "1 where the sum is above 0",
        "inputs": "{0, 1}^n",
        "quantifier": "functions, by all settings",
    },
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Functions against settings, neurons, dichotomies and what is possible; and which have the most settings."""
    counted = table.assign(log2_functions=np.log2(table["functions"]))
    verdicts = [_neurons(counted), *_dichotomies(counted), *_not_all(counted)]
    for activation, rows in counted.groupby("activation", sort=False):
        verdicts += [_fewer(str(activation), rows), _constants(str(activation), rows)]
        verdicts += [*_growth(str(activation), rows), *_per_weight(str(activation), rows)]
    return verdicts


def _sizes(rows: pd.DataFrame) -> dict[str, pd.Series]:
    return {"levels": rows["levels"], "n": rows["n"].sort_values(), "width": rows["m"].sort_values()}


def _neurons(rows: pd.DataFrame) -> Verdict:
    excess = rows["log2_functions"] - (rows["m"] + 1) * np.log2(rows["k"])
    best = rows.loc[excess.idxmax()]
    neurons = int(best["m"] + 1)
    return TRIAL.but(bears_on=on("configurations")).verdict(
        "neurons",
        "A network of v neurons with k settings each has at most k^v configurations that differ.",
        Measured.exactly(float(excess.max()), len(rows), how="The largest log2 of functions / k^v over all networks."),
        at_most(0),
        prediction="log2 of different functions / k^v <= 0",
        finding=f"{neurons} neurons whose weights have {best['k']} levels compute {best['functions']:,} different "
        f"functions, and {best['k']}^{neurons} is {best['k'] ** neurons}: what counts is weights, and not neurons.",
        activation=best["activation"],
        levels=best["levels"],
        n=int(best["n"]),
        width=int(best["m"]),
    )


def _dichotomies(rows: pd.DataFrame) -> list[Verdict]:
    """Only where the bound is below the number of all functions does it say something."""
    of_threshold = rows[(rows["activation"] == "threshold") & (rows["log2_dichotomies"] < rows["log2_possible"])]
    if of_threshold.empty:
        return []
    above = of_threshold["log2_functions"] - of_threshold["log2_dichotomies"]
    least = next(n for n in itertools.count(1) if sauer(2**n, weights(n, 1)) < 2**n)
    return [
        TRIAL.verdict(
            "dichotomies",
            "Whatever the levels of its weights, m hidden threshold units give at most T(n)^m O(n, m) functions.",
            Measured.exactly(
                float(above.max()),
                len(of_threshold),
                how="The largest log2 of functions over the bound, of networks for which the bound is less than the "
                "number of all functions.",
            ),
            at_most(0),
            prediction="log2 of functions / (T(n)^m O(n, m)) <= 0",
            notes=f"T(n) threshold functions of n bits, O(n, m) dichotomies of the output; bounds by the number of "
            f"weights alone, Sauer's with Warren's dimension, are less than all functions from n = {least} on",
            activation="threshold",
            **_sizes(of_threshold),
        )
    ]


def _not_all(rows: pd.DataFrame) -> list[Verdict]:
    enough = rows[rows["log2_settings"] >= rows["log2_possible"]]
    missing = enough[enough["functions"] < 2.0 ** enough["log2_possible"]]
    if enough.empty:
        return []
    worst = (missing if len(missing) else enough).sort_values("log2_settings", kind="stable").iloc[-1]
    return [
        TRIAL.verdict(
            "not-all",
            "Settings are only an upper bound: some network has more settings than there are functions of n bits, and "
            "does not compute all of these.",
            Measured.exactly(
                len(missing) / len(enough), len(enough), how="The share of the networks with enough settings that do."
            ),
            exhibits("a network with enough settings misses a function", bool(len(missing))),
            prediction="some network with enough settings misses a function",
            finding=f"A network of {worst['m']} hidden units with 2^{worst['log2_settings']:.1f} settings computes "
            f"{worst['functions']:,} of all 2^{worst['log2_possible']:.0f} functions of {worst['n']} bits.",
            activation=enough["activation"],
            **_sizes(enough),
        )
    ]


def _fewer(activation: str, rows: pd.DataFrame) -> Verdict:
    share = 2 ** (rows["log2_functions"] - rows["log2_settings"])
    return TRIAL.verdict(
        f"fewer/{activation}",
        "All settings of a network give fewer functions than there are settings: many settings do not differ.",
        Measured.exactly(
            float(share.max()), len(rows), float(share.min()), float(share.max()), "The largest functions / settings."
        ),
        holds_for_all("there are fewer functions than settings", share < 1),
        prediction="functions / settings < 1",
        activation=activation,
        **_sizes(rows),
    )


def growth(rows: pd.DataFrame) -> Measured:
    """The power of the number of settings with which functions grow, where there are fewer settings than functions.

    Args:
        rows: networks, with log2_functions.
    """
    free = rows[rows["log2_settings"] <= rows["log2_possible"]]
    x, y = (free[name].to_numpy(float) for name in ("log2_settings", "log2_functions"))
    return Measured(
        lambda α: statistics.line_slope(x, y, α),
        len(free),
        how="The slope of the line through log2 of functions on log2 of settings, W log2 k, of all networks with at "
        f"most as many settings as there are functions of n bits. Student's {statistics.percent()} interval: counts "
        "are exact, what varies are networks.",
    )


def _growth(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    slope = growth(rows)
    if np.isnan(slope.value):
        return []
    return [
        TRIAL.verdict(
            f"growth/{activation}",
            "While there are fewer settings than functions of n bits, different functions grow as a power of the "
            "settings that is less than 1.",
            slope,
            below(1.0),
            prediction="slope of log2(functions) on W log2(k) < 1",
            finding="The number of different functions grows as that of the settings to the power {measured}.",
            activation=activation,
            **_sizes(rows[rows["log2_settings"] <= rows["log2_possible"]]),
        )
    ]


def _per_weight(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    ordered = rows.sort_values("m", kind="stable").groupby(["n", "levels"])
    # What a further hidden unit adds, over what its weights could.
    shares = ordered["log2_functions"].diff() / (ordered["weights"].diff() * np.log2(rows["k"]))
    shares = shares.dropna()
    if shares.empty:
        return []
    worst = rows.loc[shares.idxmax()]
    return [
        # The sentence bounds functions by settings; it does not say that each weight adds its share.
        TRIAL.but(bears_on=on("configurations", role="control")).verdict(
            f"per-weight/{activation}",
            "A further weight of k levels multiplies the number of different functions by less than k.",
            Measured.exactly(
                float(shares.max()),
                len(shares),
                float(shares.min()),
                float(shares.max()),
                "The largest growth of log2 of functions by a further hidden unit, over log2 k for each weight.",
            ),
            holds_for_all("every further hidden unit adds less than its weights could", shares < 1),
            prediction="growth of log2(functions) by a weight / log2(k) < 1",
            notes=f"most with {worst['m'] - 1} to {worst['m']} hidden units, {worst['n']} bits, levels "
            f"{worst['levels']}; least {shares.min():.2g}, where all functions are reached",
            activation=activation,
            **_sizes(rows.loc[shares.index]),
        )
    ]


def _constants(activation: str, rows: pd.DataFrame) -> Verdict:
    ratio = rows["zero_share"] * rows["functions"]
    return TRIAL.but(bears_on=on("valle-perez-simple", role="variant"), existence="drawn at random").verdict(
        f"constants/{activation}",
        "The function 0 has more settings than the average function of the network, and parity has no more.",
        Measured.exactly(
            float(ratio.min()),
            len(rows),
            float(ratio.min()),
            float(ratio.max()),
            "The least ratio of the settings of 0 to those of an average function.",
        ),
        holds_for_all(
            "0 has more settings than an average function, and parity no more than that",
            (ratio > 1) & (rows["parity_share"] * rows["functions"] <= 1),
        ),
        prediction="settings of 0 / settings of an average function > 1, of parity <= 1",
        activation=activation,
        **_sizes(rows),
    )
