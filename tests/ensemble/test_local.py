"""Locally connected layers and several outputs, in every layout, against a network in plain loops."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.ensemble import Members, Program, train_ensemble
from experiments.ensemble.engine import initial_networks
from experiments.ensemble.polishing import polished
from experiments.errors import UserError
from tests.ensemble.by_hand import LAYOUTS, program
from theory import network
from theory.network import Layer

# 4 positions of 3 channels; 2 patches of 2 positions, then 1; 3 classes.
SIZES, PATCHES = (12, 8, 5, 3), (2, 1, 1)
Layers = Sequence[Any]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 12))
SOME = Members(
    RNG.integers(0, 2**32, (5, 2), dtype=np.uint32), RNG.integers(0, 3, (5, 6)).astype(float), np.full(5, 0.1)
)


def local(**changes) -> Program:
    settings = {"sizes": SIZES, "patches": PATCHES, "loss": "softmax", "optimizer": "sgd", "activation": "rectifier"}
    return program(**{**settings, "stop_when_solved": False, **changes})


def outputs(layers: Layers, x: np.ndarray) -> np.ndarray:
    """One network, one sample, one number at a time."""
    z = x
    for depth, (W, b) in enumerate(layers):
        W, b = (W, b) if W.ndim == 3 else (W[None], b[None])
        width, a = W.shape[1], []
        for patch in range(len(z) // width):
            own = patch if len(W) > 1 else 0
            for o in range(W.shape[2]):
                a.append(b[own, o] + sum(z[patch * width + i] * W[own, i, o] for i in range(width)))
        z = np.array(a) if depth == len(layers) - 1 else np.maximum(a, 0)
    return z


def mean_loss(layers: Layers, y: np.ndarray) -> float:
    answers = [outputs(layers, x) for x in X]
    return float(np.mean([np.log(np.sum(np.exp(z))) - z[int(c)] for z, c in zip(answers, y, strict=True)]))


def nudged(layers: Layers, where: tuple[int, int, int], by: float) -> Layers:
    layer, part, place = where
    changed = [[leaf.copy() for leaf in pair] for pair in layers]
    changed[layer][part].ravel()[place] += by
    return [tuple(pair) for pair in changed]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("layout", "chunk"), LAYOUTS)
def test_an_update_follows_the_slope_of_a_network_in_loops(layout, chunk, shared):
    p = local(steps=1, shared=shared)
    begun = [Layer(*(leaf[1].astype(float) for leaf in layer)) for layer in initial_networks(p, SOME.key)]
    outcome = train_ensemble(p, X, SOME, layout, chunk)
    y, h = np.asarray(SOME.targets[1]), 1e-6
    for layer, (before, after) in enumerate(zip(begun, outcome.network, strict=True)):
        assert after.W[1].shape == network.layer_shapes(SIZES, PATCHES, shared)[layer]
        for part in (0, 1):
            places = range(0, before[part].size, 3)
            slopes = [
                (mean_loss(nudged(begun, (layer, part, i), h), y) - mean_loss(nudged(begun, (layer, part, i), -h), y))
                / (2 * h)
                for i in places
            ]
            moved = (before[part] - np.asarray(after[part][1], float)).ravel()[::3] / 0.1
            np.testing.assert_allclose(moved, slopes, atol=2e-5)
    ended = [tuple(np.asarray(leaf[1], float) for leaf in layer) for layer in outcome.network]
    assert outcome.loss[1] == pytest.approx(mean_loss(ended, y), rel=1e-5)
    wrong = [np.argmax(outputs(ended, x)) != c for x, c in zip(X, y, strict=True)]
    assert outcome.errors[1] == sum(wrong)


@pytest.mark.parametrize("shared", [False, True])
def test_every_layout_trains_the_same_local_networks(shared):
    p = local(steps=30, shared=shared, batch=2, optimizer="adam")
    outcomes = [train_ensemble(p, X, SOME, layout, chunk) for layout, chunk in LAYOUTS]
    for other in outcomes[1:]:
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4), outcomes[0], other)


def dense_of(layer: Layer, patches: int) -> Layer:
    """The same map as one matrix, zero between different patches."""
    W, b = (np.broadcast_to(leaf, (patches, *leaf.shape[1:])) for leaf in layer)
    return Layer(jax.scipy.linalg.block_diag(*W), b.reshape(-1))


def test_a_local_layer_is_a_dense_one_with_a_mask():
    p = local(steps=1)
    before = jax.tree.map(lambda leaf: leaf[0], initial_networks(p, SOME.key))
    dense = [dense_of(before[0], 2), *before[1:]]
    mask = [
        dense_of(Layer(*map(np.ones_like, before[0])), 2),
        *[Layer(*map(np.ones_like, layer)) for layer in before[1:]],
    ]

    def loss(θ):
        z = jax.vmap(lambda x: network.apply(θ, x, jax.nn.relu))(np.float32(X))
        return -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(6), SOME.targets[0].astype(int)])

    slopes = jax.grad(loss)(tuple(dense))
    expected = jax.tree.map(lambda θ, g, m: θ - 0.1 * g * m, dense, list(slopes), mask)
    after = jax.tree.map(lambda leaf: leaf[0], train_ensemble(p, X, SOME, "map").network)
    found = [dense_of(after[0], 2), *after[1:]]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6), found, expected)


def test_shared_weights_are_a_convolution_with_the_stride_of_its_kernel():
    rng = np.random.default_rng(1)
    layer = Layer(*(jnp.asarray(rng.normal(size=size), jnp.float32) for size in ((1, 6, 4), (1, 4))))
    x = jnp.asarray(rng.normal(size=(5, 8, 3)), jnp.float32)
    convolved = jax.lax.conv_general_dilated(
        x, layer.W[0].reshape(2, 3, 4), (2,), "VALID", dimension_numbers=("NWC", "WIO", "NWC")
    )
    ours = network.affine(x.reshape(5, 24), layer).reshape(5, 4, 4)
    np.testing.assert_allclose(ours, convolved + layer.b, rtol=1e-5, atol=1e-5)


def test_one_patch_everywhere_is_the_dense_network_to_the_bit():
    dense = train_ensemble(local(patches=()), X, SOME, "vmap", 4)
    jax.tree.map(np.testing.assert_array_equal, dense, train_ensemble(local(patches=(1, 1, 1)), X, SOME, "vmap", 4))


@pytest.mark.parametrize(("layout", "chunk"), LAYOUTS)
def test_classes_are_learned_and_members_stop_when_all_are_right(layout, chunk):
    p = local(sizes=(12, 32, 16, 3), steps=2000, optimizer="adam", stop_when_solved=True)
    outcome = train_ensemble(p, X, SOME._replace(learning_rate=np.full(5, 0.01)), layout, chunk)
    assert (outcome.errors == 0).all()
    assert (outcome.steps < 2000).all()


def test_two_classes_are_two_answers_of_one_output():
    z, y = RNG.normal(size=(7, 2)).astype(np.float32), RNG.integers(0, 2, 7).astype(np.float32)
    several, one = local(), program()
    np.testing.assert_allclose(several.margins(y, z), one.margins(2 * y - 1, z[:, 1] - z[:, 0]), atol=1e-6)
    assert not (np.asarray(several.margins(y, np.full((7, 2), np.nan, np.float32))) > 0).any()


@pytest.mark.parametrize(
    ("changes", "of_members", "sentence"),
    [
        ({"patches": (2, 1)}, {}, r"patches: \(2, 1\) does not fit"),
        ({"patches": (5, 1, 1)}, {}, "5 patches do not divide a layer of 12 inputs and 8 outputs"),
        ({"patches": (2, 0, 1)}, {}, "whole number of patches"),
        ({"patches": (), "shared": True}, {}, "no patches that could share"),
        ({"sizes": (12, 8, 5, 1)}, {}, "softmax needs several"),
        ({"output": "tanh"}, {}, "tanh does not go with softmax"),
        ({"room": SIZES}, {}, "room holds dense layers only"),
        ({"initial_variance": 0.0}, {}, "initial_variance: 0.0 is not allowed"),
        ({"weight_decay": -1.0}, {}, "weight_decay: -1.0 is not allowed"),
        ({"weight_decay": 0.1, "room": SIZES}, {}, "would not stay dead"),
        ({}, {"targets": SOME.targets + 1}, "3 is no class; with 3 outputs give 0 to 2"),
        ({}, {"targets": SOME.targets + 0.5}, "is no class"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(changes, of_members, sentence):
    with pytest.raises(UserError, match=sentence):
        train_ensemble(local(**changes), X, SOME._replace(**of_members))


def test_weights_begin_smaller_by_the_root_of_a_factor_on_their_variance():
    usual, small = (initial_networks(local(initial_variance=factor), SOME.key) for factor in (1.0, 0.25))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a / 2, b, rtol=1e-6), usual, small)


@pytest.mark.parametrize(("layout", "chunk"), LAYOUTS)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_decay_takes_its_share_of_every_parameter_beside_the_direction(layout, chunk, optimizer):
    begun = initial_networks(local(), SOME.key)
    without, decayed = (
        train_ensemble(local(steps=1, optimizer=optimizer, weight_decay=share), X, SOME, layout, chunk).network
        for share in (0.0, 0.5)
    )
    jax.tree.map(
        lambda θ, a, b: np.testing.assert_allclose(b, a - 0.1 * 0.5 * θ, rtol=1e-4, atol=1e-6), begun, without, decayed
    )


def test_end_points_of_classes_are_not_polished():
    with pytest.raises(UserError, match="dense networks with one output"):
        polished(local(), X, np.asarray(SOME.targets[0]), (), 1)
