"""Units needed are read off a power law between two sizes."""

import numpy as np
import pandas as pd
import pytest

from experiments.judging import neurons_needed


def test_units_needed_are_read_off_a_power_law_between_two_sizes():
    curve = pd.Series([1.0, 0.25, 0.0625], index=[4, 8, 16])
    assert neurons_needed.needed(curve, 0.5) == pytest.approx(np.sqrt(32))
    assert neurons_needed.needed(curve, 1.0) == 4
    assert np.isnan(neurons_needed.needed(curve, 0.01))
    assert neurons_needed.needed(pd.Series([np.inf, 0.25], index=[4, 8]), 0.5) == 8
    table = neurons_needed.units_needed({2: curve, 3: curve * 100, 4: curve}, 0.25)
    assert table["n"].tolist() == [2, 3]
    assert table["needed"].tolist() == [8, 16]
    assert table["reached"].tolist() == [True, False]
