"""A real Ray cluster of three nodes on this machine: the rows of a run in one process, and nothing lost by faults.

The driver is a process of its own, in a copy of the project with one more family of claims: `toy.slow` sleeps, one of
its cells kills whoever measures it, and another takes all memory. The clock of one node is an hour ahead, and that of
another an hour behind. Every test ends what it has started, by its id.
"""

import contextlib
import dataclasses
import datetime
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import deque
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

from experiments import executors
from experiments.claims.boolean import minimum_width, trained_width
from experiments.executors import circumstances, handing
from experiments.executors.members import Member, chosen, differing, room_of
from experiments.plan import make_plan
from experiments.settings import ClaimSettings, Engine, Executor, RunSettings
from experiments.storage import sealing
from experiments.storage.finding import find_run
from experiments.storage.runs import RunDirectory
from tests.conftest import ROOT

pytest.importorskip("ray", reason="Ray is not installed: make EXTRA=ray")
# Ray starts nodes by a fork, of which JAX warns: the child becomes another program at once.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")

SLOW = '''"""toy.slow: n times n is n², after a while."""
import os, resource, time
from dataclasses import dataclass
import pandas as pd
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial
from experiments.plan import Work
from experiments.settings import ClaimSettings, setting

TRIAL = Trial(source="school", bears_on=(), existence="representable")

@dataclass(kw_only=True)
class Settings(ClaimSettings):
    n: list[int] = setting([1, 2, 3, 4, 5, 6, 7, 8], low=1, high=99, static=True)
    seconds: float = setting(0.0, low=0.0, high=60.0)
    deadly: int = setting(0, low=0, high=99)
    greedy: int = setting(0, low=0, high=99)
    trace: str = setting("")

SMOKE = {}
FULL = {}

def measure(unit):
    n = unit.static("n")
    with open(f"{unit.settings.trace}.{n}", "a") as file:
        file.write(f"{os.getpid()} ")
    with open(f"{unit.settings.trace}.clock", "a") as file:
        file.write(f"{time.time():.0f} ")
    time.sleep(unit.settings.seconds)
    if n == unit.settings.deadly:
        os.kill(os.getpid(), 9)
    if n == unit.settings.greedy:
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2**32, limits[1]))
        try:
            bytearray(2**33)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)
    if "FULL" in os.environ:  # a file of more than some bytes finds no room
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    return unit.cells.assign(square=n * n)

def work(unit):
    return Work(0, len(unit.cells))

def judge(table):
    return [TRIAL.verdict("", "n times n is n²", Measured.exactly(1, len(table)),
                          holds_for_all("it is", table["square"] == table["n"] ** 2), prediction="all")]

def draw(table):
    return {}
'''

# Whatever asks for the time in a process whose environment says so gets another.
CLOCK = """import os, time
wrong = float(os.environ.get("CLOCK_WRONG_BY", 0))
if wrong:
    now, now_ns, local, utc, words = time.time, time.time_ns, time.localtime, time.gmtime, time.strftime
    time.time = lambda: now() + wrong
    time.time_ns = lambda: now_ns() + int(wrong * 1e9)
    time.localtime = lambda seconds=None: local(time.time() if seconds is None else seconds)
    time.gmtime = lambda seconds=None: utc(time.time() if seconds is None else seconds)
    time.strftime = lambda form, when=None: words(form, time.localtime() if when is None else when)
"""
HOUR = 3600


def copy_of_the_project(folder):
    for name in ("experiments", "theory", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sitecustomize.py").write_text(CLOCK)
    toy = folder / "experiments" / "claims" / "toy"
    toy.mkdir()
    (toy / "__init__.py").write_text('"""A family of one slow claim."""\n')
    (toy / "slow.py").write_text(SLOW)
    sweep = (ROOT / "conf" / "sweep" / "boolean.yaml").read_text()
    (folder / "conf" / "sweep" / "toy.yaml").write_text(sweep.replace("boolean", "toy"))
    return folder


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from ray.cluster_utils import Cluster


class House:
    """A cluster, and a copy of the project from which runs on it are started."""

    def __init__(self, folder, short):
        """In `short` are sockets, which have short names."""
        self.folder = copy_of_the_project(folder / "project")
        self.other = copy_of_the_project(folder / "other")
        self.results, self.short = folder / "results", short
        (Path(short) / "ray").mkdir()
        with self.started_from(self.folder):
            self.cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        self.address: Any = self.cluster.address

    def environment(self, project=None):
        return {
            **os.environ,
            "PYTHONPATH": str(project or self.folder),
            "HOME": str(self.folder.parent),
            "RAY_TMPDIR": self.short,
            "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        }

    def start(self, *arguments, verb="run"):
        command = [sys.executable, "-m", "experiments", verb, *arguments]
        command += [f"--results={self.results}"] if verb != "run" else [f"results={self.results}"]
        return subprocess.Popen(
            command,
            # Ray puts the working folder of a driver on the path of its workers; they are to find their own code.
            cwd=self.folder.parent,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run_slow(self, trace, *arguments):
        on = ("executor=ray", f"executor.address={self.address}")
        return self.start("+sweep=toy", f"sweep.slow.trace={trace}", *on, *arguments)

    @contextlib.contextmanager
    def started_from(self, project, **environment):
        """Nodes that are started within the block have this code. Processes of Ray take the environment as it is."""
        with mock.patch.dict(os.environ, {**self.environment(project), **environment}):
            yield

    def add_node(self, project=None, **environment):
        with self.started_from(project or self.folder, **environment):
            return self.cluster.add_node(num_cpus=1, include_dashboard=False)


def said_by(process, seconds=120):
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(process.communicate()[0]) from None


def said_until(words, process, seconds=60):
    """What a process says up to a line with these words; then it is ended."""
    ends = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
    ends.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    ends.cancel()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return "".join(lines)


def wait_for(path, seconds=60):
    ends = time.monotonic() + seconds
    while not path.exists() or not path.read_text():
        assert time.monotonic() < ends, f"{path} did not come"
        time.sleep(0.05)
    return [int(word) for word in path.read_text().split()]


def squares(house):
    table = pd.read_parquet(find_run("toy", str(house.results)).path / "table.parquet")
    return dict(zip(table["n"], table["square"], strict=True))


ALL = {n: n * n for n in range(1, 9)}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ray-", ignore_cleanup_errors=True) as short:
        made = House(tmp_path_factory.mktemp("house"), short)
        try:
            made.add_node(CLOCK_WRONG_BY=str(HOUR))
            made.add_node(CLOCK_WRONG_BY=str(-HOUR))
            yield made
        finally:
            made.cluster.shutdown()


@pytest.fixture
def small_units():
    claims: dict[str, ClaimSettings] = {
        "minimum-width": minimum_width.Settings(n=[1, 2, 3]),
        "trained-width": trained_width.Settings(
            n=[2, 3], width=[1, 2], family=["parity"], activation=["tanh"], functions=1, restarts=15, steps=300
        ),
    }
    engine = Engine(layout="lanes", chunk=8, unit_cells=10)
    return RunSettings(sweep=claims, family="boolean", name="boolean", seed=5, device="cpu", engine=engine)


def parts_of(settings, folder, say=print):
    """The rows that a run of these settings writes, by unit, and for each unit whether a worker wrote them."""
    directory, own, wrote = RunDirectory(folder), circumstances.of("boolean"), []
    with executors.opened(settings, say) as executor:
        for result in executors.agreeing(executor.results(make_plan(settings), directory.at("parts"))):
            assert result.error is None
            wrote.append(result.written is not None)
            handing.keep(result, directory, own)
    parts = {
        unit.id: sealing.read_part(
            directory.at("parts", f"{unit.id}.parquet"), unit.id, f"boolean.{unit.claim}", unit.settings_digest
        )
        for unit in make_plan(settings)
    }
    assert not list(folder.glob("parts/.tmp*"))
    for part in parts.values():
        assert 0 <= part.facts["compile_seconds"] <= part.facts["seconds"] < HOUR / 10
        assert part.facts["code"] == own["code"]
    return {unit: part.rows for unit, part in parts.items()}, wrote


def test_rows_are_those_of_one_process_to_the_last_bit_whoever_writes_them(house, small_units, tmp_path):
    here, by_driver = parts_of(small_units, tmp_path / "local")
    there = dataclasses.replace(small_units, executor=Executor(name="ray", address=house.address))
    seen, by_workers = parts_of(there, tmp_path / "shared")
    alone = dataclasses.replace(there, executor=dataclasses.replace(there.executor, shared=False))
    handed, by_driver_too = parts_of(alone, tmp_path / "alone")
    assert (set(by_driver), set(by_workers), set(by_driver_too)) == ({False}, {True}, {False})
    for unit, rows in here.items():
        assert rows.equals(seen[unit])
        assert rows.equals(handed[unit])


def test_a_part_that_is_not_as_it_was_written_is_not_believed(house, small_units, tmp_path, monkeypatch):
    there = dataclasses.replace(small_units, executor=Executor(name="ray", address=house.address, workers=1))
    expected, _ = parts_of(small_units, tmp_path / "local")
    believed = handing.is_believed
    said: list[str] = []

    def damaged(result):
        with open(result.written.path, "r+b") as file:
            file.seek(100)
            file.write(b"!")
        monkeypatch.setattr(handing, "is_believed", believed)
        return believed(result)

    monkeypatch.setattr(handing, "is_believed", damaged)
    found, by_workers = parts_of(there, tmp_path / "damaged", said.append)
    assert "is not as a worker on" in said[0]
    assert by_workers == [False] * len(expected)
    assert all(rows.equals(found[unit]) for unit, rows in expected.items())


def test_a_worker_that_is_killed_loses_no_unit(house, tmp_path):
    process = house.run_slow(tmp_path / "n", "sweep.slow.seconds=1.5")
    (victim,) = wait_for(tmp_path / "n.2")
    os.kill(victim, signal.SIGKILL)
    said = said_by(process)
    assert process.returncode == 0, said
    assert f"is lost (process {victim})" in said
    assert squares(house) == ALL
    assert len(wait_for(tmp_path / "n.2")) == 2
    assert len(wait_for(tmp_path / "n.8")) == 1
    clocks = wait_for(tmp_path / "n.clock")
    assert max(clocks) - min(clocks) > 1.9 * HOUR, "the clocks of the nodes agree"
    log = (find_run("toy", str(house.results)).path / "run.log").read_text().splitlines()
    times = [datetime.datetime.fromisoformat(line[:19]) for line in log if line[:1].isdigit()]
    assert times == sorted(times)
    assert max(times) - min(times) < datetime.timedelta(seconds=HOUR / 10)


def test_units_that_kill_their_workers_or_take_all_memory_fail_and_the_others_stand(house, tmp_path):
    process = house.run_slow(tmp_path / "n", "sweep.slow.deadly=3", "sweep.slow.greedy=5")
    said = said_by(process)
    assert process.returncode == 1, said
    assert "3 workers died while they measured this unit" in said
    assert "MemoryError" in said
    assert squares(house) == {n: square for n, square in ALL.items() if n not in (3, 5)}
    assert (len(wait_for(tmp_path / "n.3")), len(wait_for(tmp_path / "n.5"))) == (3, 1)


def test_a_node_may_leave_and_another_may_join(house, tmp_path):
    leaving = house.add_node()
    process = house.run_slow(tmp_path / "n", "sweep.slow.seconds=3")
    for n in (1, 2, 3, 4):
        wait_for(tmp_path / f"n.{n}")
    house.cluster.remove_node(leaving, allow_graceful=False)
    joined = house.add_node()
    said = said_by(process)
    house.cluster.remove_node(joined)
    assert process.returncode == 0, said
    assert squares(house) == ALL


def test_a_driver_that_is_killed_is_resumed(house, tmp_path):
    process = house.run_slow(tmp_path / "n", "sweep.slow.seconds=1")
    wait_for(tmp_path / "n.4")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    run = find_run("toy", str(house.results))
    finished = len(run.done())
    again = house.start(run.name, verb="resume")
    said = said_by(again)
    assert again.returncode == 0, said
    assert f"{finished} of 8 units are done" in said
    assert squares(house) == ALL
    assert not [*run.path.glob("parts/.tmp*")]


def test_a_node_with_other_code_is_refused_by_name(house, tmp_path):
    changed = house.other / "experiments" / "claims" / "toy" / "slow.py"
    changed.write_text(changed.read_text().replace("square=n * n", "square=n + n"))
    strange = house.add_node(house.other)
    process = house.run_slow(tmp_path / "n", "sweep.slow.seconds=1")
    said = said_by(process)
    house.cluster.remove_node(strange)
    assert process.returncode == 0, said
    assert "is refused: other code: experiments/claims/toy/slow.py" in said
    assert squares(house) == ALL


def test_a_node_that_has_no_room_for_results_hands_over_its_rows(house, tmp_path):
    full = house.add_node(FULL="yes")
    process = house.run_slow(tmp_path / "n", "sweep.slow.seconds=1")
    said = said_by(process)
    house.cluster.remove_node(full)
    assert process.returncode == 0, said
    assert said.count("hands over its rows instead of writing them: it cannot write to") == 1
    assert "(File too large)" in said
    assert squares(house) == ALL
    assert not list(find_run("toy", str(house.results)).path.glob("parts/.tmp*"))


def test_more_memory_than_any_node_has_is_refused_at_once(house):
    process = house.start("+sweep=toy", "executor=ray", "executor.memory=99999")
    said = said_by(process)
    assert process.returncode == 2, said
    assert "no node has 1 cores, 0 GPUs, 99999 GiB of memory for a worker; the most that one has: " in said
    assert "Traceback" not in said
    waiting = house.start("+sweep=toy", "executor=ray", "executor.memory=99999", f"executor.address={house.address}")
    assert "for 300 seconds a node that has may join" in said_until("may join", waiting)


def test_a_cluster_that_is_not_there_is_said_to_be_missing(house):
    process = house.start("+sweep=toy", "executor=ray", "executor.address=127.0.0.1:1")
    said = said_by(process)
    assert process.returncode == 2
    assert "executor.address=127.0.0.1:1: no Ray cluster answers there" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("resources", "asked", "room"),
    [
        ({"CPU": 4.0}, Executor(cpus=1), 4),
        ({"CPU": 5.0}, Executor(cpus=2), 2),
        ({"CPU": 8.0, "GPU": 2.0}, Executor(cpus=1, gpus=1), 2),
        ({"CPU": 8.0, "GPU": 1.0}, Executor(cpus=1, gpus=0.1), 8),
        ({"CPU": 80.0, "GPU": 1.0}, Executor(cpus=1, gpus=0.1), 10),
        ({"CPU": 8.0}, Executor(cpus=1, gpus=1), 0),
        ({"CPU": 8.0, "memory": 10 * 2**30}, Executor(memory=3), 3),
        ({"CPU": 2.0, "memory": 10 * 2**30}, Executor(memory=3), 2),
        ({"CPU": 8.0, "memory": 2**30}, Executor(memory=1.001), 0),
        ({}, Executor(), 0),
    ],
)
def test_room_of_a_node(resources, asked, room):
    assert room_of(resources, asked) == room


def test_units_of_one_program_go_to_whom_compiled_it():
    claim: ClaimSettings = trained_width.Settings(
        n=[2], width=[1, 2, 3], family=["parity"], activation=["tanh"], functions=1, restarts=2
    )
    run = RunSettings(sweep={"trained-width": claim}, family="boolean", name="boolean", engine=Engine(unit_cells=1))
    units = make_plan(run)
    programs = sorted({unit.program for unit in units})
    p, q, r = (next(unit for unit in units if unit.program == program) for program in programs)
    again = [unit for unit in units if unit.program == p.program][1]
    a, b = (Member(None, "", "", None, programs={one.program}) for one in (p, q))
    waiting = deque([p, q, again, r])
    assert chosen(waiting, b, [a, b]) is q
    assert chosen(waiting, b, [a, b]) is r
    assert chosen(waiting, b, [a, b]) is p
    assert [*waiting] == [again]


def test_what_differs_is_named():
    own = {"versions": {"jax": "1"}, "code": {"a.py": "x", "b.py": "y"}}
    assert differing(own, own) == ""
    assert differing(own, {"versions": {"jax": "2"}, "code": own["code"]}) == "other versions: jax"
    assert differing(own, {"versions": own["versions"], "code": {"a.py": "x"}}) == "other code: b.py"
