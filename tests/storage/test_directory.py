import pytest

from experiments.errors import StorageError, UserError
from experiments.storage.runs import RunDirectory
from tests.storage.conftest import MANIFEST


def test_runs_of_the_same_second_do_not_meet(tmp_path):
    runs = [RunDirectory.create(str(tmp_path), "boolean", MANIFEST) for _ in range(40)]
    assert len({run.path for run in runs}) == 40
    assert all(run.manifest() == {"run": run.name} | MANIFEST for run in runs)


def test_half_written_parts_are_no_parts(run):
    (run.path / "parts").mkdir()
    (run.path / "parts" / ".tmp-0123abcd-a.parquet").write_bytes(b"PAR1 half of it")
    assert run.done() == set()
    (run.path / "failures").mkdir()
    (run.path / "failures" / ".tmp-0123abcd-a.json").write_text("{")
    assert run.failures() == {}
    run.remove_leftovers()
    assert list((run.path / "parts").iterdir()) == []


def test_one_process_at_a_time_runs_a_run(run):
    with run.in_use(), pytest.raises(UserError, match="another process"), RunDirectory(run.path).in_use():
        pass
    with run.in_use():
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot make"):
        RunDirectory.create(str(tmp_path / "file"), "boolean", MANIFEST)
