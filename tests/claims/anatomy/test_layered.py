"""The four small networks: their answers, and what contradicts each."""

from experiments.claims.anatomy import layered
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts
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


def test_what_is_measured_is_the_number_of_layers_that_was_found():
    table = measured(layered, layered.Settings())
    found = quantities(layered.judge(table))
    assert {name: (value, samples) for name, (value, _, _, samples) in found.items()} == {
        name: (len(example.division.split("|")) if example.division else 0, 1)
        for name, example in layered.EXAMPLES.items()
    }
    assert found["nine-neurons"] == (4, 4, 4, 1)
    assert {value for value, *_ in found.values()} == {0, 4}
    # What is found is measured, whatever is expected.
    none = quantities(layered.judge(table.assign(division="")))
    assert {value for value, *_ in none.values()} == {0}
    three = quantities(layered.judge(table.assign(division="1 | 2 | 3")))
    assert {value for value, *_ in three.values()} == {3}


def test_the_running_example_in_the_claim_has_the_edges_of_the_theory_and_one_bias_neuron_keeps_all_weights():
    graph, one = layered.running_example(), layered.with_one_bias()
    assert graph.edges == nine_neurons(graph.functions).edges
    assert len(one.edges) == len(graph.edges)
    assert one.of_kind("bias") == (2,)
    assert find_cycle(one) is None
    assert layers.misfit(one) is not None
