"""approximation.fixed-basis: units that are fixed before the target is known, in d dimensions, and Barron's theorem.

Barron 1993 proves two things: that the best m units for a target err by at most 2 C / √m, whatever d is, and that no m
functions that are fixed before do better than about m^(-1/d) for all targets with the same C. Random features are fixed
before. Their worst error over cosines and sines of norm 1 is measured, on points where these are exactly orthogonal, so
that the proof of the second theorem holds for what is measured, with its constant: theory/approximation/fixed_bases.py.
"""

import functools
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, label_outside, logarithmic_ticks, new_figure
from experiments.judging.flat import Verdict, decide
from experiments.judging.statistics import least_squares_slope, mean_interval, percent
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.approximation import features, fixed_bases
from theory.approximation.construction import CONSTRUCTIONS
from theory.approximation.space import profile
from theory.approximation.targets import barron_bound

ROUNDING = 1e-9
BARRON = -0.5
# The limit is looked at between lengths of so many times d, and may be missed by so much there.
FAR, MARGIN = (64, 128), 0.01
SOURCE = (
    "Barron 1993, IEEE Trans. Inf. Theory 39, his theorem on fixed bases (known here from the paper's abstract); "
    "derived with a constant in theory/approximation/fixed_bases.py"
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is drawn: `draws` sets of units of each width, fitted on so many `points`."""

    d: list[int] = setting([2, 4, 8], low=1, high=16, static=True)
    width: list[int] = setting([4, 8, 16, 32, 64], low=1, high=1000)
    activation: list[str] = setting(["rectifier", "tanh"], choices=("rectifier", "tanh", "logistic"), static=True)
    draws: int = setting(10, low=1, high=10_000, counts="draw")
    points: int = setting(4096, low=16, high=1_000_000)


SMOKE: dict = {}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row a set of units: the worst error of their best fits to functions of norm 1, and what it is held against.

    `floor` is what no fixed units are below, `cosines` what the functions themselves reach as units; `adaptive` what is
    guaranteed for units that look along the direction of the function.
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
    """The worst guaranteed error over these functions of so many rectifiers that look along the function's direction.

    Along <k, x> a function is a cosine on a line, which a broken line meets; or the constant 0 is taken.
    """
    bound = CONSTRUCTIONS["interpolant"].bound
    return max(min(bound(profile(pi * one), width), sqrt(1 / 2)) / (pi * one) for one in range(1, length + 1))


def work(unit: Unit) -> Work:
    """A decomposition of the units for every cell, and its product with every function."""
    width = unit.cells["width"].to_numpy(float)
    return Work(0, float((4 * unit.settings.points * width * (width + 500)).sum()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each d what no fixed units are below, and how that falls in the limit; then how random features fall."""
    verdicts = []
    for d, rows in table.groupby("d"):
        verdicts += [_floor(int(d), rows), _limit(int(d)), _chosen(int(d), rows)]
        if d > 2:
            verdicts += [_slower(int(d), str(name), mine) for name, mine in rows.groupby("activation")]
    return verdicts


def _hypotheses(rows: pd.DataFrame) -> str:
    return (
        f"one hidden layer of {' or '.join(rows['activation'].unique())} units with biases, drawn before the target is "
        f"known, and an output layer fitted by least squares; d = {rows['d'].iloc[0]}; targets cos(π<k, x>) / (π|k|_1) "
        f"and the same of the sine, |k|_1 <= {rows['length'].iloc[0]}, of Barron's norm 1; root mean square error on "
        f"{rows['points'].iloc[0]:,} points of the cube where they are orthogonal"
    )


def slopes(rows: pd.DataFrame, column: str = "worst") -> np.ndarray:
    """For every draw of one activation the slope of log error on log width."""
    errors = rows.pivot(index="draw", columns="width", values=column)
    return least_squares_slope(np.log2(errors.columns.to_numpy(float)), np.log2(errors.to_numpy(float)))


def _floor(d: int, rows: pd.DataFrame) -> Verdict:
    ratio = rows["worst"] / rows["floor"]
    found = ", ".join(f"{name} {slopes(mine).mean():.2f}" for name, mine in rows.groupby("activation"))
    of_floor = slopes(rows[rows["activation"] == rows["activation"].iloc[0]], "floor").mean()
    return Verdict(
        claim=f"approximation.fixed-basis/floor/d={d}",
        statement=f"Whatever m functions are fixed before, some target of norm 1 is missed by E(m) or more: d = {d}.",
        source=SOURCE,
        hypotheses=_hypotheses(rows),
        existence="representable",
        prediction="least of worst error / E(m) >= 1",
        measured=float(ratio.min()),
        low=float(ratio.min()),
        high=float(ratio.max()),
        samples=len(rows),
        evidence="exact",
        rule="Proved; random features, fitted on points where the proof holds exactly, can only try to refute it. "
        "Supported if no set of them has a worst error below E(m), contradicted if one has, which would mean an error "
        f"of the proof or of this program. Mean slopes of log error on log m over the widths: {found}; of E(m) "
        f"{of_floor:.2f}, in the limit {-1 / d:.3g}.",
        verdict=decide(bool((ratio >= 1 - ROUNDING).all()), bool((ratio < 1 - ROUNDING).any())),
    )


@functools.cache
def limit(d: int) -> tuple[float, float]:
    """Slopes of log error on log m far out: of E(m), and of the worst error with the functions themselves as basis."""
    units = np.array([fixed_bases.vectors(d, far * d) // 2 for far in FAR], float)
    found = [
        [of(d, fixed_bases.vectors(d, far * d) // 2) for far in FAR]
        for of in (lambda *size: fixed_bases.floor(*size).error, fixed_bases.of_cosines)
    ]
    of_floor, of_cosines = (float(np.diff(np.log(errors))[0] / np.diff(np.log(units))[0]) for errors in found)
    return of_floor, of_cosines


def _limit(d: int) -> Verdict:
    ends = limit(d)
    return Verdict(
        claim=f"approximation.fixed-basis/limit/d={d}",
        statement=f"The best m functions that are fixed before err by about m^(-1/{d}) for the worst target of norm 1.",
        source=SOURCE,
        hypotheses=f"cosines and sines of norm 1 on [-1, 1]^{d}; E(m), which no m functions are below, and the worst "
        f"error if the first m of these functions are the basis; between numbers of functions with |k|_1 up to "
        f"{FAR[0] * d} and {FAR[1] * d}, counted exactly",
        existence="representable",
        prediction=f"slope of log error on log m = {-1 / d:g}, within {MARGIN:g}",
        measured=ends[0],
        low=min(ends),
        high=max(ends),
        samples=len(FAR),
        evidence="exact",
        rule=f"Both slopes, by formula. Supported if both are within {MARGIN:g} of -1/{d}, contradicted if both are "
        "not, else inconclusive.",
        verdict=decide(all(abs(end + 1 / d) <= MARGIN for end in ends), all(abs(end + 1 / d) > MARGIN for end in ends)),
    )


def _chosen(d: int, rows: pd.DataFrame) -> Verdict:
    facts = rows.groupby("width")[["adaptive", "floor", "worst"]].min()
    last = facts.iloc[-1]
    ratio = float(last["adaptive"] / last["floor"])
    bound = float(barron_bound(np.ones(1), np.array([max(facts.index.max() // 2, 1)]))[0])
    return Verdict(
        claim=f"approximation.fixed-basis/chosen/d={d}",
        statement="For each of these targets there are m units with a smaller error than any that are fixed before "
        f"have for the worst of them: d = {d}.",
        source="Barron 1993, IEEE Trans. Inf. Theory 39: his two theorems, held against each other",
        hypotheses=f"{_hypotheses(rows)}; chosen: rectifiers that look along k, with the guaranteed error of the "
        "broken line",
        existence="representable",
        prediction=f"worst error of chosen units / E(m) < 1 at m = {facts.index.max()}",
        measured=ratio,
        low=ratio,
        high=ratio,
        samples=len(facts),
        evidence="exact",
        rule="At the largest width the worst guaranteed error over the targets, each with units of its own, over E(m), "
        "which is proved. Supported if it is below 1; else inconclusive, because other units may be better. Chosen "
        f"units are guaranteed {last['adaptive']:.3g}; random features, the same for all targets, have at least "
        f"{last['worst']:.3g}. Barron's own bound, 2 / √m, is {bound:.3g} there, more than a constant's error: what it "
        "guarantees begins at larger widths.",
        verdict=decide(ratio < 1, False),
    )


def _slower(d: int, activation: str, rows: pd.DataFrame) -> Verdict:
    slope, low, high = mean_interval(slopes(rows))
    return Verdict(
        claim=f"approximation.fixed-basis/slower/d={d}/{activation}",
        statement="With units drawn before the target is known the worst error over targets of norm 1 falls slower "
        f"than m^-1/2: d = {d}, {activation}.",
        source=f"ours: {SOURCE}",
        hypotheses=_hypotheses(rows),
        existence="drawn at random",
        prediction=f"slope of log error on log m > {BARRON:g}",
        measured=slope,
        low=low,
        high=high,
        samples=rows["draw"].nunique(),
        evidence="statistical",
        rule=f"For every draw of units of all widths a least-squares slope; the mean slope with Student's {percent()} "
        f"interval over draws. Supported if it lies above {BARRON:g}, the power of the best units, contradicted if "
        f"below, else inconclusive. In the limit the theorem says {-1 / d:.3g}, which is no statement about these "
        "widths.",
        verdict=decide(low > BARRON, high < BARRON),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Worst error against width, a panel for each d: what is fixed before, and what is chosen for the target."""
    dimensions = sorted(table["d"].unique())
    figure = new_figure(2.4 * len(dimensions) + 2.0, 3.2, columns=len(dimensions))
    numbers = []
    for axes, d in zip(figure.axes, dimensions, strict=True):
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
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return {"fixed-basis-worst-error": Drawing(figure, pd.concat(numbers, ignore_index=True))}
