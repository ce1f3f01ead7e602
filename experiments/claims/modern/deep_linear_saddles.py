"""modern.deep-linear-saddles: from three weight matrices on, deep linear networks have saddles that look like minima.

All networks with small whole weights are enumerated, and their critical points are kept: the gradient is exactly 0.
Whether the Hessian has a negative eigenvalue is decided in whole numbers, see theory/modern/saddles.py. A critical
point above the least loss is shown to be no minimum by a line on which the loss falls. Eigenvalues in float64 are the
independent check. Two weight matrices are the counterpart: there every saddle has negative curvature.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import saddles
from theory.restarts import deep_linear

KEYS = ("number",)
# Singular values of the target, a diagonal matrix: two that differ, as the theorem asks.
SINGULAR = (2.0, 1.0)
# An eigenvalue in float64 is negative if it is below this. Others are at least of the size of a whole number's root.
ROUNDING = -1e-9
STRICT, FLAT, LEAST = "curves downwards", "no negative curvature", "least loss"

TRIAL = Trial(
    source="Kawaguchi 2016, arXiv 1605.07110",
    bears_on=on("kawaguchi-minima"),
    existence="found by brute force",
    switches={
        "activation": "identity",
        "bias": False,
        "target": f"a diagonal matrix of {SINGULAR[0]:g} and {SINGULAR[1]:g}",
        "inputs": "of covariance I",
        "loss": "squared",
        "precision": "whole numbers",
    },
)
TWO_LAYERS = TRIAL.but(bears_on=on("kawaguchi-two-layers"))
FLAT_SADDLES = TRIAL.but(bears_on=on("kawaguchi-flat"))
FULL_RANK = TRIAL.but(bears_on=on("kawaguchi-full-rank"))
CHECK = TRIAL.but(
    source="theory/modern/saddles.py",
    bears_on=on("kawaguchi-flat", role="control"),
    switches={"precision": "float64"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of weight matrices, widths of all hidden layers, and the largest weight that is tried."""

    layers: list[int] = setting([2, 3, 4], low=2, high=8)
    width: list[int] = setting([1, 2], low=1, high=4)
    largest: list[int] = setting([1, 2], low=1, high=9)
    where: str = setting("largest == 2 and (width == 1 or layers == 2) or largest == 1 and width == 2 and layers == 3")


SMOKE = {
    "width": [1],
}
FULL = {
    "layers": [2, 3, 4, 5, 6],
    "largest": [1, 2, 3],
    "where": "width == 1 and largest == 2 or width == 2 and layers == 2 and largest == 3 "
    "or width == 2 and layers == 3 and largest == 1",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per critical point: its loss, whether its Hessian has a negative eigenvalue, and where the loss falls."""
    parts = [
        _critical(cell["layers"], cell["width"], cell["largest"]).assign(**cell)
        for cell in unit.cells.to_dict("records")
    ]
    return pd.concat(parts, ignore_index=True)


def _critical(layers: int, width: int, largest: int) -> pd.DataFrame:
    M, sizes = np.diag(SINGULAR).astype(int), (len(SINGULAR), *[width] * (layers - 1), len(SINGULAR))
    found = [[W[rest] for W in some] for some in saddles.grid(sizes, largest) for rest in [_at_rest(some, M)]]
    points = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    H, loss = saddles.hessian(points, M), saddles.twice_loss(points, M) / 2
    least = deep_linear.least_loss(SINGULAR, layers, width)
    flat = saddles.semidefinite(H)
    fall = np.where(flat, 0, 2)
    looked = np.flatnonzero(flat & (loss > least))
    fall[looked] = saddles.first_fall([W[looked] for W in points], M)
    middle = saddles.product(points[1:-1], width)
    return pd.DataFrame(
        {
            "number": np.arange(len(loss)),
            "networks": (2 * largest + 1) ** deep_linear.weight_count(SINGULAR, layers, width),
            "loss": loss,
            "least_loss": least,
            "negative_curvature": ~flat,
            "smallest_eigenvalue": np.linalg.eigvalsh(H.astype(float))[:, 0],
            # A determinant of small whole numbers, far from the border at 1/2.
            "full_rank": np.broadcast_to(abs(np.linalg.det(middle.astype(float))) > 0.5, len(loss)),
            "falls_at_order": fall,
        }
    )


def _at_rest(layers: saddles.Layers, M: np.ndarray) -> np.ndarray:
    return (saddles.gradient(layers, M) == 0).all(1)


def work(unit: Unit) -> Work:
    """A gradient for every network of the grid, and some hundred operations for every weight of it."""
    weights = unit.cells["width"] * (2 * len(SINGULAR) + (unit.cells["layers"] - 2) * unit.cells["width"])
    return Work(0, float(((2.0 * unit.cells["largest"] + 1) ** weights * weights * 100).sum()))


def series(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Critical points of each kind of network that are above its least loss, with a name of the kind."""
    for (layers, width), rows in table.groupby(["layers", "width"]):
        yield f"{layers}-matrices/width-{width}", rows[rows["loss"] > rows["least_loss"]]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every kind of network: whether a saddle looks like a minimum, and whether some point is no saddle."""
    found = []
    for name, rows in series(table):
        found += [_no_minimum(name, rows), _check(name, rows)]
        found += [_flat(name, rows), _full_rank(name, rows)] if rows["layers"].max() > 2 else [_two_layers(name, rows)]
    return found


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "weight_matrices": rows["layers"],
        "width": rows["width"],
        "weights": f"whole numbers up to {rows['largest'].max()}",
    }


def _kind(rows: pd.DataFrame) -> str:
    return f"{rows['layers'].iloc[0]} weight matrices and hidden layers of {rows['width'].iloc[0]}"


def _two_layers(name: str, rows: pd.DataFrame) -> Verdict:
    how = (
        f"The share of critical points above the least loss whose Hessian has a negative eigenvalue, among all "
        f"{rows['networks'].iloc[0]:,} networks of the grid."
    )
    return TWO_LAYERS.verdict(
        f"curved/{name}",
        "With two weight matrices the loss curves downwards in some direction at every saddle.",
        Measured.exactly(rows["negative_curvature"].mean(), len(rows), how=how),
        holds_for_all("the Hessian has a negative eigenvalue", rows["negative_curvature"]),
        prediction="share of saddles with negative curvature = 1",
        finding=f"With {_kind(rows)}, a share of {{measured}} of {len(rows):,} saddles has negative curvature.",
        **_facts(rows),
    )


def _flat(name: str, rows: pd.DataFrame) -> Verdict:
    flat = rows[~rows["negative_curvature"]]
    shown = flat[flat["falls_at_order"] > 2]
    orders = ", ".join(
        f"at order {order} for {count}" for order, count in shown["falls_at_order"].value_counts().items()
    )
    return FLAT_SADDLES.verdict(
        f"flat/{name}",
        "With three or more weight matrices some saddles have no negative curvature.",
        Measured.exactly(
            len(shown),
            len(rows),
            how="The number of critical points above the least loss whose Hessian has no negative eigenvalue, although "
            "the loss falls along a line through them.",
        ),
        exhibits("there is such a critical point", len(shown) > 0),
        prediction="number of such saddles > 0",
        notes=f"along such a line the loss falls {orders} of them" if orders else "",
        finding=f"With {_kind(rows)}, {{measured}} of {len(rows):,} saddles look like minima to second order.",
        **_facts(rows),
    )


def _full_rank(name: str, rows: pd.DataFrame) -> Verdict:
    full = rows[rows["full_rank"]]
    return FULL_RANK.verdict(
        f"full-rank/{name}",
        "Where the product of the middle weight matrices has full rank, every saddle has negative curvature.",
        Measured.exactly(
            full["negative_curvature"].mean(),
            len(full),
            how="The share of critical points above the least loss, with a middle of full rank, whose Hessian has a "
            "negative eigenvalue.",
        ),
        holds_for_all("the Hessian has a negative eigenvalue", full["negative_curvature"]),
        prediction="share of these saddles with negative curvature = 1",
        finding=f"With {_kind(rows)}, a share of {{measured}} of {len(full):,} saddles with a middle of full rank has "
        "negative curvature.",
        **_facts(rows),
    )


def _no_minimum(name: str, rows: pd.DataFrame) -> Verdict:
    shown = rows["falls_at_order"] > 0
    how = (
        "The share of critical points above the least loss for which a line is found on which the loss falls: one of "
        "negative curvature, or one of small whole numbers with a coefficient of higher order."
    )
    return TRIAL.verdict(
        f"no-minimum/{name}",
        "No critical point above the least loss of a deep linear network is a minimum.",
        Measured.exactly(shown.mean(), len(rows), how=how),
        exhibits("a line is found for every critical point", bool(len(rows) and shown.all())),
        prediction="share of critical points with such a line = 1",
        finding=f"With {_kind(rows)}, a share of {{measured}} of {len(rows):,} critical points above the least loss is "
        "shown to be no minimum.",
        **_facts(rows),
    )


def _check(name: str, rows: pd.DataFrame) -> Verdict:
    agree = (rows["smallest_eigenvalue"] < ROUNDING) == rows["negative_curvature"]
    return CHECK.verdict(
        f"eigenvalues/{name}",
        "Eigenvalues in float64 are negative where elimination in whole numbers says so, and nowhere else.",
        Measured.exactly(agree.mean(), len(rows), how="The share of critical points for which both agree."),
        holds_for_all("eigenvalues and elimination agree", agree),
        prediction="share of critical points that agree = 1",
        **_facts(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """For each kind of network, how many critical points are least, curve downwards, or look like minima."""
    least = table["loss"] <= table["least_loss"]
    kind = np.where(least, LEAST, np.where(table["negative_curvature"], STRICT, FLAT))
    counts = table.assign(kind=kind).groupby(["layers", "width", "kind"]).size().rename("points").reset_index()
    figure = new_figure(5.25, 3.0)
    (axes,) = figure.axes
    networks = list(counts.groupby(["layers", "width"]).groups)
    for i, name in enumerate((LEAST, STRICT, FLAT)):
        rows = counts[counts["kind"] == name]
        place = [networks.index(key) + 0.27 * (i - 1) for key in zip(rows["layers"], rows["width"], strict=True)]
        bars = axes.bar(place, rows["points"], 0.25, color=COLOURS[i], label=name)
        axes.bar_label(bars, fontsize=7)
    axes.set_xticks(range(len(networks)), [f"{layers} matrices,\nwidth {width}" for layers, width in networks])
    axes.set(yscale="log", ylim=(0.7, 8 * counts["points"].max()), ylabel="critical points")
    axes.legend(loc="upper left", fontsize=7)
    flat = counts[counts["kind"] == FLAT].groupby("layers")["points"].sum()
    deeper, two = int(flat[flat.index > 2].sum()), int(flat.get(2, 0))
    title = f"Saddles that look like minima: {two} with two weight matrices, {deeper} with more"
    caption = "All critical points with small whole weights, by what the loss and the exact Hessian say of them."
    return {"deep-linear-saddles": Drawing(figure, counts, title, caption)}
