"""Rules about narrow networks on planted tables, and small measurements of them."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import narrow
from experiments.drawing.style import house_style
from experiments.judging import p_values, statistics
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts
from theory.approximation.narrow import FLOOR, PUBLISHED_FLOOR


def planted_narrow(errors: dict[int, float], collapsed=lambda depth: 0.0, spread: float = 0.0) -> pd.DataFrame:
    """Networks with d + spare units and the given errors; every second run has 1 + spread times the error."""
    axes = {"d": [2], "spare": list(errors), "depth": (1, 2, 4, 8), "steps": (10, 20), "restart": range(40)}
    index = pd.MultiIndex.from_product(axes.values(), names=axes)
    table = index.to_frame(index=False)
    table["error"] = table["spare"].map(errors) * (1 + spread * (table["restart"] % 2))
    table["collapsed"] = table["restart"] < 40 * table["depth"].map(collapsed)
    table["construction_error"] = np.where(table["spare"] > 0, 0.1 / table["depth"], np.nan)
    return table.assign(dead=0.2, learning_rate=0.01)


@pytest.mark.parametrize(
    ("error", "published", "constant"),
    [
        (FLOOR, SUPPORTED, SUPPORTED),
        # A search may miss a little of the largest error.
        (0.995 * FLOOR, SUPPORTED, SUPPORTED),
        (0.9901 * FLOOR, SUPPORTED, SUPPORTED),
        (0.9899 * FLOOR, SUPPORTED, CONTRADICTED),
        (0.9901 * PUBLISHED_FLOOR, SUPPORTED, CONTRADICTED),
        (0.9899 * PUBLISHED_FLOOR, CONTRADICTED, CONTRADICTED),
        (0.1, SUPPORTED, CONTRADICTED),
        (0.9 * PUBLISHED_FLOOR, CONTRADICTED, CONTRADICTED),
    ],
)
def test_whether_there_is_a_floor_at_width_d(error, published, constant):
    found = verdicts(narrow.judge(planted_narrow({-1: 0.2, 0: error, 1: 0.01})))
    assert (found["floor/published"], found["floor/as-good-as-constant"]) == (published, constant)


@pytest.mark.parametrize(
    ("error", "spread", "expected"),
    [
        (0.05, 0.0, SUPPORTED),
        (0.2, 0.0, CONTRADICTED),
        (0.1, 1.0, INCONCLUSIVE),
        # What a search may miss of the largest error is taken off the floor.
        (0.9899 * FLOOR, 0.0, SUPPORTED),
        (0.9901 * FLOOR, 0.0, CONTRADICTED),
    ],
)
def test_whether_training_finds_what_one_more_unit_can(error, spread, expected):
    found = verdicts(narrow.judge(planted_narrow({1: error}, spread=spread)))
    assert found["wider/found/d=2"] == expected
    assert found["wider/representable"] == SUPPORTED


def test_a_network_below_a_proved_floor_is_logged_as_an_error_of_the_program(caplog):
    narrow.judge(planted_narrow({0: 0.13, 1: 0.1}))
    assert not caplog.records
    narrow.judge(planted_narrow({0: 0.1, 1: 0.1}))
    assert [one.getMessage()[:12] for one in caplog.records] == ["320 networks"]


def test_a_construction_that_is_not_deep_enough_proves_nothing():
    table = planted_narrow({1: 0.1}).assign(construction_error=0.1)
    assert verdicts(narrow.judge(table))["wider/representable"] == INCONCLUSIVE
    assert "wider/representable" not in verdicts(narrow.judge(table.assign(construction_error=np.nan)))


@pytest.mark.parametrize(
    ("collapsed", "expected"),
    [
        (lambda depth: depth / 8, SUPPORTED),
        (lambda depth: 1 / depth, CONTRADICTED),
        (lambda depth: 0.5, INCONCLUSIVE),
        (lambda depth: 0.0, INCONCLUSIVE),
    ],
)
def test_whether_deeper_networks_collapse(collapsed, expected):
    found = verdicts(narrow.judge(planted_narrow({1: 0.1}, collapsed)))
    assert found["deeper-collapses/d=2"] == expected


def test_few_deep_runs_are_known_as_well_as_few_are():
    table = planted_narrow({1: 0.1}, lambda depth: 0.1 if depth < 8 else 0.3)
    few = table[(table["depth"] < 8) | (table["restart"] % 4 == 0)]
    collapse = next(one for one in narrow.judge(few) if "collapses" in one.claim)
    expected = statistics.slope_of_rates(
        np.arange(4.0), np.array([4, 4, 4, 3]), np.array([40, 40, 40, 10]), statistics.exact_interval
    )
    assert (collapse.measured, collapse.low, collapse.high) == pytest.approx(expected)
    assert collapse.samples == 130


def test_the_first_quarter_chooses_the_depth_and_the_others_are_judged():
    table = planted_narrow({1: 0.2})
    lucky = (table["depth"] == 4) & (table["restart"] < 10)
    table.loc[lucky, "error"] = 0.01
    judged = narrow.best_setting(table[table["steps"] == 20])
    assert set(judged["depth"]) == {4}
    assert judged["restart"].tolist() == list(range(10, 40))
    assert verdicts(narrow.judge(table))["wider/found/d=2"] == CONTRADICTED


@pytest.mark.parametrize(("of_ten", "depth"), [(7, 2), (5, 8)])
def test_two_runs_that_fail_are_added_to_every_share(of_ten, depth):
    table = planted_narrow({1: 0.2})
    table = table[(table["steps"] == 20) & ((table["depth"] <= 4) | (table["restart"] < 8))].reset_index(drop=True)
    # 2 of 2 counts as 2 of 4: less than 7 of 12, and more than 5 of 12.
    lucky = (table["depth"] == 8) & (table["restart"] < 2) | (table["depth"] == 2) & (table["restart"] < of_ten)
    table.loc[lucky, "error"] = 0.01
    assert set(narrow.best_setting(table)["depth"]) == {depth}


def test_what_is_measured_of_narrow_networks_is_the_least_error_and_of_wider_ones_the_dimension_with_most():
    table = planted_narrow({-1: 0.3, 0: 0.2, 1: 0.05, 2: 0.001}, lambda depth: 0.25)
    built = table.assign(d=3, construction_error=0.24 / table["depth"])
    table = pd.concat([table, built, table.assign(d=4, construction_error=np.nan)], ignore_index=True)
    table.loc[table.index[table["spare"] == 0][5], "error"] = 0.15
    found = quantities(narrow.judge(table))
    floors = {name: found[name] for name in ("floor/published", "floor/as-good-as-constant")}
    # Three dimensions, two widths, four depths, two budgets, forty runs; in the third nothing was built.
    assert set(floors.values()) == {(0.15, 0.15, 0.15, 1920)}
    assert found["wider/representable"] == pytest.approx((0.03, 0.03, 0.03, 2))
    assert found["wider/found/d=3"][::3] == (1.0, 30)
    assert found["deeper-collapses/d=3"][::3] == pytest.approx((0.0, 160))


def test_a_few_lucky_runs_are_not_the_best_setting():
    table = planted_narrow({1: 0.2})
    table = table[(table["steps"] == 20) & ((table["depth"] <= 4) | (table["restart"] < 8))].reset_index(drop=True)
    # Below the floor are both choosing runs with eight layers, and nine of ten with two.
    lucky = (table["depth"] == 8) & (table["restart"] < 2) | (table["depth"] == 2) & (table["restart"] < 9)
    table.loc[lucky, "error"] = 0.01
    assert set(narrow.best_setting(table)["depth"]) == {2}


def test_what_training_may_find_with_more_updates_is_not_contradicted():
    table = planted_narrow({1: 0.2})
    found = table["restart"] % 4 == 0
    # A quarter of the runs, 8 of 30, succeeds; none with half of the updates.
    table.loc[found, "error"] = 0.01
    assert verdicts(narrow.judge(table))["wider/found/d=2"] == CONTRADICTED
    table.loc[found & (table["steps"] == 10), "error"] = 0.2
    assert verdicts(narrow.judge(table))["wider/found/d=2"] == INCONCLUSIVE
    assert verdicts(narrow.judge(table[table["steps"] == 20]))["wider/found/d=2"] == INCONCLUSIVE


def test_a_proof_has_no_interval_and_no_p_value():
    floors = [one for one in narrow.judge(planted_narrow({0: 0.13, 1: 0.1})) if one.claim.startswith("floor/")]
    assert len(floors) == 2
    for one in floors:
        assert one.low == one.measured == one.high
        assert one.evidence == "exact"
        assert np.isnan(p_values.of(one))


def test_a_small_measurement_of_narrow_networks():
    # Every shape is compiled: of all there are, those of which something is said below.
    settings = narrow.Settings(
        learning_rate=[0.01],
        restarts=2,
        steps=[100],
        d=[1, 2],
        spare=[-1, 0, 1],
        depth=[1, 3],
        where="d == 1 and spare >= 0 and depth == 3 or d == 2 and (spare == 0 or depth == 1)",
    )
    table = measured(narrow, settings)
    assert (table.loc[table["spare"] <= 0, "error"] >= 0.99 * FLOOR).all()
    assert (table["error"] <= table["trained_error"]).all()
    assert table["dead"].between(0, 1).all()
    assert (table.loc[table["collapsed"], "error"] >= 0.99 * FLOOR).all()
    two_deep = table[(table["d"] == 1) & (table["spare"] == 1) & (table["depth"] == 3)]
    # On a line, 4 intervals of radius ½ / 4 cover the ball: the error is 1/128.
    assert two_deep["construction_error"].max() == pytest.approx(1 / 128, rel=0.05)
    assert verdicts(narrow.judge(table))["floor/as-good-as-constant"] == SUPPORTED
    with house_style():
        drawings = narrow.draw(table)
    assert all(len(drawing.numbers) for drawing in drawings.values())


def test_a_diverged_network_is_a_row_and_nothing_breaks():
    settings = narrow.Settings(d=[2], spare=[1], depth=[2], learning_rate=[1e30], restarts=2, steps=[20])
    table = measured(narrow, settings)
    assert np.isinf(table["error"]).any()
    # Networks that have not diverged are dead.
    assert (table["error"] >= 0.99 * FLOOR).all()
    assert all(one.verdict != SUPPORTED for one in narrow.judge(table) if "/found/" in one.claim)
