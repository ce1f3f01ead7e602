"""Conditions mean what they mean in Python, and nothing but a condition is ever evaluated."""

import itertools
import math
import os
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import axes as axes_module
from experiments import conditions, plan
from experiments.axes import axes_of
from experiments.conditions import ConditionError
from experiments.errors import UserError
from experiments.running import compose, groups

AXES: dict[str, list[Any]] = {
    "n": [0, 1, 2, 3, 7, 64],
    "width": [1, 4, 9],
    "rate": [0.05, 0.5, 2.0],
    "task": ["parity", "majority"],
}
CELLS = pd.DataFrame(list(itertools.product(*AXES.values())), columns=list(AXES)).assign(flag=lambda t: t["n"] > 2)
COLUMNS = {name: CELLS[name].to_numpy() for name in CELLS}


def chosen(condition: str) -> list[bool]:
    return conditions.holds(conditions.read(condition, COLUMNS), COLUMNS, len(CELLS)).tolist()


def by_python(condition: str) -> list[bool]:
    """The slow way: Python itself, cell by cell, for conditions written in this file."""
    return [bool(eval(condition, {}, cell)) for cell in CELLS.to_dict("records")]


@pytest.mark.parametrize(
    "condition",
    [
        "n > 1",
        "1 < n <= width < 9",
        "width <= 2 ** n",
        "2 ** n - 1 >= 2 ** 63",
        "(1.0 * n) ** (width * 3 + 1) <= 6e9",
        "task == 'parity' and n in [2, 3] or task != 'parity' and rate not in (0.5, 2)",
        "not (n > 1 or task == 'majority')",
        "(task == 'parity') == (width == 1)",
        "(task == 'parity') != (width == 1)",
        "n % 2 == 0 and -n < - 1 + + 0 and width // 2 == 2",
        "n * rate - width / 4 + 1 > rate ** 2",
        "2 ** -n < 0.3",
        "n > 0 and 12 % n == 0",
        "n == 0 or 12 // n > 3",
        "flag",
        "flag == True and not flag or n < 2",
        "'a' < task",
        "-7 // width == -7 // width and -7 % width >= 0",
        "n ** 30 > 10 ** 20",
    ],
)
def test_a_condition_means_what_it_means_in_python(condition):
    found = chosen(condition)
    assert found == by_python(condition)
    assert any(found)


OPERANDS = st.sampled_from(["n", "width", "rate", "2", "0.5", "-3"])
SUMS = st.builds("({} {} {})".format, OPERANDS, st.sampled_from("+-*"), OPERANDS)
RELATIONS = st.builds("{} {} {}".format, SUMS | OPERANDS, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), SUMS)
SENTENCES = st.recursive(
    RELATIONS | st.just("task == 'parity'"),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner) | st.builds("not {}".format, inner)
    ),
    max_leaves=6,
)


@given(SENTENCES)
def test_any_condition_means_what_it_means_in_python(condition):
    assert chosen(condition) == by_python(condition)


CANARY = "theory-claims-canary"
HOSTILE = [
    f"@pd.io.common.os.system('touch {CANARY}') == 0 and n > 0",
    f"n.to_csv('{CANARY}') == 0",
    f"__import__('os').system('touch {CANARY}') == 0",
    "n.__class__ == 0",
    "(lambda: n)() > 0",
    "[n for n in [1]] == n",
    "n[0] > 1",
    "f'{n}' == 'a'",
    "(n := 3) > 2",
    "n > 1 if n else n",
    "{'a': 1} == n",
    "{1} == n",
    "print(n) == 0",
    "n @ n > 0",
    "n & 1 == 0",
    "n << 70 > 0",
    "~n == 0",
    "n is 2",
    "n in n",
    "n in [[1]]",
    "n in [width]",
    "n in []",
    "n in [1, 2] == flag",
    "[1] == n",
    "n == None",
    "n == b'a'",
    "n == 1j",
    "n == ...",
    "n < 1e999",
    "n < 9" + "9" * 400,
    "nn > 1",
    "seed == 0",
    "await n",
    "yield",
    "n >",
    "",
    "n > 1\nimport os",
    "n > 1; n",
    "n > '\0'",
    "(" * 300 + "n" + ")" * 300,
    "not " * 400 + "flag",
    "-" * 1900 + "n > 0",
    "n" + " + n" * 100 + " > 0",
    "n > 0 or " * 400 + "n > 0",
    # No condition, or without a meaning for some cell.
    "n",
    "n + 1",
    "task",
    "'a'",
    "n and flag",
    "n == 'a'",
    "task > 1",
    "flag == 1",
    "task in [1, 'parity']",
    "task + task == 'a'",
    "flag + 1 > 0",
    "-flag == 0",
    "1 / n > 0",
    "width % n == 0",
    "(0 - rate) ** 0.5 > 0",
    "1e300 ** n - 1e300 ** n == 0",
]


@pytest.mark.parametrize("condition", HOSTILE)
def test_whatever_is_no_condition_is_refused_and_never_evaluated(condition, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConditionError) as error:
        chosen(condition)
    assert os.listdir(tmp_path) == []
    assert str(error.value)


def test_powers_of_any_size_take_no_time_and_are_compared_rightly():
    assert not any(chosen("9 ** 9 ** 9 ** 9 < n"))
    assert all(chosen("9 ** 9 ** 9 ** 9 > n"))
    assert chosen("2 ** n > 9223372036854775807") == [n == 64 for n in CELLS["n"]]


def test_what_is_wrong_is_said_before_anything_is_planned_and_what_to_type(monkeypatch):
    where = '++sweep.trained-width.where="widht < 3"'
    settings = compose.compose_settings(["+sweep=boolean", "+scale=smoke", where])
    with pytest.raises(UserError, match=r"widht is no axis; did you mean width\?.*such as where=") as error:
        plan.make_plan(settings)
    assert str(error.value).startswith("sweep.trained-width: where: ")
    monkeypatch.setattr(axes_module.np, "unravel_index", lambda *_: pytest.fail("planned"))
    with pytest.raises(UserError, match="widht"):
        plan.make_cells(settings.sweep["trained-width"])


@pytest.mark.parametrize("scale", ["smoke", "default", "full"])
def test_every_condition_that_there_is_chooses_the_cells_that_pandas_chose(scale):
    """`DataFrame.eval` is what conditions were once handed to, and for ours it is right."""
    compared = 0
    for sweep in groups.sweeps():
        for settings in compose.compose_settings([f"+sweep={sweep}", f"+scale={scale}"]).sweep.values():
            axes = axes_of(settings)
            if not settings.where or math.prod(map(len, axes.values())) > 1_000_000:
                continue
            cells = pd.MultiIndex.from_product(axes.values(), names=axes).to_frame(index=False)
            pd.testing.assert_frame_equal(
                plan.make_cells(settings), cells[cells.eval(settings.where)].reset_index(drop=True)
            )
            compared += 1
    assert compared >= 15


def test_whole_numbers_stay_whole():
    large = {"n": np.array([2**61, 2**61 + 1])}
    tree = conditions.read("n + 1 == 2305843009213693953", large)
    assert conditions.holds(tree, large, 2).tolist() == [True, False]


@pytest.fixture(autouse=True, scope="module")
def registered():
    compose.register_defaults()
