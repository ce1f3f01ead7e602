"""modern.square-by-folds: m folds make x² on [0, 1] up to 4^-(m+1); one hidden layer takes exponentially many neurons.

All networks are built, and their largest errors and linear pieces are exact fractions, see theory/modern/folds.py. They
stand beside what no function of so many pieces can do. What training finds is in modern.square-trained.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks, new_figure
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.modern import folds as theory

FOLDS, LOWERED, FLAT, OTHER = KINDS = ("folds", "lowered folds", "one hidden layer", "folds with other weights")
# Depths at which the rectifiers of any network are bounded.
DEPTHS = (1, 2, 3)
# Rectifiers of the folds for each factor of 2 in the error, at most: (3 m - 1) / (2 m + 2) tends to it.
FOR_EACH_BIT = 1.5
# The factor between weights in the control, and its error at x = 1/2, whatever m is: x - 1/8 instead of x - 1/4.
EIGHTH, WRONG = 0.125, 0.125

TRIAL = Trial(
    source="Yarotsky 2017, arXiv 1610.01145; derived in theory/modern/folds.py",
    bears_on=on("yarotsky-folds"),
    existence="representable",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "target": "x²",
        "domain": "[0, 1]",
        "error": "largest",
        "precision": "exact fractions",
    },
)
BEST = TRIAL.but(source="theory/modern/folds.py", bears_on=on("yarotsky-folds", role="variant"))
LOGARITHM = TRIAL.but(bears_on=on("yarotsky-logarithm"))
FIXED = TRIAL.but(source="theory/modern/folds.py", bears_on=on("yarotsky-fixed-depth"))
CONTROL = TRIAL.but(source="ours", bears_on=on("yarotsky-folds", role="control"), switches={"weights": "8^-s"})


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of folds, and what is built for each: a flat network has as many pieces as the folds."""

    m: list[int] = setting([1, 2, 3, 4, 6, 8, 10, 12], low=1, high=14)
    kind: list[str] = setting(list(KINDS), choices=KINDS)
    where: str = setting(f"kind != '{FLAT}' or m <= 8")


SMOKE = {
    "m": [1, 2, 4, 6],
}
FULL = {
    "m": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its layers, rectifiers, pieces and largest error."""
    rows = []
    for m, kind in zip(unit.cells["m"].tolist(), unit.cells["kind"].tolist(), strict=True):
        layers = network(m, kind)
        error, pieces = theory.error(layers)
        neurons = sum(len(b) for _, b in layers[:-1])
        rows.append(
            {
                "hidden_layers": len(layers) - 1,
                "neurons": float(neurons),
                "pieces": float(pieces),
                "error": float(error),
                "as_predicted": _as_predicted(m, kind, error, pieces),
                "least_error": float(theory.best(pieces)),
                **{f"floor_{depth}": _floor(neurons, depth) for depth in DEPTHS},
                **{f"neurons_{depth}": float(theory.least_neurons(error, depth)) for depth in DEPTHS},
            }
        )
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def network(m: int, kind: str) -> Layers:
    """The network of a row."""
    if kind == FLAT:
        return theory.flat(2**m)
    lowered = 0.5 / 4.0 ** (m + 1) if kind == LOWERED else 0.0
    return theory.folds(m, EIGHTH if kind == OTHER else theory.QUARTER, lowered)


def _as_predicted(m: int, kind: str, error: Fraction, pieces: int) -> bool:
    """Whether the error is what theory says, as a fraction: no rounding hides a difference."""
    if kind == OTHER:
        return error >= Fraction(WRONG)
    predicted = Fraction(1, 4 ** (m + 1)) if kind == FOLDS else theory.best(2**m)
    return pieces == 2**m and error == predicted


def _floor(neurons: int, depth: int) -> float:
    return float(theory.best(theory.most_pieces(neurons, depth))) if neurons >= depth else np.nan


def rebuild(_: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again; it was not trained."""
    layers = network(int(row["m"]), str(row["kind"]))
    error, pieces = theory.error(layers)
    return Rebuilt([(np.asarray(W), np.asarray(b)) for W, b in layers], no_curve(), {"error": error, "pieces": pieces})


def work(unit: Unit) -> Work:
    """Fractions for every piece and layer."""
    return Work(0, float((2.0 ** unit.cells["m"] * unit.cells["m"] * 3e4).sum()))


def series(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Networks of each kind, by their number of folds."""
    for kind in KINDS:
        rows = table[table["kind"] == kind].sort_values("m", kind="stable")
        if len(rows):
            yield kind, rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The error of the folds, that none is better, how neurons grow with and without depth, and other weights."""
    rows = dict(series(table))
    found = [_error(rows[FOLDS]), _logarithm(rows[FOLDS])] if FOLDS in rows else []
    if LOWERED in rows:
        deepest = rows[LOWERED]["m"].max()
        found += [_best(rows[LOWERED]), *(_fixed(depth, rows[LOWERED]) for depth in DEPTHS if depth < deepest)]
    found += [_flat(rows[FLAT])] if FLAT in rows else []
    return found + ([_control(rows[OTHER])] if OTHER in rows else [])


def _farthest(ratio: pd.Series) -> float:
    return float(ratio.loc[(ratio - 1).abs().idxmax()])


def _error(rows: pd.DataFrame) -> Verdict:
    ratio = rows["error"] * 4.0 ** (rows["m"] + 1)
    how = "The largest error on [0, 1], at ends of pieces or between, times 4^(m+1): the one that is farthest from 1."
    last = rows.iloc[-1]
    return TRIAL.verdict(
        "error",
        "A network of m folds has the largest error 4^-(m+1) on x².",
        Measured.exactly(_farthest(ratio), len(rows), how=how),
        holds_for_all("there are 2^m pieces and the error is 4^-(m+1)", rows["as_predicted"]),
        prediction="largest error times 4^(m+1) = 1",
        finding=f"The largest error of m folds is {{measured}} times 4^-(m+1); {last['neurons']:.0f} rectifiers in "
        f"{last['hidden_layers']} layers err by {last['error']:.2g}.",
        folds=rows["m"],
    )


def _best(rows: pd.DataFrame) -> Verdict:
    ratio = rows["error"] / rows["least_error"]
    how = "The largest error over 1/(8 p²), for the p pieces that were counted: the ratio that is farthest from 1."
    return BEST.verdict(
        "best",
        "Lowered by half of their error, m folds are as good as any function of 2^m linear pieces.",
        Measured.exactly(_farthest(ratio), len(rows), how=how),
        holds_for_all("there are p = 2^m pieces and the error is 1/(8 p²)", rows["as_predicted"]),
        prediction="largest error times 8 p² = 1, with p = 2^m pieces",
        finding="Lowered by half of their error, folds err {measured} times as much as the best broken line of as "
        "many pieces.",
        folds=rows["m"],
        output_bias="half of the error",
    )


def _logarithm(rows: pd.DataFrame) -> Verdict:
    each = rows["neurons"] / -np.log2(rows["error"])
    least = np.ceil((-np.log2(rows["error"]) - 3) / 2)
    how = "Rectifiers over log2(1/ε), for the error ε of each network: the largest."
    return LOGARITHM.verdict(
        "logarithm",
        "Folding takes rectifiers in proportion to log(1/ε).",
        Measured.exactly(each.max(), len(rows), each.min(), each.max(), how=how),
        holds_for_all(f"there are less than {FOR_EACH_BIT:g} rectifiers for each factor of 2", each < FOR_EACH_BIT),
        prediction=f"rectifiers / log2(1/ε) < {FOR_EACH_BIT:g}",
        notes=f"with {rows['m'].max()} folds, {rows['neurons'].iloc[-1]:.0f} rectifiers; no network of any depth has "
        f"enough pieces with fewer than {least.iloc[-1]:.0f}",
        finding="Folding takes at most {measured} rectifiers for each factor of 2 in the error.",
        folds=rows["m"],
    )


def _flat(rows: pd.DataFrame) -> Verdict:
    ratio = rows["error"] / rows["least_error"]
    share = rows["error"] / rows["floor_1"]
    how = "The largest error of n rectifiers over 1/(8 n²): the ratio that is farthest from 1."
    return FIXED.verdict(
        "flat",
        "In one hidden layer, n rectifiers err by 1/(8 n²) if they are placed best; the error falls as a power of n.",
        Measured.exactly(_farthest(ratio), len(rows), how=how),
        holds_for_all("there are n pieces and the error is 1/(8 n²)", rows["as_predicted"]),
        prediction="largest error times 8 n² = 1",
        notes=f"none of n rectifiers errs by less than 1/(8 (n + 1)²); at n = {rows['neurons'].iloc[-1]:.0f} this one "
        f"errs {share.iloc[-1]:.3f} times as much",
        finding="In one hidden layer n rectifiers err by {measured} times 1/(8 n²).",
        layers=1,
    )


def _fixed(depth: int, rows: pd.DataFrame) -> Verdict:
    # As many layers as there are folds can fold.
    rows = rows[rows["m"] > depth]
    more = rows[f"neurons_{depth}"] / rows["neurons"]
    best = rows.loc[more.idxmax()]
    how = (
        "The least number of rectifiers with enough pieces for the error of the folds, over the rectifiers of the "
        "folds: the largest ratio."
    )
    layers = "one hidden layer" if depth == 1 else f"{depth} hidden layers"
    return FIXED.verdict(
        f"fixed-depth/{depth}",
        f"Enough folds are better than every network of {layers} with as many rectifiers.",
        Measured.exactly(more.max(), len(rows), how=how),
        exhibits("it is above 1 for some number of folds", bool(more.max() > 1)),
        prediction="rectifiers that are needed / rectifiers of the folds > 1",
        notes=f"with {best['neurons']:.0f} rectifiers, networks of {layers} err by at least "
        f"{best[f'floor_{depth}']:.2g}, and {best['m']} folds by {best['error']:.2g}",
        finding=f"With {layers}, an error of {best['error']:.2g} takes at least {{measured}} times the rectifiers of "
        f"{best['m']} folds.",
        layers=depth,
        folds=rows["m"],
    )


def _control(rows: pd.DataFrame) -> Verdict:
    return CONTROL.verdict(
        "other-weights",
        "Folds that are weighted by 8^-s make another function: the error does not fall.",
        Measured.exactly(rows["error"].min(), len(rows), how="The least of the errors of all m."),
        holds_for_all(f"the error is at least {WRONG:g}", rows["as_predicted"]),
        prediction=f"largest error >= {WRONG:g}",
        folds=rows["m"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against rectifiers: folds, one hidden layer, and what no network of one, two or three layers can do."""
    figure = new_figure(7, 3.4)
    (axes,) = figure.axes
    for i, (kind, rows) in enumerate(series(table)):
        axes.plot(rows["neurons"], rows["error"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=kind)
    neurons = np.arange(1, int(table["neurons"].max()) + 1)
    for depth, style in zip(DEPTHS, ("k-", "k--", "k:"), strict=True):
        some = neurons[neurons >= depth]
        layers = "1 layer" if depth == 1 else f"{depth} layers"
        floors = [float(theory.best(theory.most_pieces(n, depth))) for n in some.tolist()]
        axes.plot(some, floors, style, lw=0.8, label=f"floor of {layers}")
    logarithmic_ticks(axes, table["neurons"].unique()[::2])
    axes.set(xscale="log", yscale="log", xlabel="rectifiers", ylabel="largest error on x²")
    axes.set_ylim(table["error"].min() / 3, 1)
    legend_beside(figure)
    last = table[table["kind"] == LOWERED].sort_values("m", kind="stable").iloc[-1]
    title = (
        f"{last['neurons']:.0f} rectifiers that fold err by {last['error']:.2g} on x²; "
        f"one layer takes at least {last['neurons_1']:,.0f}"
    )
    caption = "Exact errors of networks that are built, and floors under all networks of one, two and three layers."
    return {"square-by-folds": Drawing(figure, table, title, caption)}
