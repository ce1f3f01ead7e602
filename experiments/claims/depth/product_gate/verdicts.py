"""How many neurons multiply two numbers, and whether their errors depend on the scale as predicted."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.claims.depth.product_gate.measure import SIDE
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, all_within, decide
from experiments.judging.statistics import line_slope
from experiments.judging.verdict import Trial, Verdict, on
from theory.depth.scale import UNIT, Errors

# Neurons that the sentences on trial promise.
PROMISED = {"none": 4, "output": 3, "hidden": 2}
# A gate multiplies if its error is below this.
ACCURATE = 1e-3
# Neurons do not multiply if the best output weights leave an error above this.
USELESS = 0.5
# Slopes are taken at scales at least this factor from the predicted best one.
FAR = 8.0
# Slopes are taken of errors below this.
SMALL = 0.02
# A slope needs this many scales.
FEWEST = 5
# A slope is right within this margin.
SLOPE_WITHIN = 0.1
# A best scale, and its error, are right within this factor.
FACTOR = 4.0
# The power of the rounding unit is right within this margin.
EXPONENT_WITHIN = 0.04
EQUATION_11 = Trial(
    source="Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 11",
    bears_on=on("no-flattening", role="control") + on("ltr-gate"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "output": "linear",
        "task": "product of two numbers",
        "domain": f"[-1, 1]^2, grid of {SIDE} x {SIDE}",
        "norm": "largest error over the largest product",
    },
)
OURS = EQUATION_11.but(
    source="ours: eq. 11 of Lin et al. assumes no biases and σ''(0) ≠ 0",
    bears_on=on("no-flattening", role="control") + on("ltr-gate", role="variant"),
)
SCALE = EQUATION_11.but(source="theory/depth/scale.py", bears_on=on("no-flattening", role="control"))
WITH = {
    "none": "without biases",
    "output": "with an output bias and no hidden biases",
    "hidden": "with hidden biases and no output bias",
}


class ErrorCurve(NamedTuple):
    """Error of one gate in one precision against ascending scales, with the predicted errors and best scale."""

    activation: str
    bias: str
    precision: str
    scale: np.ndarray
    error: np.ndarray
    model: Errors
    predicted_scale: float

    @property
    def name(self) -> str:
        """The gate, whatever the precision."""
        return f"{self.activation}, {self.bias}"

    def branch(self, which: str) -> tuple[np.ndarray, np.ndarray]:
        """log2 of scales and errors where one part of the error dominates: "truncation" or "rounding"."""
        above = self.scale > FAR * self.predicted_scale
        chosen = above if which == "truncation" else self.scale < self.predicted_scale / FAR
        chosen = chosen & (self.error > 0) & (self.error < SMALL)
        return np.log2(self.scale[chosen]), np.log2(self.error[chosen])

    @property
    def best(self) -> int:
        """Index of the least error."""
        return int(np.argmin(self.error))


def curves(table: pd.DataFrame) -> Iterator[ErrorCurve]:
    """Curves of all gates that were built."""
    built = table[table["built"]]
    for (activation, bias, precision), rows in built.groupby(["activation", "bias", "precision"], sort=False):
        rows = rows.sort_values("log2_scale", kind="stable")
        model = Errors(*(rows[f"model_{name}"].iloc[0] for name in Errors._fields))
        scale, error = 2.0 ** rows["log2_scale"].to_numpy(), rows["error"].to_numpy()
        best = float(rows["best_scale"].iloc[0])
        yield ErrorCurve(str(activation), str(bias), str(precision), scale, error, model, best)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """How many neurons multiply for each switch; then slopes, best scales, and their fall with the precision."""
    verdicts = [
        _multiplies(str(bias), str(activation), rows)
        for (bias, activation), rows in table.groupby(["bias", "activation"], sort=False)
    ]
    all_curves = list(curves(table))
    for which, column, sign in (("truncation", "p", 1), ("rounding", "q", -1)):
        for order in sorted({int(getattr(curve.model, column)) for curve in all_curves}):
            mine = [curve for curve in all_curves if getattr(curve.model, column) == order]
            verdicts += _slope(which, sign * order, mine)
    return verdicts + _best_scale(all_curves) + _precision_exponent(all_curves)


def _multiplies(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    precise = rows[rows["precision"] == max(rows["precision"])]
    best, promised = precise.loc[precise["error"].idxmin()], PROMISED[bias]
    neurons, least, built = int(best["neurons"]), float(best["least"]), bool(best["built"])
    # Eq. 11 is about neurons without biases and with a second derivative that does not vanish.
    trial = EQUATION_11 if bias == "none" and built else OURS
    return trial.verdict(
        f"multiplies/{bias}/{activation}",
        f"{promised} {activation} neurons {WITH[bias]} multiply two numbers.",
        Measured.exactly(best["error"], len(precise), how="The least error over all scales."),
        Rule(
            f"Supported if a gate of at most {promised} neurons was built and its error is below {ACCURATE:g}; "
            "contradicted if the Taylor equations prove that more neurons are needed, or if there is no gate because "
            f"σ''(0) = 0 and the best output weights leave more than {USELESS:g}; else inconclusive.",
            lambda m: decide(
                neurons <= promised and m.value < ACCURATE, least > promised or (not built and m.value > USELESS)
            ),
        ),
        prediction=f"the least relative error of {promised} neurons is near 0",
        notes=f"{'a gate' if built else 'no gate, but the best output weights'} of {neurons} neurons; the Taylor "
        f"equations prove {least:.0f} necessary",
        activation=activation,
        bias=products.BIAS[bias],
        weights="λ times a fixed direction, λ the best",
        precision=best["precision"],
    )


def _switches(some: list[ErrorCurve]) -> dict[str, Any]:
    return {
        "activation": [curve.activation for curve in some],
        "bias": products.bias_of(pd.Series([curve.bias for curve in some])),
        "precision": [curve.precision for curve in some],
    }


def _slope(which: str, order: int, some: list[ErrorCurve]) -> list[Verdict]:
    branches = {(curve.name, curve.precision): curve.branch(which) for curve in some}
    slopes = np.array([line_slope(*branch)[0] for branch in branches.values() if len(branch[0]) >= FEWEST])
    if not len(slopes):
        return []
    part = "smaller than the best" if which == "rounding" else "larger than the best"
    how = (
        f"A least-squares slope for each gate and precision, over scales at least a factor {FAR:g} from the predicted "
        f"best one with errors below {SMALL:g}, if these are {FEWEST} or more. Measured is the median slope; the "
        "interval goes from the least to the largest."
    )
    return [
        SCALE.verdict(
            f"slope/{which}/{order:+d}",
            f"At scales {part}, the error of a gate is its {which}, which is proportional to λ^{order}.",
            Measured.exactly(np.median(slopes), len(slopes), slopes.min(), slopes.max(), how=how),
            all_within(order - SLOPE_WITHIN, order + SLOPE_WITHIN),
            prediction=f"slope of log(error) on log(λ) = {order}",
            notes=f"gates: {'; '.join(sorted({curve.name for curve in some}))}",
            **_switches(some),
        )
    ]


def _best_scale(all_curves: list[ErrorCurve]) -> list[Verdict]:
    if not all_curves:
        return []
    scales = np.array([curve.scale[curve.best] / curve.predicted_scale for curve in all_curves])
    errors = np.array([curve.error[curve.best] / curve.model.at(curve.predicted_scale) for curve in all_curves])
    how = "The geometric mean over all gates; the interval goes from the least to the largest ratio."
    return [
        SCALE.verdict(
            f"best/{name}",
            f"A gate has its best {name} where the sum of truncation and rounding is least: {formula}.",
            Measured.exactly(np.exp(np.log(ratios).mean()), len(ratios), ratios.min(), ratios.max(), how=how),
            all_within(1 / FACTOR, FACTOR),
            prediction="measured / predicted = 1",
            notes="rounding as independent errors of the neurons",
            **_switches(all_curves),
        )
        for name, ratios, formula in (
            ("scale", scales, "λ* = (q R / (p C))^(1/(p+q))"),
            ("error", errors, "E* = C λ*^p + R λ*^-q"),
        )
    ]


def _precision_exponent(all_curves: list[ErrorCurve]) -> list[Verdict]:
    """The fall of the best scale with the rounding unit u, for gates with p = q = 2."""
    by_name: dict[str, dict[str, ErrorCurve]] = {}
    for curve in all_curves:
        if curve.model.p == curve.model.q == 2:
            by_name.setdefault(curve.name, {})[curve.precision] = curve
    pairs = [both for both in by_name.values() if len(both) == 2]
    if len(pairs) < 3:
        return []
    octaves = np.log2(UNIT["float32"] / UNIT["float64"])
    falls = [np.log2(np.divide(*(both[p].scale[both[p].best] for p in UNIT))) / octaves for both in pairs]
    how = (
        "The logarithm of the ratio of the best scales in float32 and float64, over the logarithm of the ratio of the "
        "rounding units; scales are half an octave apart. Measured is the mean over gates; the interval goes from the "
        "least to the largest."
    )
    return [
        SCALE.verdict(
            "best/exponent",
            "The best scale of a gate falls as the fourth root of the rounding unit, so half of the digits are right.",
            Measured.exactly(np.mean(falls), len(falls), min(falls), max(falls), how=how),
            all_within(0.25 - EXPONENT_WITHIN, 0.25 + EXPONENT_WITHIN),
            prediction="log(best scale in float32 / in float64) / log(ratio of rounding units) = 1/4",
            notes=f"gates with truncation λ² and rounding λ^-2: {'; '.join(by_name)}",
            **_switches([curve for both in pairs for curve in both.values()]),
        )
    ]
