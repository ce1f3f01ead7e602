"""Tables planted for the rules of approximation, see experiments/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.approximation import _planted_curves, rate
from experiments.planting import Planted, Rng
from experiments.statistics import common_slope
from experiments.verdict import Verdict, decide


def line(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of two targets at six widths about a line with a slope of -1/2, and less for each unit."""
    x, group = np.tile(np.arange(6.0), 2), np.repeat([0, 1], 6)
    y = group + (rate.BARRON - 0.05 * effect) * x + 0.2 * rng.normal(size=12)
    return pd.DataFrame({"x": x, "y": y, "group": group})


def judge_line(table: pd.DataFrame) -> list[Verdict]:
    """As `rate` judges its slopes."""
    x, y, group = (table[name].to_numpy() for name in ("x", "y", "group"))
    slope, low, high = common_slope(x, y, group)
    return [
        Verdict(
            claim="slope",
            statement="A line falls at least so fast.",
            source="planted",
            hypotheses="",
            existence="representable",
            prediction=f"slope <= {rate.BARRON:g}",
            measured=slope,
            low=low,
            high=high,
            samples=len(table),
            evidence="statistical",
            rule="as approximation.rate",
            verdict=decide(high <= rate.BARRON, low > rate.BARRON),
        )
    ]


PLANTED = {
    "rate/slope": Planted(judge_line, line, "slope", "Student's interval of a slope, 12 points", "0.05"),
} | _planted_curves.PLANTED
