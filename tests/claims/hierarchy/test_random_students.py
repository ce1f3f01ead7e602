"""Bits that find a teacher among random students: counted by enumeration, planted, and a small run."""

from typing import Any

import numpy as np
import pytest

from experiments.claims.hierarchy import _planted_generators as planted
from experiments.claims.hierarchy import random_students
from experiments.ensemble.tracing import differences
from experiments.errors import UserError
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory import boolean
from theory.hierarchy import random_students as students


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (planted.guessed_teacher, "teacher"),
        (planted.guessed_student, "student"),
        (planted.guessed_shuffled, "shuffled"),
    ],
)
def test_planted_effects_are_seen(table, name):
    for effect, outcome in ((4.0, SUPPORTED), (0.0, INCONCLUSIVE), (-4.0, CONTRADICTED)):
        assert verdicts(random_students.judge(table(effect, np.random.default_rng(101))))[name] == outcome


def test_counted_bits_are_those_of_all_networks():
    settings = random_students.Settings(made=[1], width=[2], functions=6, n=2, draws=200_000)
    table = measured(random_students, settings, seed=101)
    counts = students.exact_counts(2, 2)
    exact = -np.log2(counts[table["teacher"]] / counts.sum())
    # Five standard deviations of a count, in bits.
    assert (np.abs(table["bits"] - exact) < 5 / np.sqrt(table["hits"]) / np.log(2)).all()


def test_the_first_student_that_is_a_teacher_is_drawn_again(monkeypatch):
    monkeypatch.setattr(students, "CHUNK", 100)
    settings = random_students.Settings(made=[1, 2], role=["made"], width=[3], functions=8, n=3, draws=600)
    (unit,) = units(random_students, settings, seed=101)
    table = random_students.measure(unit)
    drawn_functions = students.draw_functions(3, 3, 600, random_students._rng(unit)).tolist()
    firsts = [drawn_functions.index(teacher) if teacher in drawn_functions else None for teacher in table["teacher"]]
    assert any(first is not None and first > 100 for first in firsts)
    for row, first in zip(table.to_dict("records"), firsts, strict=True):
        assert (first is None) == (row["hits"] == 0)
        if first is None:
            with pytest.raises(UserError, match="none of 600 students"):
                random_students.rebuild(unit, row)
        else:
            rebuilt = random_students.rebuild(unit, row)
            assert differences(row, rebuilt) == []
            assert differences(row | {"teacher": row["teacher"] ^ 1}, rebuilt) != []
            assert {value for W, b in rebuilt.layers for value in (*W.ravel(), *b)} <= {-1, 0, 1}


def test_teachers_of_more_units_are_random_networks_that_are_not_nearly_constant():
    for role in ("made", "shuffled"):
        truth = random_students.teacher(101, 4, 2, 0, role)
        assert 4 <= truth.sum() <= 12
    made, shuffled = (random_students.teacher(101, 4, 2, 0, role) for role in ("made", "shuffled"))
    assert made.sum() == shuffled.sum()
    one = boolean.pack(random_students.teacher(101, 4, 1, 3, "made"))
    assert one in set(boolean.threshold_functions(4).tolist())


def test_a_small_run_is_judged_and_drawn():
    smoke: dict[str, Any] = random_students.SMOKE
    table = measured(random_students, random_students.Settings(**smoke), seed=101)
    assert set(verdicts(random_students.judge(table))) == {"teacher", "student", "shuffled"}
    assert set(drawn(random_students, table)) == {"bits"}
