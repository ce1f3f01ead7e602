"""Verdicts of double-descent: means and medians against formulas, the peak, the least risk, and ridge as control."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import mean_interval, median_interval, percent, slope_of_means, slope_of_medians
from experiments.judging.verdict import Trial, Verdict, on
from theory.modern.double_descent import DECAYING, SPREAD

# Samples, features of which some are seen, and the variance of the noise; coefficients have norm 1.
SAMPLES, FEATURES, NOISE = 40, 100, 0.04
# How far a mean may be from its formula, and a median where the mean is infinite, relative to it.
MARGIN, MARGIN_OF_MEDIANS = 0.1, 0.4
# Nearer to the peak than this share of the samples, means are infinite, or vary too much for Student's interval.
NEAR = 0.25
# Numbers of features on both sides of the peak with which it is compared, over the samples.
SIDES = (0.5, 2.0)
# With the best ridge, the risk at p = n is lower than here, over the samples: for equal coefficients more features are
# better all the way, and for those that decay they are worse beyond n.
HIGHER_WITH_RIDGE = {SPREAD: 0.5, DECAYING: 2.0}

TRIAL = Trial(
    source="Belkin, Hsu & Xu 2020, arXiv 1903.07571, theorem 1; the distribution is ours",
    bears_on=on("double-descent-mean"),
    existence="drawn at random",
    switches={
        "features": "standard normal",
        "samples": SAMPLES,
        "of_features": FEATURES,
        "noise_variance": NOISE,
        "fit": "least squares, least norm",
        "precision": "float64",
    },
)
PEAK = TRIAL.but(bears_on=on("double-descent-peak"))
BEYOND = TRIAL.but(bears_on=on("double-descent-beyond"))
PRESCIENT = TRIAL.but(bears_on=on("double-descent-prescient"))
RIDGE = TRIAL.but(
    source="Bayes' rule, see theory/modern/double_descent.py",
    bears_on=on("double-descent-peak", role="control"),
    switches={"fit": "ridge, best penalty"},
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each kind of coefficients: every number of features against its formula, and the shape of the curve."""
    found: list[Verdict] = []
    for signal, rows in table.groupby("signal", sort=False):
        found += [one for p, some in rows.groupby("p") for one in _against_formula(str(signal), int(p), some)]
        found += [*_peak(str(signal), rows), *_least(str(signal), rows), *_no_peak(str(signal), rows)]
    return found


def _against_formula(signal: str, p: int, rows: pd.DataFrame) -> Iterator[Verdict]:
    if abs(p - SAMPLES) >= NEAR * SAMPLES:
        yield _mean(signal, p, rows)
    elif abs(p - SAMPLES) <= 1:
        yield _median(signal, p, rows)


def _mean(signal: str, p: int, rows: pd.DataFrame) -> Verdict:
    ratios, expected = (rows["risk"] / rows["mean"]).to_numpy(float), rows["mean"].iloc[0]
    how = f"Mean excess risk over its formula. Student's {percent()} interval over draws of samples."
    return TRIAL.verdict(
        f"mean/{signal}/{p}",
        "The mean excess risk of least squares follows the formula.",
        Measured(lambda α: mean_interval(ratios, α), len(ratios), how=how),
        within(1.0, MARGIN),
        prediction=f"mean risk / {_formula(p)} = 1, within {MARGIN:g}",
        notes=f"the formula says {expected:.4g}; s and r are squared coefficients of seen and unseen features, v is "
        "r plus the noise",
        finding=f"With {p} features and {SAMPLES} samples the mean excess risk is {{measured}} times the formula's "
        f"{expected:.3g}.",
        signal=signal,
        p=p,
    )


def _formula(p: int) -> str:
    return "(r + v p/(n - p - 1))" if p < SAMPLES else "(r + s (1 - n/p) + v n/(p - n - 1))"


def _median(signal: str, p: int, rows: pd.DataFrame) -> Verdict:
    ratios, expected = (rows["risk"] / rows["median"]).to_numpy(float), rows["median"].iloc[0]
    how = f"Median excess risk over that of the distribution. {percent()} interval by order statistics of draws."
    return TRIAL.verdict(
        f"median/{signal}/{p}",
        "Where the expected risk is infinite, the median of the excess risk is still that of the formula's "
        "distribution.",
        Measured(lambda α: median_interval(ratios, α), len(ratios), how=how),
        within(1.0, MARGIN_OF_MEDIANS),
        prediction=f"median risk / median of the distribution = 1, within {MARGIN_OF_MEDIANS:g}",
        notes=f"the distribution has the median {expected:.4g} and no mean; the largest of these draws is "
        f"{rows['risk'].max():.3g}",
        signal=signal,
        p=p,
    )


def _values(rows: pd.DataFrame, p: float, column: str = "risk") -> np.ndarray:
    """Risks with p features; none where that number was not measured."""
    return rows.loc[rows["p"] == p, column].to_numpy(float)


def _peak(signal: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    top = _values(rows, SAMPLES)
    for side in SIDES:
        other = _values(rows, side * SAMPLES)
        if not len(top) or not len(other):
            continue
        how = (
            "Median excess risk with as many features as samples, less that with "
            f"{side * SAMPLES:g}. {percent()} interval from order statistics of draws."
        )
        yield PEAK.verdict(
            f"peak/{signal}/{side * SAMPLES:g}",
            f"The risk with as many features as samples is higher than with {side:g} times as many.",
            _difference(slope_of_medians, other, top, how),
            above(0.0),
            prediction="difference > 0",
            notes=f"medians {np.median(top):.3g} and {np.median(other):.3g}",
            finding=f"The median excess risk is {np.median(top):.3g} with {SAMPLES} features for {SAMPLES} samples, "
            f"and {np.median(other):.3g} with {side * SAMPLES:g} features.",
            signal=signal,
            p=[SAMPLES, int(side * SAMPLES)],
        )


def _difference(slope: Callable[..., tuple], first: np.ndarray, second: np.ndarray, how: str) -> Measured:
    """The second sample less the first, as a slope from 0 to 1."""
    at = np.array([0.0, 1.0])
    return Measured(lambda α: slope(at, [first, second], α), len(first) + len(second), how=how)


def _least(signal: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    """All features against the number below the peak that has the least risk by the formula."""
    means = rows[rows["p"] < SAMPLES].groupby("p")["mean"].first()
    every = _values(rows, FEATURES)
    if not len(every) or means.empty:
        return
    best = int(means.idxmin())
    how = (
        f"Mean excess risk with all {FEATURES} features, less that with {best}, which is least by the formula among "
        f"those that were measured below {SAMPLES}. Welch's {percent()} interval."
    )
    trial, words, rule = (BEYOND, "less", below(0.0)) if signal == SPREAD else (PRESCIENT, "more", above(0.0))
    yield trial.verdict(
        f"least/{signal}",
        f"All {FEATURES} features have {words} risk than any number of them below that of the samples.",
        _difference(slope_of_means, _values(rows, best), every, how),
        rule,
        prediction=f"difference {'<' if signal == SPREAD else '>'} 0",
        notes=f"means {every.mean():.4g} and {_values(rows, best).mean():.4g}",
        finding=f"The mean excess risk is {every.mean():.3g} with all features, and "
        f"{_values(rows, best).mean():.3g} with {best}; {_in_words(signal)}.",
        signal=signal,
        p=[FEATURES, best],
    )


def _in_words(signal: str) -> str:
    return "every feature matters equally" if signal == SPREAD else "the best features come first"


def _no_peak(signal: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    side = HIGHER_WITH_RIDGE[signal]
    top, other = _values(rows, SAMPLES, "ridge"), _values(rows, side * SAMPLES, "ridge")
    if not len(top) or not len(other):
        return
    how = (
        "Mean excess risk of ridge regression with as many features as samples, less that with "
        f"{side * SAMPLES:g}. Welch's {percent()} interval."
    )
    yield RIDGE.verdict(
        f"no-peak-with-ridge/{signal}",
        f"With the best ridge penalty the peak is gone: with {side:g} times as many features as samples the risk is "
        "higher than with as many.",
        _difference(slope_of_means, other, top, how),
        below(0.0),
        prediction="difference < 0",
        notes=f"means {top.mean():.4g} and {other.mean():.4g}",
        signal=signal,
        p=[SAMPLES, int(side * SAMPLES)],
    )
