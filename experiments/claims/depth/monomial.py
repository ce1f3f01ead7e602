"""depth.monomial: a deep network makes x_1^r_1 ... x_n^r_n of Σ (7 ⌈log2 r_i⌉ + 4) neurons, a flat one of ∏ (r_i + 1).

Every deep network is the smallest in a set of schemes of squares and products, see theory/depth/monomial.py. It is
built, and its neurons are counted in its weights; neurons that only carry a value to a later layer count as well. It is
evaluated in float64 at corners of [-1, 1]^n, and at points between the corners and their halves. Errors are the largest
over these points, at scales of the gates near the predicted best ones. Flat networks of a low degree are built for
comparison. A proof for fixed directions says that no flat network without biases has fewer than ∏ (r_i + 1) neurons.
Every gate has its own output bias, or its own hidden biases. Source: Rolnick & Tegmark 2018.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _monomials as monomials
from experiments.claims.depth import _products as products
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth.monomial import published_bound
from theory.depth.product import BIASES
from theory.depth.taylor import DERIVATIVES

# An error of three digits.
ACCURATE = 1e-3
# Notes name at most this many monomials.
MOST_NAMED = 4
BOUND = Trial(
    source="Rolnick & Tegmark 2018, arXiv 1705.05502, on monomials",
    bears_on=on("no-flattening", role="variant") + on("rt-monomial-deep"),
    existence="representable",
    switches={"task": "monomials x_1^r_1 ... x_n^r_n", "weights": "a scale of each gate, λ -> 0", "output": "linear"},
)
SAVES = BOUND.but(
    source="theory/depth/monomial.py; for flat ones theory/depth/equations.py and Rolnick & Tegmark 2018",
    switches={"network": "layered: no connection skips a layer"},
)
DIGITS = BOUND.but(
    source="theory/depth/scale.py",
    bears_on=on("no-flattening", role="control"),
    switches={"precision": products.PRECISION, "weights": "a scale of each gate, λ the best"},
)
GATES = {2: "gates of one and two numbers", 3: "gates of one to three numbers"}
EQUAL = [(n, r) for n, most in ((1, 64), (2, 12), (3, 12)) for r in range(2 if n == 1 else 1, most + 1)]
LARGE = [(n, r) for n in (1, 2, 3) for r in (127, 128, 255, 256, 1000, 1023, 1024)]
MIDDLE = [(n, r) for n in (2, 3) for r in (15, 16, 24, 31, 32, 48, 63, 64)]
MIXED = ["1 1 1 1 1", "2 1", "7 1 1", "5 3 2", "63 8 1", "100 10 1", "1023 1 1", "1023 3 1 1"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `exponents`: r_1 ... r_n, separated by spaces; `largest`: most numbers that a gate multiplies."""

    exponents: list[str] = setting(
        [" ".join([str(r)] * n) for n, r in EQUAL + MIDDLE + LARGE] + MIXED, low=1, high=100_000
    )
    largest: list[int] = setting([2, 3], low=2, high=3)
    activation: list[str] = setting(["exponential", "sine"], choices=tuple(DERIVATIVES), static=True)
    bias: list[str] = setting(list(BIASES), choices=BIASES, static=True)
    where: str = setting("(activation == 'exponential') != (bias == 'hidden')")
    points: int = setting(64, low=16, high=100_000)


SMOKE = {
    "exponents": ["2", "7", "32", "2 2", "1023 1 1"],
    "bias": ["none"],
}
FULL: dict[str, Any] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per monomial: neurons promised and counted, and errors, of a deep and of a flat network."""
    activation, bias, rows = unit.static("activation"), unit.static("bias"), []
    for text, largest in zip(unit.cells["exponents"], unit.cells["largest"].tolist(), strict=True):
        exponents = tuple(int(r) for r in text.split())
        x = products.points(len(exponents), unit.settings.points, random_generator(unit.seed, "monomial", text))
        built = monomials.deep(exponents, largest, activation, bias, x)
        row: dict[str, Any] = {"promised": float(published_bound(exponents)), "possible": built is not None}
        row |= {"flat": float(prod(r + 1 for r in exponents))} | (built or {})
        rows.append(row | monomials.flat_network(exponents, activation, bias, x))
    columns = [
        "promised",
        "flat",
        "possible",
        "hidden_layers",
        "neurons",
        "carried",
        "error",
        "flat_neurons",
        "flat_error",
    ]
    return pd.concat([unit.cells, pd.DataFrame(rows).reindex(columns=columns)], axis=1)


def work(unit: Unit) -> Work:
    """About ten gates, at a few scales."""
    return Work(0, 1e4 * unit.settings.points * len(unit.cells))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether networks keep the published bound, whether depth saves neurons, and how many digits are right."""
    built = table[table["possible"]]
    verdicts = [
        _bound(int(largest), str(bias), str(activation), rows)
        for (largest, bias, activation), rows in built.groupby(["largest", "bias", "activation"], sort=False)
    ]
    verdicts += [_saves(int(n), rows) for n, rows in _bases(built[built["largest"] == 3]).groupby("inputs")]
    for (bias, activation), rows in built[built["largest"] == 3].groupby(["bias", "activation"], sort=False):
        verdicts += _digits(f"deep/{bias}/{activation}", "deep", "error", rows)
        verdicts += _digits(f"flat/{bias}/{activation}", "flat", "flat_error", rows)
    return verdicts


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": rows["activation"],
        "bias": products.bias_of(rows["bias"]),
        "monomials": len(rows),
        "largest_degree": max(_degrees(rows)),
    }


def _bases(table: pd.DataFrame) -> pd.DataFrame:
    """Bias-free networks of (x_1 ... x_n)^r, r > 1, with columns inputs, which is n, and r; sorted by r."""
    powers = table["exponents"].str.split()
    table = table.assign(inputs=powers.str.len(), r=powers.str[0].astype(int))
    equal = powers.map(lambda one: len(set(one)) == 1) & (table["r"] > 1)
    return table[equal & (table["bias"] == "none") & (table["activation"] == "exponential")].sort_values(
        "r", kind="stable"
    )


def _degrees(rows: pd.DataFrame) -> list[int]:
    return [sum(map(int, text.split())) for text in rows["exponents"]]


def _some(rows: pd.DataFrame) -> str:
    """The exponents of these rows; of many rows, of the first."""
    names = [f"({', '.join(text.split())})" for text in rows["exponents"]]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more if names else "none"


def _bound(largest: int, bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    share, above = rows["neurons"] / rows["promised"], rows[rows["neurons"] > rows["promised"]]
    how = (
        "The smallest scheme: squares are made as early as possible, factors are multiplied in groups, and gates of a "
        "layer share their constant. Measured is the largest ratio; the interval goes from the least to the largest."
    )
    return BOUND.verdict(
        f"bound/{largest}/{bias}/{activation}",
        f"A deep network of {GATES[largest]} makes x_1^r_1 ... x_n^r_n of at most Σ (7 ⌈log2 r_i⌉ + 4) neurons, "
        "including the neurons that carry a value through a layer.",
        Measured.exactly(share.max(), len(rows), share.min(), share.max(), how=how),
        exhibits("no ratio is above 1", above.empty),
        prediction="neurons counted / Σ (7 ⌈log2 r_i⌉ + 4) <= 1",
        notes=f"exponents above the bound: {_some(above)}; most carried factors: {rows['carried'].max():.0f}",
        network="layered: no connection skips a layer",
        **_switches(rows),
    )


def _saves(n: int, rows: pd.DataFrame) -> Verdict:
    share, not_smaller = rows["neurons"] / rows["flat"], rows[rows["neurons"] >= rows["flat"]]
    last = not_smaller["r"].max() if len(not_smaller) else 1
    start = rows.loc[rows["r"] > last, "r"].min()
    name = "x^r" if n == 1 else f"({' '.join(f'x_{i + 1}' for i in range(n))})^r"
    return SAVES.verdict(
        f"saves/{n}",
        f"For every r >= 2, some deep network for {name} has fewer neurons than every flat one.",
        Measured.exactly(
            share.max(),
            len(rows),
            share.min(),
            share.max(),
            how="Measured is the largest ratio; the interval goes from the least to the largest.",
        ),
        exhibits("a smaller network was built for every r", not_smaller.empty),
        prediction=f"neurons counted / (r + 1)^{n} < 1 for every r",
        notes=f"the r tried go from {rows['r'].min()} to {rows['r'].max()}; none found for r = "
        f"{', '.join(map(str, not_smaller['r'])) or 'none'}; fewer for every r tried from "
        f"{'none' if pd.isna(start) else start} on",
        **_switches(rows),
    )


def _digits(name: str, shape: str, column: str, rows: pd.DataFrame) -> list[Verdict]:
    rows = rows[rows[column].notna()]
    if rows.empty:
        return []
    highest = rows.loc[[degree == max(_degrees(rows)) for degree in _degrees(rows)]]
    how = (
        "It is about this network and no other. Measured is the largest error among monomials of the highest degree, "
        "each at the best of some scales; the interval goes from the least to the largest error of all."
    )
    return [
        DIGITS.verdict(
            f"digits/{name}",
            f"The {shape} network built here gives the monomials of the highest degree in float64 to three digits.",
            Measured.exactly(highest[column].max(), len(rows), rows[column].min(), rows[column].max(), how=how),
            Rule(
                f"Supported if it is at most {ACCURATE:g}, else contradicted.",
                lambda m: decide(m.value <= ACCURATE, m.value > ACCURATE),
            ),
            prediction=f"error at degree {max(_degrees(rows))} <= {ACCURATE:g}",
            **_switches(rows),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons against r for (x_1 ... x_n)^r, one panel for each n."""
    rows = _bases(table[table["possible"]])
    few = sorted(rows.loc[rows["inputs"] <= 3, "inputs"].unique())
    figure, axes_of = panels(few, height=2.9, beside=2.2)
    for n, axes in axes_of.items():
        mine = rows[rows["inputs"] == n]
        r = np.unique(np.geomspace(2, mine["r"].max(), 400).round().astype(int))
        axes.plot(r, (r + 1.0) ** n, "k-", lw=0.8, label="one hidden layer: (r + 1)^n")
        axes.plot(
            r, [published_bound((one,) * int(n)) for one in r.tolist()], "k:", lw=0.9, label="bound: n (7 ⌈log2 r⌉ + 4)"
        )
        axes.plot(
            mine["r"], mine["flat_neurons"], "x", color=COLOURS[-1], ms=3.5, mew=0.7, label="one hidden layer, counted"
        )
        for i, (largest, some) in enumerate(mine.groupby("largest")):
            looks: dict[str, Any] = {"color": COLOURS[i], "ms": 4.5 - 2 * i, "mfc": "none" if i == 0 else None}
            axes.plot(some["r"], some["neurons"], MARKERS[i], label=f"deep, gates of up to {largest}, counted", **looks)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_title(f"n = {n}", fontsize=8)
    label_outside(figure, "exponent r", "hidden neurons of (x_1 ... x_n)^r")
    legend_beside(figure, size=7)
    saving = float((rows["neurons"] / rows["flat"]).min())
    title = f"A deep network makes a monomial with as little as {saving:.1g} of the neurons of a flat one"
    caption = "Hidden neurons of the monomial with exponent r in n numbers: deep, flat, and the bound."
    return {"monomial-neurons": Drawing(figure, rows, title, caption)}
