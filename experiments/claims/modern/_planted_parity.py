"""Tables planted for the rules about parities and leaps, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import sparse_parity
from experiments.claims.modern.sparse_parity import verdicts as judged
from experiments.judging.planting import Planted, Rng

PARITY = sparse_parity.Settings()
# Standard deviation of the logarithm of a number of updates over runs: seen on seed 101.
SPREAD = 0.25
# The share of the time before the error falls differs by about this between runs: seen on seed 101.
PLATEAU = 0.1


def runs(k: int, leap: int, power: float, rng: Rng) -> pd.DataFrame:
    """40 runs at each n, whose median updates grow as this power of n."""
    n = np.repeat(PARITY.n, PARITY.restarts)
    learned = 400 * (n / 8) ** power * np.exp(SPREAD * rng.normal(size=len(n)))
    facts = {"k": k, "leap": leap, "features": judged.TRAINED, "units": 64, "batch": 32, "learning_rate": 0.05}
    return pd.DataFrame({**facts, "steps": PARITY.steps, "n": n, "begun_at": 0.7 * learned, "learned_at": learned})


def growing(effect: float, rng: Rng) -> pd.DataFrame:
    """Parities of 2 and of 3 bits that take the same power of n, and one larger by 0.1 with each unit."""
    return pd.concat([runs(2, 2, 1.0, rng), runs(3, 3, 1.0 + 0.1 * effect, rng)], ignore_index=True)


def leaping(effect: float, rng: Rng) -> pd.DataFrame:
    """Leaps of 1 and of 3 that take the same power of n, and the larger one 0.1 more with each unit."""
    return pd.concat([runs(3, 1, 1.0, rng), runs(3, 3, 1.0 + 0.1 * effect, rng)], ignore_index=True)


def small_leaps(effect: float, rng: Rng) -> pd.DataFrame:
    """Leaps of 1 and of 2 whose powers of n differ by the margin, and by a fifth of it less with each unit."""
    apart = judged.SAME * (1 - effect / 5)
    return pd.concat([runs(4, 1, 1.0, rng), runs(4, 2, 1.0 + apart, rng)], ignore_index=True)


def abrupt(effect: float, rng: Rng) -> pd.DataFrame:
    """Runs whose error stays that of guessing for half of the time, and for 0.05 more with each unit."""
    table = runs(3, 3, 1.0, rng)
    share = judged.MOST + 0.05 * effect + PLATEAU * rng.normal(size=len(table))
    return table.assign(begun_at=np.clip(share, 0.01, 1) * table["learned_at"])


def fixed(effect: float, rng: Rng) -> pd.DataFrame:
    """40 runs with fixed features; a quarter learns, and 6 % of all fewer, or 10 % more, with each unit."""
    share = judged.HARDLY - effect * (0.06 if effect > 0 else 0.1)
    table = runs(3, 3, 1.0, rng)
    table = table[table["n"] == 16].assign(features=judged.FIXED)
    return table.assign(learned_at=np.where(rng.random(len(table)) < share, 900.0, np.inf))


POWERS = "Zou and Donner's interval of a difference of slopes of medians, 40 runs"

PLANTED = {
    "sparse-parity/grows": Planted(sparse_parity.judge, growing, "grows/", POWERS, "0.1"),
    "sparse-parity/leap": Planted(
        sparse_parity.judge, leaping, "leap/3-bits/1-to-3", POWERS, "0.1", kinds=("1-to-3", "2-to-4")
    ),
    "sparse-parity/small-leap": Planted(
        sparse_parity.judge,
        small_leaps,
        "leap/4-bits/1-to-2",
        f"{POWERS}, within a margin",
        "margin / 5",
        kinds=("1-to-2",),
    ),
    "sparse-parity/abrupt": Planted(sparse_parity.judge, abrupt, "abrupt/", "order statistics of 40 runs", "0.05"),
    "sparse-parity/fixed-features": Planted(
        sparse_parity.judge, fixed, "fixed-features/", "exact interval of a rate, 40 runs", "0.06 down, 0.1 up"
    ),
}
