"""Progress of long work: a live bar on a terminal, elsewhere a plain line from time to time."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from experiments.terminal.numbers import human, seconds
from experiments.terminal.time_left import GROWN, Load, Pace, Step, TimeLeft

# Without a terminal a line is printed this often: a log of an hour has some 360 lines.
SECONDS_BETWEEN_LINES = 10.0
# The time left is said from this part of a run on: before, what is done is little to judge by.
FIRST = 0.1
# Before its first unit is done, a run that takes longer than this asks what earlier runs took.
SECONDS_BEFORE_THE_FIRST = 2.0
# Estimates that give the range of the time left.
ESTIMATES = 40


class Reporter:
    """Says how far a run is: units done and failed, network-steps per second, time left, see `time_left`.

    How far the time left can be trusted is seen from what it would be with other finished units.
    """

    def __init__(
        self,
        console: Console,
        loads: Mapping[str, Load],
        known: Callable[[], Mapping[str, Pace]],
        log: Callable[[str], None],
    ) -> None:
        """Prepares for what each claim has to do.

        Args:
            console: where to say it.
            loads: by claim, in the order in which they begin.
            known: gives the paces of earlier runs; it is asked once, and not at all in a run of seconds.
            log: gets a line at times.
        """
        self.console, self.loads, self.known, self.log = console, loads, known, log
        self.units, self.done = int(sum(load.units for load in loads.values())), 0
        self.network_steps, self.workers, self.failed = 0.0, 1, 0
        self.steps: list[Step] = []
        self.left: TimeLeft | None = None
        self.spread: tuple[int, float, float] = (0, 1.0, 1.0)
        self.start = self.last_line = self.last_unit = time.perf_counter()
        self.bar = Progress(
            TextColumn("{task.completed:.0f}/{task.total:.0f} units"),
            BarColumn(),
            _Facts(self),
            console=console,
            disable=not console.is_terminal,
        )
        self.task = self.bar.add_task("", total=self.units)

    def __enter__(self) -> "Reporter":
        """Shows the bar."""
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the bar, which stays on the terminal."""
        self.bar.stop()

    def advance(self, step: Step, network_steps: float, workers: int = 1, failed: bool = False) -> None:
        """One more unit is done, or failed, by one of this number of workers."""
        now = time.perf_counter()
        self.workers, self.last_unit = workers, now
        self.failed += failed
        self.done += 1
        self.steps.append(step)
        self.network_steps += network_steps
        self.bar.advance(self.task)
        due = now - self.last_line >= SECONDS_BETWEEN_LINES or self.done == self.units
        if due:
            self.last_line = now
            line = f"{self.done}/{self.units} units, {self.facts()}"
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
        if self.done == self.units:
            words.append(f"took {seconds(elapsed)}")
        elif self.done or elapsed > SECONDS_BEFORE_THE_FIRST:
            words += self._time_left(elapsed)
        return ", ".join(words)

    def _time_left(self, elapsed: float) -> list[str]:
        """The time left, and the range of 80 % of the estimates; nothing in the first tenth of a run.

        A run whose claims have not been run before has no range: it is a guess.
        """
        if self.left is None:
            self.left = TimeLeft(self.loads, self.known())
        while self.steps:
            self.left.add(self.steps.pop(0))
        waited = (time.perf_counter() - self.last_unit) * (self.workers == 1)
        left = self.left.seconds(waited) / max(self.workers, 1)
        if elapsed < FIRST * (elapsed + left):
            return []
        if self.left.is_guessed():
            return [f"perhaps {seconds(left)} left"] if self.done else []
        if self.done and self.done >= GROWN * self.spread[0]:
            low, high = self.left.range(ESTIMATES)
            whole = max(self.left.seconds(), 1e-9)
            self.spread = self.done, low / whole, high / whole
        low, high = (left * factor for factor in self.spread[1:])
        return [f"about {seconds(left)} left ({seconds(min(low, left))} to {seconds(max(high, left))})"]


class _Facts(ProgressColumn):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self.reporter = reporter

    def render(self, task: Task) -> Text:
        return Text(self.reporter.facts())
