"""approximation.narrow: rectifier networks no wider than their input approximate no bowl, however deep; wider ones do.

The bowl is Σ (x_i - ½)² on a ball, see theory/approximation/narrow.py. Errors are largest errors on this ball. Networks
are trained at many depths, from one unit narrower than the input to four units wider, and compared with the
construction of width d + 1. The error found for a trained network is its error at some point, so its largest error is
at least that. Width d + 1 is trained with two budgets: this separates what training does not find from what it has not
found yet.
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
    # Whether training finds a better network is an open question at width d + 1 only; shallow networks cost little.
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
    """One row per trained network: its largest error on the ball, and its dead units, see `bowls.measure`."""
    return bowls.measure(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, with the better of two output layers."""
    return bowls.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network is no better than a constant, which is the best network of width d."""
    return ~_below_floor(table)


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    return bowls.work(unit)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The published floor and the exact one; then whether one more unit is enough, on paper and in training."""
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
        "A proof covers all networks; the trained networks only try to refute it. Measured is the least error of all "
        f"trained networks of width d or less. The error of a network is the largest found on {STARTS:,} points and by "
        f"a search from the worst of them, which may miss {SEARCH:.0%} of it."
    )
    return trial.verdict(
        f"floor/{name}",
        f"Every rectifier network no wider than its input, however deep, has an error of at least {floor:g} on the "
        "bowl.",
        Measured.exactly(rows["error"].min(), len(rows), how=how),
        Rule(
            f"Supported if it is at least the floor less {SEARCH:.0%}, which the search may miss. Contradicted if not: "
            "then the proof or this program has an error.",
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
        "The error is half the square of a radius: balls of this radius about the points of tangency cover the ball. A "
        "bound of the radius is the one on a grid plus half the diagonal of a cell. Measured is the largest error over "
        "d."
    )
    return WIDER.verdict(
        "wider/representable",
        f"A deep enough rectifier network of width d + 1 has an error below {narrow.PUBLISHED_FLOOR:g} on the bowl.",
        Measured.exactly(least.max(), len(least), how=how),
        exhibits("it is below the published floor", bool(least.max() < narrow.PUBLISHED_FLOOR)),
        finding="On a bowl, the squared distance from a point, a deep network that is one unit wider than its input "
        f"errs by {{measured}}; one that is no wider errs by {narrow.PUBLISHED_FLOOR:g} at least, however deep.",
        prediction=f"largest over d of the error of the deepest < {narrow.PUBLISHED_FLOOR:g}",
        notes=f"the network is a maximum of tangents, one more for every hidden layer; errors: {reached}",
        d=least.index,
        width="d+1",
        hidden_layers=f"up to {rows['depth'].max()}",
    )


def _below_floor(rows: pd.DataFrame) -> pd.Series:
    """Whether networks are better than all of width d: below the exact floor by more than a search may miss."""
    return rows["error"] < narrow.FLOOR * (1 - SEARCH)


def best_setting(rows: pd.DataFrame) -> pd.DataFrame:
    """The judged restarts at the depth and learning rate with the largest share of choosing restarts below the floor.

    Some settings have fewer restarts than others. Every share is taken with two added runs that are not below the
    floor; otherwise two lucky runs could be the best setting.
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
        "For every budget, the first quarter of the restarts chooses the depth and learning rate with the largest "
        "share of such runs. The other restarts are judged."
    )
    return FOUND.verdict(
        f"wider/found/d={d}",
        f"Most runs of training at width d + 1 find a network that is better than all of width d: d = {d}.",
        budgets.success_share(_below_floor(judged), before, how),
        budgets.FOUND,
        prediction=f"share of runs with an error below {narrow.FLOOR:g} > {RATE:g}",
        notes=f"chosen: depth {judged['depth'].iloc[0]}, learning rate {judged['learning_rate'].iloc[0]:g}; "
        f"{budgets.before_in_words(before)}; the best of all runs at this width has an error of "
        f"{rows['error'].min():.4f}",
        **_switches(rows),
    )


def _collapse(d: int, rows: pd.DataFrame) -> Verdict:
    rows, _ = by_budget(rows)
    counts = rows.groupby("depth")["collapsed"].agg(["sum", "size"])
    x, hits, trials = np.log2(counts.index.to_numpy(float)), counts["sum"].to_numpy(), counts["size"].to_numpy()
    how = (
        "Runs at all learning rates with the largest budget, each with its own initial weights. The least-squares "
        f"slope of the shares has Zou and Donner's {percent()} interval, from Clopper and Pearson's interval of every "
        "depth."
    )
    return COLLAPSE.verdict(
        f"deeper-collapses/d={d}",
        f"Deeper networks of width d + 1 collapse more often to a constant, because a layer dies: d = {d}.",
        Measured(lambda α: slope_of_rates(x, hits, trials, exact_interval, α), len(rows), how=how),
        above(0),
        prediction="slope of the share of collapsed runs on log2(depth) > 0",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least errors and dead units by depth and width, errors against depth at width d + 1, and how many units die."""
    return figures.draw(table)
