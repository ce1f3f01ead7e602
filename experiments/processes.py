"""Worker processes of this one.

    with ProcessPoolExecutor(mp_context=FRESH, initializer=begin) as pool, ended_with(pool):
        with starting():
            started = [pool.submit(function, one) for one in many]

They leave Ctrl-C to this process, and none is left behind, however it ends.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

# Workers are fresh interpreters: a copy of a process that has threads may wait for ever.
FRESH = multiprocessing.get_context("spawn")
# `containing` replaces os._exit while a claim runs. This module needs the real one.
_exit = os._exit


def begin() -> None:
    """What a worker does first. A worker waits for work at a pipe that its siblings hold open, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _exit(1)


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """Workers that start within the block do not see Ctrl-C from their first moment on, when they import modules."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def ended_with(pool: ProcessPoolExecutor) -> Iterator[None]:
    """An error within the block, such as that of Ctrl-C, ends the workers of a pool at once: what they do is of no use.

    A pool itself would first let them do all work that was handed over.
    """
    try:
        yield
    except BaseException:
        for worker in list((pool._processes or {}).values()):  # from Python 3.14 on `pool.kill_workers`
            worker.kill()
        pool.shutdown(cancel_futures=True)
        raise
