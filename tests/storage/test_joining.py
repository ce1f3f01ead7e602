"""The table of a run: small tables in memory, large ones sorted in pieces, and both the same."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.errors import UserError
from experiments.names import KEY
from experiments.storage import bundling, one_table, sorting
from experiments.storage.runs import RunDirectory
from tests import support
from tests.storage.hostile import written_again

UNITS: dict[str, dict[str, Any]] = {f"x-{number:012x}": {"claim": "x", "cells": 50} for number in range(20)}
UNITS |= {f"y-{number:012x}": {"claim": "y", "cells": 7} for number in range(5)}
MANIFEST = support.manifest("x", "y", units=UNITS)


def rows_of(unit: str, number: int) -> pd.DataFrame:
    """Rows with everything that is hard to sort: equal ones, NaN, gaps, signed zeros, columns that some units lack."""
    rng = np.random.default_rng(number)
    count = UNITS[unit]["cells"]
    rows = pd.DataFrame(
        {
            "word": rng.choice(np.array(["a", "b", None], object), count),
            "n": rng.integers(0, 3, count),
            "zero": rng.choice([0.0, -0.0], count),
            "loss": rng.choice([0.5, 0.25, np.nan, np.inf], count),
            KEY: rng.choice(["00", "ff", "80"], count),
            "right": rng.random(count) < 0.5,
        }
    )
    if unit.startswith("y"):
        return rows.drop(columns="word").assign(n=rows["n"].astype(float))
    return rows.assign(late=number) if number % 2 else rows


@pytest.fixture
def run(tmp_path):
    run = RunDirectory.create(str(tmp_path), "boolean", MANIFEST)
    for number, (unit, about) in enumerate(UNITS.items()):
        run.write_part(unit, f"boolean.{about['claim']}", rows_of(unit, number), support.FACTS)
    return run


@pytest.fixture
def large(run, monkeypatch):
    """The run, with a table that counts as large."""
    monkeypatch.setattr(one_table, "SMALL", 100)
    monkeypatch.setattr(sorting, "PIECE", 64)
    write(run)
    return run


def write(run: RunDirectory) -> None:
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)


def read(run: RunDirectory) -> tuple[list[str], list[str], str]:
    """All rows, to the sign of zeros; the columns of each claim; the text."""
    table = pa.parquet.read_table(run.path / "table.parquet")
    words = [f"{row}" for row in table.to_pylist()]
    return [str(table.schema.remove_metadata()), *words], [str(run.columns())], (run.path / "table.csv").read_text()


def test_a_large_table_has_the_same_rows_in_the_same_order_as_if_it_were_sorted_at_once(run, monkeypatch):
    write(run)
    whole = read(run)
    frames = {claim: run.read_table(claim) for claim in ("boolean.x", "boolean.y")}
    monkeypatch.setattr(one_table, "SMALL", 100)
    for piece in (64, 30, 200, 999, 5000):
        monkeypatch.setattr(sorting, "PIECE", piece)
        write(run)
        assert read(run) == whole
        for claim, frame in frames.items():
            pd.testing.assert_frame_equal(run.read_table(claim), frame)
    seal = json.loads(pa.parquet.read_metadata(run.path / "table.parquet").metadata[b"seal"])
    assert seal["claims"] == {"boolean.x": {"rows": 1000}, "boolean.y": {"rows": 35}}
    assert [path.name for path in run.path.iterdir() if path.name.startswith(".tmp")] == []


def test_bundles_do_not_change_the_table(run, large):
    before = read(large)
    bundling.bundle(run.path / "parts", 2, set())
    assert len(list((run.path / "parts").iterdir())) == 3
    write(run)
    assert read(run) == before


def test_the_claim_of_a_single_claim_is_the_same_memory_many_times(large, monkeypatch):
    monkeypatch.setattr(one_table, "CHUNK", 64)
    parts = {unit: part for unit, part in large.parts(MANIFEST).fitting.items() if unit.startswith("x")}
    large.write_table(large.manifest(), parts)
    rows = large.rows("boolean.x")
    assert rows.alone
    claims = rows.read(["n", "claim"])["claim"]
    assert set(claims.to_pylist()) == {"boolean.x"}
    assert len(claims) == 1000
    assert len({chunk.buffers()[2].address for chunk in claims.chunks}) == 1
    assert large.read_table("boolean.x", keys=False).columns.tolist() == [name for name in rows.columns if name != KEY]


def edited(run: RunDirectory) -> None:
    path = run.path / "table.parquet"
    table = pa.parquet.read_table(path)
    written_again(path, table.set_column(table.column_names.index("n"), "n", pa.array([7.0] * len(table))))


def of_another_run(run: RunDirectory) -> None:
    path = run.path / "table.parquet"
    seal = json.loads(pa.parquet.read_metadata(path).metadata[b"seal"])
    written_again(path, pa.parquet.read_table(path), seal=json.dumps(seal | {"run": "boolean/other"}))


def garbled(run: RunDirectory) -> None:
    path = run.path / "table.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])


@pytest.mark.parametrize("how", [edited, of_another_run, garbled])
def test_a_large_table_that_is_not_the_one_that_was_written_is_refused(how, large):
    how(large)
    with pytest.raises(UserError, match=r"its table.parquet (holds other rows|is the table of another run)"):
        large.read_table("boolean.x")


def test_a_table_that_was_killed_while_it_was_sorted_leaves_the_old_one_and_nothing_else(large, monkeypatch):
    before = read(large)

    def killed(*arguments):
        raise KeyboardInterrupt

    for where, name in ((sorting, "_sorted"), (sorting, "_one_batch"), (pa.parquet.ParquetWriter, "write_table")):
        with monkeypatch.context() as patch:
            patch.setattr(where, name, killed)
            with pytest.raises(KeyboardInterrupt):
                write(large)
        assert read(large) == before
    # A kill leaves the file that is sorted: it is removed as every half-written file is.
    (large.path / ".tmp-0123abcd-sorting.arrow").write_text("")
    large.remove_leftovers()
    assert sorted(path.name for path in large.path.iterdir()) == [
        "manifest.json",
        "parts",
        "table.csv",
        "table.parquet",
    ]
