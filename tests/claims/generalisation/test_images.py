"""Digits: splits and predictors of a small run, and the rules on planted tables."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.generalisation import _planted_images as plant
from experiments.claims.generalisation import images as claim
from experiments.claims.generalisation.images import predictors
from experiments.claims.generalisation.images import verdicts as rules
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory.generalisation import agreement

SMALL = claim.Settings(question=["even"], splits=2, networks=2, trees=3, steps=60, shallow=8, deep=6, deep_layers=2)


@pytest.fixture(scope="module")
def table():
    return measured(claim, SMALL, seed=4)


def test_every_predictor_is_measured_on_every_split(table):
    assert (table.groupby(["treatment", "predictor"]).size() == 2).all()
    assert set(table["predictor"]) == {*predictors.NETWORKS, *predictors.OTHERS}
    assert table["tested"].iloc[0] == pytest.approx(599 / 1797)
    plain = table[table["treatment"] == "plain"].groupby("predictor")["error"].mean()
    assert plain["nearest neighbours"] < 0.03
    assert plain["linear"] < 0.2
    assert (table.loc[table["treatment"] == "shuffled labels", "error"] > 0.4).all()


def test_pixels_in_another_order_change_nothing_for_who_knows_no_neighbours(table):
    found = verdicts(claim.judge(table))
    assert found["pixels/nearest-neighbours"] == SUPPORTED
    by = table.pivot_table(index=["split", "predictor"], columns="treatment", values="error")
    same = by["plain"] - by["shuffled pixels"]
    for kind in ("linear", "support vectors"):
        assert same.xs(kind, level="predictor").abs().max() < 0.002


def test_nearest_neighbours_are_those_that_plain_arithmetic_finds(table):
    """All distances in whole numbers, and the votes of the three nearest."""
    pictures, digits = predictors.digits()
    row = table[(table["treatment"] == "plain") & (table["predictor"] == "nearest neighbours")].iloc[0]
    tested = claim.random_generator(4, "split", int(row["split"])).permutation(1797) < 599
    known, new = pictures[~tested], pictures[tested]
    distance = (new**2).sum(1)[:, None] + (known**2).sum(1) - 2 * new @ known.T
    votes = (digits[~tested] % 2 == 0)[np.argsort(distance, axis=1, kind="stable")[:, :3]]
    wrong = (votes.mean(1) > 0.5) != (digits[tested] % 2 == 0)
    # Where two pictures are equally far, either may be among the three.
    assert row["error"] == pytest.approx(wrong.mean(), abs=2.5 / 599)


def test_kappa_of_a_row_is_over_pairs_of_runs():
    rng = np.random.default_rng(0)
    a, b = (predictors.Answers(rng.random((2, 40)) < 0.3, 1.0, 0) for _ in range(2))
    pairs = [agreement.kappa(one, other) for one in a.wrong for other in b.wrong]
    assert predictors.mean_kappa(a, b, False) == pytest.approx(np.mean(pairs))
    assert predictors.mean_kappa(a, a, True) == pytest.approx(float(agreement.kappa(*a.wrong)))
    alone = predictors.Answers(a.wrong[:1], 1.0, 0)
    assert np.isnan(predictors.mean_kappa(alone, alone, True))


def test_the_space_is_far_larger_than_the_examples(table):
    found = {one.claim: one for one in claim.judge(table)}
    assert found["few/all-levels"].measured == pytest.approx(-75.494, abs=1e-3)
    assert found["few/seen-levels"].verdict == SUPPORTED
    assert verdicts(claim.judge(table.assign(covered=-5.0)))["few/all-levels"] == CONTRADICTED


def spread(mean: float) -> np.ndarray:
    # Nadeau and Bengio's interval of 16 values ±0.001 goes 0.0017 to either side.
    return mean + 0.001 * np.tile([-1.0, 1.0], plant.SPLITS // 2)


@pytest.mark.parametrize(
    ("more", "expected"), [(0.0, SUPPORTED), (0.009, INCONCLUSIVE), (0.011, INCONCLUSIVE), (0.02, CONTRADICTED)]
)
def test_networks_do_at_least_as_well_up_to_the_margin(more, expected):
    table = plant.all_predictors(
        shallow=plant.rows("shallow network", error=spread(0.05 + more)), forest=plant.rows("forest", error=0.05)
    )
    assert verdicts(claim.judge(table))["beside/shallow/forest"] == expected


@pytest.mark.parametrize(
    ("more", "expected"), [(0.003, SUPPORTED), (0.001, INCONCLUSIVE), (-0.001, INCONCLUSIVE), (-0.003, CONTRADICTED)]
)
def test_shallow_networks_are_more_like_others_if_their_kappa_is_larger(more, expected):
    table = plant.all_predictors(shallow=plant.rows("shallow network", kappa_forest=0.2 + 4 * spread(more)))
    found = verdicts(claim.judge(table))
    assert found["alike/all"] == found["alike/forest"] == expected
    # How alike networks are among each other says nothing of others.
    same = plant.all_predictors(shallow=plant.rows("shallow network", kappa_deep_network=0.9))
    assert verdicts(claim.judge(same))["alike/all"] == INCONCLUSIVE


@pytest.mark.parametrize(("error", "expected"), [(0.2, SUPPORTED), (0.2495, INCONCLUSIVE), (0.27, CONTRADICTED)])
def test_doing_well_is_to_err_at_most_half_as_often_as_a_constant(error, expected):
    table = plant.all_predictors(deep=plant.rows("deep network", error=spread(error)))
    assert verdicts(claim.judge(table))["well/even/deep"] == expected


def test_controls_that_fail_are_seen():
    shuffled = [plant.rows(name, rules.PIXELS) for name in (*predictors.NETWORKS, *predictors.OTHERS)]
    table = pd.concat([plant.all_predictors(), *shuffled], ignore_index=True)
    assert verdicts(claim.judge(table))["pixels/nearest-neighbours"] == SUPPORTED
    wrong = table.assign(answers=np.where((table["treatment"] == rules.PIXELS) & (table["split"] == 1), "x", "same"))
    assert verdicts(claim.judge(wrong))["pixels/nearest-neighbours"] == CONTRADICTED
    learned = [plant.rows(name, rules.LABELS, error=spread(0.4)) for name in (*predictors.NETWORKS, *predictors.OTHERS)]
    assert verdicts(claim.judge(pd.concat(learned)))["labels/forest"] == CONTRADICTED


def test_figures_show_every_predictor(table):
    figures = drawn(claim, table)
    assert set(figures["errors-beside-others"].numbers["predictor"]) == {*predictors.NETWORKS, *predictors.OTHERS}
    assert set(figures["errors-alike"].numbers["network"]) == set(predictors.NETWORKS)
