"""Parts become bundles: the same rows in the same order, whenever the process is killed."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.storage import bundling, parts, sealing, writing
from experiments.storage.runs import RunDirectory
from tests import support

UNITS = [f"x-{number:012x}" for number in range(12)]
MANIFEST = support.manifest("x", "y", units={unit: {"claim": "x", "cells": 3} for unit in UNITS})


class Killed(BaseException):
    """Stands for a kill: from then on nothing more is written or removed."""


def rows_of(number: int) -> pd.DataFrame:
    rng = np.random.default_rng(number)
    return pd.DataFrame(
        {"n": [number] * 3, "loss": rng.random(3), "word": ["a", "b", None], "right": [True, False, True]}
    )


def facts_of(number: int) -> dict:
    return support.FACTS | {"seconds": number / 7, "code": {"a.py": "0123"}}


@pytest.fixture
def run(tmp_path):
    run = RunDirectory.create(str(tmp_path), "boolean", MANIFEST)
    for number, unit in enumerate(UNITS):
        run.write_part(unit, "boolean.x", rows_of(number), facts_of(number))
    return run


def names(run: RunDirectory) -> list[str]:
    return sorted(path.name for path in (run.path / "parts").iterdir())


def read(run: RunDirectory) -> dict[str, tuple[list, dict, str]]:
    found = run.parts(run.manifest())
    assert not found.misfits
    return {unit: (part.rows.to_pylist(), part.facts, str(part.rows.schema)) for unit, part in found.fitting.items()}


def bundled(run: RunDirectory, many: int = 2) -> None:
    bundling.bundle(run.path / "parts", many, set())


def test_a_bundle_holds_the_same_parts_and_the_single_files_are_gone(run, monkeypatch):
    before = read(run)
    bundled(run, many=13)
    assert len(names(run)) == 12
    bundled(run)
    (name,) = names(run)
    assert name.endswith(".bundle")
    assert read(run) == before
    assert run.done() == set(UNITS)
    # What all parts share is said once.
    about = json.loads(pa.parquet.read_metadata(run.path / "parts" / name).metadata[b"units"])
    assert set(about["common"]) == {"compile_seconds", "ensembles", "code"}


def test_bundles_are_bounded_and_become_larger_ones(run, monkeypatch):
    before = read(run)
    monkeypatch.setattr(bundling, "MOST_ROWS", 9)
    bundled(run)
    assert len(names(run)) == 4
    monkeypatch.setattr(bundling, "MANY_BUNDLES", 4)
    bundled(run)
    assert len(names(run)) == 4
    monkeypatch.setattr(bundling, "MOST_ROWS", 36)
    bundled(run)
    assert len(names(run)) == 1
    assert read(run) == before


def test_parts_with_other_columns_or_kinds_are_not_mixed(run):
    rows = {
        UNITS[0]: rows_of(0).assign(late=1),
        UNITS[1]: rows_of(1).assign(n=[1.5, 2, 3]),
        UNITS[2]: rows_of(2)[["n"]],
    }
    for number, (unit, table) in enumerate(rows.items()):
        run.write_part(unit, "boolean.x", table, facts_of(number))
    before = read(run)
    bundled(run)
    assert len(names(run)) == 4
    assert read(run) == before


def test_a_run_bundles_while_it_goes_on_and_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(bundling, "MANY", 5)
    # A bundle in the background takes what is there when it looks, and may leave a single part.
    monkeypatch.setattr(bundling, "MANY_AT_THE_END", 1)
    run = RunDirectory.create(str(tmp_path), "boolean", MANIFEST)
    with run.in_use():
        for number, unit in enumerate(UNITS):
            run.write_part(unit, "boolean.x", rows_of(number), facts_of(number))
            if number == 7:
                run.parts(MANIFEST)
                # A bundle begins at the fifth part, and takes others that are there by then.
                assert len(names(run)) <= 4
                assert any(name.endswith(".bundle") for name in names(run))
        assert run.done() == set(UNITS)
    assert all(name.endswith(".bundle") for name in names(run))
    assert {unit: one[0] for unit, one in read(run).items()} == {
        unit: pa.Table.from_pandas(rows_of(number).assign(claim="boolean.x"), preserve_index=False).to_pylist()
        for number, unit in enumerate(UNITS)
    }


def test_an_interrupted_run_is_not_bundled_at_its_end(run):
    with pytest.raises(KeyboardInterrupt), run.in_use():
        raise KeyboardInterrupt
    assert len(names(run)) == 12


STEPS = [(writing.os, "replace"), (os, "fsync"), (Path, "unlink"), (pa.parquet.ParquetWriter, "write_table")]


def killed_at(moment: int, monkeypatch) -> None:
    """From its `moment`-th step on, nothing that changes files has an effect any more: each of them is a kill."""
    left = moment

    def dying(function):
        def call(*arguments, **options):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return function(*arguments, **options)

        return call

    for where, name in STEPS:
        monkeypatch.setattr(where, name, dying(getattr(where, name)))


def test_killed_at_any_step_nothing_is_lost_or_doubled_and_the_next_run_tidies_up(run, monkeypatch):
    before, folder = read(run), run.path / "parts"
    shutil.copytree(folder, run.path / "as-before")
    states, finished, moment = set(), False, 0
    while not finished:
        shutil.rmtree(folder)
        shutil.copytree(run.path / "as-before", folder)
        with monkeypatch.context() as patch:
            killed_at(moment, patch)
            try:
                bundled(run)
                finished = True
            except Killed:
                moment += 1
        assert read(run) == before
        assert run.done() == set(UNITS)
        states.add(tuple(name.rpartition(".")[2] for name in names(run) if not name.startswith(".tmp")))
        run.remove_leftovers()
        bundling.remove_doubles(folder)
        bundled(run)
        assert len(names(run)) == 1
        assert read(run) == before
    # Written, on the disk, in its place, the folder on the disk, and each of twelve files removed.
    assert moment >= 16
    assert len(states) == 14


def test_a_damaged_bundle_is_named_its_units_are_missing_and_its_place_is_taken_again(run):
    bundled(run)
    (path,) = (run.path / "parts").iterdir()
    whole = path.read_bytes()
    for spoilt in (whole[:-9], whole[:200] + b"?" + whole[201:], b"", whole.replace(b"lanes", b"lines")):
        path.write_bytes(spoilt)
        if spoilt == whole:
            continue
        found = run.parts(run.manifest())
        assert not found.fitting
        assert list(found.misfits) == [path.name]
        assert [line for line in run.misfits(run.manifest()) if str(path) in line]
    for number, unit in enumerate(UNITS):
        run.write_part(unit, "boolean.x", rows_of(number), facts_of(number))
    path.write_bytes(whole[:-9])
    found = run.parts(run.manifest())
    assert set(found.fitting) == set(UNITS)
    assert list(found.misfits) == [path.name]
    assert not run.misfits(run.manifest())
    bundled(run)
    assert names(run) == [path.name]
    assert len(read(run)) == 12


def test_a_spoilt_part_is_never_bundled(run):
    path = run.path / "parts" / f"{UNITS[3]}.parquet"
    path.write_bytes(path.read_bytes()[:150] + b"?" + path.read_bytes()[151:])
    shutil.copy(run.path / "parts" / f"{UNITS[5]}.parquet", run.path / "parts" / f"{UNITS[4]}.parquet")
    bundled(run)
    assert len(names(run)) == 3
    found = run.parts(run.manifest())
    assert set(found.fitting) == set(UNITS) - {UNITS[3], UNITS[4]}
    assert set(found.misfits) == {f"{UNITS[3]}.parquet", f"{UNITS[4]}.parquet"}


def test_a_part_that_is_measured_again_under_other_settings_comes_before_its_bundle(run):
    bundled(run)
    manifest = run.manifest()
    manifest["units"] = {unit: {"claim": "x", "cells": 3, "settings": "new"} for unit in UNITS}
    assert not run.parts(manifest).fitting
    for number, unit in enumerate(UNITS):
        run.write_part(unit, "boolean.x", rows_of(number + 50), facts_of(number) | {"settings": "new"})
    bundling.remove_doubles(run.path / "parts")
    assert len(names(run)) == 13
    assert [part.rows["n"][0].as_py() for part in run.parts(manifest).fitting.values()] == list(range(50, 62))


def of_older_code(path: Path, unit: str, rows: pd.DataFrame, facts: dict) -> None:
    """A part as it was written before there were bundles: with a checksum of its values."""
    table = pa.Table.from_pandas(rows.assign(claim="boolean.x"), preserve_index=False).replace_schema_metadata(None)
    seal = {"unit": unit, "rows": len(table), "checksum": sealing.checksum(table)}
    pa.parquet.write_table(
        table.replace_schema_metadata({"unit": json.dumps(facts), "seal": json.dumps(seal)}), path, compression="zstd"
    )


def test_parts_of_older_code_are_read_and_bundled(run):
    before, folder = read(run), run.path / "parts"
    for number, unit in enumerate(UNITS):
        of_older_code(folder / f"{unit}.parquet", unit, rows_of(number), facts_of(number))
    assert read(run) == before
    path = folder / f"{UNITS[2]}.parquet"
    table = pa.parquet.read_table(path)
    pa.parquet.write_table(table.set_column(0, "n", pa.array([9, 9, 9])), path)
    assert run.parts(run.manifest()).misfits == {
        path.name: "holds other rows than those that were written: the checksum differs"
    }
    bundled(run)
    assert len(names(run)) == 2
    assert set(run.parts(run.manifest()).fitting) == set(UNITS) - {UNITS[2]}


def test_bundles_that_are_joined_while_somebody_reads_are_not_missed(run, monkeypatch):
    monkeypatch.setattr(bundling, "MOST_ROWS", 9)
    bundled(run)
    monkeypatch.setattr(bundling, "MOST_ROWS", 100)
    monkeypatch.setattr(bundling, "MANY_BUNDLES", 2)
    real, reads = parts.opened, []

    def opened(path):
        reads.append(path)
        if len(reads) == 2:
            bundled(run)
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(parts, "opened", opened)
        assert set(run.parts(run.manifest()).fitting) == set(UNITS)
    assert len(names(run)) == 1
