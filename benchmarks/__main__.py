"""`python -m benchmarks`: the harness beside what a researcher would otherwise write.

Every contender trains every workload in a process of its own. All processes of a workload are prepared first; then they
take turns, round after round, and wait while others run, so that a slow minute of a shared machine slows all of them.
Medians over rounds are compared, and ratios are taken within a round. Tables go to results/reference/benchmark/.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from benchmarks.contenders import CONTENDERS, takes_part
from benchmarks.workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parent.parent
OWN = ("harness", "harness, all steps")
LOOPS = ("PyTorch loop", "scikit-learn")
NETWORKS_OF_A_LOOP = 20
# Processes that wait leave an accelerator's memory to the one that runs.
SHARED = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
# The most steps of a round on an accelerator.
MOST_STEPS = 10**6

console = Console(highlight=False, soft_wrap=True)


class Worker:
    """A contender in its process."""

    def __init__(self, contender: str, number: int, members: int, environment: dict[str, str]) -> None:
        """Starts it and waits until it is prepared."""
        self.contender, self.members = contender, members
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", contender, str(number), str(members)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.prepared = self._answer()
        self.rates: list[float] = []
        self.last: dict[str, float] = {}

    def measure(self, steps: int) -> dict[str, float]:
        """Lets it train for this number of steps."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        self.last = self._answer()
        return self.last

    def calibrate(self, workload: Workload, seconds: float, platform: str) -> None:
        """Chooses how many steps it makes in a round: those of the workload, or fewer if they take too long.

        On an accelerator the steps of a workload may be over before they can be timed: there they fill the round.
        """
        self.steps = workload.program.steps
        if workload.program.stop_when_solved or (self.contender in OWN and platform == "cpu"):
            return
        for few in (min(self.steps, 20), self.steps):
            pace = few / self.measure(few)["seconds"]
            if platform == "cpu" or pace * seconds < self.steps:
                break
        most = self.steps if platform == "cpu" else MOST_STEPS
        self.steps = int(max(few, min(most, pace * seconds)))

    def round(self) -> None:
        """One measurement."""
        answer = self.measure(self.steps)
        self.rates.append(answer["network_steps"] / answer["seconds"])

    def close(self) -> None:
        """Ends the process."""
        self.process.communicate()

    def _answer(self) -> dict[str, float]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.contender} ended with status {self.process.wait()}; its error is printed above")
        return json.loads(line)


def compete(
    number: int, rounds: int, seconds: float, platform: str, environment: dict[str, str]
) -> list[dict[str, Any]]:
    """All contenders on one workload; one row for each, of a peer's several sizes the fastest."""
    workload = WORKLOADS[number]
    with contextlib.ExitStack() as stack:
        workers = []
        for contender in CONTENDERS:
            for members in _sizes(contender, workload, platform):
                worker = Worker(contender, number, members, environment)
                stack.callback(worker.close)
                worker.calibrate(workload, seconds, platform)
                workers.append(worker)
        for _ in range(rounds):
            for worker in workers:
                worker.round()
    rows = pd.DataFrame(_row(workload, worker) for worker in workers)
    fastest = rows.sort_values("rate").groupby("contender", sort=False).tail(1).set_index("contender")
    own = fastest.loc["harness", "rates"]
    for contender in fastest.index:
        ratios = [mine / theirs for mine, theirs in zip(own, fastest.loc[contender, "rates"], strict=True)]
        fastest.loc[contender, ["ratio", "ratio_low", "ratio_high"]] = _median(ratios), min(ratios), max(ratios)
    return fastest.drop(columns="rates").reset_index().to_dict("records")


def _sizes(contender: str, workload: Workload, platform: str) -> tuple[int, ...]:
    if not takes_part(contender, workload, platform):
        return ()
    if platform != "cpu":
        return (workload.many,)
    if contender in LOOPS:
        return (NETWORKS_OF_A_LOOP if workload.program.stop_when_solved else 1,)
    return (workload.members,) if contender in OWN else workload.peers


def _row(workload: Workload, worker: Worker) -> dict[str, Any]:
    return {
        "workload": workload.name,
        "contender": worker.contender,
        "networks": worker.members,
        "rate": _median(worker.rates),
        "rate_low": min(worker.rates),
        "rate_high": max(worker.rates),
        "seconds": worker.last["seconds"],
        "compile_seconds": worker.prepared["compiling"],
        "peak_memory_mib": worker.last["peak_memory"],
        "rates": worker.rates,
    }


def _median(values: list[float]) -> float:
    return float(pd.Series(values).median())


def share_of_limit(workload: Workload, rate: float, peaks: dict[str, float]) -> float:
    """Rate over the one at which the machine's measured peaks would be reached.

    The limit is that of multiply-adds as fast as in large matrix products, and of activation functions as fast as they
    are in the nearest cache, one after the other.
    """
    products = workload.multiply_adds() / peaks["matrix_product"]
    return rate * (products + workload.activations() / peaks[workload.program.activation])


def whole_sweep(environment: dict[str, str]) -> list[dict[str, Any]]:
    """The default boolean sweep from an empty compilation cache, and again."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for state in ("cold", "warm"):
            command = [sys.executable, "-m", "experiments", "run", "+sweep=boolean", f"results={folder}"]
            own = {**environment, "XDG_CACHE_HOME": f"{folder}/cache"}
            started = time.perf_counter()
            subprocess.run(command, cwd=ROOT, env=own, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - started
            parts = _parts(Path(folder))
            compiling = sum(facts["compile_seconds"] for facts in parts)
            unit_seconds = sum(facts["seconds"] for facts in parts)
            training = sum(one["seconds"] for facts in parts for one in facts["ensembles"])
            rows.append(
                {
                    "sweep": f"8 boolean, default scale, {state}",
                    "seconds": seconds,
                    "compile_seconds": compiling,
                    "measure_seconds": unit_seconds - compiling,
                    "ensemble_seconds": training,
                }
            )
            shutil.rmtree(Path(folder) / "boolean")
    return rows


def _parts(results: Path) -> list[dict[str, Any]]:
    from experiments.storage.finding import find_run

    run = find_run("boolean", str(results))
    return [part.facts for part in run.parts(run.manifest()).fitting.values()]


def main() -> None:
    """Runs the benchmark and writes its tables."""
    arguments = _arguments()
    chosen = [i for i, workload in enumerate(WORKLOADS) if workload.name[0] in arguments.workloads]
    with tempfile.TemporaryDirectory() as folder:
        tuning, racing = (
            {**os.environ, **SHARED, "XDG_CACHE_HOME": f"{folder}/{name}"} for name in ("tuning", "racing")
        )
        peaks = json.loads(_output("benchmarks.peaks", environment=tuning))
        console.print(f"{peaks['kind']}, {peaks['count']} devices on {peaks['cores']} cores; measuring layouts")
        console.print(_output("benchmarks.tune", *map(str, chosen), environment=tuning))
        # What was tried is remembered; what was compiled for it is not, so that compilation is measured cold.
        Path(f"{folder}/racing/theory-claims").mkdir(parents=True)
        shutil.copy(f"{folder}/tuning/theory-claims/trials.json", f"{folder}/racing/theory-claims/trials.json")
        rows = []
        for number in chosen:
            rows += compete(number, arguments.rounds, arguments.seconds, peaks["platform"], racing)
            for row in rows:
                if row["workload"] == WORKLOADS[number].name:
                    row["share_of_limit"] = share_of_limit(WORKLOADS[number], row["rate"], peaks)
                    console.print(
                        f"{row['workload']:36} {row['contender']:20} {row['rate']:>14,.0f} network-steps/s"
                        f" {row['ratio']:>10,.2f} x"
                    )
            write(Path(arguments.output), pd.DataFrame(rows), pd.DataFrame(), peaks, arguments)
        if "8" in arguments.workloads:
            sweeps = pd.DataFrame(whole_sweep(dict(os.environ)))
            write(Path(arguments.output), pd.DataFrame(rows), sweeps, peaks, arguments)
    console.print(f"tables: {arguments.output}/{peaks['platform']}.*")


def write(
    folder: Path, rows: pd.DataFrame, sweeps: pd.DataFrame, peaks: dict[str, Any], how: argparse.Namespace
) -> None:
    """The tables as CSV, a readable page, and the machine."""
    folder.mkdir(parents=True, exist_ok=True)
    name = peaks["platform"]
    rows.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    sweeps.to_csv(folder / f"{name}-sweep.csv", index=False, float_format="%.6g")
    machine = peaks | {"python": platform.python_version(), "rounds": how.rounds, "versions": _versions()}
    (folder / f"{name}-machine.json").write_text(json.dumps(machine, indent=1) + "\n")
    (folder / f"{name}.md").write_text(page(rows, sweeps, machine))


def page(rows: pd.DataFrame, sweeps: pd.DataFrame, machine: dict[str, Any]) -> str:
    """The tables for a reader."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"# Training many small networks: {machine['kind']}, {machine['cores']} cores",
        "",
        f"Made by `python -m benchmarks`; {machine['rounds']} rounds, medians. Ratio: the harness's rate over",
        f"this one's, median and range over rounds. {versions}.",
        "",
        f"Measured peaks: {machine['matrix_product'] / 1e9:.0f} G multiply-adds/s in large matrix products, "
        f"{machine['tanh'] / 1e9:.2f} G tanh/s, {machine['logistic'] / 1e9:.2f} G logistic/s.",
        "",
        "| workload | contender | networks | network-steps/s | ratio | compile s | peak MiB | share of limit |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows.to_dict("records"):
        ratio = f"{row['ratio']:,.3g} [{row['ratio_low']:,.3g}, {row['ratio_high']:,.3g}]"
        lines.append(
            f"| {row['workload']} | {row['contender']} | {row['networks']:,} | {row['rate']:,.3g} | {ratio} | "
            f"{row['compile_seconds']:.2f} | {row['peak_memory_mib']:,.0f} | {row['share_of_limit']:.1%} |"
        )
    if len(sweeps):
        lines += ["", "| sweep | seconds | compiling | measuring | of it in ensembles |", "|---|---:|---:|---:|---:|"]
        for row in sweeps.to_dict("records"):
            lines.append(
                f"| {row['sweep']} | {row['seconds']:.0f} | {row['compile_seconds']:.0f} | "
                f"{row['measure_seconds']:.0f} | {row['ensemble_seconds']:.0f} |"
            )
    return re.sub(r"e\+0?(\d+)", r"e\1", "\n".join(lines)) + "\n"


def _versions() -> dict[str, str]:
    import importlib.metadata as metadata

    return {name: metadata.version(name) for name in ("jax", "jaxlib", "optax", "torch", "scikit-learn")}


def _output(module: str, *arguments: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each contender (5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="about so long for a measurement of a peer (1)")
    parser.add_argument("--workloads", default="12345678", help="their numbers (12345678; 8 is the whole sweep)")
    parser.add_argument(
        "--output", default=str(ROOT / "results" / "reference" / "benchmark"), help="folder of the tables"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
