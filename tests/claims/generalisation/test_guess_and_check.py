"""Guesses beside training: what is kept is right, what is not found is named, and the rules on planted tables."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.generalisation import guess_and_check as claim
from experiments.claims.generalisation.guess_and_check import verdicts as rules
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.generalisation import guesses

SMALL = claim.Settings(
    world=["roofs", "coin"], examples=[3], width=[4], sets=2, guesses=30_000, wanted=5, restarts=3, steps=60
)


def planted(difference: np.ndarray, task: str = "roofs", ratio: float = 10.0) -> pd.DataFrame:
    """Guesses that err on so much more than training; not a number is a set for which none was found."""
    facts = {"world": task, "examples": 8, "width": 8, "set": range(len(difference)), "tried": 100, "right": 1}
    found = {rules.GUESSES: (0.3 + difference, 0.01), rules.TRAINED: (0.3, 0.01 * ratio), rules.FIRST: (0.3, 0.01)}
    rows = [pd.DataFrame({**facts, "search": name, "rest_error": e, "margin": m}) for name, (e, m) in found.items()]
    return pd.concat(rows, ignore_index=True)


def test_guesses_that_are_kept_are_the_first_right_ones_of_those_that_were_tried():
    """The same random numbers once more, network by network."""
    (unit,) = units(claim, SMALL, seed=3)
    cell, key = unit.cells.to_dict("records")[0], unit.keys.tolist()[0]
    world, seen = claim.examples_of(3, cell["world"], 3, cell["set"])
    row = claim._guessed(unit, cell, world, seen, key)
    rng, errors = np.random.default_rng(key), []
    for _ in range(row["tried"] // claim.AT_A_TIME):
        batch = guesses.draw(claim.AT_A_TIME, 2, 4, rng)
        hidden = np.maximum(np.einsum("pi,iwg->pwg", world.x, batch.W.astype(float)) + batch.b, 0)
        signs = np.einsum("pwg,wg->pg", hidden, batch.v.astype(float)) + batch.c > 0
        wrong = signs != (world.y > 0)[:, None]
        kept = wrong[:, ~wrong[seen].any(0)]
        errors += np.delete(kept, seen, axis=0).mean(0).tolist()
    assert row["right"] == len(errors)
    # Sums in single precision may differ at a border of the world: one point in thousands.
    assert row["rest_error"] == pytest.approx(np.mean(errors[:5]), abs=1e-3)


def test_a_search_that_finds_nothing_is_named_and_not_counted_as_an_error():
    table = measured(claim, claim.Settings(**{**vars(SMALL), "examples": [12], "guesses": 50, "world": ["coin"]}))
    guessed = table[table["search"] == rules.GUESSES]
    assert (guessed["tried"] == 50).all()
    assert (guessed["right"] == 0).all()
    assert guessed["rest_error"].isna().all()
    assert drawn(claim, table)


def test_all_searches_have_the_same_examples_and_rows():
    table = measured(claim, SMALL)
    assert set(table["search"]) == {rules.GUESSES, rules.TRAINED, rules.FIRST}
    assert table["rest_error"].dropna().between(0, 1).all()
    assert (table.loc[table["right"] > 0, "margin"] > 0).all()
    again = claim.examples_of(0, "coin", 3, 1)
    np.testing.assert_array_equal(again[1], claim.examples_of(0, "coin", 3, 1)[1])
    assert set(drawn(claim, table)) == {"guessed-and-trained", "right-guesses"}


@pytest.mark.parametrize(
    ("mean", "expected"),
    [(0.0, SUPPORTED), (0.045, SUPPORTED), (-0.045, SUPPORTED), (0.05, INCONCLUSIVE), (0.055, CONTRADICTED)],
)
def test_errors_are_equal_within_the_margin(mean, expected):
    # Student's interval of 30 values ±0.01 goes 0.0038 to either side.
    difference = mean + 0.01 * np.tile([-1.0, 1.0], 15)
    assert verdicts(rules.judge(planted(difference)))["equal/roofs/8/8/all-updates"] == expected


@pytest.mark.parametrize(("censored", "expected"), [(3, SUPPORTED), (4, INCONCLUSIVE)])
def test_a_tenth_of_the_sets_may_be_censored(censored, expected):
    difference = np.where(np.arange(30) < censored, np.nan, 0.01 * np.tile([-1.0, 1.0], 15))
    found = {one.claim: one for one in rules.judge(planted(difference))}["equal/roofs/8/8/all-updates"]
    assert found.verdict == expected
    assert f"guesses found nothing for {censored}" in found.notes


def test_margins_and_random_labels():
    spread = 0.01 * np.tile([-1.0, 1.0], 15)
    assert verdicts(rules.judge(planted(spread, ratio=2.0)))["margin/roofs/8"] == SUPPORTED
    assert verdicts(rules.judge(planted(spread, ratio=0.5)))["margin/roofs/8"] == CONTRADICTED
    random = verdicts(rules.judge(planted(0.2 + spread, "coin")))
    assert set(random) == {"coin/guesses", "coin/all-updates", "coin/first-right"}
    assert random["coin/guesses"] == SUPPORTED
    assert random["coin/all-updates"] == CONTRADICTED
