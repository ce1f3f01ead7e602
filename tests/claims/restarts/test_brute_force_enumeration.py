"""The enumeration against the definition, and guesses against networks that are drawn one by one."""

import numpy as np
import pytest

from experiments.claims.restarts.brute_force import enumeration
from theory import boolean, network
from theory.activations import ACTIVATIONS
from theory.restarts.grid import Grid, solves


def truth_of(family: str, n: int) -> np.ndarray:
    return boolean.FAMILIES[family](n, np.random.default_rng(0))


GRIDS = [
    ("and", Grid(5, 2, 0, "identity")),
    ("majority", Grid(6, 3, 0, "identity")),
    ("and", Grid(9, 2, 1, "rectifier")),
    ("parity", Grid(4, 2, 2, "threshold")),
    ("parity", Grid(3, 2, 2, "rectifier")),
    ("parity", Grid(4, 2, 2, "logistic")),
    ("parity", Grid(3, 2, 2, "tanh")),
    ("parity", Grid(2, 3, 3, "tanh")),
    ("and", Grid(9, 2, 1, "tanh")),
    ("and", Grid(17, 1, 1, "logistic")),
]


@pytest.mark.parametrize(("family", "grid"), GRIDS, ids=str)
def test_a_census_counts_what_the_definition_counts(family, grid):
    truth = truth_of(family, grid.n)
    right = solves(grid, truth, np.arange(grid.settings))
    census = enumeration.take_census(grid, truth)
    assert (census.settings, census.solved) == (grid.B**grid.W, right.sum())
    assert census.first == (int(np.argmax(right)) if right.any() else -1)
    assert census.close == 0 or grid.activation in ("logistic", "tanh")


def test_the_first_solution_is_the_one_of_the_first_row_in_whatever_piece_of_its_lanes(monkeypatch):
    # Lanes in pieces of 4: of rows that are right, one far down in the first piece and one far up in the last.
    monkeypatch.setattr(enumeration, "FEWEST_LANES", 4)
    monkeypatch.setattr(enumeration, "MOST_LANES", 4)
    monkeypatch.setattr(enumeration, "ROWS", 1)
    enumeration.compiled.cache_clear()
    for family, grid in GRIDS[:5]:
        truth = truth_of(family, grid.n)
        right = solves(grid, truth, np.arange(grid.settings))
        census = enumeration.take_census(grid, truth)
        assert (census.solved, census.first) == (right.sum(), int(np.argmax(right)) if right.any() else -1)
    enumeration.compiled.cache_clear()


@pytest.mark.parametrize(("lanes", "rows", "blocks"), [(256, 4, 2), (512, 16, 8), (1024, 8, 64)])
def test_the_size_of_calls_does_not_change_a_census(monkeypatch, lanes, rows, blocks):
    grid, truth = Grid(5, 2, 2, "tanh"), truth_of("parity", 2)
    expected = enumeration.take_census(grid, truth)
    assert expected.solved > 0
    assert expected.close > 0
    for name, value in {"MOST_LANES": lanes, "ROWS": rows, "BLOCKS": blocks}.items():
        monkeypatch.setattr(enumeration, name, value)
    enumeration.compiled.cache_clear()
    assert enumeration.take_census(grid, truth) == expected
    enumeration.compiled.cache_clear()


def test_guesses_are_networks_as_training_draws_them():
    truth, guesses, sizes = truth_of("and", 2), 300, (2, 2, 1)
    counted = enumeration.count_solving_guesses(sizes, "tanh", truth, guesses, [1, 2])
    normals = np.random.default_rng([1, 2]).standard_normal((guesses, 9), np.float32)
    by_hand = 0
    for row in normals:
        layers = network.from_normals(row, sizes, network.WEIGHT_VARIANCE["tanh"])
        z = network.evaluate(layers, boolean.signed_inputs(2).astype(np.float32), ACTIVATIONS["tanh"])[:, 0]
        by_hand += bool((z * (2.0 * truth - 1) > 0).all())
    assert counted == by_hand > 0


def test_guesses_in_several_parts_have_the_rate_of_the_normal_distribution():
    # One input: w + b < 0 < w - b are two independent signs, each as likely as the other.
    guesses = 2 * enumeration.GUESSES + 1000
    solved = enumeration.count_solving_guesses((1, 1), "identity", np.array([1, 0], np.uint8), guesses, [7])
    assert abs(solved / guesses - 0.25) < 5 * np.sqrt(0.25 * 0.75 / guesses)
