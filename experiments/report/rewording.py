"""A kept run in today's words: its claims may say better what they found, while every number stays what it is."""

import io
from typing import NamedTuple

import pandas as pd

from experiments.claims import verdicts_of
from experiments.claims.containing import contained
from experiments.drawing.files import KINDS, rendered
from experiments.drawing.style import house_style
from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.judging.verdict import Verdict
from experiments.report.check import of_figures, unlike
from experiments.report.gather import Recorded, read
from experiments.report.pictures import modules_of
from experiments.storage.directory import VERDICTS
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic

# What a verdict says in words. They decide nothing, and no other column may change.
WORDS = ("statement", "finding")


class _Today(NamedTuple):
    """What the code of today says of a run's table.

    Attributes:
        verdicts: verdicts.csv, as a run writes it.
        figures: for every figure its files by kind, png and csv.
        drawn: for every claim, without its family, the names of its figures.
    """

    verdicts: str
    figures: dict[str, dict[str, bytes]]
    drawn: dict[str, list[str]]


def reword(run: RunDirectory) -> int:
    """Puts today's words in place of those of a kept run, and draws its figures again with their titles.

    Returns:
        How many verdicts have other words than before.

    Raises:
        UserError: if anything but words is another than what is kept. Nothing is written then.
        StorageError: if it cannot be written.
    """
    recorded = read(run)
    today = _said_today(recorded)
    numbers = [name for name in recorded.verdicts.columns if name not in WORDS]
    judged = pd.read_csv(io.StringIO(today.verdicts)).drop(columns=list(WORDS))
    changes = unlike(recorded.verdicts[numbers], judged)
    wrong = [f"verdicts.csv: {line}" for line in changes]
    wrong += of_figures(recorded, {name: files["csv"] for name, files in today.figures.items()})
    if wrong:
        raise UserError(
            f"{run.name}: more than words is another now:",
            *(f"  {line}" for line in wrong),
            f"Make it again: rerun {run.name}, and keep the new run",
        )
    # As text, so that no digit of a number is written otherwise.
    before, words = (
        pd.read_csv(file, dtype=str, keep_default_na=False) for file in (run.at(VERDICTS), io.StringIO(today.verdicts))
    )
    after = before.assign(**{name: words[name] for name in WORDS})
    run.write_verdicts(after)
    for name, files in today.figures.items():
        with atomic(run.at("figures", f"{name}.png")) as temporary:
            temporary.write_bytes(files["png"])
    # Verdicts that are written anew belong to no figures yet. A run names all files, also those that `keep` leaves out.
    for claim, names in today.drawn.items():
        run.conclude_claim(claim, [f"{name}.{kind}" for name in names for kind in KINDS])
    return int((before != after).any(axis=1).sum())


def _said_today(recorded: Recorded) -> _Today:
    modules, judged = modules_of(recorded.family), list[Verdict]()
    figures, drawn = dict[str, dict[str, bytes]](), dict[str, list[str]]()
    for claim in recorded.claims:
        table = recorded.run.read_table(f"{recorded.family}.{claim}", keys=False)
        with house_style(), contained():
            judged += verdicts_of(recorded.family, claim, table)
            mine = {name: rendered(one, ("png", "csv")) for name, one in modules[claim].draw(table).items()}
        figures |= mine
        drawn[claim] = [*mine]
    return _Today(to_table(judged).to_csv(index=False), figures, drawn)
