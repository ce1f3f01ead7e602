"""Whether curves of test errors fall on one, for all models, once samples are counted in units of n_c m^L.

Read are the samples that a curve needs at several levels of the error. Two things can fail: the power of n_c m^L that
brings the curves together best is not 1; or at the power 1 they lie apart, because something else matters. The control
counts samples in units of the number of all strings.
"""

import functools
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.hierarchy._networks import SWITCHES
from experiments.claims.hierarchy.random_hierarchy_model.samples import DEEP, MARGIN, at_levels, growth, needed
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import percent, reach
from experiments.judging.verdict import Trial, Verdict, on

# The authors' threshold for deep networks, and two above it. Nearer to chance curves are flat: where they cross a level
# is mostly chance.
LEVELS = (0.5, 0.25, DEEP)
# Curves that lie at most one doubling of the samples from their mean have collapsed: ladders have no finer rungs.
OCTAVE = 1.0

TRIAL = Trial(
    source="Cagnetta et al., PRX 14, 031001, arXiv 2307.02129; levels and margins are ours",
    bears_on=on("hierarchy", role="variant") + on("rhm-deep"),
    existence="found by training",
    switches=SWITCHES | {"levels": " | ".join(f"{level:g} of chance" for level in LEVELS)},
)
CONTROL = TRIAL.but(source="ours", bears_on=on("rhm-deep", role="control"))


def judge(table: pd.DataFrame, network: str, **facts: Any) -> list[Verdict]:
    """The three verdicts on one kind of network; facts are its further switches."""
    rows, switches = table[table["network"] == network], {"network": network, **facts}
    by_steps, by_strings = (apart(rows, unit) for unit in ("deep_samples", "data"))
    return [
        TRIAL.verdict(
            f"collapse/{network}",
            "Curves of the test error fall on one where samples are counted in units of n_c m^L.",
            growth(at_levels(rows, LEVELS), "deep_samples"),
            within(1.0, MARGIN),
            prediction="power of n_c m^L that brings curves together = 1",
            finding="Curves of all models come together best in units of n_c m^L to the power {measured}.",
            **switches,
        ),
        TRIAL.verdict(
            f"apart/{network}",
            "In units of n_c m^L curves of all models need equally many samples, within a factor of two of their mean.",
            by_steps,
            below(OCTAVE),
            prediction=f"largest distance from the mean < {OCTAVE:g} doubling",
            finding="In units of n_c m^L no curve is more than {measured} doublings of the samples from their mean.",
            **switches,
        ),
        CONTROL.verdict(
            f"apart/strings/{network}",
            "In units of the number of all strings curves do not come together.",
            by_strings,
            above(OCTAVE),
            prediction=f"largest distance from the mean > {OCTAVE:g} doubling",
            finding="In units of the number of all strings a curve is {measured} doublings from their mean.",
            **switches,
        ),
    ]


def apart(rows: pd.DataFrame, unit: str) -> Measured:
    """The largest distance of a model's curve from the mean of all, in doublings of the samples, over all levels."""
    each = [_relative(rows, level, unit) for level in LEVELS]
    compared = sum(map(len, each))
    return Measured(
        functools.partial(_largest, each),
        int(rows.groupby(["model", "grammar"]).ngroups),
        how=f"The largest distance over models and {len(LEVELS)} levels of the error, of the mean over grammars of "
        f"log2 of the samples needed. Student's {percent()} interval that holds for all {compared} distances at once, "
        "with one variance for all models. Not known if a curve does not reach a level.",
    )


def _relative(rows: pd.DataFrame, level: float, unit: str) -> list[Float[np.ndarray, " grammars"]]:
    """log2 of the samples needed in a unit, for the grammars of each model; infinite where a level was not reached."""
    needs = needed(rows, level)
    bits = np.log2(needs["needed"] / needs[unit])
    return [own.to_numpy(float) for _, own in bits.groupby(needs["model"], sort=False)]


def _largest(each: list[list[Float[np.ndarray, " grammars"]]], α: float) -> tuple[float, float, float]:
    sizes = np.array([len(own) for own in each[0]])
    if len(sizes) < 2 or sizes.min() < 2 or not all(np.isfinite(own).all() for level in each for own in level):
        return float("nan"), -np.inf, np.inf
    # Each distance is a mean less the mean of all means, which it is a part of.
    share = (np.eye(len(sizes)) - 1 / len(sizes)) ** 2 @ (1 / sizes)
    distances, halves = [], []
    for level in each:
        means = np.array([own.mean() for own in level])
        variance = sum(((own - own.mean()) ** 2).sum() for own in level) / (sizes - 1).sum()
        distances.append(np.abs(means - means.mean()))
        half = reach(np.sqrt(variance * share), (sizes - 1).sum(), α / (len(sizes) * len(each)))
        halves.append(np.broadcast_to(half, len(sizes)))
    found, reached = np.array(distances), np.array(halves)
    # A distance is no less than 0.
    return float(found.max()), max(float((found - reached).max()), 0.0), float((found + reached).max())
