"""The four small networks: their answers, and what contradicts each."""

from experiments.claims.anatomy import layered
from experiments.judging.rules import CONTRADICTED, SUPPORTED
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
