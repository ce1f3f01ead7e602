"""Points of a task that people name, or of a file of their own."""

import csv
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.claims.own._settings import BITS, DATA, REGRESSION
from experiments.errors import UserError, amount
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
# What separates columns in files that are not separated by commas.
SEPARATORS = {";": "semicolons", "\t": "tabs"}
FORM = "a file has a line of names, such as x1,x2,y, and then numbers"
SEVERAL = "several targets are called y1, y2, ..."


def checked_task(
    sizes: tuple[int, ...],
    task: str,
    inputs: str,
    output: str,
    objective: str,
    batch: int,
    unexplained: float,
    data: str,
) -> Task:
    """The points of a task that a network can learn with this output and loss, in batches of this size.

    Args:
        sizes: of the network.
        objective: the loss that is descended.
        batch: points per update; 0 for all of them.
        task, inputs, output, unexplained, data: see `points_of`.

    Raises:
        UserError: as `points_of`, if a batch has more points than there are, or if the output or the loss does not suit
            the targets.
    """
    made = points_of(task, (sizes[0], sizes[-1]), inputs, output, unexplained, data)
    if batch > len(made.x):
        raise UserError(
            f"batch: {batch:,} is more than the {len(made.x):,} points there are; give batch=0, which is all of them, "
            "or fewer"
        )
    several, values = sizes[-1] > 1, np.unique(made.y)
    if is_of_classes(sizes, made):
        if (objective, output) != ("cross-entropy", "identity"):
            raise UserError("classes are told by the largest output; give loss=cross-entropy output=linear")
        return made
    if several and objective != "squared":
        raise UserError(f"loss: {objective} is for one answer of a network; give loss=squared for several targets")
    of_classes = _for_classes(sizes, made)
    if objective == "cross-entropy" and not made.by_signs:
        raise UserError(
            f"loss: cross-entropy with one output knows two answers, and the targets have {len(values):,} values; "
            f"give loss=squared output=linear{of_classes}"
        )
    low, high = RANGE.get(output, (-np.inf, np.inf))
    beyond = max(low - values[0], values[-1] - high)
    if not made.by_signs and beyond > BEYOND * (values[-1] - values[0]):
        raise UserError(
            f"output: {output} outputs lie between {low:g} and {high:g}, and targets between {values[0]:g} and "
            f"{values[-1]:g}; give output=linear{of_classes}"
        )
    return made


def _for_classes(sizes: tuple[int, ...], task: Task) -> str:
    """What to type if targets are no numbers but classes; empty if they cannot be."""
    values = np.unique(task.y)
    if task.y.ndim > 1 or len(values) > MOST_CLASSES or (values != np.round(values)).any():
        return ""
    network = "-".join(map(str, (*sizes[:-1], len(values))))
    return f" for numbers, or sizes={network} loss=cross-entropy output=linear for {len(values)} classes"


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


def columns_of(data: str) -> tuple[list[str], list[str]]:
    """The names of the inputs and of the targets in a file.

    Args:
        data: its path and its digest, as `named` writes them.

    Raises:
        UserError: if it cannot be read.
    """
    inputs, targets = read(data.rpartition(" ")[0])
    return [*inputs], [*targets]


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
    read_inputs, read_targets = read(path)
    x, y = read_inputs.to_numpy(float), read_targets.to_numpy(float)
    if x.shape[1] != inputs:
        has, more = amount(x.shape[1], "input"), f" ({SEVERAL})" if x.shape[1] > inputs else ""
        raise UserError(f"sizes: {path} has {has}, and the network {inputs}; give sizes={x.shape[1]}-...{more}")
    values = np.unique(y)
    if len(values) == 1:
        raise UserError(f"data: every target of {path} is {values[0]:g}; there is nothing to learn")
    is_classes = y.shape[1] == 1 and outputs > 1
    if outputs != (len(values) if is_classes else y.shape[1]):
        has = f"{len(values):,} values of {read_targets.columns[0]}" if is_classes else amount(y.shape[1], "target")
        said = f"sizes: {path} has {has}, and the network {amount(outputs, 'output')}; give one for each"
        raise UserError(f"{said} ({SEVERAL})" if is_classes else said)
    if is_classes:
        return Task(x, np.searchsorted(values, y[:, 0]).astype(float), 0.0)
    error = unexplained * float(np.var(y, axis=0).sum())
    if outputs > 1:
        return Task(x, y[None], error)
    if len(values) == 2:
        # Two values are two answers, however they are written.
        return Task(x, answers[np.searchsorted(values, y[:, 0])], 0.0)
    return Task(x, y[:, 0], error)


def how_chosen(targets: Iterable[str]) -> str:
    """Why these columns of a file are its targets, and how others are chosen, in words."""
    if all(map(TARGET.fullmatch, targets)):
        return f"by name; for another target, rename {', '.join(targets)} and put that one last"
    return "the last column; for another target, name that one y, or put it last"


def read(path: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The inputs and the targets of every point of a CSV file.

    Targets are the columns y, or y1, y2, ...; where there are none, the last column.

    Raises:
        UserError: if it is no such file.
    """
    return _read(path, _digest(path))


@functools.lru_cache(maxsize=4)
def _read(path: str, digest: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A file is read once, and again if its content is another: each combination of axes asks for its points."""
    lines = _lines_of(path)
    _refuse_names(path, lines)
    try:
        table = pd.read_csv(path, skipinitialspace=True).rename(columns=str.strip)
    except (OSError, ValueError) as error:
        why = str(error).replace("Error tokenizing data. C error: ", "")
        raise UserError(f"data: {path} cannot be read: {why}") from error
    if not 1 < len(table) <= MOST_POINTS:
        has = amount(len(table), "point")
        raise UserError(f"data: {path} has {has}; from 2 to {MOST_POINTS:,} are allowed")
    targets = [name for name in table.columns if TARGET.fullmatch(name)] or [*table.columns[-1:]]
    if table.shape[1] == len(targets):
        raise UserError(f"data: {path}: there are no inputs, and its targets are {', '.join(targets)}; {FORM}")
    numbers = table.apply(pd.to_numeric, errors="coerce")
    if len(wrong := np.argwhere(~np.isfinite(numbers.to_numpy(float)))):
        (row, column), below = wrong[0], [*lines][1:]
        there = table.iat[row, column]
        has = "no number" if pd.isna(there) else repr(str(there))
        said = f"data: {path}: line {below[row]} has {has} in the column {table.columns[column]}; {FORM}"
        if pd.isna(numbers.iat[row, column]) and not pd.isna(there):
            said += f"; number classes 0, 1, 2. The target is {', '.join(targets)} ({how_chosen(targets)})"
        raise UserError(said)
    return numbers.drop(columns=targets), numbers[targets]


def _lines_of(path: str) -> dict[int, str]:
    """The lines of a file that are not blank, by their numbers.

    Raises:
        UserError: if there are none, or it cannot be read.
    """
    try:
        text = Path(path).read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"data: {path} cannot be read: {error.strerror}") from error
    lines = {number: line for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    if not lines:
        raise UserError(f"data: {path} is empty; {FORM}")
    return lines


def _refuse_names(path: str, lines: dict[int, str]) -> None:
    """Refuses a file whose first line has no names, where pandas would take numbers for names, or make some up.

    Raises:
        UserError: saying what the first line has instead.
    """
    first, *others = lines.values()
    names, *below = ([value.strip() for value in values] for values in csv.reader([first, *others[:1]]))
    for sign, word in (SEPARATORS if len(names) > 1 else {**SEPARATORS, " ": "spaces"}).items():
        if sign in first.strip():
            raise UserError(f"data: {path}: its columns are separated by {word}; separate them by commas")
    if all(map(_is_number, filter(None, names))):
        raise UserError(f"data: {path}: its first line holds numbers; a line of names goes first, such as x1,x2,y")
    if "" in names:
        raise UserError(f"data: {path}: its column {names.index('') + 1} has no name; {FORM}")
    if several := [name for name, many in Counter(names).items() if many > 1]:
        raise UserError(f"data: {path}: two columns are named {several[0]}; give each a name of its own")
    if below and len(below[0]) > len(names):
        has = f"{amount(len(names), 'name')}, and the line below {amount(len(below[0]), 'value')}"
        raise UserError(f"data: {path}: its first line has {has}; {FORM}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _digest(path: str) -> str:
    try:
        return hashlib.blake2b(Path(path).read_bytes(), digest_size=8).hexdigest()
    except OSError as error:
        raise UserError(f"data: {path} cannot be read: {error.strerror}") from error
