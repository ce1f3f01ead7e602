import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from experiments.errors import UserError
from experiments.storage import finding, tables
from experiments.storage.runs import RunDirectory
from tests import support

MANIFEST = support.manifest("x", "y", sweep="toy", family="toy")


def make_run(results, number: int, sweep: str = "toy", **columns) -> RunDirectory:
    run = RunDirectory.create(str(results), sweep, MANIFEST)
    rows = pd.DataFrame({"n": [1, 2, 3], "loss": np.full(3, number, np.float32), **columns})
    run.write_part("x-0", f"{sweep}.x", rows, support.FACTS)
    run.write_part("y-0", f"{sweep}.y", pd.DataFrame({"m": [number]}), support.FACTS)
    run.write_table(MANIFEST | {"run": run.name}, run.parts(MANIFEST).fitting)
    return run


def test_runs_are_joined_with_all_their_columns_and_the_run_as_one_more(tmp_path):
    runs = [
        make_run(tmp_path, 0),
        make_run(tmp_path, 1, late=[1.5, 2.5, 3.5]),
        make_run(tmp_path, 2, loss=np.full(3, 1 + 2**-40)),
    ]
    dataset = tables.opened(runs)
    assert dataset.count_rows() == 12
    table = dataset.to_table().to_pandas().set_index("run")
    for number, run in enumerate(runs):
        own = run.read_table("toy.x")
        joined = table.loc[run.name]
        assert joined["m"].dropna().tolist() == [number]
        pd.testing.assert_series_equal(
            joined["loss"].dropna().reset_index(drop=True), own["loss"], check_dtype=False, check_exact=True
        )
    assert table["late"].dropna().tolist() == [1.5, 2.5, 3.5]


def test_only_the_files_of_the_runs_asked_for_are_read(tmp_path):
    runs = [make_run(tmp_path, number) for number in range(3)]
    dataset = tables.opened(runs)
    (runs[0].path / "table.parquet").write_bytes(b"no parquet any more")
    rows = dataset.to_table(filter=ds.field("run") == runs[2].name).to_pandas()
    assert len(rows) == 4
    assert set(rows["run"]) == {runs[2].name}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_rows_of_one_claim_are_written_with_its_columns(tmp_path, suffix):
    runs = [make_run(tmp_path, 0), make_run(tmp_path, 1, late=[1.0, 2.0, 3.0])]
    output = tmp_path / f"joined.{suffix}"
    assert tables.write(tables.selected(runs, "toy.x"), output) == 6
    table = pd.read_csv(output) if suffix == "csv" else pd.read_parquet(output)
    assert sorted(table.columns) == ["claim", "late", "loss", "n", "run"]
    assert table["loss"].tolist() == [0, 0, 0, 1, 1, 1]
    assert set(table["claim"]) == {"toy.x"}
    assert tables.selected(runs, "x").frame().equals(tables.selected(runs, "toy.x").frame())
    assert tables.write(tables.selected(runs, None), output) == 8


def test_own_runs_come_before_the_reference_which_stands_in_for_them(tmp_path):
    RunDirectory.create(str(tmp_path), "toy", MANIFEST)
    with pytest.raises(UserError, match=r"no run of such a sweep.*allowed: nothing"):
        finding.runs_with_rows("toy", str(tmp_path))
    kept = make_run(tmp_path, 0)
    reference = tmp_path / "reference" / "toy"
    reference.parent.mkdir()
    kept.path.rename(reference)
    assert [run.name for run in finding.runs_with_rows("toy", str(tmp_path))[0]] == ["reference/toy"]
    own = make_run(tmp_path, 1)
    assert [run.name for run in finding.runs_with_rows("toy", str(tmp_path))[0]] == [own.name]


def test_what_cannot_be_is_said(tmp_path):
    runs = [make_run(tmp_path, 0), make_run(tmp_path, 1, loss=["much", "more", "most"])]
    with pytest.raises(UserError, match=f"{runs[1].name}.*loss"):
        tables.opened(runs)
    with pytest.raises(UserError, match=r"llowed: toy.x, toy.y"):
        tables.selected(runs[:1], "z")
    with pytest.raises(UserError, match=r"ends in .parquet or .csv"):
        tables.write(tables.selected(runs[:1], None), tmp_path / "joined.txt")
    with pytest.raises(UserError, match="did you mean toy"):
        finding.runs_with_rows("tpy", str(tmp_path))
