"""Shared by the claims about trained depth: networks of several depths fit targets; one row per network."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble import cells
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit
from theory.approximation import features
from theory.dense import Layers
from theory.depth.compositions import parameters
from theory.depth.targets import DomainTarget
from theory.restarts.tasks import Task

if TYPE_CHECKING:
    from experiments.ensemble import Program, TrainingOutcome

# Widths that programs are compiled for: networks share one, since compiling takes longer than running.
ROOMS = (32, 64, 128, 256, 1024)
# Least number of inputs that such a program has room for.
ROOM_OF_INPUTS = 8


@dataclass(frozen=True)
class Regression:
    """What the networks of a unit learn.

    Attributes:
        targets: the target of every cell.
        x: the points that all networks are trained on.
        standard: whether networks learn (y - mean) / standard deviation; else they learn y.
    """

    targets: Sequence[DomainTarget]
    x: Float[np.ndarray, "points inputs"]
    standard: bool = True

    @functools.cached_property
    def y(self) -> Float[np.ndarray, "cells points"]:
        """The targets at the points of training."""
        return np.stack([target.value(self.x) for target in self.targets])

    @property
    def shift(self) -> Float[np.ndarray, "cells 1"]:
        """The value that is learned as 0."""
        return self.y.mean(1, keepdims=True) if self.standard else np.zeros((len(self.targets), 1))

    @property
    def scale(self) -> Float[np.ndarray, "cells 1"]:
        """The value that is learned as 1, minus the value that is learned as 0."""
        return self.y.std(1, keepdims=True) if self.standard else np.ones((len(self.targets), 1))

    @property
    def task(self) -> Task:
        """The task of training. No loss solves it, because other points judge."""
        return Task(self.x, (self.y - self.shift) / self.scale, -np.inf)

    def answers(
        self, networks: Sequence[Layers], activation: str, points: Float[np.ndarray, "some inputs"]
    ) -> Float[np.ndarray, "cells some"]:
        """Each cell's network evaluated at other points, in the units of the target."""
        outputs = np.stack([features.outputs(layers, points, activation) for layers in networks])
        return outputs * self.scale + self.shift

    def relative_errors(
        self, networks: Sequence[Layers], activation: str, points: Float[np.ndarray, "some inputs"]
    ) -> Float[np.ndarray, " cells"]:
        """Root mean squared error over the standard deviation of the target, both at the points.

        The best constant predictor has the error 1; a network that diverged has an infinite error.
        """
        truth = np.stack([target.value(points) for target in self.targets])
        missed = np.sqrt(np.mean((self.answers(networks, activation, points) - truth) ** 2, axis=1))
        return np.nan_to_num(missed / truth.std(1), nan=np.inf)


def fit(unit: Unit, regression: Regression, program: "Program") -> tuple[pd.DataFrame, list[Layers]]:
    """Trains a network for every cell.

    Returns:
        The cells with what `cells.train` says of each, and the parameters and hidden neurons of its network, counted
        from the weights; and the networks, which give what the regression's targets are scaled to.
    """
    rows, outcome = cells.train(unit, regression.task, program)
    networks = [_layers(outcome, i) for i in range(len(rows))]
    counts = [(parameters(layers), sum(len(b) for _, b in layers[:-1])) for layers in networks]
    rows[["parameters", "neurons"]] = counts
    return rows, networks


def rebuild(unit: Unit, regression: Regression, program: "Program", row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, see `cells.rebuild`."""
    return cells.rebuild(unit, regression.task, program, row)


def _layers(outcome: "TrainingOutcome", i: int) -> Layers:
    return [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network]


def room(inputs: int, width: int, depth: int, halved: bool) -> tuple[int, ...]:
    """Layer sizes that a network is compiled as, with room for its own.

    Its first hidden layer has `width` units. Later layers have as many, or, if `halved`, half of the layer before.
    """
    from theory.depth.budget import halved_widths

    roomy = next((size for size in ROOMS if size >= width), width)
    hidden = halved_widths(roomy, depth) if halved else (roomy,) * depth
    return (max(inputs, ROOM_OF_INPUTS), *hidden, 1)
