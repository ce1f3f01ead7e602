import shutil

import pytest

from experiments.storage.runs import RunDirectory
from tests import support
from tests.conftest import close_logs
from tests.storage import hostile

UNITS = {"a": {"claim": "x", "cells": 1}, "b": {"claim": "y", "cells": 1}, "c": {"claim": "x", "cells": 1}}
MANIFEST = support.manifest("x", "y", units=UNITS)


@pytest.fixture
def run(tmp_path):
    return RunDirectory.create(str(tmp_path), "boolean", MANIFEST)


def write_table(run: RunDirectory) -> None:
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    return hostile.made(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def larger(tmp_path_factory):
    """Another run of the same claims, with other verdicts."""
    return hostile.made(tmp_path_factory.mktemp("larger"), "++sweep.minimum-width.n=[1,2,3]")


@pytest.fixture
def place(original, few_sentences, unpainted, tmp_path, monkeypatch):
    """A folder with a good run, one to be spoilt, and precious things beside their results; we are in it."""
    for name in ("good", "bad"):
        shutil.copytree(original, tmp_path / "results" / "boolean" / name)
    precious = tmp_path / "precious"
    for name in ("thesis.txt", "manifest.json", "parts/a.parquet", "figures/census.png", "failures/unit.json"):
        (precious / name).parent.mkdir(parents=True, exist_ok=True)
        (precious / name).write_text("irreplaceable")
    monkeypatch.chdir(tmp_path)
    close_logs()
    return tmp_path
