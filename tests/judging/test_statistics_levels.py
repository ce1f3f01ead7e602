import itertools

import numpy as np
import pytest

from experiments.judging import statistics


def test_intervals_grow_with_the_confidence_that_is_asked_for():
    values = np.random.default_rng(0).normal(size=2000)
    for interval in (lambda α: statistics.wilson(7, 20, α), lambda α: statistics.percentile_interval(values, α)):
        wider = [interval(α) for α in (0.3, 0.05, 0.01, 1e-3, 1e-6, 0.0)]
        assert all(a[0] > b[0] and a[1] < b[1] for a, b in itertools.pairwise(wider))
    assert statistics.wilson(7, 20, 0) == (0, 1)
    assert statistics.percentile_interval(values, 0) == (-np.inf, np.inf)
    assert statistics.reach(1.0, α=0) == np.inf
    assert (statistics.percent(), statistics.reach(1.0)) == ("95 %", pytest.approx(1.959964))
    assert statistics.percent(0.001) == "99.9 %"


def test_holm_on_an_example_worked_by_hand():
    # Sorted 0.01, 0.02, 0.04 times 3, 2, 1 gives 0.03, 0.04, 0.04.
    assert statistics.holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert statistics.holm(np.array([0.9, 0.8])) == pytest.approx([1, 1])
