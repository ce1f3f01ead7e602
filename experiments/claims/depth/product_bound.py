"""depth.product-bound: no fewer than ∏ (r_i + 1) neurons of fixed directions make x_1^r_1 ... x_n^r_n in one layer.

Directions of the input weights are whole numbers here. Then the Taylor equations of a monomial are linear in the output
weights, and exact elimination decides whether they have a solution. Many directions are tried with one neuron fewer
than the bound; for two numbers and small weights, all directions are. The directions of the construction are tried with
the neurons of the bound. theory/depth/equations.py proves that no fixed directions do with fewer neurons. An output
bias, or hidden biases, change the bound, see `BOUNDS`.

Directions may also move with a parameter t -> 0, see theory/depth/moving.py. If only the equations of the highest
degree count, and exponents differ, then fewer neurons come arbitrarily near. These networks are built in fractions.
Source: Lin, Tegmark & Rolnick 2017, appendix A; Rolnick & Tegmark 2018.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_below
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth.equations import CHOICES, all_directions, degrees, directions, least_neurons, moments, solvable
from theory.depth.moving import flattening_rank, least_moving, neurons_at, remainder
from theory.depth.product import flat

# The choice "every" tries all directions of whole numbers up to this size.
LARGEST_WEIGHT = 2
# Moving directions are evaluated at two values of t; this is the larger one.
FAR = Fraction(1, 2**5)
# The smaller value of t.
NEAR = Fraction(1, 2**10)
# The remainder falls as t²; at the smaller t it may be larger than predicted by this factor.
SEEN = 2.0
TRIAL = Trial(
    source="Lin, Tegmark & Rolnick 2017, appendix A, and Rolnick & Tegmark 2018 for monomials",
    bears_on=on("no-flattening") + on("rt-monomial"),
    existence="representable",
    switches={"hidden_layers": 1, "task": "monomials x_1^r_1 ... x_n^r_n"},
)
# Switch: (its description, its bound, the trial of its verdict).
BOUNDS = {
    "all": (
        "without biases, if all derivatives of σ at 0 up to the degree are non-zero",
        "∏ (r_i + 1)",
        TRIAL.but(switches={"activation": "all derivatives at 0 up to the degree non-zero", "bias": False}),
    ),
    "not 0": (
        "with an output bias, or σ(0) = 0, if all other derivatives of σ at 0 up to the degree are non-zero",
        "∏ (r_i + 1) - 1",
        TRIAL.but(
            source="ours: theory/depth/equations.py",
            bears_on=on("no-flattening", role="variant"),
            switches={
                "activation": "all derivatives at 0 from the first up to the degree non-zero",
                "bias": "output only, or none and σ(0) = 0",
            },
        ),
    ),
    "highest": (
        "with any hidden biases and any σ, so that only the equations of the highest degree count",
        "∏ (r_i + 1) / (min r_i + 1)",
        TRIAL.but(
            source="theory/depth/equations.py; as a number of powers of linear forms: Carlini, Catalisano & Geramita "
            "2012, arXiv 1110.0745",
            bears_on=on("no-flattening", role="variant"),
            switches={"activation": "any", "bias": "any hidden ones"},
        ),
    ),
}
MOVING_NEEDED = TRIAL.but(
    source="Landsberg & Teitler 2010, in Oeding 2016, arXiv 1608.02530; theory/depth/moving.py",
    bears_on=on("no-flattening", role="variant"),
    switches={
        "activation": "lower derivatives vanish: z^N, or z - sin z for N = 3",
        "weights": "λ times directions that move with t, λ -> 0 and then t -> 0",
    },
)
MOVING_SUFFICE = MOVING_NEEDED.but(
    bears_on=on("no-flattening", "against", "variant") + on("rt-monomial", "against", "variant")
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is tried. `exponents`: r_1 ... r_n of the monomial; "1 1 1" is the product of three numbers."""

    exponents: list[str] = setting(
        ["1 1", "1 1 1", "1 1 1 1", "1 1 1 1 1", "2 1", "2 2", "3 1", "2 1 1", "3 2"],
        low=1,
        high=100_000,
        static=True,
    )
    switch: list[str] = setting(list(BOUNDS), choices=tuple(BOUNDS))
    choice: list[str] = setting(["every", *CHOICES], choices=("every", *CHOICES))
    where: str = setting("choice != 'every' or exponents == '1 1'")
    trials: int = setting(25, low=1, high=1_000_000)


SMOKE = {
    "exponents": ["1 1 1", "2 1"],
    "choice": ["random", "signs"],
    "trials": 5,
}
FULL = {
    "trials": 500,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per switch and choice of directions: how many were tried with one neuron fewer, how many are enough."""
    exponents = tuple(int(r) for r in unit.static("exponents").split())
    N, n, rows = sum(exponents), len(exponents), []
    for switch, choice in zip(unit.cells["switch"], unit.cells["choice"], strict=True):
        kept, least = degrees(N, switch), least_neurons(exponents, switch)
        rng = random_generator(unit.seed, "product-bound", unit.static("exponents"), switch, choice)
        tried = (
            list(all_directions(n, least - 1, LARGEST_WEIGHT))
            if choice == "every"
            else [directions(choice, n, least - 1, rng) for _ in range(unit.settings.trials)]
        )
        solved = sum(solvable(*moments(a, exponents, kept)) for a in tried)
        enough = constructed(exponents, switch)
        row: dict[str, Any] = {"bound": least, "tried": len(tried), "solutions": solved, "enough": len(enough)}
        rows.append(row | {"solved_with_bound": solvable(*moments(enough, exponents, kept))})
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1).assign(**_moving(exponents))


def _moving(exponents: tuple[int, ...]) -> dict[str, float]:
    """Neurons with moving directions, their remainders at two values of t, and the neurons proved necessary."""
    left = [float(remainder(exponents, neurons_at(exponents, t))) for t in (FAR, NEAR)]
    return {
        "moving": least_moving(exponents),
        "left_far": left[0],
        "left_near": left[1],
        "flattening": flattening_rank(exponents),
    }


def constructed(exponents: tuple[int, ...], switch: str) -> np.ndarray:
    """Directions of the network that is built, as whole numbers: the fewest known for each switch."""
    activation, bias = {
        "all": ("exponential", "none"),
        "not 0": ("exponential", "output"),
        "highest": ("sine", "hidden"),
    }[switch]
    return flat(exponents, activation, bias).a.astype(int)


def work(unit: Unit) -> Work:
    """Elimination in Python's integers."""
    exponents = [int(r) for r in unit.static("exponents").split()]
    neurons = float(np.prod([r + 1 for r in exponents]))
    return Work(0, 2e3 * len(unit.cells) * unit.settings.trials * neurons**2)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each switch: no directions tried do with fewer neurons than the bound, and the construction does with it.

    For moving directions: whether fewer neurons are enough, and how many are needed.
    """
    verdicts = [_fixed(str(switch), rows) for switch, rows in table.groupby("switch", sort=False)]
    highest = table[table["switch"] == "highest"].groupby("exponents", sort=False).first().reset_index()
    return [*verdicts, *([_moving_suffice(highest), *_moving_needed(highest)] if len(highest) else [])]


def _fixed(switch: str, rows: pd.DataFrame) -> Verdict:
    words, bound, trial = BOUNDS[switch]
    solved, built = int(rows["solutions"].sum()), bool(rows["solved_with_bound"].all())
    per_monomial = rows.groupby("exponents", sort=False)[["bound", "enough"]].first()
    counts = ", ".join(f"({name}): {bound:.0f}" for name, bound in per_monomial["bound"].items())
    larger = per_monomial[per_monomial["bound"] != per_monomial["enough"]]
    loose = ", ".join(f"({name}) {row['enough']:.0f}" for name, row in larger.iterrows())
    how = (
        "The number of choices of directions that solve the Taylor equations, by exact elimination in whole numbers. A "
        "proof covers all other directions."
    )
    return trial.verdict(
        switch.replace(" ", "-"),
        f"One hidden layer needs at least {bound} neurons of fixed directions to make a monomial, {words}.",
        Measured.exactly(solved, int(rows["tried"].sum()), how=how),
        Rule(
            "Supported if no choice of directions with one neuron fewer has a solution and the construction has one; "
            "contradicted if a choice has one; else inconclusive.",
            lambda m: decide(m.value == 0 and built, m.value > 0),
        ),
        prediction="directions with one neuron fewer that solve the Taylor equations = 0",
        notes=f"bounds: {counts}; the construction takes {f'more for {loose}' if loose else 'as many'}; directions "
        f"tried: {', '.join(rows['choice'].unique())}; every means all whole numbers up to ±{LARGEST_WEIGHT}",
        weights="λ times directions that stay fixed, λ -> 0",
        r=rows["exponents"],
    )


def _named(rows: pd.DataFrame, columns: tuple[str, str]) -> str:
    named = (f"({row['exponents']}) {row[columns[0]]:g} for {row[columns[1]]:g}" for _, row in rows.iterrows())
    return ", ".join(named) or "none"


def _moving_suffice(rows: pd.DataFrame) -> Verdict:
    ratio = np.where(rows["left_far"] > 0, rows["left_near"] / rows["left_far"].where(rows["left_far"] > 0, 1.0), 0.0)
    promised = SEEN * float((NEAR / FAR) ** 2)
    fewer = rows[rows["moving"] < rows["bound"]]
    how = (
        "The largest coefficient of the difference from the monomial at the smaller t, over that at the larger t, in "
        "fractions. Measured is the largest ratio."
    )
    return MOVING_SUFFICE.verdict(
        "moving/suffice",
        "∏ (r_i + 1) / (max r_i + 1) neurons come arbitrarily near to a monomial if their directions may move: these "
        "are fewer than with fixed directions if exponents differ.",
        Measured.exactly(ratio.max(), len(rows), how=how),
        exhibits(
            "it is as small as predicted, or nothing is left, for every monomial", bool((ratio <= promised).all())
        ),
        prediction=f"remainder at t = {NEAR} / remainder at t = {FAR}, which falls as t², <= {promised:.2g}",
        notes=f"fewer than with fixed directions: {_named(fewer, ('moving', 'bound'))}",
        r=rows["exponents"],
    )


def _moving_needed(rows: pd.DataFrame) -> list[Verdict]:
    powers = [sorted(int(r) for r in text.split()) for text in rows["exponents"]]
    led = np.array([one[-1] >= sum(one[:-1]) for one in powers])
    if not led.any():
        return []
    proved, others = rows[led], rows[~led]
    share = proved["flattening"] / proved["moving"]
    how = (
        "The least ratio of the rank of the largest flattening to the neurons. Flattenings of a sum of m powers have "
        "at most rank m, and so have those of a limit of such sums."
    )
    return [
        MOVING_NEEDED.verdict(
            "moving/needed",
            "At least ∏ (r_i + 1) / (max r_i + 1) neurons are needed to come arbitrarily near to a monomial with one "
            "exponent that is at least the sum of the others, however the directions move.",
            Measured.exactly(share.min(), len(proved), how=how),
            exhibits("some flattening has the claimed rank, for every monomial", (share >= 1).all()),
            prediction="rank of the largest flattening / neurons = 1",
            notes="for monomials without such an exponent flattenings prove less: "
            f"{_named(others, ('flattening', 'moving'))}; the number is still right up to degree 6 by Oeding 2016",
            r=proved["exponents"],
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Bounds and neurons of the construction, for every monomial and switch."""
    numbers = (
        table.groupby(["exponents", "switch"], sort=False)[["bound", "enough", "tried", "solutions"]]
        .agg({"bound": "first", "enough": "first", "tried": "sum", "solutions": "sum"})
        .reset_index()
    )
    figure = new_figure(7.4, 3.4)
    axes, monomials = figure.axes[0], list(numbers["exponents"].unique())
    for i, (switch, rows) in enumerate(numbers.groupby("switch", sort=False)):
        x = np.array([monomials.index(name) for name in rows["exponents"]]) + 0.25 * (i - 1)
        axes.bar(x, rows["bound"], 0.22, color=COLOURS[i], label=f"{BOUNDS[str(switch)][1]}, proved necessary")
        axes.plot(x, rows["enough"], "k_", ms=9, label="built" if i == 0 else None)
    axes.set_yscale("log", base=2)
    axes.set_xticks(range(len(monomials)), [name.replace(" ", ", ") for name in monomials], fontsize=7)
    axes.set(xlabel="exponents r of the monomial", ylabel="neurons in one hidden layer")
    legend_below(figure, columns=2, size=7)
    solved, tried = (int(numbers[column].sum()) for column in ("solutions", "tried"))
    title = f"With one neuron fewer than the bound {solved} of {tried:,} choices of directions multiply"
    caption = "Bounds on neurons of fixed directions in one hidden layer, by which equations hold, and what is enough."
    return {"product-bound": Drawing(figure, numbers, title, caption)}
