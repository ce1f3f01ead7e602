"""Deep networks on the bowl of theory/approximation/narrow.py: trained, fitted to the largest error, and examined.

Units of work have the static axes d, spare, depth and steps: `depth` hidden layers of d + `spare` rectifiers each,
trained with a number of updates.
"""

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.plan import Unit, Work, random_generator
from theory.approximation import features, narrow
from theory.dense import Layers, Stacked

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

# Networks train on this number of points of the ball.
POINTS = 256
# The search for a largest error starts from this number of points.
STARTS = 2000
# Spacing of the grid on which a covering is checked, by dimension: a finer grid is more exact and costs more.
SPACING = {1: 0.001, 2: 0.005, 3: 0.015}
# Networks are compiled for widths that are a multiple of this.
ROOM = 8
# What the search for a largest error may miss of it.
SEARCH = 0.01


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: its largest error on the ball, and the share of its units that never fire there.

    The optimizer lowers the mean squared error. Then the output layer is fitted to minimise the largest error over the
    points. `trained_error` is the largest error on the ball before this fit, `error` the smaller of those before and
    after. `collapsed` networks are constant, because no unit of some layer fires. `construction_error` is the error of
    the construction of the same depth.
    """
    from experiments import ensemble

    program, x, members = _training(unit)
    outcome = ensemble.train_ensemble(program, _scaled(x), members, unit.engine.layout, unit.engine.chunk)
    _, found = _examine(unit, [layers_of(outcome, i) for i in range(len(unit.cells))], x)
    d, spare, depth = (unit.static(axis) for axis in ("d", "spare", "depth"))
    return unit.cells.assign(
        **found.set_index(unit.cells.index),
        loss=outcome.loss,
        steps=outcome.steps,
        key=hexadecimal(unit),
        construction_error=_construction_error(d, depth) if spare > 0 else np.nan,
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, for inputs (x - ½) / R; losses of training are for the target 8 f - 1."""
    program, x, members = _training(unit)
    outcome, curve = trained_again(unit, program, _scaled(x), members, int(row["steps"]))
    (layers,), found = _examine(unit, [layers_of(outcome, 0)], x)
    return Rebuilt(list(layers), curve, {"loss": outcome.loss[0], **found.iloc[0]})


def sizes(unit: Unit) -> tuple[int, ...]:
    """Inputs, units of every hidden layer, and one output."""
    d, spare, depth = (unit.static(axis) for axis in ("d", "spare", "depth"))
    return d, *[d + spare] * depth, 1


def _training(unit: Unit) -> tuple["Program", np.ndarray, "Members"]:
    """Program, points of the ball, and members; targets are scaled to a size near 1, and the output layer back."""
    from experiments import ensemble

    d = unit.static("d")
    x = narrow.points_of_ball(d, POINTS, random_generator(unit.seed, "narrow", d, "points"))
    inputs, *hidden, output = sizes(unit)
    program = program_with(
        unit,
        sizes=sizes(unit),
        room=(inputs, *[-(-width // ROOM) * ROOM for width in hidden], output),
        activation="rectifier",
        loss="squared",
        stop_when_solved=False,
    )
    y = np.broadcast_to(8 * narrow.bowl(x) - 1, (len(unit.cells), len(x)))
    return program, x, ensemble.Members(unit.keys, y, unit.cells["learning_rate"].to_numpy())


def _scaled(x: np.ndarray) -> np.ndarray:
    return (x - 0.5) / narrow.RADIUS


def _examine(unit: Unit, networks: list[Layers], x: np.ndarray) -> tuple[list[Layers], pd.DataFrame]:
    """The networks of a unit, each with the better of two output layers, and the values of their rows; see `measure`.

    Those that diverged are left as they are.
    """
    d = unit.static("d")
    starts = narrow.points_of_ball(d, STARTS, random_generator(unit.seed, "narrow", d, "starts"))
    hidden = features.hidden_outputs(features.stacked(networks), _scaled(starts), "rectifier")
    dead = np.stack([np.mean(z.max(1) <= 0, axis=1) for z in hidden], axis=1)
    found = pd.DataFrame(
        {"error": np.inf, "trained_error": np.inf, "dead": dead.mean(1), "collapsed": (dead == 1).any(1)}
    )
    finite = np.isfinite(hidden[-1]).all((1, 2))
    found.loc[~finite, ["dead", "collapsed"]] = np.nan, False
    which = np.flatnonzero(finite)
    if not len(which):
        return networks, found
    trained, fitted = zip(*(_with_outputs(networks[i], x) for i in which), strict=True)
    before, after = _largest_errors([trained, fitted], starts, unit.keys[which])
    found.loc[finite, ["error", "trained_error"]] = np.stack([np.minimum(before, after), before], 1)
    ends = list(networks)
    for i, own, other, better in zip(which, trained, fitted, after < before, strict=True):
        ends[i] = other if better else own
    return ends, found


def _largest_errors(
    of_networks: list[tuple[Layers, ...]], starts: np.ndarray, keys: np.ndarray
) -> Float[np.ndarray, "_ networks"]:
    """The largest errors on the ball of several networks for each key, found one after the other by its draws."""
    shape = (len(of_networks), features.ROUNDS, features.KEPT, starts.shape[1])
    moves = np.stack([np.random.default_rng(key).normal(size=shape) for key in keys.tolist()], axis=1)
    return np.array(
        [
            features.largest_errors(functools.partial(_error, features.stacked(some)), starts, narrow.into_ball, own)
            for some, own in zip(of_networks, moves, strict=True)
        ]
    )


def _with_outputs(layers: Layers, x: np.ndarray) -> tuple[Layers, Layers]:
    """A network with its own output layer, for the target itself, and with the one that is fitted to the points."""
    W, b = layers[-1]
    last = features.hidden_outputs(layers, _scaled(x), "rectifier")[-1]
    trained = features.with_output(layers, np.append(W[:, 0], b + 1.0) / 8)
    return trained, features.with_output(layers, features.least_largest_error(last, narrow.bowl(x)))


def _error(layers: Stacked, x: np.ndarray) -> np.ndarray:
    return features.outputs(layers, _scaled(x), "rectifier") - narrow.bowl(x)


@functools.cache
def _construction_error(d: int, depth: int) -> float:
    """The largest error that the construction can have with a number of layers, NaN where no grid can tell."""
    if d > narrow.LARGEST_GRID:
        return float("nan")
    centres = narrow.centres(d, depth + 1, np.random.default_rng(0))
    # More layers can do what fewer can: the bound for a single centre always holds.
    radius = min(narrow.covering_radius(centres, SPACING[d]), narrow.RADIUS)
    return radius**2 / 2


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps = len(unit.cells) * unit.static("steps")
    return Work(steps, steps * POINTS * 6.0 * parameter_count(sizes(unit)))
