"""Soft threshold networks against threshold networks in integers, and derivatives against differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory import boolean
from theory.boolean import least_width, softened


@pytest.fixture
def network():
    rng = np.random.default_rng(3)
    n, units = 5, 4
    θ = softened.initial(n, units, rng)
    return n, units, θ, softened.signed_with_bias(n)


def test_there_are_as_many_weights_as_are_drawn(network):
    n, units, θ, _ = network
    assert len(θ) == units * n + units + units + 1


def test_with_a_large_gain_it_is_the_threshold_network(network):
    n, units, θ, x = network
    hidden = np.stack(softened.hidden_truths(θ, n, units))
    W, b = θ[: units * (n + 1)].reshape(units, n + 1)[:, :n], θ[: units * (n + 1)].reshape(units, n + 1)[:, n]
    signs = 2 * boolean.inputs(n) - 1
    np.testing.assert_array_equal(hidden, (signs @ W.T + b > 0).T)
    truth = (θ[-units - 1 : -1] @ (2.0 * hidden - 1) + θ[-1] > 0).astype(np.uint8)
    soft = softened.output(θ, np.tanh(1e6 * softened.hidden_sums(θ, x, units)), units)
    np.testing.assert_array_equal(soft > 0, truth == 1)
    y = 2.0 * truth - 1
    assert softened.wrong(θ, x, y, units) == 0
    y[:3] *= -1
    assert softened.wrong(θ, x, y, units) == 3
    np.testing.assert_array_equal(least_width.integer_network(list(hidden), truth)(), truth)


def test_the_slope_of_the_loss_is_that_of_differences(network):
    n, units, θ, x = network
    y = np.where(np.arange(2**n) % 3 == 0, 1.0, -1.0)
    with jax.enable_x64(True):
        slope = jax.grad(softened.loss)(jnp.array(θ), x, y, 0.7, units)
        differences = [
            (softened.loss(θ + 1e-6 * e, x, y, 0.7, units) - softened.loss(θ - 1e-6 * e, x, y, 0.7, units)) / 2e-6
            for e in np.eye(len(θ))
        ]
    np.testing.assert_allclose(slope, differences, atol=1e-8)


def test_units_of_negative_or_no_weight_are_exchanged_or_left_out():
    """f = h_1 and not h_2; a third unit is of no use."""
    bits = boolean.inputs(3)
    tables = [(bits.sum(1) >= least).astype(np.uint8) for least in (1, 3)] + [bits[:, 0].astype(np.uint8)]
    truth = tables[0] & (1 - tables[1])
    network = least_width.integer_network(tables, truth)
    assert network.gate.units == 2
    assert all(weight > 0 for weight in network.gate.weights)
    np.testing.assert_array_equal(network(), truth)
    with pytest.raises(ValueError, match="computes another function"):
        least_width.integer_network(tables[2:], truth)


def test_a_network_is_read_as_it_is_written_and_nothing_else_is():
    hidden = [(boolean.inputs(3).sum(1) >= least).astype(np.uint8) for least in (1, 2, 3)]
    network = least_width.integer_network(hidden, boolean.functions.parity(3, np.random.default_rng()))
    again = least_width.Network.read(str(network))
    assert str(again) == str(network)
    np.testing.assert_array_equal(again(), network())
    for text in (
        "",
        "1 2 >= 3",
        "1 2 >= 1; 1 1 >= 1",
        "1 2 >= 1; 1 >= 1; 1 1 >= 1",
        "1 x >= 1; 1 >= 1",
        "1 >= 1 >= 1; 1 >= 1",
    ):
        with pytest.raises(ValueError, match=r"unpack|invalid literal|no network"):
            least_width.Network.read(text)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_networks_of_so_many_units_and_of_fewer_are_excluded_as_by_the_census(n):
    widths = boolean.minimum_widths(n)
    for function in np.unique(boolean.npn_classes(n))[:: 1 if n < 4 else 20].tolist():
        for units in range(1, n + 1):
            assert least_width.is_excluded(boolean.unpack(function, n), units) == (widths[function] > units)
