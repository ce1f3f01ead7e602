"""Tables planted for the rules of boolean functions, see experiments/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.boolean import perceptron_counts
from experiments.planting import Planted, Rng


def counts(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 draws over four numbers of ones, two of them more likely than the others."""
    probabilities = (1 + 0.1 * effect * np.array([1, 1, -1, -1])) / 4
    drawn = [*rng.multinomial(2000, probabilities), 0]
    facts = {"domain": "zero-one", "bias": "none", "n": 2, "draws": 2000}
    return pd.DataFrame({**facts, "t": range(5), "count": drawn, "patterns": [1, 1, 1, 1, 0]})


PLANTED = {
    "perceptron-counts/zero-one": Planted(
        perceptron_counts.judge, counts, "zero-one", "chi-square test", "10 %", perceptron_counts.LEVEL, test=True
    ),
}
