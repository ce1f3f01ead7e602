import pytest

from experiments.storage.runs import RunDirectory
from tests import support

UNITS = {"a": {"claim": "x", "cells": 1}, "b": {"claim": "y", "cells": 1}, "c": {"claim": "x", "cells": 1}}
MANIFEST = support.manifest("x", "y", units=UNITS)


@pytest.fixture
def run(tmp_path):
    return RunDirectory.create(str(tmp_path), "boolean", MANIFEST)


def write_table(run: RunDirectory) -> None:
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)
