"""A run in W&B and in MLflow, read back with what belongs to the packages themselves, to the last bit."""

import json
import os
import shutil
import socket
import struct
import sys
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest

from experiments import exporting
from experiments.errors import UserError
from experiments.exporting import record as records
from experiments.storage import remarks
from experiments.storage.runs import RunDirectory
from tests.conftest import ROOT

# One has intervals without an end and quantities without a value, the other has neither.
SWEEPS = ("boolean", "hierarchy")
# Packages of trackers warn of what they use themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def kept(tmp_path):
    """A copy of the reference of a sweep, which is a finished run."""

    def copy(sweep):
        source = ROOT / "results" / "reference" / sweep
        return RunDirectory(Path(shutil.copytree(source, tmp_path / "results" / "reference" / sweep)))

    return copy


def numbers_of(run):
    """The finite numbers of its verdicts, read from the file without the harness."""
    rows = pd.read_csv(run.path / "verdicts.csv", float_precision="round_trip").to_dict("records")
    columns = ("measured", "low", "high", "samples", "p_value")
    named = {f"{row['claim']}/{column}": row[column] for row in rows for column in columns}
    return {name: value for name, value in named.items() if abs(value) < float("inf")}


def outcomes_of(run):
    table = pd.read_csv(run.path / "verdicts.csv")
    return {f"{claim}/verdict": verdict for claim, verdict in zip(table["claim"], table["verdict"], strict=True)}


def test_a_run_is_its_settings_verdicts_answers_files_and_circumstances(kept):
    run = kept("hierarchy")
    manifest, told = run.manifest(), records.of(run)
    counts = pd.read_csv(run.path / "verdicts.csv")["verdict"].value_counts().to_dict()
    assert told.name == manifest["run"]
    assert told.settings == manifest["settings"]
    assert {name: n for name, n in told.metrics.items() if name.startswith("verdicts/")} == {
        f"verdicts/{outcome}": counts.get(outcome, 0) for outcome in ("supported", "contradicted", "inconclusive")
    }
    assert told.words.items() >= outcomes_of(run).items()
    assert told.words["answers/hierarchy/answer"] == "holds"
    assert told.provenance["commit"] == manifest["git"]["commit"]
    assert told.provenance["seed"] == "2026"
    assert told.provenance["versions.jax"] == manifest["versions"]["jax"]
    inside = {path.relative_to(run.path).as_posix() for path in run.path.rglob("*") if path.is_file()}
    assert set(told.files) == inside


def test_numbers_without_an_end_are_no_metrics(kept):
    run = kept("hierarchy")
    told = records.of(run).metrics
    own = {name: value for name, value in told.items() if not name.startswith("verdicts/")}
    assert own == numbers_of(run)
    assert "hierarchy.teacher-size/teacher/units/measured" not in own
    assert "hierarchy.teacher-size/teacher/units/low" in own


@pytest.mark.parametrize("what", ["table.parquet", "verdicts.csv"])
def test_a_run_that_cannot_be_believed_is_not_exported(kept, what):
    run = kept("boolean")
    (run.path / what).write_bytes((kept("hierarchy").path / what).read_bytes())
    with pytest.raises(UserError, match=what):
        records.of(run)


def test_a_run_that_is_not_finished_is_not_exported(kept):
    run = kept("boolean")
    (run.path / "parts").mkdir()
    with pytest.raises(UserError, match=r"only a finished run is exported, this one has 0 of \d+ units; go on with"):
        records.of(run)


@pytest.mark.parametrize("package", ["mlflow", "sqlalchemy"])
def test_a_missing_package_is_named_with_what_to_type(kept, monkeypatch, package):
    if package != "mlflow":
        pytest.importorskip("mlflow", reason="MLflow is not installed: make EXTRA=mlflow")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=rf"{package}.* make EXTRA=mlflow environment"):
        exporting.export(kept("boolean"), "mlflow", Path("nowhere"))


# MLflow takes half a minute to load and to write; it is asked in `make test-slow`.
@pytest.mark.parametrize("tracker", ["wandb", pytest.param("mlflow", marks=pytest.mark.slow)])
def test_nothing_leaves_this_machine(kept, cli, tracker, request):
    """Whoever wants to send anything comes by this door: it is the proxy, and the server of W&B."""
    pytest.importorskip(tracker, reason=f"{tracker} is not installed")
    run = kept("boolean")
    if tracker == "mlflow":
        request.getfixturevalue("mlflow_export")
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        there = f"http://127.0.0.1:{door.getsockname()[1]}"
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "WANDB_BASE_URL"), there)
        proxies |= {"MLFLOW_TRACKING_URI": there, "WANDB_API_KEY": "0" * 40, "HOME": str(cli.folder / "home")}
        done = cli.process("export", "boolean", "--to", tracker, "--output", "exports", **proxies)
        assert done.returncode == 0, done.stderr
        assert "reference/boolean: exported: " in done.stdout
        with pytest.raises(TimeoutError):
            door.accept()
    assert run.path.is_dir()


@pytest.fixture
def wandb_export(tmp_path, monkeypatch):
    pytest.importorskip("wandb", reason="W&B is not installed: make EXTRA=wandb")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    return lambda run: exporting.export(run, "wandb", tmp_path / "exports")


def logged(file):
    """What W&B has written down: records of its own protocol in the log format of LevelDB, after 7 bytes of a head."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, place, whole, piece = file.read_bytes(), 7, [], b""
    while place + 7 <= len(data):
        rest = 32768 - place % 32768
        if rest < 7:  # a block ends
            place += rest
            continue
        _, size, kind = struct.unpack_from("<IHB", data, place)
        piece += data[place + 7 : place + 7 + size]
        place += 7 + size
        if kind in (1, 4):  # whole, or the last of several pieces
            whole.append(Record.FromString(piece))
            piece = b""
    return whole


@pytest.mark.parametrize("sweep", SWEEPS)
def test_wandb_reads_what_the_run_says(kept, wandb_export, tmp_path, sweep):
    run = kept(sweep)
    assert wandb_export(run).was == "new"
    told = records.of(run)
    (file,) = tmp_path.glob("exports/wandb/offline-run-*/*.wandb")
    lines = logged(file)
    summary: dict = {}
    for line in lines:
        if line.WhichOneof("record_type") == "summary":
            summary |= {one.key or "/".join(one.nested_key): json.loads(one.value_json) for one in line.summary.update}
    assert {name: summary[name] for name in numbers_of(run)} == numbers_of(run)
    assert {name: summary[name] for name in outcomes_of(run)} == outcomes_of(run)
    assert summary.items() >= {**told.metrics, **told.words}.items()
    (one,) = (line.run for line in lines if line.WhichOneof("record_type") == "run")
    config = {item.key: json.loads(item.value_json) for item in one.config.update}
    assert (one.run_id, one.display_name, one.run_group) == (told.id, told.name, sweep)
    assert config["settings"] == told.settings
    assert config["provenance"] == told.provenance
    (artifact,) = (line.artifact for line in lines if line.WhichOneof("record_type") == "artifact")
    copies = {item.path: Path(item.local_path) for item in artifact.manifest.contents}
    assert {name: path.read_bytes() for name, path in copies.items()} == {
        name: path.read_bytes() for name, path in told.files.items()
    }
    assert not (tmp_path / "home").exists()


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    """MLflow takes seconds to make one, so it is made once."""
    pytest.importorskip("mlflow", reason="MLflow is not installed: make EXTRA=mlflow")
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed: make EXTRA=mlflow")
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    with mock.patch.dict(os.environ, MLFLOW_DISABLE_TELEMETRY="true"):
        from mlflow import MlflowClient

        MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def mlflow_export(tmp_path, empty_database):
    (tmp_path / "exports").mkdir()
    shutil.copyfile(empty_database, tmp_path / "exports" / "mlflow.db")
    return lambda run: exporting.export(run, "mlflow", tmp_path / "exports")


def runs_in_mlflow(tmp_path):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{tmp_path}/exports/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'theory-claims'")
    return client, client.search_runs([experiment.experiment_id])


@pytest.mark.parametrize("sweep", SWEEPS)
def test_mlflow_reads_what_the_run_says(kept, mlflow_export, tmp_path, sweep):
    run = kept(sweep)
    assert mlflow_export(run).was == "new"
    told = records.of(run)
    client, (one,) = runs_in_mlflow(tmp_path)
    renamed = {name.replace("=", ":").replace("+", ":"): value for name, value in numbers_of(run).items()}
    assert {name: one.data.metrics[name] for name in renamed} == renamed
    assert len(one.data.metrics) == len(told.metrics)
    assert one.data.params["seed"] == "2026"
    assert one.data.tags["commit"] == told.provenance["commit"]
    assert (
        one.data.tags.items() >= {k.replace("=", ":").replace("+", ":"): v for k, v in outcomes_of(run).items()}.items()
    )
    assert (one.info.run_name, one.info.status) == (told.name, "FINISHED")
    for name, path in told.files.items():
        assert Path(client.download_artifacts(one.info.run_id, name)).read_bytes() == path.read_bytes()


def changed(run):
    """The same run, judged again: another file of figures is there."""
    (run.path / "figures" / "more.csv").write_text("a,b\n1,2\n")


def test_an_export_again_is_the_same_run_in_wandb(kept, wandb_export, tmp_path):
    run = kept("boolean")

    def folders():
        return sorted(
            path.name for path in tmp_path.glob("exports/wandb/*-*") if path.is_dir() and not path.is_symlink()
        )

    said = [wandb_export(run).was]
    first = folders()
    said += [wandb_export(run).was]
    assert folders() == first
    changed(run)
    said += [wandb_export(run).was, wandb_export(run).was]
    assert said == ["new", "unchanged", "replaced", "unchanged"]
    assert len(folders()) == len(first) == 2
    assert set(folders()).isdisjoint(first)


def test_an_export_again_is_the_same_run_in_mlflow(kept, mlflow_export, tmp_path):
    run = kept("boolean")
    said = [mlflow_export(run).was, mlflow_export(run).was]
    _, (first,) = runs_in_mlflow(tmp_path)
    changed(run)
    said += [mlflow_export(run).was, mlflow_export(run).was]
    assert said == ["new", "unchanged", "replaced", "unchanged"]
    _, (second,) = runs_in_mlflow(tmp_path)
    assert second.info.run_id != first.info.run_id


def test_an_export_that_was_killed_is_made_again(kept, mlflow_export, tmp_path):
    """A run that MLflow does not call finished is what a killed export leaves."""
    run = kept("boolean")
    mlflow_export(run)
    client, (half,) = runs_in_mlflow(tmp_path)
    client.set_terminated(half.info.run_id, "RUNNING")
    assert mlflow_export(run).was == "replaced"
    _, (whole,) = runs_in_mlflow(tmp_path)
    assert whole.info.status == "FINISHED"


def test_wandb_takes_no_uri_and_no_other_mode(kept, wandb_export, monkeypatch):
    run = kept("boolean")
    with pytest.raises(UserError, match="is for MLflow"):
        exporting.export(run, "wandb", Path("nowhere"), "http://somewhere")
    monkeypatch.setenv("WANDB_MODE", "disabled")
    with pytest.raises(UserError, match="offline or online"):
        wandb_export(run)


def test_a_server_that_is_not_there_is_said_to_be_missing_and_no_password_is_shown(kept, mlflow_export):
    with pytest.raises(UserError, match=r"MLflow at http://127\.0\.0\.1:1: ") as caught:
        exporting.export(kept("boolean"), "mlflow", Path("nowhere"), "http://me:secret@127.0.0.1:1")
    assert "secret" not in str(caught.value)


def test_tags_and_notes_go_with_a_run(kept):
    run = kept("hierarchy")
    assert not any(name.startswith("remarks/") for name in records.of(run).words)
    notes = [["2026-01-02T03:04:05+00:00", "for Monday"], ["2026-01-03T03:04:05+00:00", "seen by Ada"]]
    run.write_json(remarks.REMARKS, {"tags": ["talk", "good"], "notes": notes})
    told = records.of(run).words
    assert (told["remarks/tags"], told["remarks/notes"]) == ("good, talk", "for Monday; seen by Ada")
