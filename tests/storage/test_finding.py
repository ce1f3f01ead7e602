import json

import pytest

from experiments.errors import UserError
from experiments.storage.finding import find_run, find_runs, some_of
from experiments.storage.runs import RunDirectory
from tests.storage.conftest import MANIFEST


def test_runs_are_found_by_path_name_and_beginning(run, tmp_path):
    results = str(tmp_path)
    for name in (str(run.path), run.name, run.path.name, run.name[:-2], "boolean"):
        assert find_run(name, results).path.resolve() == run.path.resolve()
    assert len(find_runs(results)) == 1


def test_of_many_runs_the_newest_are_named_and_the_others_counted():
    names = [f"boolean/{number}" for number in range(10)]
    assert some_of(names[:8]) == ", ".join(names[:8])
    assert some_of(names).startswith("boolean/0, boolean/1")
    assert "boolean/7, and 2 more, see" in some_of(names)
    assert some_of([]) == "none yet"


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
