"""Boolean targets: which functions are drawn, what varies, and that a function is the same for all networks."""

import numpy as np
import pytest

from experiments.claims.boolean import _training as training
from theory import boolean


@pytest.mark.parametrize("family", list(boolean.FAMILIES))
def test_drawn_functions_are_clusters_and_others_have_single_runs(family):
    drawn = family in training.DRAWN
    assert training.clusters(family) == (["function"] if drawn else ["function", "restart"])
    assert training.units(family).startswith("functions" if drawn else "runs")
    tables = {training.truth_table(3, 4, family, number).tobytes() for number in range(6)}
    assert (len(tables) > 1) == drawn


@pytest.mark.parametrize("family", training.DRAWN)
def test_a_function_depends_on_seed_bits_family_and_number_alone(family):
    one = training.truth_table(3, 4, family, 0)
    np.testing.assert_array_equal(one, training.truth_table(3, 4, family, 0))
    others = [training.truth_table(*what) for what in ((4, 4, family, 0), (3, 4, family, 1))]
    assert all(not np.array_equal(one, other) for other in others)
    assert len(one) == 16


def test_every_family_has_a_name_in_a_sentence():
    assert training.words("parity") == "parity"
    assert training.words("random") == "a random balanced function"
    assert set(training.WORDS) <= set(boolean.FAMILIES)
    assert set(training.DRAWN) <= set(boolean.FAMILIES)
