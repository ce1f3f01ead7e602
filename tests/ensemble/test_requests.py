"""What cannot be trained is refused in a sentence; what is listed trains."""

import dataclasses

import jax
import numpy as np
import pytest

from experiments.ensemble import Members, train_ensemble
from experiments.ensemble.program import CLASSES, LOSSES, MIDDLE, TWO_ANSWERS, VECTORS
from experiments.ensemble.requests import with_logits
from experiments.errors import UserError
from tests.ensemble.by_hand import LAYOUTS, members, program
from theory import boolean, network
from theory.activations import ACTIVATIONS
from theory.network import WEIGHT_VARIANCE

X = boolean.signed_inputs(2)
XOR = members(64)


def zero_one(some: Members) -> Members:
    return some._replace(targets=(some.targets + 1) / 2)


@pytest.mark.parametrize(
    ("changes", "of_members", "sentence"),
    [
        ({"sizes": (2, 3, 2)}, {}, "2 outputs; an answer is one number"),
        ({"sizes": (2,)}, {}, "is no network; give inputs"),
        ({"sizes": (2, 0, 1)}, {}, "is no network"),
        ({"sizes": (3, 3, 1)}, {}, r"x: of shape \(4, 2\); give \(points, 3\)"),
        ({"activation": "relu"}, {}, "activation: no 'relu'"),
        ({"activation": "threshold"}, {}, "activation: no 'threshold'"),
        ({"loss": "mse"}, {}, "loss: no 'mse'"),
        ({"output": "softmax"}, {}, "output: no 'softmax'"),
        ({"loss": "hinge", "output": "logistic"}, {}, "output: logistic does not go with hinge; give identity or tanh"),
        ({"precision": "float64"}, {}, "64 bits"),
        ({"precision": "bfloat16"}, {}, "precision: no 'bfloat16'"),
        ({"steps": 0}, {}, "steps: 0 is not allowed"),
        ({"steps": 1e4}, {}, "steps: 10000.0 is not allowed; give a whole number"),
        ({"gradient_bound": np.nan}, {}, "gradient_bound"),
        ({}, {"learning_rate": 0.1}, r"learning_rate: of shape \(\); give one for each of the 64"),
        ({}, {"learning_rate": np.zeros(64)}, "learning_rate: some are not finite or not above 0"),
        ({}, {"learning_rate": np.full(64, np.inf)}, "not finite"),
        ({}, {"targets": XOR.targets[:, :3]}, r"targets: of shape \(64, 3\); give \(members, points\), here \(64, 4\)"),
        ({}, {"targets": XOR.targets * np.nan}, "no finite numbers"),
        ({}, {"targets": zero_one(XOR).targets}, "targets: 0, 1 with cross-entropy .* output=logistic"),
        ({"output": "logistic"}, {}, "targets: -1, 1 with cross-entropy and logistic outputs; give 0 and 1"),
        ({"loss": "hinge"}, {"targets": 2 * XOR.targets}, "give -1 and 1"),
        ({"loss": "squared"}, {"targets": zero_one(XOR).targets}, "no network is ever right"),
        ({}, {"key": XOR.key[:, 0]}, r"key: of shape \(64,\)"),
        ({}, {"key": XOR.key[:0]}, "members: there is none"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(changes, of_members, sentence):
    with pytest.raises(UserError, match=sentence):
        train_ensemble(program(**changes), X, XOR._replace(**of_members))


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(UserError) as caught:
        train_ensemble(program(activation="relu", loss="mse", steps=-1), X, XOR)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("activation", sorted(set(WEIGHT_VARIANCE) - {"identity", "square", "cube"}))
def test_every_activation_that_is_listed_learns_a_threshold_function(activation):
    both = XOR._replace(targets=np.tile([-1.0, -1.0, -1.0, 1.0], (64, 1)))
    outcome = train_ensemble(program(activation=activation, sizes=(2, 8, 1), steps=300), X, both)
    assert np.mean(outcome.errors == 0) > 0.9
    σ = ACTIVATIONS[activation]
    i = int(np.flatnonzero(outcome.errors == 0)[0])
    one = network.from_arrays([(np.asarray(layer.W[i]), np.asarray(layer.b[i])) for layer in outcome.network])
    z = np.array(network.evaluate(one, np.float32(X), σ))[:, 0]
    assert (z * both.targets[0] > 0).all()


@pytest.mark.parametrize("loss", sorted({*LOSSES} - {*CLASSES, *VECTORS}))
@pytest.mark.parametrize(("layout", "chunk"), LAYOUTS)
def test_every_loss_descends_by_its_own_gradient(loss, layout, chunk):
    output = "identity"
    p = program(loss=loss, output=output, optimizer="sgd", steps=1, stop_when_solved=False)
    some = members(8, learning_rate=0.25)
    outcome = train_ensemble(p, X, some, layout, chunk)
    for i in range(3):
        begun = network.initialize(jax.random.wrap_key_data(some.key[i]), p.sizes, WEIGHT_VARIANCE["tanh"])

        def mean_loss(θ, y=some.targets[i]):
            z = jax.vmap(lambda x: network.apply(θ, x, ACTIVATIONS["tanh"])[0])(np.float32(X))
            return WRITTEN_OUT[loss](np.float32(y), z).mean()

        after = jax.tree.map(lambda θ, g: θ - 0.25 * g, begun, jax.grad(mean_loss)(begun))
        found = [np.asarray(leaf)[i] for leaf in jax.tree.leaves(outcome.network)]
        for ours, theirs in zip(found, jax.tree.leaves(after), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
        assert outcome.loss[i] == pytest.approx(float(mean_loss(after)), rel=1e-5)


WRITTEN_OUT = {
    "cross-entropy": lambda y, z: -jax.nn.log_sigmoid(y * z),
    "squared": lambda y, z: (y - z) ** 2,
    "absolute": lambda y, z: abs(y - z),
    "hinge": lambda y, z: jax.nn.relu(1 - y * z),
    "huber": lambda y, z: jax.numpy.where(abs(y - z) < 1, (y - z) ** 2 / 2, abs(y - z) - 0.5),
}


def test_two_answers_are_known_by_losses_and_outputs_that_exist():
    assert set(TWO_ANSWERS) <= set(LOSSES)
    assert all(set(outputs) <= set(MIDDLE) for outputs in TWO_ANSWERS.values())


def test_targets_zero_and_one_train_logistic_outputs_as_signs_train_their_pre_activations():
    p = program(sizes=(2, 4, 1), steps=400)
    signs = train_ensemble(p, X, XOR, "lanes", 16)
    logistic = dataclasses.replace(p, output="logistic")
    shares = train_ensemble(logistic, X, zero_one(XOR), "lanes", 16)
    jax.tree.map(np.testing.assert_array_equal, signs, shares)
    assert np.mean(shares.errors == 0) > 0.8
    i = int(np.flatnonzero(shares.errors == 0)[0])
    one = network.from_arrays([(np.asarray(layer.W[i]), np.asarray(layer.b[i])) for layer in shares.network])
    z = np.array(network.evaluate(one, np.float32(X), ACTIVATIONS["tanh"], ACTIVATIONS["logistic"]))[:, 0]
    y = zero_one(XOR).targets[i]
    assert ((z > 0.5) == (y > 0.5)).all()
    assert shares.loss[i] == pytest.approx(-np.mean(y * np.log(z) + (1 - y) * np.log1p(-z)), rel=1e-4)


def test_other_losses_and_outputs_are_trained_as_they_are():
    for p in (program(loss="squared", output="logistic"), program()):
        targets = np.asarray(XOR.targets)
        assert with_logits(p, targets) == (p, targets)
