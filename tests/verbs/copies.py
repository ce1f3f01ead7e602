"""Commands in processes of their own that begin as copies of one that has loaded all modules, which takes seconds."""

import contextlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn

from experiments.__main__ import main
from experiments.drawing import files
from tests import support

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "jax",
        "optax",
        "pytest",
        "scipy.stats",
        "experiments.running.conclude",
        "experiments.running.run",
        "experiments.verbs.making",
        "experiments.verbs.starting",
        # What they are to do first is written there.
        "tests.running.test_interruption",
        "tests.verbs.test_killed",
        "tests.verbs.test_trouble",
    ]
)


def nothing() -> None:
    """What a process does before its command, if nothing is said."""


def start(folder: Path, *arguments: str, first: Callable[[], None] = nothing, **environment: str) -> BaseProcess:
    """Starts a command as a person types it in a folder. It draws figures and does not paint them.

    Args:
        folder: where it works; what it says goes to `said.txt` there, and what it complains of to `complained.txt`.
        arguments: of the command line.
        first: is called in the process before.
        environment: variables that are in force before JAX looks at them.
    """
    for name in ("said.txt", "complained.txt"):
        (folder / name).unlink(missing_ok=True)
    process = SERVER.Process(target=_command, args=(folder, [*arguments], first, environment))
    process.start()
    return process


def run(folder: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess:
    """Runs a command to its end, see `start`."""
    process = start(folder, *arguments, **options)
    process.join(300)
    process.kill()
    said, complained = ((folder / name).read_text() for name in ("said.txt", "complained.txt"))
    assert process.exitcode is not None
    return subprocess.CompletedProcess(arguments, process.exitcode, said, complained)


def _command(folder: Path, arguments: list[str], first: Callable[[], None], environment: dict[str, str]) -> NoReturn:
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = ["python -m experiments"]
    files._rendered = support.unpainted
    with (
        open("said.txt", "w", buffering=1) as said,
        open("complained.txt", "w", buffering=1) as complained,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        # Where a process ends at once, its last words pass by what Python calls its standard error.
        os.dup2(complained.fileno(), 2)
        first()
        try:
            status: int | str | None = main(arguments)
        except SystemExit as end:  # argparse leaves so
            status = end.code
    os._exit(int(status or 0))
