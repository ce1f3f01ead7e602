"""Training the network of a row again, alone, with its loss on the way: the basis of every `rebuild`."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from experiments.plan import Unit

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome
    from experiments.ensemble.descent import Ends, Function

# Points of a loss curve: as many as a figure can show.
CURVE = 200
# Points of the loss curve of a descent, which begins anew for each of them.
CURVE_OF_DESCENT = 30


class Rebuilt(NamedTuple):
    """A network made again.

    Attributes:
        layers: (W, b) of each layer.
        curve: its loss after numbers of updates: columns updates, loss.
        values: its new values of columns of the table, to compare with the row.
    """

    layers: list[tuple[np.ndarray, np.ndarray]]
    curve: pd.DataFrame
    values: dict[str, Any]


def times_of_curve(last: int, points: int) -> list[int]:
    """Numbers of updates at which to look at a training of `last` updates: evenly on a logarithmic scale, and 0."""
    times = np.geomspace(1, max(last, 1), points).astype(int).tolist()
    return sorted({0, last, *times} & set(range(last + 1)))


def curve_of(losses: Float[np.ndarray, " times"], updates: Int[np.ndarray, " times"] | None = None) -> pd.DataFrame:
    """A loss that is known at many times, at those of a curve: columns updates, loss.

    Args:
        losses: the loss at each time.
        updates: numbers of updates at these times; without them, the loss is known before and after every update.
    """
    places = times_of_curve(len(losses) - 1, CURVE)
    return pd.DataFrame({"updates": places if updates is None else updates[places], "loss": losses[places]})


def differences(row: dict[str, Any], rebuilt: Rebuilt) -> list[str]:
    """What differs, in any bit, between the network made again and the one of the table."""
    return [
        f"{name}: {value} now, {row[name]} in the table"
        for name, value in rebuilt.values.items()
        if not np.array_equal(float(value), float(row[name]), equal_nan=True)
    ]


def trained_again(
    unit: Unit, program: "Program", x: Float[np.ndarray, "points inputs"], members: "Members", steps: int
) -> tuple["TrainingOutcome", pd.DataFrame]:
    """The network of a unit with one cell.

    Args:
        unit: the one cell, with the layout and chunk that the row was made with.
        program, x, members: as they were then.
        steps: updates made, by the row.

    Returns:
        The outcome, of one member, and the loss after numbers of updates: columns updates, loss.
    """
    from experiments import ensemble

    times = times_of_curve(steps, CURVE)
    outcome, losses = ensemble.trace(program, x, members, unit.engine.layout, unit.engine.chunk, times)
    return outcome, pd.DataFrame({"updates": times, "loss": losses[:, 0]})


def no_curve() -> pd.DataFrame:
    """The curve of a network that was not trained."""
    return pd.DataFrame({"updates": [0], "loss": [np.nan]})


def descended_again(
    gradient: "Function", start: Float[np.ndarray, "1 *shape"], step_size: float, steps: int
) -> tuple[list[int], "Ends"]:
    """The way of one member of `descent.descend` again.

    Args:
        gradient, start, step_size: as they were then.
        steps: steps made, by the row.

    Returns:
        Numbers of steps at the times of a curve, and the member after each; the last is its end.
    """
    from experiments.ensemble import descent

    times = times_of_curve(steps, CURVE_OF_DESCENT)
    ends = [descent.descend(gradient, start, step_size, time, gradient_bound=0.0) for time in times]
    return times, descent.Ends(*(np.concatenate(parts) for parts in zip(*ends, strict=True)))


def input_scale(unit: Unit) -> float:
    """The factor on the inputs of a unit's networks: a static axis of some claims, else 1.

    The larger, the more units of the first network have their kink, or their steep part, among the points.
    """
    return unit.static("input_scale") if "input_scale" in unit.cells else 1.0


def layers_of(outcome: "TrainingOutcome", i: int, scale: float = 1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of the layers of the i-th network, for inputs that are not multiplied by the scale."""
    (W, b), *others = [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network]
    return [(W if scale == 1 else scale * W.astype(float), b), *others]
