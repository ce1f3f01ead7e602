"""A claim that does what it may not do harms no other claim: it gets an error, and the run goes on."""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from experiments.errors import amount
from experiments.plan import Unit


class ClaimError(Exception):
    """A claim does what no claim may do."""


class _Containing:
    """What is the same for all threads that are within `contained`.

    Attributes:
        lock: held while the rest changes.
        blocks: how many there are now.
        leave: the real `os._exit`.
        folder: the working folder before the first of them.
    """

    lock = threading.Lock()
    blocks = 0
    leave = os._exit
    folder = ""


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Within the block neither `sys.exit` nor `os._exit` ends the process. After it the working folder is as before.

    Otherwise the claim would choose the exit status of the run, and 0 would say that all went well. A child process
    that a claim has started may end itself. Several threads may be within such a block at once.

    Raises:
        ClaimError: where the claim would have ended the process.
    """
    owner = os.getpid()

    def refuse(status: int) -> None:
        if os.getpid() != owner:
            _Containing.leave(status)
        raise ClaimError(f"it called os._exit({status!r}), which would have ended the run")

    with _Containing.lock:
        if not _Containing.blocks:
            _Containing.leave, _Containing.folder = os._exit, os.getcwd()
            os._exit = refuse  # type: ignore[assignment]
        _Containing.blocks += 1
    try:
        yield
    except (SystemExit, GeneratorExit) as error:
        if os.getpid() != owner:
            raise
        raise ClaimError(f"it left by {error!r}, which would have ended the run") from error
    finally:
        with _Containing.lock:
            _Containing.blocks -= 1
            if not _Containing.blocks:
                os._exit = _Containing.leave
            os.chdir(_Containing.folder)


def checked(table: Any, unit: Unit, cells: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """The table that a claim gave for a unit, once all later steps can rely on it.

    Args:
        table: what `measure` returned.
        unit: the unit that was measured.
        cells: a copy of the unit's cells from before `measure`, which may have changed them.
        keys: the claim's columns that distinguish rows of one cell.

    Raises:
        ClaimError: if it is no table, its cells are not the unit's, rows cannot be distinguished, or a column holds
            anything but numbers, texts, or true and false.
    """
    if not isinstance(table, pd.DataFrame):
        raise ClaimError(f"measure gave {type(table).__name__} instead of a table")
    if not all(isinstance(name, str) and name for name in table.columns) or not table.columns.is_unique:
        raise ClaimError("measure gave columns without a name, or with the same name")
    lacking = [name for name in (*cells.columns, *keys) if name not in table]
    if lacking:
        raise ClaimError(f"measure gave no column {', '.join(lacking)}")
    if "claim" in table:
        raise ClaimError("measure gave a column claim, which is added to every row")
    for name in table.columns:
        _kind(name, table[name])
    _check_cells(table, cells, keys)
    return table


def _check_cells(table: pd.DataFrame, cells: pd.DataFrame, keys: tuple[str, ...]) -> None:
    axes = list(cells.columns)
    given = list(table[axes].itertuples(index=False, name=None))
    wanted = set(cells.itertuples(index=False, name=None))
    if not keys and len(given) != len(cells):
        raise ClaimError(f"measure gave {amount(len(given), 'row')} for {amount(len(cells), 'cell')}")
    if strange := set(given) - wanted:
        raise ClaimError(
            f"measure gave a row of another unit's cell: {dict(zip(axes, min(strange, key=str), strict=True))}"
        )
    if missing := wanted - set(given):
        raise ClaimError(f"measure gave no row for {len(missing):,} of {amount(len(cells), 'cell')}")
    named = [*axes, *(key for key in keys if key not in axes)]
    if table.duplicated(named).any():
        raise ClaimError(f"measure gave two rows that {', '.join(named)} do not tell apart")


def kinds(table: pd.DataFrame) -> dict[str, str]:
    """What each column of a table holds: numbers, texts or truths. Columns without a value are left out."""
    found = {name: _kind(name, table[name]) for name in table.columns}
    return {name: kind for name, kind in found.items() if kind}


def clashing(schemas: dict[str, tuple[str, pa.Schema]]) -> dict[str, str]:
    """The claims with a column that holds something else than in most claims, or in another unit, and why each clashes.

    One table holds the rows of all claims, so a column must have one kind in all of them.

    Args:
        schemas: for every unit its claim and the schema of its rows.
    """
    held: dict[str, dict[str, set[str]]] = {}
    for claim, schema in schemas.values():
        for name, type_ in zip(schema.names, schema.types, strict=True):
            if kind := _kind_of(name, type_):
                held.setdefault(name, {}).setdefault(claim, set()).add(kind)
    found = {}
    for name, by_claim in held.items():
        counts = Counter(kind for kinds in by_claim.values() for kind in sorted(kinds))
        usual = counts.most_common(1)[0][0]
        for claim, kinds in by_claim.items():
            if kinds != {usual}:
                found[claim] = f"its column {name} holds {' and '.join(sorted(kinds))}, and {usual} in other rows"
    return found


def _kind(name: str, column: pd.Series) -> str:
    try:
        kind = pa.Array.from_pandas(column).type
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise ClaimError(f"the column {name} mixes values of several kinds ({error})") from error
    return _kind_of(name, kind)


def _kind_of(name: str, kind: pa.DataType) -> str:
    if pa.types.is_null(kind):
        return ""
    if pa.types.is_boolean(kind):
        return "truths"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "numbers"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "texts"
    raise ClaimError(f"the column {name} holds {kind}; rows hold numbers, texts, true and false")
