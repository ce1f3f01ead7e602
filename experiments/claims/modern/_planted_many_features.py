"""Tables planted for the rules about many features, see experiments/judging/planting.py."""

import itertools

import numpy as np
import pandas as pd

from experiments.claims.modern import many_features as features
from experiments.claims.modern.many_features.verdicts import RARE, RATE, RECTIFIER
from experiments.judging.planting import Planted, Rng

SETTINGS = features.Settings()
N, M = 6, 3
# Change of a rate by one unit of an effect.
SHIFT = 0.1
# At the value of a pair, and at none.
AT, BETWEEN = 0.5, 0.6
# The share of dimensionalities at values of polytopes, at the border.
CHANCE = 0.5


def runs(importance: float) -> pd.DataFrame:
    """All runs of rare features; every feature is kept, and the first run at each p is the best."""
    axes = {
        "active": [p for p in SETTINGS.active if p <= RARE],
        "restart": range(SETTINGS.restarts),
        "feature": range(N),
    }
    table = pd.DataFrame(itertools.product(*axes.values()), columns=list(axes))
    return table.assign(
        output=RECTIFIER,
        n=N,
        m=M,
        importance=importance,
        loss=0.1 + table["restart"],
        loss_error=0.0,
        least_linear_loss=1.0,
        pairs=M,
        pairs_loss=0.2,
        ladder=True,
        corners=0,
        polygon_loss=np.nan,
        angle=np.nan,
        squared_length=1.0,
        dimensionality=AT,
        drawn_dimensionality=BETWEEN,
    )


def keeping(effect: float, rng: Rng) -> pd.DataFrame:
    """72 runs; half of them keep more features than dimensions, 10 % more with each unit, and the best ones do."""
    table = runs(0.7)
    of_run = table.groupby(["active", "restart"]).ngroup()
    more = rng.random(of_run.max() + 1) < RATE + SHIFT * effect
    kept = more[of_run] | (table["feature"] < M)
    # A run that keeps more loses less than all others.
    losses = np.where(more[of_run], table["loss"], table["loss"] + SETTINGS.restarts)
    return table.assign(squared_length=np.where(kept, 1.0, 0.0), loss=losses)


def clustering(effect: float, rng: Rng) -> pd.DataFrame:
    """72 runs of 6 features; half of the dimensionalities are at a value of a polytope, 10 % more with each unit in
    trained models, and half of them in random directions.
    """
    table = runs(1.0)
    trained = rng.random(len(table)) < CHANCE + SHIFT * effect
    drawn = rng.random(len(table)) < CHANCE
    return table.assign(
        dimensionality=np.where(trained, AT, BETWEEN), drawn_dimensionality=np.where(drawn, AT, BETWEEN)
    )


PLANTED = {
    "many-features/rare": Planted(features.judge, keeping, "rare/", "exact interval of a rate, 72 runs", "10 %"),
    "many-features/clusters": Planted(
        features.judge, clustering, "clusters/", "Student's interval of a mean difference, 72 runs", "10 %"
    ),
}
