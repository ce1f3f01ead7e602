"""Three ways to get m hidden units of one layer, compared on the same targets, see theory/approximation/targets.py.

*Construction* draws directions from the target's own Fourier transform, as Barron's proof does. *Random features* are
directions drawn without looking at the target. The third way is *training*. The output layer is always fitted by least
squares, which is a convex problem. Units of work have the axes family, d, width, activation, input_scale, steps,
learning_rate, function and restart.
"""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.host import on_all_cores
from experiments.ensemble.powers import least_power
from experiments.ensemble.tracing import Rebuilt, input_scale, layers_of, trained_again
from experiments.judging.choosing import chooses
from experiments.plan import Unit, Work, random_generator
from theory.approximation import features, targets
from theory.dense import Layers

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

# The search for the largest error starts from this number of points.
STARTS = 1000
# Programs are compiled for at least so many inputs and units, and for powers of 2 of inputs and of 4 of units: several
# sizes share one, because to compile takes longer than to run.
FEWEST_INPUTS, FEWEST_UNITS = 4, 16
# Units of each activation that make one sigmoidal unit.
UNITS = {"tanh": 1, "rectifier": 2}
# Column of the error: name of the way.
WAYS = {"construction_error": "construction", "random_error": "random features", "error": "training"}
# Errors of drawn networks that are remembered: more than the units of work of one width and activation share.
REMEMBERED = 4096
# Settings of training, chosen at every width.
CHOICES = ["learning_rate", "input_scale"]
SOURCE = "Barron 1993, IEEE Trans. Inf. Theory 39, Theorem 1"


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, with the errors of the other two ways at the same width and restart beside it.

    All errors are root mean squares over points that no fit has seen, divided by the target's standard deviation,
    `deviation`. `trained_error` belongs to the network as training left it, `error` to the network with its output
    layer fitted. `largest_error` is the largest error of the latter that a search from the worst points finds.
    """
    from experiments import ensemble

    rows, problems = unit.cells, _problems(unit)
    program, x, members = _training(unit, problems)
    outcome = ensemble.train_ensemble(program, x, members, unit.engine.layout, unit.engine.chunk)
    numbers, scale = rows["function"].tolist(), input_scale(unit)

    def trained(i: int) -> dict[str, float]:
        problem = problems[numbers[i]]
        return _errors(_fitted(layers_of(outcome, i, scale), problem), problem, unit.keys[i].tolist())

    def drawn(number: int, restart: int) -> dict[str, float]:
        return _drawn(_task(unit, number), unit.static("width"), restart)._asdict()

    # Rows of several settings of training share what is drawn.
    pairs = list(zip(numbers, rows["restart"].tolist(), strict=True))
    different = list(dict.fromkeys(pairs))
    others = dict(zip(different, on_all_cores(drawn, *zip(*different, strict=True)), strict=True))
    all_trained = on_all_cores(trained, range(len(rows)))
    found = pd.DataFrame([one | others[pair] for one, pair in zip(all_trained, pairs, strict=True)], index=rows.index)
    return rows.assign(**found, loss=outcome.loss, points=len(x), key=hexadecimal(unit))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted; losses of training are for the standardised target."""
    problems = _problems(unit)
    outcome, curve = trained_again(unit, *_training(unit, problems), int(row["steps"]))
    problem = problems[unit.cells["function"].iloc[0]]
    both = _fitted(layers_of(outcome, 0, input_scale(unit)), problem)
    values = {"loss": outcome.loss[0], **_errors(both, problem, unit.keys.tolist()[0])}
    return Rebuilt(list(both[-1]), curve, values)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return ~(table["error"] < table["random_error"])


def _problems(unit: Unit) -> dict[int, "Problem"]:
    return {number: _problem(_task(unit, number)) for number in unit.cells["function"].unique().tolist()}


def _training(unit: Unit, problems: dict[int, "Problem"]) -> tuple["Program", np.ndarray, "Members"]:
    """Program, points and members, with standardised targets."""
    from experiments import ensemble

    d, width, rows = unit.static("d"), unit.static("width"), unit.cells
    program = program_with(
        unit,
        sizes=(d, width, 1),
        room=(max(FEWEST_INPUTS, least_power(2, d)), max(FEWEST_UNITS, least_power(4, width)), 1),
        loss="squared",
        stop_when_solved=False,
    )
    y = np.stack([problems[number].standard for number in rows["function"].tolist()])
    members = ensemble.Members(unit.keys, y, rows["learning_rate"].to_numpy())
    return program, input_scale(unit) * next(iter(problems.values())).x, members


class Task(NamedTuple):
    """Plain values that define a problem: equal tasks make the same problem.

    Attributes:
        seed: seed of the run.
        family, d, function: the target: family, dimension of the input, and number.
        points: number of points that are fitted; the same number of other points judges.
        activation: activation of the hidden units.
    """

    seed: int
    family: str
    d: int
    function: int
    points: int
    activation: str


def _task(unit: Unit, function: int) -> Task:
    family, d, activation = (unit.static(axis) for axis in ("family", "d", "activation"))
    return Task(unit.seed, family, d, function, unit.settings.points, activation)


@dataclass(frozen=True)
class Problem:
    """A target, points x that are fitted, other points that judge the fit, and the activation of the hidden units."""

    target: targets.Target
    x: Float[np.ndarray, "points d"]
    test: Float[np.ndarray, "points d"]
    activation: str

    @functools.cached_property
    def y(self) -> Float[np.ndarray, " points"]:
        """The target at the points."""
        return self.target.value(self.x)

    @property
    def standard(self) -> Float[np.ndarray, " points"]:
        """The target at the points, standardised to mean 0 and variance 1."""
        return (self.y - self.y.mean()) / self.y.std()

    def residual(self, layers: Layers, points: Float[np.ndarray, "some d"]) -> Float[np.ndarray, " some"]:
        """Error of a network at points, over the standard deviation of the target."""
        return (features.outputs(layers, points, self.activation) - self.target.value(points)) / self.y.std()

    def error(self, layers: Layers) -> float:
        """Root mean square of the error over the points that judge."""
        return float(np.sqrt(np.mean(self.residual(layers, self.test) ** 2)))

    def fitted(self, layers: Layers) -> Layers:
        """The network with the output layer that fits the points best."""
        return features.fitted(layers, self.x, self.y, self.activation)


def _problem(task: Task) -> Problem:
    """The target and its points; they do not depend on width, activation and restart."""
    seed, family, d, function, points, activation = task
    target = targets.FAMILIES[family](d, random_generator(seed, "target", family, d, function))
    x, test = (targets.points_of_cube(d, points, random_generator(seed, "cube", d, what)) for what in ("fit", "test"))
    return Problem(target, x, test, activation)


def _fitted(layers: Layers, problem: Problem) -> tuple[Layers, Layers]:
    """A trained network in units of the target, as trained and, if it is finite, with its output layer fitted."""
    W, b = layers[-1]
    mean, deviation = problem.y.mean(), problem.y.std()
    unscaled = features.with_output(layers, np.append(deviation * W[:, 0], deviation * b + mean))
    finite = all(np.isfinite(W).all() and np.isfinite(b).all() for W, b in layers)
    return unscaled, problem.fitted(layers) if finite else unscaled


def _errors(both: tuple[Layers, Layers], problem: Problem, key: list[int]) -> dict[str, float]:
    """Errors of a trained network and of the fitted one, see `measure`."""
    facts = {"deviation": float(problem.y.std()), "norm": problem.target.norm}
    trained, best = both
    if best is trained:
        return dict.fromkeys(("error", "trained_error", "largest_error"), np.inf) | facts
    rng, starts = np.random.default_rng(key), problem.test[:STARTS]
    largest = features.largest_error(lambda points: problem.residual(best, points), starts, targets.into_cube, rng)
    errors = {"error": problem.error(best), "trained_error": problem.error(trained), "largest_error": largest}
    return errors | facts


class DrawnErrors(NamedTuple):
    """Errors with both kinds of drawn directions; construction has NaN where no way to draw them is known."""

    random_error: float
    construction_error: float


@functools.lru_cache(maxsize=REMEMBERED)
def _drawn(task: Task, width: int, restart: int) -> DrawnErrors:
    """Errors with drawn directions; they do not depend on learning rate, scale of inputs and budget."""
    problem = _problem(task)
    what = (task.family, task.d, width, task.activation, task.function, restart)
    rng = random_generator(task.seed, "units", *what)

    def error(directions: np.ndarray) -> float:
        units = features.random_units(directions, problem.x, problem.activation, rng)
        return problem.error(problem.fitted(units))

    frequencies = problem.target.frequencies
    # The order matters: both draw from the same generator.
    random_error = error(rng.normal(size=(width, task.d)))
    return DrawnErrors(random_error, error(frequencies(width, rng)) if frequencies else np.nan)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, and three fits of an output layer for each."""
    width, steps = unit.static("width"), len(unit.cells) * unit.static("steps")
    points = unit.settings.batch or unit.settings.points
    fits = len(unit.cells) * 3 * 4.0 * unit.settings.points * width**2
    return Work(steps, steps * 6.0 * points * width * (unit.static("d") + 2) + fits)


def tasks(rows: pd.DataFrame) -> pd.Series:
    """Numbers, from 0, of what varies: the functions of a family, or the runs if the family has only one function."""
    if rows["family"].iloc[0] in targets.DRAW_NOTHING:
        return rows["function"] * (rows["restart"].max() + 1) + rows["restart"]
    return rows["function"]


def judged(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of one family, dimension, activation and budget that are judged, with the column `task`.

    For training, the first quarter of the tasks chooses the setting of each width, by the least median error. The other
    tasks are judged at this setting, so no row judges a choice that it made. If there is one setting, all are judged.
    Drawn networks do not depend on the settings of training, so the rows of one setting contain all of them.
    """
    rows = rows.assign(task=tasks(rows))
    settings = rows.groupby(CHOICES).ngroup()
    if settings.nunique() == 1:
        return rows
    if column != "error":
        return rows[settings == settings.iloc[0]]
    choosing, axes = chooses(rows["task"]), ["width", *CHOICES]
    medians = rows[choosing].fillna({column: np.inf}).groupby(axes)[column].median()
    kept = pd.MultiIndex.from_tuples(medians.groupby("width").idxmin().tolist())
    return rows[~choosing & pd.MultiIndex.from_frame(rows[axes]).isin(kept)]


def curves(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Error of every judged task against width; the median over restarts if a task has several.

    Returns:
        One row per task, one column per width.
    """
    return judged(rows, column).groupby(["task", "width"])[column].median().unstack("width")
