"""Where there is room for a worker, which unit it gets, and in what nodes differ."""

from collections import deque

import pytest

from experiments.claims.boolean import trained_width
from experiments.executors.members import Member, chosen, differing, room_of
from experiments.plan import make_plan
from experiments.settings import ClaimSettings, Engine, ExecutorSettings, RunSettings


@pytest.mark.parametrize(
    ("resources", "asked", "room"),
    [
        ({"CPU": 4.0}, ExecutorSettings(cpus=1), 4),
        ({"CPU": 5.0}, ExecutorSettings(cpus=2), 2),
        ({"CPU": 8.0, "GPU": 2.0}, ExecutorSettings(cpus=1, gpus=1), 2),
        ({"CPU": 8.0, "GPU": 1.0}, ExecutorSettings(cpus=1, gpus=0.1), 8),
        ({"CPU": 80.0, "GPU": 1.0}, ExecutorSettings(cpus=1, gpus=0.1), 10),
        ({"CPU": 8.0}, ExecutorSettings(cpus=1, gpus=1), 0),
        ({"CPU": 8.0, "memory": 10 * 2**30}, ExecutorSettings(memory=3), 3),
        ({"CPU": 2.0, "memory": 10 * 2**30}, ExecutorSettings(memory=3), 2),
        ({"CPU": 8.0, "memory": 2**30}, ExecutorSettings(memory=1.001), 0),
        ({}, ExecutorSettings(), 0),
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
