"""The rules of depth.sawtooth on a small real run, as it is and spoiled."""

from experiments.claims.depth import sawtooth
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import drawn, measured, verdicts


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
