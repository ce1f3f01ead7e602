"""The rule of statements about all networks: its border, and what one counter-example does."""

import numpy as np
import pytest

from experiments.claims.anatomy._agreement import ALL_AGREE
from experiments.judging.measured import Measured
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED


@pytest.mark.parametrize(
    ("agree", "tried", "expected"),
    [
        (36, 36, SUPPORTED),
        (35, 35, INCONCLUSIVE),
        (0, 0, INCONCLUSIVE),
        (36, 37, CONTRADICTED),
        (9999, 10_000, CONTRADICTED),
        (34, 35, CONTRADICTED),
    ],
)
def test_thirty_six_that_agree_are_enough_and_one_that_does_not_contradicts(agree, tried, expected):
    assert ALL_AGREE.outcome(Measured.share(np.arange(tried) < agree)) == expected
