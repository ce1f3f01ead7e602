"""Tables planted for the rules of double-descent, see experiments/judging/planting.py.

Risks are drawn from the distribution in theory/modern/double_descent.py, with the claim's own numbers of draws.
"""

import numpy as np
import pandas as pd

from experiments.claims.modern import double_descent, double_descent_trained
from experiments.claims.modern.double_descent.verdicts import FEATURES, MARGIN, MARGIN_OF_MEDIANS, NOISE, SAMPLES
from experiments.judging.planting import Planted, Rng
from theory.modern import double_descent as theory

DRAWS = double_descent.Settings().draws
TRAINED = double_descent_trained.Settings()
# Logarithms of ratios of errors of trained networks vary by this over restarts: seen on seed 101.
SPREAD = 0.8


def risks(p: int, rng: Rng, factor: float = 1.0, column: str = "risk") -> pd.DataFrame:
    """Draws with p features, each times a factor."""
    task = theory.task(theory.SPREAD, FEATURES, SAMPLES, p, NOISE)
    facts = {"signal": theory.SPREAD, "p": p, "mean": theory.mean_risk(task), "median": theory.median_risk(task)}
    drawn = {"risk": 1.0, "ridge": 1.0} | {column: factor * theory.drawn_risks(task, DRAWS, rng)}
    return pd.DataFrame({"draw": range(DRAWS), **facts, **drawn})


def mean(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 draws whose mean is above the formula by the margin, and by a quarter of it less with each unit."""
    return risks(30, rng, 1 + MARGIN * (1 - effect / 4))


def median(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 draws whose median is above the formula's by the margin, and by a quarter of it less with each unit."""
    return risks(SAMPLES, rng, 1 + MARGIN_OF_MEDIANS * (1 - effect / 4))


def peak(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 draws with 20 and with 40 features, of equal medians; at 40 it is higher by a tenth with each unit."""
    low, high = (theory.median_risk(theory.task(theory.SPREAD, FEATURES, SAMPLES, p, NOISE)) for p in (20, SAMPLES))
    return pd.concat([risks(20, rng), risks(SAMPLES, rng, low / high * (1 + effect / 10))], ignore_index=True)


def least(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 draws with 4 and with all features, of equal means; with all it is lower by 0.5 % with each unit."""
    return _equal(4, FEATURES, 1 - effect / 200, rng)


def ridge(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 draws of ridge with 20 and with 40 features, of equal means; with 40 it is lower by 1 % with each unit."""
    there = _equal(20, 80, 1 - effect / 100, rng, "ridge")
    return there.assign(p=there["p"].replace(80, SAMPLES))


def _equal(p: int, other: int, factor: float, rng: Rng, column: str = "risk") -> pd.DataFrame:
    first, second = (theory.mean_risk(theory.task(theory.SPREAD, FEATURES, SAMPLES, k, NOISE)) for k in (p, other))
    return pd.concat(
        [risks(p, rng, column=column), risks(other, rng, factor * first / second, column)], ignore_index=True
    )


def networks(at_peak: np.ndarray, ratio: np.ndarray) -> pd.DataFrame:
    """Trained networks of restarts: whether each errs most near the peak, and by how much more there than if wide."""
    near = min(TRAINED.width, key=lambda width: abs(double_descent_trained.parameters(width) - 48))
    parts = [
        pd.DataFrame({"width": width, "restart": range(len(ratio)), "error": ratio if width == near else 1.0})
        for width in TRAINED.width
    ]
    # Whoever errs most elsewhere does so with a width that the ratio does not look at.
    parts += [pd.DataFrame({"width": 16, "restart": np.flatnonzero(~at_peak), "error": 1e3})]
    parts += [pd.DataFrame({"width": 4, "restart": np.flatnonzero(at_peak), "error": 1e3})]
    rows = pd.concat(parts, ignore_index=True).drop_duplicates(["width", "restart"], keep="last")
    parameters = rows["width"].map(double_descent_trained.parameters)
    return rows.assign(noise=0.5, steps=TRAINED.steps, parameters=parameters).reset_index(drop=True)


def peaks(effect: float, rng: Rng) -> pd.DataFrame:
    """48 restarts; half of them err most near the peak, and an eighth of all more with each unit."""
    share = double_descent_trained.MOST + effect / 8
    return networks(rng.random(TRAINED.restarts) < share, np.ones(TRAINED.restarts))


def no_peaks(effect: float, rng: Rng) -> pd.DataFrame:
    """48 restarts without noise; half of them err most near the peak, and an eighth of all fewer with each unit."""
    return peaks(-effect, rng).assign(noise=0.0)


def falls(effect: float, rng: Rng) -> pd.DataFrame:
    """48 restarts that err as much near the peak as if wide, and by a quarter more with each unit."""
    ratio = 1.25**effect * np.exp(SPREAD * rng.normal(size=TRAINED.restarts))
    return networks(np.ones(TRAINED.restarts, bool), ratio)


PLANTED = {
    "double-descent/mean": Planted(
        double_descent.judge, mean, "mean/", "Student's interval within a margin, 1000 draws", "margin / 4"
    ),
    "double-descent/median": Planted(
        double_descent.judge, median, "median/", "order statistics within a margin, 1000 draws", "margin / 4"
    ),
    "double-descent/peak": Planted(
        double_descent.judge, peak, "peak/", "a difference of medians, 1000 draws each", "1/10"
    ),
    "double-descent/least": Planted(
        double_descent.judge, least, "least/", "Welch's interval of a difference, 1000 draws each", "0.5 %"
    ),
    "double-descent/no-peak-with-ridge": Planted(
        double_descent.judge, ridge, "no-peak-with-ridge/", "Welch's interval of a difference, 1000 draws each", "1 %"
    ),
    "double-descent-trained/peak": Planted(
        double_descent_trained.judge, peaks, "peak/", "exact interval of a rate, 48 runs", "1/8"
    ),
    "double-descent-trained/no-peak-without-noise": Planted(
        double_descent_trained.judge, no_peaks, "no-peak-without-noise", "exact interval of a rate, 48 runs", "1/8"
    ),
    "double-descent-trained/falls": Planted(
        double_descent_trained.judge,
        falls,
        "/641/",
        "Student's interval of a logarithm, 48 runs",
        "25 %",
        kinds=("falls",),
    ),
}
