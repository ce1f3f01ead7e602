"""A drawing as files: PDF with its fonts, PNG, SVG, and its numbers as CSV. The same drawing gives the same bytes."""

import contextlib
import io
import textwrap
import warnings
from collections.abc import Iterator
from typing import Any

from fontTools import subset
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from experiments.drawing.style import Drawing, plain_powers, separate_labels, solve_layout
from experiments.names import KEY

# Letters stay sharp at the width of a page.
DOTS_PER_INCH = 160
# Points of a figure's title, a little more than those of the titles of panels.
TITLE_SIZE = 10.5
# Letters of a title of this size that fit into an inch.
LETTERS_PER_INCH = 11.5
# Tables of a font that say which letter stands where: rules for joining and replacing letters, numbers and names of
# letters, and what a program asks that chooses a font. A PDF says itself which letter it means, and where it stands.
PLACING_TABLES = ("GSUB", "GPOS", "GDEF", "kern", "cmap", "post", "OS/2", "gasp")
# Digits of a number in a CSV file: they give every float32 exactly, and no figure shows more.
DIGITS = 9
# The files of a figure in the directory of a run, in their order.
KINDS = ("pdf", "png", "csv")
METADATA: dict[str, dict[str, None]] = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}


def rendered(drawing: Drawing, kinds: tuple[str, ...] = KINDS) -> dict[str, bytes]:
    """The contents of a drawing's files by kind. It is called within `house_style`.

    Args:
        drawing: a figure and its numbers.
        kinds: some of pdf, png, svg and csv.
    """
    with warnings.catch_warnings():
        # It says that looking for a free place took a second, which on a busy machine may be said of any legend.
        warnings.filterwarnings("ignore", 'Creating legend with loc="best" can be slow')
        return _rendered(drawing, kinds)


def _rendered(drawing: Drawing, kinds: tuple[str, ...]) -> dict[str, bytes]:
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
    legends = [one.get_window_extent(renderer) for one in figure.legends]
    width, height = figure.get_size_inches() * figure.dpi
    # A legend below the panels takes no room from the title.
    beside = max((one.width for one in legends if one.y1 > height / 2), default=0.0)
    free = (width - beside) / figure.dpi
    return textwrap.fill(title, int(LETTERS_PER_INCH * free))


def numbers_as_csv(drawing: Drawing) -> bytes:
    """The numbers that are drawn, without random keys: a kept table, which a figure is drawn from too, has no keys."""
    numbers = drawing.numbers.drop(columns=KEY, errors="ignore")
    return numbers.to_csv(index=False, float_format=f"%.{DIGITS}g").encode()


def _saved(drawing: Drawing, kind: str) -> bytes:
    file = io.BytesIO()
    with _fonts_of_letters_only():
        drawing.figure.savefig(file, format=kind, dpi=DOTS_PER_INCH, metadata=METADATA[kind])
    return _with_few_colours(file) if kind == "png" else file.getvalue()


@contextlib.contextmanager
def _fonts_of_letters_only() -> Iterator[None]:
    """Fonts are embedded as shapes of letters: to reduce all else to a figure's letters takes most of a PDF's time."""
    load = subset.load_font

    def load_letters_only(*args: Any, **options: Any) -> Any:
        font = load(*args, **options)
        for table in PLACING_TABLES:
            if table in font:
                del font[table]
        return font

    subset.load_font = load_letters_only
    try:
        yield
    finally:
        subset.load_font = load


def _with_few_colours(png: io.BytesIO) -> bytes:
    """A PNG with a palette of 256 colours: a figure has few colours, and so takes a third of the bytes."""
    palette = Image.open(png).convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    palette.save(file, "PNG", optimize=True)
    return file.getvalue()
