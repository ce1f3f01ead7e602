"""approximation.fixed-basis: units that are fixed before the target is known, in d dimensions, and Barron's theorem.

Barron 1993 proves two theorems. The best m units for a target have an error of at most 2 C / √m, for every d. But m
functions that are fixed before the target is known have, over all targets with the same C, a worst error of at least
about m^(-1/d). Random features are fixed before. Their worst error over cosines and sines of norm 1 is measured, on
points where these targets are exactly orthogonal. So the second theorem holds exactly for what is measured, with the
constant of theory/approximation/fixed_bases.py.
"""

import functools
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, decide, exhibits, holds_for_all
from experiments.judging.statistics import least_squares_slope, mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import features, fixed_bases
from theory.approximation.construction import CONSTRUCTIONS
from theory.approximation.space import profile
from theory.approximation.targets import barron_bound

# Ratios of errors are exact up to this.
ROUNDING = 1e-9
# The power of m in Barron's bound of the best units.
BARRON = -0.5
# The limit is looked at between lengths of these multiples of d, and may be missed by this margin there.
FAR, MARGIN = (64, 128), 0.01


FIXED = Trial(
    source="Barron 1993, IEEE Trans. Inf. Theory 39, his theorem on fixed bases (known here from the paper's "
    "abstract); derived with a constant in theory/approximation/fixed_bases.py",
    bears_on=on("brute-force-proof", role="variant") + on("barron-fixed"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear, fitted by least squares",
        "target": "cos(π<k, x>) / (π|k|_1) and the same of the sine, of Barron's norm 1",
        "norm": "root mean square over points of the cube where the targets are orthogonal",
    },
)
CHOSEN = FIXED.but(
    source="Barron 1993, IEEE Trans. Inf. Theory 39: his two theorems, compared",
    bears_on=on("universal-approximation", role="variant"),
)
SLOWER = FIXED.but(
    source=f"ours: {FIXED.source}",
    bears_on=on("brute-force-proof", role="variant") + on("barron-fixed", role="variant"),
    existence="drawn at random",
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is drawn: `draws` sets of units of each width, fitted on `points` points."""

    d: list[int] = setting([2, 4, 8], low=1, high=16, static=True)
    width: list[int] = setting([4, 8, 16, 32, 64], low=1, high=1000)
    activation: list[str] = setting(["rectifier", "tanh"], choices=("rectifier", "tanh", "logistic"), static=True)
    draws: int = setting(10, low=1, high=10_000, counts="draw")
    points: int = setting(4096, low=16, high=1_000_000)


SMOKE: dict = {}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per set of units: the worst error of their best fits to functions of norm 1, and its references.

    `floor` is a lower bound for all fixed units, `cosines` the worst error with the functions themselves as units.
    `adaptive` is guaranteed for units with weights along the direction of the function.
    """
    d, activation, settings = unit.static("d"), unit.static("activation"), unit.settings
    length = max(fixed_bases.floor(d, width).length for width in settings.width)
    k = fixed_bases.frequencies(d, length)
    x = fixed_bases.lattice(k, settings.points, random_generator(unit.seed, "lattice", d))
    y = fixed_bases.functions(k, x)
    rows = []
    for cell in unit.cells.to_dict("records"):
        width, rng = cell["width"], random_generator(unit.seed, "fixed units", cell)
        layers = features.random_units(rng.normal(size=(width, d)), x, activation, rng)
        worst = fixed_bases.distances(features.hidden_outputs(layers, x, activation)[-1], y).max()
        facts = {"floor": fixed_bases.floor(d, width).error, "cosines": fixed_bases.of_cosines(d, width)}
        rows.append({"worst": float(worst), **facts, "adaptive": adaptive(width, length)})
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1).assign(length=length, points=settings.points)


def adaptive(width: int, length: int) -> float:
    """The worst guaranteed error over these functions of m rectifiers that look along the function's direction.

    Along <k, x> a function is a cosine on a line, which a broken line approximates. The constant 0 is used if it is
    better.
    """
    bound = CONSTRUCTIONS["interpolant"].bound
    return max(min(bound(profile(pi * one), width), sqrt(1 / 2)) / (pi * one) for one in range(1, length + 1))


def work(unit: Unit) -> Work:
    """A decomposition of the units for every cell, and its product with every function."""
    width = unit.cells["width"].to_numpy(float)
    return Work(0, float((4 * unit.settings.points * width * (width + 500)).sum()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each d: the floor of all fixed units, its limit, units chosen for the target, and random features."""
    verdicts = []
    for d, rows in table.groupby("d"):
        verdicts += [_floor(int(d), rows), _limit(int(d)), _chosen(int(d), rows)]
        if d > 2:
            verdicts += [_slower(int(d), str(name), mine) for name, mine in rows.groupby("activation")]
    return verdicts


def slopes(rows: pd.DataFrame, column: str = "worst") -> np.ndarray:
    """Slope of log error on log width, for every draw of one activation."""
    errors = rows.pivot(index="draw", columns="width", values=column)
    return least_squares_slope(np.log2(errors.columns.to_numpy(float)), np.log2(errors.to_numpy(float)))


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": rows["activation"],
        "weights": "drawn before the target is known",
        "d": int(rows["d"].iloc[0]),
        "length": f"|k|_1 <= {rows['length'].iloc[0]}",
        "points": int(rows["points"].iloc[0]),
    }


def _floor(d: int, rows: pd.DataFrame) -> Verdict:
    ratio = rows["worst"] / rows["floor"]
    found = ", ".join(f"{name} {slopes(mine).mean():.2f}" for name, mine in rows.groupby("activation"))
    of_floor = slopes(rows[rows["activation"] == rows["activation"].iloc[0]], "floor").mean()
    how = (
        "A proof covers all units. Random features, fitted on points where the proof holds exactly, only try to refute "
        "it. Measured is the least of worst error / E(m); the interval goes to the largest."
    )
    return FIXED.verdict(
        f"floor/d={d}",
        "Every m functions that are fixed before have an error of at least E(m), a known floor, for some target of "
        f"norm 1: d = {d}.",
        Measured.exactly(ratio.min(), len(rows), ratio.min(), ratio.max(), how),
        holds_for_all("no set of them has a worst error below E(m)", ratio >= 1 - ROUNDING),
        prediction="least of worst error / E(m) >= 1",
        notes=f"mean slopes of log error on log m over the widths: {found}; slope of E(m) {of_floor:.2f}, in the limit "
        f"{-1 / d:.3g}",
        **_switches(rows),
    )


@functools.cache
def limit(d: int) -> tuple[float, float]:
    """Slopes of log error on log m at large m: of E(m), and of the worst error if the functions are the basis."""
    units = np.array([fixed_bases.vectors(d, far * d) // 2 for far in FAR], float)
    found = [
        [of(d, fixed_bases.vectors(d, far * d) // 2) for far in FAR]
        for of in (lambda *size: fixed_bases.floor(*size).error, fixed_bases.of_cosines)
    ]
    of_floor, of_cosines = (float(np.diff(np.log(errors))[0] / np.diff(np.log(units))[0]) for errors in found)
    return of_floor, of_cosines


def _limit(d: int) -> Verdict:
    ends = limit(d)
    how = (
        "Two slopes by formula: that of E(m), the lower bound for all m functions, and that of the worst error if the "
        f"first m of these functions are the basis. m goes from the number of functions with |k|_1 up to {FAR[0] * d} "
        f"to the number with |k|_1 up to {FAR[1] * d}, both counted exactly."
    )
    return FIXED.verdict(
        f"limit/d={d}",
        f"The best m functions that are fixed before have an error of about m^(-1/{d}) for the worst target of norm 1.",
        Measured.exactly(ends[0], len(FAR), min(ends), max(ends), how),
        Rule(
            f"Supported if both are within {MARGIN:g} of -1/{d}, contradicted if neither is, else inconclusive.",
            lambda _: decide(
                all(abs(end + 1 / d) <= MARGIN for end in ends), all(abs(end + 1 / d) > MARGIN for end in ends)
            ),
        ),
        prediction=f"slope of log error on log m = {-1 / d:g}, within {MARGIN:g}",
        d=d,
    )


def _chosen(d: int, rows: pd.DataFrame) -> Verdict:
    facts = rows.groupby("width")[["adaptive", "floor", "worst"]].min()
    last, width = facts.iloc[-1], facts.index.max()
    ratio = float(last["adaptive"] / last["floor"])
    bound = float(barron_bound(np.ones(1), np.array([max(width // 2, 1)]))[0])
    how = (
        "At the largest width: the worst guaranteed error over the targets, each with its own units, divided by E(m), "
        "the proved lower bound."
    )
    return CHOSEN.verdict(
        f"chosen/d={d}",
        "Each of these targets has m units of its own with a smaller error than the worst error of any m functions "
        f"that are fixed before: d = {d}.",
        Measured.exactly(ratio, len(facts), how=how),
        exhibits("it is below 1", ratio < 1),
        prediction=f"worst error of chosen units / E(m) < 1 at m = {width}",
        notes=f"the guaranteed error of chosen units is {last['adaptive']:.3g}; the least worst error of random "
        f"features, which are the same for all targets, is {last['worst']:.3g}; Barron's own bound, 2 / √m, is "
        f"{bound:.3g} at this width, more than the error of a constant: it says something only at larger widths",
        **_switches(rows) | {"weights": "rectifiers that look along k, with the error of the broken line"},
    )


def _slower(d: int, activation: str, rows: pd.DataFrame) -> Verdict:
    of_draws = slopes(rows)
    how = (
        f"A least-squares slope over all widths for every draw of units; the mean slope has Student's {percent()} "
        "interval over draws."
    )
    return SLOWER.verdict(
        f"slower/d={d}/{activation}",
        "With units drawn before the target is known, the worst error over targets of norm 1 falls slower than m^-1/2: "
        f"d = {d}, {activation}.",
        Measured(lambda α: mean_interval(of_draws, α), rows["draw"].nunique(), how=how),
        above(BARRON),
        prediction=f"slope of log error on log m > {BARRON:g}",
        notes=f"the power for the best units is {BARRON:g}; for fixed units the theorem says {-1 / d:.3g} in the "
        "limit, and nothing about these widths",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Worst error against width, a panel for each d: units fixed before, and units chosen for the target."""
    dimensions = sorted(table["d"].unique())
    figure, axes_of = panels(dimensions, height=2.9, beside=2.0)
    numbers = []
    for d, axes in axes_of.items():
        mine = table[table["d"] == d]
        lines = mine.groupby("width")[["floor", "cosines", "adaptive"]].first()
        for (column, line), label in zip(
            {"floor": "k-", "cosines": "k--", "adaptive": "k:"}.items(),
            ("E(m), no fixed units are below", "cosines and sines", "chosen for the target"),
            strict=True,
        ):
            axes.plot(lines.index, lines[column], line, lw=0.9, label=label)
        numbers.append(lines.reset_index().melt("width", var_name="line", value_name="error").assign(d=d))
        for i, (activation, rows) in enumerate(mine.groupby("activation")):
            found = rows.groupby("width")["worst"].agg(["mean", "min", "max"]).reset_index()
            style: dict[str, Any] = {"color": COLOURS[i], "ms": 3.5, "lw": 1}
            axes.plot(found["width"], found["mean"], f"{MARKERS[i]}-", label=f"random {activation} units", **style)
            axes.fill_between(found["width"], found["min"], found["max"], color=COLOURS[i], alpha=0.2, linewidth=0)
            renamed = found.rename(columns={"mean": "error", "min": "low", "max": "high"})
            numbers.append(renamed.assign(d=d, line=f"random {activation} units"))
        logarithmic_ticks(axes, lines.index)
        axes.set_yscale("log")
        axes.set_title(f"d = {d}", fontsize=9)
    label_outside(figure, "m, hidden units", "worst error over targets of norm 1")
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    hardest = every[(every["d"] == every["d"].max()) & (every["width"] == every["width"].max())]
    worst = hardest.groupby("line")["error"].min()
    title = (
        f"In {hardest['d'].max()} dimensions {hardest['width'].max()} fixed units err by {worst['floor']:.2g}, "
        f"chosen ones by {worst['adaptive']:.2g}"
    )
    caption = (
        "Worst error over targets of norm 1: the floor for any fixed units, drawn ones, and units chosen for the "
        "target."
    )
    return {"fixed-basis-worst-error": Drawing(figure, every, title, caption)}
