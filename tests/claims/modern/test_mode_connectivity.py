"""Mode connectivity: pairs against loops over all arrangements, controls, and every rule at its border."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_mode_connectivity as planted
from experiments.claims.modern import mode_connectivity
from experiments.claims.modern.mode_connectivity import searches, training
from experiments.claims.modern.mode_connectivity.verdicts import (
    COPY,
    LIMIT,
    PERMUTED,
    SIGNED,
    SMALL,
    STARTS,
    TANH,
    TARGETS,
    TEACHER,
    XOR,
    found_best,
)
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import Unit
from experiments.settings import Engine
from tests.support import drawn, measured, quantities, units, verdicts

# 48 arrangements of three units with signs are more than may be tried.
SETTINGS = mode_connectivity.Settings(activation=[TANH], width=[2, 3], pairs=8, steps=3000, largest_group=40)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(mode_connectivity, SETTINGS, seed=101)


def unit_of(task: str, width: int) -> Unit:
    return next(
        one
        for one in units(mode_connectivity, SETTINGS, seed=101)
        if (one.static("task"), one.static("width")) == (task, width)
    )


def test_every_pair_has_a_row_for_each_kind_of_ends_and_group(table):
    counts = table.groupby(["task", "ends", "group"]).size()
    assert set(counts) == {16}
    assert set(counts.index) == {
        (task, ends, group)
        for task, ends, group in itertools.product([XOR, TEACHER], [STARTS, TARGETS, COPY], [PERMUTED, SIGNED])
        if (task, ends) != (XOR, TARGETS)
    }
    assert not table.duplicated(["task", "activation", "width", "pair", *mode_connectivity.KEYS]).any()
    both = table[["first_loss", "second_loss"]].max(axis=1) <= SMALL
    assert (table["small"] == both).all()
    assert 0 < both.mean() < 1
    # Barriers of networks that have not learned their task are not known.
    assert table.loc[both, ["plain", "matched"]].notna().all(axis=None)
    assert table.loc[~both, ["plain", "matched", "best", "least"]].isna().all(axis=None)
    assert (table["enumerated"] == ~((table["width"] == 3) & (table["group"] == SIGNED))).all()
    assert (table["best"].notna() == (both & table["enumerated"])).all()


def test_the_best_is_no_worse_than_any_other(table):
    known = table.dropna(subset=["best"])
    # All are compared on the coarse grid; the fine one may add a little.
    assert (known["least"] <= known["best"] + 1e-12).all()
    for other in ("plain", "matched"):
        assert (known["least"] <= known[other] + 1e-12).all()
    assert ((known["best"] - known["least"]) <= 0.05).all()
    starts = known[known["ends"] == STARTS]
    assert (starts["best"] < starts["plain"] - 0.1).any()
    # More arrangements leave no more.
    least = starts.pivot_table(index=["task", "width", "pair"], columns="group", values="least").dropna()
    assert (least[SIGNED] <= least[PERMUTED] + 1e-12).all()
    assert (least[SIGNED] < least[PERMUTED] - 0.1).any()


def test_a_copy_is_found_to_rounding(table):
    copies = table[(table["ends"] == COPY) & table["small"]]
    assert copies["matched"].max() < 1e-12
    assert copies["least"].max() < 1e-12
    assert copies["plain"].max() > 0.1
    assert (copies["first_loss"] == copies["second_loss"]).all()


@pytest.mark.parametrize("task", [XOR, TEACHER])
def test_barriers_are_those_of_a_loop_in_numpy(table, task):
    unit = unit_of(task, 3)
    found = training.draw(unit)
    networks, _ = training.trained(unit, found)
    x, ts = training.inputs(task), np.arange(searches.COARSE + 1) / searches.COARSE
    rows = table[(table["task"] == task) & (table["width"] == 3) & (table["group"] == PERMUTED)]
    rows = rows[(rows["ends"] == STARTS) & rows["small"]]
    assert len(rows) > 2
    for row in rows.itertuples():
        (first, second), (c, d), y = (part[row.pair, :2] for part in (networks.units, networks.c, found.y))
        np.testing.assert_array_equal(y[0], y[1])

        def loss(t: float, units: np.ndarray, first=first, c=c, d=d, y=y) -> float:
            w = (1 - t) * first + t * units
            return float(np.mean((np.tanh(x @ w[:, :2].T + w[:, 2]) @ w[:, 3] + (1 - t) * c + t * d - y[0]) ** 2))

        assert loss(0.0, second) == pytest.approx(row.first_loss, abs=1e-5)
        rises = []
        for order in itertools.permutations(range(3)):
            values = np.array([loss(t, second[list(order)]) for t in ts])
            rises.append(max(values - (1 - ts) * values[0] - ts * values[-1]))
        assert row.least == pytest.approx(max(min(rises), 0.0), abs=1e-10)
        assert row.plain >= rises[0] - 1e-10


def test_tasks_have_mean_0_and_variance_1_and_targets_of_their_own():
    for task, networks in training.NETWORKS.items():
        x, y = training.inputs(task), training.draw(unit_of(task, 2)).y
        assert y.shape == (8, networks, training.SIDE**2)
        np.testing.assert_allclose(y.mean(axis=2), 0, atol=1e-12)
        np.testing.assert_allclose(y.var(axis=2), 1)
        np.testing.assert_array_equal(y[:, 0], y[:, 1])
        if task == XOR:
            np.testing.assert_array_equal(y[0, 0], x.prod(axis=1))
            assert len(np.unique(x, axis=0)) == 4
        else:
            assert np.abs(y[:, 2] - y[:, 0]).max(axis=1).min() > 0.1
            # Each pair has a teacher of its own.
            assert np.abs(y[1:, 0] - y[:-1, 0]).max(axis=1).min() > 0.1


def test_starts_are_independent_and_rows_do_not_depend_on_their_neighbours(table):
    unit = unit_of(TEACHER, 3)
    keys = training.draw(unit).keys.reshape(-1, 2)
    assert len(np.unique(keys, axis=0)) == len(keys)
    alone = unit.with_cells(unit.cells.iloc[[5]].reset_index(drop=True))
    again = mode_connectivity.measure(alone)
    rows = table[(table["task"] == TEACHER) & (table["width"] == 3) & (table["pair"] == 5)].reset_index(drop=True)
    numbers = ["first_loss", "second_loss", "plain", "matched", "best", "least"]
    pd.testing.assert_frame_equal(again.drop(columns=numbers), rows.drop(columns=numbers))
    np.testing.assert_allclose(again[numbers].to_numpy(float), rows[numbers].to_numpy(float), rtol=1e-5, atol=1e-6)


def test_all_is_judged_and_drawn(table):
    found = list(mode_connectivity.judge(table))
    said = verdicts(found)
    assert "gone/xor/tanh/permutations/3" in said
    assert "matched/teacher/tanh/signed-permutations/3" in said
    assert said["copy/teacher/tanh/permutations"] == said["copy/teacher/tanh/signed-permutations"] == SUPPORTED
    assert said["barrier/teacher/tanh"] == SUPPORTED
    assert not any(name.startswith("two-targets/xor") for name in said)
    roles = {one.claim: {bearing.role for bearing in one.bears_on} for one in found}
    assert roles["gone/teacher/tanh/permutations/2"] == {"variant"}
    numbers = drawn(mode_connectivity, table)["mode-connectivity"].numbers
    assert set(numbers["barrier"]) == {"plain", "matched", "best"}
    assert (numbers["low"] <= numbers["median"]).all()


@pytest.mark.parametrize(
    ("hits", "expected"), [(27, SUPPORTED), (26, INCONCLUSIVE), (14, INCONCLUSIVE), (13, CONTRADICTED)]
)
def test_most_pairs_have_no_barrier_after_the_best_arrangement(hits, expected):
    rows = planted.pairs(np.where(np.arange(40) < hits, LIMIT, LIMIT + 1e-9))
    assert verdicts(mode_connectivity.judge(rows))["gone/teacher/rectifier/permutations/8"] == expected
    # By matching alone nothing is contradicted, and at these widths the sentence is as stated.
    wide = rows.assign(enumerated=False, best=np.nan, least=np.nan, width=256)
    (found,) = [one for one in mode_connectivity.judge(wide) if one.claim.startswith("matched/")]
    assert found.verdict == (SUPPORTED if expected == SUPPORTED else INCONCLUSIVE)
    assert {one.role for one in found.bears_on} == {"as stated"}


def test_a_grid_that_is_too_coarse_contradicts_nothing():
    rows = planted.pairs(np.full(40, 2 * LIMIT), least=LIMIT / 2)
    assert verdicts(mode_connectivity.judge(rows))["gone/teacher/rectifier/permutations/8"] == INCONCLUSIVE
    certain = rows.assign(least=1.5 * LIMIT)
    assert verdicts(mode_connectivity.judge(certain))["gone/teacher/rectifier/permutations/8"] == CONTRADICTED


def test_pairs_that_have_not_learned_do_not_count():
    rows = planted.pairs(np.full(40, LIMIT / 2))
    failed = planted.pairs(np.full(40, np.nan), small=False)
    found = mode_connectivity.judge(pd.concat([rows, failed], ignore_index=True))
    assert quantities(found)["gone/teacher/rectifier/permutations/8"][3] == 40


def powers(power: float, column: str = "best") -> pd.DataFrame:
    spread = np.exp(np.linspace(-0.1, 0.1, 40))
    parts = [planted.pairs(0.05 * spread * width**power, width=width) for width in [2, *planted.WIDTHS]]
    # Width 2 has no unit to spare: it does not count.
    parts[0] = parts[0].assign(best=1e-6, least=1e-6, matched=1e-6)
    found = pd.concat(parts, ignore_index=True)
    return found.assign(enumerated=column == "best", best=found["best"] if column == "best" else np.nan)


@pytest.mark.parametrize(("power", "expected"), [(-0.3, SUPPORTED), (0.0, INCONCLUSIVE), (0.3, CONTRADICTED)])
def test_barriers_fall_with_the_width(power, expected):
    name = "falls/teacher/rectifier/permutations"
    found = mode_connectivity.judge(powers(power))
    assert verdicts(found)[name] == expected
    assert quantities(found)[name][0] == pytest.approx(power, abs=1e-9)
    by_matching = verdicts(mode_connectivity.judge(powers(power, "matched")))
    assert by_matching[f"matched-{name}"] == (SUPPORTED if expected == SUPPORTED else INCONCLUSIVE)
    assert name not in by_matching


@pytest.mark.parametrize(("hits", "expected"), [(27, SUPPORTED), (20, INCONCLUSIVE), (13, CONTRADICTED)])
def test_matching_counts_where_there_is_something_to_find(hits, expected):
    rows = planted.pairs(np.full(40, LIMIT / 2), matched=np.where(np.arange(40) < hits, LIMIT, 0.5))
    hopeless = planted.pairs(np.full(40, 0.4), width=6)
    found = mode_connectivity.judge(pd.concat([rows, hopeless], ignore_index=True))
    assert verdicts(found)["matching/teacher/rectifier/permutations"] == expected
    assert quantities(found)["matching/teacher/rectifier/permutations"][3] == 40
    assert found_best(pd.DataFrame({"best": [0.0, 0.0], "matched": [0.0009, 0.0011]})).tolist() == [True, False]


def test_a_copy_that_is_not_found_contradicts():
    rows = planted.pairs(np.zeros(3), ends=COPY)
    name = "copy/teacher/rectifier/permutations"
    assert verdicts(mode_connectivity.judge(rows))[name] == SUPPORTED
    for wrong in (rows.assign(least=[0, 0, 1e-8]), rows.assign(matched=[1e-8, 0, 0]), rows.assign(best=[0, 0.01, 0])):
        assert verdicts(mode_connectivity.judge(wrong))[name] == CONTRADICTED


def test_the_same_target_has_to_do_better_than_another():
    name = "two-targets/teacher/rectifier/permutations"
    for same, other, expected in ((20, 8, SUPPORTED), (20, 20, INCONCLUSIVE), (8, 20, CONTRADICTED)):
        # A network with both, as far as there is one.
        parts = [
            planted.pairs(planted.barriers(np.arange(40) < hits), ends=ends)
            for hits, ends in ((same, STARTS), (other, TARGETS))
        ]
        found = mode_connectivity.judge(pd.concat(parts, ignore_index=True))
        assert verdicts(found)[name] == expected
        assert quantities(found)[name][0] == pytest.approx((same - other) / 40)


@pytest.mark.parametrize(("task", "ends", "group"), [(TEACHER, TARGETS, PERMUTED), (XOR, COPY, SIGNED)])
def test_the_networks_of_a_row_are_made_again_side_by_side(table, task, ends, group):
    unit = dataclasses.replace(unit_of(task, 3), engine=Engine(layout="lanes"))
    rows = table[(table["task"] == task) & (table["width"] == 3) & (table["ends"] == ends) & (table["group"] == group)]
    row = rows[rows["small"]].iloc[-1].to_dict()
    again = mode_connectivity.rebuild(unit.with_cells(unit.cells.iloc[[row["pair"]]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    (W, b), (V, c) = again.layers
    x, y = training.inputs(task), training.draw(unit).y[row["pair"]]
    both = ((np.tanh(x @ W + b) @ V + c - y[[0, 2 if ends == TARGETS else 0]].T) ** 2).mean(0)
    np.testing.assert_allclose(both, [row["first_loss"], row["second_loss"]], atol=1e-5)
    assert again.curve["loss"].iloc[-1] == pytest.approx((row["first_loss"] + row["second_loss"]) / 2)
