"""Large networks that get stuck: the rules on planted ends, and small networks that can remember."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import large_networks_get_stuck
from experiments.claims.restarts.large_networks_get_stuck.ends import AT_REST, NEAR, input_count, series
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts
from theory.restarts.samples import INPUTS


def planted_ends_of_large(
    stuck_of_width, sample="teacher", points=64, unfinished=False, functions=100, loss=0.1
) -> pd.DataFrame:
    """Two runs on each of many targets, at widths 2 to 64; a share of them ends above the least loss."""
    rng, parts = np.random.default_rng(0), []
    for width in (2, 8, 16, 64):
        cells = pd.MultiIndex.from_product([range(functions), (0, 1)], names=["function", "restart"])
        rows = cells.to_frame(index=False)
        above = rng.random(len(rows)) < stuck_of_width(width)
        ends = {"loss": np.where(above, loss, 0.0), "gradient_norm": 1.0 if unfinished else 0.0, "errors": above * 1}
        parts.append(rows.assign(width=width, **ends))
    facts = {"sample": sample, "points": points, "activation": "tanh", "learning_rate": 0.1, "steps": 100}
    table = pd.concat(parts, ignore_index=True).assign(**facts, diverged=False)
    return table.assign(trained_loss=table["loss"])


@pytest.mark.parametrize(
    ("stuck_of_width", "level", "narrow", "trend"),
    [
        (lambda width: 0.3, CONTRADICTED, CONTRADICTED, INCONCLUSIVE),
        (lambda width: 1.0 if width > 8 else 0.0, SUPPORTED, CONTRADICTED, SUPPORTED),
        (lambda width: 1 / width, CONTRADICTED, CONTRADICTED, CONTRADICTED),
        (lambda width: 0.7, INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_whether_large_networks_get_stuck(stuck_of_width, level, narrow, trend):
    found = verdicts(large_networks_get_stuck.judge(planted_ends_of_large(stuck_of_width)))
    name = "teacher-64/tanh"
    assert found == {f"level/{name}": level, f"narrow/{name}": narrow, f"trend/{name}": trend}


def test_a_run_that_is_not_at_rest_may_be_on_its_way_and_one_that_diverged_has_not_arrived():
    table = planted_ends_of_large(lambda width: 1.0, unfinished=True)
    level = large_networks_get_stuck.judge(table)[0]
    assert (level.measured, level.low, level.verdict) == (1.0, 0.0, INCONCLUSIVE)
    table = planted_ends_of_large(lambda width: 0.0).assign(loss=np.nan, diverged=True, trained_loss=np.nan)
    level = large_networks_get_stuck.judge(table)[0]
    assert (level.measured, level.verdict) == (1.0, INCONCLUSIVE)
    assert "0 arrived, 0 stuck, 0 unfinished, 200 diverged" in level.hypotheses


def test_where_the_least_loss_is_not_known_the_best_end_on_the_same_targets_takes_its_place():
    # Every run ends at 0.1, the same on the same targets: as low as any, and nobody knows whether that is low.
    table = planted_ends_of_large(lambda width: 1.0, sample="labels", loss=0.1)
    found = {one.claim.split("/")[0]: one for one in large_networks_get_stuck.judge(table)}
    assert (found["narrow"].measured, found["narrow"].verdict) == (0.0, INCONCLUSIVE)
    # At 64 units it is known to be 0.
    assert (found["level"].measured, found["level"].verdict) == (1.0, SUPPORTED)
    # The first run on each target ends lower than the second: the second is stuck.
    lower = table.assign(loss=np.where(table["restart"] == 0, 0.05, 0.1), learning_rate=0.1)
    better = lower.assign(learning_rate=0.2, trained_loss=0.01)
    both = pd.concat([lower[lower["restart"] == 0], better[better["restart"] == 1]], ignore_index=True)
    narrow = [
        one for one in large_networks_get_stuck.judge(pd.concat([both, better])) if one.claim.startswith("narrow/")
    ]
    assert (narrow[0].measured, narrow[0].verdict) == (1.0, SUPPORTED)


def test_the_best_end_is_that_of_each_target_and_not_of_all():
    table = planted_ends_of_large(lambda width: 1.0, sample="labels")
    # Targets differ in how well they can be fitted; both runs on each end alike.
    (narrow,) = (
        one
        for one in large_networks_get_stuck.judge(table.assign(loss=0.1 + 0.01 * table["function"]))
        if one.claim.startswith("narrow/")
    )
    assert narrow.measured == 0.0


def test_wrong_signs_are_a_verdict_of_their_own():
    right = planted_ends_of_large(lambda width: 1.0, sample="boolean", points=16).assign(errors=0)
    found = verdicts(large_networks_get_stuck.judge(right))
    assert (found["level/boolean-16/tanh"], found["wrong-signs/boolean-16/tanh"]) == (SUPPORTED, CONTRADICTED)
    # A run that diverged is wrong, whatever the signs are where it was left.
    diverged = verdicts(large_networks_get_stuck.judge(right.assign(diverged=True)))
    assert diverged["wrong-signs/boolean-16/tanh"] == SUPPORTED


def test_as_many_weights_as_points_are_not_narrow_and_the_typical_run_chooses_the_rate():
    weights = 2 * (INPUTS + 2) + 1
    for points, expected in ((weights, False), (weights + 1, True)):
        found = verdicts(large_networks_get_stuck.judge(planted_ends_of_large(lambda width: 0.0, points=points)))
        assert (f"narrow/teacher-{points}/tanh" in found) == expected
    # A rate at which most runs end low, and a few very high, is better than one at which all end in the middle.
    rare = planted_ends_of_large(lambda width: 0.0)
    rare = rare.assign(trained_loss=np.where(rare["function"] < 5, 1e6, 0.0), loss=0.1)
    steady = planted_ends_of_large(lambda width: 0.0).assign(learning_rate=9.0, trained_loss=0.5)
    level = large_networks_get_stuck.judge(pd.concat([rare, steady], ignore_index=True))[0]
    assert level.measured == 1.0


def test_a_learning_rate_is_chosen_by_runs_that_are_not_judged():
    lucky = planted_ends_of_large(lambda width: 0.0)
    lucky = lucky.assign(trained_loss=np.where(lucky["restart"] == 0, 0.0, 1.0), loss=lucky["restart"] * 0.1)
    other = planted_ends_of_large(lambda width: 0.0).assign(learning_rate=9.0, trained_loss=0.5)
    level = large_networks_get_stuck.judge(pd.concat([lucky, other], ignore_index=True))[0]
    assert (level.measured, level.samples, level.verdict) == (1.0, 100, SUPPORTED)


def test_large_networks_come_to_rest_where_they_can_remember_everything():
    settings = large_networks_get_stuck.Settings(
        sample=["labels", "teacher"], points=[16], width=[2, 16], activation=["tanh"], functions=6, steps=300, where=""
    )
    table = measured(large_networks_get_stuck, settings)
    assert len(table) == 2 * 2 * 2 * 6 * 2
    assert (table["loss"] <= table["trained_loss"] * (1 + 1e-5)).all()
    wide = table[table["width"] == 16]
    assert (wide["loss"] < NEAR).mean() > 0.9
    # Two units cannot remember sixteen random numbers, but be their own teacher.
    narrow = table[table["width"] == 2].groupby("sample")["loss"].median()
    assert narrow["teacher"] < 0.1 * narrow["labels"]
    # The two runs on the same targets begin elsewhere; widths have targets of their own.
    assert table["key"].is_unique


def exactly_stuck(hits: int, **changes) -> pd.DataFrame:
    """One run on each of 400 targets at widths 2 and 64; `hits` of each width end above the least loss."""
    runs = pd.DataFrame({"function": range(400), "restart": 0})
    table = pd.concat([runs.assign(width=width) for width in (2, 64)], ignore_index=True)
    loss = np.where(table["function"] < hits, 0.1, 0.0)
    facts = {"sample": "boolean", "points": 16, "activation": "tanh", "learning_rate": 0.1, "steps": 100}
    ends = {"loss": loss, "trained_loss": loss, "gradient_norm": 0.0, "errors": 1, "diverged": False}
    return table.assign(**(facts | ends | changes))


@pytest.mark.parametrize(
    ("hits", "expected"),
    # Exact intervals of 400 targets: 389 begin above 0.95, 388 do not; 179 end below one half, 180 do not.
    [(389, SUPPORTED), (388, INCONCLUSIVE), (180, INCONCLUSIVE), (179, CONTRADICTED)],
)
def test_inevitable_is_more_than_95_and_unlikely_less_than_50_of_100(hits, expected):
    found = verdicts(large_networks_get_stuck.judge(exactly_stuck(hits)))
    assert found["level/boolean-16/tanh"] == expected
    signs = exactly_stuck(0).assign(errors=np.tile(np.arange(400) < hits, 2))
    assert verdicts(large_networks_get_stuck.judge(signs))["wrong-signs/boolean-16/tanh"] == expected


@pytest.mark.parametrize(
    ("loss", "gradient_norm", "arrived", "stuck"),
    [
        (0.99 * NEAR, 1.0, True, False),
        # Each limit itself counts.
        (NEAR, 1.0, True, False),
        (1.01 * NEAR, AT_REST, False, True),
        (1.01 * NEAR, 1.01 * AT_REST, False, False),
        (np.nan, 0.0, False, False),
    ],
)
def test_a_run_has_arrived_within_a_millionth_and_is_at_rest_where_the_gradient_is_as_small(
    loss, gradient_norm, arrived, stuck
):
    ((_, rows),) = series(exactly_stuck(0, loss=loss, gradient_norm=gradient_norm))
    known = rows[rows["known"]]
    assert set(known["width"]) == {64}
    assert (set(known["arrived"]), set(known["stuck"])) == ({arrived}, {stuck})


def test_what_is_measured_of_large_networks_is_at_the_width_that_is_named():
    table = planted_ends_of_large(lambda width: {2: 0.0, 8: 1.0, 16: 0.0, 64: 1.0}[width])
    found = quantities(large_networks_get_stuck.judge(table))
    # The largest width with fewer weights than points is 8.
    name = "teacher-64/tanh"
    assert found[f"level/{name}"][::3] == (1.0, 200)
    assert found[f"narrow/{name}"][::3] == (1.0, 200)
    x = np.log2([2, 8, 16, 64])
    assert found[f"trend/{name}"][::3] == (pytest.approx(np.polyfit(x, [0, 1, 0, 1], 1)[0]), 800)
    only = table[table["width"] == 64]
    assert set(quantities(large_networks_get_stuck.judge(only))) == {f"level/{name}"}
    assert (input_count("boolean", 16), input_count("boolean", 8)) == (4, 3)
