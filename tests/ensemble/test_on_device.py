"""On an accelerator: networks end where loops in float64 end, in every layout. `JAX_PLATFORMS=cuda pytest FILE`."""

import os

import jax
import numpy as np
import pytest

from experiments.ensemble import devices, fused, train_ensemble
from experiments.ensemble.choice import LAYOUTS
from tests.ensemble import by_hand
from theory import boolean

pytestmark = pytest.mark.skipif(
    os.environ.get("JAX_PLATFORMS", "cpu") == "cpu", reason="needs a GPU or TPU: JAX_PLATFORMS=cuda pytest ..."
)
X = boolean.signed_inputs(2)


@pytest.mark.parametrize("layout", ["auto", *LAYOUTS])
@pytest.mark.parametrize("activation", ["tanh", "rectifier", "logistic"])
def test_networks_end_where_loops_end(layout, activation):
    assert devices.are_remote()
    p, some = by_hand.program(activation=activation, optimizer="sgd", steps=40), by_hand.members(300)
    if layout == "fused" and fused.why_not(p):
        pytest.skip(fused.why_not(p))
    outcome = train_ensemble(p, X, some, layout)
    for i in (0, 7, 299):
        loss, errors, steps, _ = by_hand.trained(p, X, by_hand.member(some, i))
        assert (outcome.errors[i], outcome.steps[i]) == (errors, steps)
        np.testing.assert_allclose(outcome.loss[i], loss, rtol=1e-3)


def test_a_member_is_the_same_to_the_last_bit_in_any_company():
    p, some = by_hand.program(steps=500), by_hand.members(5000)
    together = train_ensemble(p, X, some, "vmap", 64)
    chosen = np.random.default_rng(0).permutation(5000)[:777]
    apart = train_ensemble(p, X, jax.tree.map(lambda leaf: leaf[chosen], some), "vmap", 64)
    for one, other in zip(jax.tree.leaves(together), jax.tree.leaves(apart), strict=True):
        np.testing.assert_array_equal(one[chosen], other)
