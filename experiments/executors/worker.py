"""What a worker of a cluster does: it starts JAX on what it was given, tells its facts, and measures units."""

import os
import socket
from typing import Any, NamedTuple

from experiments.errors import UserError
from experiments.executors import circumstances
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

    def facts(self) -> Facts:
        """Starts JAX and tells what is here. The code is read once: files may change while the process runs."""
        from experiments.ensemble import devices

        asked, problems, device = self.settings, "", {}
        try:
            devices.start(asked.device, asked.precision, asked.engine.products, asked.executor.cpus)
            device = devices.describe()
        except UserError as error:
            problems = "; ".join(error.problems)
        return Facts(socket.gethostname(), os.getpid(), device, circumstances.of(asked.family), problems)

    def measure(self, unit: Unit) -> Result:
        """The result of a unit."""
        from experiments.executors.measuring import measure

        return measure(unit)
