"""Manifests that cannot be believed: every verb answers in a sentence, and executes and removes nothing."""

import json
from pathlib import Path

import pytest

from tests.storage.hostile import CLAIM, COMMAND, VERBS, change, concluded, key, outside, say, settings, sweep


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
