"""Rules about restarts on planted runs, and the way from training to a row and back."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments import rows
from experiments.claims.restarts import best_of_k, end_points, large_networks_get_stuck, spurious_minima, step_size
from experiments.drawing import house_style
from experiments.measuring import restarts
from experiments.plan import make_plan
from experiments.settings import Engine, RunSettings
from experiments.verdict import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from theory.restarts import kinds


def measured(module, claim: str, settings) -> pd.DataFrame:
    run = RunSettings(sweep={claim: settings}, family="restarts", name="restarts")
    return pd.concat([module.measure(unit) for unit in make_plan(run)], ignore_index=True)


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
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def verdicts(found) -> dict[str, str]:
    return {one.claim.split("/", 1)[1]: one.verdict for one in found}


def test_independent_runs_follow_the_formula_and_copied_ones_do_not():
    wrong = 0
    for seed in range(20):
        formula = best_of_k.judge(planted_runs([0.1, 0.3, 0.6], 2000, seed))[0]
        assert formula.samples >= best_of_k.LEAST_GROUPS
        wrong += formula.verdict != SUPPORTED
    # At level 0.01 more than two errors in twenty have a probability of about 0.001.
    assert wrong <= 2
    assert best_of_k.judge(planted_runs([0.1, 0.3, 0.6], 2000, copies=4))[0].verdict == CONTRADICTED
    assert best_of_k.judge(planted_runs([0.3], 40))[0].verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("rate", "runs", "expected"),
    [(0.5, 200, SUPPORTED), (0.02, 2000, SUPPORTED), (0.0, 20_000, CONTRADICTED), (0.0, 200, INCONCLUSIVE)],
)
def test_the_best_of_a_thousand(rate, runs, expected):
    thousand = best_of_k.judge(planted_runs([rate], runs))[1]
    assert thousand.verdict == expected
    assert thousand.low <= thousand.measured <= thousand.high


def test_the_best_of_a_thousand_is_judged_where_success_is_rarest_but_possible():
    runs = planted_runs([0.0, 0.01, 0.9], 500, seed=3)
    thousand = best_of_k.judge(runs)[1]
    rate = runs.loc[runs["width"] == 2, "solved"].mean()
    assert 0 < rate < 0.05
    assert thousand.measured == pytest.approx(1 - (1 - rate) ** 1000)
    assert "least width with any success, 2" in thousand.hypotheses


def planted_sizes(rate_of_width) -> pd.DataFrame:
    rng, parts = np.random.default_rng(0), []
    for width in (1, 2, 4, 8, 16, 32):
        solved = rng.random(100) < rate_of_width(width)
        parts.append(pd.DataFrame({"width": width, "restart": np.arange(100), "solved": solved}))
    facts = {"task": "parity", "n": 3, "layers": 1, "activation": "tanh", "learning_rate": 0.1, "steps": 100}
    return pd.concat(parts, ignore_index=True).assign(**facts)


@pytest.mark.parametrize(
    ("rate_of_width", "level", "trend"),
    [
        (lambda width: 1 / width, INCONCLUSIVE, SUPPORTED),
        (lambda width: 0.0 if width > 8 else 1.0, SUPPORTED, SUPPORTED),
        (lambda width: min(1.0, width / 16), CONTRADICTED, CONTRADICTED),
        (lambda width: 0.3, INCONCLUSIVE, INCONCLUSIVE),
        # Too small to succeed, then all alike: nothing grows.
        (lambda width: 0.3 if width > 4 else 0.0, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_whether_large_networks_get_stuck(rate_of_width, level, trend):
    found = verdicts(large_networks_get_stuck.judge(planted_sizes(rate_of_width)))
    assert found == {"parity-3/1-layers/tanh/level": level, "parity-3/1-layers/tanh/trend": trend}


def test_of_several_learning_rates_the_best_one_counts():
    good, bad = planted_sizes(lambda width: 1.0), planted_sizes(lambda width: 0.0).assign(learning_rate=9.0)
    level, _ = large_networks_get_stuck.judge(pd.concat([good, bad], ignore_index=True))
    assert (level.measured, level.verdict) == (1.0, CONTRADICTED)


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
    return pd.DataFrame({"kind": kinds, "loss": 0.5}).assign(**facts)


def test_where_stuck_runs_are():
    found = verdicts(end_points.judge(planted_ends({kinds.GLOBAL: 900, kinds.STRICT: 90, kinds.SADDLE: 10})))
    assert set(found.values()) == {SUPPORTED}
    found = verdicts(end_points.judge(planted_ends({kinds.GLOBAL: 900, kinds.WEAK: 90, kinds.PLATEAU: 10})))
    assert found == {"local-minima/parity-2/2/tanh": SUPPORTED, "strict/parity-2/2/tanh": CONTRADICTED}
    found = verdicts(end_points.judge(planted_ends({kinds.PLATEAU: 5, kinds.STRICT: 4})))
    assert set(found.values()) == {INCONCLUSIVE}
    assert end_points.judge(planted_ends({kinds.GLOBAL: 100})) == []


SMALL = {"task": ["parity"], "n": [2], "activation": ["tanh", "rectifier"], "restarts": 40, "steps": 300}


def test_end_points_of_xor_are_stationary_as_they_are_called():
    table = measured(end_points, "end-points", end_points.Settings(**SMALL, width=[2]))
    assert len(table) == 80
    polished = table[table["kind"].isin([kinds.GLOBAL, *kinds.LOCAL_MINIMA])]
    assert len(polished) > 40
    not_global = polished[polished["kind"] != kinds.GLOBAL]
    assert (not_global["gradient_norm"] <= kinds.STATIONARY).all()
    assert (table["loss"] <= table["trained_loss"] + 1e-6).all()
    # Dead rectifiers leave XOR at the loss of a constant, 1, or of one that is right about some of the points.
    assert (table.loc[table["kind"] == kinds.DEAD, "loss"] > 0.1).all()


def test_one_unit_cannot_compute_xor_and_two_often_do():
    table = measured(best_of_k, "best-of-k", best_of_k.Settings(**SMALL | {"steps": 2000}, width=[1, 2]))
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
        settings = module.Settings(task=["majority"], n=[3], width=[1, 4], layers=[1, 2], restarts=6, steps=60)
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
    rooms = {unit.static("width"): restarts.program_of(unit, restarts.task_of(unit)).room for unit in units}
    assert rooms == {3: (2, 4, 1), 5: (2, 8, 1)}
