"""Points that move by damped steps: none minds the others, and all of them are seated in turn."""

import numpy as np
import pytest

from theory.damped import Method, move, scaled


def towards_zero(evaluated):
    """Halves every coordinate of a point; the third point overshoots at first, until its damping has risen."""

    def evaluate(θ, numbers):
        evaluated.append(len(θ))
        return θ.copy(), numbers

    def step(known, damping):
        θ, numbers = known
        factor = np.where(numbers == 2, 8 / (1 + damping), 0.5)
        return factor[:, None] * θ

    def better(there, here):
        return np.abs(there[0]).max(1) < np.abs(here[0]).max(1)

    return Method(
        evaluate=evaluate,
        first_damping=lambda known: np.ones(len(known[0])),
        step=step,
        better=better,
        arrived=lambda known, damping: np.abs(known[0]).max(1) < 1e-3,
        summary=lambda known: (known[1], np.abs(known[0]).max(1)),
        damping=scaled(0.5, 4.0),
    )


STARTS = np.array([[1.0, 2.0], [64.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1e5, 1.0]])


@pytest.mark.parametrize("seats", [1, 2, 3, 5, 9])
def test_a_point_ends_at_the_same_place_however_many_are_seated(seats):
    alone = move(towards_zero([]), STARTS, 50, 1)
    evaluated: list[int] = []
    θ, (numbers, sizes) = move(towards_zero(evaluated), STARTS, 50, seats)
    np.testing.assert_array_equal(θ, alone[0])
    assert numbers.tolist() == [0, 1, 2, 3, 4], "summaries are in the order of the points"
    np.testing.assert_array_equal(sizes, np.abs(θ).max(1))
    assert (sizes < 1e-3).all()
    assert max(evaluated) == min(seats, len(STARTS))


def test_a_step_that_is_not_better_is_not_made_and_raises_the_damping():
    # With the damping 1 the third point would become -3, so it stays at 1; with the damping 4 it becomes -0.6.
    θ, _ = move(towards_zero([]), STARTS[2:3].repeat(3, 0), 2, 3)
    assert θ[2, 0] == pytest.approx(1 - 8 / 5)


def test_who_has_made_all_steps_makes_room_for_the_next():
    evaluated: list[int] = []
    θ, _ = move(towards_zero(evaluated), STARTS[[1, 1]], 3, 1)
    assert (θ[:, 0] == 8).all()
    # The point and three steps, twice.
    assert evaluated == [1] * 8
