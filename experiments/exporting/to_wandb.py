"""A run in W&B, offline: a folder that `wandb sync` sends, when and if somebody wants that.

Settings are the run's configuration, numbers and words its summary, files an artifact. None of them is a curve, so
nothing is doubled if a run with the same id is sent again.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from experiments.errors import UserError
from experiments.exporting.record import Exported, Record
from experiments.storage.writing import atomic

PROJECT = "theory-claims"
MODES = ("offline", "online")


def export(record: Record, folder: Path, uri: str) -> Exported:
    """Writes a run as W&B keeps it offline, below `folder`/wandb, or sends it if WANDB_MODE=online asks for that.

    Offline, an export of the same run is left as it is if nothing has changed, and replaced otherwise.

    Raises:
        UserError: if a URI is given, or the mode is neither of these two.
    """
    mode = os.environ.get("WANDB_MODE", "offline")
    if uri:
        raise UserError("--uri: is for MLflow; W&B sends a run if WANDB_MODE=online is set, to WANDB_BASE_URL")
    if mode not in MODES:
        raise UserError(f"WANDB_MODE={mode}: an export is {' or '.join(MODES)}")
    if mode == "online":
        return Exported("new", f"sent to W&B: {_write(record, folder, sends=True)}")
    home = folder.resolve() / "wandb"
    seal, before = home / f"{record.id}.json", _made_before(record, home)
    if seal.is_file() and json.loads(seal.read_text()) == {"digest": record.digest, "folders": before}:
        return Exported("unchanged", _way_on(home / before[0]))
    made = Path(_write(record, folder, sends=False))
    # The old ones are removed last: whoever is killed before has both, and the next export removes what is too much.
    for old in {*before} - {made.name, _copies(record)}:
        shutil.rmtree(home / old)
    with atomic(seal) as path:
        path.write_text(json.dumps({"digest": record.digest, "folders": _made_before(record, home)}))
    return Exported("replaced" if before else "new", _way_on(made))


def _made_before(record: Record, home: Path) -> list[str]:
    """The folders of a run, with the copies of its files last."""
    patterns = (f"offline-run-*-{record.id}", f"copies-*-{record.id}")
    return [path.name for pattern in patterns for path in sorted(home.glob(pattern)) if path.is_dir()]


def _copies(record: Record) -> str:
    return f"copies-{record.digest[:8]}-{record.id}"


def _way_on(folder: Path) -> str:
    return f"{folder}; to send it: wandb sync {folder}"


@contextlib.contextmanager
def _surroundings(folder: Path, copies: str) -> Iterator[None]:
    """W&B puts into `folder` what it would put into the home folder, and reports no errors of its own to its makers."""
    own = {
        "WANDB_DATA_DIR": str(folder / "wandb" / copies),
        "WANDB_CACHE_DIR": str(folder / "wandb" / "cache"),
        "WANDB_CONFIG_DIR": str(folder / "wandb" / "cache"),
        "WANDB_ERROR_REPORTING": "false",
    }
    added = {name: value for name, value in own.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _write(record: Record, folder: Path, sends: bool) -> str:
    """Writes or sends a run; returns the folder, or the address, where it is."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _surroundings(folder, _copies(record)):
        import wandb

        run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            id=record.id,
            name=record.name,
            group=record.sweep,
            dir=folder,
            mode="online" if sends else "offline",
            resume="allow" if sends else None,
            config={"settings": record.settings, "provenance": record.provenance},
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_git=True,
                disable_code=True,
                x_disable_stats=True,
                x_disable_meta=True,
            ),
        )
        run.summary.update({**record.metrics, **record.words})
        artifact = wandb.Artifact(record.id, "run", metadata={"run": record.name})
        for name, path in record.files.items():
            artifact.add_file(str(path), name)
        run.log_artifact(artifact)
        run.finish()
    return str(run.url) if sends else str(Path(run.dir).parent)
