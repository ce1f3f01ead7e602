"""depth.flattening-cost: two sparse layers multiplied out into one. How many times more synapses does that take?

Pairs of random sparse matrices are drawn and multiplied, and their synapses counted; beside it stands the formula of
theory/depth/flattening.py. No activation functions: with the identity two layers are always one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Outcome, Rule, decide
from experiments.judging.statistics import DEFAULT_LEVEL, percent, reach
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import flattening

# A formula is right in a setting if the ratio is the formula's within this share.
MARGIN = 0.05
# It is judged where so many synapses are expected over all pairs, of the layers and of their product: where their
# numbers vary by less than 1 %.
COUNTED = 20_000


FORMULA = Trial(
    source="Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 25 to 27, for sparse matrices; formula derived here",
    bears_on=on("no-flattening", role="variant"),
    existence="drawn at random",
    switches={"activation": "identity"},
)
WITHOUT_ASSUMPTION = FORMULA.but(source="ours: the formula without its assumption, that nothing cancels")
CANCELLATION = FORMULA.but(source="derived here")
ALWAYS = FORMULA.but(
    source="a reading of the no-flattening theorems that they do not claim",
    switches={"quantifier": "at every n and p"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Layers of n x n weights that are there with probability p; `weights` are what they are then."""

    n: list[int] = setting([64, 256, 1000], low=2, high=20_000, static=True)
    p: list[float] = setting(
        [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0], low=1e-6, high=1.0
    )
    weights: list[str] = setting(list(flattening.WEIGHTS), choices=tuple(flattening.WEIGHTS))
    draws: int = setting(10, low=2, high=1_000_000)
    # With fewer synapses than about ten in a layer there is nothing to count.
    where: str = setting("p * n * n >= 10")


SMOKE = {
    "n": [64, 256],
    "p": [0.01, 0.1, 0.7],
    "draws": 4,
}
FULL = {
    "n": [64, 256, 1000, 2000],
    "draws": 20,
}


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
    verdicts = []
    for weights, rows in table.groupby("weights"):
        verdicts += _formula(str(weights), rows, "never_cancelling")
    return [*verdicts, *_formula("signs", table[table["weights"] == "signs"], "formula"), *_always(table)]


def with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with Student's interval of each ratio."""
    low, high = intervals(table)
    return table.assign(ratio_low=low, ratio_high=high)


def intervals(rows: pd.DataFrame, α: float = DEFAULT_LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Student's intervals of the ratios, at a level."""
    half = reach(rows["ratio_error"].to_numpy(), rows["pairs"].to_numpy() - 1, α)
    return rows["ratio"].to_numpy() - half, rows["ratio"].to_numpy() + half


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "network": "two linear layers of n x n weights, each weight there with probability p, independently",
        "bias": False,
        "n": rows["n"].sort_values(),
        "p": f"{rows['p'].min():g} to {rows['p'].max():g}",
        "weights": rows["weights"],
    }


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The settings with enough synapses, by the formula."""
    deep = 2 * rows["p"] * rows["n"] ** 2 * rows["pairs"]
    return rows[np.minimum(deep, deep * rows["formula"]) >= COUNTED]


def _formula(weights: str, rows: pd.DataFrame, column: str) -> list[Verdict]:
    corrected, judged = column == "formula", _judged(rows)
    if judged.empty:
        return []
    expected = judged[column].to_numpy()
    worst = int(np.abs(judged["ratio"].to_numpy() / expected - 1).argmax())
    at, total = judged.iloc[worst], int(judged["pairs"].sum())

    def ends(α: float) -> tuple[np.ndarray, np.ndarray]:
        low, high = intervals(judged, α)
        return low / expected, high / expected

    def estimate(α: float) -> tuple[float, float, float]:
        return at["ratio"] / at[column], ends(α)[0][worst], ends(α)[1][worst]

    def outcome(m: Measured) -> Outcome:
        # All must lie within for the one, one of many decides for the other, so that each has its part of the level.
        (low, high), (lower, higher) = ends(m.level), ends(m.level / len(judged))
        return decide(
            bool(((low >= 1 - MARGIN) & (high <= 1 + MARGIN)).all()),
            bool(((higher < 1 - MARGIN) | (lower > 1 + MARGIN)).any()),
        )

    how = (
        f"Student's {percent()} interval over pairs, in the {len(judged)} settings where the layers, and their "
        f"product, have {COUNTED:,} synapses or more over all pairs by the formula. Measured is the ratio farthest "
        "from 1."
    )
    trial = CANCELLATION if corrected else WITHOUT_ASSUMPTION if weights == "signs" else FORMULA
    return [
        trial.verdict(
            f"{'cancellation' if corrected else 'formula'}/{weights}",
            "Multiplied out, two sparse layers have [1 - (1 - p²)^n] / 2p times as many synapses"
            + (", less what cancels." if corrected else "."),
            Measured(estimate, total, how=how),
            Rule(
                f"Supported if all intervals lie within {MARGIN:.0%} of the formula; contradicted if one lies outside, "
                "with the level divided by the number of settings (Bonferroni); else inconclusive.",
                outcome,
            ),
            prediction=f"ratio measured / formula = 1 within {MARGIN:.0%}; measured where it is farthest from 1: n = "
            f"{at['n']}, p = {at['p']:g}",
            notes=_examples(rows).strip(),
            **_switches(rows),
        )
    ]


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
    place, n = int(np.argmin(rows["ratio_high"].to_numpy())), int(rows["n"].max())
    lowest = rows.iloc[place]

    def estimate(α: float) -> tuple[float, float, float]:
        low, high = intervals(rows, α)
        return lowest["ratio"], low[place], high[place]

    def outcome(m: Measured) -> Outcome:
        # One of many settings decides against it, so that each has its part of the level.
        (low, _), (_, certain) = intervals(rows, m.level), intervals(rows, m.level / len(rows))
        return decide(bool((low > 1).all()), bool((certain < 1).any()))

    start, end = flattening.costly_band(n)
    most, largest = flattening.worst(n)
    return [
        ALWAYS.verdict(
            "always-costs",
            "Multiplying out two sparse layers into one takes more synapses than the two have.",
            Measured(estimate, int(rows["pairs"].sum()), how=f"Student's {percent()} interval of the smallest ratio."),
            Rule(
                "Supported if the interval of the ratio lies above 1 everywhere; contradicted if it lies below 1 at "
                "some n and p, with the level divided by their number (Bonferroni); else inconclusive.",
                outcome,
            ),
            prediction="ratio > 1 everywhere; measured where it is smallest: "
            f"n = {lowest['n']:.0f}, p = {lowest['p']:g}, formula {lowest['formula']:.4g}",
            notes=f"by the formula flattening n = {n} costs for p from {start:.3g} to {end:.3g}, about 2 / n to 1/2, "
            f"and saves outside; it costs most, {largest:.3g} times or {largest / np.sqrt(n):.3f} √n, at p = "
            f"{most:.3g}",
            **_switches(rows),
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
