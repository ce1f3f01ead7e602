"""Words for the ends of runs, levels of losses and shares, at their borders."""

import itertools

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.claims.restarts.spurious_minima import ends, published
from experiments.claims.restarts.spurious_minima.ends import Share
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS

BOUND = 1e-12


def word(**changes: float) -> str:
    """The end of a run in a strict minimum, but for these numbers."""
    run = {"loss": 0.02, "gradient_norm": BOUND, "smallest_eigenvalue": 2 * ends.STRICT} | changes
    return str(ends.outcomes(pd.DataFrame([run]), BOUND)[0])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "spurious"),
        ({"smallest_eigenvalue": ends.STRICT}, "saddle"),
        ({"smallest_eigenvalue": -1.0}, "saddle"),
        ({"gradient_norm": 1.01 * BOUND}, "unfinished"),
        ({"loss": GLOBAL_LOSS, "gradient_norm": 1.0}, "global"),
        ({"loss": 1.01 * GLOBAL_LOSS}, "spurious"),
        ({"loss": np.inf}, "diverged"),
        ({"loss": 0.0, "gradient_norm": np.nan}, "diverged"),
    ],
)
def test_the_word_for_the_end_of_a_run(changes, expected):
    assert word(**changes) == expected
    assert expected in ends.OUTCOMES


def test_losses_within_a_millionth_of_their_neighbour_are_one_level():
    losses = np.array([0.03, 0.01, 0.01 * (1 + 0.9e-6), 0.03 * (1 + 2e-6), 0.02])
    assert ends.levels(losses).tolist() == [2, 0, 0, 3, 1]
    assert ends.levels(np.array([])).tolist() == []
    # A chain of near neighbours is one level, however long it is.
    chain = 0.01 * (1 + 0.9e-6) ** np.arange(50)
    assert set(ends.levels(np.random.default_rng(0).permutation(chain))) == {0}


def test_a_share_counts_spurious_ends_only():
    rows = pd.DataFrame({"outcome": ["spurious", "global", "spurious", "saddle"]})
    share = Share.spurious(rows)
    assert (share.hits, share.runs, share.value) == (2, 4, 0.5)
    facts = share.facts()
    assert facts["low"] < 0.5 < facts["high"]
    assert facts["low"] == pytest.approx(1 - facts["high"])
    assert facts["runs"] == 4


def test_a_share_less_another_has_an_interval_that_grows_with_both():
    value, low, high = Share(60, 100).minus(Share(40, 100))
    assert value == pytest.approx(0.2)
    assert low < 0.2 < high
    assert low > 0.0
    half, *_ = Share(60, 100).minus_part(Share(40, 100), 0.5)
    assert half == pytest.approx(0.4)
    # One end cannot leave what two shares allow.
    assert Share(100, 100).minus(Share(0, 100))[2] <= 1.0
    few = Share(6, 10).minus(Share(4, 10))
    assert few[1] < low < high < few[2]


def test_published_shares_grow_with_the_number_of_neurons():
    for extra in (0, 1):
        shares = [share for (_, spare), share in sorted(published.SHARES.items()) if spare == extra]
        assert len({share.runs for share in shares}) == 1
        # 451 and 448 of 500 runs at n = k = 17 and 18: chance.
        assert all(later.hits >= earlier.hits - 3 for earlier, later in itertools.pairwise(shares))


def test_a_spare_unit_leaves_fewer_of_the_published_minima():
    assert all(
        share.value < published.SHARES[k, 0].value for (k, extra), share in published.SHARES.items() if extra == 1
    )


@pytest.mark.parametrize("k", sorted(published.LOSSES))
def test_published_losses_are_those_of_the_equations_to_six_digits(k):
    assert published.LOSSES[k] == pytest.approx(teacher_student.spurious_loss(k), abs=5.01e-7)


@pytest.mark.parametrize(("share", "part"), [(0.95, 0.05), (0.334, 0.05), (0.95, 0.5), (0.1, 0.5)])
def test_a_part_of_a_share_is_missed_on_either_side_at_most_as_often_as_the_level_says(share, part):
    runs = 200
    chances = [scipy.stats.binom.pmf(np.arange(runs + 1), runs, p) for p in (share, part * share)]
    without, spared = (np.flatnonzero(one > 1e-7) for one in chances)
    below = above = 0.0
    for a, b in itertools.product(without, spared):
        _, low, high = Share(int(b), runs).minus_part(Share(int(a), runs), part)
        chance = chances[0][a] * chances[1][b]
        below, above = below + chance * (high < 0), above + chance * (low > 0)
    assert max(below, above) <= 0.025
