"""boolean.perceptron-counts: a random perceptron is 1 on t inputs with probability 2^-n, whatever t < 2^n.

The exact part: over the 2^n sign patterns of fixed integer weights, every t occurs once. The statistical part: draws of
Gaussian weights have to be within a margin of the prediction. The theorem does not hold with a Gaussian bias or on
{-1,1}^n; these draws are controls and must be farther away.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import INCONCLUSIVE, SUPPORTED, Outcome, Rule, holds_for_all, within
from experiments.judging.statistics import DEFAULT_LEVEL, wilson
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean

KEYS = ("t",)
# Two distributions are equal if at most this share of the draws would have to fall on another number of ones.
MARGIN = 0.05
# The domain and bias of the theorem.
THEOREM = ("zero-one", "none")
# Draws that are evaluated together: with all 2^n inputs they fit into memory.
DRAWS_AT_A_TIME = 20_000
# Integer weights are below this: subset sums rarely coincide, and fit into 64 bits.
LARGEST_SIZE = 2**30
STATEMENT = "A perceptron with random weights is 1 on exactly t of the 2^n inputs with probability 2^-n, for t < 2^n."
DOMAINS = ("zero-one", "signed")
# The domains in formulas.
SETS = {"zero-one": "{0, 1}^n", "signed": "{-1, 1}^n"}
BIASES = ("none", "gaussian")


DRAWS = Trial(
    source="Mingard et al. 2019, arXiv 1909.11522; the proof is in theory/boolean/perceptron.py",
    bears_on=on("one-architecture-many-functions", role="variant") + on("mingard-uniform"),
    existence="drawn at random",
    switches={
        "inputs": "{0, 1}^n",
        "bias": False,
        "weights": "standard normal",
        "hidden_layers": 0,
        "activation": "threshold",
    },
)
PATTERNS = DRAWS.but(
    existence="representable", switches={"weights": "integers with distinct subset sums, all sign patterns"}
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, domain and bias, and the number of perceptrons that are drawn for each."""

    n: list[int] = setting([1, 2, 3, 4, 5, 6, 7, 8], low=1, high=12, static=True)
    domain: list[str] = setting(list(DOMAINS), choices=DOMAINS)
    bias: list[str] = setting(list(BIASES), choices=BIASES)
    draws: int = setting(200_000, low=1, high=10**9)


SMOKE = {
    "n": [1, 2, 3],
    "draws": 20_000,
}
FULL = {
    "n": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
}


def points(n: int, domain: str) -> np.ndarray:
    """The 2^n inputs of a domain."""
    return boolean.signed_inputs(n) if domain == "signed" else boolean.inputs(n).astype(float)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per setting and t: how many draws and how many sign patterns of fixed weights have t ones."""
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
    """Random integer sizes of weights; all subset sums differ."""
    rng = random_generator(seed, "perceptron-counts", n)
    while True:
        sizes = rng.integers(1, LARGEST_SIZE, n)
        if boolean.has_distinct_subset_sums(sizes):
            return sizes


def work(unit: Unit) -> Work:
    """One product per draw, input and bit."""
    n = unit.static("n")
    return Work(0, 2.0 * len(unit.cells) * unit.settings.draws * 2**n * n)


def distance(counts: Int[np.ndarray, " counts"], α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
    """The total variation distance between the distribution of t and the predicted one, and its interval.

    The distance is half of the sum of all differences: the share of the draws that would have to fall elsewhere. Let d
    be the distance of N draws, with k numbers of ones. On average d is not less than the true distance, and at most
    ½ √(k / N) more, because the standard errors of k frequencies add up to at most √(k / N). One draw changes d by at
    most 1/N. So d is farther from its average than √(log(2 / α) / 2N) with a probability of at most α (McDiarmid 1989).

    Args:
        counts: draws with t = 0, ..., 2^n ones.
        α: level of the interval.
    """
    N, k = int(counts.sum()), len(counts)
    d = float(np.abs(counts / N - boolean.probability_of_ones(round(math.log2(k - 1)))).sum() / 2)
    slack = math.sqrt(math.log(2 / α) / (2 * N)) if α else math.inf
    return d, max(0.0, d - math.sqrt(k / N) / 2 - slack), min(1.0, d + slack)


def largest_distance(rows: pd.DataFrame, how: str = "") -> Measured:
    """The largest distance over all n, with its interval; each n has its part of the level."""
    of_n = [group.sort_values("t", kind="stable")["count"].to_numpy() for _, group in rows.groupby("n")]

    def estimate(α: float) -> tuple[float, float, float]:
        return tuple(np.array([distance(counts, α / len(of_n)) for counts in of_n]).max(0).tolist())

    return Measured(estimate, int(sum(counts.sum() for counts in of_n)), how=how)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The exact enumeration, and the draws with their controls."""
    settings = dict(list(table.groupby(["domain", "bias"], sort=True)))
    return [_exact(table), *([_drawn(settings)] if THEOREM in settings else [])]


def _drawn(settings: dict[Any, pd.DataFrame]) -> Verdict:
    rows, largest_n = settings[THEOREM], int(settings[THEOREM]["n"].max())
    controls = {
        f"{SETS[domain]}, bias {bias}": largest_distance(others[others["n"] == largest_n])
        for (domain, bias), others in settings.items()
        if (domain, bias) != THEOREM
    }
    how = (
        "The total variation distance, half of the summed differences between frequencies and 2^-n. The largest over n "
        "is measured, with an interval by McDiarmid's inequality."
    )
    close = within(0.0, MARGIN)

    def outcome(m: Measured) -> Outcome:
        seen = all(control.low > MARGIN for control in m.beside.values())
        return close.outcome(m) if seen or close.outcome(m) != SUPPORTED else INCONCLUSIVE

    return DRAWS.verdict(
        "/".join(THEOREM),
        STATEMENT,
        dataclasses.replace(largest_distance(rows, how), beside=controls),
        Rule(
            f"{close.words} Supported only if the intervals of all controls at the largest n lie above {MARGIN:g}.",
            outcome,
        ),
        prediction=f"total variation distance from the prediction = 0, within {MARGIN:g}, for every n",
        notes="controls: " + ("; ".join(f"{name} {one.value:.2f}" for name, one in controls.items()) or "none"),
        n=rows["n"].sort_values(),
    )


def _exact(table: pd.DataFrame) -> Verdict:
    rows = table[(table["domain"] == table["domain"].iloc[0]) & (table["bias"] == table["bias"].iloc[0])]
    expected = (rows["t"] < 2 ** rows["n"]).astype(int)
    deviating = int((rows["patterns"] != expected).sum())
    return PATTERNS.verdict(
        "sign-patterns",
        "Over all sign patterns of weights of fixed sizes, every number of ones from 0 to 2^n - 1 occurs exactly once. "
        "So the statement holds for every symmetric distribution.",
        Measured.exactly(deviating, int(rows["patterns"].sum()), how="The number of t that do not occur exactly once."),
        holds_for_all("every t < 2^n occurs once and t = 2^n never", rows["patterns"] == expected),
        finding=_sign_patterns(deviating, int(rows["n"].max())),
        prediction="number of t that do not occur exactly once = 0",
        n=rows["n"].sort_values(),
    )


def _sign_patterns(deviating: int, largest: int) -> str:
    if deviating:
        return (
            f"The signs of a perceptron's weights miss or repeat {deviating:,} numbers of ones, for n up to {largest}."
        )
    return (
        "A perceptron of n inputs implements 2^n different functions by the signs of its weights alone, each with "
        f"another number of ones, for every n up to {largest}."
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
    axes.legend(fontsize=7, loc="upper left")
    plain = numbers[(numbers["domain"] == "zero-one") & (numbers["bias"] == "none") & (numbers["t"] < 2**n)]["ratio"]
    title = (
        f"On {{0, 1}}^n every number of ones has {plain.min():.2g} to {plain.max():.2g} times the predicted frequency"
    )
    caption = "Frequency of every number t of ones, as a multiple of 2^-n. Inputs {-1, 1}^n and a bias are controls."
    return {"perceptron-counts": Drawing(figure, numbers, title, caption)}
