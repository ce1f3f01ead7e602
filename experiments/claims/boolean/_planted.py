"""Tables planted for the rules of boolean functions, see experiments/judging/planting.py.

Growth is planted in success curves: a run succeeds with a probability that is logistic in log2 of the width. The
midpoints of these curves lie on the planted line in n; those of drawn functions scatter about it.
"""

import numpy as np
import pandas as pd
import scipy.optimize
import scipy.special
import scipy.stats
from jaxtyping import Float

from experiments.claims.boolean import perceptron_counts, trained_width, trained_width_found, typical_width
from experiments.claims.boolean._training import DRAWN
from experiments.judging.planting import Planted, Rng
from experiments.judging.statistics import least_squares_slope
from theory import boolean

SETTINGS = trained_width.Settings(restarts=10)
N, WIDTHS = np.array(SETTINGS.n), np.array(SETTINGS.width)
# The slopes of log2 n² and of log2 of the counting bound over the default n, in bits per n: borders of the sentences.
SQUARE, COUNTING = (
    float(least_squares_slope(N.astype(float), bits))
    for bits in (2 * np.log2(N), np.log2([boolean.counting_bound(n) for n in SETTINGS.n]))
)
# Logits per doubling of the width, for a flat curve. Trained networks have from 2 to 9.
FLAT = 4.0
# Logits per doubling of the width, for a curve that jumps from 0 to 1 between two widths.
STEEP = 40.0
# Standard deviation of the midpoints of drawn functions, in bits.
SPREAD = 0.3
# Normal quantiles of equal probability: rates are averaged over them.
QUANTILES = scipy.stats.norm.ppf((np.arange(40) + 0.5) / 40)
# The midpoint at the least n, in bits. No width of the ladder is there.
SMALLEST = 0.2


def success(width: Float[np.ndarray, "*shape"], midpoint: Float[np.ndarray, "*shape"], steepness: float) -> np.ndarray:
    """Success rate of a width if half of the runs succeed at the width 2^midpoint."""
    return scipy.special.expit(steepness * (np.log2(width) - midpoint))


def grown(family: str, slope: float, steepness: float, spread: float, rng: Rng) -> pd.DataFrame:
    """10 runs of each of 10 functions at every n and width of the default scale; the midpoints lie on a line."""
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
    """The rule of growth on one kind of success curve: the planted growth of the width is in bits per n."""
    spread = SPREAD if family in DRAWN else 0.0
    # The sentence says that random functions need more, and others less.
    towards = unit if family == "random" else -unit

    def table(effect: float, rng: Rng) -> pd.DataFrame:
        return grown(family, border + towards * effect, steepness, spread, rng)

    table.__doc__ = (
        f"Success curves rise by {steepness:g} logits per doubling of the width. The midpoint grows by {border:.3f} "
        f"bits per n, and by {'more' if towards > 0 else 'less'} for each unit. Functions differ by {spread:g} bits."
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
        "Half of 100 runs on 10 functions succeed, and more for each unit. The logits of functions differ by "
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
    """200,000 draws for each n up to 8; one in 20 at n = 8 has another number of ones, and fewer for each unit."""
    settings, tables = perceptron_counts.Settings(), []
    for n in settings.n:
        elsewhere = perceptron_counts.MARGIN - 0.01 * effect if n == max(settings.n) else 0.0
        probabilities = boolean.probability_of_ones(n) * (1 + 2 * max(elsewhere, 0.0) * (-1) ** np.arange(2**n + 1))
        drawn = rng.multinomial(settings.draws, probabilities)
        patterns = np.append(np.ones(2**n, int), 0)
        tables.append(pd.DataFrame({"n": n, "t": range(2**n + 1), "count": drawn, "patterns": patterns}))
    facts = dict(zip(("domain", "bias"), perceptron_counts.THEOREM, strict=True)) | {"draws": settings.draws}
    return pd.concat(tables, ignore_index=True).assign(**facts)


def widths(effect: float, rng: Rng) -> pd.DataFrame:
    """Half of 30 functions of six bits need four units, and more for each unit; the others need six, all decided."""
    settings = typical_width.Settings()
    few = rng.random(settings.functions) < 0.5 + 0.1 * effect
    least = np.where(few, 4, 6)
    facts = {"n": 6, "function": range(settings.functions), "half_before": 3.0}
    return pd.DataFrame({**facts, "lower": least, "upper": least})


PLANTED = {
    "trained-width/growth/flat": growth("parity", FLAT, 0.04),
    "trained-width/growth/steep": growth("parity", STEEP, 0.04),
    "trained-width/growth/random/flat": growth("random", 1.5 * FLAT, 0.04),
    "trained-width/growth/random/steep": growth("random", STEEP, 0.04),
    "trained-width/growth/random/counting": growth("random", 1.5 * FLAT, 0.04, COUNTING),
    "trained-width-found/runs": found("parity", 0.0),
    "trained-width-found/functions": found("threshold", 1.0),
    "typical-width/most": Planted(
        typical_width.judge,
        widths,
        "near-the-bound",
        "Clopper and Pearson's interval of a share",
        "0.1",
        kinds=("below-parity", "near-the-bound", "one-unit-per-bit"),
    ),
    "perceptron-counts/zero-one": Planted(
        perceptron_counts.judge, counts, "zero-one", "McDiarmid's interval of a distance, within a margin", "0.01"
    ),
}
