"""depth.sawtooth: the triangle map composed k times takes 2 k rectifiers in k layers, and 2^k in one.

Both networks are built and evaluated at every kink and between kinks, and their linear pieces are counted. All numbers
are multiples of powers of two, so float64 does not round. Networks that are equal at all kinks, and have no other
kinks, are equal everywhere on [0, 1]. Source: Telgarsky 2015 and 2016.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.depth.groups import neurons
from theory.depth.pieces import count
from theory.depth.sawtooth import deep, sawtooth, shallow

# Name: (how to build the network, its neurons as stated, its description, the formula of its neurons).
SHAPES = {
    "deep": (deep, lambda k: 2 * k, "2 rectifiers in each of k hidden layers", "2 k"),
    "shallow": (shallow, lambda k: 2**k, "2^k rectifiers in one hidden layer", "2^k"),
}
# Steps between points within a piece: its ends and three points between are evaluated.
PER_PIECE = 4
SHORTER = Trial(
    source="Telgarsky 2015 and 2016",
    bears_on=on("no-flattening") + on("telgarsky-sawtooth"),
    existence="representable",
    switches={"activation": "rectifier", "bias": True, "output": "linear", "task": "sawtooth", "domain": "[0, 1]"},
)
EXACT = SHORTER.but(bears_on=on("no-flattening", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built: T^k, the triangle map composed k times."""

    k: list[int] = setting([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], low=1, high=14)
    shape: list[str] = setting(list(SHAPES), choices=tuple(SHAPES), static=True)


SMOKE = {
    "k": [1, 2, 3, 4],
}
FULL: dict[str, Any] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: neurons and pieces counted, and the largest difference from T^k."""
    build = SHAPES[unit.static("shape")][0]
    rows = [_examined(build(k), k) for k in unit.cells["k"].tolist()]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _examined(layers: Layers, k: int) -> dict[str, Any]:
    from experiments.ensemble import single

    x = np.arange(PER_PIECE * 2**k + 1) / (PER_PIECE * 2.0**k)
    z = single.evaluate(layers, x[:, None], "rectifier")[:, 0]
    difference = float(np.abs(z - sawtooth(k, x)).max())
    return {"neurons": float(neurons(layers)), "pieces": count(layers, 0.0, 1.0), "difference": difference}


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    k = int(row["k"])
    layers = SHAPES[unit.static("shape")][0](k)
    return Rebuilt([(np.asarray(W), np.asarray(b)) for W, b in layers], no_curve(), _examined(layers, k))


def work(unit: Unit) -> Work:
    """Every unit at every point, and on every piece in whole numbers."""
    return Work(0, float(np.sum(1e3 * 4.0 ** unit.cells["k"])))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Each network is the sawtooth, with the stated number of neurons; no smaller shallow network is."""
    return [_exact(str(shape), rows) for shape, rows in table.groupby("shape", sort=False)] + _factor(table)


def _exact(shape: str, rows: pd.DataFrame) -> Verdict:
    _, expected, words, formula = SHAPES[shape]
    right = (
        (rows["difference"] == 0) & (rows["pieces"] == 2 ** rows["k"]) & (rows["neurons"] == rows["k"].map(expected))
    )
    how = (
        "The share of the k. Pieces are counted in whole numbers: the line is cut at the zero of every unit. Neurons "
        "are counted in the weights."
    )
    return EXACT.verdict(
        f"exact/{shape}",
        f"The triangle map composed k times, which has 2^k linear pieces, is exactly a network of {words}.",
        Measured.exactly(right.mean(), len(rows), how=how),
        holds_for_all("outputs are equal, and pieces and neurons have the predicted numbers", right),
        prediction=f"share of the k for which outputs are equal, pieces are 2^k and neurons {formula} = 1",
        k=np.sort(rows["k"].unique()),
        network=shape,
    )


def _factor(table: pd.DataFrame) -> list[Verdict]:
    both = table.pivot_table(index="k", columns="shape", values="neurons").dropna()
    if not {"deep", "shallow"} <= set(both.columns) or both.empty:
        return []
    k = int(both.index.max())
    predicted = 2**k / (2 * k)
    how = (
        "The ratio of the neurons counted at the largest k. One hidden layer needs at least 2^k, as proved in "
        "theory/depth/sawtooth.py: 2^k - 1 kinks take one unit each, and without another unit the slope of the first "
        "piece would be a multiple of 2^(k+1)."
    )
    return [
        SHORTER.verdict(
            "cannot-be-flattened",
            "One hidden layer needs exponentially many rectifiers to compute the function of k layers of two.",
            Measured.exactly(both.loc[k, "shallow"] / both.loc[k, "deep"], len(table), how=how),
            Rule(
                "Supported if the networks counted have the predicted ratio, else contradicted.",
                lambda m: decide(m.value == predicted, m.value != predicted),
            ),
            finding=f"What {k} layers of two rectifiers compute takes {{measured}} times as many neurons in one "
            "hidden layer.",
            prediction=f"neurons, shallow / deep = 2^k / (2 k) = {predicted:.4g} at k = {k}",
            k=np.sort(table["k"].unique()),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons against the number of linear pieces: counted as points, formulas as lines."""
    figure = new_figure(4.8, 3.2)
    axes = figure.axes[0]
    for i, (shape, rows) in enumerate(table.groupby("shape", sort=False)):
        _, expected, _, formula = SHAPES[str(shape)]
        k = np.arange(table["k"].min(), table["k"].max() + 1)
        axes.plot(2.0**k, [expected(int(one)) for one in k], "k-" if i else "k:", lw=0.8, label=formula)
        axes.plot(rows["pieces"], rows["neurons"], MARKERS[i], color=COLOURS[i], ms=4.5, label=f"{shape}, counted")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set(xlabel="linear pieces on [0, 1], 2^k, counted", ylabel="rectifiers")
    axes.legend(fontsize=8)
    both = table.pivot_table(index="k", columns="shape", values="neurons").dropna()
    ratio = (
        float((both["shallow"] / both["deep"]).iloc[-1]) if {"deep", "shallow"} <= set(both.columns) else float("nan")
    )
    title = f"In one hidden layer {both.index.max()} foldings take {ratio:.3g} times as many rectifiers"
    caption = "Rectifiers for a sawtooth of 2^k pieces, counted in networks that were built."
    return {"sawtooth-neurons": Drawing(figure, table, title, caption)}
