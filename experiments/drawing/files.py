"""A drawing as files: PDF with its fonts, PNG, SVG, and its numbers as CSV. The same drawing gives the same bytes."""

import io
import textwrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from experiments.drawing.style import Drawing, plain_powers, separate_labels, solve_layout
from experiments.plan import KEY

DOTS_PER_INCH = 160
# A little larger than the titles of panels.
TITLE_SIZE = 10.5
# Of this size.
LETTERS_PER_INCH = 11.5
# float32 numbers come through whole, and no figure shows more digits.
DIGITS = 9
METADATA: dict[str, dict[str, None]] = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}


def rendered(drawing: Drawing, kinds: tuple[str, ...] = ("pdf", "png", "csv")) -> dict[str, bytes]:
    """The contents of a drawing's files by kind; to be called within `house_style`.

    Args:
        drawing: a figure and its numbers.
        kinds: some of pdf, png, svg and csv.
    """
    figure = drawing.figure
    if drawing.title:
        figure.suptitle(_in_lines(drawing.title, figure), fontsize=TITLE_SIZE, x=0.01, ha="left")
    plain_powers(figure)
    # The layout is solved once and not again for every file, which is most of the time that saving takes.
    solve_layout(figure)
    separate_labels(figure)
    figure.set_layout_engine(None)
    return {kind: numbers_as_csv(drawing) if kind == "csv" else _saved(drawing, kind) for kind in kinds}


def _in_lines(title: str, figure: Figure) -> str:
    """A title in as many lines as it takes beside the figure's legends, which begin at the same height."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    beside = max((one.get_window_extent(renderer).width / figure.dpi for one in figure.legends), default=0.0)
    width = figure.get_size_inches()[0]
    # A legend as wide as the figure is below it.
    free = width - beside if beside < width / 2 else width
    return textwrap.fill(title, int(LETTERS_PER_INCH * free))


def numbers_as_csv(drawing: Drawing) -> bytes:
    """The numbers that are drawn; random keys are none, and a kept table, from which it is drawn again, has none."""
    numbers = drawing.numbers.drop(columns=KEY, errors="ignore")
    return numbers.to_csv(index=False, float_format=f"%.{DIGITS}g").encode()


def _saved(drawing: Drawing, kind: str) -> bytes:
    file = io.BytesIO()
    drawing.figure.savefig(file, format=kind, dpi=DOTS_PER_INCH, metadata=METADATA[kind])
    return _with_few_colours(file) if kind == "png" else file.getvalue()


def _with_few_colours(png: io.BytesIO) -> bytes:
    """A figure has few colours: a palette of 256 shows the same in a third of the bytes."""
    palette = Image.open(png).convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    palette.save(file, "PNG", optimize=True)
    return file.getvalue()
