"""From the axes of a sweep to cells, and from cells to units of work.

A *cell* is one setting with one seed: one value of every axis. A *unit* is a group of cells that share every static
axis, so that one compiled program measures all of them. A cell's random numbers come from its own setting and the seed
of the run. So its row does not depend on its unit, its order, or the cells beside it.
"""

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import UInt32

from experiments.axes import Listed, Part, cells_of, static_axes
from experiments.errors import UserError
from experiments.settings import ClaimSettings, Engine, RunSettings

if TYPE_CHECKING:  # help and mistakes are not to wait for it
    import pandas as pd


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
        part: its cells, perhaps not made yet.
        settings: the claim's, in its own dataclass; scalars are the constants of the measurement.
        seed, precision, engine: the settings of the run.
    """

    family: str
    claim: str
    part: Part | Listed
    settings: Any
    seed: int
    precision: str
    engine: Engine

    def __reduce__(self) -> tuple:
        """Pickled with its own cells alone, whatever they are a part of."""
        listed = Listed(self.cells, self.part.name)
        return Unit, (self.family, self.claim, listed, self.settings, self.seed, self.precision, self.engine)

    @functools.cached_property
    def cells(self) -> "pd.DataFrame":
        """Its cells: one row a cell, one column an axis. They are kept as long as the unit is."""
        return self.part.table()

    def with_cells(self, cells: "pd.DataFrame") -> "Unit":
        """The unit with other cells, such as one of its own alone."""
        return dataclasses.replace(self, part=Listed(cells))

    def afresh(self) -> "Unit":
        """The same unit without cells that are made: who goes through many units holds those of one."""
        return dataclasses.replace(self)

    @functools.cached_property
    def id(self) -> str:
        """The name of the unit. It depends on the axes of its claim, the place of its cells, and the seed."""
        return f"{self.claim}-{_digest([self.seed, self.family, self.claim, self.part.name], 6).hex()}"

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
        return (self.claim, *(str(self.static(axis)) for axis in static_axes(self.settings)))

    def static(self, axis: str) -> Any:
        """The one value of a static axis."""
        return self.part.first(axis)


def random_generator(seed: int, *what: Any) -> np.random.Generator:
    """Random numbers that depend on the seed of the run and on `what` they are for, and on nothing else."""
    return np.random.default_rng(list(_digest([seed, *what], 32)))


def make_plan(settings: RunSettings) -> list[Unit]:
    """All units of a run. Their cells are made when they are asked for.

    Raises:
        UserError: if a condition cannot be read or leaves no cell.
    """
    problems: list[str] = []
    units: list[Unit] = []
    for claim, claim_settings in settings.sweep.items():
        try:
            units += _units(settings, claim, claim_settings)
        except UserError as error:
            problems += [f"sweep.{claim}: {problem}" for problem in error.problems]
    if problems:
        raise UserError(*problems)
    return units


def make_cells(settings: ClaimSettings) -> "pd.DataFrame":
    """All cells of a claim: the product of all axes without the combinations that `where` leaves out, a row each."""
    return cells_of(settings).table()


def _units(settings: RunSettings, claim: str, claim_settings: ClaimSettings) -> Iterator[Unit]:
    for group in cells_of(claim_settings).by(static_axes(claim_settings)):
        for start in range(0, len(group), settings.engine.unit_cells):
            yield Unit(
                family=settings.family,
                claim=claim,
                part=Part(group, start, min(start + settings.engine.unit_cells, len(group))),
                settings=claim_settings,
                seed=settings.seed,
                precision=settings.precision,
                engine=settings.engine,
            )


def _texts_of(column: "pd.Series") -> list[str]:
    """`"axis":value` for every value of an axis."""
    values = column.tolist()
    texts = {value: f"{_json(column.name)}:{_json(value)}" for value in set(values)}
    return [texts[value] for value in values]


def _digest(value: Any, size: int) -> bytes:
    return hashlib.blake2b(_json(value).encode(), digest_size=size).digest()


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
