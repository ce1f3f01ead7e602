"""depth.product-gate: a handful of neurons multiplies two numbers; how many, and to how many digits?

For every activation and switch of biases the smallest gate known is built and evaluated at scales λ of its input
weights, in float32 and in float64. Where none exists, because the network is odd but for a constant, the best output
weights of the four neurons ±(u + v), ±(u - v) show what is left. Errors are the largest on a grid of [-1, 1]²,
relative to the largest product, which is 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.drawing.style import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.judging.flat import Verdict, decide
from experiments.judging.statistics import line_slope
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth.product import BIASES, bounds, differences, flat
from theory.depth.scale import UNIT, Errors, predicted
from theory.depth.taylor import DERIVATIVES

SIDE = 41
# Neurons that the sentences on trial promise.
PROMISED = {"none": 4, "output": 3, "hidden": 2}
ACCURATE, USELESS = 1e-3, 0.5
# Slopes are those of scales so much larger, or smaller, than the best one, and of errors that are still small.
FAR, SMALL, FEWEST = 8.0, 0.02, 5
SLOPE_WITHIN, FACTOR, EXPONENT_WITHIN = 0.1, 4.0, 0.04
SOURCE = "Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 11"
OURS = "ours: eq. 11 of Lin et al. assumes no biases and σ''(0) ≠ 0"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `log2_scale`: log2 of λ; λ multiplies all input weights."""

    activation: list[str] = setting(list(DERIVATIVES), choices=tuple(DERIVATIVES), static=True)
    bias: list[str] = setting(list(BIASES), choices=BIASES, static=True)
    precision: list[str] = setting(list(UNIT), choices=tuple(UNIT), static=True)
    log2_scale: list[float] = setting([-k / 2 for k in range(57)], low=-40, high=2)


SMOKE = {
    "activation": ["gelu", "tanh"],
    "bias": ["none", "hidden"],
    "precision": ["float64"],
}
FULL: dict = {}


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

    name: str
    precision: str
    scale: np.ndarray
    error: np.ndarray
    model: Errors
    predicted_scale: float

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
        yield Curve(f"{activation}, {bias}", str(precision), scale, error, model, best)


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


def _verdict(name: str, statement: str, rows: int, **others: Any) -> Verdict:
    """Gates are calculated, not drawn: nothing about them is left to chance."""
    standard: dict[str, Any] = {
        "source": "theory/depth/scale.py",
        "existence": "representable",
        "samples": rows,
        "evidence": "exact",
        "hypotheses": f"one hidden layer, linear output; u, v in [-1, 1], largest error on a grid of {SIDE} x {SIDE} "
        "over the largest product, 1; ",
    }
    others["hypotheses"] = standard["hypotheses"] + others["hypotheses"]
    return Verdict(claim=f"depth.product-gate/{name}", statement=statement, **(standard | others))


def _multiplies(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    precise = rows[rows["precision"] == max(rows["precision"])]
    best, promised = precise.loc[precise["error"].idxmin()], PROMISED[bias]
    neurons, error = int(best["neurons"]), float(best["error"])
    switch = {
        "none": "no biases",
        "output": "an output bias, no hidden ones",
        "hidden": "hidden biases, no output bias",
    }[bias]
    # Eq. 11 is about neurons without biases whose second derivative does not vanish.
    assumed = bias == "none" and best["built"]
    too_few = float(best["least"]) > promised
    found = f"{neurons} neurons reach {error:.1e}" if best["built"] else f"the best output weights leave {error:.2g}"
    return _verdict(
        f"multiplies/{bias}/{activation}",
        f"{promised} {activation} neurons with {switch} multiply two numbers.",
        len(precise),
        source=SOURCE if assumed else OURS,
        hypotheses=f"{switch}; {activation}; input weights λ times a fixed direction, λ as good as {best['precision']} "
        "lets it be",
        prediction=f"with {promised} neurons the least relative error is near 0",
        measured=error,
        low=error,
        high=error,
        rule=f"Supported if a gate of at most {promised} neurons was built whose least error over all scales is below "
        f"{ACCURATE:g}; contradicted if the Taylor equations prove that more neurons are needed "
        f"({best['least']:.0f} at least), or if there is no gate because σ''(0) = 0 and the best output weights leave "
        f"more than {USELESS:g}; else inconclusive. Measured is the least error: {found}.",
        verdict=decide(neurons <= promised and error < ACCURATE, too_few or (not best["built"] and error > USELESS)),
    )


def _slope(which: str, order: int, some: list[Curve]) -> list[Verdict]:
    branches = {(curve.name, curve.precision): curve.branch(which) for curve in some}
    slopes = np.array([line_slope(*branch)[0] for branch in branches.values() if len(branch[0]) >= FEWEST])
    if not len(slopes):
        return []
    part = "smaller than the best" if which == "rounding" else "larger than the best"
    typical, off = float(np.median(slopes)), np.abs(slopes - order)
    return [
        _verdict(
            f"slope/{which}/{order:+d}",
            f"For scales {part} the error of a gate goes as λ^{order}, which is its {which}.",
            len(slopes),
            hypotheses=f"gates of order {order:+d}: {', '.join(sorted({curve.name for curve in some}))}",
            prediction=f"slope of log(error) on log(λ) = {order}",
            measured=typical,
            low=float(slopes.min()),
            high=float(slopes.max()),
            rule=f"For each gate and precision the least-squares slope over scales a factor {FAR:g} or more from the "
            f"predicted best and errors below {SMALL:g}, where these are {FEWEST} or more. Measured is the median, the "
            f"interval goes from the least to the largest. Supported if all are within {SLOPE_WITHIN:g} of {order}, "
            "contradicted if the median is not, else inconclusive.",
            verdict=decide(bool((off <= SLOPE_WITHIN).all()), abs(typical - order) > SLOPE_WITHIN),
        )
    ]


def _best_scale(all_curves: list[Curve]) -> list[Verdict]:
    if not all_curves:
        return []
    scales = np.array([curve.scale[curve.best] / curve.predicted_scale for curve in all_curves])
    errors = np.array([curve.error[curve.best] / curve.model.at(curve.predicted_scale) for curve in all_curves])
    return [
        _verdict(
            f"best/{name}",
            f"The best {name} of a gate is where its truncation and its rounding cross: {formula}.",
            len(ratios),
            hypotheses="all activations, switches of biases and precisions for which there is a gate; rounding as "
            "independent errors of the neurons, theory/depth/scale.py",
            prediction="measured / predicted = 1",
            measured=float(np.exp(np.log(ratios).mean())),
            low=float(ratios.min()),
            high=float(ratios.max()),
            rule=f"The interval goes from the least to the largest ratio over all gates, measured is their geometric "
            f"mean. Supported if all are within a factor of {FACTOR:g} of 1, contradicted if the mean is not, else "
            "inconclusive.",
            verdict=decide(
                bool((np.abs(np.log(ratios)) <= np.log(FACTOR)).all()),
                bool(np.abs(np.log(ratios).mean()) > np.log(FACTOR)),
            ),
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
    mean, off = float(np.mean(falls)), np.abs(np.array(falls) - 0.25)
    return [
        _verdict(
            "best/exponent",
            "The best scale falls as the fourth root of the rounding unit, so half of the digits are reached.",
            len(falls),
            hypotheses=f"gates with truncation λ² and rounding λ^-2: {', '.join(by_name)}; float32 against float64",
            prediction="log(best scale in float32 / in float64) / log(ratio of rounding units) = 1/4",
            measured=mean,
            low=float(min(falls)),
            high=float(max(falls)),
            rule=f"Mean over gates; the interval goes from the least to the largest, and scales are half an octave "
            f"apart. Supported if all are within {EXPONENT_WITHIN:g} of 1/4, contradicted if the mean is not, else "
            "inconclusive.",
            verdict=decide(bool((off <= EXPONENT_WITHIN).all()), abs(mean - 0.25) > EXPONENT_WITHIN),
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
