"""Clocks of workers may disagree: nothing that a worker runs, and nothing that leads workers, reads the time of day."""

import ast
from pathlib import Path

import pytest

from experiments import claims
from experiments.executors import circumstances
from tests.conftest import ROOT

FORBIDDEN = ("time.time", "time.time_ns", "time.gmtime", "time.localtime", "time.strftime", "time.ctime")
OF_FILES = ("st_mtime", "st_ctime", "st_mtime_ns", "getmtime", "getctime")


def readings(source: str) -> list[str]:
    """Where a source reads the time of day, or the times of files."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and (ast.unparse(node) in FORBIDDEN or node.attr in OF_FILES):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            found += [name for name in ("datetime", "calendar") if name in names]
            found += [f"time.{name}" for name in names if getattr(node, "module", "") == "time"]
    return found


@pytest.mark.parametrize("family", claims.families())
def test_no_worker_reads_the_time_of_day(family):
    files = [ROOT / name for name in circumstances.code_digests(family)]
    assert len(files) > 20
    assert {path.name: found for path in files if (found := readings(path.read_text()))} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "experiments" / "executors").glob("*.py")), ids=lambda path: path.stem)
def test_whatever_leads_workers_reads_no_time_of_day(path: Path):
    assert readings(path.read_text()) == []


@pytest.mark.parametrize(
    "source", ["import time\ntime.time()", "from time import time", "import datetime", "path.stat().st_mtime"]
)
def test_a_reading_is_found(source):
    assert len(readings(source)) == 1
