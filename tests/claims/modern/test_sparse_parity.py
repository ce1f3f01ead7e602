"""Sparse parities: training against one written out, powers of planted runs, and the rules at their borders."""

import dataclasses
import itertools

import jax
import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_parity as planted
from experiments.claims.modern import sparse_parity
from experiments.claims.modern.sparse_parity import training
from experiments.claims.modern.sparse_parity import verdicts as judged
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.modern import leaps

HOW = training.Settings(n=4, units=6, batch=8, learning_rate=0.1, begun=1.3, learned=0.7, every=5, steps=300)


def written_out(key: np.ndarray, features: bool) -> tuple[float, float]:
    """The two times of one network that learns x_1 x_2, with derivatives by hand."""
    # Members are trained where float64 is allowed: there signs are drawn from other bits.
    with jax.enable_x64(True):
        begin, data = training._keys(key)
        W, b, a, c = (np.array(part, float) for part in leaps.initial(begin, HOW.n, HOW.units))
    times = {HOW.begun: 0, HOW.learned: 0}
    for t in range(HOW.steps):
        x = np.asarray(leaps.points(jax.random.fold_in(data, t), HOW.batch, HOW.n), float)
        hidden = np.maximum(x @ W.T + b, 0)
        error = (hidden @ a + c - x[:, 0] * x[:, 1]) / HOW.batch
        back = error[:, None] * a * (hidden > 0)
        steps = (back.T @ x, back.sum(0), hidden.T @ error, error.sum())
        rate = HOW.learning_rate
        if features:
            W, b = W - rate * steps[0], b - rate * steps[1]
        a, c = a - rate * steps[2], c - rate * steps[3]
        if (t + 1) % HOW.every == 0:
            x = np.asarray(leaps.points(jax.random.fold_in(data, 2**32 - (t + 1)), training.LOOKED_AT, HOW.n), float)
            left = ((np.maximum(x @ W.T + b, 0) @ a + c - x[:, 0] * x[:, 1]) ** 2).mean()
            times = {share: time or (t + 1 if left < share else 0) for share, time in times.items()}
        if times[HOW.learned]:
            break
    return times[HOW.begun], times[HOW.learned]


def test_times_are_those_of_descent_written_out():
    keys = np.array([[0, 1], [0, 2]], np.uint32)
    twice = training.Members(
        np.repeat(keys, 2, axis=0),
        np.tile(leaps.coefficients(2, 2).astype(np.float32), (4, 1)),
        np.array([True, False] * 2),
    )
    found = training.train(twice, HOW).times
    expected = [written_out(key, features) for key in keys for features in (True, False)]
    assert list(zip(found.begun.tolist(), found.learned.tolist(), strict=True)) == expected
    assert found.learned[0] > 0


def test_a_small_run_learns_and_is_drawn():
    settings = sparse_parity.Settings(
        n=[6], k=[2], restarts=3, steps=1000, where="k % leap == 0 and features == 'trained'"
    )
    table = measured(sparse_parity, settings)
    assert np.isfinite(table["learned_at"]).all()
    assert (table["begun_at"] <= table["learned_at"]).all()
    (unit,) = units(sparse_parity, settings)
    row = table.iloc[4].to_dict()
    again = sparse_parity.rebuild(unit.with_cells(unit.cells.iloc[[4]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    # The network is as it was when it had learned, whatever became of it beside others.
    assert again.curve["updates"].iloc[-1] == row["learned_at"]
    assert again.curve["loss"].iloc[-1] < judged.LEARNED
    (W, b), (a, c) = again.layers
    x = np.array(list(itertools.product([-1.0, 1.0], repeat=6)))
    error = (np.maximum(x @ W + b, 0) @ a + c)[:, 0] - leaps.target(x, leaps.coefficients(2, row["leap"]))
    assert (error**2).mean() == pytest.approx(again.curve["loss"].iloc[-1], rel=0.3)
    both = pd.concat([table, table.assign(n=8)])
    assert len(drawn(sparse_parity, both)["sparse-parity"].numbers) == 4
    cut = measured(sparse_parity, dataclasses.replace(settings, steps=10))
    assert np.isinf(cut["learned_at"]).all()


def exactly(k: int, leap: int, power: float, **columns: object) -> pd.DataFrame:
    """Runs with hardly any scatter; without any, no interval is known."""
    rows = planted.runs(k, leap, power, np.random.default_rng(0))
    scatter = 1 + 1e-6 * (np.arange(len(rows)) % 40)
    return rows.assign(learned_at=400 * (rows["n"] / 8) ** power * scatter, **columns)


def test_powers_are_slopes_and_unknown_where_medians_are():
    rows = exactly(3, 3, 1.7)
    assert judged.power(rows, 0.05)[0] == pytest.approx(1.7)
    apart = judged.difference(rows, exactly(2, 2, 0.4))
    assert apart.value == pytest.approx(1.3)
    # Fewer than half of the runs may be censored.
    late = rows["n"].eq(24) & (np.arange(len(rows)) % 5 < 2)
    few = rows.assign(learned_at=rows["learned_at"].where(~late, np.inf))
    assert judged.power(few, 0.05)[0] == pytest.approx(1.7, rel=1e-4)
    never = rows.assign(learned_at=rows["learned_at"].where(rows["n"] < 24, np.inf))
    found = verdicts(sparse_parity.judge(pd.concat([never, exactly(2, 2, 0.4)])))
    assert found["grows/2-to-3"] == INCONCLUSIVE


def test_the_interval_of_a_difference_adds_distances_like_standard_deviations():
    rng = np.random.default_rng(3)
    rows, lower = planted.runs(3, 3, 1.5, rng), planted.runs(2, 2, 1.0, rng)
    (a, a_low, a_high), (b, b_low, b_high) = judged.power(rows, 0.05), judged.power(lower, 0.05)
    found = judged.difference(rows, lower)
    assert (found.low - (a - b)) ** 2 == pytest.approx((a - a_low) ** 2 + (b_high - b) ** 2)
    assert (found.high - (a - b)) ** 2 == pytest.approx((a_high - a) ** 2 + (b - b_low) ** 2)


@pytest.mark.parametrize(("step", "expected"), [(0.1, SUPPORTED), (-0.1, CONTRADICTED)])
def test_powers_grow_with_bits_and_with_leaps(step, expected):
    table = pd.concat([exactly(2, 2, 1.0), exactly(3, 1, 1.0), exactly(3, 3, 1.0 + step)])
    found = verdicts(sparse_parity.judge(table))
    assert found["grows/2-to-3"] == found["leap/3-bits/1-to-3"] == expected


@pytest.mark.parametrize(("apart", "expected"), [(0.49, SUPPORTED), (-0.49, SUPPORTED), (0.51, CONTRADICTED)])
def test_small_leaps_take_the_same_power_within_a_half(apart, expected):
    table = pd.concat([exactly(4, 1, 1.0), exactly(4, 2, 1.0 + apart)])
    assert verdicts(sparse_parity.judge(table))["leap/4-bits/1-to-2"] == expected


@pytest.mark.parametrize(("share", "expected"), [(0.51, SUPPORTED), (0.49, CONTRADICTED)])
def test_abrupt_is_more_than_half_of_the_time_and_asks_runs_that_learn(share, expected):
    rows = exactly(3, 3, 1.0)
    rows["begun_at"] = share * rows["learned_at"]
    found = {one.claim: one for one in sparse_parity.judge(rows)}["abrupt/3"]
    assert (found.verdict, found.samples) == (expected, 40)
    last = rows["n"].eq(24)
    none = rows.assign(learned_at=rows["learned_at"].where(~last, np.inf))
    assert verdicts(sparse_parity.judge(none))["abrupt/3"] == INCONCLUSIVE


@pytest.mark.parametrize(
    ("learn", "expected"), [(4, SUPPORTED), (5, INCONCLUSIVE), (16, INCONCLUSIVE), (17, CONTRADICTED)]
)
def test_fixed_features_learn_hardly_ever(learn, expected):
    # Clopper and Pearson: 4 of 40 end at 0.2366, 5 at 0.268; 16 begin at 0.2486, 17 at 0.2704.
    rows = exactly(3, 3, 1.0, features=judged.FIXED)
    rows = rows[rows["n"] == 16]
    rows["learned_at"] = np.where(np.arange(40) < learn, 900.0, np.inf)
    assert verdicts(sparse_parity.judge(rows))["fixed-features/3-bits"] == expected


def test_every_leap_divides_its_bits():
    cells = itertools.product([2, 3, 4], [1, 2, 3, 4])
    table = measured(sparse_parity, sparse_parity.Settings(n=[8], restarts=2, steps=10, where="k % leap == 0"))
    assert set(zip(table["k"], table["leap"], strict=True)) == {(k, leap) for k, leap in cells if k % leap == 0}
