"""From the axes of a sweep to cells, and from cells to units of work.

A *cell* is one setting with one seed: one value of every axis. A *unit* is a group of cells that share every static
axis, so that one compiled program measures all of them. A cell's random numbers come from its own setting and the seed
of the run. So its row does not depend on its unit, its order, or the cells beside it.
"""

import dataclasses
import functools
import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import UInt32, UInt64

from experiments import conditions
from experiments.errors import UserError
from experiments.settings import ClaimSettings, Engine, RunSettings

# Combinations of axis values of one claim, at most: a table of them takes about 2 GB of memory.
MOST_COMBINATIONS = 30_000_000
# Any odd number with many bits: multiplied by it, the numbers of axes do not cancel each other.
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
# The column that holds the random key of a row's cell, in hexadecimal digits.
KEY = "key"


class Work(NamedTuple):
    """Upper estimates of what a unit costs."""

    network_steps: float
    operations: float

    def __add__(self, other: "Work") -> "Work":  # type: ignore[override]
        """The cost of both."""
        return Work(self.network_steps + other.network_steps, self.operations + other.operations)


@dataclasses.dataclass(frozen=True)
class Unit:
    """A piece of work that is measured, stored and repeated as a whole.

    Attributes:
        family, claim: what is measured.
        cells: one row a cell, one column an axis.
        settings: the claim's, in its own dataclass; scalars are the constants of the measurement.
        seed, precision, engine: the settings of the run.
    """

    family: str
    claim: str
    cells: pd.DataFrame
    settings: Any
    seed: int
    precision: str
    engine: Engine

    @functools.cached_property
    def id(self) -> str:
        """The name of the unit. It depends on the cells and the seed, and not on the order of the cells."""
        what = [self.seed, self.family, self.claim, np.sort(_numbers_of(self.cells)).tobytes().hex()]
        return f"{self.claim}-{_digest(what, 6).hex()}"

    @functools.cached_property
    def settings_digest(self) -> str:
        """A digest of all that decides its rows besides its cells: the claim's settings, the seed and the precision."""
        plain = dataclasses.asdict(self.settings)
        return _digest([self.family, self.claim, plain, self.seed, self.precision], 8).hex()

    @functools.cached_property
    def keys(self) -> UInt32[np.ndarray, "cells 2"]:
        """64 random bits for each cell, which depend on its setting and the seed alone."""
        # The text of [seed, family, claim, cell], as JSON has it, but made column by column: cells are many.
        begin, end = _json([self.seed, self.family, self.claim])[:-1] + ",{", "}]"
        columns = [_texts_of(self.cells[axis]) for axis in sorted(self.cells)]
        digests = b"".join(
            hashlib.blake2b((begin + ",".join(texts) + end).encode(), digest_size=8).digest()
            for texts in zip(*columns, strict=True)
        )
        return np.frombuffer(digests, "<u4").reshape(-1, 2).astype(np.uint32)

    @functools.cached_property
    def program(self) -> tuple:
        """Its claim and its values of all static axes: units that share them share compiled programs."""
        static = [field.name for field in dataclasses.fields(self.settings) if field.metadata["static"]]
        return (self.claim, *(str(self.static(axis)) for axis in static if axis in self.cells))

    def static(self, axis: str) -> Any:
        """The one value of a static axis."""
        return self.cells[axis].tolist()[0]


def random_generator(seed: int, *what: Any) -> np.random.Generator:
    """Random numbers that depend on the seed of the run and on `what` they are for, and on nothing else."""
    return np.random.default_rng(list(_digest([seed, *what], 32)))


def make_plan(settings: RunSettings) -> list[Unit]:
    """All units of a run.

    Raises:
        UserError: if a condition cannot be read or leaves no cell.
    """
    problems: list[str] = []
    units: list[Unit] = []
    for claim, claim_settings in settings.sweep.items():
        try:
            cells = make_cells(claim_settings)
        except UserError as error:
            problems += [f"sweep.{claim}: {problem}" for problem in error.problems]
            continue
        units += _units(settings, claim, claim_settings, cells)
    if problems:
        raise UserError(*problems)
    return units


def make_cells(settings: ClaimSettings) -> pd.DataFrame:
    """The product of all axes without the combinations that `where` leaves out: one row for each cell."""
    axes = axes_of(settings)
    combinations = math.prod(len(values) for values in axes.values())
    if combinations > MOST_COMBINATIONS:
        raise UserError(f"{combinations:,} combinations of the axes are more than {MOST_COMBINATIONS:,}; split the run")
    try:
        condition = conditions.read(settings.where, axes) if settings.where.strip() else None
        cells = pd.MultiIndex.from_product(axes.values(), names=axes).to_frame(index=False)
        if condition is not None:
            columns = {axis: cells[axis].to_numpy() for axis in conditions.names(condition)}
            cells = cells[conditions.holds(condition, columns, len(cells))].reset_index(drop=True)
    except conditions.ConditionError as error:
        raise UserError(
            f"where: cannot use {settings.where!r}: {error}. Compare the axes {', '.join(axes)} with numbers, texts "
            "or lists of them, joined by and, or, not, such as where=\"width <= 2 ** n and task in ['parity', 'and']\""
        ) from error
    if cells.empty:
        raise UserError(f"where: {settings.where!r} leaves no combination of the axes {', '.join(axes)}")
    return cells


def axes_of(settings: ClaimSettings) -> dict[str, list[Any]]:
    """Every axis of a claim with its values."""
    axes: dict[str, list[Any]] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, list):
            axes[field.name] = value
        elif field.metadata["counts"]:
            axes[field.metadata["counts"]] = list(range(value))
    return axes


def _units(settings: RunSettings, claim: str, claim_settings: ClaimSettings, cells: pd.DataFrame) -> Iterator[Unit]:
    static = [field.name for field in dataclasses.fields(claim_settings) if field.metadata["static"]]
    groups = [group for _, group in cells.groupby(static, sort=False)] if static else [cells]
    for group in groups:
        for start in range(0, len(group), settings.engine.unit_cells):
            part = group.iloc[start : start + settings.engine.unit_cells].reset_index(drop=True)
            yield Unit(
                family=settings.family,
                claim=claim,
                cells=part,
                settings=claim_settings,
                seed=settings.seed,
                precision=settings.precision,
                engine=settings.engine,
            )


def _texts_of(column: pd.Series) -> list[str]:
    """`"axis":value` for every value of an axis."""
    values = column.tolist()
    texts = {value: f"{_json(column.name)}:{_json(value)}" for value in set(values)}
    return [texts[value] for value in values]


def _numbers_of(cells: pd.DataFrame) -> UInt64[np.ndarray, " cells"]:
    """64 bits for each cell, which depend on its setting alone."""
    numbers = np.zeros(len(cells), np.uint64)
    for axis in sorted(cells):
        codes, values = pd.factorize(cells[axis])
        digests = b"".join(_digest([axis, value], 8) for value in values.tolist())
        numbers = numbers * MULTIPLIER + np.frombuffer(digests, "<u8")[codes]
    return numbers


def _digest(value: Any, size: int) -> bytes:
    return hashlib.blake2b(_json(value).encode(), digest_size=size).digest()


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
