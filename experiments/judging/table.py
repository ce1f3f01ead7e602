"""Verdicts as a table, one row each. It is written beside the rows that were judged, and checked when it is read.

The switches of all claims are columns, so that verdicts can be sorted, filtered and pivoted by their hypotheses.
"""

import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from experiments.judging import p_values
from experiments.judging.measured import Evidence
from experiments.judging.rules import Outcome
from experiments.judging.verdict import Bearing, Existence, Verdict, allowed_words
from experiments.names import is_identifier, is_line

# Separates several sentences in a row, and in the same order their directions and roles. Most rows have one.
APART = "; "
BEARING = ("sentence", "direction", "role")
COLUMNS = (
    *("claim", "statement", "source", *BEARING, "hypotheses", "existence", "prediction"),
    *("measured", "low", "high", "samples", "evidence", "rule", "verdict", "p_value", "finding"),
)
NUMBERS = ("measured", "low", "high", "samples", "p_value")
WORDS: dict[str, Any] = {"existence": Existence, "evidence": Evidence, "verdict": Outcome}
# The prefix of a column that holds a switch.
SWITCH = "switch."


def to_table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row for each verdict: `COLUMNS`, with its p-value, and a column for each switch that any verdict has."""
    rows = [_row(verdict) for verdict in verdicts]
    switches = sorted({name for row in rows for name in row if name.startswith(SWITCH)})
    return pd.DataFrame(rows, columns=[*COLUMNS, *switches])


def _row(verdict: Verdict) -> dict[str, Any]:
    row = {name: getattr(verdict, name) for name in COLUMNS if name not in (*BEARING, "p_value")}
    for name in BEARING:
        row[name] = APART.join(getattr(one, name) for one in verdict.bears_on)
    return row | {"p_value": p_values.of(verdict)} | {SWITCH + key: value for key, value in verdict.switches.items()}


def bearings(row: Any) -> list[Bearing]:
    """The sentences that the verdict of a row bears on, and how."""
    columns = [str(row[name]).split(APART) for name in BEARING]
    return [Bearing(*one) for one in zip(*columns, strict=True)] if row["sentence"] else []


def read_table(path: Path | TextIO, claims: set[str]) -> pd.DataFrame:
    """The verdicts in a file, as `to_table` makes them.

    Args:
        path: a CSV file, or an open one.
        claims: the claims that it may have verdicts of, with their family.

    Raises:
        ValueError: if it cannot be read, or is no table of such verdicts. The text says why; it is read after the name
            of the file.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from error
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(f"lacks the columns {', '.join(missing)}")
    switches = [str(name) for name in table if name not in COLUMNS]
    if strange := [name for name in switches if not is_identifier(name.removeprefix(SWITCH))]:
        raise ValueError(f"has a column {strange[0][:60]!r}, which verdicts do not have")
    # A column without a word in any row is read as numbers.
    texts = [*BEARING, "hypotheses", "finding"]
    table[texts] = table[texts].astype(object).fillna("")
    for name in [*COLUMNS, *switches]:
        _check_column(name, table[name])
    for row in table.to_dict("records"):
        try:
            bearings(row)
        except (TypeError, ValueError) as error:
            raise ValueError(f"does not say which sentence {row['claim'][:60]!r} bears on, and how") from error
    if not table["p_value"].dropna().between(0, 1).all():
        raise ValueError("has a p-value that is not between 0 and 1")
    if table["claim"].duplicated().any():
        raise ValueError(f"has two verdicts with the name {table['claim'][table['claim'].duplicated()].iloc[0][:60]!r}")
    foreign = [head for head in dict.fromkeys(map(head_of, table["claim"])) if head not in claims]
    if foreign:
        raise ValueError(f"has verdicts of claims that this run does not have, such as {foreign[0][:60]!r}")
    return table


def head_of(claim: str) -> str:
    """The claim of a verdict: the name of the verdict up to the first slash."""
    return claim.split("/")[0]


def _check_column(name: str, column: pd.Series) -> None:
    numbers = pd.api.types.is_numeric_dtype(column)
    if name in NUMBERS and not (numbers or column.empty):
        raise ValueError(f"holds something else than numbers in the column {name}")
    switch = name.startswith(SWITCH)
    texts = column.dropna() if switch else column
    lines = all(is_line(one) or (switch and isinstance(one, bool)) for one in texts.astype(object))
    if name not in NUMBERS and not (switch and numbers) and not lines:
        raise ValueError(f"holds something else than lines of text in the column {name}")
    if name in WORDS and (strange := sorted(set(column) - set(typing.get_args(WORDS[name])))):
        raise ValueError(f"has {strange[0][:60]!r} in the column {name}; allowed: {allowed_words(WORDS[name])}")
