"""Guesses beside training: what is kept is right, what is not found is named, and the rules on planted tables."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.generalisation import guess_and_check as claim
from experiments.claims.generalisation.guess_and_check import searches
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
    facts |= {"bin": rules.EVERY}
    found = {rules.GUESSES: (0.3 + difference, 0.01), rules.TRAINED: (0.3, 0.01 * ratio), rules.FIRST: (0.3, 0.01)}
    rows = [pd.DataFrame({**facts, "search": name, "rest_error": e, "margin": m}) for name, (e, m) in found.items()]
    return pd.concat(rows, ignore_index=True)


def test_guesses_that_are_kept_are_the_first_right_ones_of_those_that_were_tried():
    """The same random numbers once more, network by network."""
    (unit,) = units(claim, SMALL, seed=3)
    cell, key = unit.cells.to_dict("records")[0], unit.keys.tolist()[0]
    world, seen = searches.examples_of(3, cell["world"], 3, cell["set"])
    row, *_ = searches.guessed(unit, cell["width"], world, seen, key)
    rng, errors = np.random.default_rng(key), []
    for _ in range(row["tried"] // searches.AT_A_TIME):
        batch = guesses.draw(searches.AT_A_TIME, 2, 4, rng)
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
    again = searches.examples_of(0, "coin", 3, 1)
    np.testing.assert_array_equal(again[1], searches.examples_of(0, "coin", 3, 1)[1])
    assert set(drawn(claim, table)) == {"guessed-and-trained", "right-guesses", "equal-loss"}


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


def test_a_bin_holds_the_networks_of_its_losses():
    """Each network's loss once more, and the error of those of one bin."""
    (unit,) = units(claim, SMALL, seed=3)
    cell, key = unit.cells.to_dict("records")[0], unit.keys.tolist()[0]
    world, seen = searches.examples_of(3, cell["world"], 3, cell["set"])
    what = (unit, cell["width"], world, seen, key)
    found, *_ = searches.right_guesses(*what)
    rows = searches.guessed(*what)[1:]
    assert sum(row["right"] for row in rows) == len(found.c) == 5
    bins, errors = [], []
    for i in range(len(found.c)):
        W, b, v, c = (np.asarray(part[..., i], float) for part in found)
        z = np.maximum(world.x @ W + b, 0) @ v + c
        normalised = z[seen] * world.y[seen] / np.sqrt((np.sum(W**2) + np.sum(b**2)) * np.sum(v**2))
        distance = np.log(2) - np.mean(np.log1p(np.exp(-normalised)))
        bins.append(next(k for k in range(1, 99) if 2 ** (-k / 2) <= distance < 2 ** (-(k - 1) / 2)))
        errors.append(np.mean(np.delete(z * world.y <= 0, seen)))
    for row in rows:
        mine = [error for error, one in zip(errors, bins, strict=True) if one == row["bin"]]
        assert (row["right"], row["rest_error"]) == (len(mine), pytest.approx(np.mean(mine), abs=1e-3))


def binned(of_bins: dict[int, tuple[float, float | None]], spread: float = 0.01) -> pd.DataFrame:
    """Two trained networks a bin and set, and guessed ones where they have an error; 30 sets differ by ±spread."""
    table, rows = planted(np.zeros(30)), []
    for number, (trained, guess) in of_bins.items():
        own = {rules.TRAINED: trained, rules.FIRST: trained} | ({} if guess is None else {rules.GUESSES: guess})
        for search, error in own.items():
            mine = table[table["search"] == search]
            rest = error + spread * (-1.0) ** mine["set"] * (search == rules.GUESSES)
            rows.append(mine.assign(bin=number, right=2, rest_error=rest))
    return pd.concat([table, *rows], ignore_index=True)


@pytest.mark.parametrize(
    ("more", "expected"), [(0.0, SUPPORTED), (0.045, SUPPORTED), (0.05, INCONCLUSIVE), (0.055, CONTRADICTED)]
)
def test_errors_at_equal_loss_are_compared_bin_by_bin(more, expected):
    # Over all networks guesses err far more often: theirs are mostly in the bin of the larger error.
    found = {one.claim: one for one in rules.judge(binned({4: (0.1, 0.1 + more), 9: (0.4, 0.4 + more)}))}
    one = found["equal-loss/roofs/8/all-updates"]
    assert one.verdict == expected
    assert one.measured == pytest.approx(more)
    assert "100% of the trained networks" in one.notes


@pytest.mark.parametrize(("alone", "expected"), [({}, SUPPORTED), ({5: (0.9, None)}, SUPPORTED)])
def test_bins_without_a_guess_are_left_out(alone, expected):
    one = {one.claim: one for one in rules.judge(binned({4: (0.1, 0.1)} | alone))}["equal-loss/roofs/8/all-updates"]
    assert (one.verdict, one.measured) == (expected, pytest.approx(0.0))


def test_too_few_compared_networks_decide_nothing():
    table = binned({4: (0.1, 0.1), 5: (0.2, None), 6: (0.3, None)})
    one = {one.claim: one for one in rules.judge(table)}["equal-loss/roofs/8/all-updates"]
    assert one.verdict == INCONCLUSIVE
    assert "33% of the trained networks" in one.notes
