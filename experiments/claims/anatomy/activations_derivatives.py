"""anatomy.activations-derivatives: the derivatives of the neurons' functions, and where there is none.

Each formula is compared with automatic differentiation and with difference quotients at random points. Two identities
are proved with whole numbers: σ' = σ (1 - σ) of the logistic function, and σ' = 1 - σ² of tanh. The slopes of the
rectifier are calculated in fractions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy._agreement import ALL_AGREE
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.activation_identities import IDENTITIES, RATIONAL, satisfies
from theory.functions import RECTIFIER

KEYS = ("a",)
# The functions of neurons that are tested.
NAMES = ("identity", "logistic", "tanh", "rectifier", "threshold", "sine", "square", "cube")
# Largest difference from automatic differentiation, over the derivative or 1, whichever is larger: rounding.
AUTOMATIC = 1e-13
# Largest difference from difference quotients, over the same: their own error is about STEP².
NUMERIC = 1e-7
# The step h of the difference quotients.
STEP = 1e-5
# Standard deviation of the inputs.
SPREAD = 3.0
# The figure shows inputs up to this size.
DRAWN = 4.0
# The line of the figure is broken between neighbouring values farther apart than this: a jump.
JUMP = 0.9


# The post speaks of the logistic function and of the rectifier, but not of tanh or of the rectifier at 0.
VARIANT = on("derivatives", role="variant")
EXACT = Trial(
    source="the post, ch. III", bears_on=on("derivatives"), existence="representable", switches={"arithmetic": "exact"}
)
FORMULAS = Trial(
    source="theory/activations.py",
    bears_on=on("derivatives", role="control"),
    existence="representable",
    switches={"arithmetic": "float64", "inputs": f"normal, standard deviation {SPREAD:g}"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Functions, and the number of normal points, of standard deviation 3, at which each derivative is tested."""

    activation: list[str] = setting(list(NAMES), choices=NAMES, static=True)
    points: int = setting(250, low=1, high=1_000_000)


SMOKE = {
    "activation": ["logistic", "rectifier"],
    "points": 50,
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per point: value, derivative, and differences from it; and in every row the slopes at 0."""
    import jax
    import jax.numpy as jnp

    from theory.activations import ACTIVATIONS, DERIVATIVES

    name = unit.static("activation")
    points = np.sort(random_generator(unit.seed, unit.claim, name).normal(scale=SPREAD, size=unit.settings.points))
    # Points near 0 are left out: at a kink there is no derivative, and a difference quotient mixes both sides.
    points = points[np.abs(points) > 2 * STEP]
    σ, derivative = ACTIVATIONS[name], DERIVATIVES[name]
    with jax.enable_x64(True):
        a = jnp.asarray(points)
        slope = np.asarray(derivative(a))
        scale = np.maximum(1.0, np.abs(slope))
        automatic = np.abs(slope - jax.vmap(jax.grad(σ))(a)) / scale
        numeric = np.abs(slope - (σ(a + STEP) - σ(a - STEP)) / (2 * STEP)) / scale
        facts = {"a": points, "value": np.asarray(σ(a)), "derivative": slope, **_at_zero_of(σ, derivative)}
    facts |= {"automatic_off": np.asarray(automatic), "numeric_off": np.asarray(numeric), "identity": _identity(name)}
    facts["exact_slope"] = _exact_slopes(points) if name == "rectifier" else np.nan
    return pd.DataFrame({"activation": name, **facts})


def _at_zero_of(σ: Callable, derivative: Callable) -> dict[str, float]:
    import jax
    import jax.numpy as jnp

    zero = jnp.zeros(())
    return {
        "zero_by_hand": float(derivative(zero)),
        "zero_automatic": float(jax.grad(σ)(zero)),
        "zero_left": float((σ(zero) - σ(zero - STEP)) / STEP),
        "zero_right": float((σ(zero + STEP) - σ(zero)) / STEP),
        "zero_of_maximum": float(jax.grad(lambda a: jnp.maximum(a, 0.0))(zero)),
    }


def _identity(name: str) -> str:
    if name not in IDENTITIES:
        return "none stated"
    return "proved" if satisfies(RATIONAL[name], IDENTITIES[name]) else "refuted"


def _exact_slopes(points: np.ndarray) -> list[float]:
    """The rectifier's difference quotients in fractions; steps do not cross 0."""
    from theory.backprop import difference_quotient

    return [float(difference_quotient(RECTIFIER.σ, a, abs(a) / 2)) for a in map(Fraction, points.tolist())]


def work(unit: Unit) -> Work:
    """Some evaluations at every point."""
    return Work(0, 100.0 * unit.settings.points)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The formulas, the identities, and the rectifier on both sides of 0 and at 0."""
    verdicts = [_formulas(table), *_identities(table)]
    rectifier = table[table["activation"] == "rectifier"]
    return verdicts if rectifier.empty else [*verdicts, _sides(rectifier), _at_zero(rectifier.iloc[0])]


def _formulas(table: pd.DataFrame) -> Verdict:
    confirmed = (table["automatic_off"] <= AUTOMATIC) & (table["numeric_off"] <= NUMERIC)
    how = (
        "Differences over the derivative, or over 1 if that is larger. A point agrees if automatic differentiation "
        f"differs by at most {AUTOMATIC:g} and a central difference with step {STEP:g} by at most {NUMERIC:g}."
    )
    return FORMULAS.verdict(
        "formulas",
        "The derivatives that backpropagation uses are those of the neurons' functions.",
        Measured.share(confirmed, how),
        ALL_AGREE,
        prediction="share of points at which both comparisons agree = 1",
        notes=f"no input within {2 * STEP:g} of 0; largest differences {table['automatic_off'].max():.1g} and "
        f"{table['numeric_off'].max():.1g}",
        activation=table["activation"],
    )


def _identities(table: pd.DataFrame) -> Iterator[Verdict]:
    words = {"logistic": "σ' = σ (1 - σ)", "tanh": "σ' = 1 - σ²"}
    trials = {"logistic": EXACT, "tanh": EXACT.but(source="well known; proved here", bears_on=VARIANT)}
    stated = table[table["identity"] != "none stated"]
    for activation, identity in stated.drop_duplicates("activation")[["activation", "identity"]].itertuples(
        index=False
    ):
        how = "Both sides are rational functions of exp(-a) or exp(-2a). Their coefficients are whole numbers."
        yield trials[str(activation)].verdict(
            str(activation),
            f"The derivative of the {activation} function follows from its value: {words[str(activation)]}.",
            Measured.exactly(identity == "proved", 1, how=how),
            holds_for_all("all coefficients of both sides are equal", [identity == "proved"]),
            finding=f"The {activation} function satisfies {words[str(activation)]} "
            f"{'at every real number' if identity == 'proved' else 'not at every real number'}.",
            prediction="both sides have the same coefficients = 1",
            activation=activation,
            inputs="every real number",
        )


def _sides(rows: pd.DataFrame) -> Verdict:
    right = rows["exact_slope"] == (rows["a"] > 0)
    how = "Difference quotients in fractions; steps do not cross 0."
    return EXACT.verdict(
        "rectifier",
        "The derivative of the rectifier is 1 for positive inputs and 0 for negative inputs.",
        Measured.exactly(right.mean(), len(rows), how=how),
        holds_for_all("the slope is exactly 1 or 0, by the sign of the input", right),
        prediction="share of inputs with exactly this slope = 1",
        activation="rectifier",
        inputs="other than 0",
    )


def _at_zero(row: Any) -> Verdict:
    gap = row["zero_right"] - row["zero_left"]
    return EXACT.but(bears_on=VARIANT).verdict(
        "rectifier-at-zero",
        "The rectifier has a derivative everywhere, also at 0.",
        Measured.exactly(gap, 1, how="The slope to the right of 0, less the slope to the left."),
        holds_for_all("both slopes are the same", [gap == 0]),
        prediction="slope to the right of 0 - slope to the left = 0",
        notes=f"the value of programs at 0 is a convention: {row['zero_by_hand']:g} here, {row['zero_automatic']:g} by "
        f"jax.grad of jax.nn.relu, {row['zero_of_maximum']:g} by jax.grad of jnp.maximum(a, 0)",
        activation="rectifier",
        inputs="0",
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The functions with their derivatives, as they were measured."""
    names = list(table["activation"].unique())
    figure, axes_of = panels(names, 4, width=1.9, height=1.9, beside=0.8)
    drawn = table.loc[table["a"].abs() <= DRAWN, ["activation", "a", "value", "derivative"]]
    for name, axes in axes_of.items():
        rows = drawn[drawn["activation"] == name]
        for column, colour, style, label in (("value", COLOURS[0], "-", "σ"), ("derivative", COLOURS[1], "--", "σ'")):
            # A line through a jump would show values that the function does not have.
            jump = rows[column].diff().abs() > JUMP
            axes.plot(rows["a"], rows[column].mask(jump), style, color=colour, lw=1.4, label=label)
        axes.set_title(name, fontsize=9)
        axes.set_ylim(-2.2, 2.2)
    label_outside(figure, "a", "")
    legend_beside(figure)
    title = f"{table['activation'].nunique()} functions of neurons and their derivatives"
    caption = "Solid: the function σ of the input a; dashed: its derivative."
    return {"derivatives": Drawing(figure, drawn, title, caption)}
