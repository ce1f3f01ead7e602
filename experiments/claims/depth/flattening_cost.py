"""depth.flattening-cost: two sparse layers multiplied out into one. How many times more synapses does that take?

Pairs of random sparse matrices are drawn and multiplied, and their synapses counted; beside it stands the formula of
theory/depth/flattening.py. No activation functions: with the identity two layers are always one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.stats

from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from experiments.statistics import holm, level, percent, reach
from experiments.verdict import Verdict, decide
from theory.depth import flattening

STATIC = ("n",)
# Level of the test that a formula holds in every setting at once; Holm's correction for their number.
LEVEL = 0.01
# And the settings have to be measured so well, as a share of the ratio.
PRECISION = 0.02
SOURCE = "Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 25 to 27, for sparse matrices; formula derived here"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Layers of n x n weights that are there with probability p; `weights` are what they are then."""

    n: list[int] = setting([64, 256, 1000], low=2, high=20_000)
    p: list[float] = setting(
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0], low=1e-6, high=1.0
    )
    weights: list[str] = setting(list(flattening.WEIGHTS), choices=tuple(flattening.WEIGHTS))
    draws: int = setting(10, low=2, high=1_000_000)
    # With fewer synapses than about ten in a layer there is nothing to count.
    where: str = setting("p * n * n >= 10")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per n, density and kind of weights: synapses flat and deep over all pairs, and their ratio."""
    rows = [
        _ratio(np.random.default_rng(key), unit.settings.draws, **cell)
        for key, cell in zip(unit.keys.tolist(), unit.cells.to_dict("records"), strict=True)
    ]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _ratio(rng: np.random.Generator, draws: int, n: int, p: float, weights: str) -> dict[str, Any]:
    """The ratio of the sums, which is that of the expectations in the limit, and its standard error.

    Pairs are independent. Within a pair the entries of AB are not, so the error comes from the pairs.
    """
    deep, flat = np.array([flattening.synapses(rng, n, p, weights) for _ in range(draws)], float).T
    ratio = flat.sum() / deep.sum()
    error = np.std(flat - ratio * deep, ddof=1) / np.sqrt(draws) / deep.mean()
    return {
        "deep_synapses": int(deep.sum()),
        "flat_synapses": int(flat.sum()),
        "ratio": ratio,
        "ratio_error": error,
        "pairs": draws,
        "never_cancelling": flattening.ratio(n, p),
        "formula": flattening.ratio(n, p, weights),
    }


def work(unit: Unit) -> Work:
    """A product of matrices and two matrices of random numbers per pair."""
    n = unit.static("n")
    return Work(0, len(unit.cells) * unit.settings.draws * (2.0 * n**3 + 100.0 * n**2))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The formula for each kind of weights, its correction where weights cancel, and whether flattening ever saves."""
    table = with_intervals(table)
    verdicts = [_formula(str(weights), rows, "never_cancelling") for weights, rows in table.groupby("weights")]
    cancelling = table[table["weights"] == "signs"]
    if len(cancelling):
        verdicts.append(_formula("signs", cancelling, "formula"))
    return [*verdicts, *_always(table)]


def with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with Student's interval of each ratio."""
    half = reach(table["ratio_error"], table["pairs"] - 1)
    return table.assign(ratio_low=table["ratio"] - half, ratio_high=table["ratio"] + half)


def _hypotheses(rows: pd.DataFrame) -> str:
    return (
        f"two linear layers of n x n weights without biases, each weight there with probability p, independently; n = "
        f"{', '.join(str(n) for n in sorted(rows['n'].unique()))}; p from {rows['p'].min():g} to {rows['p'].max():g}; "
        f"weights: {', '.join(rows['weights'].unique())}; neurons without edges on one side are kept"
    )


def p_values(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Of a t test in every setting that the ratio is that of a column, after Holm's correction."""
    excess = np.abs(rows["ratio"] - rows[column]).to_numpy()
    error = rows["ratio_error"].to_numpy()
    # At p = 1 all draws are alike: there the ratio is the formula's but for rounding, or it is not.
    alike = np.where(excess <= 1e-9 * rows[column], 0.0, np.inf)
    t = np.divide(excess, error, out=alike, where=error > 0)
    return holm(2 * scipy.stats.t.sf(t, rows["pairs"].to_numpy() - 1))


def _formula(weights: str, rows: pd.DataFrame, column: str) -> Verdict:
    corrected = column == "formula"
    adjusted = p_values(rows, column)
    smallest, at, decisive = float(adjusted.min()), rows.iloc[adjusted.argmin()], min(LEVEL, level())
    precise = bool(((rows["ratio_high"] - rows["ratio_low"]) / 2 <= PRECISION * rows["ratio"]).mean() > 0.5)
    return Verdict(
        claim=f"depth.flattening-cost/{'cancellation' if corrected else 'formula'}/{weights}",
        statement="Multiplied out, two sparse layers have [1 - (1 - p²)^n] / 2p times as many synapses"
        + (", less what cancels." if corrected else "."),
        source="derived here" if corrected else SOURCE,
        hypotheses=_hypotheses(rows),
        existence="representable",
        prediction=f"ratio measured / formula = 1; measured where that is least likely: n = {at['n']}, p = {at['p']:g}",
        measured=at["ratio"] / at[column],
        low=at["ratio_low"] / at[column],
        high=at["ratio_high"] / at[column],
        samples=int(rows["pairs"].sum()),
        evidence="statistical",
        rule="For every n and p a t test over pairs of layers. Contradicted if one p-value is below "
        f"{decisive:g} after Holm's correction (the smallest is {smallest:.2g}); else supported if in most "
        f"settings the {percent()} interval is within {PRECISION:.0%} of the ratio, else inconclusive."
        + _examples(rows),
        verdict=decide(smallest >= decisive and precise, smallest < decisive),
    )


def _examples(rows: pd.DataFrame) -> str:
    cited = rows[((rows["n"] == 1000) & (rows["p"] == 0.05)) | ((rows["n"] == 256) & (rows["p"] == 0.1))]
    return "".join(
        f" n = {row.n}, p = {row.p:g}: {row.ratio:.4f} [{row.ratio_low:.4f}, {row.ratio_high:.4f}], formula "
        f"{row.never_cancelling:.4f}"
        + (f", less what cancels {row.formula:.4f}." if row.formula != row.never_cancelling else ".")
        for row in cited.itertuples()
    )


def _always(table: pd.DataFrame) -> list[Verdict]:
    rows = table[table["weights"] == "zero-one"]
    if rows.empty:
        return []
    low, n = rows.loc[rows["ratio_high"].idxmin()], int(rows["n"].max())
    start, end = flattening.costly_band(n)
    most, largest = flattening.worst(n)
    return [
        Verdict(
            claim="depth.flattening-cost/always-costs",
            statement="Multiplying out two sparse layers into one takes more synapses than the two have.",
            source="a reading of the no-flattening theorems that they do not claim",
            hypotheses=f"{_hypotheses(rows)}; quantifier: at every n and p",
            existence="representable",
            prediction="ratio > 1 everywhere; measured where it is smallest: "
            f"n = {low['n']:.0f}, p = {low['p']:g}, formula {low['formula']:.4g}",
            measured=low["ratio"],
            low=low["ratio_low"],
            high=low["ratio_high"],
            samples=int(rows["pairs"].sum()),
            evidence="statistical",
            rule=f"Contradicted if the {percent()} interval of the ratio lies below 1 at some n and p; supported if it "
            f"lies above 1 everywhere; else inconclusive. By the formula flattening n = {n} costs for p from "
            f"{start:.3g} to {end:.3g}, about 2 / n to 1/2, and saves outside; it costs most, {largest:.3g} times or "
            f"{largest / np.sqrt(n):.3f} √n, at p = {most:.3g}.",
            verdict=decide(bool((rows["ratio_low"] > 1).all()), bool((rows["ratio_high"] < 1).any())),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The ratio against the density: formulas as lines, counted pairs as points; dotted: if nothing cancelled."""
    table, names = with_intervals(table), list(table["weights"].unique())
    figure = new_figure(2.6 * len(names) + 1.0, 3.2, columns=len(names))
    for axes, weights in zip(figure.axes, names, strict=True):
        mine = table[table["weights"] == weights]
        for i, (n, rows) in enumerate(mine.groupby("n")):
            p = np.geomspace(rows["p"].min(), 1, 200)
            axes.plot(p, [flattening.ratio(int(n), one, weights) for one in p], color=COLOURS[i], lw=0.9)
            if weights == "signs":
                axes.plot(p, [flattening.ratio(int(n), one) for one in p], ":", color=COLOURS[i], lw=0.9)
            margins = [rows["ratio"] - rows["ratio_low"], rows["ratio_high"] - rows["ratio"]]
            axes.errorbar(rows["p"], rows["ratio"], margins, fmt=MARKERS[i], color=COLOURS[i], ms=3.5, label=f"n = {n}")
        axes.axhline(1, color="black", lw=0.6)
        axes.set(xscale="log", yscale="log", xlabel="p, density of a layer")
        axes.set_ylim(0.5 * table["formula"].min(), 1.5 * table["formula"].max())
        axes.set_title(f"weights: {weights}")
    figure.axes[0].set_ylabel("synapses flat / deep")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"flattening-cost": Drawing(figure, table)}
