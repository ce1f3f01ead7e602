import numpy as np
import pandas as pd
import pytest

from experiments.names import KEY
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic
from tests.storage.conftest import MANIFEST, write_table
from tests.support import FACTS


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
