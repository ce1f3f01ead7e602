"""Follows a run from another terminal: its log as it grows, until no process runs it any more."""

import time
from pathlib import Path

from rich.console import Console

from experiments import names
from experiments.storage.runs import RunDirectory
from experiments.terminal import listing

# Seconds between two looks at the run.
LOOK = 0.5
# Lines of the log from before that are shown first.
LINES_BEFORE = 10


def follow(run: RunDirectory, console: Console) -> None:
    """Prints new lines of the log of a run while a process runs it, then how far the run is and how to go on."""

    def say(text: str) -> None:
        console.print(names.printable(text), markup=False, highlight=False, soft_wrap=True)

    log, read, is_first = run.at("run.log"), 0, True
    while True:
        # Asked before the log is read, so that the last lines are read after the process has ended.
        goes_on = run.is_in_use()
        lines, read = _new_lines(log, read)
        for line in lines[-LINES_BEFORE:] if is_first else lines:
            say(line)
        if not goes_on:
            break
        is_first = False
        time.sleep(LOOK)
    how_far = listing.state(run, run.manifest())
    say(f"{run.name}: {how_far}" + ("" if how_far in (listing.FINISHED, listing.KEPT) else f"; to go on: {run.way_on}"))


def _new_lines(log: Path, read: int) -> tuple[list[str], int]:
    """The whole lines of a file after this number of bytes, and the number of bytes up to their end."""
    if not log.is_file():
        return [], read
    with open(log, "rb") as file:
        file.seek(read)
        text = file.read()
    whole = text[: text.rfind(b"\n") + 1]
    return [line.decode(errors="replace") for line in whole.splitlines()], read + len(whole)
