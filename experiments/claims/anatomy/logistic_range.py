"""anatomy.logistic-range: the logistic function lies between 0 and 1, and comes near both, for every real number.

The proof is one of polynomials with whole coefficients, see theory/activation_range.py. Floats are another matter: for
large inputs the nearest float is 1 itself. So the compiled function is evaluated on a grid and held against values of
40 digits. Control: tanh has the same shape and another range.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import CONTRADICTED, SUPPORTED, Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.activation_identities import RATIONAL
from theory.activation_range import PARTS, PROVED, REFUTED, parts

KEYS = ("x",)
# The spacing of floats near 1, by precision.
SPACING = {"float32": 2.0**-23, "float64": 2.0**-52}
# Spacings by which a float may differ from the exact value: an exponential, a sum and a quotient round once each, and
# the exponential of a library may be off by one more.
ROUNDING = 4
# Digits of the values that floats are held against: more than twice those of float64.
DIGITS = 40

TRIAL = Trial(
    source="the post, ch. III; the proof: theory/activation_range.py",
    bears_on=on("logistic-range"),
    existence="representable",
    switches={"arithmetic": "exact", "inputs": "every real number"},
)
CONTROL = TRIAL.but(source="well known; refuted here", bears_on=on("logistic-range", role="control"))
# The post speaks of a function, not of its rounded values.
FLOATS = TRIAL.but(
    source="ours: the sentence for rounded numbers", bears_on=on("logistic-range", role="variant"), switches={}
)
ROUNDED = FLOATS.but(bears_on=on("logistic-range", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Functions, and the largest whole number on the grid: beyond 745 exp(-x) is less than every float64."""

    activation: list[str] = setting(list(RATIONAL), choices=tuple(RATIONAL), static=True)
    largest: int = setting(800, low=20, high=100_000)


SMOKE = {"largest": 120}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per whole x: the exact value, floats and their errors; in every row the parts proved for all x."""
    import jax
    import jax.numpy as jnp

    from theory.activations import ACTIVATIONS

    name, largest = unit.static("activation"), unit.settings.largest
    x = np.arange(-largest, largest + 1)
    exact = [exact_value(name, one) for one in x.tolist()]
    table = {"activation": name, "x": x, **parts(RATIONAL[name])}
    table["log10_exact"] = [float(one.log10()) if one > 0 else np.nan for one in exact]
    with jax.enable_x64(True):
        for precision, spacing in SPACING.items():
            found = np.asarray(ACTIVATIONS[name](jnp.asarray(x, precision))).astype(float)
            off = [abs(Decimal(one) - right) for one, right in zip(found.tolist(), exact, strict=True)]
            table |= {precision: found, f"{precision}_off": [float(one) / spacing for one in off]}
    return pd.DataFrame(table)


def exact_value(name: str, x: int) -> Decimal:
    """p(t) / q(t) with t = exp(c x), to `DIGITS` digits; x is taken at the side where t <= 1."""
    p, q, c = RATIONAL[name]
    with localcontext(prec=DIGITS):
        t = (Decimal(c) * x).exp()
        numerator, denominator = (sum(Decimal(one) * t**k for k, one in enumerate(of)) for of in (p, q))
        return Decimal(numerator) / Decimal(denominator)


def work(unit: Unit) -> Work:
    """An exponential of 40 digits at every point."""
    return Work(0, 4000.0 * unit.settings.largest)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The proof for every real number, the control, and floats on the grid."""
    verdicts = [_proof(str(name), rows) for name, rows in table.groupby("activation", sort=False)]
    logistic = table[table["activation"] == "logistic"]
    if logistic.empty:
        return verdicts
    return [*verdicts, *(one(precision, logistic) for precision in SPACING for one in (_strictly, _rounded))]


def _proof(name: str, rows: pd.DataFrame) -> Verdict:
    found = [str(rows[part].iloc[0]) for part in PARTS]
    stated = name == "logistic"
    how = (
        "Four parts are proved or refuted: 0 < σ, σ < 1, σ(x) < 1 / t and σ(x) + σ(-x) = 1. Each is about "
        "polynomials of t with whole coefficients, where t is exp(-x), and exp(-2x) for tanh. Measured is how many are "
        "proved."
    )
    outcome = decide(found.count(PROVED) == len(PARTS), REFUTED in found)
    findings = {
        SUPPORTED: f"For every real number x the {name} function lies between 0 and 1: it is less than e^x above 0 and "
        "less than e^-x below 1.",
        CONTRADICTED: f"The {name} function does not lie between 0 and 1: an exact value outside refutes it.",
    }
    return (TRIAL if stated else CONTROL).verdict(
        name,
        f"The {name} function lies between 0 and 1, near 0 for very small and near 1 for very large inputs.",
        Measured.exactly(found.count(PROVED), len(PARTS), how=how),
        Rule(
            "Supported if all four are proved, contradicted if one is refuted, else inconclusive.",
            lambda _: outcome,
        ),
        finding=findings.get(outcome, ""),
        prediction=f"number of proved parts = {len(PARTS)}",
        notes=", ".join(f"{part.replace('_', ' ')}: {word}" for part, word in zip(PARTS, found, strict=True)),
        activation=name,
    )


def _strictly(precision: str, rows: pd.DataFrame) -> Verdict:
    value = rows[precision]
    inside = (value > 0) & (value < 1)
    ones, zeros = rows.loc[value == 1, "x"], rows.loc[value == 0, "x"]
    first = f"exactly 1 from x = {ones.min()} on" if len(ones) else "nowhere exactly 1"
    last = f"exactly 0 up to x = {zeros.max()}" if len(zeros) else "nowhere exactly 0"
    return FLOATS.verdict(
        f"{precision}/strictly-between",
        f"The logistic function in {precision} lies strictly between 0 and 1, too.",
        Measured.exactly(inside.mean(), len(rows), how="The share of the grid with 0 < σ < 1 as a float."),
        holds_for_all("the float is neither 0 nor 1 nor outside", inside),
        finding=f"In {precision} the logistic function is {first} and {last}, on the whole numbers up to "
        f"{rows['x'].max()}.",
        prediction="share of inputs with 0 < σ < 1 = 1",
        activation="logistic",
        arithmetic=precision,
        inputs=_grid(rows),
    )


def _rounded(precision: str, rows: pd.DataFrame) -> Verdict:
    off, value = rows[f"{precision}_off"], rows[precision]
    how = f"The largest difference from the exact value, in spacings of {precision} near 1."
    return ROUNDED.verdict(
        f"{precision}/rounding",
        f"The logistic function in {precision} is the exact one up to rounding, and never below 0 or above 1.",
        Measured.exactly(off.max(), len(rows), how=how),
        holds_for_all(
            f"the difference is at most {ROUNDING} spacings and the float is neither below 0 nor above 1",
            (off <= ROUNDING) & value.between(0, 1),
        ),
        prediction=f"largest difference <= {ROUNDING} spacings",
        activation="logistic",
        arithmetic=precision,
        inputs=_grid(rows),
    )


def _grid(rows: pd.DataFrame) -> str:
    return f"whole numbers from {rows['x'].min()} to {rows['x'].max()}"


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How far the logistic function is from 0 and from 1: exactly, and in floats until nothing is left."""
    numbers = _distances(table[table["activation"] == "logistic"])
    titles = {"above 0": "above 0, for negative x", "below 1": "below 1, for positive x"}
    figure, axes_of = panels(titles, width=3.0, height=2.7)
    for side, axes in axes_of.items():
        for i, (of, rows) in enumerate(numbers[numbers["side"] == side].groupby("of", sort=False)):
            # Where float32 ends float64 goes on: its line is thinner and drawn on top.
            style: dict[str, Any] = {"color": COLOURS[i], "lw": 4.5 - 1.5 * i}
            style = {"color": "black", "lw": 0.9, "ls": ":", "zorder": 3} if of == "exact" else style
            axes.plot(rows["size"], rows["log10_distance"], label=str(of), **style)
            if of != "exact":
                axes.plot(rows["size"].iloc[-1:], rows["log10_distance"].iloc[-1:], "o", ms=4, color=COLOURS[i])
        floats = numbers[(numbers["side"] == side) & (numbers["of"] != "exact")]
        axes.set(xlim=(0, 1.2 * floats["size"].max()), ylim=(1.2 * floats["log10_distance"].min(), 0))
        axes.set_title(titles[side], fontsize=9)
    label_outside(figure, "|x|", "log10 of the distance")
    legend_beside(figure)
    ends = numbers[(numbers["side"] == "below 1") & (numbers["of"] != "exact")].groupby("of")["size"].max() + 1
    reached = ", ".join(f"{of} at x = {end}" for of, end in ends.items())
    title = f"The logistic function never reaches 1, but floats do: {reached}"
    caption = "Distance of the logistic function from 0 and from 1; a dot is the last float that is neither."
    return {"logistic-range": Drawing(figure, numbers, title, caption)}


def _distances(rows: pd.DataFrame) -> pd.DataFrame:
    """Distances from 0 at negative x and from 1 at positive x, by |x|, as far as they are not 0."""
    parts = []
    for side, sign in (("above 0", -1), ("below 1", 1)):
        far = rows[sign * rows["x"] >= 0].assign(size=rows["x"].abs()).sort_values("size", kind="stable")
        # By symmetry the exact distance from 1 at x is that from 0 at -x.
        exact = rows.set_index("x").loc[-far["size"], "log10_exact"].to_numpy()
        parts.append(pd.DataFrame({"side": side, "of": "exact", "size": far["size"], "log10_distance": exact}))
        for precision in SPACING:
            distance = far[precision] if sign < 0 else 1 - far[precision]
            left = far.assign(distance=distance)[distance > 0]
            facts = {"side": side, "of": precision, "size": left["size"], "log10_distance": np.log10(left["distance"])}
            parts.append(pd.DataFrame(facts))
    return pd.concat(parts, ignore_index=True)
