"""The rules of depth.sawtooth on a small real run, as it is and spoiled."""

import pytest

from experiments.claims.depth import sawtooth
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts


def test_sawtooths_are_exact_and_one_bit_is_told():
    table = measured(sawtooth, sawtooth.Settings(k=[1, 2, 5]))
    assert set(verdicts(sawtooth.judge(table)).values()) == {SUPPORTED}
    for column, wrong in (("difference", 2.0**-52), ("pieces", 1.0), ("neurons", 99.0)):
        spoiled = table.assign(**{column: table[column].where(table["k"] != 5, wrong)})
        assert verdicts(sawtooth.judge(spoiled))["exact/deep"] == CONTRADICTED
    assert set(drawn(sawtooth, table)) == {"sawtooth-neurons"}


def test_one_neuron_more_or_less_is_another_ratio():
    table = measured(sawtooth, sawtooth.Settings(k=[1, 3]))
    for more in (-1, 1):
        largest = (table["k"] == 3) & (table["shape"] == "shallow")
        other = table.assign(neurons=table["neurons"].where(~largest, table["neurons"] + more))
        assert verdicts(sawtooth.judge(other))["cannot-be-flattened"] == CONTRADICTED


def test_what_is_measured_of_sawtooths_is_a_share_and_the_ratio_at_the_largest_k():
    table = measured(sawtooth, sawtooth.Settings(k=[1, 2, 5]))
    spoiled = table.assign(pieces=table["pieces"].where((table["k"] != 2) | (table["shape"] != "deep"), 3.0))
    found = quantities(sawtooth.judge(spoiled))
    assert found["exact/deep"] == (2 / 3, 2 / 3, 2 / 3, 3)
    assert found["exact/shallow"] == (1, 1, 1, 3)
    assert found["cannot-be-flattened"] == (3.2, 3.2, 3.2, len(table))
    assert not any("flattened" in name for name in quantities(sawtooth.judge(table[table["shape"] == "deep"])))


@pytest.mark.parametrize(("number", "shapes"), [(0, [(1, 2), (2, 2), (2, 2), (2, 1)]), (1, [(1, 8), (8, 1)])])
def test_a_row_is_made_again(number, shapes):
    unit = units(sawtooth, sawtooth.Settings(k=[2, 3]))[number]
    row = sawtooth.measure(unit).iloc[1].to_dict()
    again = sawtooth.rebuild(unit.with_cells(unit.cells.iloc[[1]].reset_index(drop=True)), row)
    assert tracing.differences(row, again) == []
    assert [W.shape for W, _ in again.layers] == shapes
