"""approximation.narrow: rectifier networks no wider than their input approximate no bowl, however deep; wider ones do.

The bowl is Σ (x_i - ½)² on a ball, see theory/approximation/narrow.py, and errors are largest errors on that ball.
Networks from one unit narrower than the input to four units wider are trained at many depths; the construction of width
d + 1 stands beside them. What a trained network's error is found to be it errs at a point, so it is at least that.
Width d + 1 is trained with two budgets, to tell what training does not find from what it has not found yet.
"""

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation.narrow import bowls, figures
from experiments.claims.approximation.narrow.bowls import POINTS, SEARCH, STARTS
from experiments.drawing.style import Drawing
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging import budgets
from experiments.judging.budgets import RATE, by_budget
from experiments.judging.choosing import chooses
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, decide, exhibits
from experiments.judging.statistics import exact_interval, percent, slope_of_rates
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation import narrow

TRAINED = Trial(
    source="Dommel & Wegner, arXiv 2510.07202",
    bears_on=on("narrow", "against", "variant"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear, fitted to the least largest error",
        "target": "the bowl Σ (x_i - ½)² on a ball",
        "norm": "largest error on the ball",
        "points": POINTS,
    },
)
FLOOR = TRAINED.but(bears_on=on("narrow", "against", "variant") + on("dommel-floor"))
SHARPER = FLOOR.but(source=f"theory/approximation/narrow.py, ours, sharper than {TRAINED.source}")
WIDER = TRAINED.but(
    source="Hanin, arXiv 1708.02691; theory/approximation/narrow.py",
    bears_on=on("narrow") + on("hanin-wider", role="variant"),
    existence="representable",
)
FOUND = TRAINED.but(source="ours: what is representable need not be found", bears_on=on("narrow", role="variant"))
COLLAPSE = TRAINED.but(source="Lu et al., arXiv 1903.06733: dying ReLU and initialization (from memory, not checked)")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: d inputs, and `depth` hidden layers of d + `spare` units each."""

    d: list[int] = setting([2, 3], low=1, high=20, static=True)
    spare: list[int] = setting([-1, 0, 1, 2, 4], low=-19, high=1000, static=True)
    depth: list[int] = setting([1, 2, 4, 8, 16], low=1, high=64, static=True)
    learning_rate: list[float] = fields.learning_rate([0.003, 0.01, 0.03])
    restarts: int = setting(48, low=2, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    steps: list[int] = fields.steps([400, 800], static=True)
    # At width d + 1 it is open whether training finds a better network; shallow ones cost little.
    where: str = setting(
        "d + spare >= 1 and (steps == 800 and restart < 8 or spare == 1 and depth <= 4 and (steps == 800 "
        "or restart < 32))"
    )


SMOKE = {
    "d": [2],
    "spare": [0, 1],
    "depth": [1, 2],
    "restarts": 4,
    "steps": [100, 200],
    "where": "d + spare >= 1",
}
FULL = {
    "d": [2, 3, 4, 8],
    "spare": [-1, 0, 1, 2, 3, 4],
    "restarts": 100,
    "steps": [2500, 5000],
    "where": "d + spare >= 1",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: its largest error on the ball, and what became of its units, see `bowls.measure`."""
    return bowls.measure(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, with the better of two output layers."""
    return bowls.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network is no better than the best of width d, a constant."""
    return ~_below_floor(table)


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    return bowls.work(unit)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The floor that was published and the true one; then whether one more unit suffices, on paper and in training."""
    slim, wider = table[table["spare"] <= 0], table[table["spare"] == 1]
    verdicts = []
    if len(slim):
        verdicts += [_floor("published", FLOOR, narrow.PUBLISHED_FLOOR, slim)]
        verdicts += [_floor("as-good-as-constant", SHARPER, narrow.FLOOR, slim)]
    if wider["construction_error"].notna().any():
        verdicts.append(_representable(wider[wider["construction_error"].notna()]))
    for d, rows in wider.groupby("d"):
        verdicts += [_found(int(d), rows), _collapse(int(d), rows)]
    return verdicts


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "d": rows["d"].sort_values(),
        "width": [f"d{spare:+d}" if spare else "d" for spare in sorted(rows["spare"].unique())],
        "hidden_layers": rows["depth"].sort_values(),
        "updates": rows["steps"].sort_values(),
        "learning_rate": rows["learning_rate"].sort_values(),
    }


def _floor(name: str, trial: Trial, floor: float, rows: pd.DataFrame) -> Verdict:
    lowest = floor * (1 - SEARCH)
    below = int((rows["error"] < lowest).sum())
    if below:
        logging.getLogger(__name__).error("%d networks err by less than the proved floor %g", below, floor)
    how = (
        "It is proved, so training can only fail to refute it. Least error of all trained networks of width d or less. "
        f"The error of each is the largest that is found on {STARTS:,} points and by a search from the worst of them, "
        f"which may miss {SEARCH:.0%} of it."
    )
    return trial.verdict(
        f"floor/{name}",
        f"Every rectifier network no wider than its input errs by at least {floor:g} on the bowl, however deep.",
        Measured.exactly(rows["error"].min(), len(rows), how=how),
        Rule(
            "Supported if it is at least the floor, but for what the search may miss; contradicted if not, which would "
            "mean an error of the proof or of this program.",
            lambda m: decide(m.value >= lowest, m.value < lowest),
        ),
        prediction=f"least error >= {floor:g}",
        notes=f"{below} networks are below",
        **_switches(rows),
    )


def _representable(rows: pd.DataFrame) -> Verdict:
    least = rows.groupby("d")["construction_error"].min()
    reached = ", ".join(f"{error:.4f} for d = {d}" for d, error in least.items())
    how = (
        "The error is half the square of the radius at which balls about the points of tangency cover the ball, at "
        "most that on a grid and half the diagonal of its cells; the largest over d."
    )
    return WIDER.verdict(
        "wider/representable",
        f"With one unit more in each layer networks err by less than {narrow.PUBLISHED_FLOOR:g}, less the deeper.",
        Measured.exactly(least.max(), len(least), how=how),
        exhibits("it is below the published floor", bool(least.max() < narrow.PUBLISHED_FLOOR)),
        finding="One unit wider than the input, a deep network errs by {measured}; no wider, it errs by "
        f"{narrow.PUBLISHED_FLOOR:g} at least, however deep.",
        prediction=f"largest over d of the error of the deepest < {narrow.PUBLISHED_FLOOR:g}",
        notes=f"maximum of tangents, one more for every hidden layer of width d + 1; errors: {reached}",
        d=least.index,
        width="d+1",
        hidden_layers=f"up to {rows['depth'].max()}",
    )


def _below_floor(rows: pd.DataFrame) -> pd.Series:
    """Whether networks are better than any of width d: below the true floor by more than a search may miss."""
    return rows["error"] < narrow.FLOOR * (1 - SEARCH)


def best_setting(rows: pd.DataFrame) -> pd.DataFrame:
    """The judged restarts at the depth and learning rate where most of those that choose are below the floor.

    Some settings have fewer restarts. Shares are those with two more runs that are not below the floor, so that two
    lucky runs are not the best setting.
    """
    setting = [rows["depth"], rows["learning_rate"]]
    choose = rows.groupby(setting)["restart"].transform(chooses).astype(bool)
    first = _below_floor(rows[choose]).groupby(setting).agg(["sum", "size"])
    depth, rate = (first["sum"] / (first["size"] + 2)).idxmax()
    return rows[~choose & (rows["depth"] == depth) & (rows["learning_rate"] == rate)]


def _found(d: int, rows: pd.DataFrame) -> Verdict:
    now, half = by_budget(rows)
    judged = best_setting(now)
    before = _below_floor(best_setting(half) if len(half) else half)
    how = (
        "The first quarter of the restarts chooses, for every budget, the depth and learning rate with the largest "
        "share of such runs; the others are judged."
    )
    return FOUND.verdict(
        f"wider/found/d={d}",
        f"Most runs of training at width d + 1 find a network better than any of width d, d = {d}.",
        budgets.success_share(_below_floor(judged), before, how),
        budgets.FOUND,
        prediction=f"share of runs with an error below {narrow.FLOOR:g} > {RATE:g}",
        notes=f"chosen: depth {judged['depth'].iloc[0]}, learning rate {judged['learning_rate'].iloc[0]:g}; "
        f"{budgets.before_in_words(before)}; the best of all runs at this width errs by {rows['error'].min():.4f}",
        **_switches(rows),
    )


def _collapse(d: int, rows: pd.DataFrame) -> Verdict:
    rows, _ = by_budget(rows)
    counts = rows.groupby("depth")["collapsed"].agg(["sum", "size"])
    x, hits, trials = np.log2(counts.index.to_numpy(float)), counts["sum"].to_numpy(), counts["size"].to_numpy()
    how = (
        "Runs at all learning rates, with the largest budget; each has initial weights of its own. Least-squares slope "
        f"of their shares with a {percent()} interval by Zou & Donner from Clopper & Pearson's for every depth."
    )
    return COLLAPSE.verdict(
        f"deeper-collapses/d={d}",
        f"At width d + 1, the deeper, the more runs collapse to a constant because a layer dies, d = {d}.",
        Measured(lambda α: slope_of_rates(x, hits, trials, exact_interval, α), len(rows), how=how),
        above(0),
        prediction="slope of the share of collapsed runs on log2(depth) > 0",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least errors and dead units by depth and width, errors against depth at width d + 1, and how many units die."""
    return figures.draw(table)
