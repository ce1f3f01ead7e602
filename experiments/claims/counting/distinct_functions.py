"""counting.distinct-functions: how many boolean functions all settings of a small network give.

A network n-m-1 with W weights and biases of k levels has k^W settings. All of them are counted, exactly, by
`theory.counting.settings`: how many functions of n bits there are among them, and how many settings give each. So it is
known how far the number of functions stays behind the number of settings, and which functions have many settings.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.boolean.functions import FAMILIES, pack
from theory.counting import settings as counting
from theory.counting.bounds import dichotomies, sauer

LEVELS = {"-1, 1": (-1, 1), "-1, 0, 1": (-1, 0, 1), "-2 to 2": (-2, -1, 0, 1, 2)}

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


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Bits, hidden units, and what a weight or a bias may be."""

    n: list[int] = setting([2, 3, 4, 5], low=1, high=6, static=True)
    m: list[int] = setting([1, 2, 3], low=1, high=4, static=True)
    levels: list[str] = setting(list(LEVELS), choices=tuple(LEVELS), static=True)
    activation: list[str] = setting(
        ["threshold", "rectifier", "tanh"], choices=("threshold", "rectifier", "tanh"), static=True
    )
    # Larger ones take minutes: sums of three terms for each of 2^n inputs.
    where: str = setting("n * m <= 9 and n + m <= 7 and (levels != '-2 to 2' or n * m <= 6)")


SMOKE = {"n": [2, 3], "m": [1, 2]}
FULL = {
    "n": [2, 3, 4, 5, 6],
    "where": "n * m <= 12 and n + m <= 8 and (levels != '-2 to 2' or n * m <= 8)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: settings, functions, and the settings of some functions."""
    n, m, levels = unit.static("n"), unit.static("m"), LEVELS[unit.static("levels")]
    found = counting.functions(n, m, levels, unit.static("activation"))
    W = counting.weights(n, m)
    unused = np.random.default_rng(0)
    return unit.cells.assign(
        weights=W,
        k=len(levels),
        log2_settings=W * math.log2(len(levels)),
        functions=len(found.functions),
        log2_possible=float(2**n),
        log2_dichotomies=dichotomies(n, m),
        parity_share=found.of(pack(FAMILIES["parity"](n, unused))) / len(levels) ** W,
        zero_share=found.of(0) / len(levels) ** W,
    )


def work(unit: Unit) -> Work:
    """Sums of products for all inputs; of hidden units at most k^(n + 1) differ."""
    n, m, k = unit.static("n"), unit.static("m"), len(LEVELS[unit.static("levels")])
    terms = min(k ** (n + 2), 8.0 * 4.0**n)
    return Work(0, 5.0 * 2**n * k * terms**m / math.factorial(m))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Functions against settings, neurons, dichotomies and what is possible; and which have the most settings."""
    counted = table.assign(log2_functions=np.log2(table["functions"]))
    verdicts = [_neurons(counted), *_dichotomies(counted), *_not_all(counted)]
    for activation, rows in counted.groupby("activation", sort=False):
        verdicts += [_fewer(str(activation), rows), _constants(str(activation), rows)]
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
    sizes = of_threshold[["n", "weights"]].drop_duplicates().itertuples(index=False)
    general = any(sauer(2**n, weights) < 2**n for n, weights in sizes)
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
            notes=f"T(n) threshold functions of n bits, O(n, m) dichotomies of the output; Sauer's and Warren's bounds "
            f"say {'something' if general else 'nothing'} at these sizes",
            activation="threshold",
            **_sizes(of_threshold),
        )
    ]


def _not_all(rows: pd.DataFrame) -> list[Verdict]:
    enough = rows[rows["log2_settings"] >= rows["log2_possible"]]
    missing = enough[enough["functions"] < 2.0 ** enough["log2_possible"]]
    if enough.empty:
        return []
    worst = (missing if len(missing) else enough).sort_values("log2_settings").iloc[-1]
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


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Functions against settings, both as powers of two, with what is possible and Sauer's bound."""
    numbers = table.assign(log2_functions=np.log2(table["functions"]))[
        [
            "n",
            "m",
            "levels",
            "activation",
            "weights",
            "log2_settings",
            "log2_functions",
            "log2_possible",
            "log2_dichotomies",
        ]
    ].sort_values(["n", "log2_settings"], ignore_index=True)
    figure, axes_of = panels([f"{n} bits" for n in numbers["n"].unique()], 2, width=2.9, height=2.3, beside=1.6)
    activations = list(numbers["activation"].unique())
    for n, axes in zip(numbers["n"].unique(), axes_of.values(), strict=True):
        rows = numbers[numbers["n"] == n]
        for activation, own in rows.groupby("activation", sort=False):
            axes.plot(
                own["log2_settings"],
                own["log2_functions"],
                "o",
                ms=4,
                alpha=0.8,
                color=COLOURS[activations.index(activation)],
                label=str(activation),
            )
        ends = np.array([0.0, rows["log2_settings"].max()])
        axes.plot(ends, ends, color="grey", lw=0.8, label="as many as settings")
        thresholds = rows[rows["activation"] == "threshold"]
        axes.plot(
            thresholds["log2_settings"], thresholds["log2_dichotomies"], "x", ms=4, color="grey", label="dichotomies"
        )
        axes.axhline(rows["log2_possible"].iloc[0], color="black", lw=0.8, ls=":", label="all functions")
        axes.set(title=f"{n} bits", ylim=(0, 1.2 * rows["log2_possible"].iloc[0]))
    label_outside(figure, "log2 of the number of settings", "log2 of functions")
    legend_beside(figure)
    ratio = numbers["log2_functions"] / numbers["log2_settings"]
    title = f"All settings together give few functions: 2^s settings give 2^({ratio.median():.2f} s) of them, typically"
    caption = (
        "Every setting of each network is counted. Networks differ in hidden units, levels of a weight, activation."
    )
    return {"distinct-functions": Drawing(figure, numbers, title, caption)}
