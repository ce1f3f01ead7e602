"""Figures, drawn again from the tables of a run by today's claims."""

import contextlib
import dataclasses
import gc
import os
import textwrap
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import ModuleType

import pandas as pd
from matplotlib.figure import Figure

from experiments import processes
from experiments.claims import claims_of, families
from experiments.claims.containing import contained
from experiments.drawing.files import rendered
from experiments.drawing.style import house_style
from experiments.errors import UserError, words_of
from experiments.names import KEY
from experiments.report.gather import Recorded
from experiments.report.picture import KINDS, Picture, plain
from experiments.storage.runs import CONCLUDED, RunDirectory

# From this number of claims with rows on, several processes draw: fewer are drawn before other processes have started.
WORTH_PROCESSES = 8
# New objects after which Python looks for cycles among them. By default it does so after 700: a sixth of all drawing.
RARELY = 50_000
# Rows of a table that the page shows as an example.
EXTRACT = 3
# Letters of a text in these rows, at most: a cell must fit into a line of the page.
WIDEST = 60
# A run, its family, a claim, and figures that need not be drawn again.
Job = tuple[RunDirectory, str, str, list[Picture] | None]
KnownPictures = Callable[[Recorded, str], list[Picture] | None]


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a report shows of one claim of a run besides verdicts.

    Attributes:
        name: `family.claim`.
        about: the first line of the claim's module; empty if the module no longer exists.
        pictures: its figures.
        rows: the number of rows of its table.
        extract: some rows, spread over the table.
        notes: what could not be shown, and why.
    """

    name: str
    about: str
    pictures: list[Picture]
    rows: int
    extract: pd.DataFrame
    notes: list[str]


def show_all(
    runs: list[Recorded],
    done: Callable[[str], None] = lambda name: None,
    known: KnownPictures = lambda run, claim: None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[list[Shown]]:
    """What a report shows of every claim of every run, in the order of their settings, on all processors.

    A claim that cannot be shown does not affect the others. One that ends its process only costs them time.

    Args:
        runs: the runs of the report.
        done: is called with the name of each claim when it is done.
        known: gives the figures of a claim of a run that need not be drawn again, or None.
        meanwhile: is done here while other processes draw, and not at all if none do.
    """
    tasks = [(one.run, one.family, claim, known(one, f"{one.family}.{claim}")) for one in runs for claim in one.claims]
    found: dict[int, Shown] = {}
    new = {(run.path, claim) for run, _, claim, pictures in tasks if pictures is None}
    drawn = sum((one.run.path, claim) in new for one in runs for claim in _measured(one.run))
    if drawn >= WORTH_PROCESSES and (os.cpu_count() or 1) > 1:
        with contextlib.suppress(BrokenProcessPool):
            found = _in_processes(tasks, done, meanwhile)
    for number, task in enumerate(tasks):
        if number not in found:
            found[number] = _shown(*task)
            done(found[number].name)
    shown = iter(found[number] for number in range(len(tasks)))
    return [[next(shown) for _ in one.claims] for one in runs]


def _in_processes(tasks: list[Job], done: Callable[[str], None], meanwhile: Callable[[], object]) -> dict[int, Shown]:
    """What each task shows, by its number: the largest tables first, so that no process waits long for the last."""
    by_size = sorted(range(len(tasks)), key=lambda number: -_size(*tasks[number][:3]))
    with ProcessPoolExecutor(mp_context=processes.FRESH, initializer=_begin) as pool, processes.ended_with(pool):
        with processes.starting():
            started = {pool.submit(_shown, *tasks[number]): number for number in by_size}
        meanwhile()
        found = {}
        for one in as_completed(started):
            found[started[one]] = one.result()
            done(found[started[one]].name)
    return found


def _begin() -> None:
    """What a process that draws does first."""
    processes.begin()
    gc.set_threshold(RARELY)


def _measured(run: RunDirectory) -> set[str]:
    """The claims of a run that have cells: of the others there is nothing to draw."""
    return {unit["claim"] for unit in run.manifest()["units"].values() if unit["cells"]}


def _size(run: RunDirectory, family: str, claim: str) -> int:
    """The size of a claim's figures, in bytes of its PNG files; 0 if it has none."""
    names = run.manifest().get(CONCLUDED, {}).get("claims", {}).get(claim, ())
    paths = [run.at("figures", name) for name in names if name.endswith(".png")]
    return sum(path.stat().st_size for path in paths if path.is_file())


def modules_of(family: str) -> dict[str, ModuleType]:
    """Modules of a family's claims; none if the family is no longer there."""
    return claims_of(family) if family in families() else {}


def _shown(run: RunDirectory, family: str, claim: str, known: list[Picture] | None = None) -> Shown:
    name, notes, module = f"{family}.{claim}", list[str](), modules_of(family).get(claim)
    if module is None:
        notes.append("This claim is no longer part of the code: its verdicts stand as they were recorded.")
    table = _table(run, name, notes)
    pictures = known or []
    if module is not None and len(table) and known is None:
        try:
            pictures = draw(module, table, notes)
        except Exception as error:  # a table of older code, or a foreign one
            notes.append(f"Its figures cannot be drawn from this table: {words_of(error)}")
    about = next(iter((module.__doc__ or "").strip().splitlines()), "") if module is not None else ""
    return Shown(name, about, pictures, len(table), extract_of(table), notes)


def _table(run: RunDirectory, name: str, notes: list[str]) -> pd.DataFrame:
    try:
        return run.read_table(name, keys=False)
    except UserError as error:
        notes.append(f"There is no table of it in this run: {error}")
        return pd.DataFrame()


def draw(module: ModuleType, table: pd.DataFrame, notes: list[str]) -> list[Picture]:
    """The figures of a claim. A figure that fails is noted, and the others are drawn."""
    pictures = []
    with house_style():
        with contained():
            drawings = module.draw(table)
        for name, drawing in drawings.items():
            try:
                files = rendered(drawing, KINDS)
                said = description(drawing.figure)
                words = drawing.title or plain(name).replace("-", " "), drawing.caption or f"{said}."
                pictures.append(Picture(plain(name), *words, said, files))
            except Exception as error:  # whatever a claim draws
                notes.append(f"Its figure {name} cannot be drawn: {words_of(error)}")
    return pictures


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
