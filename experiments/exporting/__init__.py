"""A finished run in a tracker of experiments: W&B or MLflow. One run of a sweep is one run there.

`record.of` says what a run is; a tracker is a module with one function,

    export(record: Record, folder: Path, uri: str) -> Exported

It knows no run directory, and `record` knows no tracker. Nothing leaves this machine unless somebody says so: W&B stays
offline without WANDB_MODE=online, and MLflow writes to a database in `folder` unless a URI is given.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from experiments import house
from experiments.errors import UserError

if TYPE_CHECKING:  # the command line knows the trackers before anything is exported
    from experiments.exporting.record import Exported, Record
    from experiments.storage.runs import RunDirectory

# The trackers by their names on the command line, with the packages that each needs. Each is a module beside this one,
# and an extra of pyproject.toml.
TRACKERS = {"wandb": ("wandb",), "mlflow": ("mlflow", "sqlalchemy", "alembic")}
WORDS = {
    "new": "exported",
    "unchanged": "is there already, as it is now",
    "replaced": "exported in place of an earlier export, since it has changed",
}


def export(run: "RunDirectory", tracker: str, folder: Path, uri: str = "") -> "Exported":
    """Hands a finished run to a tracker; a run that is there already is not added a second time.

    Args:
        run: the run.
        tracker: one of `TRACKERS`.
        folder: where trackers keep what stays on this machine.
        uri: of an MLflow server or database; empty for a database in `folder`.

    Raises:
        UserError: if the run is not finished, the package is not installed, or the tracker refuses.
    """
    from experiments.exporting import record

    found = record.of(run)
    # They are looked for, and not imported: what they do at their import depends on what each module sets before.
    missing = [package for package in TRACKERS[tracker] if importlib.util.find_spec(package) is None]
    if missing:
        raise UserError(
            f"--to {tracker}: not installed: {', '.join(missing)}; "
            f"install what is needed with: {house.to_install(tracker)}"
        )
    into: Callable[[Record, Path, str], Exported] = importlib.import_module(f"{__name__}.to_{tracker}").export
    return into(found, folder, uri)
