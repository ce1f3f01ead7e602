"""The construction for every function, and one wrong function or case that would contradict it."""

import pytest

from experiments.claims.boolean import (
    every_function,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts
from theory import boolean


def test_the_construction_is_right_and_one_wrong_function_or_case_would_contradict():
    table = measured(every_function, every_function.Settings(n=[1, 2, 3, 7], samples=3))
    assert table.set_index("n")["functions"].to_dict() == {1: 4, 2: 16, 3: 256, 7: 3}
    assert table.set_index("n")["cases"].to_dict() == {1: 4, 2: 6, 3: 8, 7: 16}
    judged = every_function.judge(table)
    assert verdicts(judged) == {"": SUPPORTED, "by-cases": SUPPORTED}
    assert {one.evidence for one in judged} == {"exact"}

    def with_one(n: int, column: str, value: int) -> dict[str, str]:
        changed = table.copy()
        changed.loc[changed["n"] == n, column] = value
        return verdicts(every_function.judge(changed))

    assert with_one(3, "wrong", 1)[""] == CONTRADICTED
    assert with_one(7, "wrong", 1) == {"": SUPPORTED, "by-cases": CONTRADICTED}
    assert with_one(7, "wrong_cases", 1)["by-cases"] == CONTRADICTED
    without = with_one(7, "controls_with_one_error", 0)
    assert without == {"": SUPPORTED, "by-cases": INCONCLUSIVE}
    assert with_one(3, "controls_with_one_error", 0)[""] == INCONCLUSIVE


def test_what_is_measured_are_shares_of_functions_and_of_cases():
    table = measured(every_function, every_function.Settings(n=[2, 3, 7], samples=3))
    table = table.assign(wrong=[3, 14, 2], wrong_cases=[1, 0, 2])
    assert quantities(every_function.judge(table)) == {
        "": (1 - 17 / 272, 1 - 17 / 272, 1 - 17 / 272, 272),
        "by-cases": (0.9, 0.9, 0.9, 30),
    }
    # Where no n is enumerated cases alone are judged: a wrong function, none, and a control that is right.
    for changes, expected in (
        ({}, CONTRADICTED),
        ({"wrong": 0}, SUPPORTED),
        ({"wrong": 0, "controls_with_one_error": 0}, INCONCLUSIVE),
        ({"controls_with_one_error": 0}, CONTRADICTED),
    ):
        last = table.tail(1).assign(**{"wrong_cases": 0} | changes)
        assert verdicts(every_function.judge(last)) == {"by-cases": expected}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_cases_see_a_unit_that_fires_elsewhere(monkeypatch, n):
    settings = every_function.Settings(n=[n], samples=1)
    assert measured(every_function, settings)["wrong_cases"].tolist() == [0]
    right = boolean.one_unit_per_input

    def too_eager(truth):
        (W, b), output = right(truth)
        return (W, b + 2), output

    monkeypatch.setattr(boolean, "one_unit_per_input", too_eager)
    # Both output units err where one bit differs.
    assert measured(every_function, settings)["wrong_cases"].tolist() == [2]
