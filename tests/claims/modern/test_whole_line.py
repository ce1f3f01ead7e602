"""The whole line: networks of every way measured, verdicts at their borders, and rows that are made again."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import whole_line
from experiments.judging.rules import INCONCLUSIVE, SUPPORTED
from experiments.report import answers
from tests.support import drawn, measured, units, verdicts

SMALL = whole_line.Settings(
    activation=["rectifier", "logistic"],
    layers=[1],
    width=[8, 128],
    restarts=2,
    steps=400,
    where="width == 8 and (way == 'drawn' or way == 'trained' and activation == 'logistic') or "
    "way == 'built' and restart == 0",
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(whole_line, SMALL)


def test_no_network_is_near_sin_on_the_line_and_built_ones_are_near_its_window(table):
    found = verdicts(whole_line.judge(table))
    assert {name for name, word in found.items() if word != SUPPORTED} <= {"compact/logistic"}
    assert len(found) == 6
    assert (table["on_line"] > 1 - 1e-9).all()
    built = table[table["way"] == "built"]
    assert (built["window"] <= built["bound"]).all()
    # The window is sin on [-2π, 2π], and 0 is what these networks are beyond.
    np.testing.assert_allclose(built["window"], built["inside"], rtol=1e-2)
    assert set(drawn(whole_line, table)) == {"whole-line"}


def test_a_network_without_a_certificate_says_nothing(table):
    for way, activation in (("drawn", "rectifier"), ("trained", "logistic")):
        row = table.index[(table["way"] == way) & (table["activation"] == activation)][0]
        wrong = table.copy()
        wrong.loc[row, "on_line"] = 1 - 2e-9
        found = verdicts(whole_line.judge(wrong))
        assert found[f"line/{way}/{activation}"] == INCONCLUSIVE
        assert sum(word == SUPPORTED for word in found.values()) >= 4
        wrong.loc[row, "on_line"] = 1 - 0.5e-9
        assert verdicts(whole_line.judge(wrong))[f"line/{way}/{activation}"] == SUPPORTED


def test_small_is_less_than_a_tenth_and_bounds_are_kept(table):
    near = table.assign(inside=0.099)
    assert verdicts(whole_line.judge(near))["compact/logistic"] == SUPPORTED
    assert verdicts(whole_line.judge(table.assign(inside=0.1)))["compact/logistic"] == INCONCLUSIVE
    over = table.assign(window=table["window"].where(table["width"] != 8, 9.0))
    assert verdicts(whole_line.judge(over))["vanishing/rectifier"] == INCONCLUSIVE
    loose = table.assign(bound=table["bound"].clip(lower=0.1))
    assert verdicts(whole_line.judge(loose))["vanishing/logistic"] == INCONCLUSIVE


def test_networks_that_diverged_are_left_out():
    bad = [(np.array([[np.inf]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    assert np.isnan(whole_line._examined(bad, "tanh")["on_line"])


@pytest.mark.parametrize("way", whole_line.WAYS)
def test_a_row_is_made_again(table, way):
    unit = next(
        one for one in units(whole_line, SMALL) if (one.static("way"), one.static("activation")) == (way, "logistic")
    )
    rows = table[(table["way"] == way) & (table["activation"] == "logistic") & (table["width"] == unit.static("width"))]
    row = rows.iloc[-1].to_dict()
    again = whole_line.rebuild(unit.with_cells(unit.cells.iloc[[-1]].reset_index(drop=True)), row)
    for name in ("inside", "on_line", "window"):
        assert again.values[name] == pytest.approx(row[name], rel=1e-3)
    # Outputs are for x of the line, and not for the inputs of training.
    x = np.linspace(-whole_line.EDGE, whole_line.EDGE, 4001)
    error = np.abs(whole_line.outputs(again.layers, "logistic", x) - np.sin(x)).max()
    assert error == pytest.approx(row["inside"], rel=1e-3)


def test_a_verdict_on_drawn_networks_speaks_for_the_sentence_on_some_functions(table):
    found = next(one for one in whole_line.judge(table) if one.claim == "line/drawn/rectifier")
    sentence = next(one for one in answers.sources.sentences() if one.id == "nuland-not-all")
    row = {"verdict": found.verdict, "existence": found.existence}
    assert answers.sign(row, found.bears_on[0], sentence) == answers.FOR
    against = found.bears_on[1]
    assert (against.sentence, against.direction, against.role) == ("universal-approximation", "against", "variant")
