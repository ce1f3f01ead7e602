"""What a claim's `judge` and `draw` make of its table, once it is known to be of the form that everybody relies on."""

import io

from experiments.claims import claims_of
from experiments.drawing.style import Drawing
from experiments.judging import p_values, verdict
from experiments.judging.verdict import Verdict, to_table
from experiments.names import is_name
from experiments.running.containing import ClaimError, contained
from experiments.storage import manifests
from experiments.storage.runs import RunDirectory


def judged(directory: RunDirectory, family: str, claim: str) -> list[Verdict]:
    """The verdicts of a claim on its table, each with its p-value.

    Raises:
        ClaimError: if they could not be written and read again, or are not of this run.
    """
    table = directory.read_table(f"{family}.{claim}")
    with contained():
        verdicts = p_values.judged(claims_of(family)[claim].judge, table)
    try:
        file = io.StringIO(to_table(verdicts).to_csv(index=False))
        verdict.read_table(file, manifests.claims_of(directory.manifest()))
    except ValueError as error:
        raise ClaimError(f"the table of its verdicts {error}") from error
    return verdicts


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
