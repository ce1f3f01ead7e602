"""The dynamic program against all cuts, the floor against networks of every kind, and known best fits."""

import itertools

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gamma

from theory.approximation import piecewise
from theory.approximation.construction import outputs, rectify
from theory.approximation.curves import CURVES, grid, root_mean_square
from theory.approximation.piecewise import (
    asymptote,
    best_runs,
    floor,
    line_errors,
    reachable,
    refined,
    refined_together,
)

values = st.lists(st.floats(-3, 3), min_size=6, max_size=9)


def line_error(y: np.ndarray) -> float:
    places = np.arange(len(y))
    return float(np.sum((np.polyval(np.polyfit(places, y, min(1, len(y) - 1)), places) - y) ** 2))


@given(values)
@settings(max_examples=30)
def test_errors_of_single_lines(y):
    y = np.array(y)
    found = line_errors(y)
    for i, j in itertools.combinations_with_replacement(range(len(y)), 2):
        assert found[i, j] == pytest.approx(line_error(y[i : j + 1]), abs=1e-9)
    assert np.isinf(found[1, 0])


@given(values, st.integers(1, 4))
@settings(max_examples=30)
def test_the_dynamic_program_finds_the_best_of_all_cuts(y, runs):
    y = np.array(y)
    cuts = itertools.combinations(range(1, len(y)), runs - 1)
    every = {cut: sum(line_error(part) for part in np.split(y, cut)) for cut in cuts}
    found = best_runs(y, runs)
    assert found.errors[-1] == pytest.approx(min(every.values()), abs=1e-9)
    assert every[tuple(found.starts[-1][1:].tolist())] == pytest.approx(min(every.values()), abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
@settings(max_examples=40)
def test_no_network_is_below_the_floor_wherever_its_kinks_are(seed, width):
    rng, x = np.random.default_rng(seed), grid(25)
    y = rng.normal(size=25)
    hidden = rng.choice([-1.0, 1.0], (1, width)) * rng.uniform(0.1, 3, (1, width)), rng.normal(size=width)
    layers = refined(x, y, (hidden, (np.ones((width, 1)), np.zeros(1))), evaluations=50)
    error = root_mean_square(outputs(layers, x, rectify) - y)
    assert error >= floor(best_runs(y, width + 1), 25, width) - 1e-9


def test_continuous_fits_with_kinks_at_any_points_of_the_grid_are_above_the_floor_and_the_best_is_near():
    x = grid(13)
    y = np.sin(4 * x)
    for kinks in (1, 2, 3):
        errors = []
        for knots in itertools.combinations(x[1:-1], kinks):
            basis = np.column_stack([np.ones_like(x), x, *(rectify(x - knot) for knot in knots)])
            errors.append(float(np.sum((basis @ np.linalg.lstsq(basis, y, rcond=None)[0] - y) ** 2)))
        lowest = best_runs(y, kinks + 1).errors[-1]
        assert lowest <= min(errors) + 1e-12
        assert np.sqrt(min(errors)) <= 2.5 * np.sqrt(lowest)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_direct_search_over_all_weights_ends_between_the_floor_and_the_network_near_it(width):
    # Another algorithm: SciPy's BFGS on every weight of the network, linear tails and all, from many starts.
    rng, x = np.random.default_rng(width), grid(41)
    y = np.sin(4 * x) + 0.5 * x
    runs = best_runs(y, width + 1)

    def network(θ: np.ndarray):
        w, b, v = np.split(θ[:-1], 3)
        return (w[None], b), (v[:, None], θ[-1:])

    def square(θ: np.ndarray) -> float:
        return float(np.mean((outputs(network(θ), x, rectify) - y) ** 2))

    best = min(scipy.optimize.minimize(square, rng.normal(size=3 * width + 1)).fun for _ in range(25))
    lowest, near = floor(runs, 41, width), root_mean_square(outputs(reachable(x, y, runs, width), x, rectify) - y)
    assert lowest <= np.sqrt(best) * (1 + 1e-6)
    assert lowest <= near <= 1.02 * np.sqrt(best)


def test_a_planted_broken_line_has_a_floor_of_zero_from_its_own_number_of_pieces_on():
    x, rng = grid(101), np.random.default_rng(0)
    kinks = np.array([-0.513, -0.107, 0.333, 0.7071])
    y = 1 + x + rectify(x[:, None] - kinks) @ rng.choice([-2.0, 3.0], 4)
    runs = best_runs(y, 6)
    assert floor(runs, 101, 3) > 1e-3
    assert floor(runs, 101, 4) == pytest.approx(0, abs=1e-6)
    assert runs.starts[4][1:].tolist() == np.searchsorted(x, kinks).tolist()


def test_the_best_lines_on_a_parabola_are_known():
    # On a piece of width h the best line leaves x² - h² / 12 about the middle. Its mean square is h⁴ / 180.
    x = grid(1001)
    runs = best_runs(x**2, 4)
    for pieces in (1, 2, 4):
        h = 2 / pieces
        assert np.sqrt(runs.errors[pieces - 1] / len(x)) == pytest.approx(h**2 / np.sqrt(180), rel=2e-2)


@pytest.mark.parametrize("name", ["sine", "bump", "ramp", "root"])
def test_a_network_is_known_that_is_near_the_floor(name):
    x = grid(401)
    y, runs = CURVES[name].of(x), best_runs(CURVES[name].of(x), 9)
    layers = reachable(x, y, runs, 8)
    assert layers[0][0].shape == (1, 8)
    error = root_mean_square(outputs(layers, x, rectify) - y)
    assert floor(runs, len(x), 8) * (1 - 1e-9) <= error <= 1.5 * floor(runs, len(x), 8)


@pytest.mark.parametrize("name", ["sine", "bump", "ramp"])
def test_the_floor_tends_to_its_asymptote(name):
    x = grid(1001)
    y = CURVES[name].of(x)
    runs = best_runs(y, 33)
    assert floor(runs, 1001, 32) * 33**2 / asymptote(x, y) == pytest.approx(1, abs=0.12)


def test_the_asymptote_of_a_sine_is_known():
    # The mean of |sin|^(2/5) is Γ(0.7) / (√π Γ(1.2)).
    x = grid(4001)
    integral = 2 * (4 * np.pi**2) ** 0.4 * gamma(0.7) / (np.sqrt(np.pi) * gamma(1.2))
    assert asymptote(x, CURVES["sine"].of(x)) == pytest.approx(np.sqrt(integral**5 / 1440), rel=1e-3)


def test_second_order_steps_never_make_a_network_worse_than_its_best_output_layer():
    x, rng = grid(65), np.random.default_rng(1)
    y = np.sin(3 * x)
    hidden = rng.normal(size=(1, 5)), rng.normal(size=5)
    hidden[0][0, 2] = 0.0
    begun = (hidden, (np.zeros((5, 1)), np.zeros(1)))
    solved, moved = refined(x, y, begun, evaluations=1), refined(x, y, begun, evaluations=60)
    errors = [float(np.sum((outputs(layers, x, rectify) - y) ** 2)) for layers in (solved, moved)]
    assert errors[1] <= errors[0] * (1 + 1e-12)
    assert errors[0] <= np.sum((y - y.mean()) ** 2)


def test_there_are_no_more_runs_than_points():
    with pytest.raises(ValueError, match="cannot be cut"):
        best_runs(np.zeros(3), 4)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_broken_line_of_as_many_pieces_as_rectifiers_is_reached_whatever_its_sign(sign):
    # None of its three pieces is flat, so that one rectifier is on everywhere.
    x = grid(101)
    y = sign * (0.4 + x + rectify(x[:, None] - np.array([-0.313, 0.407])) @ np.array([-3.0, 5.0]))
    layers = reachable(x, y, best_runs(y, 4), 3)
    assert root_mean_square(outputs(layers, x, rectify) - y) < 1e-9


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_second_order_steps_begin_at_the_best_cuts_and_with_a_kink_outside(monkeypatch, sign):
    # Midway between two points kinks need not be moved, so that the output layer alone is enough.
    steps = piecewise.refined
    monkeypatch.setattr(piecewise, "refined", lambda x, y, layers, evaluations: steps(x, y, layers, 0))
    x = grid(101)
    kinks = (x[[30, 70]] + x[[31, 71]]) / 2
    y = sign * (0.4 + x + rectify(x[:, None] - kinks) @ np.array([-3.0, 5.0]))
    layers = reachable(x, y, best_runs(y, 4), 3)
    assert root_mean_square(outputs(layers, x, rectify) - y) < 1e-9
    (W, b), _ = layers
    assert sorted((-b / W[0]).tolist()) == pytest.approx([2 * x[0] - x[1], *kinks])


@pytest.mark.parametrize("slopes", [(2.0, 3.0), (-2.0, 3.0), (2.0, -3.0)])
def test_a_broken_line_with_a_flat_piece_has_one_piece_more_than_rectifiers(slopes):
    x = grid(101)
    y = 0.7 + rectify(np.column_stack([-x - 0.313, x - 0.407])) @ np.array(slopes)
    layers = reachable(x, y, best_runs(y, 3), 2)
    assert root_mean_square(outputs(layers, x, rectify) - y) < 1e-9


def test_a_network_is_refined_to_the_same_bits_alone_and_among_others():
    rng, x = np.random.default_rng(7), np.linspace(-1, 1, 60)
    y = np.stack([np.sin(3 * x), np.abs(x - 0.2), x**2, np.exp(x)])
    networks = [((rng.normal(size=(1, 5)), rng.normal(size=5)), (np.zeros((5, 1)), np.zeros(1))) for _ in y]
    together = refined_together(x, y, networks, 40)
    for one, targets, layers in zip(together, y, networks, strict=True):
        alone = refined(x, targets, layers, 40)
        for mine, other in zip(itertools.chain(*one), itertools.chain(*alone), strict=True):
            np.testing.assert_array_equal(mine, other)
