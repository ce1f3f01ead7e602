"""The way of a number: settings -> plan -> executor -> parts -> table -> verdicts and figures."""

import contextlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console

from experiments import names
from experiments.claims import claims_of
from experiments.drawing import files as figure_files
from experiments.drawing.style import Drawing, house_style
from experiments.ensemble import devices, tracing
from experiments.errors import UserError, words_of
from experiments.judging.table import to_table
from experiments.plan import Unit, Work, make_plan
from experiments.running import containing, interruption, judge, one_row, provenance
from experiments.running.compose import compose_again, compose_settings, settings_from_plain
from experiments.settings import RunSettings, to_plain
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import StorageError, atomic
from experiments.terminal import show
from experiments.terminal.progress import Reporter, seconds

if TYPE_CHECKING:
    from experiments.running.execute import Result


def rerun(before: RunDirectory, overrides: list[str], results: str, console: Console) -> int:
    """Runs a sweep afresh with the settings of another run, but for some overrides; else as `run`.

    Args:
        before: the other run.
        overrides: as typed.
        results: the folder of runs; the one that the other run was made in counts for nothing.
        console: where to say what happens.
    """
    accepted = compose_again(before.manifest(), overrides, results)
    return run(compose_settings(accepted), accepted, console, before)


def run(settings: RunSettings, overrides: list[str], console: Console, before: RunDirectory | None = None) -> int:
    """Runs a sweep from its beginning. Returns the exit status: 0, or 1 if a unit failed.

    Args:
        settings: composed from the overrides.
        overrides: as `check_overrides` returns them.
        console: where to say what happens.
        before: the run that this one repeats, if there is one; what has changed since is said and kept.

    Raises:
        UserError: if the device is not there.
        StorageError: if the results cannot be kept.
    """
    units = make_plan(settings)
    show.plan(settings, units, works_of(units), console)
    devices.start(settings.device, settings.precision)
    manifest = provenance.make_manifest(settings, units, devices.describe(), overrides)
    if before:
        changed = provenance.changes(before.manifest(), manifest)
        manifest["again"] = {"run": before.name, "changed": changed}
        show.changes(f"again from {before.name}; since then", changed, console)
    with interruption.held():
        directory = RunDirectory.create(settings.results, settings.name, manifest)
        interruption.begun(directory.way_on)
    console.print(f"results go to {directory.path}", markup=False, highlight=False, soft_wrap=True)
    with directory.in_use():
        return _execute(directory, units, console)


def resume(directory: RunDirectory, anyway: bool, console: Console) -> int:
    """Runs what is missing of a run. Returns the exit status: 0, or 1 if a unit failed.

    Raises:
        UserError: if the settings, the measuring code, the versions or the device are not what they were, and `anyway`
            does not say to go on with the run's own settings; or if something is in the place of one of its files.
        StorageError: if the results cannot be kept.
    """
    manifest = directory.manifest()
    interruption.begun(directory.way_on)
    if directory.is_kept():
        raise UserError(f"{directory.name}: a kept copy is not resumed; start afresh with: {manifest['command']}")
    settings = settings_from_plain(manifest["settings"], manifest["sweep"])
    units = make_plan(settings)
    devices.start(settings.device, settings.precision)
    changed = _changes(manifest, settings, units)
    if changed and not anyway:
        raise UserError(
            f"{directory.name}: not resumed, because rows made now could differ from those it has:",
            *(f"  {line}" for line in changed),
            f"Go on all the same with: resume {directory.name} --anyway. Or start afresh with: {manifest['command']}",
        )
    with directory.in_use():
        directory.remove_leftovers()
        manifest |= {"units": provenance.unit_names(units)}
        if changed:
            directory.write_json("manifest.json", manifest | {"resumed": [*manifest.get("resumed", []), changed]})
        parts = directory.parts(manifest)
        for name, why in parts.misfits.items():
            console.print(f"parts/{name} {why}", style="yellow", highlight=False, markup=False, soft_wrap=True)
        missing = [unit for unit in units if unit.id not in parts.fitting]
        console.print(
            f"{len(units) - len(missing)} of {len(units)} units are done; {len(missing)} to run", highlight=False
        )
        directory.check_places([unit.id for unit in missing])
        return _execute(directory, missing, console)


def _changes(manifest: dict, settings: RunSettings, units: list[Unit]) -> list[str]:
    try:
        today = to_plain(compose_settings(manifest["overrides"]))
        lines = provenance.differences(manifest["settings"], today, "")
    except UserError as error:
        lines = [f"settings: {problem}" for problem in error.problems]
    now = {
        "code": provenance.code_digests(settings.family),
        "versions": provenance.versions(),
        "flags": provenance.flags(),
        "device": {key: devices.describe()[key] for key in ("platform", "kind")},
        "units": provenance.unit_names(units),
    }
    for key, value in now.items():
        before = {name: manifest[key].get(name) for name in value} if key == "device" else manifest[key]
        lines += provenance.differences(before, value, key)
    return lines


def works_of(units: list[Unit]) -> dict[str, Work]:
    """What measuring each unit costs at most, by its name."""
    return {unit.id: claims_of(unit.family)[unit.claim].work(unit) for unit in units}


def _execute(directory: RunDirectory, units: list[Unit], console: Console) -> int:
    from experiments.running import execute

    log = _open_log(directory)
    directory.forget_verdicts()
    works = works_of(units)
    total = sum(works.values(), Work(0, 0))
    # Read once: they are facts of this process, whatever happens to the files while it runs.
    circumstances = {"device": devices.describe(), "versions": provenance.versions()}
    circumstances["code"] = provenance.code_digests(directory.manifest()["settings"]["sweep"]["family"])
    compiling = measuring = 0.0
    with Reporter(console, len(units), total.operations) as reporter:
        for result in execute.execute(units):
            _record(directory, result, circumstances, log, console)
            compiling += result.compile_seconds
            measuring += result.seconds - result.compile_seconds
            reporter.advance(works[result.unit.id].operations, result.network_steps(), result.seconds)
    manifest = directory.manifest()
    facts = {unit: part.facts for unit, part in directory.parts(manifest).fitting.items()}
    summary = {"layouts": _layouts(facts), "seconds": _seconds(facts, manifest["units"])}
    directory.write_json("manifest.json", manifest | summary)
    pace = f"compiling took {seconds(compiling)}, measuring {seconds(measuring)}"
    log.info(pace)
    console.print(pace, highlight=False)
    return conclude(directory, log, console)


def _layouts(parts: dict[str, dict]) -> dict[str, int]:
    """How many ensembles were held how, and who chose so, over all parts there are."""
    ensembles = [one for facts in parts.values() for one in facts["ensembles"]]
    return dict(Counter(f"{one['layout']} {one['chunk']} by {one['by']}" for one in ensembles))


def _seconds(parts: dict[str, dict], units: dict[str, dict]) -> dict[str, float]:
    """For every claim the seconds of measuring, without compiling, of all parts there are."""
    totals = Counter[str]()
    for unit, facts in parts.items():
        totals[units[unit]["claim"]] += facts["seconds"] - facts["compile_seconds"]
    return {claim: round(total, 3) for claim, total in totals.items()}


def _record(
    directory: RunDirectory, result: "Result", circumstances: dict, log: logging.Logger, console: Console
) -> None:
    unit = result.unit
    if result.table is None:
        failure = {"claim": unit.claim, "error": result.error, "cells": unit.cells.to_dict("records")}
        directory.write_failure(unit.id, failure)
        log.error("%s failed:\n%s", unit.id, result.error)
        last_line = names.printable((result.error or "").strip().splitlines()[-1])
        console.print(f"{unit.id} failed: {last_line}", style="red", highlight=False, markup=False)
        return
    facts = {
        "seconds": result.seconds,
        "compile_seconds": result.compile_seconds,
        "ensembles": result.ensembles,
        "settings": unit.settings_digest,
        **circumstances,
    }
    directory.write_part(unit.id, f"{unit.family}.{unit.claim}", result.table.assign(seed=unit.seed), facts)
    rows, held = len(result.table), ", ".join(f"{one['layout']} {one['chunk']}" for one in result.ensembles)
    spent = (result.seconds, result.compile_seconds)
    log.info("%s: %d rows in %.2f s, %.2f s of it compiling%s", unit.id, rows, *spent, held and f"; {held}")


def conclude(directory: RunDirectory, log: logging.Logger, console: Console) -> int:
    """Table, verdicts and figures from the parts there are; only claims without a missing unit are judged.

    Returns the exit status: 0, or 1 if a unit is missing or a claim could not be judged.
    """
    manifest = directory.manifest()
    family, parts = manifest["settings"]["sweep"]["family"], directory.parts(manifest).fitting
    clashing = containing.clashing(
        {unit: (manifest["units"][unit]["claim"], part.rows) for unit, part in parts.items()}
    )
    directory.write_table(
        manifest, {unit: part for unit, part in parts.items() if manifest["units"][unit]["claim"] not in clashing}
    )
    missing = defaultdict(list)
    for unit, facts in manifest["units"].items():
        if unit not in parts:
            missing[facts["claim"]].append(unit)
    judged: dict[str, pd.DataFrame] = {
        name: to_table([]) for name in manifest["settings"]["sweep"] if name not in ("family", *missing)
    }
    faults: list[str] = []
    sound: set[str] = set()
    for name in judged:
        with _surviving(f"{name} could not be judged", faults, directory, log, console):
            if name in clashing:
                raise containing.ClaimError(clashing[name])
            judged[name] = judge.judged(directory, family, name)
            sound.add(name)
    verdicts = pd.concat([mine for mine in judged.values() if len(mine)] or [to_table([])], ignore_index=True)
    directory.write_verdicts(verdicts)
    show.verdicts(verdicts, console)
    # Whatever becomes of the figures, the verdicts stand.
    for name in (name for name in judged if name not in clashing):
        known, figures = len(faults), list[str]()
        with _surviving(f"{name} could not be drawn", faults, directory, log, console), house_style():
            for title, drawing in judge.drawn(directory, family, name).items():
                with _surviving(f"{name}: its figure {title} could not be drawn", faults, directory, log, console):
                    figures += _save(directory, title, drawing)
        # Last, so that whoever is killed while it draws leaves a run that is not finished.
        if name in sound and len(faults) == known:
            directory.conclude_claim(name, figures)
    console.print(f"table, verdicts and figures: {directory.path}", markup=False, highlight=False, soft_wrap=True)
    if missing:
        which = ", ".join(f"{claim} ({len(units)})" for claim, units in missing.items())
        console.print(
            f"Not judged, because units are missing: {which}. Why: {directory.path}/failures/. "
            f"Run them again with: {directory.way_on}",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return 1 if missing or faults else 0


@contextlib.contextmanager
def _surviving(
    what: str, faults: list[str], directory: RunDirectory, log: logging.Logger, console: Console
) -> Iterator[None]:
    """An error within the block is named, logged and added to the faults; the rest goes on."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        faults.append(what)
        log.exception(what)
        line = f"{what}: {words_of(error)}; see {directory.path}/run.log"
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)


def show_row(run: RunDirectory, which: str, output: str, console: Console) -> int:
    """Shows notable rows of a claim, or makes the network of one row again and keeps it in a folder below `output`.

    Returns the exit status: 0, or 1 if the network could not be made again to the last bit.

    Raises:
        UserError: if there is no such claim or row, or the device is not there.
    """
    manifest = run.manifest()
    claim, _, number = which.removeprefix(f"{manifest['sweep']}.").partition(":")
    settings = settings_from_plain(manifest["settings"], manifest["sweep"])
    if not number:
        show.notable_rows(run, claim, one_row.notable(run, settings, claim), console)
        return 0
    if not number.isdecimal():
        raise UserError(f"--row {which}: {number!r} is no number of a row; --row {claim} lists some")
    devices.start(settings.device, settings.precision)
    row, rebuilt = one_row.rebuild(run, settings, claim, int(number))
    folder = Path(output) / f"{run.name.replace('/', '-')}-{claim}-{number}"
    with house_style():
        one_row.save(folder, row, rebuilt)
    show.row_in_full(row, rebuilt, folder, console)
    return 1 if tracing.differences(row, rebuilt) else 0


def _save(directory: RunDirectory, title: str, drawing: Drawing) -> list[str]:
    """Writes a figure, and returns the names of its files."""
    contents = {f"{title}.{kind}": content for kind, content in figure_files.rendered(drawing).items()}
    for name, content in contents.items():
        with atomic(directory.at("figures", name)) as path:
            path.write_bytes(content)
    return list(contents)


def _open_log(directory: RunDirectory) -> logging.Logger:
    log = logging.getLogger(f"experiments.{directory.name}")
    if not any(isinstance(handler, logging.FileHandler) for handler in log.handlers):
        log.setLevel(logging.INFO)
        log.propagate = False
        handler = logging.FileHandler(directory.at("run.log"))
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(handler)
    return log
