"""Runs units on the workers of a Ray cluster.

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
"""

import contextlib
import dataclasses
import itertools
import logging
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from experiments import settings as run_settings
from experiments.errors import UserError
from experiments.executors import circumstances
from experiments.executors.results import Result
from experiments.executors.worker import Facts, Worker
from experiments.plan import Unit
from experiments.settings import RunSettings

# Workers that may die while they measure one unit.
MOST_LOSSES = 3
# Units that the driver holds ready for each worker: a worker never waits, and a choice is left.
UNITS_AHEAD = 4
# Seconds in which a cluster has to answer at its address.
SECONDS_TO_CONNECT = 10.0
# Seconds in which a worker usually starts.
SECONDS_TO_START = 60.0
# Seconds between two looks at the cluster.
LOOK = 1.0
# Seconds without any worker after which a run gives up: the time in which a node of a cluster comes up.
PATIENCE = 300.0


@contextlib.contextmanager
def opened_cluster(settings: RunSettings, say: Callable[[str], None]) -> Iterator["Crew"]:
    """A crew of workers; they end with the block, and so does a cluster that was started for it.

    Raises:
        UserError: if Ray is not installed, there is no such cluster, or no worker can measure.
    """
    try:
        import ray
    except ImportError as error:
        raise UserError(
            "executor=ray: Ray is not installed; install it (make EXTRA=ray ...), or leave executor out"
        ) from error
    if ray.is_initialized():
        yield from _crew(ray, settings, say)
        return
    _connect(ray, settings.executor.address)
    try:
        yield from _crew(ray, settings, say)
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    """Connects to the cluster at an address, or starts one on all cores of this machine if there is no address."""
    where: dict[str, Any] = {"address": address or "local"}
    if not address:
        from experiments.ensemble import devices

        where |= {"num_cpus": devices.cores(), "include_dashboard": False}
    try:
        if ":" in address:  # Ray itself would try for minutes
            host, port = address.removeprefix("ray://").rsplit(":", 1)
            socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            f"executor.address={address}: no Ray cluster answers there ({last_line(str(error))}); "
            "start one with: ray start --head"
        ) from error


def _crew(ray: Any, settings: RunSettings, say: Callable[[str], None]) -> Iterator["Crew"]:
    crew = Crew(ray, settings, say)
    try:
        crew.gather()
        yield crew
    finally:
        crew.dismiss()


@dataclasses.dataclass(eq=False)
class Member:
    """A worker, as the driver sees it.

    Attributes:
        actor: its handle.
        node, host: the node that it is on, and the name of that machine.
        pending: what the driver waits for: the worker's facts at first, the result of its unit later; or None.
        facts: None until it has told them.
        unit: what it measures.
        programs: what it has compiled.
    """

    actor: Any
    node: str
    host: str
    pending: Any
    facts: Facts | None = None
    unit: Unit | None = None
    programs: set[tuple] = dataclasses.field(default_factory=set)


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

    def workers(self) -> int:
        """Workers that have told their facts and are not lost."""
        return sum(member.facts is not None for member in self.members)

    def gather(self) -> None:
        """Waits for the first worker.

        Raises:
            UserError: if every node is refused, or none comes.
        """
        begun = self.last_seen = time.monotonic()
        while not self.workers():
            self._look()
            self._wait()
            if begun and time.monotonic() - begun > SECONDS_TO_START:
                begun = 0.0
                self.say("no worker has started yet; what others use of the cluster is shown by: ray status")

    def dismiss(self) -> None:
        """Ends all workers."""
        for member in self.members:
            with contextlib.suppress(Exception):  # the cluster may be gone
                self.ray.kill(member.actor)
        self.members = []

    def results(self, units: Iterable[Unit]) -> Iterator[Result]:
        """Measures every unit, see `executors.Executor`.

        Raises:
            UserError: if for `PATIENCE` seconds no worker is there.
        """
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
                if result is not None:
                    yield result
                elif lost is not None:
                    yield from self._again(lost, member, waiting)

    def _give(self, member: Member, unit: Unit) -> None:
        member.unit = unit
        member.programs.add(unit.program)
        member.pending = member.actor.measure.remote(unit)

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
            asked = self.settings.executor
            raise UserError(
                f"executor=ray: for {PATIENCE:.0f} seconds no node had {asked.cpus} cores and {asked.gpus:g} GPUs for "
                "a worker; see what is there with: ray status"
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
        return member, came, None

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


def room_of(resources: dict[str, float], asked: run_settings.ExecutorSettings) -> int:
    """Workers that fit a node with these resources."""
    by_cores = int(resources.get("CPU", 0.0) // asked.cpus)
    return min(by_cores, int(resources.get("GPU", 0.0) / asked.gpus + 1e-9)) if asked.gpus else by_cores


def chosen(waiting: deque[Unit], member: Member, members: list[Member]) -> Unit:
    """Takes out the next unit of a worker: of a program it has compiled, else of one nobody has, else the first."""
    elsewhere = {program for other in members if other is not member for program in other.programs}
    wishes = (lambda unit: unit.program in member.programs, lambda unit: unit.program not in elsewhere)
    place = next((i for wish in wishes for i, unit in enumerate(waiting) if wish(unit)), 0)
    unit = waiting[place]
    del waiting[place]
    return unit


def differing(own: dict[str, dict[str, str]], theirs: dict[str, dict[str, str]]) -> str:
    """In what code and versions differ, in a few words; empty if they are the same."""
    words = []
    for what in own:
        names = [name for name in sorted({*own[what], *theirs[what]}) if own[what].get(name) != theirs[what].get(name)]
        if names:
            words.append(f"other {what}: {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}")
    return "; ".join(words)


def last_line(text: str) -> str:
    """The last line of a message that is not empty."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "without a word")
