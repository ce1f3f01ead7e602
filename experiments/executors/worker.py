"""What a worker of a cluster does: it starts JAX on what it was given, tells its facts, and measures units."""

import os
import socket
from typing import Any, NamedTuple

from experiments.errors import UserError
from experiments.executors import circumstances, handing
from experiments.executors.handing import Place
from experiments.executors.results import Result
from experiments.plan import Unit
from experiments.settings import RunSettings


class Facts(NamedTuple):
    """What a driver wants to know of a worker before it believes its rows.

    Attributes:
        host, pid: the machine and the process.
        device: see `ensemble.devices.describe`; empty if there is a problem.
        circumstances: versions, flags and code, see there.
        problems: why it cannot measure; empty if it can.
    """

    host: str
    pid: int
    device: dict[str, Any]
    circumstances: dict[str, dict[str, str]]
    problems: str


class Worker:
    """A process that measures units, one after the other."""

    def __init__(self, settings: RunSettings) -> None:
        """Takes the settings of the run."""
        self.settings = settings
        self.own: dict[str, dict[str, str]] = {}
        self.can_write = True

    def facts(self) -> Facts:
        """Starts JAX and tells what is here. The code is read once: files may change while the process runs."""
        from experiments.ensemble import devices

        asked, problems, device = self.settings, "", {}
        try:
            devices.start(asked.device, asked.precision, asked.engine.products, asked.executor.cpus)
            device = devices.describe()
        except UserError as error:
            problems = "; ".join(error.problems)
        self.own = circumstances.of(asked.family)
        return Facts(socket.gethostname(), os.getpid(), device, self.own, problems)

    def measure(self, unit: Unit, place: Place | None) -> Result:
        """The result of a unit; its rows are in a file of the place if this process sees it.

        The unit itself is left out: the driver has it, and its cells are many.
        """
        from experiments.executors.measuring import measure

        result = measure(unit)
        if place is not None and result.table is not None and self.can_write and handing.is_seen(place):
            result = handing.written(result, place, self.own)
            self.can_write = result.written is not None
        return result._replace(unit=None)  # type: ignore[arg-type]
