import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.claims.boolean import minimum_width, trained_width
from experiments.judging import row_pairs, statistics

KEY = ["width", "restart", "seed"]


def table(loss, solved=None, seed=0, **columns) -> pd.DataFrame:
    size = len(loss)
    facts = {"claim": "toy.x", "width": 2, "restart": range(size), "seed": seed, "loss": loss}
    return pd.DataFrame({**facts, "solved": np.ones(size, bool) if solved is None else solved, **columns})


def compared(a: pd.DataFrame, b: pd.DataFrame, tolerance=1e-5) -> pd.DataFrame:
    first, second = matched(a, b)
    found = row_pairs.compare_rows("x", first, second, tolerance)
    return found.assign(adjusted=found["p_value"]).set_index("column")


def matched(a: pd.DataFrame, b: pd.DataFrame) -> list[pd.DataFrame]:
    places = row_pairs.matched(a.__getitem__, b.__getitem__, KEY)
    columns = [name for name in a if name in b and name not in (*KEY, "claim")]
    return [one[columns].iloc[where].reset_index(drop=True) for one, where in zip((a, b), places, strict=True)]


def outcomes(found: pd.DataFrame) -> dict[str, str]:
    return {row.Index: row_pairs.outcome(row, 0.01) for row in found.itertuples()}


def test_rows_are_matched_by_setting_and_seed_whatever_their_order():
    a = table(np.arange(10.0))
    b = pd.concat([a[a["restart"] % 2 == 0].sample(frac=1, random_state=0), table([99.0], seed=1)])
    first, second = matched(a, b)
    assert len(first) == 5
    assert first["loss"].tolist() == second["loss"].tolist()
    assert matched(a, table(np.arange(10.0), seed=1))[0].empty
    assert outcomes(compared(a, b)) == {"loss": "identical", "solved": "identical"}


def test_what_tells_the_rows_of_a_cell_apart_is_part_of_their_key():
    assert row_pairs.key_of(minimum_width, minimum_width.Settings()) == ["n", "width", "seed"]
    assert "restart" in row_pairs.key_of(trained_width, trained_width.Settings(restarts=3))


def test_rows_that_nothing_tells_apart_are_taken_in_their_order():
    a = table([1.0, 2.0, 3.0]).assign(restart=0)
    first, second = matched(a, a.assign(loss=[1.0, 2.0, 4.0]))
    assert (first["loss"] != second["loss"]).tolist() == [False, False, True]


def test_rounding_is_told_from_difference_at_the_precision_of_the_run():
    loss = np.array([1.0, 1e-9, np.inf, np.nan, 0.5])
    other = loss + np.array([1e-7, 1e-9, 0, 0, 0])
    found = compared(table(loss), table(other)).loc["loss"]
    assert (found["rows"], found["identical"], found["rounding"]) == (5, 3, 2)
    assert np.isnan(found["p_value"])
    assert outcomes(compared(table(loss), table(other)))["loss"] == "rounding"
    finer = compared(table(loss), table(other), 1e-10).loc["loss"]
    assert (finer["identical"], finer["rounding"]) == (3, 0)


def test_a_run_that_diverged_is_worse_than_any_that_did_not():
    found = compared(table([1.0, 1.0, np.nan]), table([np.nan, np.inf, 1.0])).loc["loss"]
    assert found["net_share"] == pytest.approx(1 / 3)


def test_the_net_share_is_the_difference_of_two_success_rates_and_its_test_is_mcnemars():
    rng = np.random.default_rng(0)
    one, other = rng.random(500) < 0.7, rng.random(500) < 0.4
    found = compared(table(np.zeros(500), one), table(np.zeros(500), other)).loc["solved"]
    assert found["net_share"] == pytest.approx(other.mean() - one.mean())
    up, down = (~one & other).sum(), (one & ~other).sum()
    assert found["p_value"] == pytest.approx(scipy.stats.binomtest(min(up, down), up + down).pvalue)
    assert found["low"] < found["net_share"] < found["high"] < 0


def test_planted_differences_are_found_and_chaos_without_a_direction_is_none():
    rng = np.random.default_rng(0)
    solved = rng.random(2000) < 0.5
    loss = rng.random(2000)
    flips, drift = rng.random(2000) < 0.05, rng.random(2000) < 0.2
    chaotic = compared(table(loss, solved), table(np.where(flips, rng.random(2000), loss), solved ^ flips))
    assert outcomes(chaotic) == {"loss": "equivalent", "solved": "equivalent"}
    worse = compared(table(loss, solved), table(np.where(drift, loss + 0.1, loss), solved & ~drift))
    assert outcomes(worse) == {"loss": "different", "solved": "different"}
    few = compared(table(loss[:20], solved[:20]), table(loss[:20] + 0.1 * (-1) ** np.arange(20), solved[:20]))
    assert outcomes(few) == {"loss": "too few to tell", "solved": "identical"}


def test_a_column_at_the_level_is_called_different_and_one_above_it_is_not():
    found = compared(table(np.zeros(40), np.ones(40, bool)), table(np.zeros(40), np.arange(40) > 9))
    for adjusted, expected in ((0.01, "different"), (0.02, "too few to tell")):
        assert outcomes(found.assign(adjusted=adjusted))["solved"] == expected


def test_two_runs_without_a_difference_in_law_are_rarely_called_different():
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(50):
        one, other = (rng.random(60) < 0.3 for _ in range(2))
        alarms += outcomes(compared(table(np.zeros(60), one), table(np.zeros(60), other)))["solved"] == "different"
    assert alarms <= 3


def test_words_are_counted_one_by_one_and_many_words_only_held_together():
    a = table(np.zeros(4), kind=["global", "global", "plateau", "saddle"], key=list("abcd"))
    b = a.assign(kind=["global", "plateau", "plateau", "saddle"], key=list("abce"))
    for found in (outcomes(compared(a, b)), outcomes(compared(b, a))):
        assert found["kind = saddle"] == "identical"
        assert found["kind = global"] == "too few to tell"
    many = table(np.zeros(30), key=[str(i) for i in range(30)])
    assert outcomes(compared(many, many.assign(key="x")))["key"] == "not tested"


def test_constants_that_differ_are_named_and_axes_and_counts_are_none():
    a = trained_width.Settings(restarts=3, steps=100)
    b = trained_width.Settings(restarts=5, steps=200, n=[2], where="width <= n")
    assert row_pairs.constants_that_differ(a, b) == ["steps"]
    c = trained_width.Settings(restarts=9, functions=2, steps=100)
    assert row_pairs.without_counts(a) == row_pairs.without_counts(c)
    assert row_pairs.without_counts(a) != row_pairs.without_counts(b)


def test_changes_one_way_that_the_sign_test_sees_are_not_equivalent_because_few_pairs_differ():
    # 49 of 1000 pairs go up and none down: 4.9 %, of which the interval reaches 6.4 %.
    changed = np.arange(1000) < 49
    found = compared(table(np.zeros(1000), ~changed), table(np.zeros(1000)))
    assert outcomes(found)["solved"] == "different"
    assert found.loc["solved", ["low", "high"]].tolist() == pytest.approx([0.0373, 0.0642], abs=1e-4)


@pytest.mark.parametrize("down", [0.0, 0.01, 0.05, 0.2])
@pytest.mark.parametrize("pairs", [100, 200])
def test_at_the_border_of_equivalence_a_net_share_is_called_equivalent_as_often_as_stated_by_enumeration(pairs, down):
    down_share, up_share = down, down + row_pairs.EQUIVALENT
    called = chance = 0.0
    for fall in range(pairs + 1):
        falls = scipy.stats.binom.pmf(fall, pairs, down_share)
        if falls < 1e-6:
            continue
        rises = scipy.stats.binom.pmf(np.arange(pairs - fall + 1), pairs - fall, up_share / (1 - down_share))
        likely = np.flatnonzero(falls * rises > 1e-8)
        chance += falls * rises[likely].sum()
        # The more rise, the higher the interval: it is equivalent up to some number of them.
        ends = {rise: statistics.net_share(rise, fall, pairs)[1:3] for rise in likely.tolist() if rise < fall + 8}
        called += falls * sum(
            rises[rise]
            for rise, (low, high) in ends.items()
            if low >= -row_pairs.EQUIVALENT and high <= row_pairs.EQUIVALENT
        )
    assert chance > 0.999
    assert called <= 0.025
