"""All small graphs: the rules on planted counts, and the counts themselves."""

import pandas as pd
import pytest

from experiments.claims.anatomy import layered_graphs
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_graphs(**changes) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "graphs": [1, 4, 64],
            "without_cycle": [1, 3, 25],
            "layered": [1, 3, 19],
            "layered_with_cycle": [0, 0, 0],
            "connected": [1, 2, 12],
            "connected_in_one_way": [1, 2, 12],
            "others_in_one_way": [0, 0, 0],
            "most_ways": [1, 3, 13],
            "checked": [1, 4, 64],
            "disagreements": [0, 0, 0],
        }
    )
    return table.assign(**changes)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (planted_graphs(), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_graphs(disagreements=[0, 0, 1]), (CONTRADICTED, SUPPORTED, SUPPORTED)),
        # A sample that agrees is not enough: some size has to be enumerated.
        (planted_graphs(checked=[0, 3, 60]), (INCONCLUSIVE, SUPPORTED, SUPPORTED)),
        (planted_graphs(layered=[1, 2, 19]), (SUPPORTED, CONTRADICTED, SUPPORTED)),
        (planted_graphs(layered=[1, 3, 25]), (SUPPORTED, CONTRADICTED, SUPPORTED)),
        (planted_graphs(layered_with_cycle=[0, 0, 1]), (SUPPORTED, CONTRADICTED, SUPPORTED)),
        (planted_graphs().tail(1), (SUPPORTED, INCONCLUSIVE, SUPPORTED)),
        (planted_graphs(connected_in_one_way=[1, 2, 11]), (SUPPORTED, SUPPORTED, CONTRADICTED)),
        (planted_graphs(others_in_one_way=[0, 1, 0]), (SUPPORTED, SUPPORTED, CONTRADICTED)),
    ],
)
def test_what_is_said_of_all_small_graphs_can_fail(table, expected):
    found = verdicts(layered_graphs.judge(table))
    assert found == dict(zip(("levels", "exceptions", "one-way"), expected, strict=True))


def test_what_is_measured_of_small_graphs_is_a_share_of_those_that_are_checked():
    table = planted_graphs(checked=[1, 4, 32], disagreements=[1, 2, 5], connected_in_one_way=[1, 2, 9])
    found = quantities(layered_graphs.judge(table))
    assert found == {
        "levels": (1 - 3 / 5, 1 - 3 / 5, 1 - 3 / 5, 5),
        "exceptions": (3, 3, 3, 69),
        "one-way": (12 / 15, 12 / 15, 12 / 15, 23),
    }


def test_all_small_graphs_are_counted_and_a_sample_of_larger_ones_is_checked():
    table = measured(layered_graphs, layered_graphs.Settings(n=[1, 2, 3, 4], samples=300))
    known = planted_graphs()
    pd.testing.assert_frame_equal(table.head(3)[known.columns], known, check_dtype=False)
    last = table.iloc[3]
    assert (last["without_cycle"], last["checked"], last["disagreements"]) == (543, 300, 0)
    every = layered_graphs.judge(table)[0]
    assert (every.claim, every.evidence, every.samples) == ("levels", "exact", 1 + 4 + 64)
    assert every.verdict == SUPPORTED
    one = table.assign(disagreements=[0, 0, 0, 1])
    assert layered_graphs.judge(one)[0].verdict == CONTRADICTED
    assert set(drawn(layered_graphs, table)) == {"layered-graphs"}
