"""Do the verbs that read runs stay quick and small? 2,000 small runs, and runs of 10^5, 10^6 and 10^7 rows.

    python -m benchmarks.storage [--runs 2000] [--rows 100000 1000000 10000000] [--unit-rows 1000] [--folder FOLDER]

No network is trained: the rows of the large runs are drawn at random and written through the store, as a run does it.
The small runs are copies of one whose claims count and train nothing. Every verb runs in a process of its own. Its
seconds and its peak of resident memory are printed as a Markdown table, beside a process that only starts.
"""

import argparse
import contextlib
import logging
import multiprocessing
import os
import shutil
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

from experiments.claims import claims_of
from experiments.names import KEY
from experiments.plan import Unit, make_plan
from experiments.running import compose, provenance
from experiments.running import run as running
from experiments.running.conclude import conclude
from experiments.storage.runs import RunDirectory

ROOT = Path(__file__).resolve().parents[1]
# Claims of the small runs: they count, and train nothing.
COUNTED = ("every-function", "exponential-bound", "minimum-width", "perceptron-counts")
# The claim of the large runs: three activations, and as many runs of each as are asked for.
LARGE = "a-million-restarts"
ACTIVATIONS = 3
DEVICE = {"platform": "cpu", "kind": "cpu", "count": 2, "processes": 1}


# A verb, and the peak of its memory. The operating system's own account of a child begins with its parent's.
COMMAND = """
import sys
from benchmarks.storage import peak_of_memory
from experiments.__main__ import main
status = main(sys.argv[2:])
open(sys.argv[1], "w").write(f"{peak_of_memory()}")
sys.exit(status)
"""


def peak_of_memory() -> float:
    """The most memory that this process has held, in MB, with the files that are mapped into it."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1e3


def overrides_of(sweep: str, claims: tuple[str, ...], *more: str) -> list[str]:
    """What somebody types who wants only these claims of a sweep."""
    others = [f"~sweep.{name}" for name in claims_of(sweep) if name not in claims]
    compose.register_defaults()
    return compose.check_overrides([f"+sweep={sweep}", "scale=smoke", "seed=101", "device=cpu", *others, *more])


def make_small(results: Path, runs: int) -> None:
    """One run that is really made, and copies of it."""
    with contextlib.chdir(results.parent):
        accepted = overrides_of("boolean", COUNTED)
        running.run(compose.compose_settings(accepted), accepted, Console(quiet=True))
    (first,) = results.glob("boolean/*")
    for number in range(1, runs):
        shutil.copytree(first, first.with_name(f"{first.name[:-4]}{number:04x}"))


def rows_of(unit: Unit, rng: np.random.Generator) -> pd.DataFrame:
    """Rows as the claim would have measured them."""
    count = len(unit.cells)
    digits = rng.bytes(8 * count).hex()
    keys = [digits[start : start + 16] for start in range(0, len(digits), 16)]
    solved = rng.random(count) < 0.6
    return unit.cells.assign(
        loss=np.where(solved, 0.01, 0.4) * rng.random(count),
        errors=np.where(solved, 0, 1).astype(np.int32),
        solved=solved,
        steps=np.where(solved, rng.integers(10, 1000, count), 1000),
        diverged=False,
        **{KEY: keys},
        budget=1000,
    )


def write_parts(results: Path, rows: int, unit_rows: int, seed: int) -> None:
    """Begins a run, and writes about this number of rows."""
    counts = f"sweep.{LARGE}.restarts={rows // ACTIVATIONS}"
    accepted = overrides_of("restarts", (LARGE,), counts, f"engine.unit_cells={unit_rows}", f"results={results}")
    settings = compose.compose_settings(accepted)
    units = list(make_plan(settings))
    manifest = provenance.make_manifest(settings, units, DEVICE, accepted)
    run, rng = RunDirectory.create(str(results), "restarts", manifest), np.random.default_rng(seed)
    facts = {"seconds": 0.1, "compile_seconds": 0.0, "ensembles": [{"layout": "lanes", "chunk": 64, "by": "rule"}]}
    facts |= {"versions": manifest["versions"], "code": manifest["code"], "device": DEVICE}
    with run.in_use():
        for unit in units:
            own = facts | {"settings": unit.settings_digest}
            run.write_part(unit.id, f"restarts.{LARGE}", rows_of(unit, rng).assign(seed=settings.seed), own)


def end(results: Path) -> None:
    """Concludes the newest run."""
    run = RunDirectory(max((results / "restarts").iterdir()))
    if conclude(run, logging.getLogger(__name__), Console(quiet=True)):
        raise RuntimeError(f"{run.path} was not concluded")


def measured(arguments: list[str], folder: Path) -> dict[str, float]:
    """Seconds by the wall and of the processor, and the peak of memory, of a command, which must not fail."""
    peak = folder / "peak.txt"
    with open(folder / "said.txt", "ab") as said:
        said.write(f"\n$ {' '.join(arguments)}\n".encode())
        said.flush()
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(peak), *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: status {process.returncode}, see {folder}/said.txt")
    spent = {"seconds": time.perf_counter() - begun, "CPU seconds": usage.ru_utime + usage.ru_stime}
    return spent | {"peak of memory, MB": float(peak.read_text())}


def verbs_of(sweep: str, results: Path) -> dict[str, list[str]]:
    """What is measured of a results folder: verbs and what they are told."""
    runs = [f"{sweep}/{path.name}" for path in sorted((results / sweep).iterdir())]
    return {
        "list": ["list"],
        "show RUN": ["show", runs[-1]],
        "table SWEEP (csv)": ["table", sweep, "--output", "all.csv"],
        "table SWEEP (parquet)": ["table", sweep, "--output", "all.parquet"],
        "compare A B": ["compare", runs[0], runs[-1]],
        "report RUN": ["report", runs[-1]],
        "report": ["report"],
        "report RUN --check": ["report", runs[-1], "--check"],
        "resume RUN": ["resume", runs[-1], "--anyway"],
    }


def table_of(sweep: str, results: Path, what: str, only: str) -> Iterator[dict[str, Any]]:
    """A row for each verb."""
    for name, arguments in verbs_of(sweep, results).items():
        if only not in name:
            continue
        yield {"what": what, "verb": name} | measured([*arguments, "--results", str(results)], results.parent)


def in_a_child(function: Callable[..., None], *arguments: Any) -> dict[str, float]:
    """Seconds by the wall and of the processor, and the peak of memory, of a function in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_spent, (function, arguments))


def _spent(function: Callable[..., None], arguments: tuple) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    function(*arguments)
    spent = {"seconds": time.perf_counter() - wall, "CPU seconds": time.process_time() - cpu}
    return spent | {"peak of memory, MB": peak_of_memory()}


def measure_all(folder: Path, runs: int, sizes: list[int], unit_rows: int, only: str) -> Iterator[dict[str, Any]]:
    """Makes what is missing in the folder, and measures every verb."""
    yield {"what": "nothing", "verb": "--version"} | measured(["--version"], folder)
    small = folder / "small" / "results"
    if runs and not small.exists():
        small.mkdir(parents=True)
        make_small(small, runs)
    if runs:
        yield from table_of("boolean", small, f"{runs:,} runs", only)
    for rows in sizes:
        results, what = folder / str(rows) / "results", f"2 runs of {rows:,} rows"
        for seed in () if results.exists() else (1, 2):
            about = {"what": what, "verb": f"plan, and {rows:,} rows in {rows // unit_rows:,} parts"}
            yield about | in_a_child(write_parts, results, rows, unit_rows, seed)
            yield {"what": what, "verb": "table, verdicts, figures"} | in_a_child(end, results)
        sizes_of = [path.stat().st_size for path in results.glob("restarts/*/parts/*")]
        yield {"what": what, "verb": f"{len(sizes_of):,} files of parts, {sum(sizes_of) / 1e6:,.0f} MB"}
        yield from table_of("restarts", results, what, only)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="small runs (2000); 0 for none")
    parser.add_argument("--rows", type=int, nargs="*", default=[10**5, 10**6, 10**7], help="rows of the large runs")
    parser.add_argument("--unit-rows", type=int, default=1000, help="rows of a unit of the large runs (1000)")
    parser.add_argument("--only", default="", help="only verbs with this in their name")
    parser.add_argument("--folder", help="where runs are made, and found again (default: a temporary folder)")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(args.folder or stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for row in measure_all(folder, args.runs, args.rows, args.unit_rows, args.only):
            print("  ".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in row.values()))
            rows.append(row)
    table = pd.DataFrame(rows).astype(object).round(1).fillna("")
    print("\n| " + " | ".join(table.columns) + " |\n|" + "---|" * len(table.columns))
    for values in table.itertuples(index=False):
        print("| " + " | ".join(f"{one:.1f}" if isinstance(one, float) else str(one) for one in values) + " |")


if __name__ == "__main__":
    main()
