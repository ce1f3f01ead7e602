"""Tables planted for the rules of boolean functions, see experiments/judging/planting.py.

Growth is planted in success curves: a run succeeds with a probability that is logistic in log2 of the width, about a
midpoint that is the planted line in n, and those of functions that are drawn scatter about it.
"""

import numpy as np
import pandas as pd
import scipy.optimize
import scipy.special
import scipy.stats
from jaxtyping import Float

from experiments.claims.boolean import perceptron_counts, trained_width, trained_width_found
from experiments.claims.boolean._training import DRAWN
from experiments.judging.planting import Planted, Rng
from experiments.judging.statistics import least_squares_slope
from theory import boolean

SETTINGS = trained_width.Settings(restarts=10)
N, WIDTHS = np.array(SETTINGS.n), np.array(SETTINGS.width)
SQUARE, COUNTING = (
    float(least_squares_slope(N.astype(float), bits))
    for bits in (2 * np.log2(N), np.log2([boolean.counting_bound(n) for n in SETTINGS.n]))
)
# Logits for each doubling of the width: networks that were trained have from 2 to 9.
FLAT, STEEP = 4.0, 40.0
# Success rates of random functions rise more steeply: 7 to 9 logits at n = 8, their differences between them.
# Standard deviation of the midpoints of functions, in bits, and quantiles by which it is averaged over them.
SPREAD = 0.3
QUANTILES = scipy.stats.norm.ppf((np.arange(40) + 0.5) / 40)
SMALLEST = 0.2  # Bits of the midpoint at the least n, off the ladder.


def success(width: Float[np.ndarray, "*shape"], midpoint: Float[np.ndarray, "*shape"], steepness: float) -> np.ndarray:
    """Success rate of a width where half of the runs succeed at 2^midpoint."""
    return scipy.special.expit(steepness * (np.log2(width) - midpoint))


def grown(family: str, slope: float, steepness: float, spread: float, rng: Rng) -> pd.DataFrame:
    """Runs of 10 functions, 10 each, at every n and width of the default scale; midpoints on a line."""
    functions, restarts = SETTINGS.functions, SETTINGS.restarts
    tables = []
    for n in SETTINGS.n:
        widths = WIDTHS[2**n >= WIDTHS]
        middles = SMALLEST + slope * (n - min(SETTINGS.n)) + spread * rng.normal(size=functions)
        rates = np.repeat(success(widths[:, None], middles, steepness)[..., None], restarts, axis=-1)
        width, function, restart = (axis.ravel() for axis in np.indices(rates.shape))
        runs = {"n": n, "width": widths[width], "function": function, "restart": restart}
        tables.append(pd.DataFrame({**runs, "solved": rng.random(rates.size) < rates.ravel()}))
    facts = {"family": family, "activation": "tanh", "learning_rate": 0.03, "steps": SETTINGS.steps}
    return pd.concat(tables, ignore_index=True).assign(**facts)


def growth(family: str, steepness: float, unit: float, border: float = SQUARE) -> Planted:
    """The rule of growth on one kind of success curves: how fast the width needed grows, in bits for each n."""
    spread = SPREAD if family in DRAWN else 0.0
    # Random functions are said to need more, others less.
    towards = unit if family == "random" else -unit

    def table(effect: float, rng: Rng) -> pd.DataFrame:
        return grown(family, border + towards * effect, steepness, spread, rng)

    table.__doc__ = (
        f"Success curves of {steepness:g} logits a doubling of the width; the midpoint grows by {border:.3f} bits "
        f"for each n, and {'more' if towards > 0 else 'less'} for each unit; functions differ by {spread:g} bits."
    )
    over = "functions" if spread else "runs"
    return Planted(
        trained_width.judge, table, "growth", f"profile likelihood of success curves, over {over}", f"{unit:g} bits"
    )


def found(family: str, spread: float) -> Planted:
    """The rule of success rates: 10 functions of 10 runs at one width."""

    def table(effect: float, rng: Rng) -> pd.DataFrame:
        logits = spread * rng.normal(size=SETTINGS.functions)
        middle = scipy.optimize.brentq(
            lambda m: scipy.special.expit(m + spread * QUANTILES).mean() - min(0.5 + 0.1 * effect, 0.97), -9, 9
        )
        rates = np.repeat(scipy.special.expit(middle + logits), SETTINGS.restarts)
        function, restart = (axis.ravel() for axis in np.indices((SETTINGS.functions, SETTINGS.restarts)))
        facts = {"family": family, "activation": "tanh", "learning_rate": 0.03, "n": 8, "width": 8, "late": False}
        runs = {"steps": 100, "function": function, "restart": restart, "solved": rng.random(rates.size) < rates}
        return pd.DataFrame({**facts, **runs})

    table.__doc__ = (
        f"100 runs of 10 functions, half of which succeed, and more for each unit; logits of functions differ by "
        f"{spread:g}."
    )
    return Planted(
        trained_width_found.judge,
        table,
        "",
        "Korn and Graubard's interval of a rate",
        "0.1",
        kinds=("",),
    )


def counts(effect: float, rng: Rng) -> pd.DataFrame:
    """200,000 draws for each n up to 8; at n = 8 one in 20, and fewer for each unit, has another number of ones."""
    settings, tables = perceptron_counts.Settings(), []
    for n in settings.n:
        elsewhere = perceptron_counts.MARGIN - 0.01 * effect if n == max(settings.n) else 0.0
        probabilities = boolean.probability_of_ones(n) * (1 + 2 * max(elsewhere, 0.0) * (-1) ** np.arange(2**n + 1))
        drawn = rng.multinomial(settings.draws, probabilities)
        patterns = np.append(np.ones(2**n, int), 0)
        tables.append(pd.DataFrame({"n": n, "t": range(2**n + 1), "count": drawn, "patterns": patterns}))
    facts = dict(zip(("domain", "bias"), perceptron_counts.THEOREM, strict=True)) | {"draws": settings.draws}
    return pd.concat(tables, ignore_index=True).assign(**facts)


PLANTED = {
    "trained-width/growth/flat": growth("parity", FLAT, 0.04),
    "trained-width/growth/steep": growth("parity", STEEP, 0.04),
    "trained-width/growth/random/flat": growth("random", 1.5 * FLAT, 0.04),
    "trained-width/growth/random/steep": growth("random", STEEP, 0.04),
    "trained-width/growth/random/counting": growth("random", 1.5 * FLAT, 0.04, COUNTING),
    "trained-width-found/runs": found("parity", 0.0),
    "trained-width-found/functions": found("threshold", 1.0),
    "perceptron-counts/zero-one": Planted(
        perceptron_counts.judge, counts, "zero-one", "McDiarmid's interval of a distance, within a margin", "0.01"
    ),
}
