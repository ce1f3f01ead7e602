"""What is typed, rightly and wrongly: help, completion, flags of Hydra, and what is said of a mistake."""

import json

import pytest

from experiments.running import compose
from experiments.verbs import VERBS
from tests.verbs.small import SMALL


def test_alone_or_with_an_unknown_verb_it_lists_verbs_and_sweeps(cli):
    alone, unknown = cli(), cli("rnu")
    assert (alone.returncode, unknown.returncode) == (0, 2)
    for verb in ("run", "resume", "rerun", "compare", "table", "list", "show", "report", "keep"):
        assert f"  {verb}" in alone.stdout
    for name, description in compose.sweeps().items():
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
    done = cli.process("run", *flags, *SMALL, "device=tpu")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(cli.folder.glob("results/boolean"))


def test_hydras_own_flags_work_with_overrides_in_any_order(cli):
    config = cli("run", "--cfg", "job", "seed=5", "+sweep=boolean", "scale=smoke")
    assert config.returncode == 0, config.stderr
    assert "seed: 5" in config.stdout
    assert "trained-width:" in config.stdout
    helped = cli("run", "--help")
    assert helped.returncode == 0
    assert f"sweep: {', '.join(compose.sweeps())}" in helped.stdout
    several = cli("run", SMALL[0], "-m", *SMALL[1:], "seed=1,2")
    assert several.returncode == 0, several.stderr
    assert [json.loads((run / "manifest.json").read_text())["seed"] for run in cli.runs()] in ([1, 2], [2, 1])


def test_completion_knows_verbs_runs_sweeps_and_settings(cli):
    def complete(line: str) -> list[str]:
        return cli("-sc", "query=bash", COMP_LINE=line, COMP_POINT=str(len(line))).stdout.split()

    assert complete("theory-claims ") == list(VERBS)
    assert "boolean" in complete("theory-claims table ")
    assert "+sweep=boolean" in complete("theory-claims run +sweep=")
    assert "restarts=" in " ".join(complete("theory-claims run +sweep=boolean resta"))
    assert "complete" in cli("-sc", "install=bash").stdout
