"""What is typed, rightly and wrongly: help, completion, flags of Hydra, and what is said of a mistake."""

import contextlib
import json
import os
import sys
from unittest import mock

import pytest

from experiments import verbs
from experiments.running import groups, interruption
from experiments.storage.runs import RunDirectory
from experiments.verbs import VERBS
from tests import support
from tests.conftest import ROOT
from tests.verbs import copies
from tests.verbs.small import SMALL


def test_alone_or_with_an_unknown_verb_it_lists_verbs_and_sweeps(cli):
    alone, unknown = cli(), cli("rnu")
    assert (alone.returncode, unknown.returncode) == (0, 2)
    for verb in ("run", "resume", "rerun", "compare", "table", "list", "show", "report", "keep"):
        assert f"  {verb}" in alone.stdout
    for name, description in groups.sweeps().items():
        assert f"{name}: {description}" in alone.stdout
    assert "did you mean run?" in unknown.stderr


def test_bad_input_is_answered_once_before_jax_and_before_anything_is_written(cli):
    code = (
        "import sys; from experiments.__main__ import main; status = main(sys.argv[1:]); "
        "print('jax' in sys.modules); sys.exit(status)"
    )
    arguments = ["run", "device=cuda", "+sweep=boolean", "+sweep.trained-width.widht=3", "seed=-1"]
    done = cli.python("-c", code, *arguments)
    assert done.returncode == 2
    assert done.stdout == "False\n"
    assert len(done.stderr.splitlines()) == 3
    assert "did you mean width?" in done.stderr
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resume", "nowhere"], "no such run"),
        (["show", "nowhere"], "no such run"),
        (["show"], "RUN"),
        (["rerun", "nowhere"], "no such run"),
        (["compare", "nowhere"], "B"),
        (["compare", "nowhere", "elsewhere"], "no such run"),
        (["table", "boolean"], "no run of such a sweep"),
        (["report", "nowhere"], "no such run"),
        (["report"], "no finished run below results/"),
        (["resume", "x", "restarts=3"], "restarts=3"),
    ],
)
def test_other_mistakes_are_answered_with_status_two(cli, arguments, words):
    done = cli(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(cli.folder.glob("results/boolean"))


@pytest.mark.parametrize(
    ("flags", "words"), [([], "device=tpu: JAX finds none here, only cpu"), (["-m"], "device=tpu")]
)
def test_a_device_that_is_not_there_is_named_by_a_process_that_has_none_yet(cli, flags, words):
    done = copies.run(cli.folder, "run", *flags, *SMALL, "device=tpu")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "network-steps" not in done.stdout, "the plan of a run that cannot begin"
    assert not list(cli.folder.glob("results/boolean"))


def test_hydras_own_flags_work_with_overrides_in_any_order(cli):
    config = cli("run", "--cfg", "job", "seed=5", "+sweep=boolean", "scale=smoke")
    assert config.returncode == 0, config.stderr
    assert "seed: 5" in config.stdout
    assert "trained-width:" in config.stdout
    helped = cli("run", "--help")
    assert helped.returncode == 0
    assert f"sweep: {', '.join(groups.sweeps())}" in helped.stdout
    assert "sweep.exponential-bound: Numbers of bits." in cli("run", "+sweep=boolean", "--help").stdout
    several = cli("run", SMALL[0], "-m", *SMALL[1:], "seed=1,2")
    assert several.returncode == 0, several.stderr
    assert [json.loads((run / "manifest.json").read_text())["seed"] for run in cli.runs()] in ([1, 2], [2, 1])


def test_completion_knows_verbs_runs_sweeps_and_settings(cli):
    def complete(line: str) -> list[str]:
        return cli("-sc", "query=bash", COMP_LINE=line, COMP_POINT=str(len(line))).stdout.split()

    assert complete("theory-claims ") == list(VERBS)
    assert "boolean" in complete("theory-claims table ")
    assert {"sweep=", "tag=", "since="} <= set(complete("theory-claims list "))
    run = RunDirectory.create(str(cli.folder / "results"), "boolean", support.manifest("trained-width"))
    for verb in ("show", "tag", "note", "remove"):
        assert run.name in complete(f"theory-claims {verb} ")
    assert "+sweep=boolean" in complete("theory-claims run +sweep=") == complete("theory-claims plan +sweep=")
    assert "restarts=" in " ".join(complete("theory-claims run +sweep=boolean resta"))
    assert {"activation=", "lr=", "data=", "restarts="} <= set(complete("theory-claims try "))
    assert {"activation=tanh", "activation=relu"} <= set(complete("theory-claims try sizes=2-4-1 activation=r"))
    assert "loss=mse" in complete("theory-claims try loss=")
    assert "complete" in cli("-sc", "install=bash").stdout
    for wrong in (["install=tcsh"], ["bash"], []):
        done = cli("-sc", *wrong)
        assert (done.returncode, "shells: bash, fish, zsh" in done.stderr) == (2, True), done.stderr


@contextlib.contextmanager
def writing_to(what):
    """Standard output takes nothing: it is a pipe whose reader has gone, or a full disk."""
    read, write = os.pipe()
    os.close(read)
    full = os.open("/dev/full", os.O_WRONLY)
    with (
        open({"a pipe": write, "a full disk": full}[what], "w", closefd=False) as stream,
        mock.patch.object(sys, "stdout", stream),
        mock.patch.object(sys, "argv", ["python -m experiments"]),
    ):
        yield
    os.close(write)
    os.close(full)


COMMANDS = [["--help"], ["run", "--help"], ["show", "--help"], ["list"], ["answer", "gets-stuck"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_goes_is_not_complained_of(command, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    with writing_to("a pipe"):
        assert verbs.main(command) == 141
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("what", "status", "words"), [("a pipe", 141, "to go on: resume it"), ("a full disk", 1, "No space left")]
)
def test_a_run_whose_reader_goes_says_how_to_go_on_and_a_full_disk_is_named(what, status, words, monkeypatch, capsys):
    monkeypatch.setattr(interruption._Now, "way_on", "resume it")
    with writing_to(what):
        assert verbs.main(["--version"]) == status
    assert words in capsys.readouterr().err
