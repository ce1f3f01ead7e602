"""Widths of drawn functions, and shares that are known from both sides."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import typical_width
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts
from theory import boolean
from theory.boolean import least_width

NAMES = ("below-parity", "near-the-bound", "one-unit-per-bit")


def rows(lower: int, upper: int, n: int = 6, before: float = 3.0) -> pd.DataFrame:
    return pd.DataFrame({"n": n, "function": range(50), "lower": lower, "upper": upper, "half_before": before})


def test_widths_of_drawn_functions_are_those_of_the_census():
    table = measured(typical_width, typical_width.Settings(n=[4], functions=10))
    widths = boolean.minimum_widths(4)
    expected = [widths[int(truth, 16)] for truth in table["truth"]]
    assert set(table["half_before"]) == {typical_width.median_of_all(3)}
    assert table["lower"].tolist() == table["upper"].tolist() == expected


@pytest.mark.parametrize(
    ("lower", "upper", "outcomes"),
    [
        (4, 4, (SUPPORTED, SUPPORTED, SUPPORTED)),
        (5, 5, (SUPPORTED, CONTRADICTED, CONTRADICTED)),
        (6, 7, (CONTRADICTED, CONTRADICTED, CONTRADICTED)),
        # What is not decided is open, and no network is no exclusion.
        (4, 8, (INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE)),
        (5, 8, (INCONCLUSIVE, CONTRADICTED, CONTRADICTED)),
    ],
)
def test_a_share_is_known_from_both_sides(lower, upper, outcomes):
    judged = verdicts(typical_width.judge(rows(lower, upper)))
    assert judged == dict(zip(NAMES, outcomes, strict=True))


def test_growth_is_open_where_the_width_of_a_bit_less_is():
    table = pd.concat([rows(4, 5, n=6), rows(5, 5, n=7, before=np.nan)])
    assert verdicts(typical_width.judge(table))["one-unit-per-bit"] == INCONCLUSIVE
    known = pd.concat([rows(4, 4, n=6), rows(5, 5, n=7, before=np.nan)])
    assert verdicts(typical_width.judge(known))["one-unit-per-bit"] == SUPPORTED


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_median_of_all_functions_is_that_of_the_census(n):
    widths = np.sort(boolean.minimum_widths(n))
    middle = typical_width.median_of_all(n)
    assert 2 * (widths <= middle).sum() >= len(widths)
    assert 2 * (widths < middle).sum() < len(widths)


@pytest.mark.slow
def test_half_of_the_functions_of_five_bits_need_three_units():
    assert typical_width.median_of_all(5) == 3


def test_the_figure_says_what_half_of_the_functions_need():
    (drawing,) = typical_width.draw(rows(4, 4)).values()
    assert "Half of the functions of 6 bits need 4 hidden units" in drawing.title
    (open_,) = typical_width.draw(rows(5, 8, n=7, before=np.nan)).values()
    assert "of 7 bits need 5 to 8 hidden units" in open_.title


def test_where_the_solver_gives_up_descent_finds_networks(monkeypatch):
    for name, value in {"CONFLICTS": 1, "RESTARTS": 32, "UPDATES": 600, "median_of_all": lambda n: 3}.items():
        monkeypatch.setattr(typical_width, name, value)
    table = measured(typical_width, typical_width.Settings(n=[6], functions=2))
    searched = table[table["lower"] < table["upper"]]
    assert len(searched)
    assert (searched["upper"] <= 5).all()
    for row in searched.itertuples():
        assert boolean.pack(least_width.Network.read(row.network)()) == int(row.truth, 16)
