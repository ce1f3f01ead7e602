"""The layout and the members of a chunk: by a rule at first, by a measured trial where a run is long enough.

A trial's speeds are kept beside the compiled programs, for this kind of device, number of devices and version of XLA. A
layout changes results in their last bits, so the chosen layout is recorded with every part of a run.
"""

import contextlib
import dataclasses
import json
import math
import time
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jaxlib
import numpy as np

from experiments.ensemble import devices, fused
from experiments.ensemble.batches import Shape, compiled
from experiments.ensemble.optimizers import direction
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import start
from experiments.errors import UserError
from experiments.storage.writing import StorageError, atomic
from theory import network

LAYOUTS = ("lanes", "vmap", "map", "fused")

# Up to this number of parameters lanes were faster than matrix products for most shapes, see benchmarks/.
FEW_PARAMETERS = 300
# The default number of members in a chunk of lanes.
LANES = 32
# Rough relative speeds of full chunks on a CPU, measured at 25 to 200 parameters.
USUAL_SPEEDS = {f"lanes {LANES}": 3.0, "lanes 8": 2.0, "map 1": 1.0}
# The default number of members in a chunk of vmap.
MEMBERS_OF_VMAP = {"cpu": 16, "gpu": 4096, "tpu": 4096}
# The same of fused: one block on a CPU, where the kernel is interpreted. A GPU has some hundred multiprocessors, and
# some blocks for each of them end at about the same time; not measured yet.
MEMBERS_OF_FUSED = {"cpu": fused.BLOCK, "gpu": 65_536}

# The largest share of a run's time that a trial may cost.
SHARE_OF_RUN = 0.03
# The estimated time to compile one candidate.
SECONDS_TO_COMPILE = 0.7
# The time that timing one candidate takes, about.
SECONDS_TO_TIME = 0.05
# The most steps of a timing: a trial makes it longer only up to here.
MOST_STEPS = 2**20

# Operations per second of a core in small networks: 0.3e9 to 60e9 were measured. It only separates long runs from
# short ones.
OPERATIONS_PER_SECOND = 3e10


class ChosenLayout(NamedTuple):
    """A layout, the members of a chunk, and what chose both: the settings, a rule, a trial, or a remembered trial."""

    layout: str
    chunk: int
    by: str


def choose(program: Program, x: np.ndarray, members: int, layout: str = "auto", chunk: int = 0) -> ChosenLayout:
    """The layout and chunk for an ensemble.

    Args:
        program, x: what to train, and on which points.
        members: number of networks.
        layout: one of `LAYOUTS`, or auto.
        chunk: members that one device holds at a time, or 0 for a choice.

    Raises:
        UserError: if the settings contradict each other.
    """
    if layout == "map" and chunk > 1:
        raise UserError(
            f"engine.chunk={chunk}: layout map takes one member at a time; leave the chunk out, or use vmap"
        )
    if layout == "fused" and (why := fused.why_not(program)):
        raise UserError(f"engine.layout=fused: {why}; leave the layout out, or use lanes, vmap or map")
    if layout != "auto" or chunk:
        chosen = layout if layout != "auto" else _rule(program, members).layout
        platform = jax.default_backend()
        defaults = {
            "lanes": LANES,
            "vmap": MEMBERS_OF_VMAP[platform],
            "map": 1,
            "fused": MEMBERS_OF_FUSED.get(platform, fused.BLOCK),
        }
        if chosen == "map" and chunk > 1:
            chosen = "vmap"
        return ChosenLayout(chosen, chunk or defaults[chosen], "settings")
    names = [f"{layout} {chunk}" for layout, chunk in candidates(program)]
    known = remembered().get(_key(program, len(x)), {})
    if set(known) >= set(names):
        return _fastest({name: known[name] for name in names}, members, "remembered")
    cost = len(candidates(program)) * (SECONDS_TO_COMPILE + SECONDS_TO_TIME)
    if cost > SHARE_OF_RUN * _estimated_seconds(program, len(x), members):
        return _rule(program, members)
    return tried(program, x, members)


def tried(program: Program, x: np.ndarray, members: int) -> ChosenLayout:
    """The fastest candidate for this number of members, by a trial now; its speeds are remembered."""
    speeds = {f"{layout} {chunk}": trial(program, x, layout, chunk) for layout, chunk in candidates(program)}
    _remember(_key(program, len(x)), speeds)
    return _fastest(speeds, members, "trial")


def _fastest(speeds: dict[str, float], members: int, by: str) -> ChosenLayout:
    """The fastest candidate. A speed counts in proportion to the share of seats that the members fill.

    Args:
        speeds: network-steps per second of full chunks on all devices, by layout and chunk.
        members: the number of networks.
        by: the origin of the speeds.
    """

    def speed(name: str) -> float:
        chunk, count = int(name.split()[1]), jax.local_device_count()
        chunks = -(-members // chunk)
        # Devices work in parallel: the one with the most chunks determines the time.
        return speeds[name] * members / (-(-chunks // count) * count * chunk)

    layout, chunk = max(speeds, key=speed).split()
    return ChosenLayout(layout, int(chunk), by)


def _rule(program: Program, members: int) -> ChosenLayout:
    platform = jax.default_backend()
    if platform == "gpu" and not fused.why_not(program):
        return ChosenLayout("fused", MEMBERS_OF_FUSED[platform], "rule")
    if platform != "cpu":
        return ChosenLayout("vmap", MEMBERS_OF_VMAP[platform], "rule")
    if program.parameters <= FEW_PARAMETERS:
        return _fastest(USUAL_SPEEDS, members, "rule")
    return ChosenLayout("map", 1, "rule")


def candidates(program: Program) -> list[tuple[str, int]]:
    """The layouts and chunks among which a trial chooses."""
    chunks: dict[str, tuple[int, ...]] = {"lanes": (16, 32, 64), "vmap": (8, 32), "map": (1,), "fused": ()}
    if jax.default_backend() != "cpu":
        chunks = {"lanes": (1024, 16384), "vmap": (256, 4096, 65536), "map": (), "fused": (16384, 65536, 262144)}
    if program.parameters > 10 * FEW_PARAMETERS:
        chunks["lanes"] = ()
    if chunks["fused"] and fused.why_not(program):
        chunks["fused"] = ()
    return [(layout, chunk) for layout in LAYOUTS for chunk in chunks[layout]]


def _estimated_seconds(program: Program, points: int, members: int) -> float:
    units = sum(program.sizes[1:])
    operations = (program.batch or points) * (6 * network.parameter_count(program.sizes, program.patches) + 30 * units)
    return members * program.steps * operations / (OPERATIONS_PER_SECOND * devices.cores())


def trial(program: Program, x: np.ndarray, layout: str, chunk: int) -> float:
    """Network-steps per second of a layout, measured on full chunks of untrained networks after compiling it."""
    groups = max(1, 128 // chunk)
    shape = Shape(dataclasses.replace(program, steps=0), layout, chunk, groups, len(x))
    batch = compiled(shape)
    rng, rows = np.random.default_rng(0), shape.capacity
    normals = rng.normal(size=(rows, program.parameters)).astype(x.dtype)
    state = batch.state.pack(start(program, direction(program.optimizer), program.networks(normals), len(x)))
    targets = rng.choice(np.array([-1, 1], x.dtype), (rows, len(x)))
    keys = rng.integers(0, 2**32, (rows, 2), dtype=np.uint32) if program.batch else ()
    # The step size is zero, so that no network changes while it is timed.
    members = batch.members.pack(Members(keys, targets, np.zeros(rows, x.dtype)))
    used = np.full(jax.local_device_count(), groups, np.int32)
    # With mini-batches the timing has at least one pass over the points, because a pass begins with ordering them.
    steps = max(8, len(x) // program.batch if program.batch else 0)
    speeds: list[float] = []
    while len(speeds) < 3:
        started = time.perf_counter()
        jax.block_until_ready(batch.train(x, members, state, used, np.array([0, steps, 2 * MOST_STEPS], np.int32)))
        seconds = time.perf_counter() - started
        if seconds < SECONDS_TO_TIME / 3 and not speeds and steps < MOST_STEPS:
            steps *= 4
            continue
        speeds.append(shape.capacity * steps / seconds)
    # The fastest of three: on a shared machine, disturbances only make a measurement slower.
    return max(speeds)


def _key(program: Program, points: int) -> str:
    what = dataclasses.asdict(program) | {"points": points}
    what.pop("steps")
    # Programs without these keep the names that their trials had before there were others.
    for name, usual in {"patches": (), "shared": False, "initial_variance": 1.0, "weight_decay": 0.0}.items():
        if what[name] == usual:
            what.pop(name)
    where = f"{devices.kind()} x {jax.local_device_count()}, jaxlib {jaxlib.__version__}"
    return f"{where}: " + ", ".join(f"{name} {value}" for name, value in what.items())


def remembered() -> dict[str, dict[str, float]]:
    """Network-steps per second of each layout and chunk, by device, version and program, from trials on this machine.

    An entry that is no such measurement is left out, and measured again if a run is long enough. A file that cannot be
    read counts as empty.
    """
    try:
        found = json.loads(_file().read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return {key: speeds for key, speeds in found.items() if _are_speeds(speeds)} if isinstance(found, dict) else {}


def _are_speeds(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(speed, int | float) and not isinstance(speed, bool) and 0 <= speed < math.inf
        for speed in value.values()
    )


def _remember(key: str, speeds: dict[str, float]) -> None:
    # Speeds that cannot be written are measured again next time.
    with contextlib.suppress(StorageError), atomic(_file()) as path:
        rounded = {name: round(speed) for name, speed in speeds.items()}
        path.write_text(json.dumps(remembered() | {key: rounded}, indent=1) + "\n")


def _file() -> Path:
    return devices.cache_folder().parent / "trials.json"
