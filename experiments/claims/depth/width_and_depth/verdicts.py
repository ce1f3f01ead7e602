"""Verdicts of depth.width-and-depth: what its table says, put before rules."""

import dataclasses
import functools
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, exhibits
from experiments.judging.statistics import mean_interval, normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.depth import groups, monomial
from theory.depth.uniform_products import (
    constant_absolute_error,
)

# Largest error over the constant's at which a network has approximated the product.
APPROXIMATED = 0.5


# Share of runs that must approximate it.
RATE = 0.5


# Errors have settled if they fall by at most this share from one number of updates to the next. Each number is at least
# 3 times the one before, and it would take thirty such steps from 0.9 to APPROXIMATED.
SETTLED = 0.02


SETTLED_WORDS = (
    "Contradicted only if more updates no longer matter: from one number to the next mean errors fall by at most "
    f"{SETTLED:.0%}."
)


TRIAL = Trial(
    source="Rolnick & Tegmark 2018 (1705.05502), Fig. 2",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "bias": True,
        "output": "linear",
        "inputs": "U[0, 2]",
        "norm": "mean absolute error over that of the median, the best constant",
        "optimizer": "adadelta",
    },
)


LEARNED = TRIAL.but(bears_on=on("no-flattening", role="control"))


CAN = TRIAL.but(source="theory/depth/groups.py", existence="representable")


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every activation: does a network beat the constant, and does depth help at equal width?

    And can networks that meet the formula compute the product, and does training find it?
    """
    verdicts = []
    for activation, rows in chosen(table).groupby("activation"):
        longest = rows[rows["updates"] == rows["updates"].max()]
        verdicts += [_beats(str(activation), rows), *_fits(str(activation), longest)]
        verdicts += [*_enough(str(activation), rows), *_deeper(str(activation), longest)]
    return verdicts


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of every network at the learning rate that is best on the points that choose."""
    network = ["activation", "updates", "width", "depth", "restart"]
    return table.loc[table.groupby(network)["validation_error"].idxmin()]


def _meeting(rows: pd.DataFrame) -> pd.DataFrame:
    """The networks with at least as many neurons in every layer as the formula counts."""
    n = int(rows["n"].iloc[0])
    return rows[rows["width"] >= rows["depth"].map({depth: groups.formula(n, depth) for depth in set(rows["depth"])})]


def _fall(rows: pd.DataFrame) -> float:
    """The share by which the mean error falls from the last but one number of updates to the last; NaN if only one."""
    logs = np.log(rows.groupby(["depth", "width", "updates"])["error"].mean()).unstack("updates").dropna()
    return float(1 - np.exp((logs.iloc[:, -1] - logs.iloc[:, -2]).mean())) if logs.shape[1] > 1 else np.nan


def _switches(activation: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": f"product of {int(rows['n'].iloc[0])} numbers",
        "activation": activation,
        "updates": rows["updates"].sort_values(),
        "batch": int(rows["batch"].max()) or "all points",
        "learning_rate": rows["learning_rate"].sort_values(),
        "width": f"{rows['width'].min()} to {rows['width'].max()}",
        "hidden_layers": f"1 to {rows['depth'].max()}",
    }


def _beats(activation: str, rows: pd.DataFrame) -> Verdict:
    fall, rows = _fall(rows), rows[rows["updates"] == rows["updates"].max()]
    best = rows.loc[rows["validation_error"].idxmin()]
    error, deviation = float(best["error"]), float(best["deviation"])
    beating = rows[rows["error"] < 1].groupby("depth").size().reindex(sorted(rows["depth"].unique()), fill_value=0)
    counts = ", ".join(f"{count} at depth {depth}" for depth, count in beating.items())
    constant = constant_absolute_error(int(rows["n"].iloc[0]))
    how = (
        f"The network that is best on other points is measured on fresh points, with the normal {percent()} interval "
        "of the mean over these. It holds for this network; another run finds another one."
    )
    return LEARNED.verdict(
        f"beats-constant/{activation}",
        "The best trained network is nearer to the product than a constant is.",
        Measured(lambda α: (error, *normal_interval(error, deviation, α)), len(rows), how=how, of_this_run=True),
        below(1).contradicted_only_if(fall <= SETTLED, SETTLED_WORDS),
        prediction="error over the constant's < 1",
        notes=f"best: {best['depth']} layers of {best['width']}; networks below 1: {counts}; the constant errs by "
        f"{constant:.4f} exactly",
        **_switches(activation, rows),
    )


@functools.cache
def _widest(n: int, depth: int, activation: str) -> float:
    """Neurons of the widest layer of the smallest grouped product."""
    layers = groups.best_groups(n, depth, monomial.prices(activation, "hidden"))[1]
    return max(layer.neurons for layer in layers)


def _fits(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    """Whether networks that meet the formula can compute the product; only for activations with known gates."""
    shapes = _meeting(rows)[["depth", "width"]].drop_duplicates()
    if shapes.empty or activation != "tanh":
        return []
    n = int(rows["n"].iloc[0])
    share = np.array([_widest(n, depth, activation) for depth in shapes["depth"].tolist()]) / shapes["width"].to_numpy()
    how = (
        "For every shape, the smallest grouped product of that depth, with hidden biases: neurons of its widest layer "
        "over the width. Measured is the largest share; the interval begins at the least."
    )
    return [
        CAN.verdict(
            f"can/{activation}",
            "A network that meets the formula can compute the product.",
            Measured.exactly(share.max(), len(shapes), share.min(), share.max(), how),
            exhibits("it fits into every shape", bool((share <= 1).all())),
            prediction="neurons of the widest layer of a grouped product / width <= 1",
            **_switches(activation, rows),
        )
    ]


def _enough(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    meeting = _meeting(rows)
    if meeting.empty:
        return []
    budgets = sorted(meeting["updates"].unique())
    longest = meeting[meeting["updates"] == budgets[-1]]
    shapes = longest.groupby(["depth", "width"]).ngroup()
    how = (
        "Networks whose layers have at least n^((k-1)/k) 2^(n^(1/k)) neurons, the first of k layers by the formula, "
        "after the most updates; shapes are clusters."
    )
    approximated = Measured.clustered_share(longest["error"] <= APPROXIMATED, shapes, how)
    errors = meeting.groupby("updates")["error"].agg(lambda some: float(np.exp(np.log(some).mean())))
    means = ", ".join(f"{errors[budget]:.3f} after {budget:,}" for budget in budgets)
    return [
        TRIAL.verdict(
            f"enough-neurons/{activation}",
            "Training finds the product in most runs of networks with as many neurons in every hidden layer as should "
            "suffice.",
            dataclasses.replace(approximated, samples=len(longest)),
            above(RATE).contradicted_only_if(bool(_fall(meeting) <= SETTLED), SETTLED_WORDS),
            prediction=f"share of networks with an error of at most {APPROXIMATED:g} times the constant's >= {RATE:g}",
            notes=f"{shapes.nunique()} shapes meet the formula; their least error: {longest['error'].min():.3g}; mean "
            f"errors: {means} updates",
            **_switches(activation, rows),
        )
    ]


def _deeper(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    logs = np.log(rows.groupby(["width", "restart", "depth"])["error"].first()).unstack("depth")
    if 1 not in logs or len(logs.columns) < 2:
        return []
    # Runs of one width are not independent, so the interval is over widths.
    gain = (logs[1] - logs.drop(columns=1).mean(axis=1)).groupby("width").mean().dropna().to_numpy()

    def estimate(α: float) -> tuple[float, float, float]:
        mean, low, high = mean_interval(gain, α)
        return float(np.exp(mean)), float(np.exp(low)), float(np.exp(high))

    medians = ", ".join(
        f"{error:.3f} at depth {depth}" for depth, error in rows.groupby("depth")["error"].median().items()
    )
    how = (
        "For every width: the error of one hidden layer over the geometric mean of those of more, as a logarithm, "
        f"averaged over restarts. Its mean over widths has a {percent()} Student interval."
    )
    return [
        TRIAL.verdict(
            f"deeper-is-better/{activation}",
            "At equal width more hidden layers than one get nearer to the product.",
            Measured(estimate, len(gain), how=how),
            above(1),
            prediction="error of one hidden layer / error of more > 1",
            notes=f"median errors {medians}",
            **_switches(activation, rows),
        )
    ]
