import numpy as np
import pytest

from experiments.claims.anatomy.layered import EXAMPLES, running_example
from experiments.drawing.networks import draw_network, positions
from experiments.drawing.style import house_style, new_figure
from theory.functions import IDENTITY
from theory.graph import Edge, Graph, Neuron


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_every_neuron_and_every_weight_is_written_once_and_none_on_another():
    graph = running_example()
    weights = {edge: -e / 8 for e, edge in enumerate(graph.edges, start=1)}
    with house_style():
        figure = new_figure(6.4, 3.3)
        axes = figure.axes[0]
        numbers = draw_network(axes, graph, weights)
        figure.draw_without_rendering()
    written = texts(axes)
    assert sorted(text for text in written if text.startswith("−")) == sorted(
        f"{weight:.4g}".replace("-", "−") for weight in weights.values()
    )
    assert {text.split("\n")[0] for text in written if not text.startswith("−")} == {str(j) for j in range(1, 10)}
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert numbers["weight"].tolist() == list(weights.values())
    assert [tuple(pair) for pair in numbers[["source", "target"]].to_numpy()] == list(graph.edges)
    assert numbers.loc[numbers["source"] == 2, "source_kind"].tolist() == ["bias", "bias"]


def test_neurons_stand_in_the_columns_of_their_layers_bias_neurons_below():
    places = positions(running_example())
    assert [places[j][0] for j in range(1, 10)] == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert places[3][1] > places[4][1] > places[5][1]
    assert len(set(places.values())) == 9


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "nine-neurons"])
def test_networks_without_layers_and_with_cycles_are_drawn_too(name):
    graph = EXAMPLES[name].make()
    places = positions(graph)
    assert len(set(places.values())) == len(graph.neurons)
    if EXAMPLES[name].feed_forward:
        assert all(places[i][0] < places[j][0] for i, j in graph.edges)
    with house_style():
        figure = new_figure()
        assert len(draw_network(figure.axes[0], graph)) == len(graph.edges)
    assert len(texts(figure.axes[0])) == len(graph.neurons)


def test_an_edge_that_would_run_through_a_neuron_is_bent():
    neurons = (
        Neuron(1, "input"),
        Neuron(2, "hidden", IDENTITY),
        Neuron(3, "hidden", IDENTITY),
        Neuron(4, "output", IDENTITY),
        Neuron(5, "hidden", IDENTITY),
    )
    graph = Graph(neurons, (Edge(1, 2), Edge(2, 4), Edge(1, 4), Edge(1, 3), Edge(3, 4), Edge(1, 5), Edge(5, 4)))
    places = positions(graph)
    assert places[3][1] == places[1][1] == places[4][1]
    with house_style():
        figure = new_figure()
        draw_network(figure.axes[0], graph)
    arrows = [arrow for text in figure.axes[0].texts if (arrow := getattr(text, "arrow_patch", None))]
    bent = [arrow.get_connectionstyle().rad != 0 for arrow in arrows]
    assert bent == [edge == (1, 4) for edge in graph.edges]
    assert np.isfinite(figure.axes[0].get_xlim()).all()


def test_a_neuron_that_points_to_itself_has_a_loop_and_bias_neurons_do_not_cover_each_other():
    hidden, output = Neuron(3, "hidden", IDENTITY), Neuron(4, "output", IDENTITY)
    edges = (Edge(1, 3), Edge(3, 3), Edge(2, 3), Edge(5, 3), Edge(3, 4), Edge(1, 4))
    graph = Graph((Neuron(1, "input"), Neuron(2, "bias"), Neuron(5, "bias"), hidden, output), edges)
    assert len(set(positions(graph).values())) == 5
    with house_style():
        figure = new_figure()
        draw_network(figure.axes[0], graph, dict.fromkeys(edges, 0.25))
        figure.draw_without_rendering()
    assert texts(figure.axes[0]).count("0.25") == len(edges)
