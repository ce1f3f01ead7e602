"""Figures of restarts.spurious-minima: shares of spurious ends, levels of losses, and eigenvalues of Hessians."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts.spurious_minima import published
from experiments.claims.restarts.spurious_minima.ends import Share, levels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Shares of runs in spurious minima, levels of their losses, and smallest eigenvalues there."""
    drawings = {"spurious-share": draw_shares(table)}
    ended = table[(table["extra"] == 0) & table["outcome"].isin(("global", "spurious"))]
    if (ended["outcome"] == "spurious").any():
        drawings["spurious-levels"] = draw_levels(ended)
        drawings["spurious-eigenvalues"] = draw_eigenvalues(ended)
    return drawings


def draw_shares(table: pd.DataFrame) -> Drawing:
    """Share of runs that end in a spurious minimum against k, by spare units, with the published shares."""
    rows = []
    for (extra, k), mine in table.groupby(["extra", "k"]):
        rows.append({"extra": extra, "k": k, **Share.spurious(mine).facts(), "source": "measured"})
        if (k, extra) in published.SHARES:
            rows.append({"extra": extra, "k": k, **published.SHARES[k, extra].facts(), "source": "published"})
    numbers = pd.DataFrame(rows)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    measured = numbers[numbers["source"] == "measured"]
    for (extra, mine), colour, marker in zip(numbers.groupby("extra"), COLOURS, MARKERS, strict=False):
        label = f"n = k + {extra}" if extra else "n = k"
        ours: dict[str, Any] = {"fmt": f"{marker}-", "color": colour, "ms": 4, "lw": 1, "label": label}
        # The published marks are open, and beside ours, so that both intervals can be seen.
        theirs: dict[str, Any] = {
            "fmt": marker,
            "color": colour,
            "ms": 7,
            "mfc": "none",
            "lw": 0.8,
            "label": f"{label}, published",
        }
        for source, shift, style in (("measured", 0.0, ours), ("published", 0.15, theirs)):
            some = mine[mine["source"] == source]
            if len(some):
                errors = [some["value"] - some["low"], some["high"] - some["value"]]
                axes.errorbar(some["k"] + shift, some["value"], errors, **style)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("k, units of the teacher and dimensions of the input")
    axes.set_ylabel("share of runs in a spurious minimum")
    axes.legend(fontsize=8)
    title = _shares_in_words(measured)
    caption = (
        "Shares of runs that end in a spurious minimum, without and with spare units, with intervals, "
        "and published shares."
    )
    return Drawing(figure, numbers, title, caption)


def _shares_in_words(measured: pd.DataFrame) -> str:
    """The shares at the largest k, with spare units if there are runs with some."""
    spare = measured[measured["extra"] > 0]
    k = int((spare if len(spare) else measured)["k"].max())
    values = measured[measured["k"] == k].set_index("extra")["value"].sort_index()
    spared = [
        f", {value:.0%} with {extra:.0f} spare unit{'s' * (extra > 1)}" for extra, value in values.items() if extra
    ]
    whole = f"{values[0]:.0%} of the runs" if 0 in values else "of the runs"
    return f"At k = {k}, {whole} end in a spurious minimum{''.join(spared)}"


def draw_levels(ended: pd.DataFrame) -> Drawing:
    """Share of runs at n = k with at most a loss: each level is a step, and the lowest level is predicted."""
    parts = []
    for k, mine in ended.groupby("k"):
        losses = mine.loc[mine["outcome"] == "spurious"]
        counted = losses.groupby(levels(losses["loss"].to_numpy()))["loss"].agg(["median", "size"])
        part = pd.DataFrame({"k": k, "loss": [GLOBAL_LOSS, *counted["median"]]})
        counts = [len(mine) - len(losses), *counted["size"]]
        parts.append(part.assign(runs=counts, share_up_to=np.cumsum(counts) / len(mine)))
    numbers = pd.concat(parts, ignore_index=True)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    ends = numbers.loc[numbers["loss"] > GLOBAL_LOSS, "loss"]
    left, right = 0.7 * ends.min(), 1.3 * ends.max()
    chosen = [k for k in numbers["k"].unique() if (numbers["k"] == k).sum() > 1][-len(COLOURS) :]
    for k, colour, marker in zip(chosen, COLOURS, MARKERS, strict=False):
        mine = numbers[numbers["k"] == k]
        loss, share = mine["loss"].clip(lower=left), mine["share_up_to"]
        axes.step([*loss, right], [*share, share.iloc[-1]], where="post", color=colour, lw=1, label=f"k = {k}")
        axes.plot(loss.iloc[1:], share.iloc[1:], marker, color=colour, ms=2.5)
        axes.axvline(teacher_student.spurious_loss(int(k)), color=colour, lw=0.8, ls=":")
    axes.set_xscale("log")
    axes.set_xlim(left, right)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("loss F at the end; dotted: predicted for type (1, k - 1)")
    axes.set_ylabel("share of runs with at most this loss")
    axes.legend(fontsize=8, loc="lower right")
    per_size = numbers[numbers["loss"] > GLOBAL_LOSS].groupby("k")["loss"].size()
    title = (
        f"Spurious minima have {per_size.min()} to {per_size.max()} levels of loss for each size"
        if len(per_size)
        else ""
    )
    caption = (
        "Share of the runs at n = k with at most a loss. Left edge: global minima. Each step is a level. "
        "Dotted: the predicted lowest level."
    )
    return Drawing(figure, numbers, title, caption)


def draw_eigenvalues(ended: pd.DataFrame) -> Drawing:
    """Smallest eigenvalue of the Hessian against the loss at n = k, a point for each level and k."""
    spurious = ended[ended["outcome"] == "spurious"]
    parts = []
    for k, mine in spurious.groupby("k"):
        grouped = mine.groupby(levels(mine["loss"].to_numpy()))
        part = grouped.agg(loss=("loss", "median"), runs=("loss", "size"))
        eigenvalues = grouped["smallest_eigenvalue"]
        parts.append(part.assign(k=k, smallest=eigenvalues.min(), largest=eigenvalues.max()))
    numbers = pd.concat(parts, ignore_index=True)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    for (k, mine), colour, marker in zip(list(numbers.groupby("k"))[-len(COLOURS) :], COLOURS, MARKERS, strict=False):
        size = 8 + 60 * np.sqrt(mine["runs"] / numbers["runs"].max())
        axes.scatter(mine["loss"], mine["smallest"], size, color=colour, marker=marker, alpha=0.7, label=f"k = {k}")
    at_global = float(teacher_student.smallest_eigenvalue(np.eye(2)))
    axes.axhline(at_global, color="black", lw=0.8, label="global minimum")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("loss F at the end, one mark for each level (larger: more runs)")
    axes.set_ylabel("smallest eigenvalue of the Hessian")
    axes.legend(fontsize=8, loc="lower left")
    title = f"Spurious minima are strict: eigenvalues of the Hessian are at least {numbers['smallest'].min():.1g}"
    caption = "Smallest eigenvalue of the Hessian against the loss at spurious ends with n = k, a mark for each level."
    return Drawing(figure, numbers, title, caption)
