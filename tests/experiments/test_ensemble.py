"""The ensemble against training written out by hand, and against itself in other company."""

import jax
import numpy as np
import pytest

from experiments import ensemble
from theory import boolean, network
from theory.network import WEIGHT_VARIANCE


def program(**changes) -> ensemble.Program:
    settings = {
        "sizes": (2, 3, 1),
        "activation": "tanh",
        "loss": "cross-entropy",
        "optimizer": "adam",
        "steps": 60,
        "precision": "float32",
    }
    return ensemble.Program(**(settings | changes))


def members(count: int, n: int = 2, learning_rate: float = 0.05, seed: int = 0) -> ensemble.Members:
    rng = np.random.default_rng(seed)
    truth = boolean.FAMILIES["parity"](n, rng)
    return ensemble.Members(
        key=rng.integers(0, 2**32, (count, 2), dtype=np.uint32),
        targets=np.tile(2.0 * truth - 1.0, (count, 1)),
        learning_rate=np.full(count, learning_rate),
    )


def trained_by_hand(p: ensemble.Program, x: np.ndarray, one: ensemble.Members) -> tuple[float, int, int]:
    """Backpropagation, loss and optimiser in plain float64 loops, from the same initial weights."""
    key = jax.random.wrap_key_data(one.key)
    initial = network.initialize(key, p.sizes, WEIGHT_VARIANCE[p.activation])
    W1, b1, W2, b2 = (np.asarray(leaf, float) for leaf in jax.tree.leaves(initial))
    θ, memory, y = [W1, b1, W2, b2], [[0.0, 0.0] for _ in range(4)], np.asarray(one.targets)
    for t in range(p.steps + 1):
        a = x @ θ[0] + θ[1]
        h = {"tanh": np.tanh(a), "rectifier": np.maximum(a, 0), "logistic": 1 / (1 + np.exp(-a))}[p.activation]
        slope = {"tanh": 1 - h**2, "rectifier": a > 0, "logistic": h * (1 - h)}[p.activation]
        z = (h @ θ[2] + θ[3])[:, 0]
        if p.loss == "squared":
            loss, dz = np.mean((y - z) ** 2), 2 * (z - y) / len(y)
        else:
            loss, dz = np.mean(np.log1p(np.exp(-y * z))), -y / (1 + np.exp(y * z)) / len(y)
        errors = int(np.sum(y * z <= 0))
        if errors == 0:
            break
        da = (dz[:, None] @ θ[2].T) * slope
        gradients = [x.T @ da, da.sum(0), h.T @ dz[:, None], dz.sum(keepdims=True)]
        for i, g in enumerate(gradients):
            if p.optimizer == "sgd":
                θ[i] = θ[i] - float(one.learning_rate) * g
                continue
            memory[i] = [0.9 * memory[i][0] + 0.1 * g, 0.999 * memory[i][1] + 0.001 * g**2]
            mean, square = memory[i][0] / (1 - 0.9 ** (t + 1)), memory[i][1] / (1 - 0.999 ** (t + 1))
            θ[i] = θ[i] - float(one.learning_rate) * mean / (np.sqrt(square) + 1e-8)
    return loss, errors, t


@pytest.mark.parametrize("activation", ["tanh", "rectifier", "logistic"])
@pytest.mark.parametrize(("optimizer", "loss"), [("adam", "cross-entropy"), ("sgd", "squared")])
def test_training_is_what_is_written_out_by_hand(activation, optimizer, loss):
    p, x, some = program(activation=activation, optimizer=optimizer, loss=loss), boolean.signed_inputs(2), members(12)
    outcome = ensemble.train_ensemble(p, x, some, chunk=4)
    for i in range(12):
        by_hand = trained_by_hand(p, x, ensemble.Members(*(leaf[i] for leaf in some)))
        assert outcome.loss[i] == pytest.approx(by_hand[0], rel=1e-3)
        assert (outcome.errors[i], outcome.steps[i]) == by_hand[1:]


def test_a_solved_network_is_right_on_every_point_and_stops_there():
    p, some = program(steps=2000), members(40)
    outcome = ensemble.train_ensemble(p, boolean.signed_inputs(2), some, chunk=16)
    solved = outcome.errors == 0
    assert solved.any()
    assert (outcome.steps[solved] < 2000).all()
    assert (outcome.steps[~solved] == 2000).all()


def test_members_are_the_same_bits_in_other_company():
    p, x, some = program(sizes=(3, 4, 1)), boolean.signed_inputs(3), members(11, n=3)
    together = ensemble.train_ensemble(p, x, some, chunk=4)
    order = np.random.default_rng(1).permutation(11)[:7]
    apart = ensemble.train_ensemble(p, x, ensemble.Members(*(leaf[order] for leaf in some)), chunk=4)
    for all_of_them, some_of_them in zip(together, apart, strict=True):
        np.testing.assert_array_equal(all_of_them[order], some_of_them)


def test_another_chunk_changes_no_more_than_rounding_does():
    p, x, some = program(sizes=(3, 4, 1), steps=40), boolean.signed_inputs(3), members(11, n=3)
    one, other = (ensemble.train_ensemble(p, x, some, chunk) for chunk in (2, 32))
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-4)
    np.testing.assert_array_equal(one.errors == 0, other.errors == 0)


def test_a_network_that_diverges_is_said_to_and_spoils_no_other():
    some = members(8)
    some.learning_rate[3] = np.nan
    outcome = ensemble.train_ensemble(program(), boolean.signed_inputs(2), some, chunk=4)
    clean = ensemble.train_ensemble(program(), boolean.signed_inputs(2), members(8), chunk=4)
    others = np.arange(8) != 3
    assert not np.isfinite(outcome.loss[3])
    assert outcome.errors[3] == 4
    np.testing.assert_array_equal(outcome.loss[others], clean.loss[others])
