"""The best depth is chosen by some networks and judged by others, on tables written by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth._chosen import ZERO, ChosenDepth, best_of, log_ratios

# Of eight restarts the first two choose. Validation errors say which rate and depth is chosen, errors judge.
VALIDATION = {(1, 0.1): 4.0, (1, 0.2): 8.0, (2, 0.1): 3.0, (2, 0.2): 1.0, (3, 0.1): 2.0, (3, 0.2): 2.0}
ERRORS = {(1, 0.1): 1.0, (1, 0.2): 16.0, (2, 0.1): 16.0, (2, 0.2): 0.25, (3, 0.1): 1e-3, (3, 0.2): 1e-3}


def table(steps=(100, 200), half: float = 1.0) -> pd.DataFrame:
    """Rows of three depths and two rates; errors with half of the budget are larger by the factor `half`."""
    cells = pd.MultiIndex.from_product([steps, range(8), (1, 2, 3), (0.1, 0.2)])
    rows = cells.set_names(["steps", "restart", "depth", "learning_rate"]).to_frame(index=False)
    settings = list(zip(rows["depth"], rows["learning_rate"], strict=True))
    factor = np.where((rows["steps"] == max(steps)) | (rows["depth"] == 1), 1.0, half)
    # The judged ones, if they were asked, would choose depth 3.
    asked = np.array([VALIDATION[one] for one in settings])
    rows["validation_error"] = np.where(rows["restart"] < 2, asked, np.where(rows["depth"] == 3, 0.1, 9.0))
    rows["error"] = np.array([ERRORS[one] for one in settings]) * factor
    return rows


def test_the_choice_is_made_by_validation_and_not_by_what_is_judged():
    chosen = ChosenDepth(table())
    # Depth 3 has by far the least error; depth 2 at the rate 0.2 has the least error of validation.
    assert chosen.best == 2
    assert chosen.medians.to_dict() == {1: 4.0, 2: 1.0, 3: 2.0}
    assert set(zip(chosen.judged["depth"], chosen.judged["learning_rate"], strict=True)) >= {(1, 0.1), (2, 0.2)}
    assert sorted(chosen.judged["restart"].unique()) == list(range(2, 8))


def test_the_factor_is_the_median_ratio_and_reaches_as_far_as_another_doubling_may_change_it():
    sure = ChosenDepth(table()).factor()
    assert (sure.value, sure.low, sure.high, sure.samples) == pytest.approx((4.0, 4.0, 4.0, 6))
    # With half of the updates one hidden layer was only twice as bad: the last doubling gained a factor of two.
    growing = ChosenDepth(table(half=2.0)).factor()
    assert growing.value == pytest.approx(4.0)
    assert growing.high == pytest.approx(8.0)
    assert growing.low <= 4.0


def test_where_both_have_no_error_or_both_diverge_neither_is_better():
    rows = pd.DataFrame({"restart": [0, 0, 1, 1, 2, 2, 3, 3], "depth": [1, 2] * 4})
    rows["error"] = [0.0, 0.0, np.inf, np.inf, np.inf, 1.0, 8.0, 2.0]
    assert log_ratios(rows, 2).tolist() == pytest.approx([0.0, 0.0, np.inf, np.log(4)])
    zero = rows.assign(error=[1.0, 0.0] * 4)
    assert log_ratios(zero, 2).tolist() == pytest.approx([-np.log(ZERO)] * 4)
    assert len(log_ratios(rows[:0], 2)) == 0


def test_typical_errors_are_medians_of_the_judged_at_the_chosen_rate():
    typical = ChosenDepth(table()).typical()
    assert typical["error"].to_dict() == {1: 1.0, 2: 0.25, 3: 1e-3}
    assert typical["learning_rate"].to_dict() == {1: 0.1, 2: 0.2, 3: typical.loc[3, "learning_rate"]}
    assert (typical["low"] <= typical["error"]).all()


def test_the_best_of_all_is_the_one_with_the_least_error_of_validation():
    rows = table()
    rows.loc[rows.index[-1], ["validation_error", "error"]] = [0.05, 7.0]
    assert best_of(rows).to_dict() == {1: 1.0, 2: 0.25, 3: 7.0}
