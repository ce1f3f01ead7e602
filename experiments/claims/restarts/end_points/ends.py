"""The settings of restarts.end-points, and their names in words."""

from collections.abc import Iterator

import pandas as pd

from experiments.claims.restarts._shared import task_name


def series(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """The rows of every setting."""
    yield from table.groupby(["task", "n", "width", "activation"])


def label(names: tuple) -> str:
    """A setting in the words of a figure, such as `XOR, 2 tanh`."""
    task, n, width, activation = names
    return f"{task_name(task, n)}, {width} {activation}"
