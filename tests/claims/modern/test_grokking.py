"""Grokking: training against one written out, censored runs, and the rules at their borders."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_training as planted
from experiments.claims.modern import grokking
from experiments.claims.modern.grokking import training
from experiments.claims.modern.grokking import verdicts as judged
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import addition
from theory.modern import grokking as theory
from theory.modern.addition import Adder

SMALL = grokking.Settings(p=[5], share=[0.6], restarts=3, units=8, steps=60, every=20)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(grokking, SMALL)


def test_training_is_gradient_descent_written_out():
    p, η, decay = 5, 0.5, 0.1
    one, labels = theory.initial(p, 4, np.random.default_rng(0)), addition.sums(p)
    chosen = theory.examples(p, 0.6, np.random.default_rng(1))
    stacked = Adder(*(weights[None].astype(np.float32) for weights in one))
    members = training.Members(stacked, labels[None], chosen[None], np.array([decay], np.float32))
    trained = training.train(members, η, 6, 3)
    U, V, W = one
    right = np.eye(p)[labels]
    for _ in range(6):
        a = U[:, None] + V
        error = 2 * (a**2 @ W - right) * chosen[..., None] / chosen.sum()
        back = 2 * a * (error @ W.T)
        slopes = back.sum(1), back.sum(0), np.einsum("nmk,nmq->kq", a**2, error)
        U, V, W = (w - η * (slope + decay * w) for w, slope in zip((U, V, W), slopes, strict=True))
    for found, expected in zip(trained.network, (U, V, W), strict=True):
        np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-6)
    assert trained.train.shape == trained.test.shape == (1, 2)
    last = theory.answers(Adder(*map(jnp.asarray, (U, V, W))), labels, chosen)
    assert (trained.train[0, -1], trained.test[0, -1]) == (
        pytest.approx(float(last.train)),
        pytest.approx(float(last.test)),
    )


def test_runs_of_one_restart_share_weights_and_examples_and_random_labels_do_not_add(table):
    assert len(table) == 3 * 2 + 3
    short = measured(grokking, grokking.Settings(p=[5], share=[0.6], weight_decay=[0.0], restarts=2, units=8, steps=60))
    both = short.merge(table, on=["restart", "weight_decay", "labels", "share"], suffixes=("", "_all"))
    assert len(both) == len(short)
    np.testing.assert_array_equal(both["test_accuracy"], both["test_accuracy_all"])
    assert len(drawn(grokking, table)["grokking"].numbers)


def test_the_first_look_that_reaches_a_share_counts_and_no_look_is_never():
    reached = np.array([[False, False, True, True], [False, True, False, True], [False] * 4])
    np.testing.assert_array_equal(grokking._first(reached, 20), [60, 40, np.inf])


def test_a_network_learns_to_add():
    settings = grokking.Settings(p=[13], share=[0.8], restarts=2, units=48, steps=1000, where="labels == 'sum'")
    rows = measured(grokking, settings)
    assert np.isfinite(rows["fitted_at"]).all()
    assert (rows["generalised_at"] >= rows["fitted_at"]).all()
    assert rows["one_frequency"].mean() > 0.4


def test_delays_are_censored():
    rows = planted.runs(0.0, np.array([400.0, np.inf, 600.0])).assign(fitted_at=[200.0, 200.0, np.inf])
    np.testing.assert_array_equal(judged.delays(rows), [2.0, np.inf, np.inf])


@pytest.mark.parametrize(
    ("times", "expected"), [(2.1, SUPPORTED), (2.0, INCONCLUSIVE), (1.9, CONTRADICTED), (np.inf, INCONCLUSIVE)]
)
def test_long_after_is_twice_as_many_updates(times, expected):
    found = verdicts(grokking.judge(planted.runs(0.0, np.full(12, 200 * times))))
    assert found["late/23/0"] == expected


def test_runs_that_do_not_fit_have_no_delay():
    rows = planted.runs(0.0, np.full(12, 900.0)).assign(fitted_at=[200.0] * 10 + [np.inf] * 2)
    assert verdicts(grokking.judge(rows))["late/23/0"] == INCONCLUSIVE
    assert verdicts(grokking.judge(rows.assign(fitted_at=200.0)))["late/23/0"] == SUPPORTED


@pytest.mark.parametrize(
    ("hits", "expected"), [(10, SUPPORTED), (9, INCONCLUSIVE), (3, INCONCLUSIVE), (2, CONTRADICTED)]
)
def test_most_of_12_runs_generalise(hits, expected):
    # Clopper and Pearson: 10 of 12 begin at 0.516, 9 at 0.428.
    rows = planted.runs(0.0, np.where(np.arange(12) < hits, 900.0, np.inf))
    assert verdicts(grokking.judge(rows))["generalises/23/0"] == expected
    # Runs that came late say that others would come later.
    late = rows.assign(generalised_at=np.where(np.arange(12) < hits, grokking.Settings().steps, np.inf))
    assert verdicts(grokking.judge(late))["generalises/23/0"] in (SUPPORTED, INCONCLUSIVE)


def test_weight_decay_is_compared_by_restart_and_with_what_was_not_reached():
    without = planted.runs(0.0, np.array([900.0, np.inf, np.inf, 900.0]))
    decayed = planted.runs(0.002, np.array([450.0, 450.0, np.inf, np.inf]))
    np.testing.assert_array_equal(judged.ratios(decayed, without), [0.5, 0.0, 1.0, np.inf])
    shuffled = pd.concat([without.iloc[::-1], decayed])
    ((_, _, pair),) = judged.pairs(shuffled)
    np.testing.assert_array_equal(judged.ratios(*pair), [0.5, 0.0, 1.0, np.inf])


def test_what_is_learned_is_asked_of_runs_that_generalise():
    rows = planted.runs(0.0, np.array([900.0] * 6 + [np.inf] * 6))
    rows["one_frequency"] = [0.9, 0.8] * 3 + [0.1] * 6
    found = {one.claim: one for one in grokking.judge(rows)}
    assert found["one-frequency/23/0"].measured == pytest.approx(0.85)
    assert found["one-frequency/23/0"].samples == 6
    none = grokking.judge(rows.assign(generalised_at=np.inf))
    assert not any("one-frequency" in one.claim for one in none)


@pytest.mark.parametrize("number", [1, 8])
def test_a_row_is_made_again(table, number):
    (unit,) = units(grokking, SMALL)
    row = table.iloc[number].to_dict()
    one = unit.with_cells(unit.cells.iloc[[number]].reset_index(drop=True))
    again = grokking.rebuild(one, row)
    assert tracing.differences(row, again) == []
    (W, b), (V, c) = again.layers
    # Inputs are two vectors with a single one.
    pairs = np.concatenate([np.repeat(np.eye(5), 5, axis=0), np.tile(np.eye(5), (5, 1))], axis=1)
    z = (pairs @ W + b) ** 2 @ V + c
    _, (labels,), (chosen,), _ = grokking._members(one)
    answers = (z.argmax(1) == labels.ravel())[chosen.ravel()]
    assert answers.mean() == pytest.approx(row["train_accuracy"])
    losses = ((z - np.eye(5)[labels.ravel()]) ** 2).sum(1)[chosen.ravel()]
    assert again.curve["updates"].tolist() == [20, 40, 60]
    assert again.curve["loss"].iloc[-1] == pytest.approx(losses.mean(), rel=1e-5)
