"""Runs units in this process, on all of its devices.

Two units run at once: while one trains on all devices, the other compiles, or calculates on the host. On two cores the
default boolean sweep took 187 and 193 s so, and 219 s with one unit at a time.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from experiments.ensemble import devices
from experiments.executors.measuring import measure
from experiments.executors.results import Result
from experiments.plan import Unit
from experiments.settings import RunSettings

# Units that run at once.
AT_ONCE = 2


class SharedTime:
    """The time of this process, divided at every moment among the units that run at that moment.

    So the seconds of all units add up to the time of a run, and those of a unit that runs alone are what its run takes.
    """

    def __init__(self) -> None:
        """Nothing runs."""
        self._lock = threading.Lock()
        self._running, self._share, self._changed = 0, 0.0, time.perf_counter()

    def measured(self, unit: Unit) -> Result:
        """The result of a unit, with its share of the time as seconds; compiling has the same part of it as before."""
        begun = self._counted(1)
        try:
            result = measure(unit)
        finally:
            seconds = self._counted(-1) - begun
        compiling = result.compile_seconds * seconds / result.seconds
        return result._replace(seconds=seconds, compile_seconds=compiling)

    def _counted(self, units: int) -> float:
        """The share, until now, of a unit that has run from the beginning on; from now on more units run, or fewer."""
        with self._lock:
            now = time.perf_counter()
            if self._running:
                self._share += (now - self._changed) / self._running
            self._running, self._changed = self._running + units, now
            return self._share


class Local:
    """This process as an executor, see `executors.Executor`."""

    def __init__(self, settings: RunSettings) -> None:
        """Starts JAX.

        Raises:
            UserError: if the device is not there.
        """
        devices.start(settings.device, settings.precision, settings.engine.products)
        self.device = devices.describe()
        self.at_once = settings.executor.at_once or AT_ONCE

    def results(self, units: Iterable[Unit], folder: Path | None = None) -> Iterator[Result]:
        """Measures every unit, see `executors.Executor`; its seconds are its share of the time of this process."""
        if self.at_once == 1:
            yield from map(measure, units)
            return
        running, shared = set[Future[Result]](), SharedTime()
        with ThreadPoolExecutor(self.at_once) as threads:
            for unit in units:
                running.add(threads.submit(shared.measured, unit))
                if len(running) > self.at_once:
                    ended, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in ended)
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ended)

    def workers(self) -> int:
        """One: this process."""
        return 1
