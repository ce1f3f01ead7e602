"""The result of a unit."""

from typing import Any, NamedTuple

import pandas as pd

from experiments.claims.containing import kinds
from experiments.plan import Unit


class Written(NamedTuple):
    """Rows that a worker has written into the folder of the run.

    Attributes:
        path, digest: the file, which waits for its name as a part, and a digest of its bytes.
        rows, kinds, network_steps: what else the driver wants to know of them: how many there are, what each column
            holds, and the updates of all networks together.
    """

    path: str
    digest: str
    rows: int
    kinds: dict[str, str]
    network_steps: float


class Result(NamedTuple):
    """What became of a unit.

    Attributes:
        table: its rows, or None if it failed or they are written already.
        error: what went wrong, or None.
        seconds, compile_seconds: what it took in all, and to compile, by a clock that only runs forward.
        ensembles: the layout of each of its ensembles, see `ensemble.Record.facts`.
        device: what measured it, see `ensemble.devices.describe`.
        written: where its rows are if they are written already.
        remark: what whoever started the run should know; empty if nothing.
    """

    unit: Unit
    table: pd.DataFrame | None
    error: str | None
    seconds: float
    compile_seconds: float
    ensembles: list[dict[str, Any]]
    device: dict[str, Any]
    written: Written | None = None
    remark: str = ""

    def rows(self) -> int:
        """The number of its rows; 0 if it failed."""
        return self.written.rows if self.written else 0 if self.table is None else len(self.table)

    def kinds(self) -> dict[str, str]:
        """What each of its columns holds, see `containing.kinds`."""
        return self.written.kinds if self.written else {} if self.table is None else kinds(self.table)

    def network_steps(self) -> float:
        """The updates of all networks together; 0 if the unit trained none."""
        if self.written:
            return self.written.network_steps
        return 0.0 if self.table is None or "steps" not in self.table else float(self.table["steps"].sum())

    def facts(self, own: dict[str, Any]) -> dict[str, Any]:
        """How its rows were made, as a part tells it.

        Args:
            own: the versions and the code of whoever has measured.
        """
        return {
            "versions": own["versions"],
            "code": own["code"],
            "seconds": self.seconds,
            "compile_seconds": self.compile_seconds,
            "ensembles": self.ensembles,
            "settings": self.unit.settings_digest,
            "device": self.device,
        }
