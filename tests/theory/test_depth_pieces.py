"""Sawtooth networks, the counter of linear pieces beside dense sampling, and linear networks that collapse."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.depth import linear
from theory.depth.pieces import bound, count, pieces
from theory.depth.sawtooth import sawtooth, shallow


def outputs(layers, x: np.ndarray) -> np.ndarray:
    return linear.outputs(layers, x[:, None], lambda a: np.maximum(a, 0))[:, 0]


def test_fewer_rectifiers_than_pieces_have_too_few_pieces():
    (W, b), (V, c) = shallow(3)
    for missing in range(8):
        keep = np.arange(8) != missing
        less = (W[:, keep], b[keep]), (V[keep], c)
        x = np.arange(65) / 64
        assert not (outputs(less, x) == sawtooth(3, x)).all()


def random_network(widths: list[int], rng: np.random.Generator, whole: bool):
    sizes = [1, *widths, 1]
    draw = (lambda *shape: rng.integers(-3, 4, shape) / 2.0) if whole else (lambda *shape: rng.normal(size=shape))
    return tuple((draw(a, b), draw(b)) for a, b in pairwise(sizes))


def sampled_pieces(layers, start: float, end: float, points: int) -> int:
    """Slopes between points of a dense grid: a change at one point is a kink, at two neighbours one between them."""
    x = np.linspace(start, end, points)
    slopes = np.diff(outputs(layers, x)) / np.diff(x)
    changes = np.flatnonzero(np.abs(np.diff(slopes)) > 1e-6 * (1 + np.abs(slopes).max()))
    return 1 + int((np.diff(changes, prepend=-9) > 1).sum())


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 10**6), st.booleans())
def test_pieces_are_those_that_dense_sampling_sees(widths, seed, whole):
    layers = random_network(widths, np.random.default_rng(seed), whole)
    found = pieces(layers, -4.0, 4.0)
    assert len(found) <= bound(widths)
    ends = [(piece.start, piece.end) for piece in found if piece.start is not None and piece.end is not None]
    assert len(ends) == len(found)
    lengths = [float(end - start) for start, end in ends]
    # Sampling misses short pieces, so the comparison is where there are none.
    if min(lengths) > 0.01:
        assert len(found) == sampled_pieces(layers, -4, 4, 40_001)
    for piece, (start, end) in zip(found, ends, strict=True):
        x = np.array([float(start), float(piece.inside()), float(end)])
        y = outputs(layers, x)
        assert y[1] == pytest.approx((y[0] + y[2]) / 2, rel=1e-6, abs=1e-6 * (1 + np.abs(y).max()))


def test_pieces_cover_the_line_and_differ():
    layers = random_network([4, 4], np.random.default_rng(8), whole=False)
    found = pieces(layers)
    assert (found[0].start, found[-1].end) == (None, None)
    assert all(a.end == b.start for a, b in pairwise(found))
    assert all((a.affine != b.affine).any() for a, b in pairwise(found))


def test_special_networks_have_the_pieces_one_sees():
    dead = (np.array([[1.0]]), np.array([0.0])), (np.array([[0.0]]), np.array([2.0]))
    assert count(dead) == 1
    # max(0, x) - max(0, -x) = x.
    line = (np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0], [-1.0]]), np.zeros(1))
    assert count(line) == 1
    absolute = (np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0], [1.0]]), np.zeros(1))
    assert (count(absolute), count(absolute, 0.0, 1.0), count(absolute, -1.0, 1.0)) == (2, 1, 2)
    with pytest.raises(ValueError, match="not finite"):
        count(((np.array([[np.inf]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))))


def test_a_positive_factor_changes_no_piece():
    layers = random_network([5, 5], np.random.default_rng(9), whole=False)
    scaled = tuple((W * 0.75, b * 0.75**i) for i, (W, b) in enumerate(layers, start=1))
    exact = tuple((W * 0.5, b * 0.5**i) for i, (W, b) in enumerate(layers, start=1))
    assert count(exact) == count(layers)
    assert abs(count(scaled) - count(layers)) <= 2
