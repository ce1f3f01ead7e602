"""Tables, verdicts and figures that are not those of the run: they are named, and made again."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.running import conclude
from experiments.storage.runs import RunDirectory
from tests.storage.hostile import VERBS, outside, say, unsealed


def edited_table(run: Path) -> None:
    path = run / "table.parquet"
    table = pa.parquet.read_table(path)
    column = pa.array([7] * len(table), table.schema.field("width").type)
    pa.parquet.write_table(table.set_column(table.column_names.index("width"), "width", column), path)


def told(run: Path, columns: dict) -> None:
    path = run / "table.parquet"
    table = pa.parquet.read_table(path)
    says = {**table.schema.metadata, b"columns of each claim": json.dumps(columns).encode()}
    pa.parquet.write_table(table.replace_schema_metadata(says), path)


TABLES = {
    "empty": lambda run: (run / "table.parquet").write_bytes(b""),
    "cut off": lambda run: (run / "table.parquet").write_bytes((run / "table.parquet").read_bytes()[:-20]),
    "garbled": lambda run: (run / "table.parquet").write_bytes(b"PAR1" + os.urandom(2000) + b"PAR1"),
    "without a word": lambda run: pd.DataFrame({"claim": ["boolean.minimum-width"]}).to_parquet(run / "table.parquet"),
    "another sweep's": lambda run: shutil.copy(
        Path(__file__).parents[2] / "results/reference/depth/table.parquet", run / "table.parquet"
    ),
    "the same sweep's of older code": lambda run: told(run, {"boolean.minimum-width": ["claim", "seed", "n"]}),
    "edited": edited_table,
    "with columns that are not there": lambda run: told(run, {"boolean.minimum-width": ["claim", "no"]}),
    "with columns that are none": lambda run: told(run, {"boolean.minimum-width": 3}),
    "gone": lambda run: (run / "table.parquet").unlink(),
}


@pytest.mark.parametrize("how", TABLES)
def test_a_table_that_is_not_the_runs_is_named_and_made_again(how, place, capsys):
    run = place / "results/boolean/bad"
    TABLES[how](run)
    before = outside(place)
    for verb in ("compare", "keep"):
        status, said = say(capsys, VERBS[verb])
        assert (status, "results/boolean/bad: its table.parquet" in said or how == "gone") == (2, True), (verb, said)
    assert not (place / "results/reference").exists()
    assert say(capsys, VERBS["show"])[0] == 0
    assert how != "empty" or say(capsys, VERBS["report"])[0] == 0
    assert say(capsys, VERBS["report --check"])[0] == 1
    assert say(capsys, ["table", "boolean"])[0] == 0
    assert outside(place) == before
    assert say(capsys, VERBS["resume"])[0] == 0
    assert say(capsys, VERBS["compare"])[0] == 0


def cell(**values):
    return lambda table: table.assign(**values)


VERDICTS = {
    "empty": b"",
    "binary": b"\x00\x01\xff\xfe",
    "never closed": b'claim,verdict\n"never closed',
    "other columns": b"no,verdicts\n1,2\n",
    "another sweep's": lambda run: shutil.copy(
        Path(__file__).parents[2] / "results/reference/depth/verdicts.csv", run / "verdicts.csv"
    ),
    "an unknown word": cell(verdict="proved"),
    "an unknown evidence": cell(evidence="[/nope]"),
    "words for numbers": cell(measured="<b>"),
    "p-values that are none": cell(p_value=-1.0),
    "a steering sign": cell(statement="\x1b[2J"),
    "twice the same": cell(claim="boolean.minimum-width/parity"),
    "of another claim": lambda rows: rows.assign(claim=[f"boolean.trained-width/{i}" for i in range(len(rows))]),
}


@pytest.mark.parametrize("how", VERDICTS)
def test_verdicts_that_are_not_the_runs_are_named_and_made_again(how, place, capsys):
    run, spoil = place / "results/boolean/bad", VERDICTS[how]
    unsealed(run)
    if isinstance(spoil, bytes):
        (run / "verdicts.csv").write_bytes(spoil)
    elif how == "another sweep's":
        spoil(run)
    else:
        spoil(pd.read_csv(run / "verdicts.csv")).to_csv(run / "verdicts.csv", index=False)
    before = outside(place)
    statuses = {"show": 2, "compare": 2, "keep": 2, "report --check": 1} | ({"report": 0} if how == "empty" else {})
    for verb, expected in statuses.items():
        status, said = say(capsys, VERBS[verb])
        assert (status, "results/boolean/bad: its verdicts.csv" in said) == (expected, True), (verb, said)
        assert "\x1b" not in said
    assert "unreadable" in say(capsys, ["list"])[1]
    assert outside(place) == before
    assert say(capsys, VERBS["resume"])[0] == 0
    assert say(capsys, VERBS["compare"])[0] == 0


@pytest.mark.parametrize("how", ["another run's", "edited", "on another table"])
def test_verdicts_that_do_not_belong_to_the_table_are_named_and_made_again(how, larger, place, capsys):
    run = place / "results/boolean/bad"
    good = (run / "verdicts.csv").read_bytes()
    if how == "another run's":
        shutil.copy(larger / "verdicts.csv", run / "verdicts.csv")
    elif how == "edited":
        pd.read_csv(run / "verdicts.csv").assign(samples=7).to_csv(run / "verdicts.csv", index=False)
    else:
        directory = RunDirectory(run)
        fitting = directory.parts(directory.manifest()).fitting
        directory.write_table(directory.manifest(), {unit: fitting[unit] for unit in sorted(fitting)[1:]})
    words = "its verdicts.csv " + ("holds verdicts on another table" if "table" in how else "is not the one that was")
    for verb, expected in {"show": 2, "compare": 2, "keep": 2, "report --check": 1, "report": 0}.items():
        status, said = say(capsys, VERBS[verb])
        assert (status, words in said.replace("\n", " ")) == (expected, True), (verb, said)
    assert words in say(capsys, ["list"])[1]
    assert say(capsys, VERBS["resume"])[0] == 0
    assert (run / "verdicts.csv").read_bytes() == good
    assert say(capsys, VERBS["compare"])[0] == 0


def test_verdicts_of_a_kept_copy_are_held_against_its_table_too(place, capsys):
    assert say(capsys, VERBS["keep"])[0] == 0
    kept = RunDirectory(place / "results/reference/boolean")
    recorded = kept.read_verdicts()
    assert recorded is not None
    assert len(recorded) == 2
    assert say(capsys, ["report", "reference/boolean", "--check"])[0] == 0
    pd.read_csv(kept.path / "verdicts.csv").assign(samples=7).to_csv(kept.path / "verdicts.csv", index=False)
    status, said = say(capsys, ["show", "reference/boolean"])
    assert (status, "its verdicts.csv is not the one that was written" in said) == (2, True), said


def test_runs_of_older_code_say_nothing_of_their_end_and_are_believed(place, capsys):
    unsealed(place / "results/boolean/bad")
    assert "finished" in say(capsys, VERBS["show"])[1]
    assert say(capsys, VERBS["keep"])[0] == 0
    assert "concluded" not in json.loads((place / "results/reference/boolean/manifest.json").read_text())
    assert say(capsys, ["report", "reference/boolean", "--check"])[0] == 0


@pytest.mark.parametrize(("where", "moment"), [(conclude, "_save"), (RunDirectory, "conclude_claim")])
def test_a_run_that_was_killed_while_it_drew_is_not_finished(where, moment, place, capsys, monkeypatch):
    run = place / "results/boolean/bad"
    figures = sorted(path.name for path in (run / "figures").iterdir())
    shutil.rmtree(run / "figures")

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, moment, killed)
        assert say(capsys, VERBS["resume"])[0] == 130
    for verb, words in {"show": "not all judged and drawn", "report": "minimum-width is not judged and drawn"}.items():
        status, said = say(capsys, VERBS[verb])
        assert (status, words in said) == (0, True), (verb, said)
    status, said = say(capsys, VERBS["keep"])
    assert (status, "minimum-width is not judged and drawn to its end" in said) == (2, True), said
    assert "python -m experiments resume boolean/bad" in said
    assert not (place / "results/reference").exists()
    assert say(capsys, VERBS["resume"])[0] == 0
    assert sorted(path.name for path in (run / "figures").iterdir()) == figures
    assert say(capsys, VERBS["keep"])[0] == 0


@pytest.mark.parametrize("kind", ["pdf", "png", "csv"])
def test_a_run_that_was_copied_while_it_drew_lacks_figures_that_are_named(kind, place, capsys):
    figure = next((place / "results/boolean/bad/figures").glob(f"*.{kind}"))
    figure.unlink()
    status, said = say(capsys, VERBS["keep"])
    assert (status, f"figures/{figure.name} is missing" in said) == (2, True), said
    assert f"figures/{figure.name} is missing" in say(capsys, VERBS["show"])[1]
    assert say(capsys, ["keep", "RUN", "--anyway"])[0] == 0


def test_forged_p_values_are_found_and_so_are_p_values_taken_away(place, capsys):
    path = place / "results/boolean/bad/verdicts.csv"
    unsealed(path.parent)
    assert say(capsys, VERBS["report --check"])[0] == 0
    verdicts = pd.read_csv(path)
    verdicts.assign(p_value=1e-6).to_csv(path, index=False)
    status, said = say(capsys, VERBS["report --check"])
    assert (status, "p_value: 1 of 1 differ" in said) == (1, True), said
    verdicts.drop(columns="p_value").to_csv(path, index=False)
    status, said = say(capsys, VERBS["report --check"])
    assert (status, "lacks the columns p_value" in said) == (1, True), said
