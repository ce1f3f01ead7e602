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

from experiments.drawing import Drawing
from experiments.figures.approximation import optimum as figures
from experiments.measuring import curves
from experiments.measuring.broken_lines import (
    DRAWN_WIDTH,
    NEGLIGIBLE,
    ROUNDING,
    as_text,
    negligible,
    random_rectifiers,
    references,
    second_order,
)
from experiments.measuring.budgets import STILL, extended
from experiments.measuring.fair_runs import Series, series
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import percent, slope_of_medians
from experiments.verdict import Verdict, decide
from theory.approximation.construction import rectify
from theory.approximation.curves import CURVES, grid, midpoints

STATIC = ("width", "optimizer", "input_scale", "steps")
FOUND = 2.0
ASYMPTOTIC = 4
MARGIN = 0.25
CLOSE, FAR = 0.25, 2.0
# Errors of random features that are kept: more than there are targets and restarts at one width.
REMEMBERED = 4096
SOURCE = "the post, ch. II, says that it exists; that training need not find it: Adcock & Dexter, 2001.07523 (abstract)"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `train_points` are equal parts' middles, `points` an equally spaced grid with both ends,
    on which errors are measured. For every thousand of the `steps` second-order steps may take `finish` evaluations, in
    float64; they are checked on the middles of twice as many parts. Training sees inputs `input_scale` times as large:
    the larger, the more units of the first network have their kink among them.
    """

    target: list[str] = setting(["sine", "bump", "ramp", "root"], choices=tuple(CURVES))
    width: list[int] = setting([2, 4, 8, 16, 32], low=1, high=200)
    optimizer: list[str] = setting(
        ["adam", "sgd"], choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam")
    )
    input_scale: list[float] = setting([1.0, 4.0], low=0.001, high=1000.0)
    learning_rate: list[float] = setting([0.01, 0.1], low=1e-9, high=1000.0)
    restarts: int = setting(low=2, high=1_000_000, counts="restart")
    steps: list[int] = setting([2500, 5000], low=1, high=100_000_000)
    schedule: str = setting("cosine", choices=("constant", "linear", "cosine"))
    finish: int = setting(40, low=1, high=100_000)
    train_points: int = setting(256, low=2, high=1_000_000)
    points: int = setting(1001, low=2, high=5000)


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


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    rates, scales = (
        ", ".join(f"{value:g}" for value in sorted(rows[axis].unique())) for axis in ("learning_rate", "input_scale")
    )
    updates = " and ".join(f"{steps:,}" for steps in sorted(rows["steps"].unique()))
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"one input in [-1, 1], one hidden layer of m rectifiers with biases, linear output; targets "
        f"{', '.join(rows['target'].unique())}; m = {', '.join(map(str, sorted(rows['width'].unique())))}; squared "
        f"loss on all points at once, {', '.join(rows['optimizer'].unique())}, learning rates {rates}, inputs scaled "
        f"by {scales}, {updates} updates, then Levenberg-Marquardt on all weights in float64, where it helps on points "
        "not trained on; "
        "root mean square errors on a grid that neither saw",
    }
    return Verdict(claim=f"approximation.optimum/{name}", statement=statement, **(standard | others))


def _floor(table: pd.DataFrame) -> Verdict:
    positive = table[(table["floor"] > ROUNDING) & table["rms"].notna()]
    ratios = positive[["rms", "trained_rms"]].min(axis=1) / positive["floor"]
    ratio, beaten = float(ratios.min()), int((ratios < 1 - ROUNDING).sum())
    if beaten:
        # It is a theorem: a network below the floor is an error of this program.
        logging.getLogger(__name__).error("%d networks are below the exact floor: the harness errs", beaten)
    return _verdict(
        "floor",
        "No network of m rectifiers has a smaller error than the best m + 1 lines on runs of neighbouring points.",
        table,
        source="proved by counting kinks, theory/approximation/piecewise.py; here it checks the harness itself",
        prediction="least error / floor >= 1",
        measured=ratio,
        low=ratio,
        high=ratio,
        samples=len(positive),
        evidence="exact",
        rule="The proof covers all networks; those that were trained only try to refute it. Of all networks whose "
        f"floor is above {ROUNDING:g}, as trained and as finished. Supported if no ratio is below 1 - {ROUNDING:g}, "
        "inconclusive if there is no such network. Contradicted if one is below, which would mean an error of this "
        f"program and spoil every verdict on optimum; {beaten} are.",
        verdict=decide(ratio >= 1 - ROUNDING, ratio < 1 - ROUNDING),
    )


def _best_rate(target: str, rows: pd.DataFrame) -> Verdict:
    facts = rows.loc[rows["width"].idxmax(), ["width", "floor", "reachable", "asymptote"]]
    low, high = float(facts["floor"] / facts["asymptote"]), float(facts["reachable"] / facts["asymptote"])
    return _verdict(
        f"best-rate/{target}",
        f"The error of the best network of m rectifiers falls as (m + 1)^-2, with a known constant: {target}.",
        rows,
        source="free-knot approximation by lines; the constant is derived in theory/approximation/piecewise.py",
        hypotheses="one input in [-1, 1], m rectifiers with biases, linear output; root mean square error on an "
        "equally spaced grid; nothing is trained",
        existence="representable",
        evidence="exact",
        prediction=f"error / asymptote of m + 1 best lines = 1 at m = {facts['width']:g}",
        measured=high,
        low=low,
        high=high,
        samples=rows["width"].nunique(),
        rule="At the largest width; the interval goes from the floor to the network near it, and the best is "
        f"between them. Supported if both are within {CLOSE:.0%} of the asymptote, contradicted if the floor is "
        f"more than {FAR:g} times as large, else inconclusive.",
        verdict=decide(low >= 1 - CLOSE and high <= 1 + CLOSE, low > FAR),
    )


def _gap(one: Series, rows: pd.DataFrame) -> Verdict:
    facts, none = one.facts.iloc[-1], negligible(one.target, one.facts["floor"].iloc[-1])
    known, floor = max(facts["reachable"], none), max(facts["floor"], none)
    (low, high), least, before = one.interval()[-1], one.least()[-1], one.least_before()[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        later, _ = extended(*np.log(np.array([least, low, high, before]) / known))
    began = one.settings
    return _verdict(
        f"gap/{one.target}/{one.optimizer}",
        f"Training finds a network whose error is at most {FOUND:g} times that of the best of its width, which is "
        f"between an exact floor and a known network: {one.target}, {one.optimizer}.",
        rows,
        prediction=f"error, best of {one.k} runs / error of the best network <= {FOUND:g} at m = {facts['width']:g}; "
        "measured over the known network",
        measured=float(least / known),
        low=float(low / known),
        high=float(high / floor),
        samples=len(one.errors[-1]),
        rule="At the largest width. The first quarter of the restarts chooses the learning rate and the scale of "
        f"inputs (here {began['learning_rate']:g} and {began['input_scale']:g}), the others are judged: the median "
        f"over choices of {one.k} runs of their least error, with a {percent()} interval from order statistics. Its "
        "lower end is over the known network, its upper end over the floor, so that it holds wherever the best network "
        f"is between them. Supported if the interval is at most {FOUND:g}; contradicted if it is above {FOUND:g}, "
        f"{STILL}; else inconclusive. With half of the budget it is {before / known:.3g} over the known network; over "
        f"the floor, with all of it, {least / floor:.3g}. Where the floor is 0, errors below {NEGLIGIBLE:g} of the "
        f"target's norm count as that. Floor {facts['floor']:.3g}, known network {facts['reachable']:.3g}, broken line "
        f"of the construction {facts['interpolant']:.3g}.",
        verdict=decide(high / floor <= FOUND, later > np.log(FOUND)),
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
    slope, _, _ = slope_of_medians(widths, _less(errors, known))
    _, low, _ = slope_of_medians(widths, _less(errors, np.where(wider, known, floor)))
    _, _, high = slope_of_medians(widths, _less(errors, np.where(wider, floor, known)))
    slope_before, _, _ = slope_of_medians(widths, _less(before, known))
    later, _ = extended(slope, low, high, slope_before)
    diverged = sum(int(np.isinf(some).sum()) for some in errors)
    return _verdict(
        f"gap-growth/{one.target}/{one.optimizer}",
        f"Trained error falls with the width as fast as that of the best network: {one.target}, {one.optimizer}.",
        rows,
        prediction=f"slope of log(error / error of the best network) on log(m) <= {MARGIN:g}",
        measured=slope,
        low=low,
        high=high,
        samples=sum(map(len, errors)),
        rule="Runs chosen as for the gap, but typical ones: the median over them, at each m >= "
        f"{ASYMPTOTIC}. {diverged} of these runs have diverged: they are censored, and count as larger than others. "
        f"Least-squares slope of the medians' logarithms, with a {percent()} interval from order statistics. Measured "
        "is over the known network; the interval holds wherever between floor and known network "
        f"the best one is at each width. A gap that grows slower than m^{MARGIN:g} counts as none: supported if the "
        f"interval is below {MARGIN:g}, contradicted if above, {STILL}, else inconclusive. With half of the budget the "
        f"slope is {slope_before:.3g}.",
        verdict=decide(high < MARGIN, later > MARGIN),
    )


def _less(errors: list[np.ndarray], logarithms: np.ndarray) -> list[np.ndarray]:
    return [some - best for some, best in zip(errors, logarithms, strict=True)]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against width, the gap against the number of restarts, and networks on top of their targets."""
    return figures.draw(table)
