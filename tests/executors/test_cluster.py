"""Nothing is lost, and nothing is wrong, whatever happens to workers, nodes and the driver of a real cluster."""

import datetime
import os
import signal
import subprocess
import sys

import pytest

from experiments.storage.finding import find_run
from tests.conftest import ROOT
from tests.executors.house import ALL, HOUR, said_by, said_until, squares, wait_for

# Ray starts nodes by a fork, and JAX warns of it: the child becomes another program at once.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")


@pytest.mark.slow
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


@pytest.mark.slow
def test_units_that_kill_their_workers_or_take_all_memory_fail_and_the_others_stand(house, tmp_path):
    process = house.run_slow(tmp_path / "n", "sweep.slow.deadly=3", "sweep.slow.greedy=5")
    said = said_by(process)
    assert process.returncode == 1, said
    assert "3 workers died while they measured this unit" in said
    assert "MemoryError" in said
    assert squares(house) == {n: square for n, square in ALL.items() if n not in (3, 5)}
    assert (len(wait_for(tmp_path / "n.3")), len(wait_for(tmp_path / "n.5"))) == (3, 1)


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert f"{finished} of 8 units done" in said
    assert squares(house) == ALL
    assert not [*run.path.glob("parts/.tmp*")]


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_more_memory_than_any_node_has_is_refused_at_once(house):
    process = house.start("+sweep=toy", "executor=ray", "executor.memory=99999")
    said = said_by(process)
    assert process.returncode == 2, said
    assert "no node has 1 core, 0 GPUs, 99999 GiB of memory for a worker; the most that one has: " in said
    assert "Traceback" not in said
    waiting = house.start("+sweep=toy", "executor=ray", "executor.memory=99999", f"executor.address={house.address}")
    assert "for 300 seconds a node that has may join" in said_until("may join", waiting)


def test_a_cluster_that_is_not_there_is_said_to_be_missing(tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: make EXTRA=ray")
    command = [sys.executable, "-m", "experiments", "run", "+sweep=anatomy", "scale=smoke", f"results={tmp_path}"]
    command += ["executor=ray", "executor.address=127.0.0.1:1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "executor.address=127.0.0.1:1: no Ray cluster answers there" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
