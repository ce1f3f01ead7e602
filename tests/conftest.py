"""What all tests share: JAX on two CPU devices, a cache of compiled programs of their own, and the command line."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XDG_CACHE_HOME", str(Path(tempfile.gettempdir()) / f"theory-claims-tests-{os.getuid()}"))

# Machines are shared: how long an example takes says nothing.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


class Cli:
    """Runs the command line as a person would: a process of its own, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
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


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)
