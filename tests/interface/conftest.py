"""One small run for all tests of the interface; it is only read."""

import pytest

from experiments import interface

SMALL = {"scale": "smoke", "device": "cpu", "seed": 101}


@pytest.fixture(scope="package")
def small(tmp_path_factory):
    """A run of one claim that trains nothing."""
    folder = tmp_path_factory.mktemp("interface")
    return interface.run("boolean.perceptron-counts", results=folder / "results", n=[2, 3], say=False, **SMALL)
