"""What becomes of a finished run: listed, kept, resumed, repeated, compared, and looked at row by row."""

import json
import os
import re

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from experiments.claims import claims_of
from tests.verbs import copies
from tests.verbs.small import LEFT_OUT, SMALL, rows


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


def test_a_plan_says_the_time_that_earlier_runs_took_and_runs_nothing(cli, small_run):
    def planned(*settings):
        done = cli("plan", *settings)
        assert done.returncode == 0, done.stderr
        return {
            line.split()[0]: line.split()[1:]
            for line in done.stdout.splitlines()
            if "trained-width" in line or "all" in line
        }

    run = small_run()
    took = json.loads((run / "manifest.json").read_text())
    spent = took["seconds"]["trained-width"] + took["compiling"]["trained-width"]
    plan = planned(*SMALL)["boolean.trained-width"]
    assert plan[:2] == [str(len(rows(run))), str(len(took["units"]))]
    assert plan[-1] == "s"
    assert abs(float(plan[-2]) - spent) <= 0.5 + 0.01 * len(took["units"])
    # 500 times as many networks take minutes, by the same pace.
    more = planned(*SMALL, "restarts=1000")["all"]
    assert (more[0], more[-3]) == (f"{500 * len(rows(run)):,}", "min")
    assert cli.runs() == [run]


def test_a_plan_does_not_guess_what_no_run_has_measured(cli):
    done = cli("plan", "+sweep=own", "device=cpu")
    assert done.returncode == 0, done.stderr
    assert "not known" in done.stdout
    assert "to begin: python -m experiments run +sweep=own device=cpu" in done.stdout
    assert cli("plan", "+sweep=bolean").returncode == 2
    assert cli("plan").returncode == 2


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


def test_a_run_is_repeated_compared_and_joined_with_others(cli, small_run):
    small_run()
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


def test_two_and_four_devices_give_the_same_rows_as_the_cores(cli, small_run):
    run = small_run()
    cores = len(os.sched_getaffinity(0))
    assert json.loads((run / "manifest.json").read_text())["device"]["count"] == cores
    tables = [rows(run)]
    for devices in (2, 4):
        flags = f"--xla_force_host_platform_device_count={devices}"
        assert copies.run(cli.folder, "run", *SMALL, f"results=on{devices}", XLA_FLAGS=flags).returncode == 0
        (run,) = cli.folder.glob(f"on{devices}/boolean/*")
        assert json.loads((run / "manifest.json").read_text())["device"]["count"] == devices
        tables.append(rows(run))
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_other_orders_of_axes_give_the_same_rows(cli, small_run):
    small_run()
    reordered = ("sweep.trained-width.n=[3,2]", "sweep.trained-width.width=[2,1]")
    assert cli("run", *SMALL[:3], *reordered, *LEFT_OUT).returncode == 0
    one, other = (rows(run) for run in cli.runs())
    pd.testing.assert_frame_equal(one, other)


def test_units_of_any_size_give_the_same_rows(cli):
    """In one layout: how many members there are decides which layout is taken, and layouts may round otherwise."""
    for size in ((), ("engine.unit_cells=5",)):
        assert cli("run", *SMALL, "engine.layout=lanes", *size).returncode == 0
    one, other = (rows(run) for run in cli.runs())
    pd.testing.assert_frame_equal(one, other)


def test_float64_is_float64_and_solves_the_same(cli, small_run):
    assert copies.run(cli.folder, "run", *SMALL, "precision=float64").returncode == 0
    small_run()
    one, other = (pd.read_parquet(run / "table.parquet") for run in cli.runs())
    assert {str(table["loss"].dtype) for table in (one, other)} == {"float32", "float64"}


def test_a_row_is_shown_and_its_network_made_again(cli):
    left_out = (f"~sweep.{claim}" for claim in claims_of("restarts") if claim != "best-of-k")
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
        ("best-of-x", "no such claim that makes networks again; did you mean best-of-k?"),
        ("minimum-width", "no such claim that makes networks again"),
        ("best-of-k:99999", "has the rows 0 to"),
        ("best-of-k:first", "is no number of a row"),
    ):
        refused = cli("show", "restarts", "--row", row)
        assert (refused.returncode, words in refused.stderr) == (2, True), refused.stderr
