"""Folds: verdicts on built networks, and tables in which one number is wrong."""

import pandas as pd
import pytest

from experiments.claims.modern import square_by_folds
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts

SMALL = square_by_folds.Settings(m=[1, 2, 5])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(square_by_folds, SMALL)


def test_every_verdict_on_built_networks(table):
    found = square_by_folds.judge(table)
    judged = verdicts(found)
    # Two folds are no better than two layers of five rectifiers could be.
    assert {name for name, word in judged.items() if word != SUPPORTED} == {"fixed-depth/2", "fixed-depth/3"}
    assert judged["fixed-depth/2"] == INCONCLUSIVE
    numbers = quantities(found)
    assert numbers["error"][0] == numbers["best"][0] == numbers["flat"][0] == 1
    assert numbers["logarithm"][0] == pytest.approx(14 / 12)
    # One layer needs 31 rectifiers for 32 pieces, and five folds have 14.
    assert numbers["fixed-depth/1"][0] == pytest.approx(31 / 14)
    assert numbers["other-weights"][0] > 0.13
    assert set(drawn(square_by_folds, table)) == {"square-by-folds"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("folds", "error"),
        ("lowered folds", "best"),
        ("one hidden layer", "flat"),
        (square_by_folds.OTHER, "other-weights"),
    ],
)
def test_one_network_that_errs_otherwise_contradicts(table, kind, name):
    row = table.index[table["kind"] == kind][1]
    wrong = table.copy()
    wrong.loc[row, "as_predicted"] = False
    found = verdicts(square_by_folds.judge(wrong))
    assert [one for one, word in found.items() if word == CONTRADICTED] == [name]


def test_too_many_rectifiers_are_no_logarithm(table):
    wrong = table.assign(neurons=table["neurons"].where(table["m"] < 5, 18.0))
    assert verdicts(square_by_folds.judge(wrong))["logarithm"] == CONTRADICTED


def test_what_is_predicted_is_compared_as_a_fraction():
    network = square_by_folds.network(3, square_by_folds.FOLDS)
    error, pieces = square_by_folds.theory.error(network)
    assert square_by_folds._as_predicted(3, square_by_folds.FOLDS, error, pieces)
    assert not square_by_folds._as_predicted(
        3, square_by_folds.FOLDS, error * (1 + square_by_folds.Fraction(1, 10**30)), 8
    )
    assert not square_by_folds._as_predicted(3, square_by_folds.FOLDS, error, 7)


def test_a_row_is_made_again(table):
    (unit,) = units(square_by_folds, SMALL)
    row = table[(table["m"] == 5) & (table["kind"] == "lowered folds")].iloc[0].to_dict()
    again = square_by_folds.rebuild(unit, row)
    assert (float(again.values["error"]), again.values["pieces"]) == (row["error"], row["pieces"])
    assert len(again.layers) == 6
