"""Rules about restarts on planted runs, and the way from training to a row and back."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts import (
    best_of_k,
    deep_linear,
    end_points,
    large_networks_get_stuck,
    spurious_minima,
    step_size,
)
from experiments.drawing.style import house_style
from experiments.judging.flat import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import Unit, make_plan
from experiments.running import rows
from experiments.settings import Engine, RunSettings
from tests.support import measured, verdicts
from theory.restarts import kinds


def planted_runs(rates: list[float], runs: int, seed: int = 0, copies: int = 1) -> pd.DataFrame:
    """Settings whose runs succeed with the given rates; each result is repeated, which makes neighbours depend."""
    rng, tables = np.random.default_rng(seed), []
    for width, rate in enumerate(rates, 1):
        solved = np.repeat(rng.random(runs // copies) < rate, copies)
        tables.append(
            pd.DataFrame(
                {
                    "task": "parity",
                    "n": 2,
                    "width": width,
                    "activation": "tanh",
                    "learning_rate": 0.1,
                    "restart": np.arange(len(solved)),
                    "solved": solved,
                    "loss": np.where(solved, 1e-6, 0.5),
                    "steps": np.where(solved, 10, 5000),
                    "known": 1,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_independent_runs_follow_the_formula_and_copied_ones_do_not():
    for seed in range(3):
        formula = best_of_k.judge(planted_runs([0.1, 0.3, 0.6] * 40, 2000, seed))[0]
        assert formula.verdict == SUPPORTED
        assert abs(formula.measured) < best_of_k.MARGIN / 2
    assert best_of_k.judge(planted_runs([0.1, 0.3, 0.45], 4000, copies=4))[0].verdict == CONTRADICTED
    assert best_of_k.judge(planted_runs([0.3], 40))[0].verdict == INCONCLUSIVE
    nothing = best_of_k.judge(planted_runs([0.0, 1.0], 40))[0]
    assert (nothing.verdict, nothing.samples) == (INCONCLUSIVE, 0)


@pytest.mark.parametrize(
    ("rate", "runs", "expected"),
    [
        (0.5, 200, SUPPORTED),
        (0.02, 2000, SUPPORTED),
        # A network exists, and none of 1000 runs has found it: the best of 1000 does not.
        (0.0, 1000, CONTRADICTED),
        (0.0, 200, INCONCLUSIVE),
    ],
)
def test_the_best_of_a_thousand(rate, runs, expected):
    thousand = best_of_k.judge(planted_runs([rate], runs))[1]
    assert thousand.verdict == expected
    assert thousand.low <= thousand.measured <= thousand.high


def test_the_best_of_a_thousand_is_judged_where_a_network_is_known_whatever_the_runs_have_found():
    runs = planted_runs([0.5, 0.0, 0.9], 1000, seed=3).assign(known=2)
    thousand = best_of_k.judge(runs)[1]
    assert (thousand.measured, thousand.verdict) == (0.0, CONTRADICTED)
    assert "judged at width 2; 0 of 1000 runs succeed" in thousand.hypotheses
    # Of the widths there are the least one that is as large; of none that is known nothing is said.
    assert best_of_k.judge(runs[runs["width"] != 2])[1].verdict == SUPPORTED
    assert len(best_of_k.judge(runs.assign(known=0))) == 1


def test_a_lucky_rate_does_not_judge_itself():
    runs = planted_runs([0.0], 2000)
    lucky = runs.assign(learning_rate=0.2, solved=runs["restart"] < 1000)
    thousand = best_of_k.judge(pd.concat([runs, lucky], ignore_index=True))[1]
    assert (thousand.measured, thousand.samples, thousand.verdict) == (0.0, 1000, CONTRADICTED)


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
    found = {one.claim.split("/")[1]: one for one in large_networks_get_stuck.judge(table)}
    assert (found["narrow"].measured, found["narrow"].verdict) == (0.0, INCONCLUSIVE)
    # At 64 units it is known to be 0.
    assert (found["level"].measured, found["level"].verdict) == (1.0, SUPPORTED)
    # The first run on each target ends lower than the second: the second is stuck.
    lower = table.assign(loss=np.where(table["restart"] == 0, 0.05, 0.1), learning_rate=0.1)
    better = lower.assign(learning_rate=0.2, trained_loss=0.01)
    both = pd.concat([lower[lower["restart"] == 0], better[better["restart"] == 1]], ignore_index=True)
    narrow = [one for one in large_networks_get_stuck.judge(pd.concat([both, better])) if "/narrow/" in one.claim]
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
    assert (wide["loss"] < large_networks_get_stuck.NEAR).mean() > 0.9
    # Two units cannot remember sixteen random numbers, but be their own teacher.
    narrow = table[table["width"] == 2].groupby("sample")["loss"].median()
    assert narrow["teacher"] < 0.1 * narrow["labels"]
    # The two runs on the same targets begin elsewhere; widths have targets of their own.
    assert table["key"].is_unique


@pytest.mark.parametrize(("arrived", "expected"), [(600, SUPPORTED), (590, INCONCLUSIVE), (500, CONTRADICTED)])
def test_deep_linear_networks_arrive(arrived, expected):
    loss = np.where(np.arange(600) < arrived, 0.625, 1.0)
    facts = {"layers": 3, "width": 2, "least_loss": 0.625, "gradient_norm": 0.0, "steps": 9}
    (verdict,) = deep_linear.judge(pd.DataFrame({"loss": loss}).assign(**facts))
    assert (verdict.verdict, verdict.measured) == (expected, arrived / 600)


def test_deep_linear_networks_end_at_reduced_rank():
    table = measured(deep_linear, deep_linear.Settings(layers=[1, 3], width=[2], restarts=20))
    np.testing.assert_allclose(table["loss"], table["least_loss"], atol=1e-12)
    assert set(table["least_loss"]) == {0.0, (1.0**2 + 0.5**2) / 2}
    with house_style():
        assert len(deep_linear.draw(table)["deep-linear"].numbers) == 40


@pytest.mark.parametrize(
    ("shift", "expected"), [(-1.0, SUPPORTED), (1.0, CONTRADICTED), (0.0, INCONCLUSIVE), (-1e9, INCONCLUSIVE)]
)
def test_which_way_of_training_ends_lower(shift, expected):
    rng = np.random.default_rng(1)
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "solved": True, "steps": 100}
    parts = []
    for batch, schedule, mean in ((1, "linear", shift), (1, "constant", 0.0), (0, "constant", 0.0)):
        # A shift of -1e9 stands for losses of zero everywhere: all are equal, and nothing follows.
        losses = np.zeros(200) if shift < -10 else np.exp(rng.normal(mean, 1, 200))
        rows_ = {"batch": batch, "schedule": schedule, "learning_rate": 0.1, "restart": np.arange(200), "loss": losses}
        parts.append(pd.DataFrame(rows_))
    found = step_size.judge(pd.concat(parts, ignore_index=True).assign(**facts))
    assert [one.verdict for one in found] == [expected, expected]
    assert all(one.low <= one.measured <= one.high for one in found)


def test_the_probability_of_ending_lower_is_counted_over_all_pairs():
    mine, other = np.array([1.0, 2.0, np.nan]), np.array([2.0, 3.0])
    pairs = [(a < b) + (a == b) / 2 for a in (1.0, 2.0, np.inf) for b in other]
    assert step_size.superiority(mine, other, np.random.default_rng(0))[0] == pytest.approx(np.mean(pairs))


def test_the_first_half_chooses_the_learning_rate_and_the_second_is_judged():
    restart = np.tile(np.arange(100), 2)
    rate = np.repeat([0.1, 0.2], 100)
    # Rate 0.1 is lucky in the first half only.
    loss = np.where((rate == 0.1) == (restart < 50), 0.1, 1.0)
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "batch": 1, "schedule": "linear"}
    table = pd.DataFrame({"restart": restart, "learning_rate": rate, "loss": loss}).assign(**facts)
    ((_, ways),) = step_size.series(table)
    assert set(ways[step_size.FALLING]["loss"]) == {1.0}


def planted_ends(counts: dict[str, int]) -> pd.DataFrame:
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "steps": 100}
    return pd.DataFrame({"kind": kinds, "loss": 0.5, "errors": 0}).assign(**facts)


def test_where_stuck_runs_are():
    found = verdicts(end_points.judge(planted_ends({kinds.GLOBAL: 900, kinds.STRICT: 90, kinds.SADDLE: 10})))
    assert set(found.values()) == {SUPPORTED}
    found = verdicts(end_points.judge(planted_ends({kinds.GLOBAL: 900, kinds.WEAK: 90, kinds.PLATEAU: 10})))
    assert found == {"local-minima/parity-2/2/tanh": SUPPORTED, "strict/parity-2/2/tanh": CONTRADICTED}
    found = verdicts(end_points.judge(planted_ends({kinds.PLATEAU: 5, kinds.STRICT: 4})))
    assert set(found.values()) == {INCONCLUSIVE}
    assert end_points.judge(planted_ends({kinds.GLOBAL: 100})) == []
    # Of runs at a kink it is not known whether they are at a minimum.
    found = end_points.judge(planted_ends({kinds.WEAK: 20, kinds.KINK: 80}))
    assert (found[0].verdict, found[0].measured) == (INCONCLUSIVE, 0.2)
    assert found[0].low < 0.2 < 0.9 < found[0].high
    assert found[1].verdict == CONTRADICTED


def test_whether_runs_that_are_wrong_stay_so_at_higher_precision():
    for stuck, expected in ((36, CONTRADICTED), (300, SUPPORTED), (170, INCONCLUSIVE)):
        ends = planted_ends({kinds.PLATEAU: stuck, kinds.GLOBAL: 337 - stuck}).assign(errors=1)
        right = planted_ends({kinds.GLOBAL: 600})
        found = end_points.judge(pd.concat([ends, right], ignore_index=True))[-1]
        assert (found.claim, found.verdict) == ("restarts.end-points/still-stuck/parity-2/2/tanh", expected)
        assert (found.measured, found.samples) == (pytest.approx(stuck / 337), 337)


SMALL = {"task": ["parity"], "n": [2], "activation": ["tanh", "rectifier"], "restarts": 40, "steps": 300}


def test_end_points_of_xor_are_stationary_as_they_are_called():
    table = measured(end_points, end_points.Settings(**SMALL, width=[2]))
    assert len(table) == 80
    polished = table[table["kind"].isin([kinds.GLOBAL, *kinds.LOCAL_MINIMA])]
    assert len(polished) > 40
    not_global = polished[polished["kind"] != kinds.GLOBAL]
    assert (not_global["gradient_norm"] <= kinds.STATIONARY).all()
    assert (table["loss"] <= table["trained_loss"] + 1e-6).all()
    # Dead rectifiers leave XOR at the loss of a constant, 1, or of one that is right about some of the points.
    assert (table.loc[table["kind"] == kinds.DEAD, "loss"] > 0.1).all()


def test_one_unit_cannot_compute_xor_and_two_often_do():
    table = measured(best_of_k, best_of_k.Settings(**SMALL | {"steps": 2000}, width=[1, 2]))
    solved = table.groupby("width")["solved"].mean()
    assert solved[1] == 0
    assert solved[2] > 0.2
    assert table["key"].is_unique
    assert (table["key"].str.len() == 16).all()


@pytest.mark.parametrize(
    ("module", "claim", "settings"),
    [
        (best_of_k, "best-of-k", best_of_k.Settings(**SMALL, width=[2, 3])),
        (best_of_k, "best-of-k", "teacher"),
        (spurious_minima, "spurious-minima", spurious_minima.Settings(k=[6], extra=[0], restarts=8)),
        (large_networks_get_stuck, "large-networks-get-stuck", None),
        (step_size, "step-size", None),
        (end_points, "end-points", end_points.Settings(**SMALL, width=[2])),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_row_can_be_made_again_and_everything_is_drawn(module, claim, settings):
    if settings == "teacher":
        facts = {"task": ["teacher-student"], "n": [8], "width": [8], "activation": ["rectifier"]}
        settings = module.Settings(**facts, restarts=20)
    if module is large_networks_get_stuck:
        settings = module.Settings(points=[16], width=[2, 8], activation=["tanh"], functions=4, steps=60)
    if module is step_size:
        settings = module.Settings(n=[2, 3], activation=["tanh"], learning_rate=[0.1], gradients=800, restarts=6)
    run = RunSettings(sweep={claim: settings}, family="restarts", name="restarts")
    # As a row knows how it was held: one alone would be held otherwise.
    unit = dataclasses.replace(make_plan(run)[-1], engine=Engine(layout="lanes"))
    table = module.measure(unit)
    for number in (0, len(table) - 1):
        row = table.iloc[number].to_dict()
        alone = dataclasses.replace(unit, cells=unit.cells.iloc[[number]].reset_index(drop=True))
        rebuilt = module.rebuild(alone, row)
        assert rows.differences(row, rebuilt) == []
        assert rebuilt.curve["updates"].is_monotonic_increasing
        last = rebuilt.curve["loss"].iloc[-1]
        assert last == pytest.approx(row.get("trained_loss", row["loss"]), rel=1e-6, nan_ok=True)
    whole = measured(module, claim, settings)
    with house_style():
        drawings = module.draw(whole)
    assert all(len(drawing.numbers) for drawing in drawings.values())


def test_a_row_that_is_not_the_same_is_said_to_differ():
    rebuilt = rows.Rebuilt([], pd.DataFrame(), {"loss": 0.5, "steps": 3})
    assert rows.differences({"loss": 0.5, "steps": 3}, rebuilt) == []
    assert rows.differences({"loss": 0.25, "steps": 3}, rebuilt) == ["loss: 0.5 now, 0.25 in the table"]


def test_networks_that_share_a_program_are_compiled_for_powers_of_two():
    settings = best_of_k.Settings(**SMALL, width=[3, 5])
    units = make_plan(RunSettings(sweep={"best-of-k": settings}, family="restarts", name="restarts"))
    rooms = {unit.static("width"): shared.program_of(unit, shared.task_of(unit)).room for unit in units}
    assert rooms == {3: (2, 4, 1), 5: (2, 8, 1)}


def test_a_named_function_is_the_same_in_every_run():
    def task(seed: int, name: str) -> np.ndarray:
        cells = pd.DataFrame({"task": [name], "n": [4]})
        return shared.task_of(Unit("restarts", "step-size", cells, None, seed, "float32", Engine())).y

    np.testing.assert_array_equal(task(1, "random-a"), task(2, "random-a"))
    assert not np.array_equal(task(1, "random-a"), task(1, "random-b"))
