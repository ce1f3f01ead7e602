import shutil

import numpy as np
import pandas as pd
import pytest

from experiments.judging.table import to_table
from experiments.report import check, gather
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from tests.report import runs
from tests.support import FACTS


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return runs.census(tmp_path_factory.mktemp("results"), drawn=True)


@pytest.fixture
def run(original, tmp_path):
    return RunDirectory(shutil.copytree(original.path, tmp_path / "boolean" / "20260102-030405-ffff"))


def lines(run):
    return list(check.differences(gather.read(run)))


def change(run, name, column, value):
    path = run.path / name
    table = pd.read_csv(path)
    table[column] = table[column].astype(object)
    table.loc[0, column] = value
    table.to_csv(path, index=False)


def test_a_run_as_it_was_made_and_its_kept_copy_are_what_their_tables_give(run, tmp_path):
    assert lines(run) == []
    keep_in(run, tmp_path / "reference" / "boolean")
    assert list(check.differences(gather.read(gather.choose_runs(["reference"], str(tmp_path))[0][0]))) == []


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        (
            "verdicts.csv",
            "verdict",
            "contradicted",
            "verdict: 1 of 1 differ, the first is contradicted kept and supported",
        ),
        ("verdicts.csv", "measured", 3.001, "measured: 1 of 1 differ, the first is 3.001 kept and 3"),
        ("verdicts.csv", "rule", "Always.", "rule: 1 of 1 differ"),
        ("figures/census.csv", "functions", 5, "figures/census.csv: functions: 1 of 9 differ"),
    ],
)
def test_what_somebody_changed_is_named(run, name, column, value, words):
    change(run, name, column, value)
    (line,) = lines(run)
    assert words in line


def test_verdicts_too_many_too_few_and_figures_that_are_gone_are_named(run):
    table = pd.read_csv(run.path / "verdicts.csv")
    table.iloc[1:].assign(claim="boolean.minimum-width/other").to_csv(run.path / "verdicts.csv", index=False)
    (run.path / "figures" / "census.csv").unlink()
    found = lines(run)
    assert found[0] == "figures/census.csv: is not there"
    assert [line.split(": ")[1] for line in found[1:]] == ["1 row kept, and now 0"] + ["0 rows kept, and now 1"] * 2


def test_a_changed_table_changes_its_verdicts(run):
    part = run.path / "parts" / "minimum-width-0.parquet"
    part.unlink()
    run.write_part("minimum-width-0", "boolean.minimum-width", runs.CENSUS.assign(functions=3), FACTS)
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)
    assert any(
        "verdict: 1 of 1 differ, the first is supported kept and contradicted now" in line for line in lines(run)
    )


def test_claims_that_cannot_be_judged_again_are_named(tmp_path):
    tables = {"given-up": runs.CENSUS, "every-function": runs.CENSUS[["n"]], "minimum-width": runs.CENSUS}
    found = lines(runs.write(tmp_path, tables, to_table([])))
    assert found[0] == "given-up: the claim is no longer part of the code"
    assert found[1].startswith("every-function: cannot be judged again: KeyError")
    assert "verdict boolean.minimum-width/parity: 0 rows kept, and now 1" in found


def test_unlike_by_more_than_rounding_or_not_at_all():
    table = pd.DataFrame({"x": [1.0, np.nan, np.inf], "word": ["a", None, "1"]})
    assert check.unlike(table, table * 1) == []
    assert check.unlike(table, table.assign(x=table["x"] * (1 + 1e-9))) == []
    assert check.unlike(table, table.assign(x=table["x"] * (1 + 1e-6))) != []
    assert check.unlike(table, table.assign(x=[1.0, 0.0, np.inf])) != []
    assert check.unlike(table, table.assign(word=["a", None, "2"])) != []
    assert check.unlike(table, table[:2]) == ["3 rows kept, and now 2"]
    assert check.unlike(table, table.rename(columns={"x": "y"})) == ["columns that only one of them has: x, y"]


def test_rows_in_another_order_are_the_same_rows_and_others_are_not():
    """Equal values are sorted one way by one processor and another way by another."""
    kept = pd.DataFrame({"x": [2.0, 1.0, 1.0], "name": ["b", None, "a"], "n": [1, 1, 2]})
    turned = kept.iloc[::-1].reset_index(drop=True)
    assert check.unlike(kept, turned) != []
    assert check.unlike(check.in_one_order(kept), check.in_one_order(turned)) == []
    changed = turned.assign(x=[1.0, 1.5, 2.0])
    assert check.unlike(check.in_one_order(kept), check.in_one_order(changed)) != []
