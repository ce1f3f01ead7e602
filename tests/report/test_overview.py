"""The map of answers: nothing in it lies on something else."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from experiments.judging.table import to_table
from experiments.judging.verdict import on
from experiments.report import gather, ledger, overview, readme
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, OPEN, VARIANTS
from tests import support
from tests.report import runs

# Five sentences, of which each has another answer.
BEARINGS = (on("layered"), on("gets-stuck"), on("generalises"), on("hierarchy"), on("practice", role="variant"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    verdicts = [
        support.verdict(f"boolean.minimum-width/{number}", evidence="exact", bears_on=bearing)
        for number, bearing in enumerate(BEARINGS)
    ]
    run = gather.read(
        runs.write(tmp_path_factory.mktemp("results"), {"minimum-width": runs.CENSUS}, to_table(verdicts))
    )
    return readme.post_cards([run], ledger.make([run]))


def test_title_legend_and_lines_lie_apart(made):
    drawn = overview.draw(made)
    (axes,) = drawn.figure.axes
    renderer = FigureCanvasAgg(drawn.figure).get_renderer()
    title = axes.texts[0]
    # The longest title: every answer, many times.
    title.set_text("88 sentences on trial: " + ", ".join(f"{w} 88" for w in (HOLDS, CONDITIONS, VARIANTS, FAILS, OPEN)))
    places = [text.get_window_extent(renderer) for text in axes.texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(places, 2))
    assert all(one.x0 >= 0 and one.x1 <= drawn.figure.bbox.x1 for one in places)
    legend = [patch.get_window_extent(renderer) for patch in axes.patches[: len(overview.LEGEND)]]
    assert not any(one.overlaps(other) for one in places for other in legend)
    assert len(drawn.numbers) == len(BEARINGS)
