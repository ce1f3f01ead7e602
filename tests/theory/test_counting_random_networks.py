"""Functions of random networks."""

import jax
import numpy as np
import pytest
import scipy.stats

from theory import network
from theory.boolean.functions import inputs
from theory.counting import random_networks


@pytest.mark.parametrize("bias", [True, False])
def test_functions_of_random_networks_are_signs_of_their_outputs(bias):
    keys = np.random.default_rng(0).integers(0, 2**32, (40, 2), dtype=np.uint32)
    tables = np.asarray(random_networks.truth_tables(keys, (3, 5, 4, 1), bias))
    for key, table in zip(keys, tables, strict=True):
        z = inputs(3).astype(float)
        layers = network.initialize(jax.random.wrap_key_data(key, impl="threefry2x32"), (3, 5, 4, 1), 2.0)
        for number, layer in enumerate(layers):
            z = (np.maximum(z, 0) if number else z) @ np.asarray(layer.W, float) + bias * np.asarray(layer.b, float)
        np.testing.assert_array_equal(table, z[:, 0] > 0)
    if not bias:
        assert not tables[:, 0].any()
    np.testing.assert_array_equal(random_networks.truth_tables(keys[3:4], (3, 5, 4, 1), bias)[0], tables[3])


def test_a_shuffled_table_has_as_many_ones():
    rng = np.random.default_rng(1)
    tables = rng.random((50, 32)) < 0.3
    mixed = random_networks.shuffled(tables, rng)
    np.testing.assert_array_equal(mixed.sum(1), tables.sum(1))
    assert (mixed != tables).any()


def test_a_shuffled_table_is_each_of_those_with_as_many_ones_equally_often():
    tables = np.tile([True, True, False, False], (6000, 1))
    shuffled = random_networks.shuffled(tables, np.random.default_rng(0))
    kinds, counts = np.unique(shuffled @ [1, 2, 4, 8], return_counts=True)
    assert kinds.tolist() == [3, 5, 6, 9, 10, 12]
    assert scipy.stats.chisquare(counts).pvalue > 0.001
    assert (shuffled.sum(1) == 2).all()
    # The tables that were given stay as they were.
    assert tables[:, :2].all()
