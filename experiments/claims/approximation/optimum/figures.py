"""Figures of approximation.optimum: errors against width, the value of restarts, networks on top of their targets."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.approximation.optimum.broken_lines import DRAWN_WIDTH, from_text, negligible
from experiments.claims.approximation.optimum.fair_runs import Series, series
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from theory.approximation.construction import interpolant, outputs, rectify
from theory.approximation.curves import CURVES, grid
from theory.restarts.best_of import expected_least

# References by column: line, style and name, from the largest error to the least.
REFERENCES: dict[str, tuple[str, dict[str, Any], str]] = {
    "bound": (":", {"color": "black", "lw": 0.9}, "construction, guaranteed bound"),
    "interpolant": ("--", {"color": "black", "lw": 0.9}, "construction"),
    "random_rms": ("P-", {"color": COLOURS[4], "lw": 0.8, "ms": 3.5}, "random features, median"),
    "reachable": ("-", {"color": "black", "lw": 0.9}, "network near the floor"),
    "floor": ("-", {"color": "#999999", "lw": 3, "zorder": 0}, "exact floor"),
}
# Smaller and larger errors are drawn at these.
LEAST, LARGEST = 1e-6, 1e3


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """All figures; networks are drawn only if the table has the width at which they are written down."""
    drawings = {"optimum-error": draw_errors(table), "optimum-restarts": draw_restarts(table)}
    shown = table[(table["width"] == DRAWN_WIDTH) & table["rms"].notna()]
    return drawings | ({"optimum-fit": draw_fits(shown)} if len(shown) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Errors of the construction and its bound, random features, training, and the floor and the network near it."""
    targets, numbers = list(table["target"].unique()), []
    figure, axes_of = panels(targets, width=2.2, beside=2.2)
    for target, axes in axes_of.items():
        mine = table[table["target"] == target]
        numbers += [_draw_references(axes, mine), *_draw_trained(axes, mine, sorted(table["optimizer"].unique()))]
        logarithmic_ticks(axes, mine["width"].unique())
        axes.set_yscale("log")
        # Runs that diverge are above the panel.
        axes.set_ylim(top=2 * mine["bound"].max())
        axes.set_title(target, fontsize=9)
    label_outside(figure, "m, rectifiers", "root mean square error")
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    widest = (
        table[table["width"] == table["width"].max()]
        .groupby("target")
        .agg(best=("rms", "min"), known=("reachable", "min"))
    )
    short = int((widest["best"] > 2 * widest["known"]).sum())
    title = (
        f"Training stays more than twice as far from the target as a known network in {short} of {len(widest)} cases"
    )
    caption = (
        "Root mean square errors: guaranteed, constructed, fitted on random features, trained, known, and the floor."
    )
    return Drawing(figure, every, title, caption)


def _draw_references(axes: Any, mine: pd.DataFrame) -> pd.DataFrame:
    facts = mine.groupby("width")[list(REFERENCES)].median().reset_index()
    for column, (line, style, label) in REFERENCES.items():
        axes.plot(facts["width"], facts[column].clip(lower=LEAST), line, label=label, **style)
    return facts.melt("width", var_name="line", value_name="error").assign(target=mine["target"].iloc[0])


def _draw_trained(axes: Any, mine: pd.DataFrame, optimizers: list[str]) -> list[pd.DataFrame]:
    numbers = []
    for column, how, fill in (("trained_rms", "as trained", "none"), ("rms", "finished", None)):
        for one in sorted(series(mine, column), key=lambda one: one.optimizer):
            i = optimizers.index(one.optimizer)
            label = f"{one.optimizer}, {how}, best of {one.k}"
            low, high = one.interval().T
            facts = {"target": one.target, "line": label, "width": one.facts["width"]}
            errors = {"error": one.least(), "low": low, "high": high}
            curve = pd.DataFrame(facts | {name: np.minimum(some, LARGEST) for name, some in errors.items()})
            line = f"{MARKERS[i]}{':' if fill else '-'}"
            looks: dict[str, Any] = {"color": COLOURS[i], "ms": 3.5, "lw": 0.8, "mfc": fill, "label": label}
            reach = [curve["error"] - curve["low"], curve["high"] - curve["error"]]
            axes.errorbar(curve["width"], curve["error"], np.maximum(reach, 0), fmt=line, **looks)
            numbers.append(curve)
    return numbers


def draw_restarts(table: pd.DataFrame) -> Drawing:
    """Error of the best of k runs over that of the known network, against k, at the largest width."""
    targets, numbers = list(table["target"].unique()), []
    figure, axes_of = panels(targets, width=2.2, height=2.5, beside=1.4)
    colours = dict(zip(sorted(table["optimizer"].unique()), COLOURS, strict=False))
    for target, axes in axes_of.items():
        for one in sorted(series(table[table["target"] == target]), key=lambda one: one.optimizer):
            curve = _gap_of_best(one)
            axes.plot(curve["k"], curve["gap"], "o-", color=colours[one.optimizer], ms=3, lw=0.9, label=one.optimizer)
            numbers.append(curve)
        axes.axhline(1, color="black", lw=0.8)
        axes.set_title(f"{target}, m = {table['width'].max()}", fontsize=9)
    every = pd.concat(numbers, ignore_index=True)
    for axes in figure.axes:
        # All panels have one scale, of more than a decade.
        axes.set(yscale="log", ylim=(0.7, 1.5 * max(every["gap"].max(), 10)))
        logarithmic_ticks(axes, 2 ** np.arange(int(np.log2(every["k"].max())) + 1))
    label_outside(figure, "k, restarts", "error of the best of k\n/ error of the known network")
    legend_beside(figure)
    last = every[every["k"] == every["k"].max()]
    title = (
        f"The best of {last['k'].max()} runs errs by {last['gap'].min():.2g} to {last['gap'].max():.2g} times what a "
        "known network does"
    )
    caption = "Expected error of the best of k runs over that of the known network, at the largest width."
    return Drawing(figure, every, title, caption)


def _gap_of_best(one: Series) -> pd.DataFrame:
    k = np.arange(1, len(one.errors[-1]) + 1)
    facts = {"target": one.target, "optimizer": one.optimizer, "width": one.facts["width"].iloc[-1]}
    widest = one.facts.iloc[-1]
    known = max(widest["reachable"], negligible(one.target, widest["floor"]))
    gap = np.minimum(expected_least(one.errors[-1], k), LARGEST) / known
    return pd.DataFrame({**facts, "k": k, "gap": gap})


def draw_fits(shown: pd.DataFrame) -> Drawing:
    """Targets, and on top of them the best trained network, the known one near the floor and the construction."""
    targets, numbers, x = list(shown["target"].unique()), [], grid(401)
    figure, axes_of = panels(targets, width=2.5, height=2.5, beside=2.0)
    for target, axes in axes_of.items():
        mine = shown[shown["target"] == target]
        best = mine.loc[mine["rms"].idxmin()]
        lines = {
            "target": CURVES[target].of(x),
            "construction": outputs(interpolant(CURVES[target], DRAWN_WIDTH), x, rectify),
            "network near the floor": outputs(from_text(best["known"]), x, rectify),
            "best trained network": outputs(from_text(best["network"]), x, rectify),
        }
        styles = (("#bbbbbb", 3.0, "-"), (COLOURS[2], 0.8, "-"), ("black", 1.0, "-"), (COLOURS[1], 1.2, "--"))
        for (line, z), (colour, thick, dash) in zip(lines.items(), styles, strict=True):
            axes.plot(x, z, dash, color=colour, lw=thick, label=line)
            numbers.append(pd.DataFrame({"target": target, "line": line, "x": x, "y": z}))
        axes.set_title(f"{target}, m = {DRAWN_WIDTH}", fontsize=9)
    label_outside(figure, "x", "output")
    legend_beside(figure, size=7)
    every = pd.concat(numbers, ignore_index=True)
    z = every.pivot(index=["target", "x"], columns="line", values="y")
    trained, known = (
        (z[line] - z["target"]).abs().max() for line in ("best trained network", "network near the floor")
    )
    best = f"the best trained networks err by up to {trained:.2g}, the best known by {known:.2g}"
    title = f"With {DRAWN_WIDTH} rectifiers {best}"
    caption = "Grey: the target. Errors are largest distances from it."
    return Drawing(figure, every, title, caption)
