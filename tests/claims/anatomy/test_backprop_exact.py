"""Derivatives in fractions: the rules on planted tables, and a small real run."""

from fractions import Fraction

import pandas as pd
import pytest

from experiments.claims.anatomy import backprop_exact
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts
from theory import backprop
from theory.functions import IDENTITY, polynomial
from theory.graph import Edge, nine_neurons


def planted_exact(right: int, one_path: int, networks: int = 20) -> pd.DataFrame:
    facts = {"form": "nine-neurons", "edges": 12, "degree": 8, "right": 12, "one_path_right": 12}
    rows = pd.DataFrame({"network": range(networks)}).assign(**facts)
    rows.loc[0, "right"] = right
    rows.loc[: one_path - 1, "one_path_right"] = 10
    return rows


@pytest.mark.parametrize(
    ("right", "one_path", "expected"),
    [
        (12, 20, (SUPPORTED, SUPPORTED)),
        (11, 20, (CONTRADICTED, SUPPORTED)),
        (12, 1, (SUPPORTED, SUPPORTED)),
        (12, 0, (SUPPORTED, INCONCLUSIVE)),
    ],
)
def test_one_wrong_derivative_is_enough_and_one_path_must_be_wrong(right, one_path, expected):
    judged = backprop_exact.judge(planted_exact(right, one_path))
    assert {one.evidence for one in judged} == {"exact"}
    found = verdicts(judged)
    assert tuple(found.values()) == expected


def test_what_is_measured_are_weights_of_all_networks_and_networks_with_a_wrong_one():
    table = planted_exact(9, 5)
    table.loc[10, "edges"] = 24
    exact, one_path = quantities(backprop_exact.judge(table)).values()
    assert exact == (1 - 15 / 252, 1 - 15 / 252, 1 - 15 / 252, 252)
    assert one_path == (6 / 20, 6 / 20, 6 / 20, 20)


def test_derivatives_are_exact_and_in_the_running_example_one_path_is_wrong_for_the_two_weights_into_neuron_four():
    table = measured(backprop_exact, backprop_exact.Settings(networks=2))
    assert (table["right"] == table["edges"]).all()
    nine = table[table["form"] == "nine-neurons"]
    assert (nine["edges"] - nine["one_path_right"]).tolist() == [2, 2]
    assert set(drawn(backprop_exact, table)) == {"backprop-exact"}
    graph = nine_neurons(dict.fromkeys((3, 4, 6, 7), polynomial((0, 1, 1))) | {9: IDENTITY})
    weights = {edge: 1 + e for e, edge in enumerate(graph.edges)}
    whole = backprop.gradient(graph, weights, [Fraction(1)], [Fraction(1)])
    alone = backprop_exact.along_one_path(graph, weights, [Fraction(1)], [Fraction(1)])
    assert [edge for edge in graph.edges if whole[edge] != alone[edge]] == [Edge(1, 4), Edge(2, 4)]
    assert backprop_exact.hidden_depth(graph) == 2
