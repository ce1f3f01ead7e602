import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments.drawing import COLOURS, HALF_COLUMN, Drawing, house_style, new_figure
from experiments.figures import rendered

KINDS = ("pdf", "png", "svg", "csv")


def drawn() -> dict[str, bytes]:
    with house_style():
        figure = new_figure(5.0, 3.0)
        for i, colour in enumerate(COLOURS):
            figure.axes[0].plot([0, 1], [i, i], color=colour, lw=4)
        figure.axes[0].set(xlabel="n, bits", title="ε")
        numbers = pd.DataFrame({"n": [1, 2**60 + 1], "x": [1 / 3, 1e-300], "name": ["a", "b,c"]})
        return rendered(Drawing(figure, numbers), KINDS)


@pytest.fixture(scope="module")
def files():
    return drawn()


def test_the_same_drawing_gives_the_same_bytes(files):
    assert drawn() == files


def test_fonts_are_in_the_pdf_and_no_date(files):
    assert b"/FontFile2" in files["pdf"]
    assert b"/Subtype /Type3" not in files["pdf"]
    assert b"CreationDate" not in files["pdf"]


def test_the_png_shows_every_colour(files):
    image = np.asarray(Image.open(io.BytesIO(files["png"])).convert("RGB"), int).reshape(-1, 3)
    for colour in COLOURS:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(image - wanted).max(1).min() <= 4


def test_numbers_are_kept_to_the_digits_of_a_float32(files):
    assert files["csv"].decode().splitlines()[1:] == ["1,0.333333333,a", '1152921504606846977,1e-300,"b,c"']
    numbers = np.random.default_rng(0).normal(size=50).astype(np.float32)
    with house_style():
        text = rendered(Drawing(new_figure(), pd.DataFrame({"x": numbers})), ("csv",))["csv"]
    np.testing.assert_array_equal(pd.read_csv(io.BytesIO(text))["x"].astype(np.float32), numbers)


def test_widths_are_whole_half_columns():
    for width in (0.1, 3.4, 5.2, 6.4, 7.0, 16.3):
        inches = new_figure(width, 2.0).get_size_inches()
        assert inches[0] / HALF_COLUMN == pytest.approx(max(2, round(width / HALF_COLUMN)))
        assert inches[1] == 2.0
