"""depth.flattening-cost: two sparse layers multiplied out into one have [1 - (1 - p²)^n] / 2p times as many synapses.

Pairs of random sparse matrices are drawn and multiplied. Their synapses are counted and compared with the formula of
theory/depth/flattening.py, which assumes that nothing cancels. Activations are the identity, so two layers are always
one matrix. Neurons without edges on one side are kept. Source: eq. 25 to 27 of Lin, Tegmark & Rolnick 2017, for sparse
matrices; the formula is derived here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import Outcome, Rule, decide
from experiments.judging.statistics import DEFAULT_LEVEL, percent, reach
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import flattening

# A formula is right in a setting if the measured ratio differs from it by at most this share.
MARGIN = 0.05
# A setting is judged if the layers, and their product, have at least this many expected synapses over all pairs: then
# their numbers vary by less than 1 %.
COUNTED = 20_000
FORMULA = Trial(
    source="Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 25 to 27, for sparse matrices; formula derived here",
    bears_on=on("no-flattening", role="variant") + on("ltr-sparse"),
    existence="drawn at random",
    switches={"activation": "identity", "bias": False, "network": "two n x n layers, each weight with probability p"},
)
# Weights of ±1 cancel, which the formula assumes not to happen.
CANCELS = FORMULA.but(
    source="ours: the formula without its assumption, that nothing cancels",
    bears_on=on("no-flattening", role="variant") + on("ltr-sparse", role="variant"),
)
CORRECTED = FORMULA.but(source="derived here", bears_on=on("no-flattening", role="control"))
ALWAYS = FORMULA.but(
    source="a reading of the no-flattening theorems that they do not claim",
    bears_on=on("no-flattening", role="variant"),
    switches={"quantifier": "at every n and p"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Layers of n x n weights: each is non-zero with probability p; `weights` is the kind of non-zero weights."""

    n: list[int] = setting([64, 256, 1000], low=2, high=20_000, static=True)
    p: list[float] = setting(
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0], low=1e-6, high=1.0
    )
    weights: list[str] = setting(list(flattening.WEIGHTS), choices=tuple(flattening.WEIGHTS))
    draws: int = setting(40, low=2, high=1_000_000)
    # A layer needs about ten synapses or more, otherwise there is nothing to count.
    where: str = setting("p * n * n >= 10")


SMOKE = {
    "n": [64, 256],
    "p": [0.01, 0.1, 0.7],
    "draws": 4,
}
FULL = {
    "n": [64, 256, 1000, 2000],
    "draws": 100,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per n, density and kind of weights: flat and deep synapses over all pairs, and their ratio."""
    rows = [
        _ratio(np.random.default_rng(key), unit.settings.draws, **cell)
        for key, cell in zip(unit.keys.tolist(), unit.cells.to_dict("records"), strict=True)
    ]
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def _ratio(rng: np.random.Generator, draws: int, n: int, p: float, weights: str) -> dict[str, Any]:
    """Ratio of the sums, which tends to the ratio of the expectations, and its standard error.

    Pairs are independent, but the entries of AB within a pair are not. So the standard error comes from the pairs.
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
    """The formula for each kind of weights, its correction if weights cancel, and whether flattening always costs."""
    table = with_intervals(table)
    verdicts = []
    for weights, rows in table.groupby("weights"):
        trial = CANCELS if weights == "signs" else FORMULA
        verdicts += _formula(trial, f"formula/{weights}", "", rows, "never_cancelling")
    signs = table[table["weights"] == "signs"]
    return [
        *verdicts,
        *_formula(CORRECTED, "cancellation/signs", ", less what cancels", signs, "formula"),
        *_always(table),
    ]


def with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with Student's interval of each ratio."""
    half = reach(table["ratio_error"], table["pairs"] - 1, DEFAULT_LEVEL)
    return table.assign(ratio_low=table["ratio"] - half, ratio_high=table["ratio"] + half)


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {"n": np.sort(rows["n"].unique()), "p": np.sort(rows["p"].unique()), "weights": rows["weights"]}


def _of_expected(rows: pd.DataFrame, expected: np.ndarray) -> dict[str, Measured]:
    """For each setting the ratio over the expected one, with Student's interval over pairs."""
    columns = (rows["n"], rows["p"], rows["ratio"], rows["ratio_error"], rows["pairs"], expected)
    return {
        f"n = {n}, p = {p}": _share(ratio / one, error / one, int(pairs))
        for n, p, ratio, error, pairs, one in zip(*columns, strict=True)
    }


def _share(value: float, error: float, pairs: int) -> Measured:
    def estimate(α: float) -> tuple[float, float, float]:
        half = reach(error, pairs - 1, α)
        return value, value - half, value + half

    return Measured(estimate, pairs)


def _decided(m: Measured, holds: Callable[[Measured], bool], fails: Callable[[Measured], bool]) -> Outcome:
    """Outcome over all settings beside a quantity: the sentence holds in every one, or fails in one.

    The level of a failure is divided by the number of settings (Bonferroni), because each setting can decide against
    the sentence.
    """
    settings = list(m.beside.values())
    return decide(all(map(holds, settings)), any(fails(one.divided(len(settings))) for one in settings))


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Settings with enough synapses by the formula."""
    deep = 2 * rows["p"] * rows["n"] ** 2 * rows["pairs"]
    return rows[np.minimum(deep, deep * rows["formula"]) >= COUNTED]


def _formula(trial: Trial, name: str, but: str, rows: pd.DataFrame, column: str) -> list[Verdict]:
    judged = _judged(rows)
    if judged.empty:
        return []
    settings = _of_expected(judged, judged[column].to_numpy())
    farthest = max(settings, key=lambda one: abs(settings[one].value - 1))
    how = (
        f"Student's {percent()} intervals over pairs in the {len(judged)} settings where the layers, and their "
        f"product, have {COUNTED:,} synapses or more over all pairs by the formula. Measured is the ratio that is "
        "farthest from the formula."
    )
    return [
        trial.verdict(
            name,
            f"Multiplying out two sparse layers into one gives [1 - (1 - p²)^n] / 2p times as many synapses{but}.",
            Measured(settings[farthest].estimate, int(judged["pairs"].sum()), how=how, beside=settings),
            Rule(
                f"Supported if all intervals lie within {MARGIN:.0%} of the formula; contradicted if one lies outside, "
                "with the level divided by the number of settings (Bonferroni); else inconclusive.",
                lambda m: _decided(
                    m,
                    holds=lambda one: one.low >= 1 - MARGIN and one.high <= 1 + MARGIN,
                    fails=lambda one: one.high < 1 - MARGIN or one.low > 1 + MARGIN,
                ),
            ),
            prediction=f"ratio measured / formula = 1 within {MARGIN:.0%}; measured where it is farthest from 1: "
            f"{farthest}",
            notes=_examples(rows),
            **_switches(rows),
        )
    ]


def _examples(rows: pd.DataFrame) -> str:
    """Ratios of the settings that the text cites, for the notes of a verdict."""
    cited = rows[((rows["n"] == 1000) & (rows["p"] == 0.05)) | ((rows["n"] == 256) & (rows["p"] == 0.1))]
    return "; ".join(
        f"n = {row.n}, p = {row.p:g}: {row.ratio:.4f} [{row.ratio_low:.4f}, {row.ratio_high:.4f}], formula "
        f"{row.never_cancelling:.4f}, less what cancels {row.formula:.4f}"
        for row in cited.itertuples()
    )


def _always(table: pd.DataFrame) -> list[Verdict]:
    rows = table[table["weights"] == "zero-one"]
    if rows.empty:
        return []
    settings = _of_expected(rows, np.ones(len(rows)))
    smallest = int(rows["ratio_high"].to_numpy().argmin())
    least, n = rows.iloc[smallest], int(rows["n"].max())
    start, end = flattening.costly_band(n)
    most, largest = flattening.worst(n)
    return [
        ALWAYS.verdict(
            "always-costs",
            "Multiplying out two sparse layers into one always gives more synapses than the two have.",
            Measured(
                list(settings.values())[smallest].estimate,
                int(rows["pairs"].sum()),
                how=f"Student's {percent()} intervals of the ratios over pairs. Measured is the smallest ratio.",
                beside=settings,
            ),
            Rule(
                "Supported if the interval lies above 1 everywhere; contradicted if it lies below 1 at some n and p, "
                "with the level divided by their number (Bonferroni); else inconclusive.",
                lambda m: _decided(m, holds=lambda one: one.low > 1, fails=lambda one: one.high < 1),
            ),
            prediction=f"ratio > 1 everywhere; measured where it is smallest: n = {least['n']:.0f}, p = "
            f"{least['p']:g}, formula {least['formula']:.4g}",
            notes=f"by the formula flattening n = {n} costs for p from {start:.3g} to {end:.3g}, about 2 / n to 1/2, "
            f"and saves outside; it costs most, {largest:.3g} times or {largest / np.sqrt(n):.3f} √n, at p = "
            f"{most:.3g}",
            **_switches(rows),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Ratio against density: formulas as lines, dotted if nothing cancelled, and counted pairs as points."""
    table, names = with_intervals(table), list(table["weights"].unique())
    figure, axes_of = panels(names, width=2.6, height=2.9, beside=1.0)
    for weights, axes in axes_of.items():
        mine = table[table["weights"] == weights]
        for i, (n, rows) in enumerate(mine.groupby("n")):
            p = np.geomspace(rows["p"].min(), 1, 200)
            axes.plot(p, [flattening.ratio(int(n), one, weights) for one in p], color=COLOURS[i], lw=0.9)
            if weights == "signs":
                axes.plot(p, [flattening.ratio(int(n), one) for one in p], ":", color=COLOURS[i], lw=0.9)
            margins = [rows["ratio"] - rows["ratio_low"], rows["ratio_high"] - rows["ratio"]]
            axes.errorbar(rows["p"], rows["ratio"], margins, fmt=MARKERS[i], color=COLOURS[i], ms=3.5, label=f"n = {n}")
        axes.axhline(1, color="black", lw=0.6)
        axes.set(xscale="log", yscale="log")
        axes.set_ylim(0.5 * table["formula"].min(), 1.5 * table["formula"].max())
        axes.set_title(f"weights: {weights}")
    label_outside(figure, "p, density of a layer", "synapses flat / deep")
    legend_beside(figure)
    least, most = float(table["ratio"].min()), float(table["ratio"].max())
    title = f"Multiplied out, two sparse layers take {least:.2g} to {most:.2g} times their synapses"
    caption = "Points: random layers; lines: the formula. Below the dashed line flattening saves."
    return {"flattening-cost": Drawing(figure, table, title, caption)}
