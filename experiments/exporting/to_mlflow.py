"""A run in MLflow: in a database in a folder, or wherever a URI leads.

Settings are parameters, numbers metrics, provenance and words tags, files artifacts. A run is found again by the tag
that has its name.
"""

import datetime
import json
import logging
import os
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.errors import UserError
from experiments.exporting.record import Exported, Record
from experiments.settings import leaves

EXPERIMENT = "theory-claims"
NAME, DIGEST = "theory-claims.run", "theory-claims.digest"
# What MLflow takes in one call: metrics, parameters or tags, and letters of a parameter, at most.
METRICS, TEXTS, LETTERS = 1000, 100, 6000
# Signs in names of verdicts that MLflow does not take, and what is written instead.
SIGNS = str.maketrans({"=": ":", "+": ":"})


def export(record: Record, folder: Path, uri: str) -> Exported:
    """Writes a run to a database, `folder`/mlflow.db, or to the place that a URI names.

    An export of the same run is left as it is if nothing has changed, and replaced otherwise.

    Raises:
        UserError: if MLflow cannot reach the place, or refuses.
    """
    # Usage is reported to MLflow's makers otherwise, from the import on.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    # Without this a server that does not answer is waited for for minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if not uri:
        folder.mkdir(parents=True, exist_ok=True)
    where = uri or f"sqlite:///{folder.resolve()}/mlflow.db"
    shown = _without_password(where)
    artifacts = None if uri else (folder.resolve() / "mlflow").as_uri()
    try:
        client = MlflowClient(tracking_uri=where)
        was = _export(client, record, artifacts)
    except MlflowException as error:
        raise UserError(f"MLflow at {shown}: {str(error).replace(where, shown).strip().splitlines()[0]}") from error
    return Exported(was, shown if uri else f"{shown}; to see it: mlflow ui --backend-store-uri {shown}")


def _without_password(uri: str) -> str:
    parts = urllib.parse.urlsplit(uri)
    return uri.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1) if "@" in parts.netloc else uri


def _export(client: Any, record: Record, artifacts: str | None) -> Any:
    found = client.get_experiment_by_name(EXPERIMENT)
    experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT, artifact_location=artifacts)
    before = client.search_runs([experiment], f"tags.`{NAME}` = '{record.name}'")
    digests = [run.data.tags.get(DIGEST) for run in before if run.info.status == "FINISHED"]
    if digests == [record.digest] and len(before) == 1:
        return "unchanged"
    _write(client, experiment, record)
    # The old ones are removed last: whoever is killed before has both, and the next export removes what is too much.
    for run in before:
        client.delete_run(run.info.run_id)
    return "replaced" if before else "new"


def _write(client: Any, experiment: str, record: Record) -> None:
    from mlflow.entities import Metric, Param, RunTag

    started = int(datetime.datetime.fromisoformat(record.started).timestamp() * 1000)
    run = client.create_run(experiment, started, {NAME: record.name}, record.name).info.run_id
    metrics = [Metric(name, value, started, 0) for name, value in _named(record.metrics)]
    tags = [RunTag(name, text) for name, text in _named({**record.provenance, **record.words, DIGEST: record.digest})]
    params = [Param(name, _text(value)[:LETTERS]) for name, value in _named(leaves(record.settings))]
    for some in _batched(metrics, METRICS):
        client.log_batch(run, metrics=some)
    for some in _batched(params, TEXTS):
        client.log_batch(run, params=some)
    for some in _batched(tags, TEXTS):
        client.log_batch(run, tags=some)
    for name, path in record.files.items():
        client.log_artifact(run, str(path), str(Path(name).parent) if "/" in name else None)
    # From now on it is whole.
    client.set_terminated(run)


def _named(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Values with the names that MLflow takes.

    Raises:
        UserError: if two of them would have the same name.
    """
    named = {name.translate(SIGNS): value for name, value in values.items()}
    if len(named) < len(values):
        raise UserError(f"MLflow takes no = and + in names, and without them some of these are the same: {[*values]}")
    return [*named.items()]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _batched(values: list[Any], size: int) -> Iterator[list[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))
