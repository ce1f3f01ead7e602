"""Figures, drawn anew from the tables of a run by the claims that are there today."""

import dataclasses
import re
import textwrap
from types import ModuleType

import pandas as pd
from matplotlib.figure import Figure

from experiments.claims import claims_of, families
from experiments.drawing.files import rendered
from experiments.drawing.style import house_style
from experiments.errors import UserError, words_of
from experiments.plan import KEY
from experiments.report.gather import Recorded
from experiments.running.containing import contained

KINDS = ("pdf", "png", "svg", "csv")
EXTRACT = 6
WIDEST = 60


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name: of the figure, unique in its run; letters, digits and dashes.
        description: what its panels and axes are, for those who do not see it.
        files: its contents as pdf, png, svg and csv.
    """

    name: str
    description: str
    files: dict[str, bytes]


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a report shows of one claim of a run besides verdicts.

    Attributes:
        name: family.claim.
        about: the claim's module in a sentence; empty where it is no longer there.
        pictures: its figures.
        rows: how many its table has.
        extract: some of them, spread over the table.
        notes: what could not be shown, and why.
    """

    name: str
    about: str
    pictures: list[Picture]
    rows: int
    extract: pd.DataFrame
    notes: list[str]


def show_claims(recorded: Recorded) -> list[Shown]:
    """Every claim of a run, in the order of its settings. A claim that fails to be shown costs no other."""
    modules = modules_of(recorded.family)
    return [_shown(recorded, name, modules.get(name)) for name in recorded.claims]


def modules_of(family: str) -> dict[str, ModuleType]:
    """Modules of a family's claims; none if the family is no longer there."""
    return claims_of(family) if family in families() else {}


def _shown(recorded: Recorded, claim: str, module: ModuleType | None) -> Shown:
    name, notes = f"{recorded.family}.{claim}", []
    if module is None:
        notes.append("This claim is no longer part of the code: its verdicts stand as they were recorded.")
    table = _table(recorded, name, notes)
    pictures: list[Picture] = []
    if module is not None and len(table):
        try:
            pictures = draw(module, table, notes)
        except Exception as error:  # a table of older code, or a foreign one
            notes.append(f"Its figures cannot be drawn from this table: {words_of(error)}")
    about = next(iter((module.__doc__ or "").strip().splitlines()), "") if module is not None else ""
    return Shown(name, about, pictures, len(table), extract_of(table), notes)


def _table(recorded: Recorded, name: str, notes: list[str]) -> pd.DataFrame:
    try:
        return recorded.run.read_table(name)
    except UserError as error:
        notes.append(f"There is no table of it in this run: {error}")
        return pd.DataFrame()


def draw(module: ModuleType, table: pd.DataFrame, notes: list[str]) -> list[Picture]:
    """The figures of a claim; one that fails costs no other, and is noted."""
    pictures = []
    with house_style():
        with contained():
            drawings = module.draw(table)
        for name, drawing in drawings.items():
            try:
                files = rendered(drawing, KINDS)
                pictures.append(Picture(plain(name), description(drawing.figure), files))
            except Exception as error:  # whatever a claim draws
                notes.append(f"Its figure {name} cannot be drawn: {words_of(error)}")
    return pictures


def plain(name: str) -> str:
    """A name as it can stand in a path, an id or an anchor: small letters, digits and single dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def description(figure: Figure) -> str:
    """Titles and labels of a figure's panels, each once."""
    panels = [axes for axes in figure.axes if axes.get_visible()]
    parts = {
        "panels": [axes.get_title() for axes in panels],
        "across": [axes.get_xlabel() for axes in panels],
        "up": [axes.get_ylabel() for axes in panels],
    }
    said = {what: list(dict.fromkeys(filter(None, texts))) for what, texts in parts.items()}
    return "; ".join(f"{what}: {', '.join(texts)}" for what, texts in said.items() if texts)


def extract_of(table: pd.DataFrame) -> pd.DataFrame:
    """Some rows, evenly spread, without what says little: the claim, keys, empty columns, ends of long texts."""
    picked = table.iloc[[i * (len(table) - 1) // max(EXTRACT - 1, 1) for i in range(min(EXTRACT, len(table)))]]
    picked = picked.drop(columns=["claim", KEY], errors="ignore").dropna(axis="columns", how="all")
    return picked.map(lambda value: textwrap.shorten(value, WIDEST) if isinstance(value, str) else value)
