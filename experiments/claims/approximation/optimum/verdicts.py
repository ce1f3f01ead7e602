"""Verdicts of approximation.optimum: what its table says, put before rules."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation.optimum.broken_lines import (
    NEGLIGIBLE,
    ROUNDING,
    negligible,
)
from experiments.claims.approximation.optimum.fair_runs import Series, series
from experiments.judging import budgets
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.statistics import percent, slope_of_medians
from experiments.judging.verdict import Trial, Verdict, on

# Training has found a network if its error is at most this factor above that of the best of its width.
FOUND = 2.0


# Slopes are taken from this width on.
ASYMPTOTIC = 4


# A gap that grows slower than m to this power counts as constant.
MARGIN = 0.25


# Errors may differ from the asymptote by the share CLOSE; a factor of more than FAR contradicts it.
CLOSE, FAR = 0.25, 2.0


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
    source="the post, ch. II: such a network exists; Adcock & Dexter, 2001.07523 (abstract): training need not find it",
    bears_on=on("universal-approximation", role="variant"),
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether the floor holds, how fast the best error falls, and how far above it training ends."""
    verdicts = [_floor(table)]
    verdicts += [_best_rate(str(target), rows) for target, rows in table.groupby("target", sort=False) if _falls(rows)]
    for one in series(table):
        rows = table[(table["target"] == one.target) & (table["optimizer"] == one.optimizer)]
        verdicts += [_gap(one, rows), *([_growth(one, rows)] if _falls(rows) else [])]
    return verdicts


def _falls(rows: pd.DataFrame) -> bool:
    """Whether slopes make sense: there are three widths, and the floor is not 0."""
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
        # The floor is a theorem: a network below it means an error of this program.
        logging.getLogger(__name__).error("%d networks are below the exact floor: the harness errs", beaten)
    how = (
        "A proof covers all networks; the trained networks only try to refute it. Measured is the least ratio of all "
        f"networks with a floor above {ROUNDING:g}, as trained and as finished."
    )
    return FLOOR.verdict(
        "floor",
        "No network of m rectifiers has a smaller error than the best fit by m + 1 lines, each on neighbouring points.",
        Measured.exactly(ratios.min(), len(positive), how=how),
        Rule(
            f"Supported if no ratio is below 1 - {ROUNDING:g}, inconclusive if there is no such network. Contradicted "
            "if one is below: then this program has an error, and no verdict of optimum can be trusted.",
            lambda m: decide(m.value >= 1 - ROUNDING, m.value < 1 - ROUNDING),
        ),
        prediction="least error / floor >= 1",
        notes=f"{beaten} are below",
        **_switches(table),
    )


def _best_rate(target: str, rows: pd.DataFrame) -> Verdict:
    facts = rows.loc[rows["width"].idxmax(), ["width", "floor", "reachable", "asymptote"]]
    low, high = float(facts["floor"] / facts["asymptote"]), float(facts["reachable"] / facts["asymptote"])
    how = "At the largest width. The best error is between the floor and the network near it, the interval's two ends."
    return BEST_RATE.verdict(
        f"best-rate/{target}",
        f"The error of the best network of m rectifiers falls as (m + 1)^-2 times a known constant: {target}.",
        Measured.exactly(high, rows["width"].nunique(), low, high, how),
        Rule(
            f"Supported if both ends are within {CLOSE:.0%} of the asymptote, contradicted if the floor is more than "
            f"{FAR:g} times the asymptote, else inconclusive.",
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
        "At the largest width. The first quarter of the restarts chooses the learning rate and the scale of inputs; "
        f"the others are judged. Measured is the median least error of {one.k} runs, with a {percent()} interval from "
        "order statistics. The lower end is divided by the error of the known network, the upper end by the floor. So "
        f"the interval holds wherever the best network is between them. If the floor is 0, errors below {NEGLIGIBLE:g} "
        "of the target's norm count as that share."
    )
    runs = len(one.errors[-1])
    return GAP.verdict(
        f"gap/{one.target}/{one.optimizer}",
        f"Training finds a network with an error of at most {FOUND:g} times that of the best network of its width: "
        f"{one.target}, {one.optimizer}.",
        Measured(estimate, runs, how=how, beside={"later": Measured(later, runs)}),
        budgets.at_most(FOUND),
        prediction=f"error, best of {one.k} runs / error of the best network <= {FOUND:g} at m = {facts['width']:g}; "
        "measured over the known network",
        notes=f"chosen: learning rate {began['learning_rate']:g}, scale {began['input_scale']:g}; over the known "
        f"network with half of the budget: {before / known:.3g}; over the floor with all of it: {least / floor:.3g}; "
        f"errors: floor {facts['floor']:.3g}, known network {facts['reachable']:.3g}, broken line of the construction "
        f"{facts['interpolant']:.3g}",
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
    # The best network is between the floor and the known network, and may be either of them at each width.
    wider = widths > widths.mean()
    over_known = _less(errors, known)
    over_least, over_most = (_less(errors, np.where(wider, *some)) for some in ((known, floor), (floor, known)))
    slope_before = slope_of_medians(widths, _less(before, known))[0]

    def estimate(α: float) -> tuple[float, float, float]:
        slope, _, _ = slope_of_medians(widths, over_known, α)
        return slope, slope_of_medians(widths, over_least, α)[1], slope_of_medians(widths, over_most, α)[2]

    diverged = sum(int(np.isinf(some).sum()) for some in errors)
    how = (
        f"Runs are chosen as for the gap; here the median of all judged runs counts, at each m >= {ASYMPTOTIC}. "
        f"{diverged} of these runs have diverged: they are censored, and count as larger than the others. Measured is "
        f"the least-squares slope of the medians' logarithms, with a {percent()} interval from order statistics. The "
        "value is for errors over the known network; the interval holds wherever the best network is between the floor "
        "and the known network at each width."
    )
    return GAP.verdict(
        f"gap-growth/{one.target}/{one.optimizer}",
        f"The error of trained networks falls with the width as fast as that of the best networks: {one.target}, "
        f"{one.optimizer}.",
        budgets.with_later(Measured(estimate, sum(map(len, errors)), how=how), slope_before),
        Rule(
            f"A gap that grows slower than m^{MARGIN:g} counts as constant: supported if the interval is below "
            f"{MARGIN:g}, contradicted if above, {budgets.STILL}, else inconclusive.",
            lambda m: decide(m.high < MARGIN, budgets.later(m).low > MARGIN),
        ),
        prediction=f"slope of log(error / error of the best network) on log(m) <= {MARGIN:g}",
        notes=f"with half of the budget the slope is {slope_before:.3g}",
        **_switches(rows),
    )


def _less(errors: list[np.ndarray], logarithms: np.ndarray) -> list[np.ndarray]:
    return [some - best for some, best in zip(errors, logarithms, strict=True)]
