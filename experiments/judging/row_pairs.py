"""Rows of two runs that have the same setting and seed, compared one by one.

Two values are identical, or differ by rounding, or differ. Training is chaotic: a difference in the last bit may give
another network a thousand updates later. So different rows are no error as long as neither run is favoured. That is
measured by the net share of pairs in which b has the larger value; for successes it is the difference of the two rates.
The sign test tests it, and its interval is compared with a range around 0 in which a difference does not matter.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

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

# Pairs of values that are compared at once.
BLOCK = 2**18
# Numbers of rows are multiplied by numbers of values as long as the products fit into 64 bits.
MOST_CODES = 2**62

Column = Callable[[str], pd.Series]
Numbers = Int[np.ndarray, " rows"]

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


def matched(a: Column, b: Column, key: list[str]) -> tuple[Numbers, Numbers]:
    """The numbers of the rows that are in both tables, pair by pair, in the order of a.

    Rows with the same key are matched in the order of the tables. One column of each table is in memory at a time, and
    some whole numbers for each row.

    Args:
        a, b: give a column of a table by its name.
        key: the columns that name a row; at least one.
    """
    if all(a(name).equals(b(name)) for name in key):
        every = np.arange(len(a(key[0])))
        return every, every
    first, second = _coded(a, b, key)
    of_a, of_b = (np.argsort(one, kind="stable") for one in (first, second))
    # Both in order: looking up numbers at random places of a long list would take several times as long.
    first, second = first[of_a], second[of_b]
    place = np.searchsorted(second, first)
    there = place < len(second)
    there[there] = second[place[there]] == first[there]
    of_a, of_b = of_a[there], of_b[place[there]]
    order = np.argsort(of_a)
    return of_a[order], of_b[order]


def _coded(a: Column, b: Column, key: list[str]) -> tuple[Numbers, Numbers]:
    """A number for each row of both tables: the same for the n-th row of a key in one as for its n-th in the other."""
    size = len(a(key[0]))
    codes, different = np.zeros(size + len(b(key[0])), np.int64), 1
    for name in key:
        values = pd.factorize(pd.concat([a(name), b(name)], ignore_index=True), use_na_sentinel=False)[0]
        most = int(values.max(initial=0)) + 1
        if different * most > MOST_CODES:
            codes = pd.factorize(codes)[0]
            different = int(codes.max(initial=0)) + 1
        codes, different = codes * most + values, different * most
    again = [_times_before(own) for own in (codes[:size], codes[size:])]
    most = max(int(one.max(initial=0)) for one in again) + 1
    if most > 1:
        codes = pd.factorize(codes)[0] * most + np.concatenate(again)
    return codes[:size], codes[size:]


def _times_before(codes: Numbers) -> Numbers:
    """How many times the number of each row stands in a row before it."""
    order = np.argsort(codes, kind="stable")
    places = np.arange(len(codes))
    is_first = np.ones(len(codes), bool)
    is_first[1:] = codes[order[1:]] != codes[order[:-1]]
    found = np.empty_like(places)
    found[order] = places - np.maximum.accumulate(np.where(is_first, places, 0)) if len(codes) else places
    return found


def compare_rows(claim: str, a: pd.DataFrame, b: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """The same as `compare_columns` for two tables whose rows are in the same order."""
    return compare_columns(claim, ((column, a[column], b[column]) for column in a), tolerance)


def compare_columns(claim: str, pairs: Iterable[tuple[str, pd.Series, pd.Series]], tolerance: float) -> pd.DataFrame:
    """One row for each measured column: how many values are identical or differ by rounding, and which run is favoured.

    Args:
        claim: its name.
        pairs: the name of each column, and its values in both runs, in the order of the same rows. One pair is in
            memory at a time.
        tolerance: relative difference that rounding explains.

    Returns:
        `COLUMNS`; `net_share` with `low` and `high` and `p_value` are NaN where nothing differs or it cannot be tested.
    """
    found = [row for column, a, b in pairs if len(a) for row in _compare(claim, column, a, b, tolerance)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _compare(claim: str, column: str, a: pd.Series, b: pd.Series, tolerance: float) -> list[dict[str, Any]]:
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        return [_numbers(claim, column, a.to_numpy(), b.to_numpy(), tolerance)]
    a, b = (one.reset_index(drop=True).astype(str) for one in (a, b))
    identical = int((a == b).sum())
    whole = _row(claim, column, len(a), identical, 0)
    if identical == len(a):
        return [whole]
    words = _words(a, b)
    if len(words) > MOST_WORDS:
        return [whole]
    return [
        _numbers(claim, f"{column} = {word}", (a == word).to_numpy(), (b == word).to_numpy(), tolerance)
        for word in sorted(words)
    ]


def _words(a: pd.Series, b: pd.Series) -> set[str]:
    """The words of two columns. They are no longer looked for once there are too many."""
    words: set[str] = set()
    for one in (a, b):
        for start in range(0, len(one), BLOCK):
            if len(words) <= MOST_WORDS:
                words.update(one.iloc[start : start + BLOCK].dropna().unique())
    return words


def _numbers(claim: str, column: str, a: np.ndarray, b: np.ndarray, tolerance: float) -> dict[str, Any]:
    identical = sum(int((x == y).sum()) for x, y in _blocks(a, b))
    if identical == len(a):
        return _row(claim, column, len(a), identical, 0)
    usual = _usual(a, b)
    rounding = up = down = 0
    for x, y in _blocks(a, b):
        # A small number may be a difference of large ones, and then has their absolute rounding error.
        close = np.isclose(x, y, rtol=tolerance, atol=tolerance * usual)
        rounding += int((close & (x != y)).sum())
        up, down = up + int((~close & (y > x)).sum()), down + int((~close & (y < x)).sum())
    row = _row(claim, column, len(a), identical, rounding)
    if identical + rounding == len(a):
        return row
    share, low, high, p_value = statistics.net_share(up, down, len(a))
    return row | {"net_share": share, "low": low, "high": high, "p_value": p_value}


def _blocks(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of real numbers, block by block. NaN comes from a training that diverged: it counts as an infinite loss."""
    for start in range(0, len(a), BLOCK):
        some = (one[start : start + BLOCK].astype(float) for one in (a, b))
        x, y = (np.where(np.isnan(values), np.inf, values) for values in some)
        yield x, y


def _usual(a: np.ndarray, b: np.ndarray) -> float:
    """The median size of the numbers of a, as far as both of a pair are finite."""
    sizes = [np.abs(x[np.isfinite(x) & np.isfinite(y)]) for x, y in _blocks(a, b)]
    every = np.concatenate(sizes)
    return float(np.median(every, overwrite_input=True)) if len(every) else 0.0


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
