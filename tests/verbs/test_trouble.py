"""Runs that end badly, and how they go on."""

import json
import os
import resource

from experiments.claims.boolean import minimum_width, trained_width
from experiments.running import run as running
from tests.verbs import copies
from tests.verbs.small import SMALL


def dying_before_the_verdicts() -> None:
    running.conclude = lambda *_: os._exit(9)


def measuring_on_a_full_disk() -> None:
    execute = running._execute

    def on_a_full_disk(*arguments):
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
        return execute(*arguments)

    running._execute = on_a_full_disk


def test_a_run_without_its_newest_verdicts_is_not_finished_and_a_foreign_one_hides_no_other(cli, small_run):
    run = small_run()
    next((run / "parts").iterdir()).unlink()
    assert copies.run(cli.folder, "resume", run.name, first=dying_before_the_verdicts).returncode == 9
    foreign = run.with_name("foreign")
    foreign.mkdir()
    (foreign / "manifest.json").write_text("{}")
    listed = cli("list").stdout
    assert "4 of 4 units" in listed
    assert "unreadable" in listed
    assert "finished" in cli("keep", run.name).stderr
    assert cli("resume", run.name).returncode == 0
    assert "finished" in cli("list").stdout


def test_a_claim_that_cannot_be_judged_costs_no_other_its_verdict(cli, monkeypatch):
    monkeypatch.setattr(minimum_width, "judge", lambda table: 1 / 0)
    left_out = [one for one in SMALL if one.startswith("~") and not one.endswith(("minimum-width", "every-function"))]
    done = cli("run", "+sweep=boolean", "scale=smoke", "device=cpu", "~sweep.trained-width", *left_out)
    assert done.returncode == 1
    assert "minimum-width could not be judged" in done.stdout
    assert "boolean.every-function" in done.stdout
    (run,) = cli.runs()
    assert "ZeroDivisionError" in (run / "run.log").read_text()


def test_a_failing_unit_is_recorded_the_others_go_on_and_resuming_mends_it(cli, monkeypatch):
    measure = trained_width.measure

    def failing(unit):
        if unit.static("n") == 3:
            raise MemoryError("out of memory")
        return measure(unit)

    with monkeypatch.context() as patch:
        patch.setattr(trained_width, "measure", failing)
        done = cli("run", *SMALL)
    assert done.returncode == 1, done.stderr
    (run,) = cli.runs()
    assert f"resume boolean/{run.name}" in done.stdout.replace("\n", "")
    failures = [json.loads(path.read_text()) for path in (run / "failures").iterdir()]
    assert len(failures) == len(list((run / "parts").iterdir())) == 2
    assert all("out of memory" in failure["error"] for failure in failures)
    assert all(cell["n"] == 3 for failure in failures for cell in failure["cells"])
    assert "2 failed" in cli("list").stdout
    assert cli("resume", run.name).returncode == 0
    assert not list((run / "failures").iterdir())
    assert "finished" in cli("list").stdout


def test_a_full_disk_and_a_place_that_cannot_be_written_are_clear_errors(cli):
    full = copies.run(cli.folder, "run", *SMALL, first=measuring_on_a_full_disk)
    assert full.returncode == 1
    assert "cannot write" in full.stderr
    assert "Traceback" not in full.stderr
    (run,) = cli.runs()
    assert cli("resume", run.name).returncode == 0
    (cli.folder / "file").write_text("in the way")
    blocked = cli("run", *SMALL, "results=file")
    assert blocked.returncode == 1
    assert blocked.stderr.splitlines()[1:] == ["No run was begun."]
    assert "cannot make file/boolean" in blocked.stderr


def test_a_limit_of_memory_that_ends_jax_without_a_word_is_a_sentence(cli):
    code = (
        "import resource, sys; from experiments import __main__\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, resource.RLIM_INFINITY))\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    limited = cli.python("-c", code, "run", *SMALL)
    assert limited.returncode == 2, limited.stderr
    assert "memory is limited to 1.4 GiB (ulimit -v)" in limited.stderr
    assert not cli.runs()
