"""Training on x²: exact errors of trained networks against a grid, planted rates, and a row that is made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_square as planted
from experiments.claims.modern import square_trained
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts

SMALL = square_trained.Settings(m=[2], shape=["deep"], learning_rate=[0.03], restarts=6, steps=[600])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(square_trained, SMALL)


def test_the_error_of_a_trained_network_is_that_of_a_grid_and_a_row_is_made_again(table):
    unit, rows = units(square_trained, SMALL)[0], table
    # Some networks end as constants, which tell nothing of their inputs.
    best = int(rows["error"].idxmin())
    row = rows.iloc[best].to_dict()
    again = square_trained.rebuild(unit.with_cells(unit.cells.iloc[[best]].reset_index(drop=True)), row)
    assert row["pieces"] > 1
    assert again.values["error"] == pytest.approx(row["error"], rel=1e-3)
    grid = np.linspace(0, 1, 20_001)
    z = grid[:, None]
    for W, b in again.layers[:-1]:
        z = np.maximum(z @ W + b, 0)
    W, b = again.layers[-1]
    assert again.values["error"] == pytest.approx(np.abs((z @ W + b)[:, 0] - grid**2).max(), abs=1e-4)
    # The loss is that of the points of training, so inputs from 0 to 1 are the right ones.
    points = (square_trained._x(2) + 1) / 2
    near = [np.abs(grid - x).argmin() for x in points[:, 0]]
    assert again.values["loss"] == pytest.approx(np.mean(((z @ W + b)[near, 0] - grid[near] ** 2) ** 2), rel=0.05)


def test_both_shapes_have_as_many_rectifiers_and_secants_of_their_own():
    assert square_trained.sizes_of(4, "deep") == (1, 2, 3, 3, 3, 1)
    assert square_trained.sizes_of(4, "flat") == (1, 11, 1)
    assert square_trained.secants(4, "deep") == 4.0**-5
    assert square_trained.secants(4, "flat") == pytest.approx(1 / (4 * 121))


def test_deep_networks_alone_are_judged_and_nothing_is_concluded_from_their_failures(table):
    found = square_trained.judge(table)
    assert verdicts(found)["floor"] == SUPPORTED
    assert quantities(found)["floor"][0] >= 1
    assert verdicts(found)["found/deep/2"] != CONTRADICTED
    assert set(drawn(square_trained, table)) == {"square-trained"}
    assert (table["solved"] == (table["error"] <= 10 / 64)).all()
    below = table.assign(error=table["least_error"] * 0.999)
    assert verdicts(square_trained.judge(below))["floor"] == CONTRADICTED


def test_networks_that_diverged_have_no_pieces_and_are_failures():
    network = [(np.array([[np.nan]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    assert square_trained._examined(network)["error"] == np.inf


@pytest.mark.parametrize(("effect", "expected"), [(4.0, SUPPORTED), (-4.0, CONTRADICTED), (0.0, INCONCLUSIVE)])
def test_planted_rates(effect, expected):
    rng = np.random.default_rng(1)
    assert verdicts(square_trained.judge(planted.coming_near(effect, rng)))["found/deep/3"] == expected
    assert verdicts(square_trained.judge(planted.paying(effect, rng)))["pays/3"] == expected


def test_failures_count_only_where_flat_networks_are_found_and_updates_change_nothing():
    rng = np.random.default_rng(2)
    failed = planted.coming_near(-4.0, rng)
    flat = failed["shape"] == "flat"
    lost = failed.assign(solved=failed["solved"] & ~(flat & (failed["restart"] % 2 == 0)))
    assert verdicts(square_trained.judge(lost))["found/deep/3"] == INCONCLUSIVE
    growing = failed.assign(solved=flat | ((failed["steps"] == failed["steps"].max()) & (failed["restart"] % 4 == 0)))
    assert verdicts(square_trained.judge(growing))["found/deep/3"] == INCONCLUSIVE


def test_pairs_are_of_the_same_restart():
    table = planted.runs()
    # Deep networks are better in every second restart; sorted otherwise, no pair would tell.
    table["error"] = np.where(table["shape"] == "flat", 0.1 * table["restart"] + 0.02, 0.1 * table["restart"] + 0.01)
    shuffled = table.sample(frac=1, random_state=0)
    assert quantities(square_trained.judge(shuffled))["pays/3"][0] == 1
