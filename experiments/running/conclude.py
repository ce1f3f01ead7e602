"""What follows from the parts of a run: its table, and verdicts and figures of every claim that has all of its rows."""

import contextlib
import dataclasses
import io
import logging
from collections import Counter
from collections.abc import Iterator

import pandas as pd
from rich.console import Console

from experiments.claims import claims_of, verdicts_of
from experiments.claims.containing import ClaimError, clashing, contained
from experiments.drawing import files as figure_files
from experiments.drawing.style import Drawing, house_style
from experiments.errors import StorageError, amount, words_of
from experiments.judging.table import bearings, read_table, to_table
from experiments.names import is_name
from experiments.storage import manifests
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import atomic
from experiments.terminal import show


@dataclasses.dataclass
class _Faults:
    """What went wrong while a run was concluded; each fault is said in the terminal and in the log of the run."""

    directory: RunDirectory
    log: logging.Logger
    console: Console
    found: list[str] = dataclasses.field(default_factory=list)

    @contextlib.contextmanager
    def survived(self, what: str) -> Iterator[None]:
        """An error within the block becomes a fault, and the program goes on after the block."""
        try:
            yield
        except StorageError:
            raise
        except Exception as error:
            self.found.append(what)
            self.log.exception(what)
            line = f"{what}: {words_of(error)}; see {self.directory.path}/run.log"
            self.console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)


def conclude(directory: RunDirectory, log: logging.Logger, console: Console) -> int:
    """Writes table, verdicts and figures from the parts there are. A claim is judged only if it has all of its units.

    Returns the exit status: 0, or 1 if a unit is missing or a claim could not be judged or drawn.
    """
    manifest = directory.manifest()
    parts = directory.parts(manifest).fitting
    claim_of = {unit: facts["claim"] for unit, facts in manifest["units"].items()}
    clashes = clashing({unit: (claim_of[unit], part.schema) for unit, part in parts.items()})
    directory.write_table(manifest, {unit: part for unit, part in parts.items() if claim_of[unit] not in clashes})
    missing = Counter(claim for unit, claim in claim_of.items() if unit not in parts)
    complete = [name for name in manifest["settings"]["sweep"] if name not in ("family", *missing)]
    faults = _Faults(directory, log, console)
    sound, sentences = _judge_all(complete, clashes, manifest["settings"]["sweep"]["family"], faults)
    # The verdicts are written by now: an error in a figure does not change them.
    owners: dict[str, str] = {}
    for name in complete:
        if name not in clashes:
            _draw(name, manifest["settings"]["sweep"]["family"], name in sound, owners, faults)
    console.print(f"table, verdicts and figures: {directory.path}", markup=False, highlight=False, soft_wrap=True)
    if sentences:
        how = directory.command("answer", "--run", directory.name)
        words = f"what they say of {amount(len(sentences), 'sentence')}: {how}"
        console.print(words, markup=False, highlight=False, soft_wrap=True)
    if missing:
        which = ", ".join(f"{claim} ({units})" for claim, units in missing.items())
        why = f"Not judged, because units are missing: {which}. Why: {directory.path}/failures/."
        line = f"{why} Run them again with: {directory.way_on}"
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    return 1 if missing or faults.found else 0


def _judge_all(names: list[str], clashes: dict[str, str], family: str, faults: _Faults) -> tuple[set[str], set[str]]:
    """Judges claims, and writes and shows their verdicts.

    Returns:
        The claims that could be judged, and the sentences that their verdicts bear on.
    """
    tables: dict[str, pd.DataFrame] = {}
    for name in names:
        with faults.survived(f"{name} could not be judged"):
            if name in clashes:
                raise ClaimError(clashes[name])
            tables[name] = judged(faults.directory, family, name)
    verdicts = pd.concat([mine for mine in tables.values() if len(mine)] or [to_table([])], ignore_index=True)
    faults.directory.write_verdicts(verdicts)
    show.verdicts(verdicts, faults.console)
    return set(tables), {one.sentence for _, row in verdicts.iterrows() for one in bearings(row)}


def _draw(name: str, family: str, sound: bool, owners: dict[str, str], faults: _Faults) -> None:
    """Draws the figures of a claim. The claim is then concluded, if it could be judged and all of them drawn.

    `owners` has the claim of each figure that is drawn already: none is written over that of another claim.
    """
    known, figures = len(faults.found), list[str]()
    with faults.survived(f"{name} could not be drawn"), house_style():
        for title, drawing in drawn(faults.directory, family, name).items():
            with faults.survived(f"{name}: its figure {title} could not be drawn"):
                if owners.setdefault(title, name) != name:
                    raise ClaimError(f"{owners[title]} has a figure of this name; give this one another in its draw")
                figures += _save(faults.directory, title, drawing)
    # Recorded last: a process that is killed while it draws leaves a run that is not finished.
    if sound and len(faults.found) == known:
        faults.directory.conclude_claim(name, figures)


def judged(directory: RunDirectory, family: str, claim: str) -> pd.DataFrame:
    """The verdicts of a claim on its rows, as a table, see judging/table.py.

    Raises:
        ClaimError: if they cannot be written and read again, or are not verdicts of this run.
    """
    with contained():
        verdicts = verdicts_of(family, claim, directory.read_table(f"{family}.{claim}", keys=False))
        table = to_table(verdicts)
    try:
        read_table(io.StringIO(table.to_csv(index=False)), manifests.claims_of(directory.manifest()))
    except ValueError as error:
        raise ClaimError(f"the table of its verdicts {error}") from error
    return table


def drawn(directory: RunDirectory, family: str, claim: str) -> dict[str, Drawing]:
    """The figures of a claim by their title, drawn from its rows. It is called within `house_style`.

    Raises:
        ClaimError: if `draw` gives anything else.
    """
    table = directory.read_table(f"{family}.{claim}", keys=False)
    with contained():
        figures = claims_of(family)[claim].draw(table)
    if not isinstance(figures, dict) or not all(isinstance(one, Drawing) for one in figures.values()):
        raise ClaimError("draw must give a dictionary of figures by name, each a Drawing")
    if strange := [title for title in figures if not is_name(title)]:
        raise ClaimError(f"{strange[0]!r} is no name for a figure")
    return figures


def _save(directory: RunDirectory, title: str, drawing: Drawing) -> list[str]:
    """Writes the files of a figure, and returns their names."""
    contents = {f"{title}.{kind}": content for kind, content in figure_files.rendered(drawing).items()}
    for name, content in contents.items():
        with atomic(directory.at("figures", name)) as path:
            path.write_bytes(content)
    return list(contents)
