"""Runs units in this process, on all of its devices.

Two units run at once: while one trains on all devices, the other compiles, or calculates on the host. On two cores the
default boolean sweep took 187 and 193 s so, and 219 s with one unit at a time.
"""

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
        """Measures every unit, see `executors.Executor`.

        The seconds of a unit are its share of the time of this process: those of all units add up to the time of a run.
        """
        if self.at_once == 1:
            yield from map(measure, units)
            return
        running: set[Future[Result]] = set()
        with ThreadPoolExecutor(self.at_once) as threads:
            for unit in units:
                running.add(threads.submit(measure, unit))
                if len(running) > self.at_once:
                    ended, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (self._share(future.result()) for future in ended)
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (self._share(future.result()) for future in ended)

    def _share(self, result: Result) -> Result:
        """A result with the seconds divided among the units that ran at once."""
        seconds, compiling = result.seconds / self.at_once, result.compile_seconds / self.at_once
        return result._replace(seconds=seconds, compile_seconds=compiling)

    def workers(self) -> int:
        """One: this process."""
        return 1
