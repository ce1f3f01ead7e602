"""At the border of a rule of the analysis of variance, what is planted is at the border: no rate is cut off."""

import numpy as np
import pytest

from experiments.claims.generalisation import _planted_boolean as planted


@pytest.mark.parametrize("table", [planted.share, planted.share_in_one, planted.beside, planted.as_many])
def test_rates_that_are_planted_at_the_border_are_rates(table, monkeypatch):
    # A run succeeds if a number drawn from [0, 1) is below its rate: the numbers are compared with 0 and with 1 here.
    class Ends:
        def __init__(self, drawn):
            self.rng, self.drawn = np.random.default_rng(0), drawn

        def random(self, size):
            return np.full(size, self.drawn)

        def __getattr__(self, name):
            return getattr(self.rng, name)

    assert not table(0.0, Ends(1.0))["solved"].any()
    assert table(0.0, Ends(0.0))["solved"].all()


def test_tasks_of_a_world_are_drawn_and_not_half_of_them_easier():
    # Of exactly half of ten tasks the variance between tasks would be estimated a ninth too large.
    tables = [planted.share_in_one(0.0, np.random.default_rng(seed)) for seed in range(10)]
    easier = [(table[table["world"] == "boolean"].groupby("task")["solved"].mean() > 0.5).sum() for table in tables]
    assert len(set(easier)) > 2
    assert 30 < sum(easier) < 70
