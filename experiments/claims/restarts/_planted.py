"""Tables planted for the rules of local minima, restarts and brute force, see experiments/judging/planting.py.

Rates are judged by exact intervals, those of Clopper and Pearson. At 100 runs and a rate of one half, Wilson's interval
decides wrongly in 2.84 % of cases to each side, and so does the mid-p interval: both decide from 60 successes on. The
exact interval errs in at most 2.5 % of cases at every rate and number of runs.
"""

import math

import numpy as np
import pandas as pd

from experiments.claims.restarts import (
    _planted_searches,
    deep_linear,
    end_points,
    large_networks_get_stuck,
    spurious_minima,
    step_size,
)
from experiments.claims.restarts._planted_searches import NETWORK
from experiments.claims.restarts.spurious_minima import published
from experiments.claims.restarts.spurious_minima.verdicts import LARGEST_MARGIN, grows
from experiments.judging.planting import Planted, Rng
from theory.restarts import teacher_student
from theory.restarts.kinds import GLOBAL, STRICT

# The kind of most rules about ends.
EXACT = "exact interval of a rate near 1/2"
# The kind of rules about spare units.
SPARED = "a difference by the exact intervals of two rates"


def stuck_at_minima(effect: float, rng: Rng) -> pd.DataFrame:
    """300 stuck runs, half of them and more with each unit at a strict local minimum, and 700 that are not stuck."""
    at_minimum = rng.random(1000) < 0.5 + 0.025 * effect
    kinds = np.where(at_minimum, STRICT, "plateau")
    kinds[300:] = GLOBAL
    return pd.DataFrame({**NETWORK, "errors": 0, "kind": kinds})


def nearly_all_at_optima(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 runs; 99 % of them, and more with each unit, end in a local optimum, half of these in the best."""
    share = 0.99 + (0.0025 if effect > 0 else 0.01) * effect
    optima = np.where(rng.random(1000) < 0.5, GLOBAL, STRICT)
    kinds = np.where(rng.random(1000) < share, optima, "plateau")
    return pd.DataFrame({**NETWORK, "errors": 0, "kind": kinds})


def stuck_at_higher_precision(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 runs, 300 wrong about a point; half of these, and more with each unit, do not reach a global minimum."""
    wrong = np.arange(1000) < 300
    left = wrong & (rng.random(1000) < 0.5 + 0.025 * effect)
    return pd.DataFrame({**NETWORK, "errors": wrong.astype(int), "kind": np.where(left, "plateau", GLOBAL)})


def large_networks(width: int, above: float, rng: Rng, signs: bool = False) -> pd.DataFrame:
    """80 targets with two runs each at two learning rates; a share `above` of all runs ends above the least loss."""
    cells = pd.MultiIndex.from_product([(0.03, 0.1), range(80), (0, 1)], names=["learning_rate", "function", "restart"])
    rows = cells.to_frame(index=False)
    stuck = rng.random(len(rows)) < above
    facts = {"sample": "boolean" if signs else "teacher", "points": 16 if signs else 64, "activation": "tanh"}
    ends = {"loss": np.where(stuck, 0.1, 0.0), "gradient_norm": 0.0, "trained_loss": rng.random(len(rows))}
    return rows.assign(width=width, **facts, **ends, errors=stuck.astype(int), diverged=False, steps=2000)


def nearly_all_stuck(effect: float, rng: Rng) -> pd.DataFrame:
    """80 judged runs on 80 targets; 95 % are stuck, and 1.25 % more or 20 % fewer with each unit."""
    return large_networks(64, 0.95 + (0.0125 if effect > 0 else 0.2) * effect, rng)


def half_stuck(effect: float, rng: Rng) -> pd.DataFrame:
    """80 judged runs of a narrow network on 80 targets; half are stuck, and an eighth more with each unit."""
    return large_networks(8, 0.5 + 0.125 * effect, rng)


def half_wrong(effect: float, rng: Rng) -> pd.DataFrame:
    """80 judged runs on 80 functions; half are wrong about a point, and an eighth more with each unit."""
    return large_networks(64, 0.5 + 0.125 * effect, rng, signs=True)


def trend(effect: float, rng: Rng) -> pd.DataFrame:
    """80 judged runs at each of four widths; the share of stuck runs grows with log2 of the width along a line."""
    widths = (2, 8, 16, 64)
    rates = [0.5 + 0.02 * effect * (math.log2(width) - 3.5) for width in widths]
    parts = [large_networks(width, rate, rng) for width, rate in zip(widths, rates, strict=True)]
    return pd.concat(parts, ignore_index=True)


def pairs(batch: int, effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs at each of five learning rates for two ways to train; the first half chooses, the second is judged."""
    cells = pd.MultiIndex.from_product([(0.003, 0.01, 0.03, 0.1, 0.3), range(200)], names=["learning_rate", "restart"])
    rows = cells.to_frame(index=False).assign(
        **{name: value for name, value in NETWORK.items() if name != "learning_rate"}, solved=True
    )
    falling = rows.assign(batch=1, schedule="linear", loss=np.exp(rng.normal(size=len(rows)) - 0.2 * effect))
    other = rows.assign(batch=batch, schedule="constant", loss=np.exp(rng.normal(size=len(rows))))
    return pd.concat([falling, other], ignore_index=True)


def falling_step(effect: float, rng: Rng) -> pd.DataFrame:
    """100 judged runs each with a falling and a constant step; the first loses 0.2 deviations of loss per unit."""
    return pairs(1, effect, rng)


def one_point(effect: float, rng: Rng) -> pd.DataFrame:
    """100 judged runs each on one point and on all points; the first loses 0.2 deviations of loss per unit."""
    return pairs(0, effect, rng)


def _students(k: int, extra: int, share: float, rng: Rng) -> pd.DataFrame:
    """1000 students; this share of them ends in the spurious minimum of type (1, k - 1)."""
    spurious = rng.random(1000) < share
    loss = np.where(spurious, teacher_student.spurious_loss(k), 0.0)
    ends = {"outcome": np.where(spurious, "spurious", "global"), "smallest_eigenvalue": 0.01, "loss": loss}
    return pd.DataFrame({"k": k, "extra": extra, **ends})


def published_share(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 students at n = k = 12; more of them end in spurious minima than of the published 500 runs.

    The difference is the margin at an effect of 0, and a quarter of it less or half of it more with each unit. The
    published rate is drawn from its sampling distribution.
    """
    share, runs = published.SHARES[12, 0].value, published.SHARES[12, 0].runs
    deviation = math.sqrt(share * (1 - share))
    margin, drawn = 2 * LARGEST_MARGIN * deviation, rng.normal(share, deviation / math.sqrt(runs))
    return _students(12, 0, drawn + margin * (1 - effect / (4 if effect > 0 else 2)), rng)


def recurring_levels(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 students at n = k = 12; 57 % end in a spurious minimum.

    90 % of these, and 2 % more with each unit, are on the lowest level; every other is on a level of its own.
    """
    table = _students(12, 0, 0.57, rng)
    alone = rng.random(len(table)) >= 0.9 + 0.02 * effect
    return table.assign(loss=table["loss"] * np.where(alone, 2 + np.arange(len(table)), 1))


def growing_share(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 students at each of seven k, n = k; the share of spurious ends grows with log2 of k along a line."""
    ks = (7, 8, 9, 10, 12, 15, 20)
    return pd.concat([_students(k, 0, 0.5 + 0.015 * effect * math.log2(k / 11), rng) for k in ks], ignore_index=True)


def one_spare(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 students each at n = k and k + 1; shares of spurious ends are 0.95, and half of it less 0.02 per unit."""
    parts = [_students(20, 0, 0.95, rng), _students(20, 1, 0.475 - 0.02 * effect, rng)]
    return pd.concat(parts, ignore_index=True)


def two_spare(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 students each at n = k and k + 2; shares are 0.95, and a twentieth of it less 0.0125 per unit."""
    parts = [_students(20, 0, 0.95, rng), _students(20, 2, 0.0475 - 0.0125 * effect, rng)]
    return pd.concat(parts, ignore_index=True)


def nearly_all_arrive(effect: float, rng: Rng) -> pd.DataFrame:
    """600 runs; 99 % end at the least loss, and 0.25 % more or 1 % fewer with each unit."""
    arrived = rng.random(600) < 0.99 + (0.0025 if effect > 0 else 0.01) * effect
    facts = {"layers": 3, "width": 2, "restart": range(600), "least_loss": 0.625, "gradient_norm": 0.0, "steps": 100}
    return pd.DataFrame({**facts, "loss": np.where(arrived, 0.625, 1.0)})


PLANTED = _planted_searches.PLANTED | {
    "deep-linear/arrives": Planted(
        deep_linear.judge, nearly_all_arrive, "arrives", "exact interval of a rate of 99 %", "0.0025 up, 0.01 down"
    ),
    "end-points/local-minima": Planted(end_points.judge, stuck_at_minima, "local-minima", EXACT, "0.025"),
    "end-points/ends": Planted(
        end_points.judge, nearly_all_at_optima, "ends", "exact interval of a rate of 99 %", "0.0025 up, 0.01 down"
    ),
    "end-points/strict": Planted(end_points.judge, stuck_at_minima, "strict", EXACT, "0.025"),
    "end-points/still-stuck": Planted(end_points.judge, stuck_at_higher_precision, "still-stuck", EXACT, "0.025"),
    "large-networks-get-stuck/level": Planted(
        large_networks_get_stuck.judge,
        nearly_all_stuck,
        "level/",
        "Korn and Graubard's interval of a rate of 95 %",
        "0.0125 up, 0.2 down",
    ),
    "large-networks-get-stuck/narrow": Planted(
        large_networks_get_stuck.judge, half_stuck, "narrow/", "Korn and Graubard's interval of a rate", "1/8"
    ),
    "large-networks-get-stuck/wrong-signs": Planted(
        large_networks_get_stuck.judge, half_wrong, "wrong-signs/", "Korn and Graubard's interval of a rate", "1/8"
    ),
    "large-networks-get-stuck/trend": Planted(
        large_networks_get_stuck.judge, trend, "trend/", "Zou and Donner's interval of a slope of rates", "0.02"
    ),
    "spurious-minima/share": Planted(
        spurious_minima.judge,
        published_share,
        "share/",
        "Newcombe's interval within a margin",
        "margin / 4 up, margin / 2 down",
    ),
    "spurious-minima/levels": Planted(
        spurious_minima.judge, recurring_levels, "levels/", "exact interval of a rate of 90 %", "0.02"
    ),
    "spurious-minima/grows": Planted(
        lambda table: [grows(table)],
        growing_share,
        "grows",
        "Zou and Donner's interval of a slope of rates",
        "0.015",
    ),
    "spurious-minima/one-extra": Planted(spurious_minima.judge, one_spare, "one-extra", SPARED, "0.02"),
    "spurious-minima/two-extra": Planted(spurious_minima.judge, two_spare, "two-extra", SPARED, "0.0125"),
    "step-size/falling-step": Planted(
        step_size.judge, falling_step, "falling-step", "bootstrap of pairs, 100 runs each", "0.2 deviations"
    ),
    "step-size/one-point": Planted(
        step_size.judge, one_point, "one-point", "bootstrap of pairs, 100 runs each", "0.2 deviations"
    ),
}
