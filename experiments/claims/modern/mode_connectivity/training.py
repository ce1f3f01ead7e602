"""Training of mode-connectivity: the tasks, and three networks for every pair of starts."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float, Int, UInt32

from experiments.claims.modern.mode_connectivity.verdicts import TANH, TEACHER, UNITS, XOR
from experiments.ensemble.cells import program_with
from experiments.ensemble.tracing import CURVE, times_of_curve
from experiments.plan import Unit
from theory.modern.connectivity import Shallow

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome

# Points of a side of the square of inputs.
SIDE = 6
# Points of an update: half of all.
BATCH = SIDE**2 // 2
# Networks of a cell: two that learn the same, and with a teacher one that learns something else.
NETWORKS = {XOR: 2, TEACHER: 3}
# A teacher whose outputs have a smaller standard deviation is drawn again: its units hardly bend among the points.
VARIES = 0.1


class Drawn(NamedTuple):
    """What is drawn for each cell.

    Attributes:
        keys: of the networks' random numbers.
        y: what each network is to learn, of mean 0 and variance 1.
        shuffle: an order of the hidden units.
        flips: which units change their sign where that is allowed.
    """

    keys: UInt32[np.ndarray, "cells networks 2"]
    y: Float[np.ndarray, "cells networks points"]
    shuffle: Int[np.ndarray, "cells m"]
    flips: Int[np.ndarray, "cells m"]


def inputs(task: str) -> Float[np.ndarray, "points 2"]:
    """The points of a task: a square grid on [-1, 1]², or its four corners, each of them nine times.

    So the tasks have as many points, and share their programs.
    """
    side = np.linspace(-1, 1, SIDE)
    x = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    return x if task == TEACHER else np.sign(x)


def draw(unit: Unit) -> Drawn:
    """Keys, targets, and a shuffle for each cell."""
    drawn = [_drawn(unit, np.random.default_rng(key)) for key in unit.keys.tolist()]
    return Drawn(*(np.array(part) for part in zip(*drawn, strict=True)))


def _drawn(unit: Unit, rng: np.random.Generator) -> Drawn:
    task, m = unit.static("task"), unit.static("width")
    x = inputs(task)
    keys = rng.integers(0, 2**32, (NETWORKS[task], 2), dtype=np.uint32)
    if task == TEACHER:
        same, other = (_taught(unit.static("activation"), x, rng) for _ in range(2))
        y = [same, same, other]
    else:
        y = [x.prod(1)] * 2
    return Drawn(keys, np.array(y), rng.permutation(m), rng.integers(0, 2, m))


def _taught(activation: str, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The outputs of a random network of few units, with mean 0 and variance 1."""
    while True:
        w, b, v = rng.normal(size=(2, UNITS)), rng.normal(size=UNITS), rng.choice([-1.0, 1.0], UNITS)
        a = x @ w + b
        y = (np.tanh(a) if activation == TANH else np.maximum(a, 0)) @ v
        if y.std() >= VARIES:
            return (y - y.mean()) / y.std()


def trained(unit: Unit, drawn: Drawn) -> tuple[Shallow, Float[np.ndarray, "cells networks"]]:
    """The networks of every cell in float64, and their losses on their own targets, of which the variance is 1."""
    from experiments import ensemble

    return _by_cells(drawn, ensemble.train_ensemble(*_ensemble(unit, drawn)))


def trained_again(
    unit: Unit, drawn: Drawn
) -> tuple[Shallow, Float[np.ndarray, "1 networks"], list[int], Float[np.ndarray, "times networks"]]:
    """The same for one cell, with numbers of updates and the losses after them."""
    from experiments import ensemble

    times = times_of_curve(unit.settings.steps, CURVE)
    outcome, losses = ensemble.trace(*_ensemble(unit, drawn), times)
    return *_by_cells(drawn, outcome), times, losses


def _ensemble(unit: Unit, drawn: Drawn) -> tuple["Program", np.ndarray, "Members", str, int]:
    """What all networks of a unit are, one after the other, as `ensemble.train_ensemble` takes it."""
    from experiments import ensemble

    x, rate = inputs(unit.static("task")), unit.settings.learning_rate / unit.static("width")
    members = ensemble.Members(
        drawn.keys.reshape(-1, 2), drawn.y.reshape(-1, len(x)), np.full(drawn.keys[..., 0].size, rate)
    )
    return _program(unit), x, members, unit.engine.layout, unit.engine.chunk


def _by_cells(drawn: Drawn, outcome: "TrainingOutcome") -> tuple[Shallow, Float[np.ndarray, "cells networks"]]:
    """The networks and losses of an ensemble, by their cells."""
    (W, b), (v, c) = ((np.asarray(W, float), np.asarray(b, float)) for W, b in outcome.network)
    units = np.concatenate([W.swapaxes(1, 2), b[..., None], v], axis=2)
    shape = drawn.keys.shape[:2]
    network = Shallow(units.reshape(*shape, *units.shape[1:]), c.reshape(shape))
    return network, np.asarray(outcome.loss, float).reshape(shape)


def _program(unit: Unit) -> "Program":
    from experiments.claims.modern.mode_connectivity.searches import room

    width = unit.static("width")
    sizes, shared = (2, width, 1), (2, room(width), 1)
    return program_with(unit, sizes=sizes, room=shared, loss="squared", batch=BATCH, stop_when_solved=False)
