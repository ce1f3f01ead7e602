"""boolean.every-function: one hidden layer of threshold units computes every boolean function.

The construction of `theory.boolean.construction` is written out as weights of one architecture, width 2^(n-1), and
evaluated on all 2^n inputs by the same `apply` as every other network: for every function of n <= 4 bits, and for
random balanced ones, which need the full width, beyond. Control: with one unit silenced it must err exactly once.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, Drawing, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.statistics import wilson
from experiments.verdict import Verdict, decide
from theory import boolean

STATIC = ("n",)
LARGEST_ENUMERATED = 4
SOURCE = "the post, ch. II; Shalev-Shwartz & Ben-David, Understanding Machine Learning, Claim 20.1"
HYPOTHESES = "threshold units with biases, hidden and output; inputs in {-1, 1}^n; one architecture for all functions"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, and how many random functions stand for all where there are too many."""

    n: list[int] = setting([1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16], low=1, high=16)
    samples: int = setting(4, low=1, high=100_000)


def functions_of(unit: Unit) -> list[boolean.functions.Truth]:
    """The functions that are tested: all of them, or a sample."""
    n = unit.static("n")
    if n <= LARGEST_ENUMERATED:
        return [boolean.unpack(function, n) for function in range(2**2**n)]
    rng = random_generator(unit.seed, unit.claim, n)
    return [boolean.functions.random(n, rng) for _ in range(unit.settings.samples)]


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits: how many functions the construction gets wrong, and how its control fares."""
    import jax.numpy as jnp

    from theory import network
    from theory.activations import threshold

    n = unit.static("n")
    x = jnp.asarray(boolean.signed_inputs(n), unit.precision)

    def errors(layers: boolean.construction.Layers, truth: boolean.functions.Truth) -> int:
        outputs = network.evaluate(network.from_arrays(layers, unit.precision), x, threshold, threshold)
        return int(np.sum(np.asarray(outputs)[:, 0] != truth))

    truths = functions_of(unit)
    wrong = controls = caught = 0
    for truth in truths:
        layers = boolean.one_unit_per_input(truth)
        wrong += errors(layers, truth) > 0
        if boolean.width_needed(truth) > 0:
            controls += 1
            caught += errors(boolean.without_unit(layers, 0), truth) == 1
    return unit.cells.assign(
        every=n <= LARGEST_ENUMERATED,
        width=boolean.construction_width(n),
        functions=len(truths),
        wrong=wrong,
        controls=controls,
        controls_with_one_error=caught,
    )


def work(unit: Unit) -> Work:
    """Twice, for the control, the products of the hidden layer, for every function and input."""
    n = unit.static("n")
    count = 2**2**n if n <= LARGEST_ENUMERATED else unit.settings.samples
    return Work(0, 4.0 * count * 2**n * boolean.construction_width(n) * (n + 2))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every function for small n, a sample beyond; the statement falls with one function computed wrongly."""
    verdicts = []
    for every, rows in table.groupby("every"):
        functions, wrong = int(rows["functions"].sum()), int(rows["wrong"].sum())
        share = 1 - wrong / functions
        low, high = (share, share) if every else wilson(functions - wrong, functions)
        controls_work = bool((rows["controls"] == rows["controls_with_one_error"]).all())
        which = "every function" if every else "random balanced functions"
        numbers = ", ".join(str(n) for n in sorted(rows["n"]))
        verdicts.append(
            Verdict(
                claim="boolean.every-function" + ("" if every else "/sampled"),
                statement="One hidden layer of 2^(n-1) neurons, all with the same simple function, computes every "
                "boolean function of n bits.",
                source=SOURCE,
                hypotheses=f"{HYPOTHESES}; {which} of n = {numbers} bits, on all 2^n inputs",
                existence="representable",
                prediction="share of functions computed = 1",
                measured=share,
                low=low,
                high=high,
                samples=functions,
                evidence="exact" if every else "statistical",
                rule="Supported if no function is wrong on any input and every control, one unit silenced, errs on "
                "exactly one; contradicted if a function is wrong.",
                verdict=decide(wrong == 0 and controls_work, wrong > 0),
            )
        )
    return verdicts


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """What the construction costs: its width against n, with the number of functions checked."""
    numbers = table.sort_values("n")[["n", "width", "functions", "wrong"]]
    figure = new_figure(5.2, 3.4)
    axes = figure.axes[0]
    for wrong, rows in numbers.groupby(numbers["wrong"] > 0):
        label = "some functions wrong" if wrong else "all functions checked are right"
        axes.plot(rows["n"], rows["width"], "X" if wrong else "o", color=COLOURS[int(wrong)], label=label)
    axes.plot(numbers["n"], 2.0 ** (numbers["n"] - 1), color="grey", zorder=0, label="2^(n-1)")
    axes.set_yscale("log", base=2)
    axes.set_xlabel("n, input bits")
    axes.set_ylabel("width of the hidden layer")
    axes.set_title("One unit per input of the rarer class")
    axes.legend()
    return {"every-function": Drawing(figure, numbers)}
