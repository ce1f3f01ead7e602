"""Points of a task that people name, or of a file of their own."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.claims.own._settings import BITS, DATA, REGRESSION
from experiments.errors import UserError
from experiments.plan import random_generator
from theory import boolean
from theory.restarts.tasks import Task, make_task

# The most points of a file: all networks see all of them in every update.
MOST_POINTS = 65_536
# Between what the outputs lie, where they cannot have every value; and the share of the targets' range that may be
# beyond.
RANGE = {"logistic": (0.0, 1.0), "tanh": (-1.0, 1.0)}
BEYOND = 0.05
# With more values targets are numbers, and no classes.
MOST_CLASSES = 20
# Columns of targets. Where no column has such a name, the last one is the target.
TARGET = re.compile(r"y\d*")


def checked_task(
    sizes: tuple[int, ...], task: str, inputs: str, output: str, objective: str, unexplained: float, data: str
) -> Task:
    """The points of a task that a network can learn with this output and loss.

    Args:
        sizes: of the network.
        objective: the loss that is descended.
        task, inputs, output, unexplained, data: see `points_of`.

    Raises:
        UserError: as `points_of`, or if the output or the loss does not suit the targets.
    """
    made = points_of(task, (sizes[0], sizes[-1]), inputs, output, unexplained, data)
    several, values = sizes[-1] > 1, np.unique(made.y)
    if is_of_classes(sizes, made):
        if (objective, output) != ("cross-entropy", "identity"):
            raise UserError("classes are told by the largest output; give loss=cross-entropy output=linear")
        return made
    if several and objective != "squared":
        raise UserError(f"loss: {objective} is for one answer of a network; give loss=squared for several targets")
    if objective == "cross-entropy" and not made.by_signs:
        more = f", or classes with sizes=...-{len(values)}" if len(values) <= MOST_CLASSES else ""
        raise UserError(f"loss: cross-entropy knows two answers, and the targets have more; give loss=squared{more}")
    low, high = RANGE.get(output, (-np.inf, np.inf))
    beyond = max(low - values[0], values[-1] - high)
    if not made.by_signs and beyond > BEYOND * (values[-1] - values[0]):
        raise UserError(
            f"output: {output} outputs lie between {low:g} and {high:g}, and targets between {values[0]:g} and "
            f"{values[-1]:g}; give output=linear"
        )
    return made


def is_of_classes(sizes: tuple[int, ...], task: Task) -> bool:
    """Whether the targets are numbers of classes, with an output of the network for each."""
    return sizes[-1] > 1 and task.y.ndim == 1


def points_of(name: str, ends: tuple[int, int], bits: str, output: str, unexplained: float, data: str) -> Task:
    """The points of a task.

    Args:
        name: one of `TASKS`.
        ends: inputs of the network, which are bits of a boolean function, 1 for a regression; and its outputs.
        bits: how a bit is written, a key of `BITS`.
        output: the network's; the two answers are 0 and 1 for a logistic output, else -1 and 1.
        unexplained: a regression is solved if the mean squared error is at most this share of the variance of y.
        data: the path and the digest of the file, as `named` writes them; for the task data.

    Returns:
        The task. Classes are numbered from 0. Vectors are the rows of a third axis.

    Raises:
        UserError: if the file cannot be used, has changed, or does not fit the network.
    """
    inputs, outputs = ends
    answers = np.array([0.0, 1.0] if output == "logistic" else [-1.0, 1.0])
    if name == DATA:
        return _from_file(data, ends, answers, unexplained)
    if outputs != 1:
        raise UserError(f"sizes: {name} has 1 output, and the network {outputs}; a file may have more: data=FILE.csv")
    if name == REGRESSION:
        if inputs != 1:
            raise UserError(f"sizes: the regression has 1 input, and the network {inputs}; give sizes=1-...")
        x, y, _ = make_task(name, 3, random_generator(0))
        return Task(x, y, unexplained * float(np.var(y)))
    truth = boolean.FAMILIES[name](inputs, random_generator(0, "own", name, inputs))
    low, high = BITS[bits]
    x = low + (high - low) * (boolean.signed_inputs(inputs) + 1) / 2
    return Task(x, answers[truth.astype(int)], 0.0)


def named(path: str) -> str:
    """A file's path with a digest of its content, so that another content is noticed.

    Raises:
        UserError: if it cannot be read.
    """
    return f"{path} {_digest(path)}"


def _from_file(data: str, ends: tuple[int, int], answers: np.ndarray, unexplained: float) -> Task:
    path, _, digest = data.rpartition(" ")
    if not path:
        raise UserError("data: no file is named; give data=FILE.csv with the columns x1, x2, ... and y")
    if _digest(path) != digest:
        raise UserError(f"data: {path} has changed since the run was begun; give data={path} in a run of its own")
    inputs, outputs = ends
    x, y = (part.to_numpy(float) for part in read(path))
    if x.shape[1] != inputs:
        raise UserError(f"sizes: {path} has {x.shape[1]} inputs, and the network {inputs}; give sizes={x.shape[1]}-...")
    values = np.unique(y)
    if len(values) == 1:
        raise UserError(f"data: every target of {path} is {values[0]:g}; there is nothing to learn")
    is_classes = y.shape[1] == 1 and outputs > 1
    if outputs != (len(values) if is_classes else y.shape[1]):
        has = f"{len(values)} values of y" if is_classes else f"{y.shape[1]} targets"
        raise UserError(f"sizes: {path} has {has}, and the network {outputs} outputs; give one for each")
    if is_classes:
        return Task(x, np.searchsorted(values, y[:, 0]).astype(float), 0.0)
    error = unexplained * float(np.var(y, axis=0).sum())
    if outputs > 1:
        return Task(x, y[None], error)
    if len(values) == 2:
        # Two values are two answers, however they are written.
        return Task(x, answers[np.searchsorted(values, y[:, 0])], 0.0)
    return Task(x, y[:, 0], error)


def read(path: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The inputs and the targets of every point of a CSV file.

    Targets are the columns y, or y1, y2, ...; where there are none, the last column.

    Raises:
        UserError: if it is no such file.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        why = str(error).replace("Error tokenizing data. C error: ", "")
        raise UserError(f"data: {path} cannot be read: {why}") from error
    if pd.to_numeric(table.columns.to_series(), errors="coerce").notna().all():
        raise UserError(f"data: {path}: its first line holds numbers; a line of names goes first, such as x1,x2,y")
    if any(";" in str(name) for name in table.columns):
        raise UserError(f"data: {path}: its columns are separated by semicolons; separate them by commas")
    if not 1 < len(table) <= MOST_POINTS:
        raise UserError(f"data: {path} has {len(table):,} points; from 2 to {MOST_POINTS:,} are allowed")
    targets = [name for name in table.columns if TARGET.fullmatch(str(name))] or [*table.columns[-1:]]
    wrong = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    if table.shape[1] == len(targets) or wrong or not np.isfinite(table.to_numpy(float)).all():
        what = f"the column {wrong[0]} holds no numbers" if wrong else "there are no inputs, or numbers are missing"
        raise UserError(f"data: {path}: {what}; a file has a line of names, such as x1,x2,y, and then numbers")
    return table.drop(columns=targets), table[targets]


def _digest(path: str) -> str:
    try:
        return hashlib.blake2b(Path(path).read_bytes(), digest_size=8).hexdigest()
    except OSError as error:
        raise UserError(f"data: {path} cannot be read: {error.strerror}") from error
