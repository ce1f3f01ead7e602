"""Whether the verdicts and figures of a run are what its table gives: judged and drawn again, and compared."""

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.claims import verdicts_of
from experiments.claims.containing import contained
from experiments.drawing.files import numbers_as_csv
from experiments.drawing.style import house_style
from experiments.errors import amount, words_of
from experiments.judging.table import to_table
from experiments.report.gather import Recorded, read
from experiments.report.pictures import modules_of
from experiments.storage.runs import RunDirectory

# Another processor or another version of a library may round the last digits of a sum otherwise.
RELATIVE, ABSOLUTE = 1e-7, 1e-12
MOST_NAMED = 8


def report(runs: list[RunDirectory], console: Console) -> int:
    """Prints what differs in each run, and returns the exit status: 0 if nothing does, else 1."""
    found = False
    for run in runs:
        lines = list(differences(read(run)))
        found |= bool(lines)
        verdict = "is not what its table gives:" if lines else "is what its table gives"
        console.print(
            f"{run.name} {verdict}", *(f"  {line}" for line in lines), sep="\n", markup=False, highlight=False
        )
    return int(found)


def differences(recorded: Recorded) -> Iterator[str]:
    """What differs, one line each."""
    yield from recorded.spoilt
    modules, judged = modules_of(recorded.family), []
    for claim in recorded.claims:
        if claim not in modules:
            yield f"{claim}: the claim is no longer part of the code"
            continue
        try:
            table = recorded.run.read_table(f"{recorded.family}.{claim}", keys=False)
            with contained():
                judged += verdicts_of(recorded.family, claim, table)
        except Exception as error:  # a table of older code, or none at all
            yield f"{claim}: cannot be judged again: {words_of(error)}"
            continue
        try:
            with house_style(), contained():
                drawn = {name: numbers_as_csv(one) for name, one in modules[claim].draw(table).items()}
        except Exception as error:
            yield f"{claim}: cannot be drawn again: {words_of(error)}"
            continue
        yield from of_figures(recorded, drawn)
    yield from _verdicts(recorded.verdicts, to_table(judged))


def of_figures(recorded: Recorded, drawn: dict[str, bytes]) -> Iterator[str]:
    """Where the numbers of figures, by name as CSV, are not those that a run has, one line each."""
    for name, content in drawn.items():
        path = recorded.run.at("figures", f"{name}.csv")
        if not path.is_file():
            yield f"figures/{name}.csv: is not there"
        elif path.read_bytes() != content:
            kept, now = (pd.read_csv(source, low_memory=False) for source in (path, io.BytesIO(content)))
            lines = unlike(kept, now)
            # Rows that were drawn in another order are the same rows.
            if lines and unlike(in_one_order(kept), in_one_order(now)):
                yield from (f"figures/{name}.csv: {line}" for line in lines)


def in_one_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows in an order that depends on nothing but them: by words and whole numbers first, which never round."""
    columns = sorted(table.columns, key=lambda name: (pd.api.types.is_float_dtype(table[name]), name))

    def comparable(column: pd.Series) -> pd.Series:
        return column if pd.api.types.is_numeric_dtype(column) else column.astype(str)

    return table.sort_values(columns, key=comparable, ignore_index=True)


def _verdicts(kept: pd.DataFrame, judged: pd.DataFrame) -> Iterator[str]:
    """Verdict by verdict, p-values too: a forged one would survive Holm's correction."""
    judged = pd.read_csv(io.StringIO(judged.to_csv(index=False)))
    for claim in [*kept["claim"], *(name for name in judged["claim"] if name not in set(kept["claim"]))]:
        before, now = (table[table["claim"] == claim].reset_index(drop=True) for table in (kept, judged))
        yield from (f"verdict {claim}: {line}" for line in unlike(before, now))


def unlike(kept: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Where two tables differ by more than rounding: by their size, or column by column."""
    if len(kept) != len(now):
        return [f"{amount(len(kept), 'row')} kept, and now {len(now)}"]
    if set(kept.columns) != set(now.columns):
        return [f"columns that only one of them has: {', '.join(sorted(set(kept.columns) ^ set(now.columns)))}"]
    lines = [_column(name, kept[name], now[name]) for name in kept.columns]
    return [line for line in lines if line][:MOST_NAMED]


def _column(name: str, kept: pd.Series, now: pd.Series) -> str:
    before, after = (pd.to_numeric(column, errors="coerce").to_numpy(float) for column in (kept, now))
    equal = np.isclose(before, after, rtol=RELATIVE, atol=ABSOLUTE)
    texts = [column.astype(object).where(column.notna(), "").astype(str).to_numpy() for column in (kept, now)]
    differing = np.flatnonzero(~(equal | (texts[0] == texts[1])))
    if not len(differing):
        return ""
    first = differing[0]
    return (
        f"{name}: {len(differing)} of {len(kept)} differ, the first is {texts[0][first]} kept and {texts[1][first]} now"
    )
