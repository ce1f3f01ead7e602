"""Whether training finds a function at a width that suffices: planted rates, and a small run."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import (
    trained_width_found,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured


def planted_runs(solved: int, late: int = 0, family: str = "parity", spread: bool = True) -> pd.DataFrame:
    """100 runs of ten functions: `solved` of them succeed, `late` of these late."""
    runs = np.arange(100)
    functions = runs % 10 if spread else runs // 10
    facts = {"family": family, "n": 8, "width": 8, "activation": "tanh", "learning_rate": 0.03, "restart": runs // 10}
    table = pd.DataFrame({**facts, "function": functions, "solved": runs < solved, "late": runs < late})
    return table.assign(steps=np.where(table["late"], 18_000, np.where(table["solved"], 500, 20_000)))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (planted_runs(70), SUPPORTED),
        (planted_runs(50), INCONCLUSIVE),
        (planted_runs(30, late=1), CONTRADICTED),
        (planted_runs(30, late=2), INCONCLUSIVE),
        (planted_runs(0), CONTRADICTED),
        # Seven functions of ten are always found, three never: ten functions cannot tell that from one half.
        (planted_runs(70, family="threshold", spread=False), INCONCLUSIVE),
        (planted_runs(70, family="threshold"), SUPPORTED),
    ],
)
def test_a_function_is_found_in_half_of_the_runs_or_the_budget_is_to_blame(table, expected):
    (found,) = trained_width_found.judge(table)
    assert found.verdict == expected
    assert found.low <= found.measured <= found.high
    curve = trained_width_found.draw(table)["found-at-sufficient-width"].numbers
    assert curve["share"].iloc[-1] == table["solved"].mean()
    assert curve["share"].is_monotonic_increasing


def test_the_largest_n_is_judged_and_one_late_run_of_a_hundred_is_few():
    low = planted_runs(30).assign(n=4)
    (found,) = trained_width_found.judge(pd.concat([low, planted_runs(70)], ignore_index=True))
    assert (found.verdict, found.measured, found.switches["n"], found.samples) == (SUPPORTED, 0.7, 8, 100)
    # Of 10,000 runs 100 are one in a hundred, and 101 are more.
    many = pd.concat([planted_runs(30)] * 100, ignore_index=True)
    many["restart"] = np.arange(len(many)) // 10
    for late, expected in ((100, CONTRADICTED), (101, INCONCLUSIVE)):
        (found,) = trained_width_found.judge(many.assign(late=np.arange(len(many)) < late))
        assert found.verdict == expected


def test_a_small_run_of_it_trains_at_the_width_that_suffices():
    settings = trained_width_found.Settings(
        family=["parity", "and"], n=[2], activation=["tanh"], functions=1, restarts=2, steps=200
    )
    table = measured(trained_width_found, settings)
    assert table.groupby("family")["width"].unique().map(list).to_dict() == {"and": [1], "parity": [2]}
    assert len(trained_width_found.judge(table)) == 2
    assert not (table["late"] & ~table["solved"]).any()
