import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.errors import StorageError
from experiments.storage.finding import find_runs
from experiments.storage.writing import replacing, write_parquet
from tests.conftest import ROOT


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
