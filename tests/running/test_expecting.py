"""What a run is expected to take: from the runs that there were, the most similar first."""

import math

import pytest

from experiments import house
from experiments.running import expecting
from experiments.storage.directory import REFERENCE
from experiments.storage.runs import RunDirectory
from experiments.terminal.time_left import Load, Pace
from tests import support

SUMMARY = {"seconds": {"trained-width": 6.0}, "compiling": {"trained-width": 4.0}, "courses": {"trained-width": [0, 1]}}
LOADS = {"trained-width": [8, 2, 3.0]}


def run_of(folder, scale, **manifest):
    settings = support.manifest("trained-width")["settings"] | {"scale": scale}
    return RunDirectory.create(str(folder), "boolean", support.manifest("trained-width", settings=settings, **manifest))


def test_the_newest_run_at_the_same_scale_comes_first_and_then_the_reference(tmp_path):
    other, old, new = (run_of(tmp_path, scale, loads=LOADS, **SUMMARY) for scale in ("full", "smoke", "smoke"))
    run_of(tmp_path, "smoke")  # it has not come to its end
    mine = run_of(tmp_path, "smoke", loads=LOADS, **SUMMARY)
    runs = [other, old, new, mine]
    found = expecting.earlier("boolean", "smoke", runs, mine)
    reference = house.RESULTS / REFERENCE / "boolean"
    assert [run.path for run in found] == [new.path, old.path, reference, other.path]


def test_a_run_says_the_pace_of_its_claims(tmp_path):
    run = run_of(tmp_path, "smoke", loads=LOADS, **SUMMARY)
    assert expecting.paces([run]) == {"trained-width": Pace(2.0, 2.0, (0, 1))}


def test_the_reference_says_paces_by_its_plan_if_it_does_not_say_its_loads(monkeypatch):
    run = RunDirectory(house.RESULTS / REFERENCE / "counting")
    manifest = {key: value for key, value in run.manifest().items() if key not in ("loads", "compiling", "courses")}
    monkeypatch.setattr(run, "manifest", lambda: manifest)
    found = expecting.paces([run])
    assert set(found) == set(manifest["seconds"])
    assert all(math.isnan(pace.per_program) and pace.per_operation > 0 for pace in found.values())


@pytest.mark.parametrize(
    "damage",
    [
        {"seconds": {"else": 1.0}},
        {"settings": "spoilt"},
        {"loads": {"x": [1, 1, 1]}, "seconds": {"x": 1}, "compiling": {"x": "y"}},
    ],
)
def test_a_run_that_is_no_help_is_passed_over(tmp_path, damage):
    run = run_of(tmp_path, "smoke", loads=LOADS, **SUMMARY)
    run.write_json("manifest.json", run.manifest() | damage)
    assert expecting.paces([run]) == {}


def test_a_summary_has_seconds_compiling_and_the_course_of_every_claim():
    units = {f"x-{i}": {"claim": "x", "cells": 1} for i in range(2)} | {"y-0": {"claim": "y", "cells": 1}}
    parts = {
        "x-1": {"seconds": 9.0, "compile_seconds": 0.0},
        "x-0": {"seconds": 1.0, "compile_seconds": 0.5},
    }
    found = expecting.summary({"units": units}, parts)
    assert (found["seconds"], found["compiling"]) == ({"x": 9.5}, {"x": 0.5})
    assert found["courses"]["x"] == [0, 0.1, 1]


def test_loads_count_units_programs_and_operations():
    from experiments.claims.boolean import minimum_width

    units = support.units(minimum_width, minimum_width.Settings(n=[1, 2]))
    works = expecting.works_of(units)
    (load,) = expecting.loads(units).values()
    programs = len({unit.program for unit in units})
    assert load == Load(len(units), programs, works["minimum-width"].operations)
