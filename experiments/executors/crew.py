"""Leads the workers of a Ray cluster.

A worker is a process with cores and GPUs of its own. It lives as long as the run, so that what it has compiled serves
all its units, and it gets units of programs that it has compiled already before others. The driver, which is the
process that the person has started, hands out units one at a time and gets results back. It never holds more than a few
units for each worker.

What can happen to a worker:

- It dies, or its node leaves: its unit is measured again by another one. A unit during which `MOST_LOSSES` workers died
  fails, since it may be what kills them.
- A node joins: it gets workers.
- It has other code, versions or another kind of device than the run: its rows could differ, so it is refused, and so is
  its node.
- What it says it has written is not what the driver sees: its unit is measured again, and from then on the driver
  writes all parts itself.

No time of a worker's clock is used anywhere, only durations.
"""

import contextlib
import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from experiments.errors import UserError
from experiments.executors import circumstances, handing
from experiments.executors.handing import Place
from experiments.executors.members import (
    GIB,
    Member,
    chosen,
    differing,
    last_line,
    most_in_words,
    resources_in_words,
    room_of,
)
from experiments.executors.results import Result
from experiments.executors.worker import Facts, Worker
from experiments.plan import Unit
from experiments.settings import RunSettings

# Workers that may die while they measure one unit.
MOST_LOSSES = 3
# Units that the driver holds ready for each worker: a worker never waits, and a choice is left.
UNITS_AHEAD = 4
# Seconds in which a worker usually starts.
SECONDS_TO_START = 60.0
# Seconds between two looks at the cluster.
LOOK = 1.0
# Seconds without any worker after which a run gives up: the time in which a node of a cluster comes up.
PATIENCE = 300.0


class Crew:
    """The workers of a run as an executor, see `executors.Executor`."""

    def __init__(self, ray: Any, settings: RunSettings, say: Callable[[str], None]) -> None:
        """Prepares; nobody works yet.

        Args:
            ray: the module, connected to a cluster.
            settings: of the run.
            say: is told of every worker that is lost or refused.
        """
        self.ray, self.settings, self.say = ray, settings, say
        self.device: dict[str, Any] = {}
        self.own = circumstances.of(settings.family)
        self.members: list[Member] = []
        self.refused: set[str] = set()
        self.losses = Counter[str]()
        self.last_look = self.last_seen = -float("inf")
        self.place: Place | None = None

    def workers(self) -> int:
        """Workers that have told their facts and are not lost."""
        return sum(member.facts is not None for member in self.members)

    def gather(self) -> None:
        """Waits for the first worker.

        Raises:
            UserError: if every node is refused, or none has room for a worker and none that has can come.
        """
        begun = self.last_seen = time.monotonic()
        self._look()
        if not self.members:
            self._say_that_there_is_no_room()
        while not self.workers():
            self._look()
            self._wait()
            if begun and time.monotonic() - begun > SECONDS_TO_START:
                begun = 0.0
                self.say("no worker has started yet; what others use of the cluster is shown by: ray status")

    def _say_that_there_is_no_room(self) -> None:
        asked, nodes = self.settings.executor, [node for node in self.ray.nodes() if node["Alive"]]
        line = f"no node has {resources_in_words(asked)} for a worker; the most that one has: {most_in_words(nodes)}"
        if not asked.address:
            raise UserError(f"executor=ray: {line}")
        self.say(f"{line}; for {PATIENCE:.0f} seconds a node that has may join")

    def dismiss(self) -> None:
        """Ends all workers."""
        for member in self.members:
            with contextlib.suppress(Exception):  # the cluster may be gone
                self.ray.kill(member.actor)
        self.members = []

    def results(self, units: Iterable[Unit], folder: Path | None = None) -> Iterator[Result]:
        """Measures every unit, see `executors.Executor`.

        Raises:
            UserError: if for `PATIENCE` seconds no worker is there.
        """
        with handing.offered(folder if self.settings.executor.shared else None) as self.place:
            for result in self._results(units):
                yield result
                handing.forget(result)

    def _results(self, units: Iterable[Unit]) -> Iterator[Result]:
        source, waiting = iter(units), deque[Unit]()
        while True:
            self._look()
            ahead = UNITS_AHEAD * max(1, len(self.members))
            waiting.extend(itertools.islice(source, max(0, ahead - len(waiting))))
            if not waiting and not any(member.unit for member in self.members):
                return
            for member in self.members:
                if member.facts and not member.unit and waiting:
                    self._give(member, chosen(waiting, member, self.members))
            for member, result, lost in self._wait():
                if result is not None and self._is_believed(result, member):
                    yield result
                elif result is not None:
                    waiting.appendleft(result.unit)
                elif lost is not None:
                    yield from self._again(lost, member, waiting)

    def _give(self, member: Member, unit: Unit) -> None:
        member.unit = unit
        member.programs.add(unit.program)
        member.pending = member.actor.measure.remote(unit, self.place)

    def _is_believed(self, result: Result, member: Member) -> bool:
        """Whether the rows of a result are here, or are in the file where its worker says they are."""
        if result.remark:
            self.say(f"a worker on {member.host} hands over its rows instead of writing them: {result.remark}")
        if handing.is_believed(result):
            return True
        handing.forget(result)
        self.place = None
        self.say(
            f"the part of {result.unit.id} is not as a worker on {member.host} says it has written it: the unit is "
            "measured again, and from now on workers hand over their rows"
        )
        return False

    def _again(self, unit: Unit, member: Member, waiting: deque[Unit]) -> Iterator[Result]:
        self.losses[unit.id] += 1
        if self.losses[unit.id] < MOST_LOSSES:
            waiting.appendleft(unit)
            return
        error = f"{MOST_LOSSES} workers died while they measured this unit, the last one on {member.host}"
        yield Result(unit, None, error, 0.0, 0.0, [], self.device)

    def _look(self) -> None:
        """Starts workers where there is room for them."""
        now = time.monotonic()
        if now - self.last_look < LOOK:
            return
        self.last_look = now
        if self.members:
            self.last_seen = now
        elif now - self.last_seen > PATIENCE:
            raise UserError(
                f"executor=ray: for {PATIENCE:.0f} seconds no node had {resources_in_words(self.settings.executor)} "
                "for a worker; see what is there with: ray status"
            )
        nodes = [node for node in self.ray.nodes() if node["Alive"]]
        if nodes and all(node["NodeID"] in self.refused for node in nodes):
            raise UserError("executor=ray: every node is refused, as said above; give all of them the same code")
        on = Counter(member.node for member in self.members)
        for node in nodes:
            for _ in range(room_of(node["Resources"], self.settings.executor) - on[node["NodeID"]]):
                most = self.settings.executor.workers
                if node["NodeID"] not in self.refused and (not most or len(self.members) < most):
                    self._start(node)

    def _start(self, node: dict[str, Any]) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        asked = self.settings.executor
        actor = (
            self.ray.remote(Worker)
            .options(
                num_cpus=asked.cpus,
                num_gpus=asked.gpus,
                memory=int(asked.memory * GIB) or None,
                max_restarts=0,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False),
                # Several workers may share a GPU.
                runtime_env={"env_vars": {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}},
            )
            .remote(self.settings)
        )
        host = node["NodeManagerHostname"]
        self.members.append(Member(actor, node["NodeID"], host, actor.facts.remote()))

    def _wait(self) -> list[tuple[Member, Result | None, Unit | None]]:
        """What has come until the next look: for each worker that has something, its result or the unit it lost."""
        pending = {member.pending: member for member in self.members if member.pending is not None}
        if not pending:
            time.sleep(LOOK)
            return []
        ready, _ = self.ray.wait([*pending], num_returns=1, timeout=LOOK)
        return [self._arrived(pending[one]) for one in ready]

    def _arrived(self, member: Member) -> tuple[Member, Result | None, Unit | None]:
        unit, pending = member.unit, member.pending
        member.unit = member.pending = None
        try:
            came = self.ray.get(pending)
        except self.ray.exceptions.RayTaskError as error:  # an answer that could not be sent
            result = Result(unit, None, str(error), 0.0, 0.0, [], self.device) if unit else None
            return member, result, None
        except self.ray.exceptions.RayError as error:
            self._lost(member, error)
            return member, None, unit
        if isinstance(came, Facts):
            self._welcome(member, came)
            return member, None, None
        return member, came._replace(unit=unit), None

    def _lost(self, member: Member, error: Exception) -> None:
        self.members.remove(member)
        if member.facts is None:
            self._refuse(member, f"it could not start: {last_line(str(error))}")
            return
        self.say(f"a worker on {member.host} is lost (process {member.facts.pid}): {last_line(str(error))}")

    def _welcome(self, member: Member, facts: Facts) -> None:
        problems = facts.problems or differing(self.own, facts.circumstances)
        kind = {key: facts.device.get(key) for key in ("platform", "kind")}
        if not problems and self.device and kind != {key: self.device[key] for key in kind}:
            problems = f"its device is {facts.device['kind']}, and others are {self.device['kind']}"
        if problems:
            self.members.remove(member)
            self._refuse(member, problems)
            return
        member.facts = facts
        self.device = self.device or facts.device

    def _refuse(self, member: Member, why: str) -> None:
        self.refused.add(member.node)
        with contextlib.suppress(Exception):  # it may be gone already
            self.ray.kill(member.actor)
        self.say(f"node {member.host} is refused: {why}")
