"""Links, pipes, folders and foreign files in a run: nothing beside it is read, written or removed."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.ensemble import choice
from experiments.running import run as running
from experiments.storage.cache import cache_folder
from experiments.storage.runs import RunDirectory
from tests.storage.hostile import VERBS, change, key, outside, parts, say, written_again

LINKS = ["manifest.json", "verdicts.csv", "table.parquet", "run.log", ".lock", "parts", "failures", "figures"]


@pytest.mark.parametrize("name", LINKS)
def test_nothing_is_written_or_read_through_a_link(name, place, capsys):
    run, target = place / "results/boolean/bad", place / "precious" / name
    whole = run / name
    if whole.is_dir() or target.is_dir():
        if whole.exists():
            shutil.copytree(whole, target, dirs_exist_ok=True)
        shutil.rmtree(whole, ignore_errors=True)
    else:
        target.write_bytes(whole.read_bytes() if whole.exists() else b"irreplaceable")
        whole.unlink(missing_ok=True)
    whole.symlink_to(target)
    if name not in ("parts", "table.parquet"):
        next((run / "parts").iterdir()).unlink()
    before = outside(place)
    statuses = {verb: say(capsys, arguments)[0] for verb, arguments in VERBS.items() if verb != "rerun"}
    assert statuses["resume"] == statuses["keep"] == 2, str(statuses)
    assert outside(place) == before
    assert not (place / "results/reference").exists()


@pytest.mark.parametrize("name", ["manifest.json", "verdicts.csv", "table.parquet"])
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(name, place, capsys):
    run = place / "results/boolean/bad"
    (run / name).unlink()
    os.mkfifo(run / name)
    assert say(capsys, VERBS["keep"])[0] == 2
    assert say(capsys, ["list"])[0] == 0


def foreign(run: Path) -> None:
    shutil.copy(parts(run)[0], run / "parts" / "somebody-else.parquet")


def exchanged(run: Path) -> None:
    one, other = parts(run)
    shutil.copy(one, other)


def edited(run: Path) -> None:
    path = parts(run)[0]
    table = pa.parquet.read_table(path)
    column = pa.array([7] * len(table), table.schema.field("width").type)
    written_again(path, table.set_column(table.column_names.index("width"), "width", column))


def of_other_settings(run: Path) -> None:
    path = parts(run)[0]
    facts = json.loads(pa.parquet.read_metadata(path).metadata[b"unit"]) | {"settings": "0123"}
    written_again(path, pa.parquet.read_table(path), unit=json.dumps(facts))


PARTS = {
    "empty": lambda run: parts(run)[0].write_bytes(b""),
    "cut off": lambda run: parts(run)[0].write_bytes(parts(run)[0].read_bytes()[:-9]),
    "garbled": lambda run: parts(run)[0].write_bytes(os.urandom(3000)),
    "another unit's": exchanged,
    "edited": edited,
    "measured under other settings": of_other_settings,
    "without a word": lambda run: pd.DataFrame({"n": [1]}).to_parquet(parts(run)[0]),
}


@pytest.mark.parametrize("how", PARTS)
def test_a_part_that_does_not_fit_is_named_and_measured_again(how, place, capsys):
    run = place / "results/boolean/bad"
    whole = pd.read_parquet(run / "table.parquet")
    PARTS[how](run)
    for verb in ("show", "compare", "report --check", *["report"] * (how == "empty")):
        status, said = say(capsys, VERBS[verb])
        assert "results/boolean/bad/parts/" in said.replace("\n", ""), (verb, said)
        assert status == (1 if verb == "report --check" else 0), (verb, said)
    status, said = say(capsys, VERBS["keep"])
    assert (status, "not kept" in said) == (2, True), said
    status, said = say(capsys, VERBS["resume"])
    assert status == 0, said
    pd.testing.assert_frame_equal(pd.read_parquet(run / "table.parquet"), whole)
    assert say(capsys, VERBS["keep"])[0] == 0


def test_a_part_of_nobody_is_named_and_left_out(place, capsys):
    run = place / "results/boolean/bad"
    whole = pd.read_parquet(run / "table.parquet")
    foreign(run)
    status, said = say(capsys, VERBS["resume"])
    assert (status, "somebody-else.parquet is of no unit of this run" in said) == (0, True), said
    pd.testing.assert_frame_equal(pd.read_parquet(run / "table.parquet"), whole)
    assert (run / "parts" / "somebody-else.parquet").exists()
    assert "somebody-else.parquet is of no unit" in say(capsys, VERBS["show"])[1]
    assert say(capsys, VERBS["keep"])[0] == 0


PLACES = ["parts/UNIT.parquet", "failures/UNIT.json", "table.parquet", "table.csv", "verdicts.csv", "run.log"]


@pytest.mark.parametrize("name", PLACES)
def test_a_folder_in_the_place_of_a_file_is_named_before_anything_is_measured(name, place, capsys, monkeypatch):
    run = place / "results/boolean/bad"
    unit = parts(run)[0].stem
    parts(run)[0].unlink()
    taken = run / name.replace("UNIT", unit)
    taken.unlink(missing_ok=True)
    taken.mkdir(parents=True)
    (taken / "thesis.txt").write_text("irreplaceable")
    with monkeypatch.context() as patch:
        patch.setattr(running, "_execute", None)
        status, said = say(capsys, VERBS["resume"])
    assert (status, f"{taken.relative_to(place)}: is no ordinary file" in said) == (2, True), said
    (command,) = re.findall(r"move it away: (mv .*)", said)
    assert (taken / "thesis.txt").read_text() == "irreplaceable"
    subprocess.run(shlex.split(command), check=True)
    assert say(capsys, VERBS["resume"])[0] == 0
    assert (taken.with_name(f"{taken.name}.aside") / "thesis.txt").read_text() == "irreplaceable"
    assert say(capsys, VERBS["keep"])[0] == 0


def test_a_unit_with_a_folder_in_the_place_of_its_part_is_not_done(place, capsys):
    path = parts(place / "results/boolean/bad")[0]
    path.unlink()
    path.mkdir()
    said = say(capsys, VERBS["show"])[1]
    assert "(1 of 2 units)" in said
    assert f"parts/{path.name} is no ordinary file" in said


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b'{"error": 3}', b"\xff", b"[" * 100_000, b'{"error": "\\u001b[2J[/x]"}']
)
def test_failures_that_cannot_be_read_are_said(content, place, capsys):
    folder = place / "results/boolean/bad/failures"
    folder.mkdir(exist_ok=True)
    (folder / "some-unit.json").write_bytes(content)
    for arguments in (["list"], VERBS["show"], VERBS["report"]):
        status, said = say(capsys, arguments)
        assert (status, "\x1b" in said) == (0, False)
    assert "some-unit" in say(capsys, VERBS["show"])[1]


@pytest.mark.parametrize(
    "what", ["a hand-made folder", "a file beside", "another sweep", "an unreadable copy", "a file", "a link"]
)
def test_keep_removes_nothing_that_it_did_not_make(what, place, capsys):
    assert say(capsys, ["keep", "GOOD"])[0] == 0
    there = place / "results/reference/boolean"
    assert say(capsys, ["keep", "GOOD"])[0] == 0
    if what == "a file beside":
        (there / "notes.txt").write_text("mine")
    elif what == "another sweep":
        change(there, key(sweep="other"))
    elif what == "an unreadable copy":
        (there / "manifest.json").write_text("{}")
    else:
        shutil.rmtree(there)
    if what == "a hand-made folder":
        shutil.copytree(place / "precious", there)
    elif what == "a file":
        there.write_text("mine")
    elif what == "a link":
        there.symlink_to(place / "precious")
    before = {path: path.read_bytes() for path in (place / "results/reference").rglob("*") if path.is_file()}
    before_outside = outside(place)
    assert say(capsys, ["keep", "GOOD"])[0] == 2
    assert {path: path.read_bytes() for path in (place / "results/reference").rglob("*") if path.is_file()} == before
    assert outside(place) == before_outside


@pytest.mark.parametrize("name", ["../precious", "precious/..", "/etc", "..", "bad/parts", "bad\x00", "bad\x1b[2J"])
def test_names_that_are_typed_lead_nowhere(name, place, capsys):
    before = outside(place)
    for arguments in (["resume", name], ["keep", name], ["show", name], ["table", name], ["report", name]):
        status, said = say(capsys, arguments)
        assert (status, "Traceback" in said) == (2, False), (arguments, said)
    assert outside(place) == before


def test_a_figure_with_a_title_that_is_a_path_is_not_written(place):
    run = RunDirectory(place / "results/boolean/bad")
    for title in ("../../precious/figures/census", "/tmp/x", "..", ".hidden", "a/b", "a\nb", ""):
        with pytest.raises(Exception, match="no name for a file"):
            run.at("figures", f"{title}.png")


@pytest.mark.parametrize(
    "content",
    [
        "[1]",
        "3",
        "[" * 100_000,
        json.dumps({"KEY": 3}),
        json.dumps({"KEY": {"lanes 99999999999": 1e300}}),
        json.dumps({"KEY": {"__import__('os') 1": 1.0, "lanes 32": "fast"}}),
        json.dumps({"KEY": {"lanes": 1.0}}),
        json.dumps({"KEY": {"lanes 32": float("nan")}}),
    ],
)
def test_remembered_trials_that_cannot_be_are_forgotten(content, tmp_path, monkeypatch):
    from tests.ensemble import by_hand
    from theory import boolean

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_folder().mkdir()
    program, x = by_hand.program(), boolean.signed_inputs(2).astype("float32")
    (cache_folder() / "trials.json").write_text(content.replace('"KEY"', json.dumps(choice._key(program, len(x)))))
    assert choice.choose(program, x, 100) == ("lanes", choice.LANES, "rule")
