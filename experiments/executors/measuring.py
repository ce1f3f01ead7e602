"""Measures one unit in this process. Every executor ends here, in this process or in a worker's."""

import functools
import threading
import time
import traceback
from typing import Any

import jax.monitoring
import pandas as pd

from experiments import ensemble
from experiments.claims import claims_of
from experiments.claims.containing import checked, contained
from experiments.ensemble import devices
from experiments.executors.results import Result
from experiments.plan import Unit


class CompileClock:
    """Adds up, for each thread, the seconds that JAX spends on tracing, lowering, compiling, and reading its cache."""

    def __init__(self) -> None:
        """Starts listening; JAX has no way to stop."""
        self._own = threading.local()
        jax.monitoring.register_event_duration_secs_listener(self._listen)

    @property
    def seconds(self) -> float:
        """Seconds of the thread that asks."""
        return getattr(self._own, "seconds", 0.0)

    def _listen(self, event: str, duration_secs: float, **_: Any) -> None:
        if event.startswith("/jax/core/compile/"):
            self._own.seconds = self.seconds + duration_secs


@functools.cache
def clock() -> CompileClock:
    """The clock of this process."""
    return CompileClock()


def measure(unit: Unit) -> Result:
    """The result of a unit, whatever its claim does."""
    start, compiled = time.perf_counter(), clock().seconds
    table, error = None, None
    with ensemble.recording() as records:
        try:
            table = _measured(unit)
        except Exception:
            error = traceback.format_exc()
    seconds, compiling = time.perf_counter() - start, clock().seconds - compiled
    return Result(unit, table, error, seconds, compiling, [record.facts() for record in records], devices.describe())


def _measured(unit: Unit) -> pd.DataFrame:
    module, cells = claims_of(unit.family)[unit.claim], unit.cells.copy()
    with contained():
        table = module.measure(unit)
    return checked(table, unit, cells, getattr(module, "KEYS", ()))
