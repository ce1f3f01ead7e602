"""Which runs arrived and which are stuck, at their borders, and which restarts judge."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts.large_networks_get_stuck import ends
from theory.restarts.samples import BOOLEAN, INPUTS, LABELS, TEACHER


def runs(loss, width: int = 2, sample: str = TEACHER, **changes) -> pd.DataFrame:
    """One run for each loss, all of another function, at rest and with one learning rate."""
    facts = {"sample": sample, "points": 64, "activation": "tanh", "width": width, "learning_rate": 0.1}
    rest = {"gradient_norm": 0.0, "restart": 0, "function": range(len(loss))}
    table = pd.DataFrame({"loss": loss} | rest | facts | changes)
    return table.assign(trained_loss=table["loss"])


def ended(table: pd.DataFrame) -> pd.DataFrame:
    ((_, found),) = ends.series(table)
    return found


def test_a_run_has_arrived_up_to_the_tolerance_and_is_stuck_beyond_it_if_it_is_at_rest():
    found = ended(
        runs(
            [ends.NEAR, 1.01 * ends.NEAR, 1.01 * ends.NEAR, np.nan],
            gradient_norm=[1.0, ends.AT_REST, 1.01 * ends.AT_REST, 0.0],
        )
    )
    assert found["arrived"].tolist() == [True, False, False, False]
    assert found["stuck"].tolist() == [False, True, False, False]
    assert found["known"].all()


def test_where_the_least_loss_is_not_known_the_best_run_of_a_function_takes_its_place():
    # Labels need as many units as points: with two of 64, nobody knows.
    table = runs([0.5, 0.7, 0.2, 0.2], sample=LABELS, function=[0, 0, 1, 1], restart=[0, 1, 0, 1])
    found = ended(table)
    assert not found["known"].any()
    assert found["excess"].tolist() == pytest.approx([0.0, 0.2, 0.0, 0.0])
    assert found["arrived"].tolist() == [True, False, True, True]


def test_the_rate_is_chosen_by_the_first_half_of_the_restarts_and_the_second_is_judged():
    rows = [
        runs([0.0, 0.0], learning_rate=rate, restart=restart, trained_loss=loss)
        for rate, restart, loss in ((0.1, 0, 0.3), (0.2, 0, 0.1), (0.1, 1, 0.0), (0.2, 1, 0.9))
    ]
    table = pd.concat(rows, ignore_index=True)
    table["trained_loss"] = [0.3, 0.3, 0.1, 0.1, 0.0, 0.0, 0.9, 0.9]
    found = ended(table)
    # The rate 0.2 is better where it is chosen, and worse where it is judged.
    assert set(found["learning_rate"]) == {0.2}
    assert set(found["restart"]) == {1}


def test_points_of_boolean_functions_have_as_many_inputs_as_bits():
    assert [ends.input_count(BOOLEAN, points) for points in (2, 8, 64)] == [1, 3, 6]
    assert ends.input_count(TEACHER, 64) == INPUTS


def test_series_are_told_apart_by_sample_points_and_activation_and_keep_all_widths():
    table = pd.concat(
        [runs([0.0, 0.5]), runs([0.0, 0.5], width=8), runs([0.1], activation="rectifier")], ignore_index=True
    )
    found = dict(ends.series(table))
    assert sorted(found) == [(TEACHER, 64, "rectifier"), (TEACHER, 64, "tanh")]
    assert sorted(found[TEACHER, 64, "tanh"]["width"]) == [2, 2, 8, 8]
