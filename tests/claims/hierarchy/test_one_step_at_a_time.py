"""Undoing one step after the other: what is measured, and what the verdicts say of planted tables."""

import pytest

from experiments.claims.hierarchy import one_step_at_a_time
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts

ALL = {
    "nothing-lost": SUPPORTED,
    "better-than-at-once": CONTRADICTED,
    "guesses": CONTRADICTED,
    "shrinks": CONTRADICTED,
    "smaller-tables": CONTRADICTED,
    "smaller-tables/parts": SUPPORTED,
    "one-pair-too-many": SUPPORTED,
    "skipped": SUPPORTED,
    "generic": SUPPORTED,
}


@pytest.fixture(scope="module")
def table():
    return measured(one_step_at_a_time, one_step_at_a_time.Settings(n=[2], draws=4), seed=101)


def test_nothing_is_lost_and_nothing_is_gained(table):
    assert verdicts(one_step_at_a_time.judge(table)) == ALL
    assert set(drawn(one_step_at_a_time, table)) == {"sizes", "tables"}
    assert len(table) == 5 * 4 * 2


@pytest.mark.parametrize(
    ("column", "value", "name", "outcome"),
    [
        ("factors", False, "nothing-lost", CONTRADICTED),
        ("equal", False, "nothing-lost", CONTRADICTED),
        ("paths_agree", False, "nothing-lost", CONTRADICTED),
        ("lost", 2e-12, "nothing-lost", CONTRADICTED),
        ("lost_of_cause", 2e-12, "nothing-lost", CONTRADICTED),
        ("lost", 9e-13, "nothing-lost", SUPPORTED),
        ("lost", 2e-12, "better-than-at-once", SUPPORTED),
        ("merged_lost", 0.5, "one-pair-too-many", CONTRADICTED),
        ("skipped_lost", 0.0, "skipped", CONTRADICTED),
        ("guess_error", 0.0, "guesses", INCONCLUSIVE),
        ("size", 1, "shrinks", SUPPORTED),
        ("size", 1, "generic", CONTRADICTED),
        ("entries_one_by_one", 3, "smaller-tables", SUPPORTED),
        ("entries_by_parts", 16, "smaller-tables/parts", CONTRADICTED),
        ("parts_equal", False, "smaller-tables/parts", CONTRADICTED),
    ],
)
def test_what_is_planted_turns_the_verdict(table, column, value, name, outcome):
    assert verdicts(one_step_at_a_time.judge(table.assign(**{column: value})))[name] == outcome


def test_a_falsehood_in_one_structured_chain_is_enough_and_generic_ones_do_not_count(table):
    tree = (table["kind"] == "tree") & (table["draw"] == 0)
    assert verdicts(one_step_at_a_time.judge(table.assign(equal=~tree)))["nothing-lost"] == CONTRADICTED
    generic = table["kind"] == "generic"
    assert verdicts(one_step_at_a_time.judge(table.assign(equal=~generic)))["nothing-lost"] == SUPPORTED
