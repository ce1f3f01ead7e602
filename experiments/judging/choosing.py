"""Choosing learning rates and depths by other networks, and on other points, than those that judge the choice.

The first quarter of the restarts chooses, both at the largest budget and at half of it; the others are judged. So a
lucky choice does not judge itself.
"""

import numpy as np
import pandas as pd

# The share of restarts that choose. It is small because more judged restarts give shorter intervals.
CHOOSING = 1 / 4


def chooses(numbers: pd.Series) -> pd.Series:
    """Whether each of the restarts, or other repetitions 0, 1, ..., chooses: the first ones do, at least one."""
    return numbers < max(1, round(CHOOSING * (numbers.max() + 1)))


def best_rates(rows: pd.DataFrame, by: list[str], error: str = "validation_error") -> pd.MultiIndex:
    """For every group, by its names, the learning rate with the least median error. An error of NaN is the worst."""
    medians = rows.assign(**{error: rows[error].fillna(np.inf)}).groupby([*by, "learning_rate"])[error].median()
    return pd.MultiIndex.from_tuples(medians.groupby(by).idxmin().tolist(), names=[*by, "learning_rate"])


def most_solved(rows: pd.DataFrame, by: list[str], error: str) -> pd.MultiIndex:
    """For every group the learning rate with most rows `solved`; among equals, the least median error decides."""
    runs = rows.assign(**{error: rows[error].fillna(np.inf)}).groupby([*by, "learning_rate"])
    scores = pd.DataFrame({"missed": 1 - runs["solved"].mean(), "error": runs[error].median()})
    best = scores.sort_values(["missed", "error"], kind="stable").groupby(by, sort=True).head(1)
    return best.index


def at_rates(rows: pd.DataFrame, rates: pd.MultiIndex) -> pd.DataFrame:
    """The rows of every group at the learning rate that `best_rates` has for it."""
    return rows[pd.MultiIndex.from_frame(rows[list(rates.names)]).isin(rates)]


def judged_where_most_solved(rows: pd.DataFrame, by: list[str], error: str) -> pd.DataFrame:
    """The judged rows of every group, at the learning rate that solves most of the rows that choose."""
    choose = chooses(rows["restart"])
    return at_rates(rows[~choose], most_solved(rows[choose], by, error))
