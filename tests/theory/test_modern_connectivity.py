"""Barriers and arrangements: against closed forms, polynomials between kinks, and plain loops over all arrangements."""

import functools
import itertools
import math
from collections.abc import Callable

import jax
import numpy as np
import pytest

from theory.activations import ACTIVATIONS
from theory.modern import connectivity as theory
from theory.modern.connectivity import Pair, Shallow

POINTS = np.random.default_rng(101).normal(size=(7, 2))
COARSE, FINE = np.arange(1, 16) / 16, np.arange(1, 2000) / 2000
SIGMA: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda a: a,
    "rectifier": lambda a: np.maximum(a, 0),
    "tanh": np.tanh,
}


@pytest.fixture(autouse=True)
def _in_float64():
    with jax.enable_x64(True):
        yield


@functools.cache
def _barrier(activation: str):
    return jax.jit(lambda pair, ts: theory.barrier(pair, POINTS, ACTIVATIONS[activation], ts))


@functools.cache
def _best(activation: str, m: int, signs: bool):
    every = theory.halves(m, signs)
    return jax.jit(lambda pair: theory.best(pair, POINTS, ACTIVATIONS[activation], COARSE, every))


def barrier(pair: Pair, activation: str, ts: np.ndarray) -> float:
    return float(_barrier(activation)(pair, ts))


def best(pair: Pair, activation: str, signs: bool) -> tuple[float, np.ndarray]:
    m = len(pair.first.units)
    least, place = _best(activation, m, signs)(pair)
    return float(least), theory.arrangement(int(place), theory.halves(m, signs))


def network(m: int, rng: np.random.Generator) -> Shallow:
    return Shallow(rng.normal(size=(m, 4)), rng.normal())


def answer(one: Shallow, activation: str, units: np.ndarray | None = None, c: float | None = None) -> np.ndarray:
    """The outputs, unit by unit, in plain numpy."""
    units, c = one.units if units is None else units, one.c if c is None else c
    return c + sum(v * SIGMA[activation](POINTS @ [w, u] + b) for w, u, b, v in units)


def learned(m: int, activation: str, rng: np.random.Generator, *, same: bool = True) -> Pair:
    """Two networks near one function, or each near its own: both ends have a small loss."""
    first, second = network(m, rng), network(m, rng)
    y, other = answer(first, activation), answer(second, activation)
    # With the same target the second network is a copy that is somewhat off, with its units in another order.
    if same:
        off = first.units + 0.3 * rng.normal(size=first.units.shape)
        second = Shallow(off[rng.permutation(m)], first.c)
        other = y
    return Pair(first, second, y, other)


def loss(pair: Pair, t: float, activation: str, second: np.ndarray | None = None) -> float:
    units = (1 - t) * pair.first.units + t * (pair.second.units if second is None else second)
    found = answer(pair.first, activation, units, (1 - t) * pair.first.c + t * pair.second.c)
    return float(np.mean((found - (1 - t) * pair.y - t * pair.other_y) ** 2))


def plain(pair: Pair, activation: str, ts: np.ndarray, second: np.ndarray | None = None) -> float:
    ends = loss(pair, 0.0, activation, second), loss(pair, 1.0, activation, second)
    rises = [loss(pair, t, activation, second) - (1 - t) * ends[0] - t * ends[1] for t in ts.tolist()]
    return max(0.0, *rises)


def every_order(m: int, signs: bool) -> list[tuple[list[int], list[int]]]:
    flips = itertools.product((1, -1), repeat=m) if signs else [(1,) * m]
    return list(itertools.product(map(list, itertools.permutations(range(m))), map(list, flips)))


def polynomial_barrier(pair: Pair, activation: str) -> float:
    """The barrier without a grid: between kinks of rectifiers, the loss is a polynomial of degree 4 in t."""
    (u, c), (w, d), y, other = pair
    before, after = ((one[:, :2] @ POINTS.T + one[:, 2:3]) for one in (u, w))
    kinks = []
    if activation == "rectifier":
        with np.errstate(divide="ignore", invalid="ignore"):
            at = before / (before - after)
        kinks = np.unique(at[(at > 0) & (at < 1)]).tolist()
    ends = loss(pair, 0.0, activation), loss(pair, 1.0, activation)
    most = 0.0
    for low, high in itertools.pairwise([0.0, *kinks, 1.0]):
        middle = (low + high) / 2
        on = np.ones_like(before) if activation == "identity" else ((1 - middle) * before + middle * after > 0)
        total = np.poly1d([0.0])
        for i in range(len(POINTS)):
            residual = np.poly1d([d - other[i] - c + y[i], c - y[i]])
            for j in range(len(u)):
                pre = np.poly1d([after[j, i] - before[j, i], before[j, i]])
                residual = residual + np.poly1d([w[j, 3] - u[j, 3], u[j, 3]]) * pre * float(on[j, i])
            total = total + residual * residual
        rise = total / len(POINTS) - np.poly1d([ends[1] - ends[0], ends[0]])
        roots = rise.deriv().roots
        places = [low, high, *roots[np.isreal(roots)].real]
        most = max([most, *(float(rise(t)) for t in places if low <= t <= high)])
    return most


@pytest.mark.parametrize("activation", ["identity", "rectifier"])
@pytest.mark.parametrize("same", [True, False])
def test_a_barrier_is_that_of_polynomials_between_kinks(activation, same):
    for seed in range(6):
        pair = learned(3, activation, np.random.default_rng(seed), same=same)
        exact = polynomial_barrier(pair, activation)
        found = barrier(pair, activation, FINE)
        assert found <= exact + 1e-12
        # At a kink a grid misses as much as the slope there says.
        assert found == pytest.approx(exact, rel=1e-3, abs=1e-9)
        # A coarse grid is a lower bound, and not far away.
        coarse = barrier(pair, activation, COARSE)
        assert coarse <= found + 1e-12
        assert coarse == pytest.approx(exact, rel=0.05, abs=1e-3)


def test_a_barrier_that_is_known_by_hand():
    # One linear unit, and one that is zero: f = b v, from b = v = 1 to -1. On the way f = (1 - 2t)², and y = 1.
    ends = [Shallow(np.array([[0.0, 0.0, sign, sign], [0.0, 0.0, 0.0, 0.0]]), 0.0) for sign in (1.0, -1.0)]
    y = np.ones(len(POINTS))
    pair = Pair(ends[0], ends[1], y, y)
    # The loss (1 - (1 - 2t)²)² is 1 in the middle and 0 at both ends.
    assert barrier(pair, "identity", COARSE) == pytest.approx(1.0)
    # Beside the zero unit, f = (1 - t)² + t², so that the loss is (1 - 1/2)² in the middle.
    assert best(pair, "identity", signs=False)[0] == pytest.approx(0.25)
    least, π = best(pair, "identity", signs=True)
    assert least == 0
    assert π[0] == 2


@pytest.mark.parametrize(("m", "signs"), [(2, False), (3, False), (5, False), (2, True), (4, True)])
def test_halves_are_every_arrangement_once(m, signs):
    every = theory.halves(m, signs)
    number = len(every.first) * every.first.shape[1] * every.second.shape[1]
    found = {tuple(theory.arrangement(place, every).tolist()) for place in range(number)}
    assert number == theory.group_size(m, signs) == math.factorial(m) * (2**m if signs else 1)
    assert found == {
        tuple(i + (m if sign < 0 else 0) for i, sign in zip(order, flips, strict=True))
        for order, flips in every_order(m, signs)
    }


@pytest.mark.parametrize(
    ("activation", "m", "signs"),
    [("rectifier", 2, False), ("rectifier", 4, False), ("tanh", 3, False), ("tanh", 3, True)],
)
@pytest.mark.parametrize("same", [True, False])
def test_the_best_is_that_of_a_loop_over_all(activation, m, signs, same):
    spread = []
    for seed in range(3):
        pair = learned(m, activation, np.random.default_rng(seed), same=same)
        by_loop = {
            (tuple(order), tuple(flips)): plain(pair, activation, COARSE, pair.second.units[order] * np.c_[flips])
            for order, flips in every_order(m, signs)
        }
        least, π = best(pair, activation, signs)
        assert least == pytest.approx(min(by_loop.values()), abs=1e-12)
        # The arrangement that it names has this barrier.
        found = pair._replace(second=theory.arranged(pair.second, π))
        assert plain(found, activation, COARSE) == pytest.approx(least, abs=1e-12)
        spread.append(max(by_loop.values()) - least)
    # There is something to find: others are worse.
    assert max(spread) > 0.1


@pytest.mark.parametrize(("activation", "signs"), [("rectifier", False), ("tanh", False), ("tanh", True)])
def test_arranged_networks_are_the_same_function_and_copies_are_found(activation, signs):
    m, rng = 5, np.random.default_rng(7)
    first = network(m, rng)
    π = rng.permutation(m) + (m * rng.integers(0, 2, m) if signs else 0)
    copy = theory.arranged(first, π)
    np.testing.assert_allclose(answer(copy, activation), answer(first, activation), atol=1e-12)
    y = answer(first, activation)
    pair = Pair(first, copy, y, y)
    assert barrier(pair, activation, COARSE) > 0.01
    least, found = best(pair, activation, signs)
    assert least < 1e-20
    for back in (found, theory.matching(first, copy, signs)):
        np.testing.assert_allclose(theory.arranged(copy, back).units, first.units, atol=1e-12)


@pytest.mark.parametrize("signs", [False, True])
def test_matching_is_nearest_of_all_arrangements(signs):
    m, rng = 4, np.random.default_rng(3)
    for _ in range(5):
        first, second = network(m, rng), network(m, rng)
        distances = [
            np.sum((first.units - second.units[order] * np.c_[flips]) ** 2) for order, flips in every_order(m, signs)
        ]
        found = theory.arranged(second, theory.matching(first, second, signs)).units
        assert np.sum((first.units - found) ** 2) == pytest.approx(min(distances))


def test_a_changed_sign_is_no_symmetry_of_a_rectifier():
    first = network(3, np.random.default_rng(1))
    assert (
        np.abs(answer(theory.arranged(first, np.array([3, 1, 2])), "rectifier") - answer(first, "rectifier")).max()
        > 0.1
    )


def test_with_targets_of_its_own_a_linear_model_has_no_barrier():
    # Output weights alone differ: the model is linear in them, and y_t is what it puts out.
    rng = np.random.default_rng(2)
    first = network(3, rng)
    second = first._replace(units=np.c_[first.units[:, :3], rng.normal(size=3)])
    pair = Pair(first, second, answer(first, "tanh"), answer(second, "tanh"))
    assert barrier(pair, "tanh", COARSE) < 1e-20
    assert barrier(pair._replace(other_y=pair.y), "tanh", COARSE) == 0
