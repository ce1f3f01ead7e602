"""A real Ray cluster of three nodes on this machine, and runs on it from a copy of the project.

The copy has one more family of claims: `toy.slow` sleeps, one of its cells kills whoever measures it, and another
takes all memory. The clock of one node is an hour ahead, and that of another an hour behind. Whatever is started is
ended by its id.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd

from experiments.storage.finding import find_run
from tests.conftest import ROOT

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

# Where the environment of a process says so, whatever asks for the time gets another.
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
    # Their compiled modules are copied too: every node would compile all of them anew.
    for name in ("experiments", "theory", "conf"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "sitecustomize.py").write_text(CLOCK)
    toy = folder / "experiments" / "claims" / "toy"
    toy.mkdir()
    (toy / "__init__.py").write_text('"""A family of one slow claim."""\n')
    (toy / "slow.py").write_text(SLOW)
    sweep = (ROOT / "conf" / "sweep" / "boolean.yaml").read_text()
    (folder / "conf" / "sweep" / "toy.yaml").write_text(sweep.replace("boolean", "toy"))
    return folder


class House:
    """A cluster, and a copy of the project from which runs on it are started."""

    def __init__(self, folder, short):
        """In `short` are sockets, which have short names."""
        self.folder = copy_of_the_project(folder / "project")
        self.other = copy_of_the_project(folder / "other")
        self.results, self.short = folder / "results", short
        (Path(short) / "ray").mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from ray.cluster_utils import Cluster
        with self.started_from(self.folder):
            self.cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        self.address: Any = self.cluster.address

    def environment(self, project=None):
        return {
            **os.environ,
            "PYTHONPATH": str(project or self.folder),
            "HOME": str(self.folder.parent),
            "RAY_TMPDIR": self.short,
            # A worker of ours is a process of its own kind; those that Ray would start ahead wait for nothing.
            "RAY_prestart_worker_first_driver": "0",
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


def said_by(process, seconds=240):
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(process.communicate()[0]) from None


def said_until(words, process, seconds=180):
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


def wait_for(path, seconds=180):
    ends = time.monotonic() + seconds
    while not path.exists() or not path.read_text():
        assert time.monotonic() < ends, f"{path} did not come"
        time.sleep(0.05)
    return [int(word) for word in path.read_text().split()]


def squares(house):
    table = pd.read_parquet(find_run("toy", str(house.results)).path / "table.parquet")
    return dict(zip(table["n"], table["square"], strict=True))


ALL = {n: n * n for n in range(1, 9)}
