"""modern.grokking: networks that learn to add modulo p fit their examples first and generalise long after.

Two layers of quadratic units learn a part of all sums by plain gradient descent, see theory/modern/grokking.py. Their
answers to all sums are looked at every `every` updates. Weight decay is a switch, and so is the share of sums that
are examples. A run that has not generalised at the end is censored. Every restart has its own examples and initial
weights; runs of one restart that differ in weight decay share both. Labels that are drawn at random are the control.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.claims.modern.grokking.figures import draw
from experiments.claims.modern.grokking.verdicts import RANDOM, SUM, judge
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.modern import addition, grokking

if TYPE_CHECKING:
    from experiments.claims.modern.grokking.training import Members, Trained

__all__ = ["FULL", "SMOKE", "Settings", "draw", "judge", "measure", "rebuild", "work"]

# Of the examples, and of the rest, a run has to be right on these shares. Some examples may stay wrong for long.
FITTED, GENERALISES = 0.99, 0.9


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Moduli, shares of all sums that are examples, weight decays, labels, and how networks are trained."""

    p: list[int] = setting([23], low=3, high=499, such_that="p % 2 == 1", static=True)
    share: list[float] = setting([0.5, 0.6], low=0.01, high=0.99)
    weight_decay: list[float] = setting([0.0, 0.002], low=0.0, high=1.0)
    labels: list[str] = setting([SUM, RANDOM], choices=(SUM, RANDOM))
    # As many as let a unanimous share above 1/2 survive Holm's correction over a thousand verdicts.
    restarts: int = setting(24, low=2, high=1_000_000, counts="restart", follows="restarts")
    units: int = setting(64, low=1, high=100_000)
    learning_rate: float = fields.learning_rate(1.0)
    steps: int = fields.steps(4000)
    every: int = setting(20, low=1, high=1_000_000)
    where: str = setting("labels == 'sum' or weight_decay == 0 and share > 0.55")


SMOKE = {
    "p": [13],
    "share": [0.8],
    "weight_decay": [0.0, 0.005],
    "restarts": 3,
    "units": 48,
    "steps": 1000,
}
FULL = {
    "p": [23, 59, 97],
    "share": [0.4, 0.5, 0.6],
    "weight_decay": [0.0, 0.0005, 0.002],
    "restarts": 48,
    "units": 256,
    "steps": 30_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: when it fits and generalises, infinite if never, and what its units have learned."""
    settings = unit.settings
    return unit.cells.assign(
        units=settings.units, steps=settings.steps, **_found(unit, _trained(unit)), key=hexadecimal(unit)
    )


def _trained(unit: Unit) -> "Trained":
    from experiments.claims.modern.grokking import training

    settings = unit.settings
    return training.train(_members(unit), settings.learning_rate, settings.steps, settings.every)


def _found(unit: Unit, trained: "Trained") -> dict[str, np.ndarray]:
    """When networks fit and generalise, and what is measured at the end of training."""
    every, features = unit.settings.every, addition.features(trained.network)
    return {
        "fitted_at": _first(trained.train >= FITTED, every),
        "generalised_at": _first(trained.test >= GENERALISES, every),
        "train_accuracy": trained.train[:, -1],
        "test_accuracy": trained.test[:, -1],
        "one_frequency": features.share.mean(-1),
        "tied_phases": features.tied.mean(-1),
    }


def _first(reached: np.ndarray, every: int) -> np.ndarray:
    """Updates until the first look at which something is reached; infinite if it never is."""
    return np.where(reached.any(1), every * (reached.argmax(1) + 1.0), np.inf)


def _members(unit: Unit) -> "Members":
    from experiments.claims.modern.grokking import training

    p, cells = unit.static("p"), unit.cells
    starts = [
        grokking.initial(p, unit.settings.units, random_generator(unit.seed, "weights", p, restart))
        for restart in cells["restart"].tolist()
    ]
    network = addition.Adder(*(np.array(weights, np.float32) for weights in zip(*starts, strict=True)))
    examples = [
        grokking.examples(p, share, random_generator(unit.seed, "examples", p, restart))
        for share, restart in zip(cells["share"].tolist(), cells["restart"].tolist(), strict=True)
    ]
    labels = [
        addition.sums(p) if name == SUM else random_generator(unit.seed, "labels", p, restart).integers(0, p, (p, p))
        for name, restart in zip(cells["labels"].tolist(), cells["restart"].tolist(), strict=True)
    ]
    decay = cells["weight_decay"].to_numpy(np.float32)
    return training.Members(network, np.array(labels), np.array(examples), decay)


def rebuild(unit: Unit, _: dict[str, Any]) -> Rebuilt:
    """The network of one row after training again; its hidden units square."""
    trained = _trained(unit)
    losses = np.asarray(trained.loss[0])
    curve = curve_of(losses, unit.settings.every * np.arange(1, len(losses) + 1))
    network = addition.Adder(*(weights[0] for weights in trained.network))
    return Rebuilt(addition.layers(network), curve, {name: value[0] for name, value in _found(unit, trained).items()})


def work(unit: Unit) -> Work:
    """All updates: a product of matrices forward, and two backward."""
    steps = float(len(unit.cells) * unit.settings.steps)
    return Work(steps, steps * 6 * unit.static("p") ** 3 * unit.settings.units)
