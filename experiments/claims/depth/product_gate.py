"""depth.product-gate: four neurons without biases multiply two numbers, as well as C λ^p + R λ^-q lets them.

For every activation and switch of biases the smallest gate known is built. It is evaluated at scales λ of its input
weights, in float32 and in float64. Its error is the sum of truncation, C λ^p, and rounding, R λ^-q, see
theory/depth/scale.py. Where no gate exists, because the network is odd but for a constant, the best output weights of
the four neurons ±(u + v), ±(u - v) show what is left. Errors are the largest on a grid of [-1, 1]², relative to the
largest product, which is 1. Eq. 11 of Lin, Tegmark & Rolnick 2017 is about neurons without biases and with σ''(0) ≠ 0;
the sentences about others are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.drawing.style import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, all_within, decide
from experiments.judging.statistics import line_slope
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth.product import BIASES, bounds, differences, flat
from theory.depth.scale import UNIT, Errors, predicted
from theory.depth.taylor import DERIVATIVES

# Points along each side of the grid.
SIDE = 41
# Neurons that the sentences on trial promise.
PROMISED = {"none": 4, "output": 3, "hidden": 2}
# A gate with a smaller error multiplies.
ACCURATE = 1e-3
# Neurons with a larger error, whatever their output weights, do not.
USELESS = 0.5
# Slopes are those at scales that are this factor, or more, from the best one.
FAR = 8.0
# They are those of errors below this.
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
    bears_on=on("no-flattening", role="variant"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "output": "linear",
        "task": "product of two numbers",
        "domain": f"[-1, 1]^2, grid of {SIDE} x {SIDE}",
        "norm": "largest error over the largest product",
    },
)
OURS = EQUATION_11.but(source="ours: eq. 11 of Lin et al. assumes no biases and σ''(0) ≠ 0")
SCALE = EQUATION_11.but(source="theory/depth/scale.py", bears_on=on("no-flattening", role="control"))
WITH = {"none": "no biases", "output": "an output bias, no hidden ones", "hidden": "hidden biases, no output bias"}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `log2_scale`: log2 of λ; λ multiplies all input weights."""

    activation: list[str] = setting(list(DERIVATIVES), choices=tuple(DERIVATIVES), static=True)
    bias: list[str] = setting(list(BIASES), choices=BIASES, static=True)
    precision: list[str] = setting(list(UNIT), choices=tuple(UNIT), static=True)
    log2_scale: list[float] = setting([-k / 2 for k in range(57)], low=-40, high=2)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per gate and scale: its error, and the two parts of it that are predicted."""
    activation, bias, precision = (unit.static(axis) for axis in ("activation", "bias", "precision"))
    x = _grid()
    scales = 2.0 ** unit.cells["log2_scale"].to_numpy()
    model: Errors | None
    try:
        gate = flat((1, 1), activation, bias)
    except ValueError:
        neurons, model, best_scale = 4, None, np.nan
        error = [_least_squares_error(activation, precision, scale) for scale in scales]
    else:
        neurons, model = len(gate.v), predicted(gate, activation, x, precision)
        best_scale = model.best_scale
        error = [products.error(gate.layers(scale), activation, x, precision) for scale in scales]
    columns = {f"model_{name}": float(getattr(model, name, np.nan)) for name in Errors._fields}
    least = float(bounds((1, 1), activation, bias)[0])
    built = {"neurons": float(neurons), "least": least, "built": bool(np.isfinite(best_scale)), "error": error}
    return unit.cells.assign(**built, **columns, best_scale=best_scale)


def _grid() -> np.ndarray:
    axis = np.linspace(-1, 1, SIDE)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def _least_squares_error(activation: str, precision: str, scale: float) -> float:
    """Error of the four bias-free neurons with the best output weights there are."""
    import jax

    from theory.activations import ACTIVATIONS

    x, nodes = _grid(), differences(1, "symmetric")[0]
    a = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    with jax.enable_x64(precision == "float64"):
        hidden = np.asarray(ACTIVATIONS[activation](jax.numpy.asarray(scale * x @ a.T, precision)), float)
    y = x[:, 0] * x[:, 1]
    return float(np.abs(hidden @ np.linalg.lstsq(hidden, y, rcond=UNIT[precision])[0] - y).max())


def work(unit: Unit) -> Work:
    """Four neurons at every point of the grid."""
    return Work(0, 100.0 * SIDE**2 * len(unit.cells))


class Curve(NamedTuple):
    """Error against scale of one gate in one precision: ascending scales, and how they were predicted to go."""

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
        """Where the error is least."""
        return int(np.argmin(self.error))


def curves(table: pd.DataFrame) -> Iterator[Curve]:
    """All gates that were built."""
    built = table[table["built"]]
    for (activation, bias, precision), rows in built.groupby(["activation", "bias", "precision"], sort=False):
        rows = rows.sort_values("log2_scale")
        model = Errors(*(rows[f"model_{name}"].iloc[0] for name in Errors._fields))
        scale, error = 2.0 ** rows["log2_scale"].to_numpy(), rows["error"].to_numpy()
        best = float(rows["best_scale"].iloc[0])
        yield Curve(str(activation), str(bias), str(precision), scale, error, model, best)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """How many neurons multiply, under each switch; then slopes, best scales, and their fall with the precision."""
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
    # Eq. 11 is about neurons without biases whose second derivative does not vanish.
    trial = EQUATION_11 if bias == "none" and built else OURS
    return trial.verdict(
        f"multiplies/{bias}/{activation}",
        f"{promised} {activation} neurons with {WITH[bias]} multiply two numbers.",
        Measured.exactly(best["error"], len(precise), how="The least error over all scales."),
        Rule(
            f"Supported if a gate of at most {promised} neurons was built and its error is below {ACCURATE:g}; "
            "contradicted if the Taylor equations prove that more neurons are needed, or if there is no gate because "
            f"σ''(0) = 0 and the best output weights leave more than {USELESS:g}; else inconclusive.",
            lambda m: decide(
                neurons <= promised and m.value < ACCURATE, least > promised or (not built and m.value > USELESS)
            ),
        ),
        prediction=f"with {promised} neurons the least relative error is near 0",
        notes=f"{'a gate' if built else 'no gate, but the best output weights'} of {neurons} neurons; the Taylor "
        f"equations prove {least:.0f} necessary",
        activation=activation,
        bias=products.BIAS[bias],
        weights="λ times a fixed direction, λ the best",
        precision=best["precision"],
    )


def _switches(some: list[Curve]) -> dict[str, Any]:
    return {
        "activation": [curve.activation for curve in some],
        "bias": products.bias_of(pd.Series([curve.bias for curve in some])),
        "precision": [curve.precision for curve in some],
    }


def _slope(which: str, order: int, some: list[Curve]) -> list[Verdict]:
    branches = {(curve.name, curve.precision): curve.branch(which) for curve in some}
    slopes = np.array([line_slope(*branch)[0] for branch in branches.values() if len(branch[0]) >= FEWEST])
    if not len(slopes):
        return []
    part = "smaller than the best" if which == "rounding" else "larger than the best"
    how = (
        f"For each gate and precision the least-squares slope over scales a factor {FAR:g} or more from the predicted "
        f"best and errors below {SMALL:g}, where these are {FEWEST} or more. Measured is the median; the interval goes "
        "from the least to the largest."
    )
    return [
        SCALE.verdict(
            f"slope/{which}/{order:+d}",
            f"For scales {part} the error of a gate goes as λ^{order}, which is its {which}.",
            Measured.exactly(np.median(slopes), len(slopes), slopes.min(), slopes.max(), how=how),
            all_within(order - SLOPE_WITHIN, order + SLOPE_WITHIN),
            prediction=f"slope of log(error) on log(λ) = {order}",
            notes=f"gates: {', '.join(sorted({curve.name for curve in some}))}",
            **_switches(some),
        )
    ]


def _best_scale(all_curves: list[Curve]) -> list[Verdict]:
    if not all_curves:
        return []
    scales = np.array([curve.scale[curve.best] / curve.predicted_scale for curve in all_curves])
    errors = np.array([curve.error[curve.best] / curve.model.at(curve.predicted_scale) for curve in all_curves])
    how = "The geometric mean over all gates; the interval goes from the least to the largest ratio."
    return [
        SCALE.verdict(
            f"best/{name}",
            f"The best {name} of a gate is where its truncation and its rounding cross: {formula}.",
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


def _precision_exponent(all_curves: list[Curve]) -> list[Verdict]:
    """How the best scale falls with the rounding unit u, for gates with p = q = 2."""
    by_name: dict[str, dict[str, Curve]] = {}
    for curve in all_curves:
        if curve.model.p == curve.model.q == 2:
            by_name.setdefault(curve.name, {})[curve.precision] = curve
    pairs = [both for both in by_name.values() if len(both) == 2]
    if len(pairs) < 3:
        return []
    octaves = np.log2(UNIT["float32"] / UNIT["float64"])
    falls = [np.log2(np.divide(*(both[p].scale[both[p].best] for p in UNIT))) / octaves for both in pairs]
    how = (
        "The logarithm of the best scale in float32 over that in float64, over that of the rounding units; scales are "
        "half an octave apart. Measured is the mean over gates; the interval goes from the least to the largest."
    )
    return [
        SCALE.verdict(
            "best/exponent",
            "The best scale falls as the fourth root of the rounding unit, so half of the digits are reached.",
            Measured.exactly(np.mean(falls), len(falls), min(falls), max(falls), how=how),
            all_within(0.25 - EXPONENT_WITHIN, 0.25 + EXPONENT_WITHIN),
            prediction="log(best scale in float32 / in float64) / log(ratio of rounding units) = 1/4",
            notes=f"gates with truncation λ² and rounding λ^-2: {', '.join(by_name)}",
            **_switches([curve for both in pairs for curve in both.values()]),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against scale: one panel a switch of biases and precision, one colour an activation, theory as lines."""
    precisions, biases = sorted(table["precision"].unique()), [bias for bias in BIASES if bias in set(table["bias"])]
    activations = list(table["activation"].unique())
    figure = new_figure(2.9 * len(biases) + 1.4, 2.5 * len(precisions) + 0.4, len(precisions), len(biases))
    panels = [(precision, bias) for precision in precisions for bias in biases]
    for axes, (precision, bias) in zip(figure.axes, panels, strict=True):
        rows = table[(table["precision"] == precision) & (table["bias"] == bias)].sort_values("log2_scale")
        for activation, mine in rows.groupby("activation", sort=False):
            i = activations.index(str(activation))
            scale = 2.0 ** mine["log2_scale"]
            looks: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)], "label": activation}
            axes.plot(scale, mine["error"], MARKERS[i % len(MARKERS)], ms=2, mew=0, **looks)
            if mine["built"].all():
                model = mine["model_C"] * scale ** mine["model_p"] + mine["model_R"] * scale ** -mine["model_q"]
                axes.plot(scale, model, "-", color=COLOURS[i % len(COLOURS)], lw=0.7)
        axes.set(xscale="log", yscale="log", ylim=(1e-12 if precision == "float64" else 1e-6, 10))
        axes.set_title(f"{bias.replace('none', 'no')} bias{'es' if bias != 'output' else ''}, {precision}", fontsize=8)
    label_outside(figure, "scale λ of the input weights", "largest error")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7, markerscale=2)
    return {"gate-error": Drawing(figure, table)}
