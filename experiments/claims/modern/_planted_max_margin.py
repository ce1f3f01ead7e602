"""Tables planted for the rules of max-margin, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import max_margin
from experiments.claims.modern.max_margin import COMPARED, LOG_TIMES
from experiments.claims.modern.max_margin.verdicts import (
    DESCENT,
    FLOW,
    LAST,
    LOGISTIC,
    MARGIN_OF_RATIO,
    MARGIN_OF_SLOPE,
    POLYNOMIAL,
)
from experiments.judging.planting import Planted, Rng

SETS = max_margin.Settings().sets
# Slopes and ratios vary over sets by about this, and some by far more: seen on seed 101.
SPREAD = 0.03


def scattered(rng: Rng) -> np.ndarray:
    """Student's numbers with two degrees of freedom, whose median is 0 and whose variance is infinite."""
    return SPREAD * rng.standard_t(2, SETS)


def flows(slopes: np.ndarray, loss: str = LOGISTIC) -> pd.DataFrame:
    """Sets of points whose angle is a power of log t, with the constant of that angle, and descent beside."""
    facts = {"dimensions": 2, "tail": loss, "supports": 2, "steps": 100_000, "margin": 0.999, "constant": 1.0}
    sets = np.arange(len(slopes))
    parts = [
        pd.DataFrame({**facts, "draw": sets, "way": way, "log_time": at, "angle": (at / LAST) ** slopes / LAST})
        for way, at in [*((FLOW, at) for at in LOG_TIMES), (DESCENT, COMPARED)]
    ]
    return pd.concat(parts, ignore_index=True)


def slope(effect: float, rng: Rng) -> pd.DataFrame:
    """100 sets whose slope is above -1 by the margin, and by a quarter of it less with each unit."""
    return flows(-1 + MARGIN_OF_SLOPE * (1 - effect / 4) + scattered(rng))


def stays(effect: float, rng: Rng) -> pd.DataFrame:
    """100 sets whose slope is above 0 by the margin, and by a quarter of it less with each unit."""
    return flows(MARGIN_OF_SLOPE * (1 - effect / 4) + scattered(rng), POLYNOMIAL)


def constant(effect: float, rng: Rng) -> pd.DataFrame:
    """100 sets whose angle is above its constant by the margin, and by a quarter of it less with each unit."""
    rows, ratios = flows(-np.ones(SETS)), 1 + MARGIN_OF_RATIO * (1 - effect / 4) + scattered(rng)
    return rows.assign(constant=1 / ratios[rows["draw"]])


def descent(effect: float, rng: Rng) -> pd.DataFrame:
    """100 sets whose angle is above that of the flow by the margin, and by a quarter of it less with each unit."""
    rows, ratios = flows(-np.ones(SETS)), 1 + MARGIN_OF_RATIO * (1 - effect / 4) + scattered(rng)
    return rows.assign(angle=rows["angle"] * np.where(rows["way"] == DESCENT, ratios[rows["draw"]], 1.0))


ORDERED = "order statistics of 100 sets within a margin"
PLANTED = {
    "max-margin/slope": Planted(max_margin.judge, slope, "slope/", ORDERED, "margin / 4"),
    "max-margin/constant": Planted(max_margin.judge, constant, "constant/", ORDERED, "margin / 4"),
    "max-margin/descent": Planted(max_margin.judge, descent, "descent/", ORDERED, "margin / 4"),
    "max-margin/polynomial-tail": Planted(max_margin.judge, stays, "polynomial-tail/", ORDERED, "margin / 4"),
}
