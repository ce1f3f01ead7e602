"""A run from its settings to its parts: begun, repeated or resumed. What follows from the parts is in `conclude`."""

import functools
import logging
from collections import Counter
from collections.abc import Callable

from rich.console import Console

from experiments import executors, names
from experiments.errors import UserError, amount
from experiments.executors import Executor, Result, circumstances, handing
from experiments.plan import Unit, make_plan
from experiments.running import expecting, interruption, provenance
from experiments.running import log as run_log
from experiments.running.compose import compose_again, compose_settings, settings_from_plain
from experiments.running.conclude import conclude
from experiments.settings import RunSettings, to_plain
from experiments.storage.runs import RunDirectory
from experiments.terminal import show
from experiments.terminal.numbers import seconds
from experiments.terminal.progress import Reporter
from experiments.terminal.time_left import Step

# How an error begins that says what a person did; its class tells nothing.
OF_THE_USER = f"{UserError.__module__}.{UserError.__qualname__}: "


def rerun(
    before: RunDirectory,
    overrides: list[str],
    results: str,
    console: Console,
    begun: Callable[[RunDirectory], None] = lambda directory: None,
) -> int:
    """Runs a sweep again, as `run` does, with the settings of another run except where an override changes them.

    Args:
        before: the other run.
        overrides: as typed.
        results: the folder for the new run; the folder of the other run does not matter.
        console: where to say what happens.
        begun: is told the new run.
    """
    accepted = compose_again(before.manifest(), overrides, results)
    return run(compose_settings(accepted), accepted, console, before, begun)


def run(
    settings: RunSettings,
    overrides: list[str],
    console: Console,
    before: RunDirectory | None = None,
    begun: Callable[[RunDirectory], None] = lambda directory: None,
) -> int:
    """Runs a sweep from its beginning. Returns the exit status: 0, or 1 if a unit failed.

    Args:
        settings: composed from the overrides.
        overrides: as `check_overrides` returns them.
        console: where to say what happens.
        before: the run that this one repeats, if there is one. What has changed since is printed and recorded.
        begun: is told the run, before anything is measured.

    Raises:
        UserError: if the device is not there.
        StorageError: if the results cannot be written.
    """
    units = make_plan(settings)
    works = expecting.works_of(units)
    with executors.opened(settings, _saying(console)) as executor:
        # A device that is not there is named before anything else is said.
        show.plan(settings, units, works, console)
        manifest = provenance.make_manifest(settings, units, executor.device, overrides)
        manifest["loads"] = {claim: list(load) for claim, load in expecting.loads(units, works).items()}
        if before:
            changed = provenance.changes(before.manifest(), manifest)
            manifest["again"] = {"run": before.name, "changed": changed}
            show.changes(f"again from {before.name}; since then", changed, console)
        with interruption.held():
            directory = RunDirectory.create(settings.results, settings.name, manifest)
            interruption.begun(directory.way_on)
        begun(directory)
        console.print(f"results go to {directory.path}", markup=False, highlight=False, soft_wrap=True)
        with directory.in_use():
            return _execute(directory, units, executor, console)


def resume(directory: RunDirectory, anyway: bool, console: Console) -> int:
    """Runs the units of a run that are missing. Returns the exit status: 0, or 1 if a unit failed.

    Args:
        directory: the run.
        anyway: whether to go on, with the run's own settings, although something has changed since it began.
        console: where to say what happens.

    Raises:
        UserError: if settings, measuring code, versions or device have changed and `anyway` is false; or if something
            else is in the place of one of the run's files.
        StorageError: if the results cannot be written.
    """
    manifest = directory.manifest()
    interruption.begun(directory.way_on)
    if directory.is_kept():
        raise UserError(f"{directory.name}: a kept copy is not resumed; start afresh with: {manifest['command']}")
    settings = settings_from_plain(manifest["settings"], manifest["sweep"])
    units = make_plan(settings)
    with executors.opened(settings, _saying(console)) as executor:
        changed = _changes(manifest, settings, units, executor)
        if changed and not anyway:
            raise UserError(
                f"{directory.name}: not resumed, because rows made now could differ from those it has:",
                *(f"  {line}" for line in changed),
                f"Go on all the same with: resume {directory.name} --anyway. Or start afresh with: "
                f"{manifest['command']}",
            )
        return _resume(directory, manifest, units, changed, executor, console)


def _resume(
    directory: RunDirectory, manifest: dict, units: list[Unit], changed: list[str], executor: Executor, console: Console
) -> int:
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
            f"{len(units) - len(missing)} of {amount(len(units), 'unit')} done; {len(missing)} to run", highlight=False
        )
        directory.check_places([unit.id for unit in missing])
        return _execute(directory, missing, executor, console)


def _changes(manifest: dict, settings: RunSettings, units: list[Unit], executor: Executor) -> list[str]:
    try:
        today = to_plain(compose_settings(manifest["overrides"]))
        lines = provenance.differences(manifest["settings"], today, "")
    except UserError as error:
        lines = [f"settings: {problem}" for problem in error.problems]
    now = {
        "code": circumstances.code_digests(settings.family),
        "versions": circumstances.versions(),
        "flags": circumstances.flags(),
        "device": {key: executor.device[key] for key in ("platform", "kind")},
        "units": provenance.unit_names(units),
    }
    for key, value in now.items():
        before = {name: manifest[key].get(name) for name in value} if key == "device" else manifest[key]
        lines += provenance.differences(before, value, key)
    return lines


def _saying(console: Console) -> Callable[[str], None]:
    """Says what an executor has to say of its workers."""

    def say(line: str) -> None:
        console.print(names.printable(line), style="yellow", highlight=False, markup=False, soft_wrap=True)

    return say


def _execute(directory: RunDirectory, units: list[Unit], executor: Executor, console: Console) -> int:
    log = run_log.opened(directory)
    directory.forget_verdicts()
    manifest, loads, programs = directory.manifest(), expecting.loads(units), set[tuple]()
    done = len(manifest["units"]) - len(units)
    known = functools.partial(expecting.known, manifest, directory)
    # Read once: they are facts of this process, and files may change while it runs.
    facts = {"versions": circumstances.versions()}
    facts["code"] = circumstances.code_digests(manifest["settings"]["sweep"]["family"])
    compiling = measuring = 0.0
    with Reporter(console, loads, known, log.info) as reporter:
        afresh = (unit.afresh() for unit in units)
        for result in executors.agreeing(executor.results(afresh, directory.at("parts"))):
            _record(directory, result, facts, log, console)
            done += result.error is None
            interruption.kept(done, len(manifest["units"]))
            compiling += result.compile_seconds
            measuring += result.seconds - result.compile_seconds
            failed = result.error is not None
            reporter.advance(_step(result, programs), result.network_steps(), executor.workers(), failed)
    manifest = directory.manifest()
    parts = {unit: part.facts for unit, part in directory.parts(manifest).fitting.items()}
    summary = {"layouts": _layouts(parts)} | expecting.summary(manifest, parts)
    directory.write_json("manifest.json", manifest | summary)
    pace = f"compiling took {seconds(compiling)}, measuring {seconds(measuring)}"
    log.info(pace)
    console.print(pace, highlight=False)
    return conclude(directory, log, console)


def _layouts(parts: dict[str, dict]) -> dict[str, int]:
    """The number of ensembles of all parts by layout, chunk, and what chose them."""
    ensembles = [one for facts in parts.values() for one in facts["ensembles"]]
    return dict(Counter(f"{one['layout']} {one['chunk']} by {one['by']}" for one in ensembles))


def _step(result: Result, programs: set[tuple]) -> Step:
    """What the progress is told of a unit that is done. Its program is added to those that are compiled."""
    unit, new = result.unit, result.unit.program not in programs
    programs.add(unit.program)
    return Step(
        claim=unit.claim,
        programs=float(new),
        operations=expecting.work_of(unit).operations,
        compiling=result.compile_seconds,
        measuring=result.seconds - result.compile_seconds,
    )


def _record(directory: RunDirectory, result: Result, facts: dict, log: logging.Logger, console: Console) -> None:
    unit = result.unit
    if result.error is not None:
        failure = {"claim": unit.claim, "error": result.error, "cells": unit.cells.to_dict("records")}
        directory.write_failure(unit.id, failure)
        log.error("%s failed:\n%s", unit.id, result.error)
        last_line = names.printable(result.error.strip().splitlines()[-1].removeprefix(OF_THE_USER))
        console.print(f"{unit.id} failed: {last_line}", style="red", highlight=False, markup=False)
        return
    handing.keep(result, directory, facts)
    held = ", ".join(f"{one['layout']} {one['chunk']}" for one in result.ensembles)
    spent = (result.seconds, result.compile_seconds)
    log.info("%s: %d rows in %.2f s, %.2f s of it compiling%s", unit.id, result.rows(), *spent, held and f"; {held}")
