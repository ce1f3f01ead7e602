"""Notebooks, executed in this process, as pages with their outputs.

Notebooks are kept without outputs: a change of one can be read, and no output is older than the code. Jupyter would
start a process for each, which loads JAX again; here the cells are executed one after the other by Python itself. So a
notebook must not use what only IPython has. The last expression of a cell is shown unless a semicolon ends it.
"""

import ast
import base64
import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
# The variable by which a notebook is told how much to do, see `settings.RunSettings.scale`.
SCALE = "SCALE"
DOTS_PER_INCH = 110


class CellError(Exception):
    """A cell has failed; the text says which."""


def paths() -> list[Path]:
    """All notebooks."""
    return sorted(FOLDER.glob("*.ipynb"))


def cells_of(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook: each has `cell_type` and, as one text, `source`."""
    return [cell | {"source": "".join(cell["source"])} for cell in json.loads(path.read_text())["cells"]]


def page(path: Path, folder: Path, scale: str) -> str:
    """A notebook as a page of Markdown: its texts, its code, and what the code has shown.

    Args:
        path: the notebook.
        folder: the folder in which it is executed; its runs go there.
        scale: how much it does.

    Raises:
        CellError: if a cell fails.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    parts = []
    with _circumstances(folder, scale):
        for number, cell in enumerate(cells_of(path), 1):
            if cell["cell_type"] == "markdown":
                parts.append(cell["source"])
            else:
                shown = _executed(cell["source"], names, f"{path.name}, cell {number}")
                parts += [f"```python\n{cell['source']}\n```", *shown]
    return "\n\n".join(parts) + "\n"


@contextlib.contextmanager
def _circumstances(folder: Path, scale: str) -> Iterator[None]:
    before = os.environ.get(SCALE)
    os.environ[SCALE] = scale
    try:
        with contextlib.chdir(folder), mpl.rc_context():
            mpl.use("agg")
            yield
    finally:
        os.environ.pop(SCALE)
        if before is not None:
            os.environ[SCALE] = before


def _executed(source: str, names: dict[str, Any], where: str) -> list[str]:
    """What a cell shows: what it prints, its figures, and the value of its last expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    value, printed = None, io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(body, []), where, "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), where, "eval"), names)
    except Exception as error:
        raise CellError(f"{where}: {type(error).__name__}: {error}") from error
    found = [_as_text(printed.getvalue())] if printed.getvalue() else []
    found += _figures()
    if value is not None and not source.rstrip().endswith(";"):
        found.append(_shown(value))
    return found


def _figures() -> list[str]:
    """The figures that matplotlib has open; they are closed."""
    from matplotlib import pyplot

    found = []
    for number in pyplot.get_fignums():
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight")
        found.append(_as_image(file.getvalue()))
    pyplot.close("all")
    return found


def _shown(value: Any) -> str:
    """A value as a notebook would show it."""
    if hasattr(value, "_repr_html_"):
        return f'<div class="shown">{"".join(value._repr_html_().splitlines())}</div>'
    return _as_image(value._repr_png_()) if hasattr(value, "_repr_png_") else _as_text(repr(value))


def _as_text(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def _as_image(png: bytes) -> str:
    return f'<img alt="what the cell above draws" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
