"""Files of parts. A part is the rows of a unit, and the facts of how they were made.

A part is written to a file of its own as soon as its unit is done. Later it becomes one of many parts in a bundle, see
bundling.py. Both kinds of file say which units they hold, and where each of them begins; so it is known which units are
done, and how they were made, without a row being read.
"""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet

from experiments.names import is_name
from experiments.storage import sealing
from experiments.storage.sealing import SEAL, SpoiltError

if TYPE_CHECKING:  # a list of runs is not to wait for it
    import pandas as pd

FACTS = b"unit"
# In the footer of a bundle: its units, and the facts of each.
UNITS = b"units"
LAYOUTS = ("lanes", "vmap", "map", "fused")


@dataclasses.dataclass(frozen=True, eq=False)
class File:
    """A file that holds parts of one claim, one after the other.

    Attributes:
        path: the file.
        units: by unit, the first of its rows, their number, and the facts that it does not share with all others.
        common: the facts that all of its units share.
        schema: of its rows.
        seal: what it says of its rows as a whole.
    """

    path: Path
    units: dict[str, tuple[int, int, dict[str, Any]]]
    common: dict[str, Any]
    schema: pa.Schema
    seal: dict[str, Any]

    @property
    def count(self) -> int:
        """The number of its rows."""
        return sum(count for _, count, _ in self.units.values())

    def check(self) -> None:
        """Compares its rows with its seal.

        Raises:
            SpoiltError: if they are not those that were written.
            FileNotFoundError: if it is no longer there.
        """
        if "bytes" in self.seal:
            sealing.check_bytes(self.path, self.seal)
        else:
            self.rows()

    def is_sound(self) -> bool:
        """Whether its rows are those that were written."""
        try:
            self.check()
        except SpoiltError:
            return False
        return True

    def rows(self) -> pa.Table:
        """All of its rows, compared with its seal.

        Raises:
            SpoiltError: if they are not those that were written.
            FileNotFoundError: if it is no longer there.
        """
        rows = sealing.read(self.path)
        if "bytes" in self.seal:
            sealing.check_bytes(self.path, self.seal)
        elif self.seal.get("checksum") != sealing.checksum(rows):
            raise SpoiltError("holds other rows than those that were written: the checksum differs")
        return rows

    def claim(self) -> str | None:
        """The claim of its rows, with the family; None if they are of several. Older files do not say it themselves.

        Raises:
            SpoiltError: if its rows are not those that were written.
        """
        if "claim" in self.seal:
            return self.seal["claim"]
        rows = self.rows()
        claims = rows["claim"].unique().to_pylist() if "claim" in rows.column_names else []
        return claims[0] if len(claims) == 1 else None


@dataclasses.dataclass(frozen=True, eq=False, slots=True)
class Part:
    """A part of a run, whose rows are read when they are asked for."""

    file: File
    unit: str

    @property
    def facts(self) -> dict[str, Any]:
        """How its rows were made."""
        return self.file.common | self.file.units[self.unit][2]

    @property
    def schema(self) -> pa.Schema:
        """The schema of its rows."""
        return self.file.schema

    @property
    def count(self) -> int:
        """The number of its rows."""
        return self.file.units[self.unit][1]

    @property
    def rows(self) -> pa.Table:
        """Its rows. They are read with all others of its file: see `rows_of` for those of several parts.

        Raises:
            SpoiltError: if they are not those that were written.
        """
        start, count, _ = self.file.units[self.unit]
        return self.file.rows().slice(start, count)


def rows_of(parts: dict[str, Part]) -> Iterator[tuple[str, pa.Table]]:
    """The unit and the rows of every part; each file is read once, and the rows of one file are in memory at a time."""
    by_file: dict[Path, list[Part]] = {}
    for part in parts.values():
        by_file.setdefault(part.file.path, []).append(part)
    for some in by_file.values():
        rows = some[0].file.rows()
        for part in some:
            start, count, _ = part.file.units[part.unit]
            yield part.unit, rows.slice(start, count)


def write_part(path: Path, unit: str, claim: str, table: "pd.DataFrame", facts: dict[str, Any]) -> None:
    """Writes the rows of a unit with its name, and the facts of how they were made.

    Raises:
        SpoiltError: if a column holds values that cannot be stored.
        StorageError: if the file cannot be written.
    """
    rows = pa.Table.from_pandas(table.assign(claim=claim), preserve_index=False).replace_schema_metadata(None)
    sealing.check_kinds(rows.schema)
    seal = {"unit": unit, "rows": len(rows), "claim": claim, "facts": sealing.digest(facts)}
    with sealing.sealed(path, rows.schema, {FACTS: facts, SEAL: seal}, compression="zstd") as writer:
        writer.write_table(rows)


def write_bundle(path: Path, parts: list[Part]) -> None:
    """Writes many parts, which have one claim and one schema, into one file.

    Raises:
        SpoiltError: if the rows of a part are not those that were written.
        StorageError: if the file cannot be written.
    """
    facts = {part.unit: part.facts for part in parts}
    first = facts[parts[0].unit]
    common = {key: value for key, value in first.items() if all(one.get(key) == value for one in facts.values())}
    units, tables = [], []
    for unit, rows in rows_of({part.unit: part for part in parts}):
        units.append([unit, len(rows), {key: value for key, value in facts[unit].items() if key not in common}])
        tables.append(rows)
    about = {"common": common, "units": units}
    seal = {"claim": parts[0].file.claim(), "facts": sealing.digest(about)}
    with sealing.sealed(path, parts[0].schema, {UNITS: about, SEAL: seal}, compression="zstd") as writer:
        writer.write_table(pa.concat_tables(tables))


def opened(path: Path) -> File:
    """A file of parts, by what it says of itself; its rows are not read.

    Raises:
        SpoiltError: if it cannot be read, or is no file of parts.
        FileNotFoundError: if there is no such file.
    """
    footer = sealing.footer(path)
    seal, facts, about = (sealing.said(footer, key) for key in (SEAL, FACTS, UNITS))
    if not seal:
        raise SpoiltError("does not name its unit: older code wrote it")
    if "facts" in seal and seal["facts"] != sealing.digest(about or facts):
        raise SpoiltError("says other things of its units than those that were written: the checksum differs")
    if not about:
        about = {"common": {}, "units": [[seal.get("unit"), seal.get("rows"), facts]]}
    schema = footer.schema.to_arrow_schema().remove_metadata()
    units, common = _places(about.get("units"), footer.num_rows), about.get("common")
    if not isinstance(common, dict):
        raise SpoiltError("does not say how it was made")
    return File(path, units, common, schema, seal)


def _places(units: Any, rows: int) -> dict[str, tuple[int, int, dict[str, Any]]]:
    """Where the rows of each unit are, as a file says it."""
    found: dict[str, tuple[int, int, dict[str, Any]]] = {}
    start = 0
    for one in units if isinstance(units, list) else [None]:
        if not (isinstance(one, list) and len(one) == 3 and is_name(one[0]) and type(one[1]) is int):
            raise SpoiltError("does not say which units it holds")
        unit, count, facts = one
        if count < 0 or not isinstance(facts, dict):
            raise SpoiltError("does not say which units it holds")
        found[unit] = (start, count, facts)
        start += count
    if start != rows or len(found) != len(units):
        raise SpoiltError("holds other rows than those that were written: their number differs")
    return found


def check(part: Part, claim: str, settings: str | None) -> None:
    """Compares a part with what the manifest of its run says of its unit. Whether its file is sound is not looked at.

    Args:
        part: a part.
        claim: the claim that it should be of, with the family.
        settings: the digest of its unit's settings, if it is known.

    Raises:
        SpoiltError: if it is not what it should be.
    """
    if part.facts.get("settings") != settings:
        raise SpoiltError("was measured under other settings")
    if part.file.claim() != claim:
        raise SpoiltError(f"holds rows of another claim than {claim}")
    if not _are_facts(part.facts):
        raise SpoiltError("does not say how it was made")


def _are_facts(facts: dict[str, Any]) -> bool:
    """Whether these are facts of a unit: the seconds that it took, and the layout of each of its ensembles."""
    seconds = [facts.get("seconds"), facts.get("compile_seconds")]
    ensembles = facts.get("ensembles")
    return (
        all(isinstance(one, int | float) and math.isfinite(one) and one >= 0 for one in seconds)
        and isinstance(ensembles, list)
        and all(
            isinstance(one, dict)
            and one.get("layout") in LAYOUTS
            and type(one.get("chunk")) is int
            and 1 <= one["chunk"] <= 1_000_000
            and isinstance(one.get("by"), str)
            and one["by"].isprintable()
            for one in ensembles
        )
    )
