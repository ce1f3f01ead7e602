"""Tables with planted effects for the rules about trained depth; `_planted.py` hands them on.

Every table has two budgets that differ by chance alone, so the interval at the larger one decides.
"""

import itertools
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import (
    equal_budget,
    linear_trained,
    neurons_to_accuracy,
    sawtooth_trained,
    trained_butterfly,
)
from experiments.claims.depth.equal_budget.verdicts import MARGIN
from experiments.judging.budgets import RATE
from experiments.judging.planting import Planted, Rng

# Both budgets.
STEPS = (1500, 3000)
# Change of a success rate by one unit of an effect.
SHIFT = 0.12


def _rows(**axes: Any) -> pd.DataFrame:
    """One row for every combination of the axes."""
    return pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes))


def _rate(effect: float) -> float:
    return float(np.clip(RATE + SHIFT * effect, 0, 1))


def errors(effect: float, rng: Rng) -> pd.DataFrame:
    """12 restarts of networks of 1, 2, 3 and 5 layers at two rates and two budgets. Logarithms of errors have heavy
    tails (Student's t with 2 degrees of freedom). The median ratio of one layer to any other depth is 1.25, times 1.3
    for each unit.
    """
    table = _rows(depth=(1, 2, 3, 5), learning_rate=(0.01, 0.03), steps=STEPS, restart=range(12))
    ratio = MARGIN * 1.3**effect
    for column in ("error", "validation_error"):
        noise = np.exp(0.15 * rng.standard_t(2, len(table)))
        table[column] = np.where(table["depth"] == 1, 0.3 * ratio, 0.3) * noise
    names = ("construction_depth", "construction_parameters", "construction_error")
    facts = dict.fromkeys((*names, "flat_parameters", "flat_error", "flat_is_least"), np.nan)
    return table.assign(**facts, target="tree", activation="tanh", budget=400, parameters=400)


def trees(effect: float, rng: Rng) -> pd.DataFrame:
    """12 restarts of networks for a tree at one rate and two budgets. With three layers a share of 0.5, and 0.12 more
    for each unit, finds the tree; with one layer every restart does.
    """
    table = errors(0.0, rng)
    table = table[table["depth"].isin([1, 3]) & (table["learning_rate"] == 0.01)].reset_index(drop=True)
    found = (table["depth"] == 1) | (rng.random(len(table)) < _rate(effect))
    error = np.where(found, 0.01, 0.3)
    known = {"construction_depth": 3.0, "construction_parameters": 121.0, "construction_error": 0.0}
    return table.assign(error=error, validation_error=error, **known)


def sawtooths(effect: float, rng: Rng) -> pd.DataFrame:
    """32 restarts at one rate and two budgets. A share of 0.5, and 0.12 more for each unit, finds the sawtooth; of the
    widest flat network every restart does.
    """
    table = _rows(shape=("deep", "shallow"), learning_rate=(0.01,), steps=STEPS, restart=range(32))
    solved = (table["shape"] == "shallow") | (rng.random(len(table)) < _rate(effect))
    times = np.where(table["shape"] == "shallow", 8, 2)
    return table.assign(k=2, times=times, solved=solved, loss=np.where(solved, 0.0, 0.05), pieces=4.0, neurons=8.0)


def butterflies(effect: float, rng: Rng) -> pd.DataFrame:
    """16 restarts at one rate and two budgets for each of five N. At N = 64 a share of 0.5, and 0.12 more for each
    unit, finds the transform; at other N every restart does.
    """
    table = _rows(N=(4, 8, 16, 32, 64), learning_rate=(0.3,), steps=STEPS, restart=range(16))
    solved = (table["N"] < 64) | (rng.random(len(table)) < _rate(effect))
    error = np.where(solved, 0.0, 0.1)
    facts = {"target": "fourier", "order": "bit-reversal", "floor": 0.0, "floor_of_all_orders": 0.0}
    return table.assign(solved=solved, error=error, **facts)


def butterflies_all_at_border(effect: float, rng: Rng) -> pd.DataFrame:
    """The same with a share of 0.5, and 0.12 more for each unit, at all five N, so that the worst of five is judged."""
    table = butterflies(effect, rng)
    solved = rng.random(len(table)) < _rate(effect)
    return table.assign(solved=solved, error=np.where(solved, 0.0, 0.1))


def linear(effect: float, rng: Rng) -> pd.DataFrame:
    """20 restarts at one rate and two budgets for each of two widths. A share of 0.5, and 0.12 more for each unit,
    reaches the least squares.
    """
    table = _rows(width=(1, 8), learning_rate=(0.03,), steps=STEPS, restart=range(20))
    solved = rng.random(len(table)) < _rate(effect)
    return table.assign(layers=2, activation="identity", floor=1.0, loss=np.where(solved, 1.0, 1.5), solved=solved)


def control(effect: float, rng: Rng) -> pd.DataFrame:
    """20 restarts at one rate and two budgets for each of three depths of tanh units. A share of 0.5, and 0.12 more for
    each unit, goes below the least squares.
    """
    table = _rows(layers=(1, 2, 4), learning_rate=(0.03,), steps=STEPS, restart=range(20))
    below = rng.random(len(table)) < _rate(effect)
    return table.assign(width=8, activation="tanh", floor=1.0, loss=np.where(below, 0.5, 1.5), solved=False)


def _curves(rng: Rng, form: str, needed: Any, noise: float = 0.15) -> pd.DataFrame:
    """Errors that fall as 1 over the neurons, with noise; they are 0.1 at the neurons needed."""
    table = _rows(
        n=(2, 3, 4, 5, 6, 7, 8), neurons=2 ** np.arange(9), learning_rate=(0.03,), steps=STEPS, restart=range(2)
    )
    table["error"] = 0.1 * needed(table["n"]) / table["neurons"] * np.exp(noise * rng.standard_normal(len(table)))
    facts = {"domain": "positive", "activation": "tanh", "form": form}
    return table.assign(validation_error=table["error"], **facts)


def flat_growth(effect: float, rng: Rng) -> pd.DataFrame:
    """Neurons of one hidden layer that grow as a power of n, 2 and 0.3 more for each unit, from 2 for n = 2. There are
    nine widths, two restarts, and noise of 15 % on every error.
    """
    return _curves(rng, "flat", lambda n: 2 * (n / 2) ** (2 + 0.3 * effect))


def deep_growth(effect: float, rng: Rng) -> pd.DataFrame:
    """Neurons of log2 n hidden layers that grow as a power of n, 2 less 0.3 for each unit, from 2 for n = 2. There are
    nine widths, two restarts, and noise of 15 % on every error.
    """
    return _curves(rng, "deep", lambda n: 2 * (n / 2) ** (2 - 0.3 * effect))


def gains(effect: float, rng: Rng) -> pd.DataFrame:
    """Neurons of both forms that grow as n^1.5; those of the flat form grow by a factor of 2^(0.1 n) more for each
    unit. There are nine widths, two restarts, and noise of 15 % on every error.
    """
    flat = _curves(rng, "flat", lambda n: 3 * (n / 2) ** 1.5 * 2 ** (0.1 * effect * (n - 5)))
    deep = _curves(rng, "deep", lambda n: 3 * (n / 2) ** 1.5)
    return pd.concat([flat, deep[deep["n"] > 2]], ignore_index=True)


_RATE_UNIT = f"{SHIFT:g}"
_STUDENT = "Student's interval of a slope over n"
PLANTED = {
    "equal-budget/wins": Planted(
        equal_budget.judge, errors, "/wins/", "order statistics of ratios, 9 pairs", "a factor of 1.3"
    ),
    "equal-budget/found": Planted(equal_budget.judge, trees, "/found/", "exact interval of a rate, 9 runs", _RATE_UNIT),
    "sawtooth-trained/found": Planted(
        sawtooth_trained.judge,
        sawtooths,
        "/found/deep/",
        "exact interval of a rate, 24 runs",
        _RATE_UNIT,
        kinds=("found",),
    ),
    "trained-butterfly/found": Planted(
        trained_butterfly.judge, butterflies, "/found/", "exact interval of the worst of five rates", _RATE_UNIT
    ),
    "trained-butterfly/found-at-all": Planted(
        trained_butterfly.judge, butterflies_all_at_border, "/found/", "the same, all five at the border", _RATE_UNIT
    ),
    "linear-trained/reached": Planted(
        linear_trained.judge, linear, "/reached/", "exact interval of the worse of two rates", _RATE_UNIT
    ),
    "linear-trained/control": Planted(
        linear_trained.judge, control, "/control", "exact interval of the worst of three rates", _RATE_UNIT
    ),
    "neurons-to-accuracy/growth-flat": Planted(
        neurons_to_accuracy.judge,
        flat_growth,
        "/growth/flat/positive/tanh/0.1",
        _STUDENT,
        "0.3 in the power of n",
        kinds=("growth/flat",),
    ),
    "neurons-to-accuracy/growth-deep": Planted(
        neurons_to_accuracy.judge,
        deep_growth,
        "/growth/deep/positive/tanh/0.1",
        _STUDENT,
        "0.3 in the power of n",
        kinds=("growth/deep",),
    ),
    "neurons-to-accuracy/advantage": Planted(
        neurons_to_accuracy.judge,
        gains,
        "/advantage/positive/tanh/0.1",
        _STUDENT,
        "0.1 bits a number",
        kinds=("advantage",),
    ),
}
