"""approximation.construction: the proof as networks. One hidden layer approximates any continuous target on [-1, 1].

Two constructions are built with exact weights and evaluated: steps of logistic units, and a broken line of rectifiers.
Their errors are compared with the bounds of their proofs, at every width. Here the input has one dimension; several
dimensions are in approximation.construction-in-space.
"""

import functools
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_most, decide
from experiments.judging.statistics import least_squares_slope
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation.construction import CONSTRUCTIONS, order, outputs, steps_needed
from theory.approximation.curves import CURVES, grid, root_mean_square

# Rounding of float64 in sums of a thousand terms.
ROUNDING = 1e-9
# Slopes are taken from this width on.
ASYMPTOTIC = 32
# A slope may exceed the order of convergence by this and still be as fast; by more than that it is slower.
AS_FAST, SLOWER = 0.1, 0.25
# Networks of the width nearest to this one are drawn.
DRAWN_WIDTH = 12
# The units that guarantee this error are noted.
ERROR = 0.01


# Constructions as they are named in statements.
WORDS = {"steps": "the steps of m logistic units", "interpolant": "the broken line of m rectifiers"}
TRIAL = Trial(
    source="the post, ch. II: one hidden layer approximates every continuous function, and the proof is brute force",
    bears_on=on("universal-approximation"),
    existence="representable",
    switches={
        "inputs": "one, in [-1, 1]",
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "norm": "largest error on a grid",
        "precision": "float64",
    },
)
RATE = TRIAL.but(bears_on=on("universal-approximation", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. Errors are measured on a grid of `points` points; the sup norm is the largest error there."""

    target: list[str] = setting(list(CURVES), choices=tuple(CURVES))
    construction: list[str] = setting(list(CONSTRUCTIONS), choices=tuple(CONSTRUCTIONS), static=True)
    width: list[int] = setting(
        [1, 2, 3, 4, 6, 8, 11, 12, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1023, 1024],
        low=1,
        high=100_000,
    )
    points: int = setting(10_001, low=2, high=10_000_000)


SMOKE = {
    "width": [2, 12, 32, 64],
    "points": 501,
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its largest and its root mean square error on the grid, and the bound."""
    from experiments.ensemble import single

    kind = CONSTRUCTIONS[unit.static("construction")]
    x, rows = grid(unit.settings.points), []
    for target, width in zip(unit.cells["target"], unit.cells["width"].tolist(), strict=True):
        curve = CURVES[target]
        errors = single.evaluate(kind.build(curve, width), x[:, None], kind.activation)[:, 0] - curve.of(x)
        sup, rms = float(np.abs(errors).max()), root_mean_square(errors)
        rows.append({"sup": sup, "rms": rms, "bound": kind.bound(curve, width)})
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def work(unit: Unit) -> Work:
    """Every unit of every network at every point."""
    return Work(0, 20.0 * unit.settings.points * float(unit.cells["width"].sum()))


def envelope(rows: pd.DataFrame, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Widths from `ASYMPTOTIC` on, and for each the largest error at this or any larger width: luck does not count."""
    rows = rows[rows["width"] >= ASYMPTOTIC].sort_values("width", kind="stable")
    return rows["width"].to_numpy(float), np.maximum.accumulate(rows[column].to_numpy()[::-1])[::-1]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each construction: whether it keeps its bound, and how fast its error falls."""
    return [
        verdict
        for name, rows in table.groupby("construction", sort=False)
        for verdict in (_kept(str(name), rows), _rate(str(name), rows))
    ]


def _switches(construction: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": CONSTRUCTIONS[construction].activation,
        "target": rows["target"],
        "width": f"{rows['width'].min()} to {rows['width'].max():,}",
    }


def _kept(construction: str, rows: pd.DataFrame) -> Verdict:
    telling = sum(row.bound < _constant(row.target) for row in rows.itertuples())
    bound = {"steps": "ω(h/2 + 2 log 2 / s), h = 2 / (m + 1)", "interpolant": "min(ω(h/2), max|f''| h²/8), h = 2/m"}
    needed = f"; units for an error of {ERROR:g} by the bound: {_needed(rows)}" if construction == "steps" else ""
    return TRIAL.verdict(
        f"bound/{construction}",
        f"The largest error of {WORDS[construction]} for a continuous target is at most what the proof guarantees.",
        Measured.exactly(
            (rows["sup"] / rows["bound"]).max(), len(rows), how="The largest ratio over all widths and targets."
        ),
        at_most(1 + ROUNDING),
        prediction=f"largest error / bound <= 1; bound {bound[construction]}",
        notes=f"in {telling} of {len(rows)} cases the proof guarantees more than the best constant does{needed}",
        **_switches(construction, rows),
    )


@functools.cache
def _constant(target: str) -> float:
    """The largest error of the best constant."""
    return float(np.ptp(CURVES[target].of(grid(1001)))) / 2


def _needed(rows: pd.DataFrame) -> str:
    return ", ".join(f"{target} {steps_needed(CURVES[target], ERROR):,}" for target in rows["target"].unique())


def _rate(construction: str, rows: pd.DataFrame) -> Verdict:
    lags = {}
    for target, mine in rows.groupby("target", sort=False):
        widths, errors = envelope(mine, "sup")
        # A target that is met exactly has an error that falls faster than any power.
        exact = bool(len(errors)) and errors.max() <= ROUNDING
        slope = -np.inf if exact else float(least_squares_slope(np.log2(widths), np.log2(np.maximum(errors, 1e-15))))
        lags[target] = slope + order(construction, CURVES[str(target)])
    lag = max(lags.values(), key=lambda value: (np.isnan(value), value))
    orders = ", ".join(f"{target} {order(construction, CURVES[str(target)]):g}" for target in lags)
    how = (
        f"Slope over m >= {ASYMPTOTIC} for the slowest target. The error of a width is the largest at this or any "
        "larger width."
    )
    return RATE.verdict(
        f"rate/{construction}",
        f"The error of {WORDS[construction]} falls as a power of the width: as m^-α for |f(x) - f(y)| <= C |x - "
        f"y|^α{', and as m^-2 for a bounded second derivative' if construction == 'interpolant' else ''}.",
        Measured.exactly(lag, len(rows), how=how),
        Rule(
            f"Supported if it is at most {AS_FAST:g}, contradicted if it is more than {SLOWER:g}, else inconclusive; "
            "inconclusive too with fewer than two such widths.",
            lambda m: decide(m.value <= AS_FAST, m.value > SLOWER),
        ),
        prediction=f"slope of log(largest error) on log(m) + order <= 0; orders: {orders}",
        notes="all: " + ", ".join(f"{target} {lag:+.2f}" for target, lag in lags.items()),
        **_switches(construction, rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors and bounds against width, and networks on top of their targets."""
    return {"construction-error": draw_errors(table), "construction-fit": draw_fits(table)}


def _keys(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    return list(table["construction"].unique()), list(table["target"].unique())


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Largest and root mean square error of each construction against its width, under the guaranteed bound."""
    constructions, targets = _keys(table)
    keys = product(constructions, targets)
    figure, axes_of = panels(keys, len(targets), width=1.9, height=2.15, beside=1.4)
    lines = {"bound": "guaranteed bound", "sup": "largest error on the grid", "rms": "root mean square error"}
    for (construction, target), axes in axes_of.items():
        rows = table[(table["construction"] == construction) & (table["target"] == target)].sort_values(
            "width", kind="stable"
        )
        for (column, label), colour, style in zip(lines.items(), ("black", *COLOURS), ("-", "o", "s"), strict=False):
            # An error of 0, up to rounding, is not on a logarithmic axis.
            shown = rows[rows[column] > ROUNDING]
            axes.plot(shown["width"], shown[column], style, color=colour, ms=2.5, lw=0.9, label=label)
        axes.set(xscale="log", yscale="log")
        axes.set_title(f"{target}, {construction}", fontsize=8)
    label_outside(figure, "width m", "error")
    legend_beside(figure, size=7)
    most = float((table["sup"] / table["bound"]).max())
    title = f"The networks of the proof err by at most {most:.0%} of what it guarantees"
    caption = "Largest and root mean square error against the width, below the guaranteed bound."
    return Drawing(figure, table, title, caption)


def draw_fits(table: pd.DataFrame) -> Drawing:
    """Targets, and on top of them the networks of the width nearest to `DRAWN_WIDTH`."""
    constructions, targets = _keys(table)
    widths = table["width"].unique()
    width = int(widths[np.abs(widths - DRAWN_WIDTH).argmin()])
    figure, axes_of = panels(targets, width=1.9, height=2.3, beside=1.4)
    x, numbers = grid(401), []
    for target, axes in axes_of.items():
        curve = CURVES[target]
        numbers.append(pd.DataFrame({"target": target, "width": width, "line": "target", "x": x, "y": curve.of(x)}))
        for construction in constructions:
            kind = CONSTRUCTIONS[construction]
            line = f"{construction}, {width} {kind.activation} units"
            z = outputs(kind.build(curve, width), x, kind.σ)
            numbers.append(pd.DataFrame({"target": target, "width": width, "line": line, "x": x, "y": z}))
        for (line, mine), colour in zip(
            pd.concat(numbers[-1 - len(constructions) :]).groupby("line", sort=False),
            ("#aaaaaa", *COLOURS),
            strict=False,
        ):
            axes.plot(mine["x"], mine["y"], color=colour, lw=2.2 if line == "target" else 0.9, label=line)
        axes.set_title(target, fontsize=8)
    label_outside(figure, "x", "output")
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    drawn = every[every["line"] != "target"].merge(every[every["line"] == "target"], on=["target", "x"])
    largest = (drawn["y_x"] - drawn["y_y"]).abs().groupby(drawn["target"]).max()
    title = (
        f"With {width} hidden units a network of the proof errs by up to {largest.max():.2g}, on the {largest.idxmax()}"
    )
    caption = "Grey: the target; colours: broken lines of rectifiers and staircases of logistic units."
    return Drawing(figure, every, title, caption)
