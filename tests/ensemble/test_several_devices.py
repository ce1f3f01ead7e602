"""Several devices, as of a machine with several accelerators: here they are parts of one CPU."""

import os
import subprocess
import sys
from pathlib import Path

import jax

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/ensemble/test_waves.py",
    "tests/ensemble/test_resident.py",
    "tests/ensemble/test_descent.py",
    "tests/claims/restarts/test_brute_force_enumeration.py::test_the_size_of_calls_does_not_change_a_census",
    "tests/ensemble/test_several_devices.py::test_there_are_as_many_devices_as_tests_ask_for",
)


def test_there_are_as_many_devices_as_tests_ask_for():
    assert jax.local_device_count() == int(os.environ.get("DEVICES_OF_TESTS", "1"))


def test_members_are_spread_over_several_devices_as_on_one():
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *TESTS]
    own = os.environ | {"DEVICES_OF_TESTS": "2"}
    own.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
