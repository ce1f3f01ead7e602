"""Ctrl-C: whatever the program is doing, the answer names the run and the command that continues it.

All that a run has finished is on disk as whole files, so a run that is killed loses nothing. So Ctrl-C ends the process
at once. A thread waits for Ctrl-C: the main thread may be compiling for a minute, and some libraries swallow an
exception that is raised in them. Verbs that replace files end in order instead, see `in_order`.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

# The exit status of a process that was ended by Ctrl-C, by the convention of shells: 128 + 2.
STATUS = 130
# `containing` replaces os._exit while a claim runs. This module needs the real one.
_exit = os._exit


class _Now:
    """The present situation.

    Attributes:
        owner: the process that listens. In a child process Ctrl-C raises KeyboardInterrupt, as usual.
        way_on: the command that continues the present run; empty where there is none.
        kept: the units of the present run that are on disk, and all that it has; None before the first is known.
        at_once: whether Ctrl-C ends the process at once; otherwise it raises KeyboardInterrupt.
        held: whether Ctrl-C has to wait, because the directory of a run is being made.
        came: whether Ctrl-C came while it had to wait, or was answered by KeyboardInterrupt.
        leaving: a lock, so that Ctrl-C is answered only once.
    """

    owner = 0
    way_on = ""
    kept: tuple[int, int] | None = None
    at_once = True
    held = False
    came = False
    leaving = threading.Lock()


def listen() -> None:
    """From now on Ctrl-C ends this process at once, with a message and status 130."""
    if threading.current_thread() is not threading.main_thread():
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    _Now.owner = os.getpid()
    signal.signal(signal.SIGINT, _handle)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(read,), daemon=True).start()


def begun(way_on: str) -> None:
    """Says that a run has begun, and which command continues it."""
    _Now.way_on, _Now.kept = way_on, None


def kept(done: int, units: int) -> None:
    """Says how many units of the present run are on disk, of all that it has."""
    _Now.kept = done, units


def is_begun() -> bool:
    """Whether this process has begun a run, or goes on with one."""
    return bool(_Now.way_on)


def outlook() -> str:
    """What is lost, and how to go on, if the program ends now."""
    if not is_begun():
        return "No run was begun."
    units = "" if _Now.kept is None else "{:,} of {:,} units are kept. ".format(*_Now.kept)
    return f"{units}Nothing that was finished is lost; to go on: {_Now.way_on}"


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Within the block Ctrl-C waits until the block ends."""
    _Now.held = True
    try:
        yield
    finally:
        _Now.held = False
        if _Now.came:
            _leave()


@contextlib.contextmanager
def in_order() -> Iterator[None]:
    """Within the block Ctrl-C raises KeyboardInterrupt, so that what is half written is removed."""
    _Now.at_once = False
    try:
        yield
    finally:
        _Now.at_once = True
    if _Now.came:  # and some library has swallowed the exception
        raise KeyboardInterrupt


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Within the block of a verb that ends in order Ctrl-C ends the process at once: JAX swallows the exception."""
    before, _Now.at_once = _Now.at_once, True
    try:
        yield
    finally:
        _Now.at_once = before


def _handle(number: int, frame: object) -> None:
    if os.getpid() != _Now.owner:
        raise KeyboardInterrupt
    if _Now.at_once:
        _leave()
    else:
        _Now.came = True
        raise KeyboardInterrupt


def _watch(signals: int) -> None:
    while number := os.read(signals, 1):
        # The thread may read late, when a verb that ends in order has been interrupted already and is about to say so.
        if number[0] == signal.SIGINT and _Now.at_once and not _Now.came:
            _leave()


def _leave() -> None:
    if _Now.held:
        _Now.came = True
    elif _Now.leaving.acquire(blocking=False):
        shown_again = "\x1b[?25h" if sys.stderr.isatty() else ""  # a bar of progress hides the cursor
        with contextlib.suppress(OSError):  # perhaps nobody reads it any more
            os.write(2, f"{shown_again}\ninterrupted\n{outlook()}\n".encode())
        _exit(STATUS)
