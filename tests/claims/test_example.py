"""The smallest claim: it counts as a loop does, its rule is at its border, and its work grows as its inputs."""

import pandas as pd
import pytest

from experiments.axes import Listed
from experiments.claims import example
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from experiments.plan import Unit, make_cells
from experiments.settings import Engine
from tests.support import drawn, quantities, verdicts


def unit(*n: int) -> Unit:
    settings = example.Settings(n=list(n))
    return Unit("bits", "parity", Listed(make_cells(settings)), settings, 0, "float32", Engine())


def test_odd_inputs_are_counted_as_a_loop_counts_them():
    table = example.measure(unit(1, 2, 3, 7))
    assert table["odd"].tolist() == [sum(bin(x).count("1") % 2 for x in range(2**n)) for n in (1, 2, 3, 7)]
    assert table["inputs"].tolist() == [2, 4, 8, 128]


@pytest.mark.parametrize(
    ("odd", "outcome", "share"), [(4, SUPPORTED, 0.5), (5, CONTRADICTED, 0.625), (3, CONTRADICTED, 0.375)]
)
def test_one_other_share_contradicts_and_is_the_one_that_is_told(odd, outcome, share):
    table = pd.DataFrame({"n": [1, 3], "inputs": [2, 8], "odd": [1, odd]})
    assert verdicts(example.judge(table)) == {"half": outcome}
    assert quantities(example.judge(table))["half"][0] == share
    assert quantities(example.judge(table))["half"][3] == 10


def test_work_doubles_with_every_bit_and_trains_nothing():
    few, more = example.work(unit(4)), example.work(unit(5))
    assert (few[0], more[1] / few[1]) == (0, 2.0)
    assert example.work(unit(4, 5))[1] == few[1] + more[1]


def test_the_figure_says_how_many_were_counted():
    (drawing,) = drawn(example, example.measure(unit(1, 2, 3))).values()
    assert drawing.title == "7 of 14 inputs have an odd number of ones"
    assert list(drawing.numbers["odd"]) == [1, 2, 4]
