"""approximation.optimum: the theorem says that a good network exists; does training find it?

One input, rectifiers. Below every network of a width is an exact floor, the best piecewise-linear fit with as many
pieces, and next to the floor a network that is known, see theory/approximation/piecewise.py. Networks of the same width
are trained from many initial weights, near each other or spread out, and finished by second-order steps. These may fit
the training points by leaps between them, so they are taken only where they help on a second set of points. Errors are
measured on a third. All is done with two budgets, to tell what training cannot find from what it has not found yet.
"""

import functools
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import _curves as curves
from experiments.claims.approximation.optimum import figures
from experiments.claims.approximation.optimum.broken_lines import (
    DRAWN_WIDTH,
    NEGLIGIBLE,
    ROUNDING,
    as_text,
    negligible,
    random_rectifiers,
    references,
    second_order,
)
from experiments.claims.approximation.optimum.fair_runs import Series, series
from experiments.drawing.style import Drawing
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging import budgets
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.statistics import percent, slope_of_medians
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation.construction import rectify
from theory.approximation.curves import CURVES, grid, midpoints

FOUND = 2.0
ASYMPTOTIC = 4
MARGIN = 0.25
CLOSE, FAR = 0.25, 2.0
# Errors of random features that are kept: more than there are targets and restarts at one width.
REMEMBERED = 4096


FLOOR = Trial(
    source="proved by counting kinks, theory/approximation/piecewise.py; here it checks the harness itself",
    bears_on=on("universal-approximation", role="control"),
    existence="found by training",
    switches={
        "inputs": "one, in [-1, 1]",
        "hidden_layers": 1,
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "loss": "squared, on all points at once",
        "finish": "Levenberg-Marquardt on all weights in float64, where it helps on points not trained on",
        "norm": "root mean square on a grid that neither saw",
    },
)
BEST_RATE = FLOOR.but(
    source="free-knot approximation by lines; the constant is derived in theory/approximation/piecewise.py",
    bears_on=on("universal-approximation", role="variant"),
    existence="representable",
)
GAP = FLOOR.but(
    source="the post, ch. II, says that it exists; that training need not find it: Adcock & Dexter, 2001.07523 "
    "(abstract)",
    bears_on=on("universal-approximation", role="variant"),
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `train_points` are equal parts' middles, `points` an equally spaced grid with both ends,
    on which errors are measured. For every thousand of the `steps` second-order steps may take `finish` evaluations, in
    float64; they are checked on the middles of twice as many parts. Training sees inputs `input_scale` times as large:
    the larger, the more units of the first network have their kink among them.
    """

    target: list[str] = setting(["sine", "bump", "ramp", "root"], choices=tuple(CURVES))
    width: list[int] = setting([2, 4, 8, 16, 32], low=1, high=200, static=True)
    optimizer: list[str] = fields.optimizer(["adam", "sgd"], static=True)
    input_scale: list[float] = setting([1.0, 4.0], low=0.001, high=1000.0, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.1])
    restarts: int = setting(32, low=2, high=1_000_000, counts="restart", follows="restarts")
    steps: list[int] = fields.steps([2500, 5000], static=True)
    schedule: str = fields.schedule("cosine")
    finish: int = setting(40, low=1, high=100_000)
    train_points: int = setting(256, low=2, high=1_000_000)
    points: int = setting(1001, low=2, high=5000)
    where: str = setting("steps == 5000 or restart < 16")


SMOKE = {
    "target": ["sine"],
    "width": [4, 8],
    "optimizer": ["adam"],
    "input_scale": [4.0],
    "learning_rate": [0.03],
    "restarts": 4,
    "steps": [150, 300],
    "train_points": 64,
    "points": 201,
    "where": "",
}
FULL = {
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "restarts": 64,
    "steps": [10_000, 20_000],
    "where": "",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its training loss, errors on the grid as trained and when finished, and what they face."""
    width, outcome = unit.static("width"), curves.train(unit, "rectifier", unit.static("optimizer"))
    rows, networks = curves.measured(unit, outcome, _finish(unit))
    faced = [references(target, width, unit.settings.points)._asdict() for target in unit.cells["target"]]
    # For the figure alone, so at one width only.
    text = [as_text(layers) if width == DRAWN_WIDTH else "" for layers in networks]
    return rows.assign(random_rms=_random_errors(unit), network=text, **pd.DataFrame(faced, index=rows.index))


def _random_errors(unit: Unit) -> list[float]:
    """Errors of random features, see `_random_error`."""
    settings, cells = unit.settings, unit.cells
    grids = (settings.train_points, settings.points)
    pairs = zip(cells["target"], cells["restart"].tolist(), strict=True)
    return [_random_error(unit.seed, target, unit.static("width"), restart, *grids) for target, restart in pairs]


@functools.lru_cache(maxsize=REMEMBERED)
def _random_error(seed: int, target: str, width: int, restart: int, train_points: int, points: int) -> float:
    """Kinks anywhere, only the output layer is fitted: the same for every way to train, and so calculated once."""
    rng = random_generator(seed, "random kinks", width, restart)
    layers = random_rectifiers(midpoints(train_points), CURVES[target], width, rng)
    return curves.errors_of(layers, CURVES[target], grid(points), rectify)["rms"]


def _finish(unit: Unit) -> curves.Finish:
    return curves.Finish(rectify, functools.partial(second_order, _evaluations(unit)))


def _evaluations(unit: Unit) -> int:
    return max(1, unit.settings.finish * unit.static("steps") // 1000)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as finished."""
    return curves.rebuild(unit, "rectifier", unit.static("optimizer"), _finish(unit), row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network is worse than `FOUND` times the known one."""
    none = [negligible(*pair) for pair in zip(table["target"], table["floor"], strict=True)]
    return ~(table["rms"] <= FOUND * np.maximum(table["reachable"], none))


def work(unit: Unit) -> Work:
    """All updates; second-order steps cost about as much as a factorisation of the Jacobian each."""
    settings, width = unit.settings, unit.static("width")
    updates = len(unit.cells) * unit.static("steps")
    finish = len(unit.cells) * _evaluations(unit) * settings.train_points * 4.0 * (2 * width + 1) ** 2
    return Work(updates, updates * settings.train_points * 18.0 * width + finish)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether the floor holds, how fast the best fit falls, and how far from it training ends and how fast it falls."""
    verdicts = [_floor(table)]
    verdicts += [_best_rate(str(target), rows) for target, rows in table.groupby("target", sort=False) if _falls(rows)]
    for one in series(table):
        rows = table[(table["target"] == one.target) & (table["optimizer"] == one.optimizer)]
        verdicts += [_gap(one, rows), *([_growth(one, rows)] if _falls(rows) else [])]
    return verdicts


def _falls(rows: pd.DataFrame) -> bool:
    """Whether there are slopes to speak of: three widths, and a floor that is not 0."""
    errors = rows[rows["width"] >= ASYMPTOTIC].groupby("width")["floor"].min()
    return len(errors) >= 3 and bool((errors > ROUNDING).all())


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": rows["target"],
        "width": rows["width"].sort_values(),
        "optimizer": rows["optimizer"],
        "learning_rate": rows["learning_rate"].sort_values(),
        "input_scale": rows["input_scale"].sort_values(),
        "updates": rows["steps"].sort_values(),
    }


def _floor(table: pd.DataFrame) -> Verdict:
    positive = table[(table["floor"] > ROUNDING) & table["rms"].notna()]
    ratios = positive[["rms", "trained_rms"]].min(axis=1) / positive["floor"]
    beaten = int((ratios < 1 - ROUNDING).sum())
    if beaten:
        # It is a theorem: a network below the floor is an error of this program.
        logging.getLogger(__name__).error("%d networks are below the exact floor: the harness errs", beaten)
    how = (
        "The proof covers all networks; those that were trained only try to refute it. The least ratio of all networks "
        f"with a floor above {ROUNDING:g}, as trained and as finished."
    )
    return FLOOR.verdict(
        "floor",
        "No network of m rectifiers has a smaller error than the best m + 1 lines on runs of neighbouring points.",
        Measured.exactly(ratios.min(), len(positive), how=how),
        Rule(
            f"Supported if no ratio is below 1 - {ROUNDING:g}, inconclusive if there is no such network. Contradicted "
            "if one is below, which would mean an error of this program and spoil every verdict on optimum.",
            lambda m: decide(m.value >= 1 - ROUNDING, m.value < 1 - ROUNDING),
        ),
        prediction="least error / floor >= 1",
        notes=f"{beaten} are below",
        **_switches(table),
    )


def _best_rate(target: str, rows: pd.DataFrame) -> Verdict:
    facts = rows.loc[rows["width"].idxmax(), ["width", "floor", "reachable", "asymptote"]]
    low, high = float(facts["floor"] / facts["asymptote"]), float(facts["reachable"] / facts["asymptote"])
    how = "At the largest width; the interval goes from the floor to the network near it, and the best is between them."
    return BEST_RATE.verdict(
        f"best-rate/{target}",
        f"The error of the best network of m rectifiers falls as (m + 1)^-2, with a known constant: {target}.",
        Measured.exactly(high, rows["width"].nunique(), low, high, how),
        Rule(
            f"Supported if both are within {CLOSE:.0%} of the asymptote, contradicted if the floor is more than "
            f"{FAR:g} times as large, else inconclusive.",
            lambda m: decide(m.low >= 1 - CLOSE and m.high <= 1 + CLOSE, m.low > FAR),
        ),
        prediction=f"error / asymptote of m + 1 best lines = 1 at m = {facts['width']:g}",
        notes="nothing is trained",
        target=target,
        width=rows["width"].sort_values(),
    )


def _gap(one: Series, rows: pd.DataFrame) -> Verdict:
    facts, none = one.facts.iloc[-1], negligible(one.target, one.facts["floor"].iloc[-1])
    known, floor = max(facts["reachable"], none), max(facts["floor"], none)
    least, before, began = one.least()[-1], one.least_before()[-1], one.settings

    def estimate(α: float) -> tuple[float, float, float]:
        low, high = one.interval(α)[-1]
        return float(least / known), float(low / known), float(high / floor)

    def later(α: float) -> tuple[float, float, float]:
        with np.errstate(divide="ignore", invalid="ignore"):
            value, low, high, half = np.log(np.array([least, *one.interval(α)[-1], before]) / known)
        low, high = budgets.extended(value, low, high, half)
        return float(np.exp(value)), float(np.exp(low)), float(np.exp(high))

    how = (
        "At the largest width. The first quarter of the restarts chooses the learning rate and the scale of inputs, "
        f"the others are judged: the median over choices of {one.k} runs of their least error, with a {percent()} "
        "interval from order statistics. Its lower end is over the known network, its upper end over the floor, so "
        f"that it holds wherever the best network is between them. Where the floor is 0, errors below {NEGLIGIBLE:g} "
        "of the target's norm count as that."
    )
    runs = len(one.errors[-1])
    return GAP.verdict(
        f"gap/{one.target}/{one.optimizer}",
        f"Training finds a network with an error of at most {FOUND:g} times that of the best of its width, which is "
        f"between an exact floor and a known network: {one.target}, {one.optimizer}.",
        Measured(estimate, runs, how=how, beside={"later": Measured(later, runs)}),
        budgets.at_most(FOUND),
        prediction=f"error, best of {one.k} runs / error of the best network <= {FOUND:g} at m = {facts['width']:g}; "
        "measured over the known network",
        notes=f"chosen: learning rate {began['learning_rate']:g}, scale {began['input_scale']:g}; with half of the "
        f"budget it is {before / known:.3g} over the known network; over the floor, with all of it, "
        f"{least / floor:.3g}; floor {facts['floor']:.3g}, known network {facts['reachable']:.3g}, broken line of the "
        f"construction {facts['interpolant']:.3g}",
        **_switches(rows),
    )


def _growth(one: Series, rows: pd.DataFrame) -> Verdict:
    asymptotic = (one.facts["width"] >= ASYMPTOTIC).to_numpy()
    widths, known, floor = (
        np.log2(one.facts.loc[asymptotic, name].to_numpy(float)) for name in ("width", "reachable", "floor")
    )
    errors, before = (
        [np.log2(some) for some, counts in zip(runs, asymptotic, strict=True) if counts]
        for runs in (one.errors, one.before)
    )
    # The best network is between floor and known network; at either end of the widths it may be one or the other.
    wider = widths > widths.mean()
    over_known = _less(errors, known)
    over_least, over_most = (_less(errors, np.where(wider, *some)) for some in ((known, floor), (floor, known)))
    slope_before = slope_of_medians(widths, _less(before, known))[0]

    def estimate(α: float) -> tuple[float, float, float]:
        slope, _, _ = slope_of_medians(widths, over_known, α)
        return slope, slope_of_medians(widths, over_least, α)[1], slope_of_medians(widths, over_most, α)[2]

    diverged = sum(int(np.isinf(some).sum()) for some in errors)
    how = (
        f"Runs chosen as for the gap, but typical ones: the median over them, at each m >= {ASYMPTOTIC}. {diverged} of "
        "these runs have diverged: they are censored, and count as larger than others. Least-squares slope of the "
        f"medians' logarithms, with a {percent()} interval from order statistics. Measured is over the known network; "
        "the interval holds wherever between floor and known network the best one is at each width."
    )
    return GAP.verdict(
        f"gap-growth/{one.target}/{one.optimizer}",
        f"Trained error falls with the width as fast as that of the best network: {one.target}, {one.optimizer}.",
        budgets.with_later(Measured(estimate, sum(map(len, errors)), how=how), slope_before),
        Rule(
            f"A gap that grows slower than m^{MARGIN:g} counts as none: supported if the interval is below {MARGIN:g}, "
            f"contradicted if above, {budgets.STILL}, else inconclusive.",
            lambda m: decide(m.high < MARGIN, budgets.later(m).low > MARGIN),
        ),
        prediction=f"slope of log(error / error of the best network) on log(m) <= {MARGIN:g}",
        notes=f"with half of the budget the slope is {slope_before:.3g}",
        **_switches(rows),
    )


def _less(errors: list[np.ndarray], logarithms: np.ndarray) -> list[np.ndarray]:
    return [some - best for some, best in zip(errors, logarithms, strict=True)]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against width, the gap against the number of restarts, and networks on top of their targets."""
    return figures.draw(table)
