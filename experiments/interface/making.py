"""What makes runs: a sweep or one claim, a network of one's own, what is missing of a run, a run again."""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.ensemble import devices
from experiments.errors import UserError, nearest
from experiments.interface.runs import Run
from experiments.interface.speaking import console, interruptible
from experiments.running import compose
from experiments.running import run as running
from experiments.settings import RunSettings, defaults
from experiments.storage.finding import find_run
from experiments.storage.runs import RunDirectory
from experiments.verbs import trying

OF_THE_RUN = tuple(field.name for field in dataclasses.fields(RunSettings) if field.metadata)
# A text that means itself on the command line. Other texts, and the words that are values of YAML, are quoted.
WORD = re.compile(r"(?!(?:true|false|null|yes|no|on|off|nan|inf)$)[A-Za-z_][\w-]*", re.IGNORECASE | re.ASCII)


def run(what: str, *overrides: str, say: bool = True, **settings: Any) -> Run:
    """Puts the claims of a sweep on trial, or one claim alone.

        run("boolean", scale="smoke")
        run("boolean.trained-width", n=[2, 3], restarts=100, seed=1)
        run("boolean", "~sweep.trained-width", "sweep.trained-width-found.n=[2,3]", device="cpu")

    Args:
        what: a sweep, such as boolean, or one claim of it, such as boolean.trained-width.
        overrides: settings as they are typed after `run` on the command line.
        say: whether to print what the command line prints: plan, progress, verdicts.
        settings: settings of the run by name: scale, seed, restarts, device, precision, results. Where one claim is
            run, other names are settings of that claim; a list is an axis. `settings(what)` shows all of them.

    Returns:
        The run. What failed of it is in `failures`, and does not end the others.

    Raises:
        UserError: naming every setting that is wrong.
        StorageError: if results cannot be written.
        Interrupted: if it is interrupted; the text says how to go on.
    """
    compose.register_defaults()
    given = [*overrides, *typed(settings, what.partition(".")[2])]
    accepted = compose.check_overrides([f"+sweep={what}", *_as_started(given), *given])
    out = console(say)
    return _made(lambda begun: running.run(compose.compose_settings(accepted), accepted, out, begun=begun))


def try_network(say: bool = True, **settings: Any) -> Run:
    """Trains networks of one's own on a task of one's own, as the verb `try` does, in the words that people type.

        try_network(sizes=[2, 4, 1], task="xor", activation="tanh", learning_rate=[0.1, 1], restarts=1000)
        try_network(sizes=[1, 8, 1], data="points.csv", activation="relu", output="linear", optimizer="adam")

    Args:
        say: whether to print what the command line prints.
        settings: as for the verb: `theory-claims try --help` lists them. A list is tried value by value.

    Raises:
        UserError, StorageError, Interrupted: as for `run`.
    """
    words = [f"{name}={value if isinstance(value, str | Path) else _json(value)}" for name, value in settings.items()]
    chosen = trying.overrides(words)
    for line in trying.said_before(words, chosen):
        console(say).print(line, markup=False, highlight=False, soft_wrap=True)
    return run("own", *chosen, say=say)


def resume(name: str | Run, results: str = "results", anyway: bool = False, say: bool = True) -> Run:
    """Measures what is missing of a run, and judges it.

    Args:
        name: the run, or its name.
        results: the folder of the runs.
        anyway: whether to go on although settings or code have changed since.
        say: whether to print what the command line prints.

    Raises:
        UserError: if there is no such run, or it cannot go on.
        StorageError, Interrupted: as for `run`.
    """
    compose.register_defaults()
    directory = _directory(name, results)
    with interruptible([directory]):
        running.resume(directory, anyway, console(say))
    return Run(directory)


def rerun(name: str | Run, *overrides: str, results: str = "results", say: bool = True, **settings: Any) -> Run:
    """Makes a new run with the settings of another, except for those that are given.

    Args:
        name: the other run, or its name.
        overrides, settings: what is to differ, as for `run`.
        results: the folder of both runs.
        say: whether to print what the command line prints.

    Raises:
        UserError, StorageError, Interrupted: as for `run`.
    """
    compose.register_defaults()
    changes = [*overrides, *typed(settings, "")]
    before, out = _directory(name, results), console(say)
    return _made(lambda begun: running.rerun(before, changes, results, out, begun))


def typed(settings: dict[str, Any], claim: str) -> list[str]:
    """Settings by name as they are typed on the command line.

    Args:
        settings: values by name; a name of a setting within a group, such as `executor.name`, is given as an override.
        claim: the claim that other settings than those of the run belong to; empty if there is none.

    Raises:
        UserError: if a setting is not one of the run, and no claim is named that it could belong to.
    """
    foreign = [name for name in settings if name not in OF_THE_RUN]
    if foreign and not claim:
        raise UserError(
            f"{foreign[0]}: no setting of a run; {nearest(foreign[0], OF_THE_RUN)} "
            f'A setting of a claim is given as "sweep.CLAIM.{foreign[0]}=..."'
        )
    paths = {name: f"sweep.{claim}.{name}" if name in foreign else name for name in settings}
    return [f"{paths[name]}={_typed(value)}" for name, value in settings.items()]


def _as_started(given: list[str]) -> list[str]:
    """The device and the precision of this process, where they are not the usual ones and no others are given."""
    named, usual = {one.lstrip("+").partition("=")[0] for one in given}, defaults(RunSettings)
    started = {name: value for name, value in devices.started().items() if name in ("device", "precision")}
    return [f"{name}={value}" for name, value in started.items() if name not in named and value != usual[name]]


def _typed(value: Any) -> str:
    """A value as it is typed: a word without quotation marks."""
    return value if isinstance(value, str) and WORD.fullmatch(value) else _json(value)


def _json(value: Any) -> str:
    """A value in the form that the command line reads: also a path, or a number or an array of numpy."""
    return json.dumps(value, default=lambda one: one.tolist() if hasattr(one, "tolist") else str(one))


def _made(make: Callable[[Callable[[RunDirectory], None]], int]) -> Run:
    """A run, from what makes it: it is given a function to tell the run once it has begun."""
    begun = list[RunDirectory]()
    with interruptible(begun):
        make(begun.append)
    return Run(begun[0])


def _directory(name: str | Run, results: str) -> RunDirectory:
    return name.directory if isinstance(name, Run) else find_run(name, results)
