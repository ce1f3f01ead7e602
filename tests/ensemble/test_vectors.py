"""Answers of several numbers: networks with several outputs, trained towards vectors."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.ensemble import Members, Program, layouts, train_ensemble
from experiments.ensemble.program import LOSSES
from experiments.errors import UserError
from tests.ensemble import by_hand
from theory import network
from theory.activations import ACTIVATIONS
from theory.network import WEIGHT_VARIANCE

POINTS, OUTPUTS, STEPS = 12, 3, 20
RNG = np.random.default_rng(0)
X = RNG.normal(size=(POINTS, 2)).astype(np.float32)
SOME = Members(
    key=RNG.integers(0, 2**32, (5, 2), dtype=np.uint32),
    targets=RNG.normal(size=(5, POINTS, OUTPUTS)).astype(np.float32),
    learning_rate=np.full(5, 0.05),
)


def program(**changes):
    settings = {"sizes": (2, 4, OUTPUTS), "loss": "squared-distance", "optimizer": "sgd", "steps": STEPS}
    return by_hand.program(**settings | {"stop_when_solved": False} | changes)


@functools.cache
def trained(p: Program, i: int) -> tuple[list, float, int]:
    """Gradient descent on all points, one network and one point at a time: layers, loss and wrong points at the end."""
    θ = network.initialize(jax.random.wrap_key_data(SOME.key[i]), p.sizes, WEIGHT_VARIANCE[p.activation])
    output = ACTIVATIONS[p.output]

    def outputs(θ):
        return jax.vmap(lambda x: output(network.apply(θ, x, ACTIVATIONS[p.activation])))(X)

    def loss(θ):
        return jnp.mean(jnp.array([jnp.sum((y - z) ** 2) for y, z in zip(SOME.targets[i], outputs(θ), strict=True)]))

    step = jax.jit(lambda θ: jax.tree.map(lambda leaf, slope: leaf - 0.05 * slope, θ, jax.grad(loss)(θ)))
    for _ in range(p.steps):
        θ = step(θ)
    right = (np.sign(np.asarray(outputs(θ))) == np.sign(SOME.targets[i])).all(1)
    return jax.tree.leaves(θ), float(loss(θ)), int((~right).sum())


@pytest.mark.parametrize(("layout", "chunk"), by_hand.LAYOUTS)
@pytest.mark.parametrize("output", ["identity", "tanh"])
def test_every_layout_descends_towards_vectors_as_one_network_does(layout, chunk, output):
    p = program(output=output)
    outcome = train_ensemble(p, X, SOME, layout, chunk)
    for i in (0, 4):
        layers, loss, errors = trained(p, i)
        assert outcome.loss[i] == pytest.approx(loss, rel=1e-4)
        assert outcome.errors[i] == errors
        for ours, theirs in zip(jax.tree.leaves(outcome.network), layers, strict=True):
            np.testing.assert_allclose(np.asarray(ours)[i], theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("layout", "chunk"), by_hand.LAYOUTS)
def test_mini_batches_take_the_targets_of_their_points(layout, chunk):
    p = program(sizes=(2, OUTPUTS), batch=4, steps=9)
    outcome = train_ensemble(p, X, SOME, layout, chunk)
    for i in (0, 4):
        (layer,) = network.initialize(jax.random.wrap_key_data(SOME.key[i]), p.sizes, WEIGHT_VARIANCE["tanh"])
        W, b = np.asarray(layer.W, float), np.asarray(layer.b, float)
        for t in range(p.steps):
            order = np.asarray(layouts.Single().shuffled(jnp.asarray(SOME.key[i]), jnp.int32(t // 3), POINTS))
            batch = order[t % 3 * 4 :][:4]
            slopes = 2 * (X[batch] @ W + b - SOME.targets[i, batch]) / 4
            W, b = W - 0.05 * X[batch].T @ slopes, b - 0.05 * slopes.sum(0)
        np.testing.assert_allclose(np.asarray(outcome.network[0].W)[i], W, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(np.asarray(outcome.network[0].b)[i], b, rtol=1e-4, atol=1e-5)


def test_a_member_stops_when_every_number_of_every_answer_is_on_its_side():
    sides = SOME._replace(targets=np.where(X[None, :, :1] > 0, 1.0, -1.0) * np.ones((5, 1, OUTPUTS), np.float32))
    outcome = train_ensemble(program(stop_when_solved=True, steps=2000), X, sides)
    assert (outcome.errors == 0).all()
    assert (outcome.steps < 2000).all()


def test_a_distance_is_the_sum_over_the_numbers_of_an_answer():
    y, z = RNG.normal(size=(2, POINTS, OUTPUTS)).astype(np.float32)
    np.testing.assert_allclose(LOSSES["squared-distance"](y, z), np.linalg.norm(y - z, axis=1) ** 2, rtol=1e-5)


@pytest.mark.parametrize("targets", [SOME.targets[:, :, 0], SOME.targets[:, :, :2]])
def test_targets_of_another_shape_are_refused(targets):
    with pytest.raises(UserError, match=r"targets: of shape .* here \(5, 12, 3\)"):
        train_ensemble(program(), X, SOME._replace(targets=targets))
