"""Samples needed by networks on the random hierarchy model, and with which power they grow.

A number of samples that was not reached is censored: it is more than the largest number that was tried and fitted.
"""

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.hierarchy._networks import shape_of
from experiments.claims.hierarchy._samples import samples_needed
from experiments.judging.measured import Measured
from experiments.judging.statistics import mean_interval, percent, slope_of_means

# The authors' thresholds, in units of the error by chance: for deep networks, and for shallow ones.
DEEP, SHALLOW = 0.1, 0.7
# An exponent counts as 1 within this.
MARGIN = 0.25
# A number of samples counts only where the network fits them: its training error is at most this, in units of the error
# by chance. What a network would do that was trained for longer is not known.
FITS = 0.1
BY = ["model", "network", "grammar"]


def needed(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """P* of every model, network and grammar: columns needed, infinite where not reached, and tried, the largest P.

    Numbers of samples from the first on that are not fitted do not count; where none is, `tried` is not known.
    """
    table = table.sort_values("samples", kind="stable")
    group = table.groupby(BY, sort=False).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    samples, error, training_error = (table[name].to_numpy()[order] for name in ("samples", "error", "training_error"))
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    found = table[BY].iloc[order[first]].reset_index(drop=True)
    curves = zip(*(np.split(values, first[1:]) for values in (samples, error, training_error)), strict=True)
    fitted = [(P[: _fitted(training)], errors[: _fitted(training)]) for P, errors, training in curves]
    shapes = found["model"].map({model: shape_of(str(model)) for model in found["model"].unique()})
    return found.assign(
        needed=[samples_needed(P, errors, level) for P, errors in fitted],
        tried=[P.max() if len(P) else np.nan for P, _ in fitted],
        data=[shape.data for shape in shapes],
        deep_samples=[shape.deep_samples for shape in shapes],
    )


def _fitted(training_error: Float[np.ndarray, " samples"]) -> int:
    """How many numbers of samples are fitted before the first that is not."""
    over = training_error > FITS
    return int(over.argmax()) if over.any() else len(over)


def at_levels(table: pd.DataFrame, levels: tuple[float, ...]) -> pd.DataFrame:
    """The same for several levels of the error: geometric means over levels; infinite where one was not reached."""
    each = [needed(table, level) for level in levels]
    # What was reached counts as it is, and what was not as the largest number that was tried.
    bounds = [one["needed"].where(np.isfinite(one["needed"]), one["tried"]) for one in each]
    means = {"needed": [one["needed"] for one in each], "tried": bounds}
    return each[0].assign(
        **{name: np.exp2(np.log2(pd.concat(own, axis=1)).mean(axis=1)) for name, own in means.items()}
    )


def doublings(few: pd.DataFrame, many: pd.DataFrame) -> pd.DataFrame:
    """log2 of one P* over another, for grammars of the same number: columns model, doublings and bound.

    Args:
        few: what `needed` says of one kind of networks or grammars. A P* that was not reached leaves them unknown.
        many: of the other. Where P* was not reached, the largest that was tried makes a bound from below.
    """
    both = [needs.set_index(["model", "grammar"]) for needs in (few, many)]
    joined = both[0].join(both[1].add_suffix("_many"), how="inner").reset_index()
    reached = np.isfinite(joined["needed_many"])
    larger = joined["needed_many"].where(reached, joined["tried_many"])
    smaller = joined["needed"].where(np.isfinite(joined["needed"]))
    return joined.assign(doublings=np.log2(larger / smaller), bound=~reached)


def mean_doublings(rows: pd.DataFrame, how: str) -> Measured:
    """The mean over grammars, with Student's interval; unknown where a grammar's is."""
    values = rows["doublings"].to_numpy(float)

    def estimate(α: float) -> tuple[float, float, float]:
        return mean_interval(values, α) if np.isfinite(values).all() else (np.nan, -np.inf, np.inf)

    return Measured(estimate, len(values), how=how)


def growth(needs: pd.DataFrame, against: str) -> Measured:
    """The exponent of P* against a column, by means of log P* over grammars of each model."""
    models = [rows for _, rows in needs.groupby("model", sort=False)]
    x = np.log2([float(rows[against].iloc[0]) for rows in models])
    reached = [np.isfinite(rows["needed"].to_numpy(float)) for rows in models]
    bounds = [np.log2(rows["needed"].where(found, rows["tried"])) for rows, found in zip(models, reached, strict=True)]
    samples, more = [bound.to_numpy(float) for bound in bounds], np.array([not found.all() for found in reached])
    return Measured(
        lambda α: censored_slope(x, samples, more, α),
        len(needs),
        how=f"The slope of the mean of log P* over grammars. Welch's {percent()} interval; what varies are grammars "
        f"of these models. A P* that was not reached with samples that are fitted, to {FITS:g} of chance, is censored: "
        "the interval is open to the side to which larger ones would move the slope.",
    )


def censored_slope(
    x: Float[np.ndarray, " samples"],
    samples: list[Float[np.ndarray, " _"]],
    more: Float[np.ndarray, " samples"],
    α: float,
) -> tuple[float, float, float]:
    """Slope of the means of samples on x where some values are only known to be larger, and its interval.

    To the right of the middle of all x larger values make the slope steeper: its upper end is infinite then. To the
    left they make it less steep, and the lower end is.

    Args:
        x: of each sample.
        samples: values, or bounds from below.
        more: whether a sample has bounds.
        α: the level.
    """
    slope, low, high = slope_of_means(x, samples, α)
    side = np.sign(x - x.mean()) * more
    return slope, -np.inf if (side < 0).any() else low, np.inf if (side > 0).any() else high
