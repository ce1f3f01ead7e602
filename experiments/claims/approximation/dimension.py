"""approximation.dimension: the width needed for a fixed relative error, against the dimension of the input.

Targets with a bounded Barron norm need a width that does not grow exponentially; merely Lipschitz ones, here a pyramid
of random sign in every orthant, have as many independent pieces as there are orthants. Three ways to m units are those
of approximation.rate. A fourth is counted, not built: the brute-force proof, which guarantees that error everywhere.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation import rate
from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.measuring.growth import RULE, SLOW, Growth, growth
from experiments.measuring.neurons_needed import needed
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.verdict import Verdict, decide
from theory.approximation import counting, targets
from theory.approximation.construction import CONSTRUCTIONS

STATIC = rate.STATIC
# In one dimension constants count for more than growth.
FIRST_D = 2
LIPSCHITZ = "pyramids"
PROOF = "proof_width"
WAYS = rate.WAYS | {PROOF: "brute-force proof"}
# The construction on a line that the proof uses; a tanh unit is a logistic one, stretched.
CONSTRUCTION = {"rectifier": "interpolant", "tanh": "steps"}
WORDS = {"ridges": "three cosines need", "gaussian": "a Gaussian needs", LIPSCHITZ: "pyramids of random sign need"}
MEASURED_RULE = (
    "that at which the median error over restarts, at the best learning rate of each width, falls to the level, a "
    "power law between two widths; where it is not reached, the largest width, a bound from below, and larger d do not "
    "count; slow growth does not follow from it. Nor do d count in which the smallest width is enough for some target. "
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how, see `rate.Settings`; `relative_error` is the error over the target's deviation."""

    family: list[str] = setting(["ridges", "gaussian", LIPSCHITZ], choices=("ridges", "gaussian", LIPSCHITZ))
    d: list[int] = setting([1, 2, 3, 4, 5, 8], low=1, high=16)
    width: list[int] = setting([2, 4, 8, 16, 32, 64, 256, 1024], low=2, high=4000)
    activation: list[str] = setting(["rectifier"], choices=tuple(rate.UNITS))
    input_scale: list[float] = setting([1.0], low=0.001, high=1000.0)
    learning_rate: list[float] = setting([0.01, 0.03], low=1e-9, high=1000.0)
    functions: int = setting(2, low=1, high=1000, counts="function")
    restarts: int = setting(low=1, high=100_000, counts="restart")
    relative_error: float = setting(0.5, low=0.001, high=0.999)
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(128, low=0, high=65_536)
    steps: int = setting(1000, low=1, high=100_000_000)
    points: int = setting(8192, low=100, high=10_000_000)
    where: str = setting(
        f"(d > 1 or width <= 16) and (d <= 5 or family != '{LIPSCHITZ}') and "
        f"(width <= 256 or d >= 4 and family == '{LIPSCHITZ}')"
    )


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `rate.measure`, with the relative error that is asked for.

    `proof_width` is the number of units for which the brute-force proof guarantees that error, in the sup norm.
    """
    names, level = [unit.static(axis) for axis in ("family", "d", "activation")], unit.settings.relative_error
    proof = {number: proof_width(unit.seed, *names, number, level) for number in set(unit.cells["function"].tolist())}
    rows = rate.measure(unit)
    return rows.assign(relative_error=level, proof_width=rows["function"].map(proof))


@functools.cache
def proof_width(seed: int, family: str, d: int, activation: str, function: int, level: float) -> float:
    """Units that the proof needs for a numbered target of a run, the same that is trained."""
    target = targets.FAMILIES[family](d, random_generator(seed, "target", family, d, function))
    kind = CONSTRUCTIONS[CONSTRUCTION[activation]]
    return float(counting.needed_by(target, d, kind, level * target.deviation).neurons)


def work(unit: Unit) -> Work:
    """As for the rate."""
    return rate.work(unit)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, its output layer fitted."""
    return rate.rebuild(unit, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether training did no better than random features."""
    return rate.is_stuck(table)


def widths_needed(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """For every d and target of one family and activation the width needed in one of the ways.

    Returns:
        Columns d, function, width, reached, at_once. What is not reached counts as the largest width tried, and
        dimensions after the first in which some target is not reached are left out. `at_once` says that the smallest
        width is enough, and a smaller one might be.
    """
    if column == PROOF:
        known = rows.groupby(["d", "function"])[PROOF].first().rename("width").reset_index()
        return known.assign(reached=True, at_once=False)
    found = []
    for d, mine in rows.groupby("d"):
        curves = rate.curves(mine, column)
        widths = curves.apply(needed, axis=1, level=float(rows["relative_error"].iloc[0]))
        filled = widths.fillna(mine["width"].max()).to_numpy(float)
        reached = widths.notna().to_numpy()
        found.append(pd.DataFrame({"d": d, "function": curves.index, "width": filled, "reached": reached}))
        if not reached.all():
            break
    table = pd.concat(found, ignore_index=True)
    return table.assign(at_once=table["width"] <= rows["width"].min())


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str], str, pd.DataFrame]]:
    """The rows of every family and activation, once for each way that was measured."""
    for names, rows in table.groupby(["family", "activation"]):
        for column in WAYS:
            if rows[column].notna().all():
                yield names, column, rows


def growth_of(widths: pd.DataFrame) -> Growth:
    """The law of the widths that were needed; one dimension, and those in which any width was enough, do not count."""
    too_easy = widths["d"].isin(widths.loc[widths["at_once"], "d"])
    judged = widths[(widths["d"] >= FIRST_D) & ~too_easy]
    return growth(judged["d"].to_numpy(float), judged["width"].to_numpy(float), bool(judged["reached"].all()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family, activation and way: by which law the width grows."""
    return [_verdict(*one) for one in series(table)]


def _verdict(names: tuple[str, str], column: str, rows: pd.DataFrame) -> Verdict:
    (family, activation), way = names, WAYS[column]
    widths = widths_needed(rows, column)
    found, lipschitz, level = growth_of(widths), family == LIPSCHITZ, rows["relative_error"].iloc[0]
    measured, low, high = found.rate if lipschitz else found.power
    fast, slow = found.law == "exponential", found.law in SLOW
    return Verdict(
        claim=f"approximation.dimension/{family}/{activation}/{way.replace(' ', '-')}",
        statement=f"The width that {WORDS[family]} in d dimensions for a relative error of {level:g} "
        + (f"grows exponentially: {way}." if lipschitz else f"grows no faster than a power of d: {way}."),
        source="UML Thm 20.5, there for the largest error of all Lipschitz functions" if lipschitz else rate.SOURCE,
        hypotheses=f"{_hypotheses(rows, column)}; width needed: {_medians(widths)}; growth {found.words()}",
        existence="representable" if column in ("construction_error", PROOF) else "found by training",
        prediction="exponential growth; bits per dimension" if lipschitz else "polynomial growth at most; power of d",
        measured=measured,
        low=low,
        high=high,
        samples=len(widths) if column == PROOF else len(rows),
        evidence="statistical",
        rule=f"Widths for each d >= {FIRST_D} and target: "
        + ("the guaranteed ones. " if column == PROOF else MEASURED_RULE)
        + f"Growth is {RULE}. "
        f"{'Supported' if lipschitz else 'Contradicted'} if exponential, "
        f"{'contradicted' if lipschitz else 'supported'} if {', '.join(SLOW)}, else inconclusive.",
        verdict=decide(fast, slow) if lipschitz else decide(slow, fast),
    )


def _medians(widths: pd.DataFrame) -> str:
    return ", ".join(
        f"{'' if mine['reached'].all() else '> '}{mine['width'].median():.3g} at d = {d}"
        for d, mine in widths.groupby("d")
    )


def _hypotheses(rows: pd.DataFrame, column: str) -> str:
    common = (
        f"one hidden layer of {rows['activation'].iloc[0]} units with biases, linear output; "
        f"{rows['function'].nunique()} targets for each d on [-1, 1]^d, see theory/approximation/targets.py"
    )
    if column == PROOF:
        return f"{common}; error: the largest, guaranteed, see theory/approximation/counting.py"
    rates = ", ".join(f"{value:g}" for value in sorted(rows["learning_rate"].unique()))
    return (
        f"{common}; output fitted by least squares to {int(rows['points'].iloc[0]):,} points; error: root mean square "
        f"on as many fresh ones; widths {rows['width'].min()} to {rows['width'].max()}; training: "
        f"{rows['steps'].max():,} updates, best of the learning rates {rates}"
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Width needed against dimension, a panel for each family; those of the proof, far above, have one of their own."""
    families = [family for family in targets.FAMILIES if family in set(table["family"])]
    figure = new_figure(2.3 * (len(families) + 1) + 1.7, 3.2, columns=len(families) + 1)
    numbers = []
    for (family, activation), column, rows in series(table):
        place = len(families) if column == PROOF else families.index(family)
        i = families.index(family) + len(rate.WAYS) if column == PROOF else list(WAYS).index(column)
        label = f"brute force, {family}" if column == PROOF else WAYS[column]
        mine = _summary(widths_needed(rows, column))
        _draw_curve(figure.axes[place], mine, i, label)
        numbers.append(mine.assign(family=family, activation=activation, way=WAYS[column]))
    d = np.array(sorted(table["d"].unique()))
    for axes, title in zip(figure.axes, (*families, "brute-force proof"), strict=True):
        labels = ("2^d", "d²") if axes is figure.axes[-1] else ("", "")
        axes.plot(d, 2.0**d, "k--", lw=0.8, label=labels[0])
        axes.plot(d, d**2.0, "k:", lw=0.8, label=labels[1])
        axes.set(xlabel="d, dimensions", xticks=d)
        axes.set_yscale("log", base=2)
        axes.set_title(title)
    figure.axes[0].set_ylabel(f"width for a relative error of {table['relative_error'].iloc[0]:g}")
    handles = {
        label: handle for axes in figure.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", fontsize=8)
    return {"dimension-width": Drawing(figure, pd.concat(numbers, ignore_index=True))}


def _summary(widths: pd.DataFrame) -> pd.DataFrame:
    """For each d the median over targets, the extremes, and whether all were reached."""
    columns: dict[str, Any] = {"width": ("width", "median"), "low": ("width", "min"), "high": ("width", "max")}
    return widths.groupby("d").agg(**columns, reached=("reached", "all")).reset_index()


def _draw_curve(axes: Any, mine: pd.DataFrame, i: int, label: str) -> None:
    """A curve over d, in the i-th colour; a hollow triangle where the width was not reached and is more than that."""
    axes.plot(mine["d"], mine["width"], color=COLOURS[i], marker=MARKERS[i], ms=4, lw=1, label=label)
    axes.fill_between(mine["d"], mine["low"], mine["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
    beyond = mine[~mine["reached"]]
    axes.plot(beyond["d"], beyond["width"], "^", color=COLOURS[i], ms=9, mfc="none")
