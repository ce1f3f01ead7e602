"""depth.linear-collapse: a deep network of identity units is one matrix, W_1 ... W_L, and one bias.

Weights are whole numbers, so both sides are computed exactly; they are also computed in float64. As a control, the same
weights get rectifiers: then no single matrix is left. Source: chapter III of the post.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import Rule, at_most, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import linear
from theory.depth.equations import rank

# Sizes of every network.
INPUTS = 4
OUTPUTS = 3
# Weights and inputs are whole numbers up to this size.
LARGEST = 99
# Random points at which outputs are compared.
POINTS = 20
ONE_MATRIX = Trial(
    source="the post, ch. III: with units that do nothing the network is a single matrix",
    bears_on=on("linear-collapse"),
    existence="representable",
    switches={
        "activation": "identity",
        "bias": True,
        "inputs": INPUTS,
        "outputs": OUTPUTS,
        "weights": f"whole numbers up to ±{LARGEST}",
        "precision": "exact",
    },
)
FLOAT64 = ONE_MATRIX.but(bears_on=on("linear-collapse", role="variant"), switches={"precision": "float64"})
RECTIFIERS = ONE_MATRIX.but(bears_on=on("linear-collapse", role="control"), switches={"activation": "rectifier"})
NARROW = ONE_MATRIX.but(bears_on=on("linear-collapse", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is drawn: `draws` networks of `layers` hidden layers of `width` units, with whole weights up to ±99."""

    layers: list[int] = setting([1, 2, 3, 4, 6, 8], low=1, high=32, static=True)
    width: list[int] = setting([1, 2, 4, 8], low=1, high=64, static=True)
    draws: int = setting(10, low=1, high=1_000_000, counts="draw")


SMOKE = {
    "layers": [1, 3],
    "width": [2, 4],
    "draws": 2,
}
FULL: dict[str, Any] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: whether it equals one matrix, exactly and in float64, and with rectifiers."""
    rows = []
    for key in unit.keys.tolist():
        rng = np.random.default_rng(key)
        layers = linear.random_whole((INPUTS, *[unit.static("width")] * unit.static("layers"), OUTPUTS), LARGEST, rng)
        x = rng.integers(-LARGEST, LARGEST + 1, (POINTS, INPUTS)).astype(object)
        W, b = linear.collapse(layers)
        deep = linear.outputs(layers, x, linear.identity)
        error, bound = np.abs(_float64(layers, x) - deep.astype(float)), linear.rounding(layers, x)
        rows.append(
            {
                "parameters": float(sum(W.size + b.size for W, b in layers)),
                "of_matrix": float(W.size + b.size),
                "equal": bool((deep == x @ W + b).all()),
                "rank": rank(W),
                "of_bound": float((error / np.maximum(bound, np.finfo(float).tiny)).max()),
                "bent": bool(linear.second_difference(layers, x, linear.rectify).any()),
            }
        )
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _float64(layers: Any, x: np.ndarray) -> np.ndarray:
    import jax

    from theory import network
    from theory.activations import ACTIVATIONS

    with jax.enable_x64(True):
        floats = network.from_arrays(((W.astype(float), b.astype(float)) for W, b in layers), "float64")
        return np.asarray(network.evaluate(floats, jax.numpy.asarray(x.astype(float)), ACTIVATIONS["identity"]))


def work(unit: Unit) -> Work:
    """Products of whole numbers of any size."""
    return Work(0, 1e3 * len(unit.cells) * POINTS * unit.static("layers") * unit.static("width") ** 2)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """One matrix exactly, and in float64 up to rounding; no matrix with rectifiers; low rank if layers are narrow."""
    narrow = table[table["width"] < min(INPUTS, OUTPUTS)]
    return [_exact(table), _float64_too(table), _rectifiers(table), *([_ranks(narrow)] if len(narrow) else [])]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {"hidden_layers": np.sort(rows["layers"].unique()), "width": np.sort(rows["width"].unique())}


def _exact(table: pd.DataFrame) -> Verdict:
    how = (
        f"The share of the networks that equal one matrix at {POINTS} random points each, without rounding. Affine "
        f"maps that are equal at {INPUTS + 1} points in general position are equal everywhere."
    )
    return ONE_MATRIX.verdict(
        "exact",
        "A deep network of identity units equals one matrix with one bias.",
        Measured.exactly(table["equal"].mean(), len(table), how=how),
        holds_for_all("the two are equal", table["equal"]),
        finding=f"{counted(int(table['equal'].sum()), len(table)).capitalize()} deep networks of identities are "
        "exactly one matrix.",
        prediction="share of networks that equal their collapsed layer = 1",
        **_switches(table),
    )


def _float64_too(table: pd.DataFrame) -> Verdict:
    how = (
        "The largest difference over its bound. The bound counts the roundings of every sum and product, see "
        "theory/depth/linear.py."
    )
    return FLOAT64.verdict(
        "float64",
        "In float64 a deep network of identity units and its one matrix differ by rounding alone.",
        Measured.exactly(table["of_bound"].max(), len(table), how=how),
        at_most(1),
        prediction="largest difference / bound on rounding <= 1",
        **_switches(table),
    )


def _rectifiers(table: pd.DataFrame) -> Verdict:
    bent = table.loc[table["width"] == table["width"].max(), "bent"]
    by_width = ", ".join(f"{width}: {share:.2f}" for width, share in table.groupby("width")["bent"].mean().items())
    return RECTIFIERS.verdict(
        "rectifiers",
        "With rectifiers in place of the identities, the same weights equal no single matrix.",
        Measured.exactly(bent.mean(), len(table), how="The share of the widest networks that are bent."),
        Rule(
            "Supported if every network of the largest width is bent, contradicted if no network is, else "
            "inconclusive: narrow deep networks may be dead.",
            lambda m: decide(m.value == 1, not table["bent"].any()),
        ),
        prediction="share of the widest networks with f(x) + f(-x) ≠ 2 f(0) at some x = 1",
        notes=f"share of bent networks by width: {by_width}",
        **_switches(table),
    )


def _ranks(narrow: pd.DataFrame) -> Verdict:
    lost = narrow["rank"] <= narrow["width"]
    how = "The share of the networks with hidden layers narrower than inputs and outputs; ranks by exact elimination."
    return NARROW.verdict(
        "narrow",
        "The one matrix of a deep network of identity units has at most the rank that its narrowest layer allows, so "
        "some matrices are no such network.",
        Measured.exactly(lost.mean(), len(narrow), how=how),
        holds_for_all("the rank is at most the width", lost),
        prediction="share of networks whose matrix has at most the rank that the width allows = 1",
        **_switches(narrow),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Parameters of the deep network and of its one matrix, against the number of hidden layers."""
    figure = new_figure(4.8, 3.2)
    axes = figure.axes[0]
    numbers = (
        table.groupby(["width", "layers"])[["parameters", "of_matrix", "equal", "bent", "of_bound"]]
        .mean()
        .reset_index()
    )
    for i, (width, rows) in enumerate(numbers.groupby("width")):
        axes.plot(
            rows["layers"], rows["parameters"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=0.9, label=f"width {width}"
        )
    axes.axhline(numbers["of_matrix"].iloc[0], color="black", lw=0.9, ls="--", label="the one matrix and bias")
    axes.set_yscale("log")
    axes.set(xlabel="hidden layers of identity units", ylabel="parameters")
    legend_beside(figure)
    title = (
        f"All {len(table):,} deep networks of identities are one matrix"
        if table["equal"].all()
        else "Not all are one matrix"
    )
    caption = "Parameters of the deep network, and of the one matrix with one bias that it equals."
    return {"linear-parameters": Drawing(figure, numbers, title, caption)}
