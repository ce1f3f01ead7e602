"""boolean.exponential-bound: an architecture that holds all boolean functions of n bits is exponentially large.

Bounds are exact integers, see `theory.boolean.bounds`. The quantifier decides: one architecture for all functions is
exponentially large, and a single function may need few units. The network of n units for parity shows it.
"""

from dataclasses import dataclass
from math import log2

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_below
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean.census import LARGEST_N

# Parity is built and evaluated on all 2^n inputs up to this n.
LARGEST_PARITY = 14
# Growth is measured from this n on: below, rounding to whole neurons hides it.
ASYMPTOTIC = 16


ALL = Trial(
    source="the post, ch. II; Shalev-Shwartz & Ben-David, Understanding Machine Learning, Theorem 20.2",
    bears_on=on("exponential-bound") + on("uml-exponential"),
    existence="representable",
    switches={"activation": "threshold", "bias": True, "quantifier": "one architecture for all functions"},
)
LAYER = ALL.but(
    source="the post, ch. II; by counting dichotomies (Cover 1965), see theory/boolean/bounds.py",
    bears_on=on("exponential-hidden-layer"),
    switches={"hidden_layers": 1},
)
# The post and its theorem speak of one architecture for all functions. Here each function has its own.
SINGLE = LAYER.but(
    source="ours: the post and its theorem speak of one architecture for all functions",
    bears_on=on("exponential-bound", "against", "variant"),
    switches={"quantifier": "a function by itself", "task": "parity"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits."""

    n: list[int] = setting(list(range(1, 65)), low=1, high=64)


SMOKE = {
    "n": [1, 2, 3, 4, 8, 16, 32, 64],
}
FULL: dict = {}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits: both bounds, the construction, and where known the exact worst case and parity."""
    rows = []
    for n in unit.cells["n"].tolist():
        exact = {
            "construction_width": boolean.construction_width(n),
            "counting_bound": boolean.counting_bound(n),
            "vc_bound": boolean.vc_bound(n),
            "least_edges": boolean.least_edges(n),
            "least_neurons": boolean.least_neurons(n),
        }
        rows.append(
            {"n": n}
            # Text, because 2^63 is more than a 64-bit integer holds. Logarithms, to draw and to judge.
            | {name: str(value) for name, value in exact.items()}
            | {f"log2_{name}": log2(value) for name, value in exact.items()}
            | {
                "census_width": float(boolean.minimum_widths(n).max()) if n <= LARGEST_N else np.nan,
                "parity_width": float(n) if n <= LARGEST_PARITY else np.nan,
                "parity_errors": float(parity_errors(n)) if n <= LARGEST_PARITY else np.nan,
            }
        )
    return pd.DataFrame(rows)


def parity_errors(n: int) -> int:
    """Number of inputs, of all 2^n, at which the network of n threshold units differs from parity."""
    import jax.numpy as jnp

    from theory import network
    from theory.activations import threshold

    x = jnp.asarray(boolean.signed_inputs(n), jnp.float32)
    outputs = network.evaluate(network.from_arrays(boolean.parity_network(n)), x, threshold, threshold)
    return int(np.sum(np.asarray(outputs)[:, 0] != boolean.functions.parity(n, np.random.default_rng())))


def work(unit: Unit) -> Work:
    """The census costs nearly all of it; the bounds cost little."""
    return Work(0, 30.0 * boolean.THRESHOLD_FUNCTIONS[4] ** 2)


def growth_per_bit(table: pd.DataFrame, column: str) -> float:
    """The least growth of log2(column) per bit between neighbouring n from `ASYMPTOTIC` on; NaN if there are none."""
    rows = table[table["n"] >= ASYMPTOTIC].sort_values("n", kind="stable")
    return float((rows[column].diff() / rows["n"].diff()).min()) if len(rows) > 1 else float("nan")


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Three quantifiers: any graph for all functions, one hidden layer for all, and each function by itself."""
    table = table.sort_values("n", kind="stable")
    return [_any_architecture(table), _one_hidden_layer(table), _single_function(table)]


def _any_architecture(table: pd.DataFrame) -> Verdict:
    neurons = growth_per_bit(table, "log2_least_neurons")
    how = "The growth of log2 of the bound on the number of neurons per bit of n, at the step where it is least."
    return ALL.verdict(
        "any-architecture",
        "Every architecture that can implement all boolean functions of n bits "
        "has a number of neurons that is exponential in n.",
        Measured.exactly(neurons, len(table), how=how),
        at_least(1 / 3),
        finding="An architecture for all functions of n bits "
        f"needs at least {2**neurons:.3g} times as many neurons for each further bit.",
        prediction="growth of log2(neurons) per bit >= 1/3",
        notes="the bound is 2^n <= 2 E log2(16 E) for E weights, E <= V (V - 1) / 2",
        depth="any",
        n=_span(table),
    )


def _one_hidden_layer(table: pd.DataFrame) -> Verdict:
    small = table[table["census_width"].notna()]
    in_order = (np.exp2(small["log2_counting_bound"]) <= small["census_width"]) & (
        small["census_width"] <= np.exp2(small["log2_construction_width"])
    )
    width = growth_per_bit(table, "log2_counting_bound")
    how = "The growth of log2 of the counting bound per bit of n, at the step where it is least."
    return LAYER.verdict(
        "one-hidden-layer",
        "One hidden layer for all boolean functions of n bits is exponentially wide.",
        Measured.exactly(width, len(table), how=how),
        holds_for_all(
            "the growth is at least 1/2, and no bound is above the exact census nor a census above the construction",
            [width >= 1 / 2, *in_order],
        ),
        finding="A hidden layer for all functions of n bits "
        f"needs at least {2**width:.3g} times as many units for each further bit.",
        prediction="growth of log2(width) per bit >= 1/2",
        notes="by counting, almost every function needs a width that is a few units less than the bound; "
        "the exact worst case at n <= 4 is only n",
        n=_span(table),
    )


def _span(table: pd.DataFrame) -> str:
    largest = int(table["n"].max())
    return f"{ASYMPTOTIC} to {largest}" if largest > ASYMPTOTIC else f"up to {largest}"


def _single_function(table: pd.DataFrame) -> Verdict:
    built = table[table["parity_width"].notna()]
    errors, last = int(built["parity_errors"].sum()), built.sort_values("n", kind="stable").tail(1)
    ratio = float((last["parity_width"] / np.exp2(last["log2_counting_bound"])).sum()) if len(last) else float("nan")
    return SINGLE.verdict(
        "single-function",
        "A single function that depends on all n bits can need far fewer units than an architecture for all functions.",
        Measured.exactly(ratio, len(built), how="n units of parity over the counting bound, at the largest n built."),
        Rule(
            "Supported if networks of n units compute parity without an error for every n that was built, "
            "and n is less than half of the counting bound at the largest n; "
            "contradicted if one of them errs; else inconclusive.",
            lambda m: decide(errors == 0 and m.value < 1 / 2, errors > 0),
        ),
        prediction="n units of parity / units needed for all functions < 1/2, at the largest n that was built",
        inputs="all of {-1, 1}^n",
        n=built["n"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Both bounds, the construction and single functions, on a logarithmic scale."""
    numbers = table.sort_values("n", kind="stable")
    figure = new_figure(6.0, 4.6)
    axes = figure.axes[0]
    lines = {
        "construction_width": "hidden units that suffice for all: 2^(n-1)",
        "counting_bound": "hidden units needed for all: counting",
        "vc_bound": "hidden units needed for all: VC dimension",
        "least_neurons": "neurons needed for all, any depth: VC dimension",
    }
    for (column, label), colour, dash in zip(lines.items(), COLOURS, ("-", "--", "-.", ":"), strict=False):
        axes.plot(numbers["n"], numbers[f"log2_{column}"], dash, color=colour, label=label)
    axes.plot(numbers["n"], np.log2(numbers["parity_width"]), "k+", markersize=4, label="parity, built: n units")
    axes.set_xlabel("n, input bits")
    axes.set_ylabel("log2 of the number")
    legend_below(figure, columns=1)
    last = numbers.loc[numbers["n"].idxmax()]
    title = (
        f"At n = {last['n']:.0f} all functions at once need at least 2^{last['log2_counting_bound']:.0f} hidden units, "
        "parity only n"
    )
    caption = "Bounds for one architecture for all functions, the construction, and the units that parity needs."
    return {"bounds": Drawing(figure, numbers, title, caption)}
