"""Large networks that get stuck: the rules on planted ends, and small networks that can remember."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import large_networks_get_stuck
from experiments.claims.restarts.large_networks_get_stuck.ends import NEAR
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts


def planted_ends_of_large(
    stuck_of_width, sample="teacher", points=64, unfinished=False, functions=100, loss=0.1
) -> pd.DataFrame:
    """Two runs on each of many targets, at widths 2 to 64, of which a share ends above the least loss."""
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


def test_wrong_signs_are_a_verdict_of_their_own():
    right = planted_ends_of_large(lambda width: 1.0, sample="boolean", points=16).assign(errors=0)
    found = verdicts(large_networks_get_stuck.judge(right))
    assert (found["level/boolean-16/tanh"], found["wrong-signs/boolean-16/tanh"]) == (SUPPORTED, CONTRADICTED)
    # A run that diverged is wrong, whatever the signs are where it was left.
    diverged = verdicts(large_networks_get_stuck.judge(right.assign(diverged=True)))
    assert diverged["wrong-signs/boolean-16/tanh"] == SUPPORTED


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
