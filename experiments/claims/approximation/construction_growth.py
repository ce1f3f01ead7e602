"""approximation.construction-growth: hidden units that the proof needs for a given error, against the dimension d.

Units are counted from the guaranteed bound, see theory/approximation/counting.py; the networks are too large to build.
The steepness of the functions matters. `lipschitz` functions, |f(x) - f(y)| <= |x - y|, may change by the diagonal of
the cube, which grows with d. `scaled` functions, |f(x) - f(y)| <= |x - y| / √d, change no more in many dimensions than
in one. `ridges` are a contrast: a Lipschitz function that is the mean of three cosines along known directions, so that
the proof needs only these three.
"""

from dataclasses import dataclass
from math import log2, sqrt
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation import counting, space
from theory.approximation.construction import CONSTRUCTIONS
from theory.approximation.targets import RIDGE_LENGTHS

TARGETS = ("lipschitz", "scaled", "ridges")
# Targets as they are named in statements.
WORDS = {
    "lipschitz": "every function with |f(x) - f(y)| <= |x - y|",
    "scaled": "every function with |f(x) - f(y)| <= |x - y| / √d",
    "ridges": "a mean of three cosines along known directions, |w| <= 1",
}


TRIAL = Trial(
    source="the post, ch. II: the proof is brute force, and its hidden layer exponentially wide",
    bears_on=on("brute-force-proof"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "norm": "largest error, guaranteed by this proof",
        "inputs": "[-1, 1]^d",
    },
)
# The contrast: targets that need few ridges.
FEW = TRIAL.but(bears_on=on("brute-force-proof", "against", "variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is counted; `error` is the guaranteed error in the sup norm, for functions with |f| <= 1."""

    target: list[str] = setting(list(TARGETS), choices=TARGETS)
    construction: list[str] = setting(list(CONSTRUCTIONS), choices=tuple(CONSTRUCTIONS))
    d: list[int] = setting(list(range(1, 17)), low=1, high=64)
    error: list[float] = setting([0.5, 0.1], low=0.001, high=1.0)


SMOKE = {
    "d": [1, 2, 4],
    "error": [0.5],
}
FULL = {
    "error": [0.5, 0.2, 0.1, 0.05],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per count: ridge cosines and neurons as text of exact integers, and log2 of the neurons."""
    rows = []
    for cell in unit.cells.to_dict("records"):
        count = counted(**cell)
        # A 64-bit integer is too small for these numbers, so they are text.
        exact = {"order": count.order, "ridges_needed": str(count.ridges), "neurons": str(count.neurons)}
        rows.append(exact | {"log2_neurons": log2(count.neurons)})
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def counted(target: str, construction: str, d: int, error: float) -> counting.Count:
    """Order, ridge cosines and neurons of a network of the proof; order 0 means that there is no mean."""
    kind = CONSTRUCTIONS[construction]
    if target == "ridges":
        # For |w| <= 1, |w|_1 is at most √d.
        units = kind.needed(space.profile(sqrt(d)), error)
        return counting.Count(0, len(RIDGE_LENGTHS), len(RIDGE_LENGTHS) * units)
    steepness = 1.0 if target == "lipschitz" else 1 / sqrt(d)
    return counting.needed(
        lambda distance: steepness * distance, lambda order: counting.of_any_function(order, d, 1.0), d, kind, error
    )


def work(unit: Unit) -> Work:
    """For each order that is tried, one power of a polynomial of d / ε coefficients."""
    d = unit.cells["d"].to_numpy(float)
    return Work(0, float((1e5 * d**2 / unit.cells["error"].to_numpy(float)).sum()))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each kind of function and construction: how fast the width grows with the dimension."""
    return [
        _growth(str(target), str(construction), rows.sort_values(["error", "d"]))
        for (target, construction), rows in table.groupby(["target", "construction"])
    ]


def doublings(rows: pd.DataFrame) -> pd.Series:
    """For every error and every d but the first: the growth of log2(width) per dimension since the last d."""
    steps = rows.groupby("error")[["log2_neurons", "d"]].diff()
    return (steps["log2_neurons"] / steps["d"]).dropna()


def powers(rows: pd.DataFrame) -> pd.Series:
    """For every error: the slope of log2(width) on log2(d) from the first d to the last."""
    ends = rows.groupby("error").agg(["first", "last"])
    growth = ends["log2_neurons"]["last"] - ends["log2_neurons"]["first"]
    return growth / np.log2(ends["d"]["last"] / ends["d"]["first"])


def _growth(target: str, construction: str, rows: pd.DataFrame) -> Verdict:
    exponential = target != "ridges"
    values = doublings(rows) if exponential else powers(rows)
    largest = rows[rows["d"] == rows["d"].max()]
    sizes = ", ".join(f"2^{row.log2_neurons:.1f} for an error of {row.error:g}" for row in largest.itertuples())
    facts: dict[str, Any] = {
        "notes": f"other networks may need fewer units than this proof; at d = {rows['d'].max()}: {sizes}",
        "activation": CONSTRUCTIONS[construction].activation,
        "target": f"{WORDS[target]}, |f| <= 1",
        "d": f"{rows['d'].min()} to {rows['d'].max()}",
        "error": rows["error"],
    }
    # The least growth counts if growth has to be fast, the largest if it has to be slow.
    measured = (values.min() if exponential else values.max()) if len(values) else np.nan
    low, high = (values.min(), values.max()) if len(values) else (np.nan, np.nan)
    if exponential:
        return TRIAL.verdict(
            f"{target}/{construction}",
            f"The width that the proof needs grows exponentially with d, for {WORDS[target]}.",
            Measured.exactly(measured, len(rows), low, high, how="The least growth over all dimensions and errors."),
            Rule(
                "Supported if the least growth is at least 1: the guaranteed width at least doubles with every "
                "dimension. Contradicted if it is less than 1. Inconclusive if there is one d only.",
                lambda m: decide(m.value >= 1, m.value < 1),
            ),
            finding=f"The network of the proof needs at least {2**measured:.0f} times as many units for each further "
            "dimension.",
            prediction="growth of log2(width) per dimension >= 1",
            **facts,
        )
    return FEW.verdict(
        f"{target}/{construction}",
        f"The width that the proof needs grows no faster than the dimension d, for {WORDS[target]}.",
        Measured.exactly(measured, len(rows), low, high, how="The largest power of d, from the first d to the last."),
        Rule(
            "Supported if the largest power is at most 1, contradicted if it is more, inconclusive if there is one d "
            "only.",
            lambda m: decide(m.value <= 1, m.value > 1),
        ),
        prediction="growth of log2(width) per doubling of d <= 1",
        **facts,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Guaranteed width against dimension, a panel for each construction."""
    constructions = [construction for construction in CONSTRUCTIONS if construction in set(table["construction"])]
    figure, axes_of = panels(constructions, width=3.0, beside=2.2)
    errors = sorted(table["error"].unique(), reverse=True)
    for construction, axes in axes_of.items():
        for (target, error), rows in table[table["construction"] == construction].groupby(["target", "error"]):
            i, rows = TARGETS.index(str(target)), rows.sort_values("d", kind="stable")
            filled = COLOURS[i] if error == errors[0] else "w"
            style: dict[str, Any] = {"color": COLOURS[i], "ms": 3, "lw": 1, "mfc": filled}
            label = f"{target}, error {error:g}"
            axes.plot(rows["d"], rows["log2_neurons"], f"{MARKERS[i]}-", label=label, **style)
        d = np.array(sorted(table["d"].unique()))
        axes.plot(d, d, "k--", lw=0.8, label="2^d")
        axes.set_xticks(np.unique(np.append(d[0], d[d % 4 == 0])))
        axes.set_title(f"{construction}, {CONSTRUCTIONS[construction].activation} units")
    label_outside(figure, "d, dimensions", "log2(hidden units) that the proof guarantees")
    legend_beside(figure)
    few = table[table["target"] == "ridges"]["log2_neurons"].max()
    title = (
        f"The proof takes up to 2^{table['log2_neurons'].max():.0f} units for all Lipschitz functions, 2^{few:.0f} for "
        "a few ridges"
    )
    caption = (
        "Hidden units, as a power of 2, with which the proof guarantees an error. lipschitz: all functions with slopes "
        "up to 1; scaled: with slopes up to 1/√d; ridges: three cosines along known directions."
    )
    return {"construction-growth": Drawing(figure, table, title, caption)}
