"""Runs units one after the other in this process, on all of its devices."""

import time
import traceback
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import jax.monitoring
import pandas as pd

from experiments import ensemble
from experiments.claims import claims_of
from experiments.plan import Unit
from experiments.running.containing import ClaimError, checked, contained
from experiments.running.containing import kinds as kinds_of


class Result(NamedTuple):
    """The result of a unit: its rows, or its error; the seconds that it took; the layout of each of its ensembles."""

    unit: Unit
    table: pd.DataFrame | None
    error: str | None
    seconds: float
    compile_seconds: float
    ensembles: list[dict[str, Any]]

    def network_steps(self) -> float:
        """The updates of all networks together; 0 if the unit trained none."""
        return 0.0 if self.table is None or "steps" not in self.table else float(self.table["steps"].sum())


class CompileClock:
    """Adds up the seconds that JAX spends on tracing, lowering and compiling, or on reading its cache."""

    def __init__(self) -> None:
        """Starts listening; JAX has no way to stop."""
        self.seconds = 0.0
        jax.monitoring.register_event_duration_secs_listener(self._listen)

    def _listen(self, event: str, duration_secs: float, **_: Any) -> None:
        if event.startswith("/jax/core/compile/"):
            self.seconds += duration_secs


def execute(units: Iterable[Unit]) -> Iterator[Result]:
    """Measures every unit. A unit that fails gives a result with an error, and the others are measured all the same."""
    clock, kinds = CompileClock(), defaultdict[str, dict[str, str]](dict)
    for unit in units:
        start, compiled = time.perf_counter(), clock.seconds
        table, error = None, None
        with ensemble.recording() as records:
            try:
                table = _measured(unit, kinds[unit.claim])
            except Exception:
                error = traceback.format_exc()
        held = [record.facts() for record in records]
        yield Result(unit, table, error, time.perf_counter() - start, clock.seconds - compiled, held)


def _measured(unit: Unit, kinds: dict[str, str]) -> pd.DataFrame:
    """The checked table of a unit. `kinds` is what columns hold in other units of the claim; new columns are added."""
    module, cells = claims_of(unit.family)[unit.claim], unit.cells.copy()
    with contained():
        table = module.measure(unit)
    table = checked(table, unit, cells, getattr(module, "KEYS", ()))
    for name, kind in kinds_of(table).items():
        if kinds.setdefault(name, kind) != kind:
            raise ClaimError(f"the column {name} holds {kind} here, and {kinds[name]} in another unit of the claim")
    return table
