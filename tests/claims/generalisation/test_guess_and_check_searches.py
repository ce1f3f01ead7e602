"""What searches find: bins of losses, examples that are the same for all, and guesses that are asked again."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.generalisation import guess_and_check
from experiments.claims.generalisation.guess_and_check import searches
from experiments.claims.generalisation.guess_and_check.verdicts import EVERY, GUESSES
from tests.support import units
from theory.generalisation import guesses

SMALL: dict[str, Any] = {**guess_and_check.SMOKE, "guesses": 4000, "wanted": 5}
SETTINGS = guess_and_check.Settings(**SMALL)
UNIT = units(guess_and_check, SETTINGS)[0]


def test_a_bin_holds_the_distances_that_its_docstring_says():
    k = np.arange(1, 12)
    ends = 2.0 ** (-k / 2)
    # Written with distances, since log 2 less a distance rounds: just inside, and just outside.
    assert searches.bins_of(np.log(2) - ends * 1.0001).tolist() == k.tolist()
    assert searches.bins_of(np.log(2) - ends * 0.9999).tolist() == (k + 1).tolist()
    assert (searches.bins_of(np.array([0.0, 0.3, 0.69])) >= 1).all()


@pytest.mark.parametrize("world", list(guesses.WORLDS))
def test_examples_are_the_same_for_all_searches_and_others_for_another_number(world):
    points, seen = searches.examples_of(7, world, 3, 0)
    again, same = searches.examples_of(7, world, 3, 0)
    np.testing.assert_array_equal(points.x, again.x)
    assert seen.tolist() == same.tolist()
    assert len(set(seen.tolist())) == 3
    others = [searches.examples_of(7, world, 3, number)[1].tolist() for number in range(1, 9)]
    assert any(other != seen.tolist() for other in others)


def test_guesses_that_are_kept_are_right_on_all_examples_and_as_many_as_are_wanted():
    world, seen = searches.examples_of(0, next(iter(guesses.WORLDS)), 3, 0)
    networks, right, tried = searches.right_guesses(UNIT, 2, world, seen, [1, 2])
    assert tried == SETTINGS.guesses
    assert len(networks.c) == min(right, SETTINGS.wanted)
    outputs = guesses.outputs(networks, world.x[seen])
    assert (outputs * world.y[seen, None] > 0).all()
    # From the same key come the same networks.
    again, *_ = searches.right_guesses(UNIT, 2, world, seen, [1, 2])
    np.testing.assert_array_equal(networks.W, again.W)


def test_rows_of_bins_add_up_to_the_row_of_all():
    world, seen = searches.examples_of(0, next(iter(guesses.WORLDS)), 3, 0)
    rows = searches.guessed(UNIT, 2, world, seen, [1, 2])
    (every,), bins = [row for row in rows if row["bin"] == EVERY], [row for row in rows if row["bin"] != EVERY]
    assert all(row["search"] == GUESSES for row in rows)
    kept = sum(row["right"] for row in bins)
    assert kept == min(every["right"], SETTINGS.wanted)
    mean = sum(row["right"] * row["rest_error"] for row in bins) / kept
    assert mean == pytest.approx(every["rest_error"])


def test_a_search_without_a_right_network_has_one_row_that_says_so():
    world, _ = searches.examples_of(0, next(iter(guesses.WORLDS)), 3, 0)
    # On all points, with labels that contradict each other, nobody is right.
    impossible = guesses.World(np.tile(world.x, (2, 1)), np.concatenate([world.y, -world.y]))
    (row,) = searches.guessed(UNIT, 2, impossible, np.arange(len(impossible.x)), [1, 2])
    assert (row["right"], row["bin"]) == (0, EVERY)
    assert np.isnan(row["rest_error"])
