"""The layout and the members of a chunk: by a rule at first, by a measured trial where a run is long enough.

A trial's speeds are kept beside the compiled programs, for this kind of device, number of devices and version of XLA. A
layout changes results in their last bits, so the chosen layout is recorded with every part of a run.
"""

import contextlib
import dataclasses
import functools
import json
import math
import time
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jaxlib
import numpy as np

from experiments.ensemble import devices, fused, sharing
from experiments.ensemble.batches import ProgramShape, compiled
from experiments.ensemble.optimizers import direction
from experiments.ensemble.powers import least_power
from experiments.ensemble.program import Members, Program
from experiments.ensemble.training import starting_states
from experiments.errors import StorageError, UserError
from experiments.storage.cache import cache_folder
from experiments.storage.writing import atomic
from theory import network

LAYOUTS = ("lanes", "vmap", "map", "fused")

# Up to this number of parameters lanes were faster than matrix products for most shapes, see benchmarks/.
FEW_PARAMETERS = 300
# The default number of members in a chunk of lanes on a CPU.
LANES = 32
# Rough relative speeds of full chunks on a CPU, measured at 25 to 200 parameters.
USUAL_SPEEDS = {f"lanes {LANES}": 3.0, "lanes 8": 2.0, "map 1": 1.0}
# The default number of members in a chunk of vmap on a CPU.
MEMBERS_OF_VMAP = 16
# Bytes that the outputs of all units for all points may take in a chunk of vmap on an accelerator: about its largest
# cache (50 MB of an H100). With 4-8-1 networks and 16 points, 38 MB were five times as fast as 151 MB.
BYTES_OF_VMAP = 50e6
# The most members in a chunk of lanes on an accelerator, and of fused: 2^20 fill an H100 five times over.
MOST_OF_LANES, MOST_OF_FUSED = 2**14, 2**20

# The largest share of a run's time that a trial may cost.
SHARE_OF_RUN = 0.03
# The estimated time to compile one candidate.
SECONDS_TO_COMPILE = 0.7
# The time that timing one candidate takes, about.
SECONDS_TO_TIME = 0.05
# The most steps of a timing: a trial makes it longer only up to here.
MOST_STEPS = 2**20

# Operations per second in small networks of a core, where 0.3e9 to 60e9 were measured, and of an accelerator, where
# 1e11 to 2e13 were. They only separate long runs from short ones.
OPERATIONS_PER_SECOND = {"cpu": 3e10, "gpu": 3e12, "tpu": 3e12}


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
    usual = usual_chunks(program, len(x), members)
    if layout != "auto" or chunk:
        chosen = layout if layout != "auto" else _rule(program, usual, members).layout
        if chosen == "map" and chunk > 1:
            chosen = "vmap"
        return ChosenLayout(chosen, chunk or usual[chosen], "settings")
    possible = candidates(program, usual, members)
    names = [f"{layout} {chunk}" for layout, chunk in possible]
    known = remembered().get(_key(program, len(x)), {})
    if set(known) >= set(names):
        return _fastest({name: known[name] for name in names}, members, "remembered")
    cost = len(possible) * (SECONDS_TO_COMPILE + SECONDS_TO_TIME)
    if cost > SHARE_OF_RUN * _estimated_seconds(program, len(x), members):
        return _rule(program, usual, members)
    return tried(program, x, members)


def usual_chunks(program: Program, points: int, members: int) -> dict[str, int]:
    """Members of a chunk in each layout, without a trial. On an accelerator one chunk holds all, or what is fast."""
    if jax.default_backend() == "cpu":
        return {"lanes": LANES, "vmap": MEMBERS_OF_VMAP, "map": 1, "fused": fused.BLOCK["cpu"]}
    everybody = least_power(2, -(-members // jax.local_device_count()))
    bytes_of_one = (program.batch or points) * sum(program.sizes[1:]) * np.dtype(program.precision).itemsize
    in_cache = least_power(2, max(1, round(BYTES_OF_VMAP / bytes_of_one)))
    return {
        "lanes": min(everybody, MOST_OF_LANES),
        "vmap": min(everybody, in_cache),
        "map": 1,
        "fused": min(max(everybody, fused.BLOCK["gpu"]), MOST_OF_FUSED),
    }


def tried(program: Program, x: np.ndarray, members: int) -> ChosenLayout:
    """The fastest candidate for this number of members, by a trial now; its speeds are remembered."""
    possible = candidates(program, usual_chunks(program, len(x), members), members)
    speeds = {f"{layout} {chunk}": trial(program, x, layout, chunk) for layout, chunk in possible}
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
        chunk, count = int(name.split()[1]), devices.count()
        chunks = -(-members // chunk)
        # Devices work in parallel: the one with the most chunks determines the time.
        return speeds[name] * members / (-(-chunks // count) * count * chunk)

    layout, chunk = max(speeds, key=speed).split()
    return ChosenLayout(layout, int(chunk), by)


def _rule(program: Program, usual: dict[str, int], members: int) -> ChosenLayout:
    if jax.default_backend() != "cpu":
        layout = "vmap" if fused.why_not(program) else "fused"
        return ChosenLayout(layout, usual[layout], "rule")
    if program.parameters <= FEW_PARAMETERS:
        return _fastest(USUAL_SPEEDS, members, "rule")
    return ChosenLayout("map", 1, "rule")


def candidates(program: Program, usual: dict[str, int], members: int) -> list[tuple[str, int]]:
    """The layouts and chunks among which a trial chooses.

    Args:
        program: what is to be trained.
        usual: see `usual_chunks`.
        members: number of networks; on an accelerator no chunk is larger than they need.
    """
    chunks: dict[str, list[int]] = {"lanes": [16, 32, 64], "vmap": [8, 32], "map": [1], "fused": []}
    if jax.default_backend() != "cpu":
        several = {max(1, usual["vmap"] // 4), usual["vmap"], min(4 * usual["vmap"], least_power(2, members))}
        chunks = {"lanes": [usual["lanes"]], "vmap": sorted(several), "map": [], "fused": [usual["fused"]]}
    if program.parameters > 10 * FEW_PARAMETERS:
        chunks["lanes"] = []
    if fused.why_not(program):
        chunks["fused"] = []
    return [(layout, chunk) for layout in LAYOUTS for chunk in chunks[layout]]


def _estimated_seconds(program: Program, points: int, members: int) -> float:
    units = sum(program.sizes[1:])
    operations = (program.batch or points) * (6 * network.parameter_count(program.sizes, program.patches) + 30 * units)
    return members * program.steps * operations / (OPERATIONS_PER_SECOND[jax.default_backend()] * devices.count())


def trial(program: Program, x: np.ndarray, layout: str, chunk: int) -> float:
    """Network-steps per second of a layout, measured on full chunks of untrained networks after compiling it."""
    groups = max(1, 128 // chunk)
    shape = ProgramShape(dataclasses.replace(program, steps=0), layout, chunk, groups, len(x))
    batch = compiled(shape)
    rng, rows = np.random.default_rng(0), shape.capacity
    normals = rng.normal(size=(rows, program.parameters)).astype(x.dtype)
    state = batch.state.pack(starting_states(program, direction(program.optimizer), program.networks(normals), len(x)))
    targets = rng.choice(np.array([-1, 1], x.dtype), (rows, *program.targets_of(len(x))))
    keys = rng.integers(0, 2**32, (rows, 2), dtype=np.uint32) if program.batch else ()
    # The step size is zero, so that no network changes while it is timed.
    members = batch.members.pack(Members(keys, targets, np.zeros(rows, x.dtype)))
    used = np.full(jax.local_device_count(), groups, np.int32)
    # With mini-batches the timing has at least one pass over the points, because a pass begins with ordering them.
    steps = max(8, len(x) // program.batch if program.batch else 0)
    speeds: list[float] = []
    with sharing.DEVICES.alone():
        while len(speeds) < 3:
            times = np.array([0, steps, 2 * MOST_STEPS], np.int32)
            call = functools.partial(sharing.called, batch.train, x, members, state, used, times)
            started = time.perf_counter()
            list(sharing.launched([call] * devices.calls_at_once()))
            seconds = time.perf_counter() - started
            if seconds < SECONDS_TO_TIME / 3 and not speeds and steps < MOST_STEPS:
                steps *= 4
                continue
            speeds.append(devices.calls_at_once() * shape.capacity * steps / seconds)
    # The fastest of three: on a shared machine, disturbances only make a measurement slower.
    return max(speeds)


def _key(program: Program, points: int) -> str:
    what = dataclasses.asdict(program) | {"points": points}
    what.pop("steps")
    # Programs without these keep the names that their trials had before there were others.
    for name, usual in {"patches": (), "shared": False, "initial_variance": 1.0, "weight_decay": 0.0}.items():
        if what[name] == usual:
            what.pop(name)
    # Trials of "cores" were made when calls of large networks waited for each other.
    units = "threads" if devices.calls_at_once() > 1 else "devices"
    where = f"{devices.kind()} x {devices.count()} {units}, jaxlib {jaxlib.__version__}"
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
    return cache_folder() / "trials.json"
