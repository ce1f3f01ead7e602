"""The width at which training succeeds: planted least widths, and what chooses among runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import (
    trained_width,
)
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from theory import boolean


def planted(least_width, family="random", noise=0.0) -> pd.DataFrame:
    """A table in which networks of at least the given width are solved and narrower ones are not."""
    rng = np.random.default_rng(0)
    cells = [
        {
            "family": family,
            "n": n,
            "width": width,
            "activation": "tanh",
            "learning_rate": 0.1,
            "steps": 2000,
            "function": f,
            "restart": r,
        }
        for n in range(2, 9)
        for width in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
        for f in range(5)
        for r in range(10)
    ]
    table = pd.DataFrame(cells)
    needed = table["n"].map(least_width) * np.exp2(noise * rng.standard_normal(len(table)))
    return table.assign(solved=table["width"] >= needed)


@pytest.mark.parametrize(
    ("family", "least_width", "expected"),
    [
        ("random", lambda n: 2 ** (n - 1), SUPPORTED),
        ("random", lambda n: 1, CONTRADICTED),
        ("random", boolean.counting_bound, INCONCLUSIVE),
        ("parity", lambda n: n, SUPPORTED),
        ("parity", lambda n: 2 ** (n - 1), CONTRADICTED),
        ("and", lambda n: 1, SUPPORTED),
        ("random", lambda n: 10**9, INCONCLUSIVE),
    ],
)
def test_growth_of_the_trained_width(family, least_width, expected):
    for noise in (0.0, 0.2):
        (growth,) = trained_width.judge(planted(least_width, family, noise))
        assert growth.verdict == expected
        assert growth.low <= growth.measured <= growth.high
        assert growth.samples == 7 * (5 if family == "random" else 50)


def test_one_number_of_bits_has_no_growth():
    table = planted(lambda n: n)
    assert trained_width.judge(table[table["n"] == 4]) == []


def test_growth_like_the_square_is_inconclusive():
    table = planted(lambda n: n * n / 2, "parity", noise=0.5)
    assert trained_width.judge(table)[0].verdict == INCONCLUSIVE


def test_one_network_for_each_setting_says_little_and_one_function_nothing_of_functions():
    table = planted(lambda n: n, "parity")
    few = table[(table["function"] == 0) & (table["restart"] == 0)]
    (alone,) = trained_width.judge(few)
    assert (alone.low, alone.high, alone.verdict) == (-np.inf, np.inf, INCONCLUSIVE)
    one_function = table[table["function"] == 0].assign(family="random")
    assert trained_width.judge(one_function)[0].verdict == INCONCLUSIVE
    wide, narrow = trained_width.judge(table[table["restart"] == 0])[0], trained_width.judge(table)[0]
    assert wide.low < narrow.low < narrow.high < wide.high


def test_functions_that_a_condition_leaves_out_at_some_n_are_left_out():
    table = planted(lambda n: n, "parity")
    assert trained_width.judge(table[(table["n"] < 8) | (table["function"] < 3)])[0].verdict == SUPPORTED
    uneven = table[(table["width"] != 6) | (table["function"] < 3)]
    assert trained_width.judge(uneven)[0].samples == 7 * 30


def test_a_learning_rate_is_chosen_by_other_runs_than_those_that_are_judged():
    table = planted(lambda n: n, "parity")
    # The first two restarts, a quarter, succeed at the worse of two rates only.
    worse = table.assign(learning_rate=0.2, solved=table["restart"] < 2)
    better = table.assign(solved=table["solved"] & (table["restart"] >= 2))
    ((_, _, judged),) = trained_width.series(pd.concat([better, worse], ignore_index=True))
    assert set(judged["learning_rate"]) == {0.2}
    assert set(judged["restart"]) == set(range(2, 10))
    assert not judged["solved"].any()
    one = pd.concat([better, worse], ignore_index=True).query("restart == 0")
    ((_, _, first),) = trained_width.series(one)
    assert set(first["learning_rate"]) == {0.1}


def test_figures_of_planted_widths_hold_the_numbers_that_are_drawn():
    table = pd.concat([planted(lambda n: 2 ** (n - 1)), planted(lambda n: n, "parity")])
    drawings = trained_width.draw(table)
    widths = drawings["width-against-n"].numbers.set_index(["family", "n"])
    # Between 96, where none succeeds, and 128, where all do, or a little beyond: five functions exclude no more.
    random, parity = widths.loc[("random", 8)], widths.loc[("parity", 8)]
    assert 64 < random["low"] < 96 < random["width"] < 128 < random["high"] < 192
    assert 5.8 < parity["low"] < 6.2 < parity["width"] < 7.8 < parity["high"] < 8.3
    assert widths.loc[("parity", 8), "width_any_restart"] == 8
    rates = drawings["success-against-width"].numbers
    assert (rates["solved"] <= rates["runs"]).all()
    assert ((rates["low"] <= rates["rate"]) & (rates["rate"] <= rates["high"])).all()


def test_only_random_functions_are_asked_for_growth_that_is_faster():
    table = pd.concat([planted(lambda n: 2 ** (n - 1)), planted(lambda n: n, "parity")])
    random, parity = trained_width.judge(table)
    assert {bearing.role for bearing in random.bears_on} == {"variant"}
    assert random.source != parity.source
    assert ">" in random.prediction
    assert "<" in parity.prediction
