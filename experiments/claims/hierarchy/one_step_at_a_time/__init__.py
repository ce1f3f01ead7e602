"""hierarchy.one-step-at-a-time: does undoing a hierarchy of steps, one after the other, lose anything, and what does it
cost?

Chains of random steps are undone in exact arithmetic, see theory/hierarchy/. What the theorem says is held against a
sum over all paths; a statistic that merges one pair too many, one that skips a step, and guesses in place of statistics
show what it takes to lose information. "Best" can mean two things: that nothing is lost, and that nothing is cheaper.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy.one_step_at_a_time.figures import draw
from experiments.claims.hierarchy.one_step_at_a_time.verdicts import judge
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.hierarchy import chains, sufficient, undoing

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "judge", "measure", "work"]

KEYS = ("level",)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Chains of `n` steps, `draws` of each kind; see theory/hierarchy/chains.py."""

    kind: list[str] = setting(list(chains.KINDS), choices=tuple(chains.KINDS), static=True)
    n: list[int] = setting([2, 3], low=2, high=3, static=True)
    draws: int = setting(10, low=1, high=100_000, counts="draw", follows="restarts")


SMOKE = {"n": [2], "draws": 2}
FULL = {"draws": 200}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per chain and level i < n: the statistic of y_i, what it keeps, and what other ways lose."""
    kind, n = unit.static("kind"), unit.static("n")
    tables = []
    for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True):
        rng = np.random.default_rng(key)
        chain = chains.KINDS[kind](n, rng)
        tables.append(pd.DataFrame(_levels(chain, rng)).assign(**cell, **_whole(chain, kind)))
    return pd.concat(tables, ignore_index=True)


def _levels(chain: chains.Chain, rng: np.random.Generator) -> list[dict[str, Any]]:
    """What depends on the level."""
    joints = sufficient.joints(chain)
    statistics = [*map(sufficient.minimal_statistic, joints), np.arange(chain.data)]
    undone, paths = sufficient.undone_one_by_one(chain), sufficient.joints_by_paths(chain)
    rows = []
    for i, joint in enumerate(joints):
        T = statistics[i]
        bits, of_cause = (sufficient.mutual_information(one) for one in (joint, joints[0]))
        row = {
            "level": i,
            "states": len(joint),
            "size": sufficient.size(T),
            "size_before": sufficient.size(statistics[i + 1]),
            "data": chain.data,
            "factors": sufficient.function_of(T, statistics[i + 1]) is not None,
            "equal": sufficient.posteriors(joint) == undone[i],
            "paths_agree": bool((joint == paths[i]).all()),
            "bits": bits,
            "lost": bits - sufficient.mutual_information(joint, T),
            "lost_of_cause": of_cause - sufficient.mutual_information(joints[0], T),
        }
        rows.append(row | _one_pair_too_many(joint, T, rng))
    return rows


def _one_pair_too_many(joint: np.ndarray, T: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """What a statistic loses that merges a random pair more, measured and by the formula; NaN without a pair."""
    if sufficient.size(T) < 2:
        return {"merged_lost": np.nan, "merged_formula": np.nan}
    a, b = rng.choice(sufficient.size(T), 2, replace=False).tolist()
    kept = sufficient.mutual_information(joint, sufficient.merged(T, a, b))
    return {
        "merged_lost": sufficient.mutual_information(joint, T) - kept,
        "merged_formula": sufficient.bits_of_merging(joint, T, a, b),
    }


def _whole(chain: chains.Chain, kind: str) -> dict[str, Any]:
    """What the chain as a whole loses on other ways, and the lines of tables that each way takes."""
    joints = sufficient.joints(chain)
    statistics = [*map(sufficient.minimal_statistic, joints), np.arange(chain.data)]
    cause, (rows, columns) = joints[0], chain.steps[-1].shape
    bits = sufficient.mutual_information(cause)
    facts: dict[str, Any] = {
        "entries_at_once": undoing.entries_at_once(chain),
        "entries_one_by_one": undoing.entries_one_by_one([*map(sufficient.size, statistics)]),
        "guess_error": float(undoing.guess_error(cause, undoing.guesses_one_by_one(chain))),
        "best_error": float(undoing.guess_error(cause, undoing.guesses_at_once(cause))),
        "skipped_lost": np.nan,
        "entries_by_parts": np.nan,
        "parts_equal": True,
    }
    if rows == columns:
        skipped = undoing.statistic_without(chain, chains.without_step(chain, len(chain.steps) - 1))
        facts["skipped_lost"] = bits - sufficient.mutual_information(cause, skipped)
    if kind == "tree":
        messages = undoing.messages(undoing.copies_of(chain))
        facts["entries_by_parts"] = messages.lines
        facts["parts_equal"] = undoing.posteriors_from(messages, chain.prior) == sufficient.posteriors(cause)
    return facts


def work(unit: Unit) -> Work:
    """The paths of a chain, each a product of a few fractions: some 20,000 operations of the machine."""
    n = unit.static("n")
    states = {
        "generic": [chains.STATES] * (n + 1),
        "synonyms": [chains.CLASSES * chains.SYNONYMS] * (n + 1),
        "details": [2 ** (i + 1) for i in range(n + 1)],
        "grammar": [chains.CLASSES * chains.SYNONYMS**i for i in range(n + 1)],
        "tree": [2**2**i for i in range(n + 1)],
    }[unit.static("kind")]
    return Work(0, 2e4 * float(np.prod(states, dtype=float)) * len(unit.cells))
