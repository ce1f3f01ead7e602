"""Verdicts of max-margin: the power of log t, its constant, descent against flow, and a loss with another tail."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import within
from experiments.judging.statistics import least_squares_slope, median_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

FLOW, DESCENT = "flow", "descent"
LOGISTIC, POLYNOMIAL = LOSSES = ("logistic", "polynomial")
# Points of a set, and how far each is moved away from the hyperplane by which it is labelled.
POINTS, SHIFT = 12, 0.5
# log t at the end, and where slopes begin.
LAST, FIRST = 300.0, 30.0
# How far the slope may be from -1 (or from 0 for the control), and ratios from 1.
MARGIN_OF_SLOPE, MARGIN_OF_RATIO = 0.05, 0.05

TRIAL = Trial(
    source="Soudry et al. 2018, arXiv 1710.10345, theorem 3",
    bears_on=on("max-margin-direction") + on("max-margin-rate"),
    existence="found by training",
    switches={
        "network": "one linear unit without bias",
        "loss": LOGISTIC,
        "optimizer": "gradient flow in log t",
        "initial_weights": "zero",
        "points": POINTS,
        "data": f"separable, normal points moved by {SHIFT:g}",
        "precision": "float64",
    },
)
RESIDUAL = TRIAL.but(
    source="Soudry et al. 2018, arXiv 1710.10345, theorem 4; the constant is derived in theory/modern/max_margin.py",
    bears_on=on("max-margin-residual"),
    switches={"support_vectors": "as many as dimensions"},
)
STEPS = TRIAL.but(bears_on=on("max-margin-direction"), switches={"optimizer": "gradient descent"})
CONTROL = TRIAL.but(
    source="ours: such a loss has its limit where Σ 1/(z·w)² is least",
    bears_on=on("max-margin-direction", role="control"),
    switches={"loss": "1/(2 (1 + u)²) of the margin u"},
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each number of dimensions: the slope, the constant, descent beside the flow, and the control."""
    found: list[Verdict] = []
    for (d, loss), rows in table.groupby(["dimensions", "tail"]):
        facts = {"dimensions": int(d)}
        if loss == LOGISTIC:
            found += [_slope(rows, facts), _constant(rows, facts), _descent(rows, facts)]
        else:
            found.append(_control(rows, facts))
    return found


def slopes_of(rows: pd.DataFrame) -> np.ndarray:
    """For each set of points, the slope of the logarithm of the angle on log log t."""
    late = rows[(rows["way"] == FLOW) & (rows["log_time"] >= FIRST)]
    angles = late.pivot_table(index="draw", columns="log_time", values="angle")
    return least_squares_slope(np.log(angles.columns.to_numpy(float)), np.log(angles.to_numpy(float)))


def _median(values: np.ndarray, how: str) -> Measured:
    """The median: sets with a further point that is nearly a support vector are still on their way at the end."""
    how = f"{how} Median over sets of points, with its {percent()} interval by order statistics."
    return Measured(lambda α: median_interval(values, α), len(values), how=how)


def _middle(values: np.ndarray) -> str:
    low, high = np.quantile(values, [0.1, 0.9]) if len(values) else (np.nan, np.nan)
    return f"8 of 10 sets are between {low:.3g} and {high:.3g}"


def _slopes(rows: pd.DataFrame) -> Measured:
    return _median(slopes_of(rows), f"Slope of log angle on log log t, for log t from {FIRST:g} to {LAST:g}.")


def _at(rows: pd.DataFrame, way: str, log_time: float) -> pd.DataFrame:
    return rows[(rows["way"] == way) & (rows["log_time"] == log_time)].set_index("draw")


def _slope(rows: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    last = _at(rows, FLOW, LAST)
    return TRIAL.verdict(
        f"slope/{facts['dimensions']}",
        "The angle to the separator of largest margin falls as 1/log t.",
        _slopes(rows),
        within(-1.0, MARGIN_OF_SLOPE),
        prediction=f"slope = -1, within {MARGIN_OF_SLOPE:g}",
        notes=f"{_middle(slopes_of(rows))}; at the end the median angle is {last['angle'].median():.2g}, and the "
        f"median margin {last['margin'].median():.4f} of the largest",
        finding="On logarithmic scales the angle to the separator of largest margin falls with log t at slope "
        f"{{measured}}; at t = e^{LAST:g} its median is still {np.degrees(last['angle'].median()):.2g} degrees.",
        **facts,
    )


def _constant(rows: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    last = _at(rows, FLOW, LAST)
    known = last[last["supports"] == facts["dimensions"]]
    ratios = (known["angle"] * LAST / known["constant"]).to_numpy(float)
    how = "Angle times log t at the end, over the constant that follows from the support vectors."
    return RESIDUAL.verdict(
        f"constant/{facts['dimensions']}",
        "Angle times log t tends to a constant that the support vectors determine.",
        _median(ratios, how),
        within(1.0, MARGIN_OF_RATIO),
        prediction=f"angle log t / constant = 1, within {MARGIN_OF_RATIO:g}",
        notes=f"{len(known)} of {len(last)} sets have so many support vectors; {_middle(ratios)}; the constants "
        f"are from {known['constant'].min():.2g} to {known['constant'].max():.2g}",
        finding="The angle times log t is {measured} times the constant that follows from the support vectors.",
        **facts,
    )


def _descent(rows: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    steps = rows[rows["way"] == DESCENT].set_index("draw")
    log_time = float(steps["log_time"].iloc[0])
    ratios = (steps["angle"] / _at(rows, FLOW, log_time)["angle"]).to_numpy(float)
    how = f"The angle after all steps of gradient descent, over that of the flow at the same time e^{log_time:g}."
    return STEPS.verdict(
        f"descent/{facts['dimensions']}",
        "Gradient descent is where the flow is at the same time.",
        _median(ratios, how),
        within(1.0, MARGIN_OF_RATIO),
        prediction=f"ratio of angles = 1, within {MARGIN_OF_RATIO:g}",
        notes=f"the median angle after {int(steps['steps'].iloc[0]):,} steps is {steps['angle'].median():.2g}",
        **facts,
        updates=steps["steps"],
    )


def _control(rows: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    last = _at(rows, FLOW, LAST)["angle"].median()
    return CONTROL.verdict(
        f"polynomial-tail/{facts['dimensions']}",
        "With a loss that falls as a power of the margin, the angle to the separator of largest margin stays.",
        _slopes(rows),
        within(0.0, MARGIN_OF_SLOPE),
        prediction=f"slope = 0, within {MARGIN_OF_SLOPE:g}",
        notes=f"at the end the median angle is {last:.2g}",
        **facts,
    )
