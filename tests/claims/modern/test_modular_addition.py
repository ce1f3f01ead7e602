"""The construction: what is measured, by another calculation, and its rules inside and outside their borders."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted, modular_addition
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import addition

RNG = np.random.default_rng(0)


SMALL = modular_addition.Settings(p=[5, 7], times=[1, 8], draws=60)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(modular_addition, SMALL)


def test_a_row_is_the_accuracy_of_a_network_that_is_evaluated_one_input_at_a_time(table):
    row = table[(table["phases"] == "tied") & (table["p"] == 5) & (table["times"] == 1)].iloc[3]
    key = [int(row["key"][:8], 16), int(row["key"][8:], 16)]
    a, b, _ = np.random.default_rng(key).uniform(-np.pi, np.pi, (3, 5))
    frequency = 2 * np.pi / 5 * np.array([1, 2, 3, 4, 1])
    right = 0
    for n in range(5):
        for m in range(5):
            hidden = (np.cos(frequency * n + a) + np.cos(frequency * m + b)) ** 2
            z = [hidden @ np.cos(frequency * q + a + b) for q in range(5)]
            right += int(np.argmax(z)) == (n + m) % 5
    assert row["accuracy"] == right / 25


def test_a_draw_without_an_error_leads_everywhere(table):
    pd.testing.assert_series_equal(table["exact"], table["accuracy"] == 1, check_names=False)
    assert (
        table["bound"] == [addition.error_bound(p, w) for p, w in zip(table["p"], table["width"], strict=True)]
    ).all()


def test_rows_do_not_depend_on_how_many_draws_are_evaluated_together(table, monkeypatch):
    monkeypatch.setattr(modular_addition, "NUMBERS", 1)
    again = measured(modular_addition, SMALL)
    pd.testing.assert_frame_equal(again.drop(columns="lead"), table.drop(columns="lead"))
    np.testing.assert_allclose(again["lead"], table["lead"], atol=1e-9)


def test_small_networks_are_judged_as_they_should_be(table):
    found = verdicts(modular_addition.judge(table))
    assert found["exact"] == found["wide/5"] == found["wider/5"] == found["bound"] == SUPPORTED
    assert "per-residue" not in found
    assert len(drawn(modular_addition, table)["modular-addition"].numbers) == 4


def test_no_draw_without_an_error_shows_nothing(table):
    missed = table[table["p"] == 5].assign(lead=-0.1, exact=False)
    found = verdicts(modular_addition.judge(missed))
    assert (found["exact"], found["wide/5"]) == (INCONCLUSIVE, CONTRADICTED)
    # A lead that may be rounding is none.
    assert verdicts(modular_addition.judge(missed.assign(lead=1e-7)))["exact"] == INCONCLUSIVE
    assert verdicts(modular_addition.judge(missed.assign(lead=1e-5)))["exact"] == SUPPORTED


@pytest.mark.parametrize(
    ("hits", "expected"), [(54, SUPPORTED), (53, INCONCLUSIVE), (34, INCONCLUSIVE), (33, CONTRADICTED)]
)
def test_most_draws_are_more_than_half_of_87(hits, expected):
    # Clopper and Pearson: 54 of 87 begin at 0.510, 53 at 0.498.
    table = _planted.draws(23, 8, 0.0, 87, RNG).assign(exact=np.arange(87) < hits)
    assert verdicts(modular_addition.judge(table))["wide/23"] == expected


def test_errors_above_the_bound_contradict_it():
    far = _planted.bounded(-8.0, np.random.default_rng(0))
    assert verdicts(modular_addition.judge(far))["bound"] == CONTRADICTED
    # A bound above 1 holds for anything, and one below all errors of so few draws says nothing.
    assert "bound" not in verdicts(modular_addition.judge(far.assign(bound=1.5)))
    assert "bound" not in verdicts(modular_addition.judge(far.assign(bound=1e-6)))


@pytest.mark.parametrize("phases", ["tied", "free"])
def test_a_row_is_made_again(table, phases):
    unit = next(one for one in units(modular_addition, SMALL) if one.static("phases") == phases)
    row = table[(table["phases"] == phases) & (table["p"] == 5) & (table["times"] == 1)].iloc[3].to_dict()
    again = modular_addition.rebuild(unit.with_cells(unit.cells.iloc[[3]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    (W, b), (V, c) = again.layers
    pairs = np.concatenate([np.repeat(np.eye(5), 5, axis=0), np.tile(np.eye(5), (5, 1))], axis=1)
    answers = ((pairs @ W + b) ** 2 @ V + c).argmax(1)
    assert (answers == addition.sums(5).ravel()).mean() == row["accuracy"]
