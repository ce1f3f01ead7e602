"""depth.hidden-products: how many neurons that multiply does the product of two 2x2 matrices need?

A bilinear network has r hidden products (u·A)(v·B) and four linear outputs. Alternating least squares and gradients
search for it from random weights, with r = 5 to 9; see theory/depth/decomposition.py. A network with 7 products is then
brought to whole weights and checked in integers, so it is exact.
"""

import collections
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, curve_of
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, exhibits
from experiments.judging.statistics import exact_interval
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import decomposition, schemes
from theory.depth.decomposition import NEARLY_SOLVED
from theory.depth.schemes import RANK, Scheme

METHODS = ("least-squares", "adam")
# Standard deviation of the initial weights of each method.
START = {"least-squares": 1.0, "adam": 0.5}
# Training finds seven products if more than this share of the runs does.
RATE = 0.5
# An event in at most this share of the runs is rare.
RARE = 0.05


TRAINED = Trial(
    source="Strassen 1969: 7 suffice; Winograd 1971, Hopcroft & Kerr 1971: 6 never do [literature, not proved here]",
    bears_on=on("matrix-product", role="variant"),
    existence="found by training",
    switches={
        "network": "bilinear: r products (u·A)(v·B) of linear combinations, linear outputs",
        "bias": False,
        "loss": "squared, of the 64 equations for all A and B",
        "initial_weights": "normal",
        "precision": "float64",
    },
)
NEVER_SIX = TRAINED.but(bears_on=on("matrix-product", role="control"))
SUFFICE = TRAINED.but(existence="representable", switches={"arithmetic": "exact"})
DISGUISE = TRAINED.but(
    source="de Groote 1978: all schemes of 7 products are Strassen's in other bases (from memory, not checked)"
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Hidden products r, the method of the search, and its length."""

    r: list[int] = setting([5, 6, 7, 8, 9], low=1, high=64, static=True)
    method: list[str] = setting(list(METHODS), choices=METHODS, static=True)
    restarts: int = setting(200, low=1, high=10_000_000, counts="restart", follows="restarts")
    iterations: int = setting(1000, low=2, high=10_000_000)
    """Rounds of alternating least squares; its penalty falls during all of them."""
    steps: int = fields.steps(3000)
    """Updates of Adam; its learning rate falls to 0 as a cosine."""
    learning_rate: float = fields.learning_rate(0.1)


SMOKE = {
    "r": [6, 7],
    "restarts": 20,
    "iterations": 300,
    "steps": 500,
}
FULL = {
    "restarts": 2000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: the residual of Brent's equations, and whether it became a scheme of whole numbers."""
    parts, _ = _search(unit)
    residual = schemes.residual(parts)
    whole = [decomposition.rounded(_one(parts, i)) if r <= NEARLY_SOLVED else None for i, r in enumerate(residual)]
    return unit.cells.assign(
        loss=residual**2 / 64,
        residual=residual,
        largest_weight=np.max([np.abs(part).max((1, 2)) for part in parts], 0),
        solved=residual <= NEARLY_SOLVED,
        exact=[one is not None for one in whole],
        steps=_updates(unit),
        key=hexadecimal(unit),
    )


def _search(unit: Unit) -> tuple[Scheme, np.ndarray]:
    """Final schemes of the runs of a unit, and their losses after each update."""
    r, method = unit.static("r"), unit.static("method")
    starts = START[method] * np.array(
        [np.random.default_rng(key).standard_normal((3, r, 4)) for key in unit.keys.tolist()]
    )
    if method == "adam":
        from experiments.ensemble import fitting

        rates = np.full(len(starts), unit.settings.learning_rate)
        T = schemes.product_tensor().astype(float)
        fit = fitting.fit(decomposition.loss, starts, rates, T, unit.settings.steps)
        return _parts(fit.points), np.column_stack([fit.curve, fit.loss])
    losses, last = [schemes.residual(_parts(starts)) ** 2 / 64], collections.deque[Scheme](maxlen=1)
    for parts in decomposition.alternating_least_squares(_parts(starts), unit.settings.iterations):
        losses.append(schemes.residual(parts) ** 2 / 64)
        last.append(parts)
    return last[0], np.array(losses).T


def _parts(points: Any) -> Scheme:
    return Scheme(*points.swapaxes(0, 1))


def _one(parts: Scheme, run: int) -> Scheme:
    return Scheme(*(part[run] for part in parts))


def _updates(unit: Unit) -> int:
    return unit.settings.steps if unit.static("method") == "adam" else unit.settings.iterations


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """One run again: the layers are U and V, beside each other, and W, after the products."""
    parts, losses = _search(unit)
    U, V, W = _one(parts, 0)
    layers = [(U.T, np.zeros(len(U))), (V.T, np.zeros(len(V))), (W, np.zeros(4))]
    loss = schemes.residual(parts)[0] ** 2 / 64
    return Rebuilt(layers, curve_of(losses[0]), {"loss": loss})


def work(unit: Unit) -> Work:
    """64 equations of r terms for Adam; three systems of r equations for every round of least squares."""
    r, updates = unit.static("r"), len(unit.cells) * _updates(unit)
    return Work(updates, updates * (6.0 * 64 * r if unit.static("method") == "adam" else 3.0 * (r**3 + 32 * r * r)))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether 7 products are found, whether they are exact, and whether 6 are ever found."""
    seven, six = table[table["r"] == RANK], table[table["r"] == RANK - 1]
    verdicts = [_suffice(seven)] if len(seven) else []
    verdicts += [_found(str(method), rows) for method, rows in seven.groupby("method")]
    verdicts += [_in_disguise(seven)] if seven["solved"].any() else []
    return verdicts + [_never(str(method), rows) for method, rows in six.groupby("method")]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {"r": rows["r"].sort_values(), "optimizer": rows["method"]}


def _suffice(rows: pd.DataFrame) -> Verdict:
    how = "The number of such runs. Networks that are found are brought to whole weights by a change of bases."
    exact = int(rows["exact"].sum())
    return SUFFICE.verdict(
        "seven-suffice",
        "Seven hidden products multiply 2x2 matrices.",
        Measured.exactly(exact, len(rows), how=how),
        exhibits("all equations hold in integers for one of them", exact > 0),
        prediction="a scheme of 7 products for which Brent's 64 equations hold in integers",
        **_switches(rows),
    )


def _found(method: str, rows: pd.DataFrame) -> Verdict:
    how = f"A success has a residual of at most {NEARLY_SOLVED:g}; the zero network has √8."
    return TRAINED.verdict(
        f"found/{method}",
        f"Training by {_words(method)} from random weights finds seven hidden products that multiply 2x2 matrices.",
        Measured.share(rows["solved"], how),
        above(RATE),
        prediction=f"success rate >= {RATE:g}",
        **_switches(rows),
    )


def _words(method: str) -> str:
    return {"adam": "Adam", "least-squares": "alternating least squares"}[method]


def _in_disguise(rows: pd.DataFrame) -> Verdict:
    solved = rows[rows["solved"]]
    return DISGUISE.verdict(
        "whole-numbers",
        "A change of bases turns the seven products that training finds into an exact scheme of whole numbers.",
        Measured.share(solved["exact"], "A scheme becomes exact if all equations hold for it in integers."),
        above(1 - RARE),
        prediction=f"share of the found schemes that become exact >= {1 - RARE:g}",
        notes="the change of bases is read off the products; a contradiction is about this way of rounding only",
        **_switches(rows),
    )


def _never(method: str, rows: pd.DataFrame) -> Verdict:
    how = (
        "Runs that find nothing prove nothing. A theorem says that no such network exists (Winograd 1971, Hopcroft & "
        "Kerr 1971), and by Landsberg 2006 no network comes arbitrarily close, either."
    )
    return NEVER_SIX.verdict(
        f"never-six/{method}",
        f"Training by {_words(method)} from random weights does not find six hidden products for 2x2 matrices.",
        Measured.share(rows["solved"], how),
        below(RARE),
        prediction=f"success rate <= {RARE:g} for r = {RANK - 1}",
        notes=f"least residual {rows['residual'].min():.6f}",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Success rates against r, and the residual of each run."""
    figure, axes_of = panels(("rates", "residuals"), width=4.0, beside=0)
    rates, residuals = axes_of.values()
    counts = pd.DataFrame(list(_counts(table)))
    for i, (method, mine) in enumerate(counts.groupby("method", sort=False)):
        errors = [mine["rate"] - mine["low"], mine["high"] - mine["rate"]]
        label = _words(str(method))
        rates.errorbar(mine["r"], mine["rate"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=label)
        runs = table[table["method"] == method]
        # Methods are drawn side by side, and runs spread a little, so that points do not coincide.
        beside = runs["r"] + 0.24 * (i - 0.5) + 0.16 * (runs["restart"] / (runs["restart"].max() + 1) - 0.5)
        residuals.plot(beside, runs["residual"].clip(lower=1e-8), ".", color=COLOURS[i], ms=2.5)
    residuals.axhline(NEARLY_SOLVED, color="black", lw=0.8, ls="--")
    residuals.annotate("counts as found", (0.02, NEARLY_SOLVED), (0, -9), xycoords=("axes fraction", "data"), **SMALL)
    residuals.set(yscale="log", ylabel="residual of a run (at least 1e-8 drawn)")
    rates.set(ylim=(-0.03, 1.03), ylabel="share of runs that find a network")
    for axes in figure.axes:
        axes.set_xlabel("r, hidden products")
        axes.set_xticks(sorted(table["r"].unique()))
    rates.legend(fontsize=8)
    found = counts.groupby("r")["rate"].max()
    least = int(found[found > 0].index.min()) if (found > 0).any() else 0
    title = f"Training finds networks of {least} hidden products and more, and of no fewer"
    caption = "Left: success rates with intervals. Right: residuals; Adam, and least squares in turn."
    return {"hidden-products": Drawing(figure, counts, title, caption)}


SMALL: dict[str, Any] = {"textcoords": "offset points", "fontsize": 7}


def _counts(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (method, r), rows in table.groupby(["method", "r"]):
        solved = int(rows["solved"].sum())
        low, high = exact_interval(solved, len(rows))
        yield {
            "method": method,
            "r": r,
            "runs": len(rows),
            "solved": solved,
            "exact": int(rows["exact"].sum()),
            "rate": solved / len(rows),
            "low": low,
            "high": high,
            "least_residual": rows["residual"].min(),
            "median_residual": rows["residual"].median(),
        }
