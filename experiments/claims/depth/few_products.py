"""depth.few-products: networks of few hidden products, built: exact ones of 7 and 11, and ten that come ever nearer.

A bilinear network has r hidden products (u·A)(v·B) and linear outputs. For 2x2 by 2x2 matrices 7 are exact, for 2x3 by
3x2 matrices 11; the latter have networks of 10 besides that miss by the order of any ε > 0, see
theory/depth/near_schemes.py. All is checked in integers, for all A and B and every ε at once. What training finds is
the matter of depth.hidden-products.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, exhibits, within
from experiments.judging.statistics import least_squares_slope
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import near_schemes, schemes
from theory.depth.schemes import BORDER_RANKS, LONG, PRODUCTS, RANKS, SQUARE, Scheme

EXACT = {SQUARE: schemes.strassen, LONG: schemes.long}
# Built networks by name.
KINDS = ("exact", "nearly", "one-left-out")
# Weights grow as this power of the residual, within MARGIN.
POWER, MARGIN = -1 / 3, 0.01


BUILT = Trial(
    source="Strassen 1969; for 11 products its scheme and four products more",
    bears_on=on("hopcroft-kerr-rank") + on("matrix-product", role="variant"),
    existence="representable",
    switches={
        "network": "bilinear: r products (u·A)(v·B) of linear combinations, linear outputs",
        "bias": False,
        "arithmetic": "exact",
    },
)
NEARLY = BUILT.but(
    source="Bini, Capovani, Lotti & Romani 1979; that 9 are too few: Conner, Harper & Landsberg 2019, arXiv 1911.07981 "
    "[literature, not proved here]",
    bears_on=on("conner-border-rank"),
)
GROWTH = NEARLY.but(bears_on=on("conner-border-rank", role="variant"))
LEFT_OUT = BUILT.but(bears_on=on("hopcroft-kerr-rank", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """The product of matrices, what is built for it, and how often ε = 1 is halved for networks that come near."""

    product: list[str] = setting(list(PRODUCTS), choices=tuple(PRODUCTS))
    kind: list[str] = setting(list(KINDS), choices=KINDS)
    halvings: list[int] = setting([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20], low=0, high=40)
    # Of 2x2 by 2x2 none of fewer products come near, and only what comes near has an ε.
    where: str = setting("(kind == 'nearly' and product == '2x3-3x2') or (kind != 'nearly' and halvings == 0)")


SMOKE: dict[str, Any] = {}
FULL: dict[str, Any] = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its products, its residual, its largest weight, and what holds of it in integers.

    `largest_weight`: if every product is spread evenly over U, V and W. `equations`: that Brent's equations hold, or,
    of networks that come near, that they hold in the limit ε -> 0.
    """
    columns = (unit.cells[name] for name in ("product", "kind", "halvings"))
    rows = [_facts(_built(*cell)) | {"equations": _holds(*cell[:2])} for cell in zip(*columns, strict=True)]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _built(product: str, kind: str, halvings: int) -> Scheme:
    """The network of a row; without one of its products, the nearest."""
    if kind == "nearly":
        return near_schemes.long().at(0.5**halvings)
    scheme = EXACT[PRODUCTS[product]]()
    return scheme if kind == "exact" else min(_one_left_out(scheme), key=schemes.residual)


def _one_left_out(scheme: Scheme) -> list[Scheme]:
    return [Scheme(*(np.delete(part, q, 0) for part in scheme)) for q in range(scheme.products)]


def _holds(product: str, kind: str) -> bool:
    """Whether the equations hold, in integers: in the limit, exactly, or for some of the networks with one left out."""
    shape = PRODUCTS[product]
    if kind == "nearly":
        zeroth, first, *_ = near_schemes.long().orders()
        return not zeroth.any() and np.array_equal(first, schemes.product_tensor(shape))
    scheme = EXACT[shape]()
    every = [scheme] if kind == "exact" else _one_left_out(scheme)
    return any(not schemes.defects(one).any() for one in every)


def _facts(scheme: Scheme) -> dict[str, Any]:
    largest = near_schemes.spread(scheme).max()
    return {"products": scheme.products, "residual": float(schemes.residual(scheme)), "largest_weight": largest}


def rebuild(_: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again: the layers are U and V, beside each other, and W, after the products."""
    scheme = _built(row["product"], row["kind"], int(row["halvings"]))
    return Rebuilt(scheme.layers(), no_curve(), _facts(scheme))


def work(unit: Unit) -> Work:
    """A few thousand operations for each network."""
    return Work(0, len(unit.cells) * 1e4)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether exact networks are exact, those of ten come near, and what is left of one without a product."""
    verdicts = []
    for (product, kind), rows in table.groupby(["product", "kind"]):
        if kind == "nearly":
            verdicts += [_near(str(product), rows), *([_growth(str(product), rows)] if len(rows) > 1 else [])]
        else:
            verdicts.append({"exact": _exact, "one-left-out": _left_out}[str(kind)](str(product), rows))
    return verdicts


def _exact(product: str, rows: pd.DataFrame) -> Verdict:
    shape = PRODUCTS[product]
    how = "The number of hidden products of the network that is built."
    return BUILT.verdict(
        f"exact/{product}",
        f"{RANKS[shape]} hidden products multiply {shape} matrices.",
        Measured.exactly(rows["products"].min(), len(rows), how=how),
        exhibits("Brent's equations hold for it in integers", bool(rows["equations"].all())),
        prediction=f"an exact network of {RANKS[shape]} products",
        finding=f"{{measured}} hidden products multiply {shape} matrices exactly.",
    )


def _near(product: str, rows: pd.DataFrame) -> Verdict:
    shape, nearest = PRODUCTS[product], rows.loc[rows["residual"].idxmin()]
    few, rank = BORDER_RANKS[shape], RANKS[shape]
    how = (
        "The number of hidden products of networks with a weight ε > 0. Multiplied out they are a polynomial in ε, "
        "whose terms are compared in integers."
    )
    return NEARLY.verdict(
        f"nearly/{product}",
        f"{few} hidden products come as near as one likes to the product of {shape} matrices.",
        Measured.exactly(rows["products"].min(), len(rows), how=how),
        exhibits("all that does not vanish with ε is the product", bool(rows["equations"].all())),
        prediction=f"networks of {few} products that are exact in the limit ε -> 0",
        finding=f"{{measured}} hidden products come as near to {shape} as one likes, although only {rank} are exact.",
        notes=f"at ε = {0.5 ** nearest['halvings']:.3g} the residual is {nearest['residual']:.3g}, and the largest "
        f"weight {nearest['largest_weight']:.3g}",
    )


def _growth(product: str, rows: pd.DataFrame) -> Verdict:
    logs = (np.log(rows[column].to_numpy(float)) for column in ("residual", "largest_weight"))
    slope = float(least_squares_slope(*logs))
    how = (
        "The slope of the logarithm of the largest weight against that of the residual; each product is spread evenly."
    )
    shape = PRODUCTS[product]
    return GROWTH.verdict(
        f"weights-grow/{product}",
        f"The nearer networks of {BORDER_RANKS[shape]} products come to {shape}, the larger their weights are.",
        Measured.exactly(slope, len(rows), how=how),
        within(POWER, MARGIN),
        prediction="power of the residual = -1/3",
        notes="of these networks; others might have smaller weights",
    )


def _left_out(product: str, rows: pd.DataFrame) -> Verdict:
    how = "The least residual of what is left of the exact network without any one of its products."
    return LEFT_OUT.verdict(
        f"one-left-out/{product}",
        f"Without any one of its products the exact network for {PRODUCTS[product]} matrices is far from exact.",
        Measured.exactly(rows["residual"].min(), len(rows), how=how),
        Rule(
            "Supported if it is at least 1, for the equations are of whole numbers; contradicted if it is 0.",
            lambda m: decide(m.value >= 1, m.value == 0),
        ),
        prediction="residual >= 1",
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Residuals against largest weights, of networks that come near and of exact ones without one of their products."""
    figure, axes_of = panels(("near",), width=4.4, beside=2.8)
    axes = axes_of["near"]
    near = table[table["kind"] == "nearly"].sort_values("halvings", kind="stable")
    axes.plot(
        near["largest_weight"],
        near["residual"],
        "o-",
        color=COLOURS[0],
        ms=4,
        lw=1,
        label="10 products for 2x3 by 3x2, nearly",
    )
    left = table[table["kind"] == "one-left-out"]
    for i, row in enumerate(left.itertuples(), start=1):
        label = f"the exact {row.products + 1} for {PRODUCTS[str(row.product)]}, one left out"
        axes.plot(row.largest_weight, row.residual, MARKERS[i], color=COLOURS[i], ms=5, label=label)
    axes.set(xscale="log", yscale="log", xlabel="largest weight, products spread evenly", ylabel="residual")
    legend_beside(figure)
    nearest = near["residual"].min() if len(near) else float("nan")
    title = f"Ten products come within {nearest:.1g} of 2x3 by 3x2, and their weights grow; eleven are exact"
    caption = "Networks that come near, by ε; and exact ones without one of their products, which do not."
    return {"few-products": Drawing(figure, table, title, caption)}
