"""Ctrl-C: the run is named, and the command that goes on with it, whatever the program is doing when it comes.

What a run has finished is on disk, whole, and a run that is killed loses nothing. So a run need not come to an orderly
end: Ctrl-C ends the process at once. A thread waits for it, because the main thread may be compiling for a minute, and
an exception may be swallowed by whatever it comes up in. Verbs that replace files do end in order, see `in_order`.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

STATUS = 130
# Claims may be kept from ending the process; this module is not.
_exit = os._exit


class _Now:
    """What holds just now.

    Attributes:
        owner: the process that listens; a child of it has to be ended like any other.
        way_on: how to go on with the run that is under way; empty where there is none.
        at_once: whether Ctrl-C ends the process at once; else it raises KeyboardInterrupt.
        held: whether it has to wait, because a run is neither made nor not made.
        came: whether it came meanwhile.
        leaving: so that it is answered once.
    """

    owner = 0
    way_on = ""
    at_once = True
    held = False
    came = False
    leaving = threading.Lock()


def listen() -> None:
    """From now on Ctrl-C ends this process at once, with a sentence and status 130."""
    if threading.current_thread() is not threading.main_thread():
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    _Now.owner = os.getpid()
    signal.signal(signal.SIGINT, _handle)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(read,), daemon=True).start()


def begun(way_on: str) -> None:
    """A run is under way, and this is the command that goes on with it."""
    _Now.way_on = way_on


def outlook() -> str:
    """What an end before the end means."""
    if not _Now.way_on:
        return "No run was begun."
    return f"Nothing that was finished is lost; to go on: {_Now.way_on}"


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Within the block Ctrl-C waits for its end."""
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
    if _Now.came:  # and was swallowed by what it came up in
        raise KeyboardInterrupt


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
        if number[0] == signal.SIGINT and _Now.at_once:
            _leave()


def _leave() -> None:
    if _Now.held:
        _Now.came = True
    elif _Now.leaving.acquire(blocking=False):
        shown_again = "\x1b[?25h" if sys.stderr.isatty() else ""  # a bar of progress hides the cursor
        os.write(2, f"{shown_again}\ninterrupted\n{outlook()}\n".encode())
        _exit(STATUS)
