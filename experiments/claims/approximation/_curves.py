"""Networks of one hidden layer and one input on the target curves: trained, finished on the host, measured.

Training, choosing and judging use three different sets of points: the midpoints of equal intervals of [-1, 1], the
midpoints of twice as many intervals, and a grid with both ends. The host may improve a trained network by a `Finish`.
This may fit the first set by leaps in between, so it is kept only if it helps on the second. Errors are measured on the
third.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, input_scale, layers_of, trained_again
from experiments.plan import Unit
from theory.approximation.construction import outputs
from theory.approximation.curves import CURVES, Curve, grid, midpoints, root_mean_square
from theory.dense import Layers

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome


class Finish(NamedTuple):
    """How trained networks are finished and read.

    Attributes:
        σ: the activation of the hidden units, on the host in float64.
        improved: (x, y of each network, networks) -> networks with smaller errors at these points.
    """

    σ: Callable[[np.ndarray], np.ndarray]
    improved: Callable[[np.ndarray, np.ndarray, list[Layers]], list[Layers]]


class Finished(NamedTuple):
    """A finished network, and the values of its row."""

    layers: Layers
    facts: dict[str, float]


def train(unit: Unit, activation: str, optimizer: str) -> "TrainingOutcome":
    """Trains a network for every cell by the squared loss; the axis `input_scale`, if any, multiplies the inputs."""
    from experiments import ensemble

    program, x, members = _training(unit, activation, optimizer)
    return ensemble.train_ensemble(program, x, members, unit.engine.layout, unit.engine.chunk)


def _training(unit: Unit, activation: str, optimizer: str) -> tuple["Program", np.ndarray, "Members"]:
    from experiments import ensemble

    cells, x = unit.cells, midpoints(unit.settings.train_points)
    program = program_with(
        unit,
        sizes=(1, unit.static("width"), 1),
        activation=activation,
        loss="squared",
        optimizer=optimizer,
        stop_when_solved=False,
    )
    targets = {name: CURVES[name].of(x) for name in cells["target"].unique()}
    y = np.stack([targets[name] for name in cells["target"]])
    members = ensemble.Members(unit.keys, y, cells["learning_rate"].to_numpy())
    return program, input_scale(unit) * x[:, None], members


def measured(unit: Unit, outcome: "TrainingOutcome", finish: Finish) -> tuple[pd.DataFrame, list[Layers]]:
    """The cells with training loss and errors on the grid, as trained and when finished; and the networks."""
    done = finished(unit, outcome, finish)
    facts = pd.DataFrame([one.facts for one in done], index=unit.cells.index)
    return unit.cells.assign(**facts, steps=outcome.steps, key=hexadecimal(unit)), [one.layers for one in done]


def finished(unit: Unit, outcome: "TrainingOutcome", finish: Finish) -> list[Finished]:
    """Every network of a unit: its training loss, and its errors as trained and when finished."""
    settings, scale, x = unit.settings, input_scale(unit), grid(unit.settings.points)
    curves = [CURVES[name] for name in unit.cells["target"]]
    trained = [_in_double_precision(layers_of(outcome, i, scale)) for i in range(len(curves))]
    best = list(trained)
    finite = np.flatnonzero(np.isfinite(outcome.loss)).tolist()
    if finite:
        x_train, elsewhere = midpoints(settings.train_points), midpoints(2 * settings.train_points)
        y = np.stack([curves[i].of(x_train) for i in finite])
        improved = finish.improved(x_train, y, [trained[i] for i in finite])
        for i, other in zip(finite, improved, strict=True):
            pair = [errors_of(some, curves[i], elsewhere, finish.σ)["rms"] for some in (trained[i], other)]
            best[i] = other if pair[1] < pair[0] else trained[i]
    found = []
    for begun, last, curve, loss in zip(trained, best, curves, outcome.loss.tolist(), strict=True):
        before = errors_of(begun, curve, x, finish.σ)["rms"]
        found.append(Finished(last, {"loss": loss, "trained_rms": before, **errors_of(last, curve, x, finish.σ)}))
    return found


def _in_double_precision(layers: Layers) -> Layers:
    return tuple((np.asarray(W, float), np.asarray(b, float)) for W, b in layers)


def errors_of(layers: Layers, curve: Curve, x: Float[np.ndarray, " points"], σ: Callable) -> dict[str, float]:
    """Root mean square error and largest error of a network at points; NaN if it has diverged."""
    with np.errstate(invalid="ignore", over="ignore"):
        errors = outputs(layers, x, σ) - curve.of(x)
    return {"rms": root_mean_square(errors), "sup": float(np.abs(errors).max())}


def rebuild(unit: Unit, activation: str, optimizer: str, finish: Finish, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, finished, with the losses of training."""
    program, x, members = _training(unit, activation, optimizer)
    outcome, curve = trained_again(unit, program, x, members, int(row["steps"]))
    layers, facts = finished(unit, outcome, finish)[0]
    return Rebuilt(list(layers), curve, facts)
