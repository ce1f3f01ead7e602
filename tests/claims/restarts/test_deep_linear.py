"""Deep linear networks: the rule on planted ends, and where small networks end."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import deep_linear
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured


@pytest.mark.parametrize(("arrived", "expected"), [(600, SUPPORTED), (590, INCONCLUSIVE), (500, CONTRADICTED)])
def test_deep_linear_networks_arrive(arrived, expected):
    loss = np.where(np.arange(600) < arrived, 0.625, 1.0)
    facts = {"layers": 3, "width": 2, "least_loss": 0.625, "gradient_norm": 0.0, "steps": 9}
    (verdict,) = deep_linear.judge(pd.DataFrame({"loss": loss}).assign(**facts))
    assert (verdict.verdict, verdict.measured) == (expected, arrived / 600)


def test_deep_linear_networks_end_at_reduced_rank():
    table = measured(deep_linear, deep_linear.Settings(layers=[1, 3], width=[2], restarts=20))
    np.testing.assert_allclose(table["loss"], table["least_loss"], atol=1e-12)
    assert set(table["least_loss"]) == {0.0, (1.0**2 + 0.5**2) / 2}
    assert len(drawn(deep_linear, table)["deep-linear"].numbers) == 40


@pytest.mark.parametrize(
    ("arrived", "expected"), [(997, SUPPORTED), (996, INCONCLUSIVE), (983, INCONCLUSIVE), (982, CONTRADICTED)]
)
def test_nearly_all_are_more_than_99_of_100(arrived, expected):
    # Clopper and Pearson: 997 of 1000 begin at 0.9913, 996 at 0.9898; 983 end at 0.9901, 982 at 0.9893.
    facts = {"layers": 3, "width": 2, "least_loss": 0.625, "gradient_norm": 0.0, "steps": 9}
    for near, counted in ((0.99 * 1e-6, 1000), (1.01 * 1e-6, arrived)):
        loss = 0.625 + np.where(np.arange(1000) < arrived, 0.0, near)
        (verdict,) = deep_linear.judge(pd.DataFrame({"loss": loss}).assign(**facts))
        assert (verdict.measured, verdict.samples) == (counted / 1000, 1000)
    assert verdict.verdict == expected
