"""Figures as elements of a page: names, colours, and no other path than what is drawn."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.drawing.files import rendered
from experiments.drawing.style import Drawing, house_style, new_figure
from experiments.report import svg
from experiments.report.svg_paths import BESIDE, short_path
from experiments.report.svg_pieces import CLOUD, MOST_POINTS, SIDE

NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"


def drawn(draw) -> str:
    with house_style():
        figure = new_figure(5.25, 3.0)
        draw(figure.axes[0])
        return rendered(Drawing(figure, pd.DataFrame()), ("svg",))["svg"].decode()


@pytest.fixture(scope="module")
def lines() -> str:
    def draw(axes):
        axes.plot([0, 1], [0, 1], color="#0072B2", label="<script>&")
        axes.plot([0, 1], [1, 0], color="#000000")
        axes.legend()

    return drawn(draw)


def test_a_figure_becomes_an_element_with_names_and_colours_of_the_page(lines):
    styles = svg.Styles()
    elements = [svg.inline(lines, name, 'a "<b>"', styles) for name in ("one", "two")]
    names = [set(re.findall(r' id="([^"]+)"', inlined)) for inlined in elements]
    assert names[0] & names[1] == set()
    for name, ids, inlined in zip(("one", "two"), names, elements, strict=True):
        tree = ElementTree.fromstring(inlined)
        assert (tree.get("id"), tree.get("viewBox"), tree.get("aria-label")) == (name, "0 0 378 216", 'a "<b>"')
        used = set(re.findall(r'(?:href="|url\()#([^")]+)', inlined))
        assert used
        assert used | {name} == ids
        assert "&lt;script&gt;&amp;" in inlined
        assert "<script" not in inlined
        assert "<metadata" not in inlined
        # A style is a class of the page; what remains says which marker a path has.
        assert set(re.findall(r' style="([a-z]+):', inlined)) <= {"marker"}
    css = styles.as_css()
    assert "#0072b2" in css
    assert "#000000" not in css
    assert "currentColor" in css
    assert set(re.findall(r'class="([^"]+)"', elements[0])) <= set(re.findall(r"\.(s\d+)\{", css))


def test_a_figure_that_stands_there_already_is_shown_again_without_its_paths(lines):
    first = svg.inline(lines, "one", "label", svg.Styles())
    second = ElementTree.fromstring(svg.again("one", first))
    (use,) = list(second)
    assert (use.get("href"), use.get("width"), second.get("viewBox")) == ("#one", "378", "0 0 378 216")
    assert "id" not in second.attrib


def points_of(d: str) -> list[tuple[float, float]]:
    """Where a path of moves and steps goes."""
    found, at = [], (0.0, 0.0)
    for letter, rest in re.findall(r"([Mhvlz])([^Mhvlz]*)", d):
        numbers = [float(one) for one in re.findall(NUMBER, rest)]
        if letter == "M":
            at = numbers[0], numbers[1]
        elif letter == "h":
            at = at[0] + numbers[0], at[1]
        elif letter == "v":
            at = at[0], at[1] + numbers[0]
        elif letter == "l":
            at = at[0] + numbers[0], at[1] + numbers[1]
        if letter != "z":
            found.append(at)
    return found


POINT = st.tuples(st.floats(-50, 800), st.floats(-50, 800))


@given(st.lists(POINT, min_size=2, max_size=12))
def test_a_path_goes_where_it_went_to_a_fifth_of_a_point(points):
    words = " ".join(f"{'L' if i else 'M'} {x:.6f} {y:.6f}" for i, (x, y) in enumerate(points))
    found = points_of(short_path(words))
    rounded = [(round(10 * float(f"{x:.6f}")) / 10, round(10 * float(f"{y:.6f}")) / 10) for x, y in points]
    assert found[0] == pytest.approx(rounded[0])
    assert found[-1] == pytest.approx(rounded[-1])
    # Every place that was left out lies beside the way between two that were kept.
    for x, y in rounded:
        assert min(distance((x, y), a, b) for a, b in zip(found, found[1:] or found, strict=False)) < BESIDE / 10 + 1e-6


def distance(point, a, b) -> float:
    """From a point to a line between two others."""
    p, a, b = (np.array(one, float) for one in (point, a, b))
    length = float((b - a) @ (b - a))
    t = np.clip((p - a) @ (b - a) / length, 0, 1) if length else 0.0
    return float(np.linalg.norm(a + t * (b - a) - p))


def test_points_on_the_way_straight_on_go_and_those_where_it_turns_stay():
    assert short_path("M 0 0 L 1 0 L 2 0 L 2 3 L 2 1 z") == "M0,0h2v3v-2z"
    assert short_path("M 0.04 0.26 L 10.5 -3.0") == "M0,.3l10.5-3.3"
    assert short_path("M 0 0 C 1.25 2 3 4 5 6.00 z").startswith("M0,0C1.2,2")


def test_a_circle_is_two_arcs_and_what_is_no_circle_stays_as_it_is():
    def eight(x: float, y: float) -> str:
        """Eight curves around 0, and how far their ends are from it, across and up."""
        turns = [np.pi / 4 * step for step in range(1, 9)]
        return f"M 0 {y} " + " ".join(f"C 1 1 1 1 {x * np.sin(t):.6f} {y * np.cos(t):.6f}" for t in turns) + " z"

    assert short_path(eight(3, 3)) == "M0,3a3,3,0,1,0,0-6a3,3,0,1,0,0,6z"
    assert short_path(eight(3.5, 3)).startswith("M0,3C1,1,1,1,2.5,2.1C")


def test_the_circles_of_a_figure_are_found():
    def draw(axes):
        axes.plot([0, 1], [0, 1], "o", markersize=6)
        axes.scatter([0.5], [0.2], s=36)

    found = re.findall(r' d="([^"]*a[^"]*)"', svg.inline(drawn(draw), "one", "label", svg.Styles()))
    assert set(found) == {"M0,3a3,3,0,1,0,0-6a3,3,0,1,0,0,6z"}


def marks(inlined: str) -> list[list[tuple[float, float]]]:
    """For every path of markers the places where they are."""
    return [points_of(d) for d in re.findall(r'<path d="([^"]*)"[^>]* style="marker:', inlined)]


def places_in(text: str, many: int) -> np.ndarray:
    """The places of the markers of a file of matplotlib, for shapes that it uses at least `many` times."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, x, y in re.findall(r'<use [^>]*href="([^"]*)" x="([^"]*)" y="([^"]*)"', text):
        found.setdefault(name, []).append((x, y))
    return np.array([place for places in found.values() if len(places) >= many for place in places], float)


def test_markers_of_one_kind_are_one_path_with_one_at_every_place():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 30))
    text = drawn(lambda axes: [axes.plot(x, y, "o", color=colour, alpha=0.5) for colour in ("#0072B2", "#D55E00")])
    inlined = svg.inline(text, "a", "", svg.Styles())
    found = marks(inlined)
    assert [len(one) for one in found] == [30, 30]
    for one in found:
        distances = [np.hypot(*(np.array(one) - place).T).min() for place in places_in(text, 30)]
        assert max(distances) < 0.1
    markers = dict(re.findall(r'<marker id="([^"]*)"[^>]*>(.*?)</marker>', inlined))
    assert set(re.findall(r"marker:url\(#([^)]*)\)", inlined)) == set(markers)
    assert len({re.findall(r'class="([^"]*)"', body)[0] for body in markers.values()}) == 2


def test_few_markers_remain_one_by_one_and_none_moves_in_front_of_a_line():
    def draw(axes):
        for i in range(4):
            axes.plot([0, 1], [i, i], "o-", color=f"C{i}", zorder=i)

    inlined = svg.inline(drawn(draw), "a", "", svg.Styles())
    assert marks(inlined) == []
    assert "".join(re.findall(r"<(p|u)(?:ath|se) ", inlined)).count("puu") == 4


def test_a_cloud_keeps_its_form_with_fewer_points():
    rng = np.random.default_rng(0)
    cloud = drawn(lambda axes: axes.scatter(*rng.normal(size=(2, 30_000)), s=4))
    inlined = svg.inline(cloud, "a", "", svg.Styles())
    (kept,) = marks(inlined)
    assert MOST_POINTS / 5 < len(kept) <= MOST_POINTS
    assert len(inlined) < len(cloud) / 100
    # Every point has one that was kept nearby.
    places = places_in(cloud, 30_000)[:2000]
    farthest = max(np.hypot(*(np.array(kept) - place).T).min() for place in places)
    assert farthest < 16 * SIDE / 10


def test_a_small_cloud_keeps_every_point():
    rng = np.random.default_rng(0)
    few = drawn(lambda axes: axes.scatter(*rng.normal(size=(2, CLOUD - 30)), s=4))
    assert [len(one) for one in marks(svg.inline(few, "a", "", svg.Styles()))] == [CLOUD - 30]


def test_white_below_a_figure_goes_and_what_else_is_white_or_coloured_stays():
    def rectangles(draw) -> int:
        inlined = svg.inline(drawn(draw), "a", "", svg.Styles())
        return len(re.findall(r'<path d="M[^"]*h[^"]*v[^"]*h[^"]*z"', inlined))

    def over(axes):
        axes.plot([0, 1], [0, 1])
        axes.inset_axes([0.2, 0.2, 0.3, 0.3])

    assert rectangles(lambda axes: axes.plot([0, 1], [0, 1])) == 0
    assert rectangles(lambda axes: axes.bar([0], [1], color="white")) == 1
    assert rectangles(lambda axes: axes.set_facecolor("#eeeeff")) == 1
    assert rectangles(over) == 1


@pytest.mark.parametrize("address", ["https://somewhere/x.png", "javascript:alert(1)", "file:///etc/passwd"])
def test_a_picture_from_another_address_is_left_out(address):
    text = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1">'
    text += f'<image xlink:href="{address}" onload="alert(1)"/><script>alert(1)</script></svg>'
    found = svg.inline(text, "a", "", svg.Styles())
    assert "alert" not in found
    assert address not in found
