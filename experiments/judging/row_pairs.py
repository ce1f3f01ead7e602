"""Rows of two runs that have the same setting and seed, compared one by one.

Two values are identical, or differ by rounding, or differ. Training is chaotic: a difference in the last bit may give
another network a thousand updates later. So different rows are no error as long as neither run is favoured. That is
measured by the net share of pairs in which b has the larger value; for successes it is the difference of the two rates.
The sign test tests it, and its interval is compared with a range around 0 in which a difference does not matter.
"""

import dataclasses
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from experiments.axes import axes_of
from experiments.judging import statistics
from experiments.judging.rules import SUPPORTED, equivalent
from experiments.settings import ClaimSettings

# Relative differences that rounding explains: about a hundred units in the last place.
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
# The largest net share of pairs that makes no difference: at most one pair in 20.
EQUIVALENT = 0.05
# A column with more different words than this is only compared for identity: each word would be a test of its own.
MOST_WORDS = 20

COLUMNS = ("claim", "column", "rows", "identical", "rounding", "net_share", "low", "high", "p_value")
NOTHING = pd.DataFrame(columns=list(COLUMNS)).astype({"p_value": float})


def key_of(module: ModuleType, settings: ClaimSettings) -> list[str]:
    """The columns that name a row: the axes, the columns that distinguish rows of one cell, and the seed."""
    return list(dict.fromkeys([*axes_of(settings), *getattr(module, "KEYS", ()), "seed"]))


def constants_that_differ(a: ClaimSettings, b: ClaimSettings) -> list[str]:
    """The settings of a claim, other than axes, that are not the same."""
    axes = set(axes_of(a)) | {"where"}
    names = [
        field.name
        for field in dataclasses.fields(a)
        if field.name not in axes and field.metadata["counts"] is None and not isinstance(getattr(a, field.name), list)
    ]
    return [name for name in names if getattr(a, name) != getattr(b, name)]


def without_counts(settings: ClaimSettings) -> dict[str, Any]:
    """The settings of a claim without its numbers of repetitions: of networks or of functions for each setting."""
    fields = [field.name for field in dataclasses.fields(settings) if field.metadata["counts"] is None]
    return {name: getattr(settings, name) for name in fields}


def matched(a: pd.DataFrame, b: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that are in both, in the same order, indexed by their key.

    Rows with the same key are matched in the order of the tables.
    """
    numbered = [table.assign(_number=table.groupby(key).cumcount()).set_index([*key, "_number"]) for table in (a, b)]
    common = numbered[0].index.intersection(numbered[1].index)
    columns = [name for name in a if name in b and name not in (*key, "claim")]
    first, second = (table.loc[common, columns] for table in numbered)
    return first, second


def compare_rows(claim: str, a: pd.DataFrame, b: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """One row for each measured column: how many values are identical or differ by rounding, and which run is favoured.

    Args:
        claim: its name.
        a, b: rows with the same index, see `matched`.
        tolerance: relative difference that rounding explains.

    Returns:
        `COLUMNS`; `net_share` with `low` and `high` and `p_value` are NaN where nothing differs or it cannot be tested.
    """
    found = [_compare(claim, column, a[column], b[column], tolerance) for column in a] if len(a) else []
    return pd.DataFrame([row for some in found for row in some], columns=list(COLUMNS))


def _compare(claim: str, column: str, a: pd.Series, b: pd.Series, tolerance: float) -> list[dict[str, Any]]:
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        return [_numbers(claim, column, a.to_numpy(float), b.to_numpy(float), tolerance)]
    words = sorted({*a.astype(str).unique(), *b.astype(str).unique()})
    identical = int((a.astype(str) == b.astype(str)).sum())
    whole = _row(claim, column, len(a), identical, 0)
    if identical == len(a) or len(words) > MOST_WORDS:
        return [whole]
    return [
        _numbers(claim, f"{column} = {word}", (a == word).to_numpy(float), (b == word).to_numpy(float), tolerance)
        for word in words
    ]


def _numbers(claim: str, column: str, a: np.ndarray, b: np.ndarray, tolerance: float) -> dict[str, Any]:
    # NaN comes from a training that diverged: it counts as an infinite loss.
    a, b = (np.where(np.isnan(values), np.inf, values) for values in (a, b))
    identical = a == b
    finite = np.isfinite(a) & np.isfinite(b)
    usual = np.median(np.abs(a[finite])) if finite.any() else 0.0
    # A small number may be a difference of large ones, and then has their absolute rounding error.
    close = np.isclose(a, b, rtol=tolerance, atol=tolerance * usual)
    rounding = close & ~identical
    row = _row(claim, column, len(a), int(identical.sum()), int(rounding.sum()))
    differing = ~identical & ~rounding
    if not differing.any():
        return row
    up, down = int((differing & (b > a)).sum()), int((differing & (b < a)).sum())
    share, low, high, p_value = statistics.net_share(up, down, len(a))
    return row | {"net_share": share, "low": low, "high": high, "p_value": p_value}


def _row(claim: str, column: str, rows: int, identical: int, rounding: int) -> dict[str, Any]:
    unknown = dict.fromkeys(("net_share", "low", "high", "p_value"), np.nan)
    return {"claim": claim, "column": column, "rows": rows, "identical": identical, "rounding": rounding} | unknown


def outcome(row: Any, level: float) -> str:
    """The outcome for a column, in a word or two. `adjusted` is its p-value after Holm's correction."""
    if row.identical == row.rows:
        return "identical"
    if row.identical + row.rounding == row.rows:
        return "rounding"
    if np.isnan(row.p_value):
        return "not tested"
    if equivalent(row.low, row.high, 0.0, EQUIVALENT) == SUPPORTED:
        return "equivalent"
    return "different" if row.adjusted <= level else "too few to tell"
