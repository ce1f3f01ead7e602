"""modern.quadratic-stability: descent on a quadratic diverges if and only if the sharpness is above 2 (1 + β) / η.

Iterates are exact fractions, see theory/modern/stability.py. Eigenvalues are drawn; steps are given relative to the one
at which the largest eigenvalue is at the edge. β is the momentum, 0 for plain gradient descent. Roots of the
characteristic polynomial, in float64, are the independent check.
"""

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import stability

# Eigenvalues are whole numbers up to this, in four dimensions.
LARGEST, DIMENSIONS = 1000, 4
# Descent from a start of length 2 has diverged if it is this far away; steps below the edge were never seen beyond 10.
FAR = 1000
# A root is on the unit circle, and not outside, up to this: double roots are known to the root of float64's rounding.
ON_CIRCLE = 1e-6

TRIAL = Trial(
    source="Cohen et al. 2021, arXiv 2103.00065, section on stability; derived in theory/modern/stability.py",
    bears_on=on("cohen-quadratic"),
    existence="found by training",
    switches={"loss": "quadratic, positive eigenvalues", "batch": "none", "precision": "exact fractions"},
)
CHECK = TRIAL.but(
    source="theory/modern/stability.py",
    bears_on=on("cohen-quadratic", role="control"),
    switches={"precision": "float64"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Momenta, steps over that of the edge, quadratics, and the number of updates."""

    momentum: list[float] = setting([0.0, 0.5, 0.9], low=0.0, high=0.999)
    relative_step: list[float] = setting([0.5, 0.9, 0.98, 1.0, 1.02, 1.1], low=0.001, high=1.9)
    draws: int = setting(10, low=1, high=10_000, counts="draw")
    steps: int = setting(400, low=2, high=100_000)


SMOKE = {
    "draws": 2,
}
FULL = {
    "relative_step": [0.5, 0.9, 0.98, 0.998, 1.0, 1.002, 1.02, 1.1],
    "draws": 100,
    "steps": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per quadratic: how far the last iterate is from the minimum, and the largest root for its sharpness."""
    rows = []
    columns = unit.cells["momentum"].tolist(), unit.cells["relative_step"].tolist(), unit.keys.tolist()
    for momentum, relative, key in zip(*columns, strict=True):
        drawn = np.random.default_rng(key).integers(1, LARGEST + 1, DIMENSIONS)
        eigenvalues, β = [Fraction(int(λ)) for λ in drawn], Fraction(str(momentum))
        step = Fraction(str(relative)) * stability.edge(max(eigenvalues), β)
        last = next(itertools.islice(stability.descent(step, β, eigenvalues), unit.settings.steps, None))
        rows.append(
            {
                "sharpness": int(drawn.max()),
                "diverged": any(abs(place) > FAR for place in last),
                "log_distance": max(_log10(place) for place in last),
                "radius": stability.spectral_radius(float(step), momentum, float(drawn.max())),
            }
        )
    return unit.cells.assign(**pd.DataFrame(rows, index=unit.cells.index), steps=unit.settings.steps)


def _log10(place: Fraction) -> float:
    """log10 of an absolute value, which may be beyond all floats; minus infinity for 0."""
    return math.log10(abs(place.numerator)) - math.log10(place.denominator) if place else -math.inf


def work(unit: Unit) -> Work:
    """Products of fractions, which become longer with every step."""
    return Work(0, len(unit.cells) * DIMENSIONS * 100.0 * unit.settings.steps**1.5)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every momentum whether all steps beyond the edge diverge, and no others; and what the roots say."""
    return [one(momentum, rows) for momentum, rows in table.groupby("momentum") for one in (_diverges, _roots)]


def _diverges(momentum: float, rows: pd.DataFrame) -> Verdict:
    beyond = rows["relative_step"] > 1
    agree = rows["diverged"] == beyond
    least = rows.loc[rows["diverged"], "relative_step"].min()
    how = (
        f"The least step that diverges, over 2 (1 + β) / sharpness. Diverged is what is further than {FAR} from the "
        f"minimum after {rows['steps'].max()} updates, from a start of length 2."
    )
    return TRIAL.verdict(
        f"diverges/{momentum:g}",
        "Gradient descent on a quadratic diverges if its sharpness is above 2 (1 + β) / η, and only then.",
        Measured.exactly(least, len(rows), how=how),
        holds_for_all("a quadratic diverges exactly where the step is above 2 (1 + β) / sharpness", agree),
        prediction="it diverges for relative steps > 1, and for no others",
        notes=f"the largest relative step without divergence is {rows.loc[~rows['diverged'], 'relative_step'].max():g}",
        finding="Of the steps that were tried, the least that diverges is {measured} times 2 (1 + β) / sharpness.",
        momentum=momentum,
        relative_step=rows["relative_step"],
        updates=rows["steps"],
    )


def _roots(momentum: float, rows: pd.DataFrame) -> Verdict:
    outside = rows["radius"] > 1 + ON_CIRCLE
    return CHECK.verdict(
        f"roots/{momentum:g}",
        "The characteristic polynomial has a root outside the unit circle where descent diverges, and nowhere else.",
        Measured.exactly(float((outside == rows["diverged"]).mean()), len(rows), how="The share of cases that agree."),
        holds_for_all("roots and iterates agree", outside == rows["diverged"]),
        prediction="share of cases that agree = 1",
        momentum=momentum,
        relative_step=rows["relative_step"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How far the last iterate is, against the step over that of the edge."""
    figure = new_figure(5.2, 3.2)
    (axes,) = figure.axes
    for i, (momentum, rows) in enumerate(table.groupby("momentum")):
        distance = rows.groupby("relative_step")["log_distance"].median()
        axes.plot(
            distance.index, distance, f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=f"momentum {momentum:g}"
        )
    axes.axvline(1.0, color="k", lw=0.7, ls="--")
    axes.set(xlabel="step η, over 2 (1 + β) / sharpness", ylabel="log10 of the last distance")
    legend_beside(figure)
    wrong = int((table["diverged"] != (table["relative_step"] > 1)).sum())
    title = f"{len(table) - wrong} of {len(table)} quadratics diverge exactly where the step is beyond the edge"
    caption = "Median distance of the last iterate from the minimum, from exact fractions. Dashed: the edge."
    return {"quadratic-stability": Drawing(figure, table, title, caption)}
