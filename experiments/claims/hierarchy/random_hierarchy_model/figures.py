"""Figures of hierarchy.random-hierarchy-model: errors, collapsed, and samples needed against n_c m^L."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy._networks import DRAWN, shape_of
from experiments.claims.hierarchy.random_hierarchy_model.collapse import apart
from experiments.claims.hierarchy.random_hierarchy_model.samples import DEEP, SHALLOW, growth, needed
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure

WORDS = {"local": "local", "shared": "local, shared weights", "dense": "one hidden layer"}


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against samples over n_c m^L, and samples needed against n_c m^L."""
    drawn = table[table["rules"] == DRAWN]
    return {"random-hierarchy-errors": draw_errors(table), "random-hierarchy-samples": draw_samples(drawn)}


def label(model: str) -> str:
    """A model in words of a legend."""
    shape = shape_of(model)
    return f"n_c = v = {shape.symbols}, m = {shape.synonyms}, L = {shape.levels}"


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Mean errors over grammars, a panel for each kind of network, and one for its grammars of Latin squares."""
    others = table["rules"].where(table["rules"] != DRAWN, "").str.capitalize().radd("\n").str.rstrip()
    table = table.assign(kind=table["network"].map(WORDS) + others)
    # Ladders that ended early have errors near 0; means are of the numbers of samples that all grammars have.
    cells = table.groupby(["kind", "model", "samples"], sort=False)
    means = cells.agg(error=("error", "mean"), control=("control_error", "mean"), grammars=("error", "size"))
    numbers = means.reset_index().sort_values("samples", kind="stable")
    full = numbers.groupby(["kind", "model"])["grammars"].transform("max")
    numbers = numbers[numbers["grammars"] == full].copy()
    numbers["collapsed"] = numbers["samples"] / [shape_of(model).deep_samples for model in numbers["model"]]
    kinds, models = sorted(numbers["kind"].unique()), list(table["model"].unique())
    figure, axes_of = panels(kinds, width=2.3, height=2.9, beside=1.9)
    for kind, axes in axes_of.items():
        _errors(axes, numbers[numbers["kind"] == kind], models)
        axes.set_title(str(kind))
    label_outside(figure, "samples / n_c m^L", "test error / chance")
    legend_beside(figure, size=7)
    caption = (
        "Means over grammars; grey: shuffled labels. Of Latin squares pairs tell nothing about the class. Dotted: the "
        "authors' thresholds, 70 % and 10 % of chance."
    )
    return Drawing(figure, numbers, _together(table[table["rules"] == DRAWN]), caption)


def _together(table: pd.DataFrame) -> str:
    found = {name: apart(rows, "deep_samples").value for name, rows in table.groupby("network", sort=False)}
    told = [
        f"{WORDS[str(name)]} at most {value:.2g} doublings"
        if np.isfinite(value)
        else f"{WORDS[str(name)]} not known, as some curves end above"
        for name, value in found.items()
    ]
    return f"Distance of a model's curve from the mean of all: {'; '.join(told)}"


def _errors(axes: Any, mine: pd.DataFrame, models: list[str]) -> None:
    for model, rows in mine.groupby("model", sort=False):
        look = {"color": COLOURS[models.index(model) % 7], "marker": MARKERS[models.index(model) % 7], "ms": 4}
        axes.plot(rows["collapsed"], rows["control"], color="0.75", lw=0.8)
        axes.plot(rows["collapsed"], rows["error"], lw=1.2, label=label(str(model)), **look)
    for threshold in (DEEP, SHALLOW):
        axes.axhline(threshold, color="black", lw=0.7, ls=":")
    axes.set_xscale("log", base=2)
    axes.set_ylim(-0.03, 1.15)


def draw_samples(table: pd.DataFrame) -> Drawing:
    """P* of every grammar against n_c m^L, with n_c m^L itself and the number of all strings."""
    numbers = needed(table, DEEP)
    numbers["reached"] = np.isfinite(numbers["needed"])
    numbers["drawn"] = numbers["needed"].where(numbers["reached"], numbers["tried"])
    networks = list(numbers["network"].unique())
    figure = new_figure(6.6, 3.8)
    (axes,) = figure.axes
    for i, network in enumerate(networks):
        _needs(axes, numbers[numbers["network"] == network], i, WORDS[str(network)])
    lines = numbers.drop_duplicates("model").sort_values("deep_samples", kind="stable")
    axes.plot(lines["deep_samples"], lines["deep_samples"], "-", color="0.6", lw=1, label="n_c m^L")
    axes.plot(lines["deep_samples"], lines["data"], "_", color="0.3", ms=14, label="all strings")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set(xlabel="n_c m^L", ylabel=f"samples for {DEEP:.0%} of the error by chance")
    legend_beside(figure, size=7)
    first = next((name for name in networks if name != "dense"), networks[0])
    power = growth(numbers[numbers["network"] == first], "deep_samples").value
    some = numbers["network"] == first
    title = (
        f"The samples that {WORDS[str(first)]} networks need grow as n_c m^L to the power {power:.2f}"
        if np.isfinite(power) and numbers.loc[some, "reached"].all()
        else f"{numbers.loc[some, 'reached'].mean():.0%} of grammars were learned by {WORDS[str(first)]} networks"
    )
    caption = "A point is a grammar; arrows: not reached with the largest number of samples tried. Lines: predictions."
    return Drawing(figure, numbers.drop(columns="drawn"), title, caption)


def _needs(axes: Any, mine: pd.DataFrame, i: int, name: str) -> None:
    # Kinds of networks side by side, so that their points do not hide one another.
    x = mine["deep_samples"] * 1.06 ** (2 * i - 1)
    reached = mine["reached"].to_numpy()
    look = {"color": COLOURS[i], "ls": "none"}
    axes.plot(x[reached], mine["drawn"][reached], marker=MARKERS[i], ms=4, label=name, **look)
    axes.plot(x[~reached], mine["drawn"][~reached], marker=r"$\uparrow$", ms=8, **look)
