import json
import shutil

import numpy as np
import pandas as pd
import pytest

from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.report import gather, ledger, model, pictures
from experiments.report.picture import plain
from experiments.storage.keeping import keep_in
from tests import support
from tests.report import runs


def kept(results, run):
    keep_in(run, results / "reference" / run.path.parent.name)
    shutil.rmtree(run.path)


def test_the_newest_finished_run_of_every_sweep_is_taken_else_its_reference(tmp_path):
    kept(tmp_path, runs.census(tmp_path))
    assert [run.name for run in gather.choose_runs([], str(tmp_path))[0]] == ["reference/boolean"]
    old, new = (runs.census(tmp_path) for _ in range(2))
    old.path.rename(old.path.with_name("20200101-000000-ffff"))
    runs.write(tmp_path, {"minimum-width": runs.CENSUS, "every-function": pd.DataFrame()}, to_table([]))
    other = runs.write(tmp_path, {"minimum-width": runs.CENSUS}, to_table([]), sweep="another")
    assert [run.name for run in gather.choose_runs([], str(tmp_path))[0]] == [other.name, new.name]
    assert [run.name for run in gather.choose_runs(["reference"], str(tmp_path))[0]] == ["reference/boolean"]
    assert [run.name for run in gather.choose_runs([new.name, str(new.path)], str(tmp_path))[0]] == [new.name]


def test_no_run_at_all_and_foreign_folders_are_named_and_passed_over(tmp_path):
    with pytest.raises(UserError, match=r"no finished run.*sweep=NAME"):
        gather.choose_runs([], str(tmp_path))
    run = runs.census(tmp_path)
    for name, content in (("a", "{}"), ("b", "no json"), ("c", json.dumps(run.manifest() | {"units": 3}))):
        (run.path.with_name(name)).mkdir()
        (run.path.with_name(name) / "manifest.json").write_text(content)
    assert [one.name for one in gather.choose_runs([], str(tmp_path))[0]] == [run.name]


def test_a_whole_run_says_what_it_is(tmp_path):
    one = gather.read(runs.census(tmp_path))
    assert (one.sweep, one.family, one.claims, one.scale, one.seed) == (
        *("boolean", "boolean", ("minimum-width",), "smoke", "0"),
    )
    assert one.facts["command"] == "python -m experiments run +sweep=boolean scale=smoke"
    assert one.facts["seconds"] == "1.5, 0.5 of them compiling"
    assert one.verdicts["claim"].tolist() == [
        "boolean.minimum-width/parity",
        "boolean.minimum-width/construction-is-optimal",
    ]
    assert one.verdicts["measured"].tolist() == [3.0, 3.0]


def test_a_partial_run_says_how_many_units_are_missing_and_how_to_go_on(tmp_path):
    run = runs.write(tmp_path, {"minimum-width": runs.CENSUS, "every-function": pd.DataFrame()}, to_table([]))
    one = gather.read(run)
    assert (
        "missing: 1 of 2 units, and claims without all of theirs are not judged; "
        f"to go on: {RESUME} {run.name} --results {tmp_path}" in one.notes
    )
    assert "it has no verdicts yet" in one.notes


RESUME = "python -m experiments resume"


def test_a_failed_run_shows_its_errors(tmp_path):
    run = runs.write(tmp_path, {"minimum-width": pd.DataFrame()}, to_table([]))
    run.write_failure("minimum-width-0", {"error": "Traceback\nMemoryError"})
    assert gather.read(run).failures == {"minimum-width-0": "Traceback\nMemoryError"}
    (run.path / "failures" / "other.json").write_text("[1]")
    assert "`resume` runs this unit again" in gather.read(run).failures["other"]


@pytest.mark.parametrize(
    "content", ["", "no,verdicts\n1,2\n", 'claim,verdict\n"never closed', "\x00\x01", "claim\nx,y,z\n"]
)
def test_broken_verdicts_are_a_note_or_empty_fields(tmp_path, content):
    run = runs.census(tmp_path)
    (run.path / "verdicts.csv").write_text(content)
    one = gather.read(run)
    assert list(one.verdicts.columns) == list(gather.RECORDED)
    assert all(isinstance(text, str) for name in ("claim", "verdict") for text in one.verdicts[name])
    ledger.make([one])


def test_words_in_the_place_of_numbers_are_named_and_no_verdicts(tmp_path):
    run = runs.census(tmp_path)
    table = pd.read_csv(run.path / "verdicts.csv").assign(measured="<b>")
    table.to_csv(run.path / "verdicts.csv", index=False)
    one = gather.read(run)
    assert len(one.verdicts) == 0
    assert f"{run.path}: its verdicts.csv holds something else than numbers in the column measured" in one.notes[0]
    assert one.spoilt == one.notes[:1]


def test_claims_and_families_that_are_no_longer_there_keep_their_verdicts(tmp_path):
    rows = to_table([support.verdict("boolean.given-up"), support.verdict("boolean.minimum-width/parity")])
    gone = runs.write(tmp_path, {"given-up": runs.CENSUS, "minimum-width": runs.CENSUS}, rows)
    shown = pictures.show_all([gather.read(gone)])[0]
    assert [(one.name, len(one.pictures)) for one in shown] == [("boolean.given-up", 0), ("boolean.minimum-width", 1)]
    assert "no longer part of the code" in shown[0].notes[0]
    run = runs.write(tmp_path, {"x": runs.CENSUS}, to_table([]), family="nowhere")
    (claim,) = pictures.show_all([gather.read(run)])[0]
    assert "no longer part of the code" in claim.notes[0]
    assert claim.rows == 9


def test_a_table_that_a_claim_cannot_draw_costs_no_other_its_figure(tmp_path):
    tables = {"every-function": runs.CENSUS.drop(columns="functions"), "minimum-width": runs.CENSUS}
    shown = pictures.show_all([gather.read(runs.write(tmp_path, tables, to_table([])))])[0]
    assert [len(one.pictures) for one in shown] == [0, 1]
    assert "cannot be drawn" in shown[0].notes[0]


def test_an_extract_is_spread_over_the_table_and_leaves_out_what_says_nothing():
    table = pd.DataFrame({"claim": "x", "n": range(101), "key": "ab", "empty": np.nan})
    found = pictures.extract_of(table)
    assert list(found.columns) == ["n"]
    assert found["n"].tolist() == [0, 50, 100]
    assert len(pictures.extract_of(table[:1])) == 1
    assert pictures.extract_of(pd.DataFrame({"knots": ["0.25 " * 99]}))["knots"].str.len().max() <= pictures.WIDEST
    assert pictures.extract_of(pd.DataFrame()).empty


def test_names_become_plain():
    assert plain("../A b/.. c") == "a-b-c"
    assert plain("<>") == "unnamed"


def test_folders_are_named_by_sweep_or_where_that_is_ambiguous_by_run(tmp_path):
    one, two = (runs.census(tmp_path) for _ in range(2))
    other = runs.write(tmp_path, {"minimum-width": runs.CENSUS}, to_table([]), sweep="another")
    read = [gather.read(run) for run in (one, two, other)]
    assert model.folder_names(read) == [plain(one.name), plain(two.name), "another"]
    assert model.folder_names(read[1:]) == ["boolean", "another"]


def test_other_processes_draw_the_same_and_what_they_cannot_is_noted(tmp_path, monkeypatch):
    tables = {"minimum-width": runs.CENSUS, "given-up": runs.CENSUS, "exponential-bound": runs.CENSUS}
    read = gather.read(runs.write(tmp_path, tables, to_table([])))
    told: list[str] = []
    meanwhile: list[str] = []
    (here,) = pictures.show_all([read], meanwhile=lambda: meanwhile.append("here"))
    monkeypatch.setattr(pictures, "WORTH_PROCESSES", 1)
    (there,) = pictures.show_all([read], told.append, meanwhile=lambda: meanwhile.append("while others draw"))
    assert meanwhile == ["while others draw"]
    assert [one.pictures for one in there] == [one.pictures for one in here]
    assert [one.notes for one in there] == [one.notes for one in here]
    assert [len(one.pictures) for one in there] == [1, 0, 0]
    assert sorted(told) == sorted(f"boolean.{name}" for name in tables)
