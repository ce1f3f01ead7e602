"""Runs from Python: the same runs as those of the command line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import interface
from experiments.claims import claims_of
from experiments.ensemble import devices
from experiments.interface import making
from experiments.storage.finding import find_run
from tests.interface.conftest import SMALL


def test_a_run_is_that_of_the_command_line(cli, small):
    settings = [f"{name}={value}" for name, value in SMALL.items()]
    others = [f"~sweep.{claim}" for claim in claims_of("boolean") if claim != "perceptron-counts"]
    assert cli("run", "+sweep=boolean", "sweep.perceptron-counts.n=[2, 3]", *others, *settings).returncode == 0
    (path,) = cli.runs()
    typed = interface.find(str(path))
    pd.testing.assert_frame_equal(typed.table(), small.table())
    assert typed.verdicts.table.equals(small.verdicts.table)
    # Without the folder of results, which differs, the same command makes both.
    words = [set(run.manifest["command"].split()) for run in (typed, small)]
    assert {word for word in words[0] ^ words[1] if "results=" not in word} == set()


def test_a_run_again_says_what_the_command_line_says(capsys, tmp_path, small):
    again = interface.rerun(small, "seed=102", results=str(tmp_path))
    said = capsys.readouterr().out
    assert f"again from {small.name}" in said
    assert "supported" in said
    assert again.manifest["settings"]["seed"] == 102


def test_later_runs_of_a_process_have_its_device_unless_they_name_one(monkeypatch):
    monkeypatch.setattr(devices, "_started", {})
    assert making._as_started([]) == []
    monkeypatch.setattr(devices, "_started", {"device": "cpu", "precision": "float64", "products": "float32"})
    assert making._as_started(["seed=1"]) == ["device=cpu", "precision=float64"]
    assert making._as_started(["device=gpu"]) == ["precision=float64"]


def test_settings_are_written_as_they_are_typed():
    settings = {"seed": 3, "n": [2, 4], "where": "n == 2", "rate": np.float64(0.5), "width": np.array([1, 2])}
    settings |= {"device": "cpu", "data": "true", "file": Path("a b.csv")}
    assert making.typed(settings, "best-of-k") == [
        "seed=3",
        "sweep.best-of-k.n=[2, 4]",
        'sweep.best-of-k.where="n == 2"',
        "sweep.best-of-k.rate=0.5",
        "sweep.best-of-k.width=[1, 2]",
        "device=cpu",
        'sweep.best-of-k.data="true"',
        'sweep.best-of-k.file="a b.csv"',
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: interface.run("bolean"), "no 'bolean'; did you mean boolean"),
        (lambda: interface.run("boolean.perceptron"), "did you mean perceptron-counts"),
        (lambda: interface.run("boolean", n=[3]), 'A setting of a claim is given as "sweep.CLAIM.n=..."'),
        (lambda: interface.run("boolean.perceptron-counts", n=[200]), "give a whole number from 1 to 12"),
        (lambda: interface.run("boolean", "seed=0,1"), "are several runs"),
        (lambda: interface.try_network(taks="xor"), "did you mean task"),
        (lambda: interface.resume("nothing-like-it"), "no such run"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_that_a_notebook_shows_alone(call, words):
    with pytest.raises(interface.UserError) as error:
        call()
    (line, *_) = error.value._render_traceback_()
    assert words in line


def test_what_the_verb_says_before_a_run_is_said_here(monkeypatch, capsys):
    given = []
    monkeypatch.setattr(making, "run", lambda *chosen, say: given.extend(chosen))
    for say in (True, False):
        interface.try_network(task="xor", batch=2, epochs=10, say=say)
        assert "sweep.training.steps=20" in given
        assert capsys.readouterr().out == say * "epochs=10: an epoch is 2 updates, and so it is steps=20\n"


def test_an_interrupted_run_says_how_it_goes_on_and_does(tmp_path, monkeypatch, small):
    module = claims_of("boolean")["perceptron-counts"]
    measure, calls = module.measure, []

    def interrupted(unit):
        calls.append(unit)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return measure(unit)

    monkeypatch.setattr(module, "measure", interrupted)
    with pytest.raises(interface.Interrupted) as error:
        interface.run("boolean.perceptron-counts", results=tmp_path, n=[2, 3], say=False, **SMALL)
    path = find_run("boolean", str(tmp_path)).path
    assert str(error.value) == f"interrupted; nothing that was finished is lost; to go on: resume('{path}')"
    assert isinstance(error.value, KeyboardInterrupt)
    begun = interface.find(str(path))
    assert "to go on" in begun._repr_html_()
    assert "no verdicts yet" in repr(begun)
    done = interface.resume(begun, say=False)
    assert done.state == "finished"
    pd.testing.assert_frame_equal(done.table(), small.table())


def test_before_a_run_is_begun_nothing_goes_on(monkeypatch):
    def interrupted(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(making.running, "make_plan", interrupted)
    with pytest.raises(interface.Interrupted, match="no run was begun"):
        interface.run("boolean.perceptron-counts", say=False, **SMALL)


def test_a_unit_that_failed_is_named_and_the_others_go_on(tmp_path, monkeypatch):
    module = claims_of("boolean")["perceptron-counts"]
    measure = module.measure

    def failing(unit):
        if unit.static("n") == 2:
            raise ValueError("<so> it is")
        return measure(unit)

    monkeypatch.setattr(module, "measure", failing)
    made = interface.run("boolean.perceptron-counts", results=tmp_path, n=[2, 3], say=False, **SMALL)
    assert all("<so> it is" in error for error in made.failures.values())
    assert "ValueError: &lt;so&gt; it is" in made._repr_html_()
    assert 0 < len(made.failures) < len(json.loads((made.path / "manifest.json").read_text())["units"])
