"""Descent on all devices against a loop by hand, and on functions with known minima."""

import jax.numpy as jnp
import numpy as np
import pytest

from experiments.ensemble import descent
from theory.restarts import teacher_student

CURVATURES = np.array([0.1, 0.5, 1.0])
MINIMUM = np.array([1.0, -2.0, 3.0])


def slope_of_a_bowl(x):
    return CURVATURES * (x - MINIMUM)


def slope_of_two_wells(x):
    """Of Σ (x² - 1)² / 4, with minima at -1 and 1."""
    return x * (x * x - 1)


def by_hand(gradient, start, step_size, steps, bound):
    point, made = np.array(start), 0
    while made < steps and np.linalg.norm(gradient(point)) > bound:
        point, made = point - step_size * gradient(point), made + 1
    return point, made, np.linalg.norm(gradient(point))


def starts(members: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(members).standard_normal((members, *shape))


def test_a_bowl_ends_at_its_bottom_after_as_many_steps_as_theory_says():
    ends = descent.descend(slope_of_a_bowl, np.zeros((1, 3)), 1.0, 10_000, 1e-10)
    np.testing.assert_allclose(ends.points[0], MINIMUM, atol=1e-8)
    # The gradient along the flattest axis is 0.1 x 0.9^t, and the others are gone by then.
    assert ends.steps[0] == np.ceil(np.log(1e-9) / np.log(0.9))
    assert 0.9e-10 <= ends.gradient_norm[0] <= 1e-10


@pytest.mark.parametrize("steps", [0, 1, 300, 100_000])
def test_every_member_makes_the_steps_of_a_loop_by_hand(steps):
    begun = starts(37, 2, 3)
    ends = descent.descend(slope_of_two_wells, begun, 0.05, steps, 1e-9)
    for start, point, made, norm in zip(begun, *ends, strict=True):
        expected, expected_steps, expected_norm = by_hand(slope_of_two_wells, start, 0.05, steps, 1e-9)
        np.testing.assert_allclose(point, expected, atol=1e-12)
        assert made == expected_steps
        assert norm == pytest.approx(expected_norm, rel=1e-5, abs=1e-14)
    if steps == 100_000:
        assert len(set(ends.steps.tolist())) > 10
        np.testing.assert_allclose(abs(ends.points), 1, atol=1e-8)


def test_a_student_descends_as_by_hand():
    begun = starts(3, 4, 4) / 2
    ends = descent.descend(teacher_student.gradient, begun, 1.0, 400, 1e-12)
    for start, point in zip(begun, ends.points, strict=True):
        expected, _, _ = by_hand(teacher_student.gradient, start, 1.0, 400, 1e-12)
        np.testing.assert_allclose(point, expected, atol=1e-8)


def test_a_member_is_the_same_to_the_last_bit_in_any_company(monkeypatch):
    begun = starts(60, 5, 4) / 2
    monkeypatch.setitem(descent.CHUNK_NUMBERS, "cpu", 8 * 20)
    monkeypatch.setattr(descent, "FEWEST_SEATS", 1)
    together = descent.descend(teacher_student.gradient, begun, 1.0, 5000, 1e-9)
    order = np.random.default_rng(0).permutation(60)
    for chosen in (order, order[:23], order[:1]):
        apart = descent.descend(teacher_student.gradient, begun[chosen], 1.0, 5000, 1e-9)
        for one, other in zip(together, apart, strict=True):
            np.testing.assert_array_equal(one[chosen], other)


def test_members_at_once_end_as_one_after_the_other(monkeypatch):
    begun = starts(60, 5, 4) / 2
    in_turn = descent.descend(teacher_student.gradient, begun, 1.0, 5000, 1e-9)
    settled = descent.settle(teacher_student.gradient, in_turn.points + 1e-6, 1.0, 5000, 1e-9)
    monkeypatch.setattr(descent, "each", lambda one, *others: descent.everywhere(descent._at_once(one), *others))
    at_once = descent.descend(teacher_student.gradient, begun, 1.0, 5000, 1e-9)
    np.testing.assert_allclose(at_once.points, in_turn.points, atol=1e-9)
    assert (at_once.steps == in_turn.steps).mean() > 0.9
    others = descent.settle(teacher_student.gradient, in_turn.points + 1e-6, 1.0, 5000, 1e-9)
    # Where the gradient vanishes the loss is flat, so that points may differ by more than rounding.
    np.testing.assert_allclose(others.points, settled.points, atol=1e-4)
    assert (others.gradient_norm <= 1e-9).all()


def test_a_call_on_a_cpu_is_one_function():
    descent.descend(slope_of_two_wells, starts(8, 3, 5), 0.1, 10, 1e-9)
    mine = descent._in_turn(descent._segment(slope_of_two_wells))
    texts = [str(program.as_text()) for (first, *_), program in descent._programs.items() if first is mine]
    assert texts
    assert all("xla_cpu_small_call" in text for text in texts)


def slope_to_ranks(point):
    """XLA cannot link one function that sorts."""
    return point - jnp.argsort(jnp.argsort(point))


def test_what_cannot_be_one_function_descends_all_the_same():
    ends = descent.descend(slope_to_ranks, starts(9, 3), 0.1, 500, 1e-9)
    np.testing.assert_allclose(np.sort(ends.points), np.tile([0, 1, 2], (9, 1)), atol=1e-7)


def test_those_who_have_ended_are_not_calculated_any_more(monkeypatch):
    seated = []
    each = descent.each

    def watched(one, numbers, members, *shared):
        seated.append(int(members.running.sum()))
        return each(one, numbers, members, *shared)

    monkeypatch.setattr(descent, "each", watched)
    begun = np.concatenate([np.tile(MINIMUM, (9, 1)), np.zeros((1, 3))])
    ends = descent.descend(slope_of_a_bowl, begun, 0.05, 10_000, 1e-10)
    assert seated[0] == 10
    assert set(seated[1:]) == {1}
    assert ends.steps[:9].tolist() == [0] * 9
    assert ends.steps[9] == by_hand(slope_of_a_bowl, begun[9], 0.05, 10_000, 1e-10)[1]


def test_diverging_members_end_early_and_leave_the_others_alone():
    begun = np.array([[0.5], [1e3], [-0.5], [np.nan]])
    ends = descent.descend(slope_of_two_wells, begun, 0.1, 5000, 1e-9)
    np.testing.assert_allclose(ends.points[[0, 2], 0], [1, -1], atol=1e-7)
    assert not np.isfinite(ends.gradient_norm[[1, 3]]).any()
    assert (ends.steps[[1, 3]] < 10).all()


def test_calculations_are_in_float64_though_the_process_is_not():
    ends = descent.descend(slope_of_two_wells, np.array([[0.5]]), 0.1, 5000, 1e-14)
    assert ends.points.dtype == np.float64
    assert ends.gradient_norm[0] <= 1e-14


def test_normal_points_belong_to_their_keys():
    keys = np.random.default_rng(0).integers(0, 2**32, (500, 2), dtype=np.uint32)
    points = descent.normal_points(keys, (3, 4))
    assert points.shape == (500, 3, 4)
    assert abs(points.mean()) < 4 / np.sqrt(points.size)
    assert abs(points.std() - 1) < 4 / np.sqrt(2 * points.size)
    np.testing.assert_array_equal(descent.normal_points(keys[77:79], (3, 4)), points[77:79])


def test_members_settle_at_the_minimum_that_is_near_in_few_steps():
    begun = MINIMUM + 0.01 * starts(5, 3)
    ends = descent.settle(slope_of_a_bowl, begun, 1.0, 100, 1e-12)
    np.testing.assert_allclose(ends.points, np.tile(MINIMUM, (5, 1)), atol=1e-11)
    assert (ends.gradient_norm <= 1e-12).all()
    # Descent shrinks the flattest direction by a tenth at each step.
    assert (ends.steps * 5 < descent.descend(slope_of_a_bowl, begun, 1.0, 10_000, 1e-12).steps).all()
    wells = np.array([[0.9], [-1.2], [1.1]])
    np.testing.assert_allclose(descent.settle(slope_of_two_wells, wells, 0.1, 100, 1e-12).points, np.sign(wells))


def test_a_member_settles_as_it_would_alone_and_within_its_steps():
    begun = starts(30, 3)
    together = descent.settle(slope_of_a_bowl, begun, 1.0, 100, 1e-12)
    alone = descent.settle(slope_of_a_bowl, begun[7:8], 1.0, 100, 1e-12)
    np.testing.assert_array_equal(together.points[7], alone.points[0])
    assert together.steps[7] == alone.steps[0]
    few = descent.settle(slope_of_a_bowl, begun, 1.0, 2, 1e-12)
    assert (few.steps == 2).all()
    assert (few.gradient_norm > 1e-12).all()
