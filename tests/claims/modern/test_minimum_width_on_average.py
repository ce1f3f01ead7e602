"""Width 2 on average: measured networks, verdicts at their borders, planted falsehoods, and rows made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import minimum_width_on_average as claim
from experiments.claims.modern.minimum_width_on_average.verdicts import DRAWN, LOCKED, POWERS, SHARPEST
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.report import answers
from tests.support import drawn, measured, quantities, units, verdicts
from tests.theory.test_modern_broken_lines import outputs
from theory.modern import plane_curves

SMALL = claim.Settings(columns=[8, 16, 32], sharpness=[4, SHARPEST], restarts=2)
FLOOR = plane_curves.floor(plane_curves.LOCKED)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(claim, SMALL)


def changed(table: pd.DataFrame, column: str, row: int, value) -> pd.DataFrame:
    wrong = table.copy()
    wrong.loc[wrong.index[row], column] = value
    return wrong


def test_every_verdict_on_built_networks(table):
    found = claim.judge(table)
    assert set(verdicts(found).values()) == {SUPPORTED}
    numbers = quantities(found)
    assert numbers["width"][0] == 2
    assert numbers["average/1"][0] < numbers["average/2"][0] < numbers["average/4"][0] == numbers["apart"][0] < 0.1
    assert numbers["layers"][0] == pytest.approx(-1, abs=0.1)
    assert numbers["width-1"][0] > numbers["average/2"][0]
    assert (len(table), set(table["width"])) == (10, {2})
    assert set(drawn(claim, table)) == {"minimum-width-on-average"}


def test_tables_without_some_networks_are_judged_and_drawn(table):
    for some in (table[table["sharpness"] == 4], table[table["curve"] == DRAWN], table[:0]):
        assert CONTRADICTED not in verdicts(claim.judge(some)).values()
        assert len(drawn(claim, some)) == (LOCKED in set(some["curve"]))


def test_answers_are_for_both_sentences_and_controls_are_none(table):
    sentences = {one.id: one for one in answers.sources.sentences()}
    for one in claim.judge(table):
        (bearing,) = one.bears_on
        assert answers.sign(
            {"verdict": one.verdict, "existence": one.existence}, bearing, sentences[bearing.sentence]
        ) == (answers.FOR)
        expected = {"layers/floor": "control", "width-1": "control", "layers": "variant"}
        assert bearing.role == expected.get(one.claim, "as stated")
        assert bearing.sentence == ("park-width-2" if one.claim == "apart" else "park-average")


@pytest.mark.parametrize("p", POWERS)
def test_one_network_beyond_its_bound_or_wider_contradicts_its_p(table, p):
    row = int(np.flatnonzero(table["curve"] == DRAWN)[0])
    found = verdicts(claim.judge(changed(table, f"kept_{p}", row, False)))
    assert [name for name, word in found.items() if word == CONTRADICTED] == [f"average/{p}"]
    assert verdicts(claim.judge(changed(table, "width", row, 3)))[f"average/{p}"] == CONTRADICTED


def test_the_bound_is_compared_as_a_fraction(monkeypatch):
    exact = claim.broken_lines.mean_power(
        claim._off(claim.zigzag.network(plane_curves.LOCKED, 8, 4), plane_curves.LOCKED), 2
    )
    for bound, kept in ((exact, True), (exact * (1 - claim.zigzag.Fraction(1, 10**30)), False)):
        monkeypatch.setattr(claim.zigzag, "bound", lambda *_, bound=bound: bound)
        assert claim._examined(plane_curves.LOCKED, 8, 4)["kept_2"] == kept


def test_both_errors_are_apart_only_on_both_sides_of_the_floor(table):
    locked = table["curve"] == LOCKED
    for largest, expected in ((FLOOR, SUPPORTED), (FLOOR - 1e-9, INCONCLUSIVE)):
        near = table.assign(largest=table["largest"].mask(locked & (table["columns"] == 16), largest))
        assert verdicts(claim.judge(near))["apart"] == expected
    for error, expected in ((FLOOR - 1e-9, SUPPORTED), (FLOOR, INCONCLUSIVE)):
        assert verdicts(claim.judge(table.assign(error_4=error)))["apart"] == expected
    assert verdicts(claim.judge(table.assign(floor_largest=0.0)))["apart"] == INCONCLUSIVE


def test_the_least_width_is_not_known_without_a_floor_below_it_or_a_network(table):
    floor = table.loc[table["curve"] == LOCKED, "error_2"].min()
    assert verdicts(claim.judge(table.assign(floor_width_1=floor)))["width"] == INCONCLUSIVE
    assert verdicts(claim.judge(table.assign(floor_width_1=floor * 1.001)))["width"] == SUPPORTED
    assert verdicts(claim.judge(table.assign(kept_2=False)))["width"] == INCONCLUSIVE
    assert set(verdicts(claim.judge(table[table["curve"] == DRAWN]))["width"]) == set(INCONCLUSIVE)


@pytest.mark.parametrize(
    ("slope", "expected"), [(-1.09, SUPPORTED), (-0.91, SUPPORTED), (-1.11, CONTRADICTED), (-0.5, CONTRADICTED)]
)
def test_the_border_of_the_slope(table, slope, expected):
    fast = table.assign(
        error_1=np.where(
            (table["sharpness"] == SHARPEST) & (table["columns"] >= 16), table["hidden_layers"] ** slope, 1e9
        )
    )
    found = claim.judge(fast)
    assert verdicts(found)["layers"] == expected
    assert quantities(found)["layers"][0] == pytest.approx(slope)


def test_one_number_of_layers_or_no_floor_says_nothing_of_the_slope(table):
    assert verdicts(claim.judge(table[table["columns"] <= 16]))["layers"] == INCONCLUSIVE
    assert verdicts(claim.judge(table.assign(floor_1=0.0)))["layers"] == INCONCLUSIVE


def test_an_error_below_the_floor_of_its_layers_contradicts(table):
    row = int(np.flatnonzero(table["floor_2"] > 0)[0])
    for share, expected in ((1.001, SUPPORTED), (0.999, CONTRADICTED)):
        near = changed(table, "error_2", row, table["floor_2"].iloc[row] * share)
        assert verdicts(claim.judge(near))["layers/floor"] == expected


def test_a_network_of_width_1_below_its_floor_contradicts(table):
    for share, expected in ((1.001, SUPPORTED), (0.999, CONTRADICTED)):
        near = table.assign(error_width_1=table["floor_width_1"] * share)
        assert verdicts(claim.judge(near))["width-1"] == expected
    assert verdicts(claim.judge(table.assign(floor_width_1=0.0)))["width-1"] == CONTRADICTED


def test_rows_are_made_again_and_drawn_curves_differ(table):
    (unit,) = units(claim, SMALL)
    curves = claim._curves(unit)
    for row in (0, len(table) - 1):
        one = unit.with_cells(unit.cells.iloc[[row]].reset_index(drop=True))
        again = claim.rebuild(one, table.iloc[row].to_dict())
        assert all(again.values[name] == table[name].iloc[row] for name in ("error_1", "error_4", "largest"))
        assert len(again.layers) == table["hidden_layers"].iloc[row] + 1
        # Another calculation: float64, layer by layer, on a grid.
        x = (np.arange(2**16) + 0.5) / 2**16
        off = np.abs(outputs(again.layers, x) - plane_curves.follow(curves[row], x))
        assert off.sum(axis=1).mean() == pytest.approx(table["error_1"].iloc[row], rel=0.05)
    others = [curve for curve, name in zip(curves, unit.cells["curve"], strict=True) if name == DRAWN]
    assert (others[0] != others[1]).any()
    assert max(abs(curve).max() for curve in curves) <= 4
