"""A drawing as files: PDF with its fonts, PNG, SVG, and its numbers as CSV. The same drawing gives the same bytes."""

import io
import textwrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from experiments.drawing.style import Drawing, plain_powers, separate_labels, solve_layout
from experiments.plan import KEY

# Letters stay sharp at the width of a page.
DOTS_PER_INCH = 160
# Points of a figure's title, a little more than those of the titles of panels.
TITLE_SIZE = 10.5
# Letters of a title of this size that fit into an inch.
LETTERS_PER_INCH = 11.5
# Digits of a number in a CSV file: they give every float32 exactly, and no figure shows more.
DIGITS = 9
METADATA: dict[str, dict[str, None]] = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}


def rendered(drawing: Drawing, kinds: tuple[str, ...] = ("pdf", "png", "csv")) -> dict[str, bytes]:
    """The contents of a drawing's files by kind. It is called within `house_style`.

    Args:
        drawing: a figure and its numbers.
        kinds: some of pdf, png, svg and csv.
    """
    figure = drawing.figure
    if drawing.title:
        figure.suptitle(_in_lines(drawing.title, figure), fontsize=TITLE_SIZE, x=0.01, ha="left")
    plain_powers(figure)
    # The layout is solved once, not for every file: it takes most of the time of saving.
    solve_layout(figure)
    separate_labels(figure)
    figure.set_layout_engine(None)
    return {kind: numbers_as_csv(drawing) if kind == "csv" else _saved(drawing, kind) for kind in kinds}


def _in_lines(title: str, figure: Figure) -> str:
    """A title, broken into lines that fit beside the figure's legends, which begin at the same height."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    beside = max((one.get_window_extent(renderer).width / figure.dpi for one in figure.legends), default=0.0)
    width = figure.get_size_inches()[0]
    # A legend of more than half the width is below the panels, and takes no room from the title.
    free = width - beside if beside < width / 2 else width
    return textwrap.fill(title, int(LETTERS_PER_INCH * free))


def numbers_as_csv(drawing: Drawing) -> bytes:
    """The numbers that are drawn, without random keys: a kept table, which a figure is drawn from too, has no keys."""
    numbers = drawing.numbers.drop(columns=KEY, errors="ignore")
    return numbers.to_csv(index=False, float_format=f"%.{DIGITS}g").encode()


def _saved(drawing: Drawing, kind: str) -> bytes:
    file = io.BytesIO()
    drawing.figure.savefig(file, format=kind, dpi=DOTS_PER_INCH, metadata=METADATA[kind])
    return _with_few_colours(file) if kind == "png" else file.getvalue()


def _with_few_colours(png: io.BytesIO) -> bytes:
    """A PNG with a palette of 256 colours: a figure has few colours, and so takes a third of the bytes."""
    palette = Image.open(png).convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    palette.save(file, "PNG", optimize=True)
    return file.getvalue()
