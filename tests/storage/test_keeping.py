import pandas as pd
import pytest

from experiments.judging.table import to_table
from experiments.names import KEY
from experiments.storage.keeping import keep_in, without_place
from experiments.storage.runs import RunDirectory
from tests.storage.conftest import write_table
from tests.support import FACTS


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


def test_a_run_of_which_every_unit_has_failed_is_no_kept_copy(run):
    run.write_failure("a", {"claim": "boolean.x", "error": "no", "cells": []})
    run.write_verdicts(to_table([]))
    assert not (run.path / "parts").exists()
    assert not run.is_kept()


@pytest.mark.parametrize("word", ["results=/home/me/runs", "'results=/home/me/my runs'"])
def test_a_kept_copy_does_not_say_where_it_was_made(word):
    manifest = {
        "command": f"python -m experiments run +sweep=boolean seed=1 {word} scale=smoke",
        "overrides": ["+sweep=boolean", "++seed=1", "++results=/home/me/runs", "+scale=smoke"],
        "settings": {"seed": 1, "results": "/home/me/runs"},
        "units": {},
    }
    kept = without_place(manifest)
    assert kept["command"] == "python -m experiments run +sweep=boolean seed=1 scale=smoke"
    assert kept["overrides"] == ["+sweep=boolean", "++seed=1", "+scale=smoke"]
    assert kept["settings"] == {"seed": 1}
    assert without_place(kept) == kept
