"""depth.butterfly: Fourier's and Hadamard's transforms are log2 N layers of butterflies: 2 N log2 N weights, not N².

Both are built and compared with their matrices in exact arithmetic: in exponents of ω, and in integers. Neurons are
linear and complex, and each complex weight is one edge. The order of the inputs only numbers the neurons and takes no
edges. Butterflies cannot reach some matrices and orders of the inputs, see theory/depth/butterfly.py. Source: Cooley &
Tukey 1965.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.linalg
from matplotlib.axes import Axes

from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import butterfly

# Transform: the order of the inputs in which it is built of butterflies.
CONSTRUCTED = {"fourier": "bit-reversal", "hadamard": "own"}
# Rounding of float64 in sums of a thousand terms; a floor counts only above this.
ROUNDING = 1e-12
FASTER = Trial(
    source="Cooley & Tukey 1965; as an example of what flattening costs: Lin, Tegmark & Rolnick 2017, arXiv 1608.08225",
    bears_on=on("matrix-product", role="variant") + on("ltr-fourier"),
    existence="representable",
    switches={"activation": "identity", "bias": False, "weights": "complex"},
)
OUT_OF_REACH = FASTER.but(source="theory/depth/butterfly.py", bears_on=on("matrix-product", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Sizes, targets, and the order in which butterflies take their inputs."""

    # Powers of two.
    N: list[int] = setting(
        [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], low=2, high=16_384, such_that="16384 % N == 0", static=True
    )
    target: list[str] = setting(["fourier", "hadamard", "random"], choices=("fourier", "hadamard", "random"))
    order: list[str] = setting(list(butterfly.ORDERS), choices=tuple(butterfly.ORDERS))


SMOKE = {
    "N": [2, 4, 8, 32],
}
FULL: dict[str, Any] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per size, target and order.

    `constructed` butterflies have `edges` and, between real neurons, `real_edges`; they are `exact` or not. `floor` is
    a lower bound for the root mean square error of all butterflies. `flat_edges` are the edges of a single layer.
    """
    N = unit.static("N")
    rows = [
        _reachable(target, order, N) for target, order in zip(unit.cells["target"], unit.cells["order"], strict=True)
    ]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _reachable(target: str, order: str, N: int) -> dict[str, Any]:
    T = butterfly.target(target, N)
    # Sines and cosines that should be 0 are rounding errors: they are set to 0.
    T = np.where(np.abs(T.real) > ROUNDING, T.real, 0) + 1j * np.where(np.abs(T.imag) > ROUNDING, T.imag, 0)
    places = butterfly.ORDERS[order](N)
    constructed = CONSTRUCTED.get(target) == order
    weights = {"fourier": butterfly.fourier, "hadamard": butterfly.hadamard}[target](N) if constructed else np.zeros(0)
    return {
        "constructed": constructed,
        "exact": constructed and _is_exact(target, N),
        "edges": int(np.count_nonzero(weights)),
        "real_edges": butterfly.real_edges(weights),
        "flat_edges": int(np.count_nonzero(T)),
        "flat_real_edges": butterfly.real_edges(T),
        "error": butterfly.root_mean_square_error(weights / np.sqrt(2), T, places) if constructed else np.nan,
        "floor": float(butterfly.floor(T, places)),
        "scale": float(np.sqrt(np.mean(np.abs(T) ** 2))),
    }


def _is_exact(target: str, N: int) -> bool:
    """Whether the butterflies are the transform: one path per entry with exponent j k modulo N, or equal integers."""
    if target == "hadamard":
        return np.array_equal(butterfly.matrix(butterfly.hadamard(N), np.arange(N)), scipy.linalg.hadamard(N))
    count, exponents = butterfly.paths(butterfly.fourier_exponents(N))
    j = butterfly.bit_reversal(N)
    return bool((count == 1).all()) and bool(((exponents - np.outer(j, np.arange(N))) % N == 0).all())


def work(unit: Unit) -> Work:
    """Singular values of N blocks for each layer."""
    N = unit.static("N")
    return Work(0, len(unit.cells) * 60.0 * N**2 * np.log2(N) * np.sqrt(N))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether the constructions are exact, the number of their edges, and the targets that are out of reach."""
    verdicts = []
    for target, rows in table[table["constructed"]].groupby("target"):
        verdicts += [_exact(str(target), rows), _edges(str(target), rows)]
    others = table[~table["constructed"] & (table["N"] >= 4)]
    for (target, order), rows in others.groupby(["target", "order"]):
        verdicts.append(_out_of_reach(target, order, rows))
    return verdicts


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": rows["target"].iloc[0],
        "input_order": rows["order"].iloc[0],
        "n": np.sort(rows["N"].unique()),
    }


def _exact(target: str, rows: pd.DataFrame) -> Verdict:
    arithmetic = {
        "fourier": "there is one path from every input j to every output k, and the exponents of its weights, which "
        "are powers of ω, add up to j k modulo N, in integers",
        "hadamard": "the products of the layers equal the matrix in integers",
    }[target]
    return FASTER.verdict(
        f"exact/{target}",
        f"{target.capitalize()}'s transform of N inputs is a product of log2 N linear layers of butterflies.",
        Measured.exactly(rows["exact"].mean(), len(rows), how="The share of the N."),
        holds_for_all(arithmetic, rows["exact"]),
        prediction="share of sizes at which the layers are the transform = 1",
        notes=f"in float64 the largest root mean square error, for rows of norm 1, is {rows['error'].max():.1e}",
        **_switches(rows),
    )


def _edges(target: str, rows: pd.DataFrame) -> Verdict:
    rows = rows.sort_values("N", kind="stable")
    as_said = (rows["edges"] == 2 * rows["N"] * np.log2(rows["N"])) & (rows["flat_edges"] == rows["N"] ** 2)
    fewer = rows.loc[rows["edges"] < rows["flat_edges"], "N"]
    last = rows.iloc[-1]
    good = bool(as_said.all() and len(fewer))
    how = (
        "The ratio of the edges at the largest N. Edges are the non-zero weights. A linear map has one matrix, so its "
        "non-zeros are the fewest edges of a flat network."
    )
    return FASTER.verdict(
        f"edges/{target}",
        f"{target.capitalize()}'s transform takes 2 N log2 N edges in a deep network, and N² in a flat one.",
        Measured.exactly(last["edges"] / last["flat_edges"], len(rows), how=how),
        Rule(
            "Supported if the deep network has 2 N log2 N edges and the flat one N², at every N, and the deep one has "
            "fewer at some N; contradicted otherwise.",
            lambda _: decide(good, not good),
        ),
        prediction=f"deep / flat = 2 log2 N / N = {2 * np.log2(last['N']) / last['N']:.4g} at N = {last['N']}",
        notes=f"fewer edges from N = {fewer.min() if len(fewer) else 'none'} on; edges between real neurons at N = "
        f"{last['N']}, with two neurons for each complex one and no edge for a part that is 0: {last['real_edges']:,} "
        f"deep, {last['flat_real_edges']:,} flat",
        **_switches(rows),
    )


def _out_of_reach(target: str, order: str, rows: pd.DataFrame) -> Verdict:
    shares = rows["floor"] / rows["scale"]
    # For N = 4 the lower bound is the least error.
    reached = bool((shares[rows["N"] == 4] <= ROUNDING).any())
    what = "A random matrix" if target == "random" else f"{target.capitalize()}'s transform"
    floors = ", ".join(f"N = {row.N}: {row.floor:.3f}" for row in rows.sort_values("N", kind="stable").itertuples())
    how = (
        "The lower bound comes from singular values of blocks that must have rank one in butterflies. For N = 4 it is "
        "the least possible error. Measured is the smallest bound over N."
    )
    return OUT_OF_REACH.verdict(
        f"out-of-reach/{target}/{order}",
        f"{what} is no product of butterflies that take their inputs in {order} order.",
        Measured.exactly(shares.min(), len(rows), how=how),
        Rule(
            f"Supported if it is above rounding, {ROUNDING:g}, at every N >= 4; contradicted if it is not at N = 4; "
            "else inconclusive.",
            lambda m: decide(m.value > ROUNDING, reached),
        ),
        prediction="least root mean square error / size of an entry > 0; measured: its smallest lower bound, N >= 4",
        notes=f"lower bounds as root mean square errors: {floors}",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Edges against N, deep and flat, and lower bounds. Markers that coincide are drawn small within large."""
    figure, axes_of = panels(("counts", "floors"), width=4.2, height=2.9, beside=0)
    _draw_counts(axes_of["counts"], table[table["constructed"]].sort_values("N", kind="stable"))
    _draw_floors(axes_of["floors"], table[~table["constructed"] & (table["N"] >= 4)].sort_values("N", kind="stable"))
    for axes in figure.axes:
        axes.set_xscale("log", base=2)
        axes.set_xlabel("N")
        axes.legend(fontsize=7)
    large = table[table["N"] == table["N"].max()].iloc[0]
    title = (
        f"At N = {large['N']} butterflies have {large['flat_edges'] / table['edges'].max():.3g} times fewer edges than "
        "a matrix"
    )
    caption = "Left: edges, deep and flat. Right: how near butterflies that take their inputs in own order can come."
    return {"butterfly-edges": Drawing(figure, table, title, caption)}


def _draw_counts(axes: Axes, built: pd.DataFrame) -> None:
    N = np.geomspace(2, max(4, built["N"].max()), 100)
    axes.plot(N, 2 * N * np.log2(N), "k-", lw=0.8, label="2 N log2 N")
    axes.plot(N, N**2, "k--", lw=0.8, label="N²")
    for i, (target, rows) in enumerate(built.groupby("target")):
        for column, marker, label in (("edges", "o", "deep"), ("flat_edges", "s", "flat")):
            look: dict[str, Any] = {"color": COLOURS[i], "mfc": "none" if i == 0 else COLOURS[i], "ms": 7 - 4 * i}
            axes.plot(rows["N"], rows[column], marker, label=f"{target}, {label}", **look)
    axes.set(ylabel="edges", yscale="log")


def _draw_floors(axes: Axes, others: pd.DataFrame) -> None:
    for i, ((target, order), rows) in enumerate(others.groupby(["target", "order"])):
        look: dict[str, Any] = {"color": COLOURS[i], "ms": 7 - 1.5 * i, "lw": 3 - 0.7 * i}
        label = f"{target}, {order} order"
        axes.plot(rows["N"], rows["floor"] / rows["scale"], f"{MARKERS[i]}-", label=label, **look)
    axes.set(ylabel="lower bound: error / size of an entry", ylim=(0, 1.05))
