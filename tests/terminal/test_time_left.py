"""The time left: exact where a run goes as earlier ones, and near it where claims differ from what was known."""

import numpy as np
import pytest

from experiments.terminal.time_left import OVERDUE, PER_UNIT, Load, Pace, Step, TimeLeft, course_of

LOADS = {"a": Load(4, 2, 40.0), "b": Load(2, 1, 20.0)}


def seconds_of(units, pace):
    """What units take at a pace: whether the program of each is new, and its operations."""
    return [(new, n, pace.per_program * new, PER_UNIT + pace.per_operation * n) for new, n in units]


def steps(slower=1.0):
    """All units of both claims, which take as long as their paces say, times a factor."""
    units = {"a": [(1, 1.0), (0, 9.0), (1, 10.0), (0, 20.0)], "b": [(1, 5.0), (0, 15.0)]}
    for claim, mine in units.items():
        for new, n, compiling, measuring in seconds_of(mine, PACES[claim]):
            yield Step(claim, new, n, slower * compiling, slower * measuring)


PACES = {"a": Pace(1.0, 0.1), "b": Pace(3.0, 10.0)}


def followed(left, done):
    """At every unit that is done, the time that was said and that was left indeed."""
    spent = [step.compiling + step.measuring for step in done]
    for number, step in enumerate(done):
        left.add(step)
        yield left.seconds(), sum(spent[number + 1 :])


def test_a_run_that_goes_as_an_earlier_one_is_told_exactly():
    for said, true in followed(TimeLeft(LOADS, PACES), [*steps()]):
        assert said == pytest.approx(true, abs=1e-9)


def test_before_it_begins_a_run_is_told_claim_by_claim():
    known = {"a": PACES["a"]}
    assert TimeLeft(LOADS, PACES).of_each() == pytest.approx({"a": 4 * PER_UNIT + 2 + 4, "b": 2 * PER_UNIT + 3 + 200})
    assert TimeLeft(LOADS, known).of_each() == pytest.approx({"a": 4 * PER_UNIT + 2 + 4, "b": np.nan}, nan_ok=True)


def test_a_run_that_is_slower_by_one_factor_is_told_better_and_better():
    errors = [said / true for said, true in followed(TimeLeft(LOADS, PACES), [*steps(3.0)]) if true]
    assert errors[-1] == pytest.approx(1, rel=0.15)
    assert abs(np.log(errors[-1])) < abs(np.log(errors[0]))


@pytest.mark.parametrize("seed", range(5))
def test_the_course_of_a_claim_says_when_its_long_units_come(seed):
    rng = np.random.default_rng(seed)
    spent = rng.lognormal(0, 2, 20)
    # Operations say nothing of these seconds.
    pace = Pace(0.0, float(spent.sum() / 20), course_of(list(spent)))
    left = TimeLeft({"a": Load(20, 0, 20.0)}, {"a": pace})
    for said, true in followed(left, [Step("a", 0, 1.0, 0.0, one) for one in spent]):
        assert said == pytest.approx(true, rel=0.01, abs=0.01 * spent.sum())


def test_a_course_is_the_part_of_the_time_that_has_passed():
    course = course_of([1.0, 1.0, 8.0])
    assert (course[0], course[-1]) == (0.0, 1.0)
    assert course == pytest.approx((0, 0.1, 0.2, 1))
    many = course_of([1.0] * 60 + [3.0] * 20)
    assert many == pytest.approx([*np.arange(16) / 30, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert course_of([0.0]) == (0.0, 0.0)


def planted(rng, claims=10):
    """A run, and what an earlier one knew of it: claims differ by 10^4, and all are slower today by up to three."""
    loads, paces, done = {}, {}, []
    today = rng.uniform(0.5, 3)
    for claim in map(str, range(claims)):
        units, pace = int(rng.integers(5, 40)), Pace(rng.lognormal(-1, 1), 10 ** rng.uniform(-9, -5))
        operations = rng.lognormal(np.log(1 / pace.per_operation), 1, units)
        loads[claim], paces[claim] = Load(units, 2, float(operations.sum())), pace
        slower = today * rng.lognormal(0, 0.3, units)
        for number, n in enumerate(operations):
            new = float(number < 2)
            done.append(Step(claim, new, n, new * pace.per_program * today, slower[number] * pace.per_operation * n))
    return loads, paces, done


@pytest.mark.parametrize("seed", range(101, 111))
def test_from_the_first_tenth_on_it_is_within_a_factor_of_two(seed):
    loads, paces, done = planted(np.random.default_rng(seed))
    total = sum(step.compiling + step.measuring for step in done)
    factors = [
        said / true for said, true in followed(TimeLeft(loads, paces), done) if 0.05 * total < true < 0.9 * total
    ]
    assert 0.5 < min(factors) < max(factors) < 2


def test_a_claim_of_which_nothing_is_known_is_a_guess_until_a_unit_of_it_is_done():
    left = TimeLeft(LOADS, {"a": PACES["a"]})
    done = [*steps()]
    for step in done[:4]:
        left.add(step)
    assert left.is_guessed()
    left.add(done[4])
    assert not left.is_guessed()


def test_the_present_unit_has_had_its_time_and_may_be_overdue():
    left = TimeLeft({"a": Load(2, 0, 2.0)}, {"a": Pace(0.0, 10.0)})
    left.add(Step("a", 0, 1.0, 0.0, 10.0 + PER_UNIT))
    assert left.seconds() == pytest.approx(10, abs=0.1)
    assert left.seconds(waited=4.0) == pytest.approx(6, abs=0.1)
    assert left.seconds(waited=40.0) == pytest.approx(OVERDUE * 40)


def test_units_that_differ_widen_the_range():
    rng, widths = np.random.default_rng(1), []
    for spread in (0.0, 1.5):
        left = TimeLeft({"a": Load(40, 0, 40.0)}, {"a": Pace(0.0, 1.0)})
        for _ in range(30):
            left.add(Step("a", 0, 1.0, 0.0, rng.lognormal(0, spread)))
        low, high = left.range(40)
        assert low <= left.seconds() * 1.2
        assert high >= left.seconds() / 1.2
        widths.append(high / low)
    assert widths[0] < 1.01 < 1.1 < widths[1]


def test_more_units_than_were_planned_leave_nothing():
    left = TimeLeft({"a": Load(1, 1, 1.0)}, {})
    for _ in range(2):
        left.add(Step("a", 1, 1.0, 1.0, 1.0))
    assert left.seconds() == 0


def test_many_units_are_not_gone_through_for_every_look():
    left = TimeLeft({"a": Load(10_000, 0, 1e4)}, {"a": Pace(0.0, 1.0)})
    made = []
    original = left._each
    left._each = lambda drawn: made.append(1) or original(drawn)  # type: ignore[method-assign, func-returns-value]
    for done in range(1, 5001):
        left.add(Step("a", 0, 1.0, 0.0, 1.0 + PER_UNIT))
        assert left.seconds() == pytest.approx(10_000 * (1 + PER_UNIT) - done, rel=0.02)
    assert len(made) < 700
