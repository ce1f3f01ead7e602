"""What a run is expected to take: the work of its claims, and the pace that each had in earlier runs."""

import contextlib
import math
from collections import defaultdict
from typing import Any

from experiments import house
from experiments.claims import claims_of
from experiments.errors import UserError
from experiments.plan import Unit, Work, make_plan
from experiments.running.compose import settings_from_plain
from experiments.settings import RunSettings
from experiments.storage.directory import REFERENCE
from experiments.storage.finding import find_runs
from experiments.storage.runs import RunDirectory
from experiments.terminal.time_left import Load, Pace, TimeLeft, course_of

# Cells of a run up to which the work of every unit is estimated before it begins: it takes about a second.
MOST_ESTIMATED = 1_000_000
# Units of a claim, about, that stand for all of them where there are more cells.
ESTIMATED = 20


def work_of(unit: Unit) -> Work:
    """An upper estimate of what measuring a unit costs."""
    return claims_of(unit.family)[unit.claim].work(unit)


def works_of(units: list[Unit]) -> dict[str, Work]:
    """An upper estimate of what measuring the units of each claim costs, by the name of the claim.

    Where there are very many cells, some units of a claim stand for all of them.
    """
    cells = sum(len(unit.part) for unit in units)
    found = {}
    for claim, mine in _by_claim(units).items():
        every = 1 if cells <= MOST_ESTIMATED else math.ceil(len(mine) / ESTIMATED)
        some = mine[::every]
        share = sum(len(unit.part) for unit in mine) / sum(len(unit.part) for unit in some)
        work = sum((work_of(unit.afresh()) for unit in some), Work(0, 0))
        found[claim] = Work(work.network_steps * share, work.operations * share)
    return found


def _by_claim(units: list[Unit]) -> dict[str, list[Unit]]:
    by_claim = defaultdict[str, list[Unit]](list)
    for unit in units:
        by_claim[unit.claim].append(unit)
    return by_claim


def loads(units: list[Unit], works: dict[str, Work] | None = None) -> dict[str, Load]:
    """What each claim has to do, in the order of the plan; `works` as `works_of` gives them, if they are known."""
    works = works or works_of(units)
    return {
        claim: Load(len(mine), len({unit.program for unit in mine}), works[claim].operations)
        for claim, mine in _by_claim(units).items()
    }


def earlier(sweep: str, scale: str, runs: list[RunDirectory], but: RunDirectory | None = None) -> list[RunDirectory]:
    """The runs of a sweep that say how long its claims take, the best first.

    These are the newest at the same scale; then the reference, which is a run of the scale default; then the others.
    """
    mine: list[tuple[int, RunDirectory]] = []
    for run in (*runs, RunDirectory(house.RESULTS / REFERENCE / sweep)):
        with contextlib.suppress(UserError):
            manifest = run.manifest()
            if manifest["sweep"] == sweep and manifest.get("seconds") and (but is None or run.path != but.path):
                alike = manifest["settings"]["scale"] == scale and not run.is_reference()
                mine.append((0 if alike else 1 if run.is_reference() else 2, run))
    mine.reverse()  # the newest first
    return [run for _, run in sorted(mine, key=lambda one: one[0])]


def paces(runs: list[RunDirectory]) -> dict[str, Pace]:
    """The pace of each claim, from the first of these runs that has measured it."""
    found: dict[str, Pace] = {}
    for run in runs:
        # Whatever is wrong with an old run, or with the work of its settings in today's code, ends no new one.
        with contextlib.suppress(Exception):
            for claim, pace in _paces(run.manifest()).items():
                found.setdefault(claim, pace)
    return found


def _paces(manifest: dict[str, Any]) -> dict[str, Pace]:
    """The pace of each claim of a run. Those of older code say neither their work nor how long they compiled."""
    if "loads" in manifest:
        work = {claim: Load(*one) for claim, one in manifest["loads"].items()}
    else:
        work = loads(make_plan(settings_from_plain(manifest["settings"], manifest["sweep"])))
    compiling, courses = manifest.get("compiling", {}), manifest.get("courses", {})
    return {
        claim: Pace(
            compiling[claim] / max(load.programs, 1.0) if claim in compiling else math.nan,
            manifest["seconds"][claim] / max(load.operations, 1.0),
            tuple(courses.get(claim, ())),
        )
        for claim, load in work.items()
        if claim in manifest["seconds"]
    }


def expected(settings: RunSettings, units: list[Unit], works: dict[str, Work]) -> dict[str, float]:
    """The seconds that each claim of a run may take, at the pace of earlier runs; NaN for those that had none."""
    before = earlier(settings.name, settings.scale, find_runs(settings.results))
    return TimeLeft(loads(units, works), paces(before)).of_each()


def known(manifest: dict[str, Any], run: RunDirectory) -> dict[str, Pace]:
    """The paces of a run's claims that are known where its results are."""
    runs = find_runs(str(run.path.parent.parent))
    return paces(earlier(manifest["sweep"], manifest["settings"]["scale"], runs, run))


def summary(manifest: dict[str, Any], parts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a later run learns from this one: by claim, the seconds that it measured, and compiled, and its course.

    Args:
        manifest: of the run; its units are in the order in which they begin.
        parts: by unit, the facts of its part.
    """
    spent = defaultdict[str, list[tuple[float, float]]](list)
    for unit, about in manifest["units"].items():
        if unit in parts:
            spent[about["claim"]].append((parts[unit]["seconds"], parts[unit]["compile_seconds"]))
    found: dict[str, dict[str, Any]] = {"seconds": {}, "compiling": {}, "courses": {}}
    for claim, some in spent.items():
        total, compiling = (sum(one) for one in zip(*some, strict=True))
        found["seconds"][claim] = round(total - compiling, 3)
        found["compiling"][claim] = round(compiling, 3)
        found["courses"][claim] = [round(part, 4) for part in course_of([one for one, _ in some])]
    return found
