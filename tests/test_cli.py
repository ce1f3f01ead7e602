"""Every verb, as a person types it."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.running import compose
from experiments.verbs import VERBS
from tests.conftest import ROOT, Cli

OTHERS = ("every-function", "minimum-width", "exponential-bound", "trained-width-found", "perceptron-counts")
LEFT_OUT = tuple(f"~sweep.{claim}" for claim in OTHERS)
SMALL = ("+sweep=boolean", "scale=smoke", "sweep.trained-width.n=[2,3]", "sweep.trained-width.width=[1,2]", *LEFT_OUT)
UNTIMED = ["claim", "family", "n", "width", "activation", "function", "restart", "loss", "errors", "solved", "steps"]


def rows(run) -> pd.DataFrame:
    return pd.read_parquet(run / "table.parquet")[UNTIMED].sort_values(UNTIMED[:7]).reset_index(drop=True)


@pytest.fixture(scope="module")
def finished_results(tmp_path_factory):
    """Results with one small finished run in them, made once; never changed, only copied."""
    cli = Cli(tmp_path_factory.mktemp("small"))
    assert cli("run", *SMALL).returncode == 0
    return cli.folder / "results"


@pytest.fixture
def small_run(cli, finished_results):
    """Puts a copy of the small finished run among this test's results and returns its folder."""

    def copy() -> Path:
        (run,) = finished_results.glob("boolean/*")
        return Path(shutil.copytree(run, cli.folder / "results" / "boolean" / run.name))

    return copy


@pytest.mark.parametrize("sweep", compose.sweeps())
def test_a_smoke_run_of_every_sweep_goes_from_the_plan_to_verdicts_and_figures(cli, sweep):
    done = cli("run", f"+sweep={sweep}", "scale=smoke", "device=cpu")
    assert done.returncode == 0, done.stderr
    (run,) = cli.runs(sweep)
    for words in ("cells", "units", "network-steps/s", "supported", f"results/{sweep}/{run.name}"):
        assert words in done.stdout
    manifest = json.loads((run / "manifest.json").read_text())
    assert {path.stem for path in (run / "parts").iterdir()} == set(manifest["units"])
    assert manifest["command"] == f"python -m experiments run +sweep={sweep} device=cpu scale=smoke"
    assert manifest["device"]["platform"] == "cpu"
    table, verdicts = pd.read_parquet(run / "table.parquet"), pd.read_csv(run / "verdicts.csv")
    assert len(table) == len(pd.read_csv(run / "table.csv", low_memory=False))
    assert set(verdicts["verdict"]) <= {"supported", "contradicted", "inconclusive"}
    assert verdicts[["statement", "source", "hypotheses", "rule", "prediction"]].notna().all().all()
    figures = {path.stem for path in (run / "figures").glob("*.png")}
    assert figures
    for figure in figures:
        assert (run / "figures" / f"{figure}.pdf").stat().st_size > 1000
        assert len(pd.read_csv(run / "figures" / f"{figure}.csv")) > 0
    shown = cli("show", run.name).stdout
    for words in (manifest["command"], "hypotheses", "rule", "jax", f"seed={manifest['seed']}"):
        assert words in shown


def test_a_finished_run_is_listed_and_kept(cli, small_run):
    run = small_run()
    assert re.search(rf"boolean/{run.name} .* finished", cli("list").stdout)
    kept = cli("keep", run.name)
    assert kept.returncode == 0, kept.stderr
    reference = cli.folder / "results" / "reference" / "boolean"
    assert not (reference / "parts").exists()
    assert (reference / "verdicts.csv").read_text() == (run / "verdicts.csv").read_text()
    assert cli("show", str(reference)).returncode == 0
    refused = cli("resume", "reference/boolean")
    assert (refused.returncode, "kept copy" in refused.stderr) == (2, True)
    assert re.search(r"reference/boolean .* kept", cli("list").stdout)


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
        (["run", *SMALL, "device=tpu"], "device=tpu: JAX finds none here, only cpu"),
        (["run", "-m", *SMALL, "device=tpu"], "device=tpu"),
    ],
)
def test_other_mistakes_are_answered_with_status_two(cli, arguments, words):
    done = cli(*arguments)
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


def test_resuming_runs_what_is_missing_and_gives_the_same_rows(cli, small_run):
    run = small_run()
    whole = rows(run)
    parts = sorted((run / "parts").iterdir())
    for path in (*parts[::2], run / "verdicts.csv", run / "table.parquet"):
        path.unlink()
    assert f"{len(parts) - len(parts[::2])} of {len(parts)} units" in cli("list").stdout
    done = cli("resume", f"boolean/{run.name}")
    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(rows(run), whole)


def test_a_run_is_repeated_compared_and_joined_with_others(cli):
    assert cli("run", *SMALL, "device=cpu").returncode == 0
    again = cli("rerun", "boolean", "seed=1", "sweep.trained-width.width=[2]")
    assert again.returncode == 0, again.stderr
    assert "seed: was 0, is 1" in again.stdout
    assert "width: was [1, 2], is [2]" in again.stdout
    first, second = cli.runs()
    assert json.loads((second / "manifest.json").read_text())["again"]["run"] == f"boolean/{first.name}"
    assert f"boolean/{first.name}" in cli("show", second.name).stdout
    assert cli("rerun", first.name).returncode == 0
    third = cli.runs()[-1]
    same = cli("compare", first.name, third.name)
    assert (same.returncode, "100.0000% of all values identical" in same.stdout) == (0, True), same.stdout + same.stderr
    assert "b is faster by" in same.stdout
    path = third / "verdicts.csv"
    verdicts = path.read_bytes()
    forged = pd.read_csv(path).assign(verdict="contradicted", measured=0.0, low=0.0, high=0.01)
    forged.to_csv(path, index=False)
    edited = cli("compare", first.name, third.name)
    assert (edited.returncode, "verdicts.csv is not the one that was written" in edited.stderr) == (2, True)
    # Whoever takes away what the manifest says of them, too, is contradicted by the table.
    manifest = json.loads((third / "manifest.json").read_text())
    del manifest["concluded"]
    (third / "manifest.json").write_text(json.dumps(manifest))
    unsealed = cli("compare", first.name, third.name)
    assert "other outcomes than its table gives today" in " ".join(unsealed.stdout.split())
    path.write_bytes(verdicts)
    table = pyarrow.parquet.read_table(third / "table.parquet")
    loss = pa.array(table["loss"].to_numpy() + 1)
    table = table.set_column(table.schema.get_field_index("loss"), "loss", loss)
    pyarrow.parquet.write_table(table, third / "table.parquet")
    other = cli("compare", first.name, third.name)
    assert (other.returncode, "than those that were written" in other.stderr) == (2, True), other.stdout
    assert cli("rerun", first.name, "wdth=3").returncode == 2
    joined = cli("table", "boolean", "--output", "all.csv")
    assert joined.returncode == 0, joined.stderr
    assert pd.read_csv(cli.folder / "all.csv")["run"].nunique() == 3


def test_resuming_refuses_what_has_changed_and_goes_on_when_told_to(cli, small_run):
    run = small_run()
    changes = {
        "steps: was 7, is 300": lambda manifest: manifest["settings"]["sweep"]["trained-width"].update(steps=7),
        "theory/network.py: was 0123": lambda manifest: manifest["code"].update({"theory/network.py": "0123"}),
        "versions.jax: was 0.4.1": lambda manifest: manifest["versions"].update(jax="0.4.1"),
        "device.kind: was abacus": lambda manifest: manifest["device"].update(kind="abacus"),
    }
    path = run / "manifest.json"
    before = path.read_text()
    for words, change in changes.items():
        manifest = json.loads(before)
        change(manifest)
        path.write_text(json.dumps(manifest))
        refused = cli("resume", run.name)
        assert refused.returncode == 2
        assert words in refused.stderr
        assert not any(other in refused.stderr for other in changes if other != words)
        assert "--anyway" in refused.stderr
    assert cli("resume", run.name, "--anyway").returncode == 0
    assert "device.kind: was abacus" in cli("show", run.name).stdout.replace("\n", "")


def test_a_run_without_its_newest_verdicts_is_not_finished_and_a_foreign_one_hides_no_other(cli, small_run):
    code = (
        "import os, sys; from experiments import __main__; from experiments.running import run as running\n"
        "running.conclude = lambda *_: os._exit(9)\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    run = small_run()
    next((run / "parts").iterdir()).unlink()
    assert cli.python("-c", code, "resume", run.name).returncode == 9
    foreign = run.with_name("foreign")
    foreign.mkdir()
    (foreign / "manifest.json").write_text("{}")
    listed = cli("list").stdout
    assert "4 of 4 units" in listed
    assert "unreadable" in listed
    assert "finished" in cli("keep", run.name).stderr
    assert cli("resume", run.name).returncode == 0
    assert "finished" in cli("list").stdout


def test_a_claim_that_cannot_be_judged_costs_no_other_its_verdict(cli):
    code = (
        "import sys; from experiments.claims.boolean import minimum_width as claim; from experiments import __main__\n"
        "claim.judge = lambda table: 1 / 0\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    done = cli.python("-c", code, "run", "+sweep=boolean", "scale=smoke", "~sweep.trained-width")
    assert done.returncode == 1
    assert "minimum-width could not be judged" in done.stdout
    assert "boolean.every-function" in done.stdout
    (run,) = cli.runs()
    assert "ZeroDivisionError" in (run / "run.log").read_text()


def test_two_four_and_one_device_give_the_same_rows(cli):
    tables = []
    for devices in (1, 2, 4):
        flags = f"--xla_force_host_platform_device_count={devices}"
        assert cli("run", *SMALL, f"results=on{devices}", XLA_FLAGS=flags).returncode == 0
        (run,) = cli.folder.glob(f"on{devices}/boolean/*")
        tables.append(rows(run))
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_other_axes_orders_and_unit_sizes_give_the_same_rows(cli, small_run):
    small_run()
    reordered = ("sweep.trained-width.n=[3,2]", "sweep.trained-width.width=[2,1]", "engine.unit_cells=5")
    assert cli("run", *SMALL[:2], *reordered, *LEFT_OUT).returncode == 0
    one, other = (rows(run) for run in cli.runs())
    pd.testing.assert_frame_equal(one, other)


def test_float64_is_float64_and_solves_the_same(cli, small_run):
    assert cli("run", *SMALL, "precision=float64").returncode == 0
    small_run()
    one, other = (pd.read_parquet(run / "table.parquet") for run in cli.runs())
    assert {str(table["loss"].dtype) for table in (one, other)} == {"float32", "float64"}


def test_a_failing_unit_is_recorded_the_others_go_on_and_resuming_mends_it(cli):
    code = (
        "import sys; from experiments.claims.boolean import trained_width as claim; from experiments import __main__\n"
        "measure = claim.measure\n"
        "def failing(unit):\n"
        "    if unit.static('n') == 3: raise MemoryError('out of memory')\n"
        "    return measure(unit)\n"
        "claim.measure = failing\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    done = cli.python("-c", code, "run", *SMALL)
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
    code = (
        "import resource, sys; from experiments import __main__; from experiments.running import run as running\n"
        "execute = running._execute\n"
        "def on_a_full_disk(*arguments):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY)); return execute(*arguments)\n"
        "running._execute = on_a_full_disk\n"
        "sys.exit(__main__.main(sys.argv[1:]))"
    )
    full = cli.python("-c", code, "run", *SMALL)
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


MANY_UNITS = (
    "+sweep=boolean",
    "~sweep.trained-width",
    *LEFT_OUT[:-1],
    "engine.unit_cells=1",
    "sweep.perceptron-counts.draws=100000",
)


def test_killed_at_ten_random_moments_no_finished_unit_is_lost(cli):
    """Every kill comes at a random moment of the measuring; then every part must be whole and none may be missing."""
    undisturbed = cli("run", *MANY_UNITS, "results=undisturbed")
    assert undisturbed.returncode == 0, undisturbed.stderr
    (reference,) = cli.folder.glob("undisturbed/boolean/*")
    seconds = float(re.search(r"took (\d+) s", undisturbed.stdout).group(1))  # type: ignore[union-attr]
    rng = random.Random(os.urandom(8))
    kills = finished = 0
    while kills < 10:
        runs = cli.runs()
        if finished or not runs:
            shutil.rmtree(cli.folder / "results", ignore_errors=True)
            arguments, finished = ["run", *MANY_UNITS], 0
        else:
            arguments = ["resume", runs[0].name]
        before = parts_of(cli)
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "experiments", *arguments],
            cwd=cli.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        while not re.search("results go to|units are done", process.stdout.readline()):
            assert process.poll() is None
        time.sleep(rng.uniform(0, max(seconds, 1) / 4))
        finished = process.poll() is not None
        if not finished:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        after = parts_of(cli)
        assert finished or before <= after or not runs
        for run in cli.runs():
            for path in (run / "parts").glob("[!.]*.parquet"):
                assert pyarrow.parquet.read_table(path).num_rows > 0
    (run,) = cli.runs()
    done = cli("resume", run.name)
    assert done.returncode == 0, done.stderr
    assert not list(run.rglob(".tmp-*"))
    pd.testing.assert_frame_equal(pd.read_parquet(run / "table.parquet"), pd.read_parquet(reference / "table.parquet"))


def parts_of(cli) -> set[str]:
    return {path.name for run in cli.runs() for path in (run / "parts").glob("[!.]*.parquet")}


def test_a_row_is_shown_and_its_network_made_again(cli):
    left_out = ("~sweep.brute-force", "~sweep.a-million-restarts", "~sweep.spurious-minima", "~sweep.step-size")
    assert cli("run", "+sweep=restarts", "scale=smoke", "device=cpu", *left_out).returncode == 0
    listed = cli("show", "restarts", "--row", "best-of-k")
    assert listed.returncode == 0, listed.stderr
    assert "typical of the stuck" in listed.stdout
    number = next(line.split()[0] for line in listed.stdout.splitlines() if line.endswith("typical of the stuck"))
    done = cli("show", "restarts", "--row", f"restarts.best-of-k:{number}")
    assert done.returncode == 0, done.stderr
    assert "made again to the last bit: loss, errors, steps" in done.stdout
    (folder,) = (cli.folder / "results" / "rows").iterdir()
    assert {path.name for path in folder.iterdir()} == {"network.json", "loss.csv", "loss.png"}
    kept = json.loads((folder / "network.json").read_text())
    assert kept["row"]["loss"] == pytest.approx(pd.read_csv(folder / "loss.csv")["loss"].iloc[-1], rel=1e-6)
    assert len(kept["layers"]) == 2
    for row, words in (
        ("best-of-x", "networks can be made again; did you mean best-of-k?"),
        ("minimum-width", "no claim of this run"),
        ("best-of-k:99999", "has the rows 0 to"),
        ("best-of-k:first", "is no number of a row"),
    ):
        refused = cli("show", "restarts", "--row", row)
        assert (refused.returncode, words in refused.stderr) == (2, True), refused.stderr
