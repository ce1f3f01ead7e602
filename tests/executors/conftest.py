"""One cluster for all tests of a file that need one: nodes that nobody uses would take processors from other tests."""

import tempfile

import pytest

from tests.executors.house import HOUR, House


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    pytest.importorskip("ray", reason="Ray is not installed: make EXTRA=ray")
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ray-", ignore_cleanup_errors=True) as short:
        made = House(tmp_path_factory.mktemp("house"), short)
        try:
            made.add_node(CLOCK_WRONG_BY=str(HOUR))
            made.add_node(CLOCK_WRONG_BY=str(-HOUR))
            yield made
        finally:
            made.cluster.shutdown()
