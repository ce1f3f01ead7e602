"""boolean.every-function: one hidden layer of threshold units computes every boolean function.

The construction of `theory.boolean.construction` gives the weights of one architecture of width 2^(n-1). The same
`apply` as for every other network evaluates it on all 2^n inputs: for every function of n <= 4 bits, and beyond for
random balanced functions, which need the full width. Control: with one unit silenced the network must err exactly once.

For larger n, a few cases prove the statement for all functions. The output of a hidden unit depends only on the number
of bits in which the input differs from the unit's own input. So n + 1 inputs say where the unit fires. If it fires at
its own input alone, at most one unit fires at any input. The output unit then has two cases for each of its two signs.
All cases are evaluated.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, UInt8

from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import at_least, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.dense import Layers

# All 2^(2^n) functions are tested up to this n: 65,536 of 4 bits. Functions of 5 bits are 65,536 times as many.
LARGEST_ENUMERATED = 4
# Outputs of hidden units that are held at a time, over all functions and inputs: some 100 MB.
HELD_AT_A_TIME = 2**24


TRIAL = Trial(
    source="the post, ch. II; Shalev-Shwartz & Ben-David, Understanding Machine Learning, Claim 20.1",
    bears_on=on("every-boolean-function") + on("uml-every-function"),
    existence="representable",
    switches={
        "hidden_layers": 1,
        "activation": "threshold",
        "output": "threshold",
        "bias": True,
        "inputs": "{-1, 1}^n",
        "quantifier": "one architecture for all functions",
    },
)
STATEMENT = (
    "One hidden layer of 2^(n-1) neurons, all with the same simple function, computes every boolean function of n bits."
)
CONTROLS = "Every control, the network with one unit silenced, has to err on exactly one input."


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, and the number of random functions that are tested beyond `LARGEST_ENUMERATED`."""

    n: list[int] = setting([1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16], low=1, high=16, static=True)
    samples: int = setting(4, low=1, high=100_000)


SMOKE = {
    "n": [1, 2, 3, 6],
}
FULL: dict = {}


def functions_of(unit: Unit) -> UInt8[np.ndarray, "functions inputs"]:
    """The truth tables of the functions that are tested: all of them, or a sample."""
    n = unit.static("n")
    if n <= LARGEST_ENUMERATED:
        # A function is an integer of 2^n bits, and its truth table is these bits.
        return boolean.inputs(2**n).astype(np.uint8)
    rng = random_generator(unit.seed, unit.claim, n)
    return np.stack([boolean.functions.random(n, rng) for _ in range(unit.settings.samples)])


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits: how many functions and cases the construction gets wrong, and the control."""
    n, truths = unit.static("n"), functions_of(unit)
    ones = truths.sum(1, dtype=np.int64)
    needs_a_unit = (ones > 0) & (ones < 2**n)
    wrong, wrong_without_one = errors(unit, boolean.signed_inputs(n), truths, truths)
    return unit.cells.assign(
        every=n <= LARGEST_ENUMERATED,
        width=boolean.construction_width(n),
        functions=len(truths),
        wrong=int((wrong > 0).sum()),
        controls=int(needs_a_unit.sum()),
        controls_with_one_error=int((wrong_without_one[needs_a_unit] == 1).sum()),
        cases=2 * (n + 1),
        wrong_cases=wrong_cases(unit),
    )


def errors(
    unit: Unit,
    x: Float[np.ndarray, "points n"],
    built: UInt8[np.ndarray, "functions inputs"],
    right: UInt8[np.ndarray, "functions points"],
) -> tuple[Int[np.ndarray, " functions"], Int[np.ndarray, " functions"]]:
    """At how many points the networks built for some functions err, whole and with the first unit silenced.

    Args:
        unit: says the precision.
        x: the points.
        built: truth tables of the functions.
        right: what the networks have to put out.
    """
    import jax
    import jax.numpy as jnp

    from theory import network
    from theory.activations import threshold

    points = jnp.asarray(x, unit.precision)

    def of_layers(layers: Layers, y: jax.Array) -> jax.Array:
        outputs = network.evaluate(network.from_arrays(layers, unit.precision), points, threshold, threshold)
        return jnp.sum(outputs[:, 0] != y)

    def of_function(both: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        truth, y = both
        layers = boolean.one_unit_per_input(truth)
        return of_layers(layers, y), of_layers(boolean.without_unit(layers, 0), y)

    outputs_of_a_layer = len(x) * boolean.construction_width(unit.static("n"))
    at_a_time = min(HELD_AT_A_TIME // outputs_of_a_layer, len(built)) or None
    mapped = jax.jit(lambda both: jax.lax.map(of_function, both, batch_size=at_a_time))
    whole, without_one = mapped((built, right))
    return np.asarray(whole), np.asarray(without_one)


def wrong_cases(unit: Unit) -> int:
    """Number of wrong cases, for the hidden unit of the input (1, ..., 1) and both signs of the output unit.

    The cases are inputs that differ from (1, ..., 1) in d = 0, ..., n bits. The function that is 1 at (1, ..., 1) only
    uses one sign of the output unit, and its complement uses the other.
    """
    n = unit.static("n")
    bits = 1 - np.tri(n + 1, n, -1)
    only = (np.arange(2**n) == 2**n - 1).astype(np.uint8)
    fires = (np.arange(n + 1) == 0).astype(np.uint8)
    whole, _ = errors(unit, 2 * bits - 1, np.stack([only, 1 - only]), np.stack([fires, 1 - fires]))
    return int(whole.sum())


def work(unit: Unit) -> Work:
    """The products of the hidden layer for every function and input, and as many again for the control."""
    n = unit.static("n")
    count = 2**2**n if n <= LARGEST_ENUMERATED else unit.settings.samples
    return Work(0, 4.0 * count * 2**n * boolean.construction_width(n) * (n + 2))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every function for small n, and all cases for every n."""
    every = table[table["every"]]
    return [*([_enumerated(every)] if len(every) else []), _by_cases(table)]


def _enumerated(rows: pd.DataFrame) -> Verdict:
    functions, wrong = int(rows["functions"].sum()), int(rows["wrong"].sum())
    return TRIAL.verdict(
        "",
        STATEMENT,
        Measured.exactly(1 - wrong / functions, functions, how="The share of the functions that are computed."),
        at_least(1).supported_only_if(_controls_err(rows), CONTROLS),
        finding=f"One hidden layer of 2^(n-1) neurons computes {counted(functions - wrong, functions)} functions "
        f"of up to {rows['n'].max()} bits.",
        prediction="share of functions computed = 1",
        functions="all, each on all 2^n inputs",
        n=rows["n"].sort_values(),
    )


def _by_cases(rows: pd.DataFrame) -> Verdict:
    cases, wrong = int(rows["cases"].sum()), int(rows["wrong_cases"].sum())
    sample = rows[~rows["every"]]
    functions, wrong_functions = int(sample["functions"].sum()), int(sample["wrong"].sum())
    how = (
        "The share of the cases that are right. If all cases are right, so is every function. "
        "The cases are a hidden unit at every number of bits that differ from its own input, "
        "and both signs of the output unit with and without a unit that fires. "
        f"{functions} random balanced functions are evaluated on all inputs, too."
    )
    return TRIAL.verdict(
        "by-cases",
        STATEMENT,
        Measured.exactly(1 - wrong / cases, cases, how=how),
        holds_for_all("no case and no random function is wrong", [wrong == 0, wrong_functions == 0]).supported_only_if(
            _controls_err(rows), CONTROLS
        ),
        prediction="share of cases that are right = 1",
        notes=f"{wrong_functions} random functions are wrong",
        functions="all, by cases",
        n=rows["n"].sort_values(),
    )


def _controls_err(rows: pd.DataFrame) -> bool:
    return bool((rows["controls"] == rows["controls_with_one_error"]).all())


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The width of the construction against n, and whether all checked functions are right."""
    numbers = table.sort_values("n", kind="stable")[["n", "width", "functions", "wrong"]]
    figure = new_figure(5.2, 3.4)
    axes = figure.axes[0]
    for wrong, rows in numbers.groupby(numbers["wrong"] > 0):
        label = "some functions wrong" if wrong else "all functions checked are right"
        axes.plot(rows["n"], rows["width"], "X" if wrong else "o", color=COLOURS[int(wrong)], label=label)
    axes.plot(numbers["n"], 2.0 ** (numbers["n"] - 1), color="grey", zorder=0, label="2^(n-1)")
    axes.set_yscale("log", base=2)
    axes.set_xlabel("n, input bits")
    axes.set_ylabel("width of the hidden layer")
    axes.legend()
    title = f"2^(n-1) hidden units compute functions of n bits: of those checked, {int(table['wrong'].sum())} are wrong"
    caption = "Width of the hidden layer that was built and tried; it has one unit per input of the rarer class."
    return {"every-function": Drawing(figure, numbers, title, caption)}
