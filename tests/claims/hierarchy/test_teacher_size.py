"""Whether examples follow the teacher or the student: planted tables, and a small run."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.hierarchy import _planted_generators as planted
from experiments.claims.hierarchy import teacher_size
from experiments.claims.hierarchy.teacher_size.verdicts import student_slopes
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (planted.teacher, "teacher/units"),
        (planted.student, "student/units"),
        (planted.shuffled_teachers, "shuffled/units"),
    ],
)
def test_planted_effects_are_seen(table, name):
    for effect, outcome in ((4.0, SUPPORTED), (0.0, INCONCLUSIVE), (-4.0, CONTRADICTED)):
        assert verdicts(teacher_size.judge(table(effect, np.random.default_rng(101))))[name] == outcome


def needed(narrow: list[float], wide: list[float]) -> pd.Series:
    index = pd.MultiIndex.from_product([[16, 256], [1, 2], [0]], names=["width", "made", "function"])
    return pd.Series([*narrow, *wide], index=index)


def test_exponents_of_the_student_are_between_the_ends_of_the_ladder():
    # From 16 to 256 units are four doublings.
    assert student_slopes(needed([5, 6], [7, 8])).tolist() == [0.5]
    assert student_slopes(needed([5, 6], [5, 6])).tolist() == [0.0]
    # What is unknown for both students is left out; what the wide one alone does not reach is more than anything.
    assert student_slopes(needed([5, np.inf], [7, np.inf])).tolist() == [0.5]
    assert student_slopes(needed([5, 6], [np.inf, np.inf])).tolist() == [np.inf]
    assert student_slopes(needed([-np.inf, -np.inf], [-np.inf, 8])).tolist() == [np.inf]
    assert not len(student_slopes(needed([5, 6], [7, 8]).loc[[16]]))


def test_a_student_that_needs_examples_in_proportion_to_its_size_contradicts():
    table = planted.student(0.0, np.random.default_rng(101))
    bits = np.log2(table["width"]) - 6 + 7.25
    proportional = table.assign(error=np.clip(0.15 - 0.05 * (np.log2(table["examples"]) - bits), 0, 0.5))
    found = {one.claim: one for one in teacher_size.judge(proportional)}["student/units"]
    assert found.verdict == CONTRADICTED
    # The curve is flat at 0, so that a crossing beyond it is read off a line that is cut: about 1, and not less.
    assert found.measured >= 0.9


def test_a_small_run_is_judged_and_drawn():
    smoke: dict[str, Any] = teacher_size.SMOKE
    table = measured(teacher_size, teacher_size.Settings(**smoke), seed=101)
    assert set(verdicts(teacher_size.judge(table))) == {
        f"{name}/{family}" for name in ("teacher", "student", "shuffled") for family in ("units", "rectifiers")
    }
    assert set(drawn(teacher_size, table)) == {"teachers"}
