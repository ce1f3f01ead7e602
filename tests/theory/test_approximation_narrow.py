"""The floor for networks no wider than their input, on random networks, and constructions one unit wider."""

import itertools

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.approximation import features, narrow


def random_layers(d: int, widths: list[int], rng: np.random.Generator) -> list:
    layers = []
    for inputs, outputs in itertools.pairwise([d, *widths, 1]):
        W = rng.normal(size=(inputs, outputs)) * rng.choice([0.0, 1.0], (inputs, outputs), p=[0.1, 0.9])
        layers.append((W, rng.normal(size=outputs)))
    return layers


def error_of(layers):
    return lambda x: features.outputs(layers, x, "rectifier") - narrow.bowl(x)


@given(d=st.integers(1, 3), depth=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_no_network_of_width_d_has_its_least_value_inside_only(d, depth, seed):
    rng = np.random.default_rng(seed)
    layers = random_layers(d, [int(rng.integers(1, d + 1)) for _ in range(depth)], rng)
    if rng.random() < 0.5:
        # Most units fire at the centre, so that it is the convex piece around it which is put to the test.
        layers = [(W, b + 3) for W, b in layers]
    x = narrow.points_of_ball(d, 4000, rng)
    on_sphere = np.isclose(np.linalg.norm(x - 0.5, axis=1), narrow.RADIUS)
    z = features.outputs(layers, x, "rectifier")
    # The sphere is only sampled: a network moves little between neighbours, compared with its slope.
    slope = np.prod([np.linalg.norm(W, 2) for W, _ in layers])
    assert z.min() >= z[on_sphere].min() - 0.15 * slope
    if d == 1:
        assert z.min() >= z[on_sphere].min() - 1e-12 * (1 + abs(z).max())


@given(d=st.integers(1, 3), depth=st.integers(1, 5), seed=st.integers(0, 2**32))
def test_no_network_of_width_d_beats_a_constant(d, depth, seed):
    rng = np.random.default_rng(seed)
    layers = random_layers(d, [d] * depth, rng)
    x = narrow.points_of_ball(d, 500, rng)
    last = features.hidden_outputs(layers, x, "rectifier")[-1]
    best = features.with_output(layers, features.least_largest_error(last, narrow.bowl(x)))
    starts = narrow.points_of_ball(d, 2000, rng)
    assert features.largest_error(error_of(best), starts, narrow.into_ball, rng) >= 0.99 * narrow.FLOOR


def way_out(layers: list, x: np.ndarray) -> list[np.ndarray]:
    """The corners of the path of the proof's first step, from x to a point far away."""
    path = [x]
    while np.abs(path[-1]).max() < 1e3:
        W, b, firing = np.eye(len(x)), np.zeros(len(x)), []
        for V, c in layers[:-1]:
            # Pre-activations of this layer as affine functions x W + b, where all units of the layers below fire.
            W, b = W @ V, b @ V + c
            dead = path[-1] @ W + b <= 1e-9
            if dead.any():
                break
            firing.append((W, b))
        others = np.delete(W, np.argmax(dead), axis=1)
        direction = np.linalg.svd(others.T)[2][-1]
        if direction @ W[:, np.argmax(dead)] > 0:
            direction = -direction
        # To the first place where a unit below stops firing, or out of sight.
        speeds = np.concatenate([[0.0], *(direction @ V for V, _ in firing)])
        heights = np.concatenate([[1.0], *(path[-1] @ V + c for V, c in firing)])
        steps = -heights[speeds < -1e-12] / speeds[speeds < -1e-12]
        path.append(path[-1] + direction * min(steps, default=1e4))
    return path


@given(d=st.integers(2, 3), depth=st.integers(1, 5), seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_a_path_leads_away_from_where_a_unit_does_not_fire_along_which_the_network_is_constant(d, depth, seed):
    rng = np.random.default_rng(seed)
    layers = [(W, b + 1.0) for W, b in random_layers(d, [int(rng.integers(1, d + 1)) for _ in range(depth)], rng)]
    x = rng.normal(size=(50, d))
    silent = np.logical_or.reduce([(z <= 0).any(1) for z in features.hidden_outputs(layers, x, "rectifier")])
    for start in x[silent][:3]:
        path = np.array(way_out(layers, start))
        assert len(path) <= depth + 1
        between = (path[:-1, None] + np.linspace(0, 1, 21)[:, None] * np.diff(path, axis=0)[:, None]).reshape(-1, d)
        z = features.outputs(layers, between, "rectifier")
        scale = 1 + np.prod([np.linalg.norm(W, 2) for W, _ in layers])
        np.testing.assert_allclose(z, features.outputs(layers, start[None], "rectifier")[0], atol=1e-6 * scale)


def least_error_found(d: int, width: int, depth: int, starts: int) -> float:
    """Largest error of the best network that SciPy finds: ever higher norms of the error, from many starts."""
    rng, sizes = np.random.default_rng(depth), [d, *[width] * depth, 1]
    shapes = list(itertools.pairwise(sizes))
    x = narrow.points_of_ball(d, 60, rng)

    def network(θ: np.ndarray) -> list:
        parts = np.split(θ, np.cumsum([n for a, b in shapes for n in (a * b, b)])[:-1])
        return [(W.reshape(shape), b) for W, b, shape in zip(parts[::2], parts[1::2], shapes, strict=True)]

    found = []
    for _ in range(starts):
        # Half of the units or more fire at the centre.
        θ = np.concatenate([n for a, b in shapes for n in (rng.normal(size=a * b), np.abs(rng.normal(size=b)))])
        for norm in (2, 8, 32):
            loss = lambda θ, norm=norm: float(np.sum((8 * error_of(network(θ))(x)) ** norm) ** (1 / norm))  # noqa: E731
            θ = scipy.optimize.minimize(loss, θ, method="L-BFGS-B", options={"maxiter": 60}).x
        ends = narrow.points_of_ball(d, 3000, rng)
        found.append(features.largest_error(error_of(network(θ)), ends, narrow.into_ball, rng, rounds=30))
    return min(found)


@pytest.mark.parametrize(("d", "width", "depth", "below"), [(1, 1, 2, False), (1, 2, 2, True), (2, 2, 2, False)])
def test_a_direct_search_for_a_counterexample_finds_one_only_where_networks_are_wider(d, width, depth, below):
    least = least_error_found(d, width, depth, starts=4)
    assert (least < 0.99 * narrow.FLOOR) == below
    assert least < 1.5 * narrow.FLOOR


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_constant_attains_the_floor(d):
    x = narrow.points_of_ball(d, 100, np.random.default_rng(0))
    assert np.abs(narrow.FLOOR - narrow.bowl(x)).max() == pytest.approx(narrow.FLOOR)


def test_wider_networks_do_have_their_least_value_inside():
    # |x - ½| in one dimension: the principle is about width, and 2 > 1.
    vee = [(np.array([[1.0, -1.0]]), np.array([-0.5, 0.5])), (np.ones((2, 1)), np.zeros(1))]
    z = features.outputs(vee, np.array([[0.0], [0.5], [1.0]]), "rectifier")
    assert z.tolist() == [0.5, 0.0, 0.5]


def maximum_of_tangents(centres: np.ndarray, raised: float) -> list:
    """max_k (tangent of f at p_k) + raised, as a network of width d + 1 with count - 1 hidden layers, at least one.

    It presumes x >= 0, as in the ball. The tangent at p is <2 (p - c), x> + |c|² - |p|².
    """
    d = centres.shape[1]
    # A single tangent is said twice, because a network has a hidden layer.
    p = centres if len(centres) > 1 else np.repeat(centres, 2, axis=0)
    slopes, offsets = 2 * (p - 0.5), d / 4 - np.sum(p**2, axis=1)
    layers = []
    for k in range(len(p) - 1):
        W = np.zeros((d + (k > 0), d + 1))
        W[:d, :d] = np.eye(d)
        W[:d, d] = slopes[k] - slopes[k + 1]
        # The sum so far of A_k + u_{k-1}.
        W[d:, d] = 1.0
        layers.append((W, np.append(np.zeros(d), offsets[k] - offsets[k + 1])))
    return [*layers, (np.append(slopes[-1], 1.0)[:, None], np.array([offsets[-1] + raised]))]


@given(d=st.integers(2, 4), count=st.integers(1, 12), seed=st.integers(0, 2**32))
def test_the_maximum_of_tangents_is_one(d, count, seed):
    rng = np.random.default_rng(seed)
    points, x = narrow.points_of_ball(d, count, rng), narrow.points_of_ball(d, 50, rng)
    layers = maximum_of_tangents(points, raised=0.25)
    assert [W.shape[1] for W, _ in layers[:-1]] == [d + 1] * max(1, count - 1)
    tangents = narrow.bowl(points) + np.sum(2 * (points - 0.5) * (x[:, None] - points), axis=-1)
    np.testing.assert_allclose(features.outputs(layers, x, "rectifier"), tangents.max(1) + 0.25, atol=1e-12)


# Least radii of `count` equal discs that cover the unit disc: Bezdek, Neville; 3, 4 and 7 are elementary.
@pytest.mark.parametrize(("count", "radius"), [(1, 1.0), (3, np.sqrt(3) / 2), (4, np.sqrt(0.5)), (5, 0.6094), (7, 0.5)])
def test_discs_cover_the_disc_nearly_as_well_as_they_can(count, radius):
    found = narrow.covering_radius(narrow.centres(2, count, np.random.default_rng(0)), 0.002) / narrow.RADIUS
    assert radius - 1e-9 <= found <= 1.06 * radius


@pytest.mark.parametrize("d", [2, 3])
def test_the_covering_radius_is_an_upper_bound_of_the_error_found(d):
    rng = np.random.default_rng(1)
    centres = narrow.centres(d, 8, rng, sweeps=10)
    bound = narrow.covering_radius(centres, 0.01) ** 2 / 2
    layers = maximum_of_tangents(centres, raised=bound)
    starts = narrow.points_of_ball(d, 3000, rng)
    found = features.largest_error(error_of(layers), starts, narrow.into_ball, rng)
    assert found <= bound + 1e-12
    assert found >= 0.9 * bound


@pytest.mark.parametrize("d", [2, 3, 6])
def test_a_cross_of_tangents_is_below_the_floor_in_every_dimension(d):
    expected = (1 - 1 / d) / 8
    layers = maximum_of_tangents(narrow.cross(d), raised=expected)
    assert len(layers) - 1 == 2 * d - 1
    rng = np.random.default_rng(2)
    found = features.largest_error(error_of(layers), narrow.points_of_ball(d, 5000, rng), narrow.into_ball, rng)
    assert found == pytest.approx(expected, rel=0.01)
    assert found < narrow.FLOOR


@given(d=st.integers(1, 3), spacing=st.floats(0.05, 0.3), seed=st.integers(0, 2**32))
def test_no_point_of_the_ball_is_far_from_the_grid(d, spacing, seed):
    grid, x = narrow.grid_of_ball(d, spacing), narrow.points_of_ball(d, 200, np.random.default_rng(seed))
    assert (np.linalg.norm(grid - 0.5, axis=1) <= narrow.RADIUS + 1e-12).all()
    distances = np.linalg.norm(x[:, None] - grid, axis=-1).min(1)
    assert (distances <= spacing * np.sqrt(d) / 2 + 1e-12).all()


def test_there_is_no_grid_in_many_dimensions():
    with pytest.raises(ValueError, match="at most 3"):
        narrow.covering_radius(narrow.cross(4))
