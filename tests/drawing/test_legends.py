import matplotlib.pyplot as plt
import pytest

from experiments.drawing.legends import labelled, legend_below, legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS


@pytest.fixture
def figure():
    """Two panels: both have a, the first has b twice, the second c."""
    made, axes_of = panels(["first", "second"])
    for panel, labels in {"first": "abb", "second": "ac"}.items():
        for i, label in enumerate(labels):
            axes_of[panel].plot([0, 1], [i, i], color=COLOURS[i], label=label)
    return made


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def test_every_label_of_every_panel_is_named(figure):
    handles, labels = labelled(figure)
    assert labels == ["a", "b", "b", "c"]
    assert [plt.getp(handle, "color") for handle in handles] == [*COLOURS[:3], COLOURS[1]]
    assert texts(legend_beside(figure)) == labels


def test_entries_are_named_in_their_order_and_look_as_they_say(figure):
    legend = legend_beside(figure, {"z": {"color": "k", "ls": ":"}, "y": {"color": "r", "marker": "o", "ls": ""}})
    assert texts(legend) == ["z", "y"]
    z, y = legend.get_lines()
    assert (z.get_color(), z.get_linestyle()) == ("k", ":")
    assert (y.get_color(), y.get_marker(), y.get_linestyle()) == ("r", "o", "None")


@pytest.mark.parametrize("place", [legend_beside, legend_below])
def test_a_legend_is_inside_the_figure_and_on_no_panel(figure, place):
    legend = place(figure)
    figure.draw_without_rendering()
    box, whole = legend.get_window_extent(), figure.bbox
    assert whole.x0 <= box.x0 <= box.x1 <= whole.x1
    assert whole.y0 <= box.y0 <= box.y1 <= whole.y1
    assert not any(box.overlaps(axes.get_tightbbox()) for axes in figure.axes)


@pytest.mark.parametrize(("columns", "wanted"), [(None, 4), (2, 2), (1, 1)])
def test_below_a_figure_entries_are_in_columns(figure, columns, wanted):
    legend = legend_below(figure, columns=columns)
    figure.draw_without_rendering()
    assert len({round(text.get_window_extent().x0) for text in legend.get_texts()}) == wanted
