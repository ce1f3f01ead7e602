"""One small finished run for all tests of the verbs."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.verbs.small import SMALL


@pytest.fixture(scope="session")
def finished_results(tmp_path_factory):
    """Results with one small finished run in them, made once, in a process; never changed, only copied."""
    cli = Cli(tmp_path_factory.mktemp("small"))
    assert cli.process("run", *SMALL).returncode == 0
    return cli.folder / "results"


@pytest.fixture
def small_run(cli, finished_results):
    """Puts a copy of the small finished run among this test's results and returns its folder."""

    def copy() -> Path:
        (run,) = finished_results.glob("boolean/*")
        return Path(shutil.copytree(run, cli.folder / "results" / "boolean" / run.name))

    return copy
