"""The result of a unit."""

from typing import Any, NamedTuple

import pandas as pd

from experiments.plan import Unit


class Result(NamedTuple):
    """What became of a unit.

    Attributes:
        table: its rows, or None.
        error: what went wrong, or None.
        seconds, compile_seconds: what it took in all, and to compile.
        ensembles: the layout of each of its ensembles, see `ensemble.Record.facts`.
        device: what measured it, see `ensemble.devices.describe`.
    """

    unit: Unit
    table: pd.DataFrame | None
    error: str | None
    seconds: float
    compile_seconds: float
    ensembles: list[dict[str, Any]]
    device: dict[str, Any]

    def network_steps(self) -> float:
        """The updates of all networks together; 0 if the unit trained none."""
        return 0.0 if self.table is None or "steps" not in self.table else float(self.table["steps"].sum())
