"""The figure of many-features: how many features the best models keep, and dimensionalities, against p."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.claims.modern.many_features.verdicts import IDENTITY, POLYTOPES, RECTIFIER, Group, groups
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing

KEPT_ROW, SHAPES_ROW = "features kept", "dimensionality"
# Values of polytopes that are too near to another one for a label of their own.
UNLABELLED = ("square antiprism", "triangle")


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """A column for each n and m: above, features kept by the best models; below, all dimensionalities of equal ones."""
    table = table[table["n"] > table["m"]]
    sizes = sorted({*zip(table["n"].tolist(), table["m"].tolist(), strict=True)})
    if not sizes:
        return {}
    importances = sorted(table["importance"].unique(), reverse=True)
    figure, axes_of = panels(
        itertools.product((KEPT_ROW, SHAPES_ROW), sizes), len(sizes), width=1.65, height=2.3, beside=1.6
    )
    numbers = []
    for output in (RECTIFIER, IDENTITY):
        for group in groups(table, output):
            colour = COLOURS[-1] if output == IDENTITY else COLOURS[importances.index(group.importance)]
            numbers.append(_kept(axes_of[KEPT_ROW, (group.n, group.m)], group, output, colour))
            if group.importance == 1 and output == RECTIFIER:
                _dimensionalities(axes_of[SHAPES_ROW, (group.n, group.m)], group)
    for (row, (n, m)), axes in axes_of.items():
        axes.set(xscale="log", xlim=(0.8 * table["active"].min(), 1.25))
        if row == KEPT_ROW:
            axes.axhline(m, color="k", lw=0.8, ls=":", label="dimensions")
            axes.set(title=f"{n} in {m} dimensions", ylim=(0, n + 0.5))
        else:
            _values(axes)
    label_outside(figure, "p", "")
    for row in (KEPT_ROW, SHAPES_ROW):
        axes_of[row, sizes[0]].set_ylabel(row)
    legend_beside(figure)
    drawn = pd.concat(numbers, ignore_index=True)
    caption = (
        "p is the probability that a feature is active. Above: features kept by the best model of all restarts; "
        "dashed: by the best opposite pairs, exactly. Below: dimensionality of every feature that a run keeps, of "
        "equal importance; lines are values of polytopes."
    )
    return {"many-features": Drawing(figure, drawn, _title(drawn), caption)}


def _kept(axes: Axes, group: Group, output: str, colour: str) -> pd.DataFrame:
    best = group.best
    linear = output == IDENTITY
    label = f"{'linear, ' if linear else ''}importance {'equal' if group.importance == 1 else f'{group.importance:g}ⁱ'}"
    axes.plot(best["active"], best["kept"], "s-" if linear else "o-", color=colour, ms=4, lw=1.2, label=label)
    if not linear:
        axes.plot(best["active"], group.m + best["pairs"], "--", color=colour, lw=0.9, label=f"pairs, {label}")
    columns = ["n", "m", "importance", "active", "kept", "pairs", "corners", "loss", "pairs_loss", "polygon_loss"]
    return best[columns].assign(output=output)


def _dimensionalities(axes: Axes, group: Group) -> None:
    rows = group.features[group.features["kept"]]
    spread = np.random.default_rng(0).uniform(0.9, 1.1, len(rows))
    axes.plot(rows["active"] * spread, rows["dimensionality"], "o", color=COLOURS[0], ms=2.2, mew=0, alpha=0.4)


def _values(axes: Axes) -> None:
    for value in POLYTOPES.values():
        axes.axhline(value, color="0.55", lw=0.6, zorder=0)
    axes.set(ylim=(0.15, 1.05))
    labelled = [value for name, value in POLYTOPES.items() if name not in UNLABELLED]
    axes.set_yticks(labelled, [str(Fraction(value).limit_denominator(10)) for value in labelled])


def _title(drawn: pd.DataFrame) -> str:
    rectifier = drawn[(drawn["output"] == RECTIFIER) & (drawn["importance"] == drawn["importance"].max())]
    rarest = rectifier[rectifier["active"] == rectifier["active"].min()]
    kept = ", ".join(f"{row.kept} in {row.m}" for row in rarest.sort_values(["n", "m"]).itertuples())
    linear = drawn[drawn["output"] == IDENTITY]
    more = int((linear["kept"] > linear["m"]).sum())
    control = f"{more} of {len(linear)} linear models do" if more else "linear models never do"
    return f"Rare features share dimensions, {kept}" + (f"; {control}" if len(linear) else "")
