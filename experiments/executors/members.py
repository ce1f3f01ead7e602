"""Workers as the driver of a cluster sees them: where there is room for one, whom to believe, which unit to give it."""

import dataclasses
from collections import deque
from typing import Any

from experiments.errors import amount
from experiments.executors.worker import Facts
from experiments.plan import Unit
from experiments.settings import ExecutorSettings

GIB = 2**30
# As Ray names what a worker may ask for.
NAMES = ("CPU", "GPU", "memory")


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


def room_of(resources: dict[str, float], asked: ExecutorSettings) -> int:
    """Workers that fit a node with these resources."""
    room = int(resources.get("CPU", 0.0) // asked.cpus)
    if asked.gpus:
        room = min(room, int(resources.get("GPU", 0.0) / asked.gpus + 1e-9))
    return min(room, int(resources.get("memory", 0.0) // (asked.memory * GIB))) if asked.memory else room


def resources_in_words(asked: ExecutorSettings) -> str:
    """What a worker is given."""
    memory = f", {asked.memory:g} GiB of memory" if asked.memory else ""
    return f"{amount(asked.cpus, 'core')}, {asked.gpus:g} GPU{'' if asked.gpus == 1 else 's'}{memory}"


def most_in_words(nodes: list[dict[str, Any]]) -> str:
    """The most that a node has of each resource that a worker may ask for."""
    most = {name: max((node["Resources"].get(name, 0.0) for node in nodes), default=0.0) for name in NAMES}
    return f"{most['CPU']:g} cores, {most['GPU']:g} GPUs, {most['memory'] / GIB:.3g} GiB of memory"


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
