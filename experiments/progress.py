"""Progress of long work: a live bar on a terminal, a plain line now and then elsewhere."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

SECONDS_BETWEEN_LINES = 10.0


class Reporter:
    """Says how far a run is: units done, network-steps a second, time left.

    Time left follows from the estimated operations of the units that are left and the pace so far.
    """

    def __init__(self, console: Console, units: int, operations: float) -> None:
        """Prepares for so many units, with so many operations in all."""
        self.console = console
        self.units, self.operations = units, max(operations, 1.0)
        self.done_units, self.done_operations, self.network_steps = 0, 0.0, 0.0
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
        """Leaves the bar as it stands."""
        self.bar.stop()

    def advance(self, operations: float, network_steps: float) -> None:
        """One more unit is done."""
        self.done_units += 1
        self.done_operations += operations
        self.network_steps += network_steps
        self.bar.advance(self.task)
        now = time.perf_counter()
        due = now - self.last_line >= SECONDS_BETWEEN_LINES or self.done_units == self.units
        if not self.console.is_terminal and due:
            self.last_line = now
            self.console.print(f"{self.done_units}/{self.units} units, {self.facts()}", highlight=False)

    def facts(self) -> str:
        """The pace and the time left, in words."""
        elapsed = time.perf_counter() - self.start
        words = [f"{human(self.network_steps / max(elapsed, 1e-9))} network-steps/s"]
        if self.done_units == self.units:
            words.append(f"took {seconds(elapsed)}")
        elif self.done_operations:
            left = elapsed * (self.operations / self.done_operations - 1)
            words.append(f"about {seconds(left)} left")
        return ", ".join(words)


class _Facts(ProgressColumn):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self.reporter = reporter

    def render(self, task: Task) -> Text:
        return Text(self.reporter.facts())


def human(number: float) -> str:
    """A number with three digits and a unit prefix: 1234567 is 1.23 M."""
    for size, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {prefix}"
    return f"{number:.3g}"


def seconds(duration: float) -> str:
    """A duration as 12 s or 3 min 05 s."""
    return f"{duration:.0f} s" if duration < 60 else f"{duration // 60:.0f} min {duration % 60:02.0f} s"
