"""boolean.perceptron-counts: a random perceptron is 1 on t inputs with probability 2^-n, whatever t < 2^n.

Draws of Gaussian weights are held against the prediction by a chi-square test; the same with a Gaussian bias, and on
{-1,1}^n, are the negative controls. Exactly: over the 2^n sign patterns of fixed integer weights every t comes once.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.statistics import chi_square_uniform, holm, level, wilson
from experiments.verdict import Verdict, decide
from theory import boolean

STATIC = ("n",)
KEYS = ("t",)
LEVEL = 0.01
LEAST_EXPECTED = 100
DRAWS_AT_A_TIME = 20_000
LARGEST_SIZE = 2**30
SOURCE = "Mingard et al. 2019, arXiv 1909.11522"
STATEMENT = "A perceptron with random weights is 1 on exactly t of the 2^n inputs with probability 2^-n, for t < 2^n."
DOMAINS = ("zero-one", "signed")
SETS = {"zero-one": "{0, 1}^n", "signed": "{-1, 1}^n"}
BIASES = ("none", "gaussian")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, the two switches, and the number of perceptrons drawn for each."""

    n: list[int] = setting([1, 2, 3, 4, 5, 6, 7, 8], low=1, high=12)
    domain: list[str] = setting(list(DOMAINS), choices=DOMAINS)
    bias: list[str] = setting(list(BIASES), choices=BIASES)
    draws: int = setting(200_000, low=1, high=10**9)


def points(n: int, domain: str) -> np.ndarray:
    """The 2^n inputs of a domain."""
    return boolean.signed_inputs(n) if domain == "signed" else boolean.inputs(n).astype(float)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per setting and t: how many draws, and how many sign patterns of fixed weights, have t ones."""
    n = unit.static("n")
    draws = unit.settings.draws
    rows = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys, strict=True):
        rng = np.random.default_rng(key)
        x = points(n, cell["domain"])
        counts = np.zeros(2**n + 1, int)
        for start in range(0, draws, DRAWS_AT_A_TIME):
            size = min(DRAWS_AT_A_TIME, draws - start)
            b = rng.standard_normal(size) if cell["bias"] == "gaussian" else 0
            counts += np.bincount(boolean.count_ones(rng.standard_normal((size, n)), x, b), minlength=2**n + 1)
        sizes = distinct_sizes(unit.seed, n)
        patterns = np.bincount(boolean.counts_over_sign_patterns(sizes), minlength=2**n + 1)
        rows.append(
            pd.DataFrame({**cell, "t": np.arange(2**n + 1), "count": counts, "draws": draws, "patterns": patterns})
        )
    return pd.concat(rows, ignore_index=True)


def distinct_sizes(seed: int, n: int) -> np.ndarray:
    """Random integer sizes of weights whose subset sums all differ."""
    rng = random_generator(seed, "perceptron-counts", n)
    while True:
        sizes = rng.integers(1, LARGEST_SIZE, n)
        if boolean.has_distinct_subset_sums(sizes):
            return sizes


def work(unit: Unit) -> Work:
    """One product per draw, input and bit."""
    n = unit.static("n")
    return Work(0, 2.0 * len(unit.cells) * unit.settings.draws * 2**n * n)


def p_value(rows: pd.DataFrame) -> float:
    """Of the chi-square test that t = 0, ..., 2^n - 1 are equally likely; 0 if t = 2^n was seen, which cannot be."""
    counts = rows.sort_values("t")["count"].to_numpy()
    return 0.0 if counts[-1] else chi_square_uniform(counts[:-1])


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The exact enumeration, the statistical test of the statement, and its controls."""
    verdicts = [_exact(table)]
    for (domain, bias), rows in table.groupby(["domain", "bias"], sort=True):
        p_values = np.array([p_value(group) for _, group in rows.groupby("n")])
        smallest = float(holm(p_values).min())
        decisive = min(LEVEL, level())
        largest_n = int(rows["n"].max())
        enough = bool((rows["draws"] >= LEAST_EXPECTED * 2 ** rows["n"]).all())
        zero = rows[(rows["n"] == largest_n) & (rows["t"] == 0)].iloc[0]
        rate, interval = zero["count"] / zero["draws"], wilson(zero["count"], zero["draws"])
        verdicts.append(
            Verdict(
                claim=f"boolean.perceptron-counts/{domain}/{bias}",
                statement=STATEMENT,
                source=SOURCE if (domain, bias) == ("zero-one", "none") else f"control: not what {SOURCE} says",
                hypotheses=f"inputs {SETS[str(domain)]}, bias: {bias}, standard normal weights, output [a > 0], "
                f"n = {', '.join(str(n) for n in sorted(rows['n'].unique()))}",
                existence="found by brute force",
                prediction=f"2^n P(t) = 1, here for t = 0, n = {largest_n}",
                measured=rate * 2**largest_n,
                low=interval[0] * 2**largest_n,
                high=interval[1] * 2**largest_n,
                samples=int(rows.groupby("n")["draws"].first().sum()),
                evidence="statistical",
                rule="Chi-square tests over t for every n, p-values adjusted by Holm: contradicted if one is below "
                f"{LEVEL}; else supported, if at least {LEAST_EXPECTED} draws are expected of every t, so that the "
                "standard error of each frequency is a tenth of it or less; else inconclusive. The smallest adjusted "
                f"p-value was {smallest:.2g}.",
                verdict=decide(smallest >= decisive and enough, smallest < decisive),
            )
        )
    return verdicts


def _exact(table: pd.DataFrame) -> Verdict:
    rows = table[(table["domain"] == table["domain"].iloc[0]) & (table["bias"] == table["bias"].iloc[0])]
    expected = (rows["t"] < 2 ** rows["n"]).astype(int)
    deviating = int((rows["patterns"] != expected).sum())
    return Verdict(
        claim="boolean.perceptron-counts/sign-patterns",
        statement="Over all sign patterns of weights of fixed sizes, every number of ones from 0 to 2^n - 1 comes "
        "exactly once; so the statement holds for every symmetric distribution.",
        source=f"{SOURCE}; the proof stands in theory/boolean/perceptron.py",
        hypotheses="inputs {0, 1}^n, no bias, integer weights with distinct subset sums, exact arithmetic",
        existence="representable",
        prediction="t that do not come exactly once: 0",
        measured=deviating,
        low=deviating,
        high=deviating,
        samples=int(rows["patterns"].sum()),
        evidence="exact",
        rule="Supported if every t < 2^n comes once and t = 2^n never, for every n; contradicted otherwise.",
        verdict=decide(deviating == 0, deviating > 0),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Frequency of every t, in units of the prediction, at the largest n."""
    n = int(table["n"].max())
    numbers = table[table["n"] == n].sort_values(["domain", "bias", "t"]).copy()
    numbers["ratio"] = numbers["count"] / numbers["draws"] * 2**n
    intervals = [wilson(row["count"], row["draws"]) for _, row in numbers.iterrows()]
    numbers["low"], numbers["high"] = np.array(intervals).T * 2**n
    figure = new_figure(6.4, 3.6)
    axes = figure.axes[0]
    styles = zip(numbers.groupby(["domain", "bias"]), COLOURS, MARKERS, strict=False)
    for ((domain, bias), rows), colour, marker in styles:
        label = f"inputs {SETS[str(domain)]}, bias: {bias}"
        axes.plot(rows["t"], rows["ratio"], marker, color=colour, markersize=2.5, label=label)
        axes.fill_between(rows["t"], rows["low"], rows["high"], color=colour, alpha=0.25, linewidth=0)
    axes.axhline(1, color="black", linewidth=0.8, label="prediction")
    axes.set_yscale("symlog", linthresh=0.1)
    axes.set_ylim(-0.02, 2 * 2**n)
    axes.set_xlabel(f"t, number of inputs on which a random perceptron is 1 (n = {n})")
    axes.set_ylabel("frequency x 2^n")
    axes.set_title("Without a bias and on {0, 1}^n, every t is as likely as any other")
    axes.legend(fontsize=7, loc="upper left")
    return {"perceptron-counts": Drawing(figure, numbers)}
