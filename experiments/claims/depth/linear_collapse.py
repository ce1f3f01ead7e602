"""depth.linear-collapse: a deep network of identity units is one matrix; with rectifiers in one layer it is not.

Weights are whole numbers, so that both sides are computed exactly, and again in float64.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.flat import Verdict, decide
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import linear
from theory.depth.equations import rank

INPUTS, OUTPUTS, LARGEST, POINTS = 4, 3, 99, 20
SOURCE = "the post, ch. III: with units that do nothing the network is a single matrix"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is drawn: `layers` hidden ones of `width` units, `draws` networks of whole weights to ±99 each."""

    layers: list[int] = setting([1, 2, 3, 4, 6, 8], low=1, high=32, static=True)
    width: list[int] = setting([1, 2, 4, 8], low=1, high=64, static=True)
    draws: int = setting(10, low=1, high=1_000_000, counts="draw")


SMOKE = {
    "layers": [1, 3],
    "width": [2, 4],
    "draws": 2,
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: whether it is its one matrix, exactly and in float64, and whether it is with rectifiers."""
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
    """Exactly one matrix; in float64 too, up to rounding; of low rank where narrow; not with rectifiers."""
    full, worst = min(INPUTS, OUTPUTS), float(table["of_bound"].max())
    bent = table.loc[table["width"] == table["width"].max(), "bent"]
    narrow = table[table["width"] < full]
    verdicts = [
        _verdict(
            "exact",
            "A deep network of identity units equals one matrix with one bias.",
            table,
            float(table["equal"].mean()),
            hypotheses="whole numbers, exact arithmetic",
            prediction="share of networks that equal their collapsed layer = 1",
            rule=f"At {POINTS} random points each, without rounding; equal at {INPUTS + 1} points in general position "
            "is equal everywhere. Supported if all are, contradicted if one is not.",
            verdict=decide(bool(table["equal"].all()), not table["equal"].all()),
        ),
        _verdict(
            "float64",
            "In float64 the deep network and the one matrix differ by rounding alone.",
            table,
            worst,
            hypotheses="float64 against exact arithmetic",
            prediction="largest difference / bound on rounding <= 1",
            rule="The bound counts the roundings of every sum and product, theory/depth/linear.py. Supported if no "
            "difference is larger, contradicted if one is.",
            verdict=decide(worst <= 1, worst > 1),
        ),
        _verdict(
            "rectifiers",
            "With rectifiers in place of the identities no single matrix is left.",
            table,
            float(bent.mean()),
            hypotheses="negative control: the same weights, every hidden unit a rectifier",
            prediction="share of the widest networks with f(x) + f(-x) ≠ 2 f(0) at some x = 1",
            rule="Exact. Supported if every network of the largest width is bent, contradicted if none is, else "
            f"inconclusive: narrow deep ones may be dead. By width: {_by_width(table)}.",
            verdict=decide(bool(bent.all()), not table["bent"].any()),
        ),
    ]
    return [*verdicts, *([_ranks(narrow, full)] if len(narrow) else [])]


def _ranks(narrow: pd.DataFrame, full: int) -> Verdict:
    lost = narrow["rank"] <= narrow["width"]
    return _verdict(
        "narrow",
        "The one matrix of a deep network has at most the rank of its narrowest layer, so not every matrix is one.",
        narrow,
        float(lost.mean()),
        hypotheses=f"hidden layers narrower than {full}, the smaller of inputs and outputs",
        prediction="share of networks whose matrix has at most the rank that the width allows = 1",
        rule="Ranks by exact elimination. Supported if all are, contradicted if one is not.",
        verdict=decide(bool(lost.all()), not lost.all()),
    )


def _by_width(table: pd.DataFrame) -> str:
    return ", ".join(f"{width}: {share:.2f}" for width, share in table.groupby("width")["bent"].mean().items())


def _verdict(name: str, statement: str, rows: pd.DataFrame, measured: float, **others: Any) -> Verdict:
    others["hypotheses"] = (
        f"{INPUTS} inputs, {OUTPUTS} outputs, hidden layers {', '.join(map(str, sorted(rows['layers'].unique())))} of "
        f"{', '.join(map(str, sorted(rows['width'].unique())))} units, biases; {others['hypotheses']}"
    )
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "representable",
        "samples": len(rows),
        "evidence": "exact",
        "measured": measured,
        "low": measured,
        "high": measured,
    }
    return Verdict(claim=f"depth.linear-collapse/{name}", statement=statement, **standard, **others)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Parameters of the deep network and of the one matrix it is, against the number of hidden layers."""
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
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"linear-parameters": Drawing(figure, numbers)}
