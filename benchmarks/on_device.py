"""`python -m benchmarks.on_device`: what an accelerator does with the harness, in one command of under ten minutes.

It needs JAX for the device and no network; PyTorch is measured where it is there. Three tables are written as they are
made, so that an interrupted command leaves what it has:

- layouts: network-steps a second of every way to hold the networks of each workload, and of peers beside them;
- agreement: the same networks trained in one kernel and by products of matrices, word by word of what can be fused;
- sweeps: seconds of a default sweep on the device, cold and warm, and what `compare` says of it and the reference.
"""

import argparse
import dataclasses
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from benchmarks.contenders import CONTENDERS, takes_part
from benchmarks.workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parent.parent
# What is measured beside the layouts; PyTorch where it is installed.
PEERS = ["plain vmap", *(["PyTorch batched", "PyTorch CUDA graph"] if importlib.util.find_spec("torch") else [])]
# A run of a workload's own steps may be over before a device is warm: a second one takes about so long.
SECONDS_OF_A_RUN, MOST_STEPS = 1.0, 10**6
# Updates of the compared networks, and their number.
COMPARED_STEPS, COMPARED_MEMBERS = 50, 4096
ROUNDS = 3

console = Console(highlight=False, soft_wrap=True)


def layouts(seconds: float, most: int, names: str) -> Iterator[dict[str, Any]]:
    """Rates of every layout and chunk on every workload, and of peers, with at most `most` networks."""
    import jax

    from experiments.ensemble import choice

    ends, platform = time.monotonic() + seconds, jax.default_backend()
    for workload in {one.name[0]: one for one in WORKLOADS if one.name[0] in names}.values():
        members = min(workload.many, most)
        usual = choice.usual_chunks(workload.program, len(workload.points()), members)
        own = [("auto", 0), *choice.candidates(workload.program, usual, members)]
        for layout, chunk in [*own, *((peer, 0) for peer in PEERS if takes_part(peer, workload, platform))]:
            if time.monotonic() > ends:
                return
            how = {"workload": workload.name, "members": members, "layout": layout, "chunk": chunk}
            yield how | _measured(workload, members, layout, chunk)


def _measured(workload: Workload, members: int, layout: str, chunk: int) -> dict[str, Any]:
    """Network-steps a second in a run of the workload's steps, and in one of about a second."""
    started = time.perf_counter()
    try:
        peer = CONTENDERS.get(layout)
        run = peer(workload, members) if peer else _harness(workload, members, layout, chunk)
        run(2)
        facts: dict[str, Any] = {"preparing_seconds": time.perf_counter() - started}
        steps = workload.program.steps
        facts["rate_short"] = short = _rate(run, steps)
        if not workload.program.stop_when_solved:
            steps = int(np.clip(SECONDS_OF_A_RUN * short / members, 2, MOST_STEPS))
        return facts | {"steps": steps, "rate": _rate(run, steps), "failure": ""}
    except Exception as error:  # a layout that a device cannot hold is a line of the table, not the end of it
        return {"failure": f"{type(error).__name__}: {error}"[:200]}


def _rate(run: Callable[[int], int], steps: int) -> float:
    rates = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        made = run(steps)
        rates.append(made / (time.perf_counter() - begun))
    return float(np.median(rates))


def _harness(workload: Workload, members: int, layout: str, chunk: int) -> Callable[[int], int]:
    from experiments.ensemble import Members, train_ensemble

    keys = np.random.default_rng(2).integers(0, 2**32, (members, 2), dtype=np.uint32)
    everybody = Members(keys, workload.targets(members), np.full(members, workload.learning_rate, np.float32))

    def run(steps: int) -> int:
        program = dataclasses.replace(workload.program, steps=steps)
        return int(train_ensemble(program, workload.points(), everybody, layout, chunk).steps.sum())

    return run


def agreement() -> Iterator[dict[str, Any]]:
    """Networks of four hidden units after some updates: in one kernel, and by products of matrices."""
    from experiments.ensemble import Members, fused, train_ensemble
    from experiments.ensemble.fields import OPTIMIZERS
    from experiments.ensemble.program import Program
    from theory import boolean
    from theory.network import WEIGHT_VARIANCE

    words = [(activation, "adam") for activation in WEIGHT_VARIANCE] + [("tanh", name) for name in OPTIMIZERS]
    x, rng = boolean.signed_inputs(3), np.random.default_rng(3)
    some = Members(
        rng.integers(0, 2**32, (COMPARED_MEMBERS, 2), dtype=np.uint32),
        np.where(rng.random((COMPARED_MEMBERS, len(x))) < 0.5, -1.0, 1.0),
        np.full(COMPARED_MEMBERS, 0.01),
    )
    for activation, optimizer in words:
        p = Program((3, 4, 1), activation, "cross-entropy", optimizer, COMPARED_STEPS, "float32")
        facts: dict[str, Any] = {"activation": activation, "optimizer": optimizer, "why_not": fused.why_not(p)}
        if not facts["why_not"]:
            kernel, products = (train_ensemble(p, x, some, layout) for layout in ("fused", "vmap"))
            apart = np.abs(kernel.loss - products.loss) / np.maximum(products.loss, 1e-6)
            facts |= {
                "same_steps": float((kernel.steps == products.steps).mean()),
                "same_errors": float((kernel.errors == products.errors).mean()),
                "median_difference": float(np.median(apart)),
                "largest_difference": float(apart.max()),
            }
        yield facts


def sweeps(names: list[str], device: str, seconds: float) -> Iterator[dict[str, Any]]:
    """Default sweeps with the reference's seed from an empty cache and again, each compared with the reference."""
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            seed = json.loads((ROOT / "results" / "reference" / name / "manifest.json").read_text())["seed"]
            for state in ("cold", "warm"):
                if time.monotonic() > ends:
                    return
                command = ["run", f"+sweep={name}", f"device={device}", f"seed={seed}", f"results={folder}/{state}"]
                started = time.perf_counter()
                run = _experiments(*command, cache=f"{folder}/cache")
                facts: dict[str, Any] = {"sweep": name, "state": state, "status": run.returncode}
                facts["seconds"] = time.perf_counter() - started
                said = _experiments(
                    "compare", str(ROOT / "results" / "reference" / name), name, f"--results={folder}/{state}"
                )
                yield facts | {"compare": (said.stdout.strip().splitlines() or [said.stderr.strip()])[-1]}


def _experiments(*arguments: str, cache: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"XDG_CACHE_HOME": cache} if cache else {})}
    command = [sys.executable, "-m", "experiments", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def main() -> None:
    """Measures, prints and writes."""
    arguments = _arguments()
    folder = Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    from experiments.ensemble import devices

    devices.start(arguments.device, "float32")
    facts = devices.describe()
    console.print(f"{facts['kind']}, {facts['count']} devices")
    (folder / "machine.json").write_text(json.dumps(facts, indent=1) + "\n")
    tables: dict[str, Iterator[dict[str, Any]]] = {
        "agreement": agreement(),
        "layouts": layouts(arguments.seconds / 2, arguments.most, arguments.workloads),
        "sweeps": sweeps(arguments.sweeps, arguments.device, arguments.seconds / 2),
    }
    for name, rows in tables.items():
        if name in arguments.tables:
            _write(folder / f"{name}.csv", rows)
    console.print(f"tables: {folder}")


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    """Every row as soon as it is there."""
    made: list[dict[str, Any]] = []
    for row in rows:
        made.append(row)
        console.print("  ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()))
        pd.DataFrame(made).to_csv(path, index=False, float_format="%.6g")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_device", description=__doc__)
    parser.add_argument("--device", default="auto", help="gpu, tpu or cpu; auto takes the best there is")
    parser.add_argument("--seconds", type=float, default=480.0, help="about so long for layouts and sweeps (480)")
    parser.add_argument("--most", type=int, default=2**20, help="networks of a workload, at most (1048576)")
    parser.add_argument("--tables", nargs="+", default=["agreement", "layouts", "sweeps"], help="which of the three")
    parser.add_argument("--workloads", default="1234567", help="their numbers (1234567)")
    parser.add_argument("--sweeps", nargs="+", default=["boolean"], help="sweeps to run (boolean)")
    parser.add_argument("--output", default="on-device", help="folder of the tables (on-device)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
