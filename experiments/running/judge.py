"""What a claim's `judge` and `draw` make of its table, once it is known to be of the form that everybody relies on."""

import io

import pandas as pd

from experiments.claims import claims_of, verdicts_of
from experiments.drawing.style import Drawing
from experiments.judging.table import read_table, to_table
from experiments.names import is_name
from experiments.running.containing import ClaimError, contained
from experiments.storage import manifests
from experiments.storage.runs import RunDirectory


def judged(directory: RunDirectory, family: str, claim: str) -> pd.DataFrame:
    """The verdicts of a claim on its table, as a table, see judging/table.py.

    Raises:
        ClaimError: if they could not be written and read again, or are not of this run.
    """
    with contained():
        verdicts = verdicts_of(family, claim, directory.read_table(f"{family}.{claim}"))
        table = to_table(verdicts)
    try:
        read_table(io.StringIO(table.to_csv(index=False)), manifests.claims_of(directory.manifest()))
    except ValueError as error:
        raise ClaimError(f"the table of its verdicts {error}") from error
    return table


def drawn(directory: RunDirectory, family: str, claim: str) -> dict[str, Drawing]:
    """The figures of a claim, drawn from its table; to be called within `house_style`.

    Raises:
        ClaimError: if they are no figures by name.
    """
    table = directory.read_table(f"{family}.{claim}")
    with contained():
        figures = claims_of(family)[claim].draw(table)
    if not isinstance(figures, dict) or not all(isinstance(one, Drawing) for one in figures.values()):
        raise ClaimError("draw gives figures by name, each a Drawing")
    if strange := [title for title in figures if not is_name(title)]:
        raise ClaimError(f"{strange[0]!r} is no name for a figure")
    return figures
