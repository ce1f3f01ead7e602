"""What all tests share: JAX on CPUs, a cache of compiled programs of their own, and the command line."""

import contextlib
import gc
import io
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
# Programs of tests run once: half of the tests' time would be compiling them, so LLVM need not optimise them.
FLAGS = [
    "--xla_backend_optimization_level=0",
    "--xla_cpu_parallel_codegen_split_count=1",
]
if version("jaxlib").startswith("0.10."):
    # Its older emitter of fused loops takes half as long; a version that does not know a flag ends the process.
    FLAGS.append("--xla_cpu_use_fusion_emitters=false")
if "DEVICES_OF_TESTS" in os.environ:
    # As on a machine with several accelerators, see tests/ensemble/test_several_devices.py.
    FLAGS.append(f"--xla_force_host_platform_device_count={os.environ['DEVICES_OF_TESTS']}")
os.environ["XLA_FLAGS"] = " ".join(FLAGS)
# As `devices.start` starts JAX: some tests calculate before anything has called it.
os.environ |= {"JAX_CPU_ENABLE_ASYNC_DISPATCH": "false", "NPROC": "1"}
# JAX_PLATFORMS=cuda runs tests/ensemble/test_on_device.py on a GPU; all others are made for CPUs.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XDG_CACHE_HOME", str(Path(tempfile.gettempdir()) / f"theory-claims-tests-{os.getuid()}"))

# JAX and what tests keep are millions of objects, and to look through them again and again takes a tenth of the time.
gc.set_threshold(100_000, 50, 1000)

# Machines are shared: how long an example takes says nothing.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


class Cli:
    """Runs the command line in a folder of its own: in this process, or as a person would in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Where a process is not what is tested: all is loaded, and programs that were compiled need not be again.

        JAX is started once in a process, and other tests start it as device=cpu: a command that trains has to say so.
        """
        from experiments.__main__ import main
        from experiments.ensemble import devices
        from experiments.running import interruption

        interruption.begun("")
        said, complained = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
            mock.patch.object(sys, "argv", ["python -m experiments"]),
            mock.patch.dict(os.environ, environment),
            # Hydra ends all handlers of logging before it makes its own, and one of absl then closes pytest's stderr.
            mock.patch("logging.shutdown"),
        ):
            try:
                status: int | str | None = main([*arguments])
            except SystemExit as end:  # argparse leaves so
                status = end.code
        close_logs()
        assert devices._started.get("device", "cpu") == "cpu", "give it device=cpu, or a process"
        return subprocess.CompletedProcess(arguments, int(status or 0), said.getvalue(), complained.getvalue())

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """As a person would."""
        return self.python("-m", "experiments", *arguments, **environment)

    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def runs(self, sweep: str = "boolean") -> list[Path]:
        return sorted(self.folder.glob(f"results/{sweep}/*"))


def close_logs() -> None:
    """The log of a run is opened once in a process, and a copy of that run elsewhere has the same name."""
    for name, log in logging.Logger.manager.loggerDict.items():
        if name.startswith("experiments.") and isinstance(log, logging.Logger):
            for handler in list(log.handlers):
                handler.close()
                log.removeHandler(handler)


@pytest.fixture
def cli(tmp_path: Path, unpainted: None) -> Cli:
    """Only a process of its own paints what it draws."""
    return Cli(tmp_path)


@pytest.fixture(autouse=True)
def own_interrupts() -> Iterator[None]:
    """A command that ran in this process answers Ctrl-C from then on; after the test pytest does so again."""
    before = signal.getsignal(signal.SIGINT)
    yield
    if signal.getsignal(signal.SIGINT) is not before:
        signal.signal(signal.SIGINT, before)
        signal.set_wakeup_fd(-1)


@pytest.fixture(autouse=True)
def own_draws(request: pytest.FixtureRequest) -> None:
    """A test draws the same numbers from a generator of its module, whichever tests ran in this process before."""
    for one in vars(request.module).values() if request.module else ():
        if isinstance(one, np.random.Generator):
            one.bit_generator.state = type(one.bit_generator)(0).state


@pytest.fixture(scope="session", autouse=True)
def few_seats() -> Iterator[None]:
    """Tests have a dozen members where sweeps have thousands, and an empty seat costs what a member costs."""
    from experiments.ensemble import descent

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(descent.CHUNK_NUMBERS, "cpu", 256)
        patch.setattr(descent, "FEWEST_SEATS", 8)
        yield


@pytest.fixture(scope="module")
def few_sentences() -> Iterator[None]:
    """A page of two sentences, where it is not the page that is tested: one of all takes seconds to write."""
    from experiments import sources

    kept = {"exponential-hidden-layer", "calibration"}
    assert kept < sources.names()
    every = [(source, tuple(one for one in said if one.id in kept)) for source, said in sources.every()]
    few = tuple((source, said) for source, said in every if said)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "every", lambda: few)
        patch.setattr(sources, "sentences", lambda: tuple(one for _, said in few for one in said))
        yield


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn but not painted, where pictures are not what is tested: to paint one takes a second."""
    from experiments.drawing import files
    from tests import support

    monkeypatch.setattr(files, "_rendered", support.unpainted)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: while a test waits for a process, a cluster or a browser, another goes on."""
    return (os.cpu_count() or 1) + 1
