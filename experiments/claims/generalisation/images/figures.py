"""The figures of images: errors of all predictors, and how alike they err."""

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _splits
from experiments.claims.generalisation.images.predictors import NETWORKS, OTHERS, QUESTIONS
from experiments.claims.generalisation.images.verdicts import LABELS, PIXELS, PLAIN, alike, tested
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing

PREDICTORS = (*NETWORKS, *OTHERS)
# What a point of the errors is of.
POINT = ["question", "treatment", "predictor"]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors with all treatments, and agreement of errors on the pictures as they are."""
    plain = table[table["treatment"] == PLAIN]
    found = {"errors-beside-others": draw_errors(table)}
    return found | ({"errors-alike": draw_alike(plain)} if len(plain) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Error on test pictures of every predictor, one panel a question, one marker a treatment."""
    questions = [name for name in QUESTIONS if name in set(table["question"])]
    numbers = pd.DataFrame([_error(rows) for _, rows in table.groupby(POINT, sort=False)])
    figure, axes_of = panels(questions, 3, width=2.6, height=2.4, beside=1.4)
    order = PREDICTORS[::-1]
    for question, axes in axes_of.items():
        mine = numbers[numbers["question"] == question]
        for i, treatment in enumerate((PLAIN, PIXELS, LABELS)):
            points = mine[mine["treatment"] == treatment]
            place = np.array([order.index(name) for name in points["predictor"]]) + 0.16 * (1 - i)
            errors = np.maximum([points["error"] - points["low"], points["high"] - points["error"]], 0)
            axes.errorbar(
                points["error"], place, xerr=errors, fmt=MARKERS[i], color=COLOURS[i], ms=4, lw=1, label=treatment
            )
        axes.set_yticks(range(len(order)), order)
        axes.set(xscale="log", xlim=(1e-3, 1), title=question)
        axes.axvline(0.5, color="black", lw=0.7, ls=":")
    label_outside(figure, "error on test pictures", "")
    legend_beside(figure)
    plain = numbers[numbers["treatment"] == PLAIN].groupby("predictor")["error"].mean()
    title = "Errors on new digits"
    if len(plain):
        own, others = plain[list(NETWORKS)], plain[list(OTHERS)]
        title += f": networks {own.min():.1%} to {own.max():.1%}, others {others.min():.1%} to {others.max():.1%}"
    caption = (
        "Mean error on test pictures, with intervals over splits that overlap; pixels in another order change nothing, "
        "and of labels in random order nothing is learned."
    )
    return Drawing(figure, numbers, title, caption)


def _error(rows: pd.DataFrame) -> dict:
    value, low, high = _splits.interval(rows["error"].to_numpy(), tested(rows))
    ends = {"low": max(low, 0.0), "high": min(high, 1.0)}
    facts = {"learned_share": rows["learned_share"].mean(), "splits": len(rows)}
    return rows.iloc[0][POINT].to_dict() | facts | {"error": value, **ends}


def draw_alike(table: pd.DataFrame) -> Drawing:
    """κ of the errors of both kinds of networks with those of every other predictor and of their own kind."""
    numbers = pd.DataFrame([_kappa(kind, other, table) for kind in NETWORKS for other in PREDICTORS[::-1]])
    figure, axes_of = panels([0], width=5.4, height=2.6, beside=1.2)
    order, axes = PREDICTORS[::-1], axes_of[0]
    for i, kind in enumerate(NETWORKS):
        mine = numbers[numbers["network"] == kind]
        place = np.array([order.index(name) for name in mine["other"]]) + 0.12 * (1 - 2 * i)
        errors = np.maximum([mine["kappa"] - mine["low"], mine["high"] - mine["kappa"]], 0)
        axes.errorbar(mine["kappa"], place, xerr=errors, fmt=MARKERS[i], color=COLOURS[i], ms=4, lw=1, label=kind)
    axes.set_yticks(range(len(order)), order)
    axes.axvline(0, color="black", lw=0.7)
    label_outside(figure, "κ of errors", "")
    legend_beside(figure)
    mean = numbers[numbers["other"].isin(OTHERS)].groupby("network")["kappa"].mean()
    told = ", ".join(f"{kind} {mean[kind]:.2f}" for kind in NETWORKS)
    title = f"Agreement of errors with other kinds of predictors, in κ: {told}"
    caption = (
        "Agreement of errors beyond chance, of shallow and deep networks with the predictor of each line, over "
        "all questions, with intervals over splits that overlap. On its own line a network is beside "
        "other runs of its kind."
    )
    return Drawing(figure, numbers, title, caption)


def _kappa(kind: str, other: str, rows: pd.DataFrame) -> dict:
    value, low, high = _splits.interval(alike(rows, kind, (other,)), tested(rows))
    facts = {"network": kind, "other": other, "splits": rows["split"].nunique()}
    return facts | {"kappa": value, "low": max(low, -1.0), "high": min(high, 1.0)}
