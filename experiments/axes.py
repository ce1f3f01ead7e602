"""The cells of a claim: the product of its axes without what a condition leaves out, made only when they are needed.

A cell is one value of every axis. The axes have an order, and the cells of a claim have the order of their product: the
last axis changes first. The *head* is the first axes, up to the last one that is static or that the condition names.
Only the head is enumerated; the *tail*, the other axes, is free. So a hundred million restarts take no memory until
they are measured.
"""

import dataclasses
import functools
import hashlib
import itertools
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Int

from experiments import conditions
from experiments.errors import UserError
from experiments.settings import ClaimSettings
from experiments.synonyms import unknown_value

if TYPE_CHECKING:  # help and mistakes are not to wait for it
    import pandas as pd

# Combinations of the values of all axes of the head, at most: their places take 240 MB of memory.
MOST_COMBINATIONS = 30_000_000
# Combinations for which a condition is evaluated at once: some MB for each axis that it names.
AT_ONCE = 1 << 20


@dataclasses.dataclass(frozen=True, eq=False)
class Cells:
    """Cells of a claim, in their order.

    Attributes:
        axes: every axis with its values, as `axes_of` gives them.
        head: how many axes are enumerated.
        places: where the cells are in the product of the axes of the head.
        name: what tells them apart from other cells: the axes, the condition, and the values of static axes.
    """

    axes: dict[str, Sequence[Any]]
    head: int
    places: Int[np.ndarray, " places"]
    name: str

    def __len__(self) -> int:
        """The number of cells."""
        return len(self.places) * self._tail

    @functools.cached_property
    def _shape(self) -> list[int]:
        return [len(values) for values in self.axes.values()]

    @functools.cached_property
    def _tail(self) -> int:
        return math.prod(self._shape[self.head :])

    def table(self, start: int = 0, stop: int | None = None) -> "pd.DataFrame":
        """The cells from `start` to `stop`: one row a cell, one column an axis."""
        rows = np.arange(start, len(self) if stop is None else min(stop, len(self)))
        before, after = self._shape[: self.head], self._shape[self.head :]
        codes = [*_codes(self.places[rows // self._tail], before), *_codes(rows % self._tail, after)]
        taken = zip(self.axes.items(), codes, strict=True)
        import pandas as pd

        return pd.DataFrame({axis: _values(values, where) for (axis, values), where in taken}, pd.RangeIndex(len(rows)))

    def first(self, axis: str) -> Any:
        """The value of an axis of the head in the first cell."""
        number = list(self.axes).index(axis)
        code = _codes(self.places[:1], self._shape[: self.head])[number]
        return _values(self.axes[axis], code).tolist()[0]

    def by(self, static: Sequence[str]) -> "list[Cells]":
        """The cells in groups with the same values of static axes, each group at the place of its first cell."""
        if not static:
            return [self]
        names, shape = list(self.axes), self._shape[: self.head]
        codes, numbers = _codes(self.places, shape), [names.index(axis) for axis in static]
        joint = np.ravel_multi_index([codes[one] for one in numbers], [shape[one] for one in numbers])
        found, first, group = np.unique(joint, return_index=True, return_inverse=True)
        ends = np.cumsum(np.bincount(group, minlength=len(found)))[:-1]
        parts = np.split(np.argsort(group, kind="stable"), ends)
        return [
            dataclasses.replace(self, places=self.places[parts[one]], name=f"{self.name} {found[one]}")
            for one in np.argsort(first)
        ]


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """The cells of a unit: a piece of a group.

    Attributes:
        cells: of the group.
        start, stop: where the piece begins and ends.
    """

    cells: Cells
    start: int
    stop: int

    def __len__(self) -> int:
        """The number of cells."""
        return self.stop - self.start

    @property
    def name(self) -> str:
        """What tells it apart from other parts."""
        return f"{self.cells.name} {self.start} {self.stop}"

    def first(self, axis: str) -> Any:
        """The value of a static axis, which all its cells share."""
        return self.cells.first(axis)

    def table(self) -> "pd.DataFrame":
        """Its cells: one row a cell, one column an axis."""
        return self.cells.table(self.start, self.stop)


@dataclasses.dataclass(frozen=True, eq=False)
class Listed:
    """Cells that are made already.

    Attributes:
        made: one row a cell, one column an axis.
        name: see `Part`.
    """

    made: "pd.DataFrame"
    name: str = "listed"

    def __len__(self) -> int:
        """The number of cells."""
        return len(self.made)

    def first(self, axis: str) -> Any:
        """The value of a static axis, which all its cells share."""
        return self.made[axis].tolist()[0]

    def table(self) -> "pd.DataFrame":
        """Its cells, as they are."""
        return self.made


def axes_of(settings: ClaimSettings) -> dict[str, Sequence[Any]]:
    """Every axis of a claim with its values; those of an axis that counts are a range."""
    axes: dict[str, Sequence[Any]] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, list):
            axes[field.name] = value
        elif field.metadata["counts"]:
            axes[field.metadata["counts"]] = range(value)
    return axes


def static_axes(settings: ClaimSettings) -> list[str]:
    """The axes that are static: all cells of a unit share one value of each."""
    return [field.name for field in dataclasses.fields(settings) if field.metadata["static"]]


def cells_of(settings: ClaimSettings) -> Cells:
    """All cells of a claim.

    Raises:
        UserError: if its condition cannot be read or leaves no cell, or if too much would have to be enumerated.
    """
    axes, static = axes_of(settings), static_axes(settings)
    with_condition = bool(settings.where.strip())
    try:
        condition = conditions.read(settings.where, axes) if with_condition else None
        named = conditions.names(condition) if condition is not None else set()
        _check_texts(conditions.texts(condition) if condition is not None else set(), settings)
        head = max((number for number, axis in enumerate(axes, 1) if axis in named or axis in static), default=0)
        enumerated = dict(itertools.islice(axes.items(), head))
        combinations = math.prod(map(len, enumerated.values()))
        if combinations > MOST_COMBINATIONS:
            raise UserError(
                f"{combinations:,} combinations of the axes up to {list(axes)[head - 1]} are more than "
                f"{MOST_COMBINATIONS:,}; split the run"
            )
        places = np.arange(combinations)
        if condition is not None:
            begins = range(0, combinations, AT_ONCE)
            parts = (places[begin : begin + AT_ONCE] for begin in begins)
            places = np.concatenate([some[_holding(condition, named, enumerated, some)] for some in parts])
    except conditions.ConditionError as error:
        wrong = str(error).removesuffix(".")
        raise UserError(
            f"where: cannot use {settings.where!r}: {wrong}. Compare the axes {', '.join(axes)} with numbers, texts "
            "or lists of them, joined by and, or, not, such as where=\"width <= 2 ** n and task in ['parity', 'and']\""
        ) from error
    if not len(places):
        raise UserError(f"where: {settings.where!r} leaves no combination of the axes {', '.join(axes)}")
    return Cells(axes, head, places, _digest(axes, settings.where))


def _check_texts(compared: set[tuple[str, str]], settings: ClaimSettings) -> None:
    """Refuses a comparison of an axis with a text that it cannot have."""
    choices = {field.name: field.metadata["choices"] for field in dataclasses.fields(settings)}
    for axis, text in sorted(compared):
        if choices.get(axis) and text not in choices[axis]:
            raise conditions.ConditionError(f"{axis} is never {text!r}; {unknown_value(axis, text, choices[axis])}")


def _holding(
    condition: Any, named: set[str], axes: dict[str, Sequence[Any]], places: Int[np.ndarray, " places"]
) -> Bool[np.ndarray, " places"]:
    """At which places of the product of some axes a condition holds."""
    codes = dict(zip(axes, _codes(places, [len(values) for values in axes.values()]), strict=True))
    columns = {axis: np.asarray(_values(axes[axis], codes[axis])) for axis in named}
    return conditions.holds(condition, columns, len(places))


def _codes(places: Int[np.ndarray, " places"], shape: list[int]) -> Sequence[Int[np.ndarray, " places"]]:
    return np.unravel_index(places, shape) if shape else []


def _values(values: Sequence[Any], codes: Int[np.ndarray, " cells"]) -> Any:
    """The values of an axis by their numbers, of one kind, as pandas joins kinds."""
    import pandas as pd

    return codes if isinstance(values, range) else pd.Index(values).take(codes)


def _digest(axes: dict[str, Sequence[Any]], condition: str) -> str:
    plain = {axis: str(values) if isinstance(values, range) else values for axis, values in axes.items()}
    return hashlib.blake2b(json.dumps([plain, condition]).encode(), digest_size=8).hexdigest()
