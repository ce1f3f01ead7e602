"""Runs that somebody else made, or that were spoilt: every verb answers in a sentence, executes and removes nothing."""

import contextlib
import json
import logging
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
from rich.console import Console

from experiments.__main__ import main
from experiments.claims import claims_of
from experiments.ensemble import choice, devices
from experiments.running import compose, conclude
from experiments.running import run as running
from experiments.storage.runs import RunDirectory

CANARY = "canary"
COMMAND = f"@pd.io.common.os.system('touch {CANARY}') == 0 and n > 0"
CLAIM = "minimum-width"
OTHERS = sorted(set(claims_of("boolean")) - {CLAIM})
MINE = (
    "device=cpu",
    "++sweep.minimum-width.n=[1,2]",
    "++engine.unit_cells=1",
    *(f"~sweep.{claim}" for claim in OTHERS),
)
VERBS = {
    "show": ["show", "RUN"],
    "show --row": ["show", "RUN", "--row", CLAIM],
    "compare": ["compare", "GOOD", "RUN"],
    "report": ["report", "RUN"],
    "report --check": ["report", "RUN", "--check"],
    "keep": ["keep", "RUN"],
    "resume": ["resume", "RUN"],
    "resume --anyway": ["resume", "RUN", "--anyway"],
    "rerun": ["rerun", "RUN"],
}


def made(folder: Path, *overrides: str) -> Path:
    """A finished run of a small claim, made as every run is."""
    compose.register_defaults()
    with contextlib.chdir(folder):
        accepted = compose.check_overrides(["+sweep=boolean", "+scale=smoke", *MINE, *overrides])
        assert running.run(compose.compose_settings(accepted), accepted, Console(quiet=True)) == 0
    (run,) = folder.glob("results/boolean/*")
    return run


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return made(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    """Another run of the same claims, with other verdicts."""
    return made(tmp_path_factory.mktemp("larger"), "++sweep.minimum-width.n=[1,2,3]")


@pytest.fixture
def place(original, tmp_path, monkeypatch):
    """A folder with a good run, one to be spoilt, and precious things beside their results; we are in it."""
    for name in ("good", "bad"):
        shutil.copytree(original, tmp_path / "results" / "boolean" / name)
    precious = tmp_path / "precious"
    for name in ("thesis.txt", "manifest.json", "parts/a.parquet", "figures/census.png", "failures/unit.json"):
        (precious / name).parent.mkdir(parents=True, exist_ok=True)
        (precious / name).write_text("irreplaceable")
    monkeypatch.chdir(tmp_path)
    # The log of a run is opened once in a process.
    log = logging.getLogger("experiments.boolean/bad")
    for handler in list(log.handlers):
        handler.close()
        log.removeHandler(handler)
    return tmp_path


def change(run: Path, how) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    how(manifest)
    (run / "manifest.json").write_text(json.dumps(manifest))


def unsealed(run: Path) -> None:
    """As older code made it, or somebody who forges checksums as well."""
    change(run, lambda manifest: manifest.pop("concluded"))


def concluded(**changes):
    return lambda manifest: manifest["concluded"].update(changes)


def outside(place: Path) -> dict[str, bytes]:
    """All files beside the results."""
    files = [path for path in place.rglob("*") if path.is_file() and "results" not in path.relative_to(place).parts]
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def say(capsys, arguments: list[str]) -> tuple[int, str]:
    """Status and words of a command; whatever is not answered in words comes through as an error."""
    names = {"RUN": "results/boolean/bad", "GOOD": "results/boolean/good"}
    capsys.readouterr()
    status = main([names.get(argument, argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def settings(**changes):
    return lambda manifest: manifest["settings"].update(changes)


def sweep(**changes):
    return lambda manifest: manifest["settings"]["sweep"].update(changes)


def key(**changes):
    return lambda manifest: manifest.update(changes)


def first_unit(manifest: dict) -> dict:
    return next(iter(manifest["units"].values()))


MANIFESTS = {
    "a sweep outside": key(sweep="../../precious"),
    "an absolute sweep": key(sweep="/tmp/precious"),
    "the harness's own folder": key(sweep="reference"),
    "no sweep": key(sweep=""),
    "a sweep that is none": key(sweep=["boolean"]),
    "a run outside": key(run="../precious"),
    "settings of null": key(settings=None),
    "settings that are text": key(settings="none"),
    "no claims": key(settings={"sweep": {"family": "boolean"}, "scale": "smoke", "seed": 0}),
    "a scale that is a path": settings(scale="../precious"),
    "a family outside": sweep(family="../../precious"),
    "a family that is a module": sweep(family="boolean.trained_width"),
    "a claim outside": sweep(**{"../precious": {}}),
    "settings with a steering sign": sweep(**{CLAIM: {"where": "\x1b]0;title\x07"}}),
    "no units": key(units={}),
    "units that are a number": key(units=3),
    "a unit outside": key(units={"../../../precious/parts/a": {"claim": CLAIM, "cells": 1}}),
    "a unit of another claim": lambda manifest: first_unit(manifest).update(claim="every-function"),
    "overrides of Hydra": key(overrides=["+sweep=boolean", "hydra.run.dir=../precious"]),
    "callbacks of Hydra": key(overrides=["+sweep=boolean", "++hydra.callbacks.a._target_=os.system"]),
    "overrides that are text": key(overrides="+sweep=boolean"),
    "a command that steers the terminal": key(command="\x1b[2J"),
    "a device of null": key(device=None),
    "a device without a count": key(device={"platform": "cpu"}),
    "git that is text": key(git="x"),
    "versions of null": key(versions=None),
    "seconds that are text": key(seconds={CLAIM: "long"}),
    "layouts that are text": key(layouts="lanes"),
    "resumed without an end": key(resumed=3),
    "again of nothing": key(again={}),
    "concluded by nothing": key(concluded={}),
    "a seal that is a number": concluded(verdicts=3),
    "a seal of a table that is a number": concluded(table=3),
    "a figure outside": concluded(claims={CLAIM: ["../../../precious/figures/census.png"]}),
    "figures of a path": concluded(claims={"../precious": []}),
}
CONTENTS = {
    "no JSON": b"no json",
    "nothing": b"",
    "half of it": b'{"sweep": "boo',
    "other JSON": b"[1]",
    "binary": b"\xff\xfe\x00",
    "a deep one": b"[" * 100_000,
}


def spoil_manifest(run: Path, how: str) -> None:
    if how in CONTENTS:
        (run / "manifest.json").write_bytes(CONTENTS[how])
    else:
        change(run, MANIFESTS[how])


@pytest.mark.parametrize("how", [*MANIFESTS, *CONTENTS])
def test_a_manifest_that_cannot_be_believed_is_named_by_every_verb_and_costs_no_other_run(how, place, capsys):
    spoil_manifest(place / "results/boolean/bad", how)
    before = outside(place)
    for arguments in VERBS.values():
        status, said = say(capsys, arguments)
        assert (status, "results/boolean/bad: its manifest.json" in said) == (2, True), (arguments, said)
        assert "Traceback" not in said
    # Drawing the good run's report takes long, and its answer to all of them is the same.
    for arguments in (["list"], ["table", "boolean"], *[["report"]] * (how in ("no JSON", "a sweep outside"))):
        status, said = say(capsys, arguments)
        assert (status, "results/boolean/bad: its manifest.json" in said) == (0, True), (arguments, said)
    assert "boolean/good" in say(capsys, ["list"])[1]
    assert "\x1b" not in say(capsys, ["list"])[1]
    assert outside(place) == before


def test_a_condition_from_a_manifest_is_never_executed(place, capsys):
    run = place / "results/boolean/bad"
    before = outside(place)
    for where in (COMMAND, "n.to_csv('canary') == 0", "n > 0 and __import__('os').system('touch canary')"):
        change(run, lambda manifest, where=where: manifest["settings"]["sweep"][CLAIM].update(where=where))
        for verb in ("resume", "resume --anyway", "show --row", "rerun"):
            status, said = say(capsys, VERBS[verb])
            assert (status, "Traceback" in said) == (2, False), (verb, said)
        override = f"++sweep.{CLAIM}.where={json.dumps(where)}"
        change(run, lambda manifest, override=override: manifest["overrides"].insert(2, override))
        status, said = say(capsys, VERBS["rerun"])
        assert (status, "where: cannot use" in said) == (2, True), said
        change(run, lambda manifest: manifest["overrides"].pop(2))
    assert say(capsys, ["run", "+sweep=boolean", f"sweep.{CLAIM}.where={json.dumps(COMMAND)}"])[0] == 2
    assert outside(place) == before


@pytest.mark.parametrize(
    "how",
    [
        settings(seed="\x00"),
        sweep(**{"minimum-width": {"n": [1e308]}}),
        sweep(**{"no-such-claim": {}}),
        sweep(family="nowhere"),
        settings(engine={"unit_cells": -1}),
        settings(restarts="many"),
    ],
)
def test_settings_that_cannot_be_are_answered_by_every_verb_that_needs_them(how, place, capsys):
    change(place / "results/boolean/bad", how)
    before = outside(place)
    for verb in ("resume", "resume --anyway", "compare", "show --row"):
        status, said = say(capsys, VERBS[verb])
        assert (status, "Traceback" in said) == (2, False), (verb, said)
    assert say(capsys, ["list"])[0] == 0
    assert outside(place) == before


def test_a_run_that_is_repeated_goes_to_the_results_of_whoever_repeats_it(place, capsys):
    run = place / "results/boolean/bad"
    change(run, lambda manifest: manifest["overrides"].append("++results=../precious"))
    change(run, settings(results="precious"))
    before = outside(place)
    status, said = say(capsys, VERBS["rerun"])
    assert status == 0, said
    assert len(list((place / "results/boolean").iterdir())) == 3
    assert outside(place) == before


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


def parts(run: Path) -> list[Path]:
    return sorted((run / "parts").iterdir())


def foreign(run: Path) -> None:
    shutil.copy(parts(run)[0], run / "parts" / "somebody-else.parquet")


def exchanged(run: Path) -> None:
    one, other = parts(run)
    shutil.copy(one, other)


def edited(run: Path) -> None:
    path = parts(run)[0]
    table = pa.parquet.read_table(path)
    column = pa.array([7] * len(table), table.schema.field("width").type)
    pa.parquet.write_table(table.set_column(table.column_names.index("width"), "width", column), path)


def of_other_settings(run: Path) -> None:
    path = parts(run)[0]
    table = pa.parquet.read_table(path)
    facts = json.loads(table.schema.metadata[b"unit"]) | {"settings": "0123"}
    pa.parquet.write_table(
        table.replace_schema_metadata({**table.schema.metadata, b"unit": json.dumps(facts).encode()}), path
    )


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

    monkeypatch.setattr(devices, "cache_folder", lambda: tmp_path / "jax")
    program, x = by_hand.program(), boolean.signed_inputs(2).astype("float32")
    (tmp_path / "trials.json").write_text(content.replace('"KEY"', json.dumps(choice._key(program, len(x)))))
    assert choice.choose(program, x, 100) == ("lanes", choice.LANES, "rule")
