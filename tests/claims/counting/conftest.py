"""Small networks counted once for all tests of the family."""

import pytest

from experiments.claims.counting import distinct_functions
from tests.support import measured


@pytest.fixture(scope="session")
def counted():
    return measured(
        distinct_functions, distinct_functions.Settings(n=[2, 3, 4], m=[1, 2], levels=["-1, 1", "-1, 0, 1"])
    )
