"""Worker processes: none is left behind, whatever ends the process that started them, and Ctrl-C is not theirs."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

# Two workers that would take for ever, each within a claim, where os._exit only raises an exception.
CODE = """
import os, signal, sys, time
from concurrent.futures import ProcessPoolExecutor
from experiments import processes
from experiments.claims.containing import contained

def work(number):
    with contained():
        print(os.getpid(), flush=True)
        while True:
            time.sleep(60)

if __name__ == "__main__":
    # A shell lets what it starts in the background ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with ProcessPoolExecutor(2, mp_context=processes.FRESH, initializer=processes.begin) as pool:
        with processes.ended_with(pool):
            with processes.starting():
                started = [pool.submit(work, number) for number in range(9)]
            started[0].result()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_process_that_started_them(number, tmp_path):
    (tmp_path / "begin.py").write_text(CODE)
    with subprocess.Popen(
        [sys.executable, "begin.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(2)]
            began = time.monotonic()
            if all(lines):
                # As a terminal does it, Ctrl-C reaches all processes; a kill reaches one.
                (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
            # A pipe is read to its end only once all processes have ended that could write into it.
            _, errors = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert all(lines), errors
    assert time.monotonic() - began < 30
    assert errors.count("Traceback") == (number == signal.SIGINT), errors
