"""Rules of the claims about neurons, edges and layers on planted tables, and small real runs of them."""

import pandas as pd
import pytest

from experiments.claims.anatomy import bias_neurons, layered, layered_graphs, layerwise_evaluation
from experiments.judging.flat import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory import layers
from theory.graph import find_cycle, nine_neurons


def test_the_examples_are_those_of_the_post_and_each_can_be_contradicted():
    table = measured(layered, layered.Settings())
    assert set(verdicts(layered.judge(table)).values()) == {SUPPORTED}
    assert set(drawn(layered, table)) == {"nine-neurons", "not-layered"}
    swapped = table.assign(division="1 | 2 | 3", feed_forward=~table["feed_forward"])
    assert set(verdicts(layered.judge(swapped)).values()) == {CONTRADICTED}
    circle = table[table["example"] == "circle"]
    assert not circle["feed_forward"].any()
    assert "1 -> 2 -> 3 -> 1" in circle["why"].iloc[0]
    assert set(drawn(layered, circle)) == {"not-layered"}


def test_the_running_example_in_the_claim_has_the_edges_of_the_theory_and_one_bias_neuron_keeps_all_weights():
    graph, one = layered.running_example(), layered.with_one_bias()
    assert graph.edges == nine_neurons(graph.functions).edges
    assert len(one.edges) == len(graph.edges)
    assert one.of_kind("bias") == (2,)
    assert find_cycle(one) is None
    assert layers.misfit(one) is not None


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
    assert found == dict(
        zip(("anatomy.layered/levels", "anatomy.layered/exceptions", "anatomy.layered/one-way"), expected, strict=True)
    )


def test_all_small_graphs_are_counted_and_a_sample_of_larger_ones_is_checked():
    table = measured(layered_graphs, layered_graphs.Settings(n=[1, 2, 3, 4], samples=300))
    known = planted_graphs()
    pd.testing.assert_frame_equal(table.head(3)[known.columns], known, check_dtype=False)
    last = table.iloc[3]
    assert (last["without_cycle"], last["checked"], last["disagreements"]) == (543, 300, 0)
    every = layered_graphs.judge(table)[0]
    assert (every.claim, every.evidence, every.samples) == ("anatomy.layered/levels", "exact", 1 + 4 + 64)
    assert every.verdict == SUPPORTED
    one = table.assign(disagreements=[0, 0, 0, 1])
    assert layered_graphs.judge(one)[0].verdict == CONTRADICTED
    assert set(drawn(layered_graphs, table)) == {"layered-graphs"}


def planted_evaluations(difference: float, control: float = 1e-6, networks: int = 60, exact: str = "equal"):
    facts = {"activation": "square", "depth": 2, "neurons": 9, "edges": 20, "control": control, "exact": exact}
    rows = pd.DataFrame({"network": range(networks), "by_layer": 1e-16, "compiled": 1e-16}).assign(**facts)
    rows.loc[networks // 2, "compiled"] = difference
    return rows


@pytest.mark.parametrize(
    ("table", "rounded", "exact"),
    [
        (planted_evaluations(1e-15), SUPPORTED, SUPPORTED),
        (planted_evaluations(1e-12), CONTRADICTED, SUPPORTED),
        (planted_evaluations(1e-15, control=1e-15), INCONCLUSIVE, SUPPORTED),
        (planted_evaluations(1e-15, networks=3), INCONCLUSIVE, SUPPORTED),
        (planted_evaluations(1e-15, exact="different"), SUPPORTED, CONTRADICTED),
        (planted_evaluations(1e-15, exact="not rational"), SUPPORTED, None),
    ],
)
def test_evaluations_must_agree_and_the_control_must_not(table, rounded, exact):
    found = verdicts(layerwise_evaluation.judge(table))
    assert found["anatomy.layerwise-evaluation/float64"] == rounded
    assert found.get("anatomy.layerwise-evaluation/fractions") == exact


def test_networks_are_evaluated_neuron_by_neuron_layer_by_layer_and_compiled():
    settings = layerwise_evaluation.Settings(activation=["tanh", "square"], depth=[2], networks=2, width=3, points=4)
    table = measured(layerwise_evaluation, settings)
    assert table.groupby("activation")["exact"].unique().map(list).to_dict() == {
        "square": ["equal"],
        "tanh": ["not rational"],
    }
    assert table[["by_layer", "compiled"]].to_numpy().max() < 1e-14
    assert table["control"].to_numpy() == pytest.approx(1e-6, rel=1e-3)
    assert set(drawn(layerwise_evaluation, table)) == {"layerwise-evaluation"}


def planted_bias(**changes) -> pd.DataFrame:
    facts = {"activation": "rectifier", "depth": 1, "points": 8, "vector_equal": 8, "back_equal": 8, "one_equal": 8}
    facts |= {"one_layered": False, "none_equal": 0, "zero_with": False, "zero_without": True}
    return pd.DataFrame({"network": range(10)}).assign(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (SUPPORTED, SUPPORTED, SUPPORTED)),
        ({"vector_equal": [8] * 9 + [7]}, (CONTRADICTED, SUPPORTED, SUPPORTED)),
        ({"back_equal": [8] * 9 + [7]}, (CONTRADICTED, SUPPORTED, SUPPORTED)),
        ({"none_equal": 8}, (INCONCLUSIVE, SUPPORTED, SUPPORTED)),
        ({"one_equal": 7}, (SUPPORTED, CONTRADICTED, SUPPORTED)),
        ({"one_layered": True}, (SUPPORTED, CONTRADICTED, SUPPORTED)),
        ({"zero_without": [True] * 9 + [False]}, (SUPPORTED, SUPPORTED, CONTRADICTED)),
        ({"zero_with": True}, (SUPPORTED, SUPPORTED, INCONCLUSIVE)),
    ],
)
def test_what_is_said_of_bias_neurons_can_fail(changes, expected):
    found = verdicts(bias_neurons.judge(planted_bias(**changes)))
    names = ("vector", "one-for-all", "needed")
    assert found == {f"anatomy.bias-neurons/{name}": one for name, one in zip(names, expected, strict=True)}


def test_bias_neurons_are_bias_vectors_exactly():
    settings = bias_neurons.Settings(activation=["rectifier"], depth=[1, 2], networks=4, points=4)
    table = measured(bias_neurons, settings)
    assert set(verdicts(bias_neurons.judge(table)).values()) == {SUPPORTED}
    assert set(drawn(bias_neurons, table)) == {"bias-neurons"}
