"""The whole line: certificates against float64, tails against counted pieces, and bounds on built networks."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import expit

from theory.depth.pieces import pieces
from theory.modern import whole_line
from theory.modern.exact_outputs import fractions, values

ON_HOST = {"rectifier": lambda a: np.maximum(a, 0), "logistic": expit, "tanh": np.tanh}


def drawn(sizes: tuple[int, ...], seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(size=(n, m)).astype(np.float32), rng.normal(size=m).astype(np.float32))
        for n, m in itertools.pairwise(sizes)
    ]


def outputs(layers, activation: str, x) -> np.ndarray:
    z = np.atleast_1d(np.asarray(x, float))[:, None]
    for number, (W, b) in enumerate(layers):
        a = z @ np.asarray(W, float) + np.asarray(b, float)
        z = a if number == len(layers) - 1 else ON_HOST[activation](a)
    return z[:, 0]


def test_pi_is_known_to_400_binary_places():
    low, high = whole_line.pi_between()
    assert 0 < high - low < Fraction(1, 2**400)
    # Its first 50 decimal places.
    digits = Fraction(314159265358979323846264338327950288419716939937510, 10**50)
    assert abs(low - digits) < Fraction(1, 10**50)


def test_crests_are_crests():
    for after in (0, 5, 10**6):
        crest = whole_line.crest_after(after)
        assert after + 1 < crest < after + 9
        trough = whole_line.nearest(crest + whole_line.pi_between()[0])
        assert math.sin(crest) == pytest.approx(1)
        assert math.sin(trough) == pytest.approx(-1)
        assert 1 - Fraction(1, 2**126) < whole_line.least_sine(crest, trough) < 1
        for wrong in ((trough, crest), (crest + Fraction(1, 2**62), trough), (crest, crest)):
            with pytest.raises(ValueError, match="no crest"):
                whole_line.least_sine(*wrong)


@pytest.mark.parametrize("activation", whole_line.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(1, 3, 1), (1, 6, 5, 1), (1, 4, 4, 4, 1)])
def test_networks_are_as_far_from_sin_as_their_certificate_says(activation, sizes):
    for seed in range(4):
        layers = drawn(sizes, seed)
        found = whole_line.certificate(layers, activation)
        x = np.array([float(place) for place in found.places])
        errors = np.abs(outputs(layers, activation, x) - np.sin(x))
        assert found.error >= 1 - Fraction(1, 2**60)
        assert errors.max() >= float(found.error) - 1e-6


def test_rectifiers_that_end_as_a_constant_are_one_and_their_constant_away():
    # A tent of height 2 on a floor of -3.
    tent = [
        (np.array([[1.0, 1.0, 1.0]]), np.array([0.0, -1.0, -2.0])),
        (np.array([[2.0], [-4.0], [2.0]]), np.array([-3.0])),
    ]
    found = whole_line.certificate(tent, "rectifier")
    assert float(found.error) == pytest.approx(4)
    assert len(found.places) == 2
    nothing = [(np.zeros((1, 2)), np.zeros(2)), (np.zeros((2, 1)), np.zeros(1))]
    for activation in whole_line.ACTIVATIONS:
        assert 1 - Fraction(1, 2**100) < whole_line.certificate(nothing, activation).error < 1


def test_tails_are_those_of_the_last_piece():
    for seed in range(6):
        layers = drawn((1, 5, 4, 1), seed)
        slope, height, after = whole_line.tail(layers)
        last = pieces(layers)[-1]
        assert last.start is None or last.start < after
        x = [Fraction(after), Fraction(after) + 7]
        assert values(layers, x) == [slope * place + height for place in x]


def test_units_that_see_only_units_that_are_off_are_constants():
    left, bias = (np.array([[-1.0]]), np.array([2.0])), (np.ones((1, 1)), np.array([0.5]))
    assert whole_line.tail([left, bias, (np.array([[3.0]]), np.array([1.0]))]) == (0, Fraction(5, 2), 3)
    off = (np.ones((1, 1)), np.array([-0.5]))
    assert whole_line.tail([left, off, (np.array([[3.0]]), np.array([1.0]))])[:2] == (0, 1)


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_what_moves_is_bounded(activation):
    layers = drawn((1, 4, 3, 1), 3)
    for x, y in ((0, 1), (-3, 2), (5, 9), (20, 31), (100, 101)):
        bound = float(whole_line.moved(layers, activation, Fraction(x), Fraction(y)))
        moved = np.abs(np.diff(outputs(layers, activation, [x, y])))[0]
        assert moved <= bound + 1e-12
    # Far away the bound is as small as a unit that is flat: 2^-a or 2^(1 - 2a).
    one = [(np.ones((1, 1)), np.zeros(1)), (np.array([[3.0]]), np.zeros(1))]
    flat = {"logistic": Fraction(3, 2**50), "tanh": Fraction(6, 4**50)}[activation]
    assert whole_line.moved(one, activation, Fraction(50), Fraction(60)) == flat


@pytest.mark.parametrize("activation", whole_line.ACTIVATIONS)
@pytest.mark.parametrize("width", [2, 9, 40])
def test_the_window_is_approximated_everywhere(activation, width):
    layers = whole_line.vanishing(activation, width)
    x = np.concatenate([np.linspace(-10, 10, 20_001), [-1e6, 1e6]])
    error = np.abs(outputs(layers, activation, x) - whole_line.window(x)).max()
    assert error <= whole_line.vanishing_bound(activation, width)
    assert whole_line.vanishing_bound(activation, 2 * width) < 0.7 * whole_line.vanishing_bound(activation, width)
    assert layers[0][1].shape == (width,)
    if activation == "rectifier":
        # A slope that is only nearly 0 would leave every bound.
        slope, height, _ = whole_line.tail(layers)
        assert slope == 0
        assert abs(height) < 1e-10
        assert values(layers, [Fraction(-100)]) == [0]


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        fractions(np.array([1.0, np.nan]))
