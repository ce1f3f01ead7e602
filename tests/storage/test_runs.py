import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.plan import KEY
from experiments.storage.finding import find_run, find_runs
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import StorageError, atomic, replacing, write_parquet
from tests import support
from tests.conftest import ROOT
from tests.support import FACTS

UNITS = {"a": {"claim": "x", "cells": 1}, "b": {"claim": "y", "cells": 1}, "c": {"claim": "x", "cells": 1}}
MANIFEST = support.manifest("x", "y", units=UNITS)


@pytest.fixture
def run(tmp_path):
    return RunDirectory.create(str(tmp_path), "boolean", MANIFEST)


def write_table(run):
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)


def test_runs_of_the_same_second_do_not_meet(tmp_path):
    runs = [RunDirectory.create(str(tmp_path), "boolean", MANIFEST) for _ in range(40)]
    assert len({run.path for run in runs}) == 40
    assert all(run.manifest() == {"run": run.name} | MANIFEST for run in runs)


def test_a_unit_is_done_when_its_part_is_there(run):
    assert run.done() == set()
    run.write_failure("a", {"error": "out of memory"})
    run.write_part("a", "boolean.x", pd.DataFrame({"n": [1]}), FACTS)
    assert run.done() == {"a"}
    assert run.failures() == {}
    assert run.parts(MANIFEST).fitting["a"].facts == FACTS


def test_an_interrupted_write_leaves_nothing_behind_and_the_old_file_whole(run):
    def write_half():
        with atomic(run.path / "manifest.json") as path:
            path.write_text('{"un')
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert run.manifest() == {"run": run.name} | MANIFEST
    assert [path.name for path in run.path.iterdir()] == ["manifest.json"]


def test_half_written_parts_are_no_parts(run):
    (run.path / "parts").mkdir()
    (run.path / "parts" / ".tmp-0123abcd-a.parquet").write_bytes(b"PAR1 half of it")
    assert run.done() == set()
    (run.path / "failures").mkdir()
    (run.path / "failures" / ".tmp-0123abcd-a.json").write_text("{")
    assert run.failures() == {}
    run.remove_leftovers()
    assert list((run.path / "parts").iterdir()) == []


def test_the_table_keeps_the_columns_and_types_of_every_part(run):
    run.write_part("a", "boolean.x", pd.DataFrame({"n": [2, 1], "loss": [0.5, np.nan]}), FACTS)
    run.write_part("b", "boolean.y", pd.DataFrame({"n": [3], "solved": [True], "count": [2**60 + 1]}), FACTS)
    write_table(run)
    x, y = run.read_table("boolean.x"), run.read_table("boolean.y")
    assert sorted(x["n"]) == [1, 2]
    assert list(x.columns) == ["claim", "n", "loss"]
    assert y["count"].tolist() == [2**60 + 1]
    assert y["solved"].dtype == bool
    assert len(pd.read_csv(run.path / "table.csv")) == 3


def test_columns_without_a_value_are_columns_all_the_same(run):
    run.write_part("a", "boolean.x", pd.DataFrame({"n": [1], "census": [np.nan]}), FACTS)
    run.write_part("b", "boolean.y", pd.DataFrame({"n": [1], "other": [2]}), FACTS)
    write_table(run)
    assert set(run.read_table("boolean.x").columns) == {"claim", "n", "census"}


def test_one_process_at_a_time_runs_a_run(run):
    with run.in_use(), pytest.raises(UserError, match="another process"), RunDirectory(run.path).in_use():
        pass
    with run.in_use():
        pass


def test_the_table_does_not_depend_on_the_order_of_the_parts(tmp_path):
    parts = {"a": pd.DataFrame({"n": [2, 5], "z": [1.0, 2.0]}), "b": pd.DataFrame({"z": [9.0], "n": [1]})}
    tables = []
    for names in ("ab", "ba"):
        run = RunDirectory.create(str(tmp_path), "boolean", MANIFEST)
        for name, unit in zip(names, "ac", strict=True):
            run.write_part(unit, "boolean.x", parts[name], FACTS)
        write_table(run)
        tables.append(run.read_table("boolean.x"))
    pd.testing.assert_frame_equal(tables[0], tables[1], check_like=True)


def test_rows_are_in_the_order_of_what_was_set_and_not_of_their_keys(run):
    rows = pd.DataFrame({"n": [2, 1, 3], KEY: ["00", "ff", "80"], "restart": [0, 1, 2]})
    run.write_part("a", "boolean.x", rows, FACTS)
    write_table(run)
    assert run.read_table("boolean.x")["n"].tolist() == [1, 2, 3]


def test_columns_that_change_their_type_are_an_error_and_not_a_guess(run):
    run.write_part("a", "boolean.x", pd.DataFrame({"n": [1]}), FACTS)
    run.write_part("c", "boolean.x", pd.DataFrame({"n": ["one"]}), FACTS)
    with pytest.raises(Exception, match="n has incompatible types"):
        write_table(run)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot make"):
        RunDirectory.create(str(tmp_path / "file"), "boolean", MANIFEST)


def test_runs_are_found_by_path_name_and_beginning(run, tmp_path):
    results = str(tmp_path)
    for name in (str(run.path), run.name, run.path.name, run.name[:-2], "boolean"):
        assert find_run(name, results).path.resolve() == run.path.resolve()
    assert len(find_runs(results)) == 1


def test_missing_foreign_and_ambiguous_runs_are_named(run, tmp_path):
    RunDirectory.create(str(tmp_path), "boolean", MANIFEST)
    foreign = tmp_path / "boolean" / "foreign"
    foreign.mkdir()
    with pytest.raises(UserError, match=r"no manifest.json"):
        find_run(str(foreign), str(tmp_path))
    for content in ("{", json.dumps({"somebody": "else's"})):
        (foreign / "manifest.json").write_text(content)
        with pytest.raises(UserError, match=r"manifest.json"):
            find_run(str(foreign), str(tmp_path))
    with pytest.raises(UserError, match=f"no such run.*{run.name}"):
        find_run("nowhere", str(tmp_path))
    with pytest.raises(UserError, match="more than one"):
        find_run("boolean/2", str(tmp_path))


def test_what_is_written_small_is_read_as_it_was(tmp_path):
    table = pa.table(
        {
            "claim": ["a", "a", None],
            "loss": pa.array([0.1, None, float("nan")], pa.float64()),
            "least": pa.array([1.5, 2.5, -0.0], pa.float32()),
            "n": pa.array([2**62, -1, None], pa.int64()),
            "steps": pa.array([1, 2, 3], pa.int32()),
            "solved": [True, None, False],
            "empty": pa.nulls(3),
        }
    )
    write_parquet(table, tmp_path / "table.parquet")
    again = pa.parquet.read_table(tmp_path / "table.parquet")
    assert again.schema == table.schema
    assert [str(row) for row in again.to_pylist()] == [str(row) for row in table.to_pylist()]


def test_a_kept_copy_has_all_but_what_follows_from_it(run, tmp_path):
    rows = pd.DataFrame({"n": [2, 1], KEY: ["00ff", "ff00"], "loss": [0.5, 0.25]})
    run.write_part("a", "boolean.x", rows, FACTS)
    run.write_part("b", "boolean.y", rows, FACTS)
    write_table(run)
    (run.path / "figures").mkdir()
    for name in ("figures/a.pdf", "figures/a.png", "figures/a.csv", "run.log", "notes.txt"):
        (run.path / name).write_text("")
    run.write_verdicts(to_table([]))
    folder = tmp_path / "reference" / "boolean"
    for _ in range(2):
        keep_in(run, folder)
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        assert files == ["figures/a.csv", "figures/a.png", "manifest.json", "table.parquet", "verdicts.csv"]
        kept = RunDirectory(folder)
        assert kept.is_kept()
        # Its table is another, without the keys, and its manifest says so.
        recorded = kept.read_verdicts()
        assert recorded is not None
        assert recorded.empty
        pd.testing.assert_frame_equal(kept.read_table("boolean.x"), run.read_table("boolean.x").drop(columns=KEY))
    assert [path.name for path in folder.parent.iterdir()] == ["boolean"]


KILLED = """
import os, sys
from pathlib import Path
from experiments.storage import writing
left = int(sys.argv[2])
def killed(function):
    def call(*arguments, **options):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return function(*arguments, **options)
    return call
writing.os.replace, writing.shutil.rmtree = killed(os.replace), killed(writing.shutil.rmtree)
with writing.replacing(Path(sys.argv[1])) as staging:
    (staging / "manifest.json").write_text("new")
"""


def test_killed_at_any_moment_of_replacing_the_folder_is_whole_and_nothing_is_left(tmp_path):
    folder, contents = tmp_path / "reference" / "boolean", []
    for moment in range(6):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("old")
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(moment)], cwd=ROOT, check=False)
        assert [run.name for run in find_runs(str(tmp_path))] == ["reference/boolean"]
        assert [path.name for path in folder.parent.iterdir()] == ["boolean"]
        contents.append(((folder / "manifest.json").read_text(), done.returncode))
    # Before and between the two renames, before the old one is renamed and before it is removed; then never.
    assert contents == [("old", 9), ("old", 9), ("new", 9), ("new", 9), ("new", 0), ("new", 0)]


def test_what_another_process_is_replacing_and_what_is_none_of_ours_is_left_alone(tmp_path):
    reference = tmp_path / "reference"
    (reference / ".tmp-notes").mkdir(parents=True)
    with replacing(reference / "boolean") as staging:
        find_runs(str(tmp_path))
        assert staging.is_dir()
    (reference / ".old-0123abcd-link").symlink_to(tmp_path)
    find_runs(str(tmp_path))
    assert sorted(path.name for path in reference.iterdir()) == [".old-0123abcd-link", ".tmp-notes", "boolean"]


def test_a_folder_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "report"
    for words in ("old", "new"):
        with replacing(folder) as staging:
            (staging / f"{words}.txt").write_text(words)
    assert [path.name for path in folder.iterdir()] == ["new.txt"]

    def fail():
        with replacing(folder) as staging:
            (staging / "half.txt").write_text("")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [path.name for path in folder.iterdir()] == ["new.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write"), replacing(tmp_path / "file" / "report"):
        pass
