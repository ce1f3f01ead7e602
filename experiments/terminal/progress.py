"""Progress of long work: a live bar on a terminal, elsewhere a plain line from time to time."""

import time
from collections.abc import Callable
from types import TracebackType

import numpy as np
import scipy  # scipy.optimize is loaded where it is used: help and lists never do
from jaxtyping import Float
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from experiments.terminal.numbers import human, seconds

# Without a terminal a line is printed this often: a log of an hour has some 360 lines.
SECONDS_BETWEEN_LINES = 10.0
# The time left is estimated from this number of units on: the first units compile, and fewer mislead.
UNITS_BEFORE_AN_ESTIMATE = 20
# Estimates that give the range of the time left.
ESTIMATES = 40
# They are made again once this many times as many units are done: a bar asks ten times a second.
GROWN = 1.01


class Reporter:
    """Says how far a run is: units done and failed, network-steps per second, time left.

    The time left is estimated from the finished units: they give a time per unit, and a time per estimated operation.
    How far the estimate can be trusted is seen from what it would be with other finished units.
    """

    def __init__(self, console: Console, units: int, operations: float, log: Callable[[str], None]) -> None:
        """Prepares for a number of units that have this number of operations together; `log` gets a line at times."""
        self.console, self.log = console, log
        self.units, self.to_come = units, operations
        self.done: list[tuple[float, float]] = []
        self.network_steps, self.workers, self.failed = 0.0, 1, 0
        self.left: tuple[int, str] = (0, "")
        self.start = self.last_line = time.perf_counter()
        self.bar = Progress(
            TextColumn("{task.completed:.0f}/{task.total:.0f} units"),
            BarColumn(),
            _Facts(self),
            console=console,
            disable=not console.is_terminal,
        )
        self.task = self.bar.add_task("", total=units)

    def __enter__(self) -> "Reporter":
        """Shows the bar."""
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the bar, which stays on the terminal."""
        self.bar.stop()

    def advance(
        self, operations: float, network_steps: float, duration: float, workers: int = 1, failed: bool = False
    ) -> None:
        """One more unit is done, or failed; it took `duration` seconds of one of this number of workers."""
        self.workers = workers
        self.failed += failed
        self.done.append((operations, duration))
        self.to_come -= operations
        self.network_steps += network_steps
        self.bar.advance(self.task)
        now = time.perf_counter()
        due = now - self.last_line >= SECONDS_BETWEEN_LINES or len(self.done) == self.units
        if due:
            self.last_line = now
            line = f"{len(self.done)}/{self.units} units, {self.facts()}"
            self.log(line)
            if not self.console.is_terminal:
                self.console.print(line, highlight=False)

    def facts(self) -> str:
        """The pace and the time left, in words."""
        elapsed = time.perf_counter() - self.start
        words = [f"{human(self.network_steps / max(elapsed, 1e-9))} network-steps/s"]
        if self.workers > 1:
            words.insert(0, f"{self.workers} workers")
        if self.failed:
            words.insert(0, f"{self.failed} failed")
        if len(self.done) == self.units:
            words.append(f"took {seconds(elapsed)}")
        elif len(self.done) >= UNITS_BEFORE_AN_ESTIMATE:
            words.append(self._left())
        return ", ".join(words)

    def _left(self) -> str:
        """The time left, and the range of 80 % of the estimates from units drawn again out of those that are done."""
        if len(self.done) >= GROWN * self.left[0]:
            done, rng = np.array(self.done), np.random.default_rng(len(self.done))
            again = [done[rng.integers(0, len(done), len(done))] for _ in range(ESTIMATES)]
            low, high = np.quantile([self._estimate(some) for some in again], [0.1, 0.9])
            text = f"about {seconds(self._estimate(done))} left ({seconds(low)} to {seconds(high)})"
            self.left = len(self.done), text
        return self.left[1]

    def _estimate(self, some: Float[np.ndarray, "units 2"]) -> float:
        operations, durations = some.T
        (per_unit, per_operation), _ = scipy.optimize.nnls(
            np.stack([np.ones_like(operations), operations], 1), durations
        )
        left = per_unit * (self.units - len(self.done)) + per_operation * max(self.to_come, 0.0)
        return float(left) / max(self.workers, 1)


class _Facts(ProgressColumn):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self.reporter = reporter

    def render(self, task: Task) -> Text:
        return Text(self.reporter.facts())
