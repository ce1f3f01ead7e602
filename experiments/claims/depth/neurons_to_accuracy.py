"""depth.neurons-to-accuracy: neurons that training needs to multiply n numbers, flat and log2 n layers deep.

On paper one hidden layer takes 2^n neurons, and a tree of gates, log2 n layers deep, takes 4(n - 1). Here both are
trained, with hidden layers that halve like the levels of the tree, and the least number of neurons is read off at which
they reach a fixed relative error, for each of `LEVELS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.measuring import choosing, depths, neurons_needed, restarts
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import line_slope
from experiments.verdict import Verdict, decide
from theory.depth.targets import product_of

STATIC = ("domain", "n", "form", "width", "activation")
DOMAINS = {"positive": (0.0, 2.0), "signed": (-1.0, 1.0)}
FORMS = ("flat", "deep")
# Root mean squared errors over the standard deviation of the product.
LEVELS = (0.2, 0.1)
# Neurons that multiply n numbers on paper, in the limit of small weights.
ON_PAPER = {"flat": lambda n: 2**n, "deep": lambda n: 4 * (n - 1)}
ON_PAPER_WORDS = {"flat": "2^n", "deep": "4(n - 1)"}
FORM_WORDS = {"flat": "one hidden layer", "deep": "log2 n hidden layers"}
SOURCE = "Lin, Tegmark & Rolnick 2017 (1608.08225), eq. 28 and App. A; Rolnick & Tegmark 2018 (1705.05502)"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `width` is that of the first hidden layer; so many `points` are trained on, and as many
    others choose and again others judge.
    """

    domain: list[str] = setting(["positive", "signed"], choices=tuple(DOMAINS))
    n: list[int] = setting([2, 3, 4, 5, 6, 7, 8], low=2, high=64)
    form: list[str] = setting(list(FORMS), choices=FORMS)
    width: list[int] = setting([2, 4, 8, 16, 32, 64, 128, 256], low=1, high=100_000)
    activation: list[str] = setting(["tanh"], choices=("tanh", "rectifier"))
    learning_rate: list[float] = setting([0.01, 0.03, 0.1], low=1e-9, high=1000.0)
    restarts: int = setting(low=1, high=100_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(64, low=0, high=65_536)
    steps: int = setting(4000, low=1, high=100_000_000)
    points: int = setting(8192, low=100, high=10_000_000)
    # Two numbers are multiplied by one hidden layer in both forms. Deep networks broke down at the largest rate.
    where: str = setting("form == 'flat' or n > 2 and width <= 64 and learning_rate < 0.1")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`, with its relative errors on the points that choose
    (`validation_error`) and on those that judge (`error`).
    """
    problem, activation = _problem(unit), unit.static("activation")
    rows, networks = depths.fit(unit, problem, _program(unit, problem))
    validation, error = (
        problem.relative_errors(networks, activation, _points(unit, what)) for what in ("validation", "test")
    )
    solved = error <= LEVELS[-1]
    return rows.assign(validation_error=validation, error=error, solved=solved, depth=_depth(unit))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    problem = _problem(unit)
    return depths.rebuild(unit, problem, _program(unit, problem), row)


def _problem(unit: Unit) -> depths.Problem:
    return depths.Problem([_target(unit)] * len(unit.cells), _points(unit, "train"))


def _target(unit: Unit) -> Any:
    return product_of(unit.static("n"), *DOMAINS[unit.static("domain")])


def _points(unit: Unit, what: str) -> np.ndarray:
    rng = random_generator(unit.seed, "neurons", unit.static("domain"), unit.static("n"), what)
    return _target(unit).points(unit.settings.points, rng)


def _depth(unit: Unit) -> int:
    return 1 if unit.static("form") == "flat" else (unit.static("n") - 1).bit_length()


def _sizes(unit: Unit) -> tuple[int, ...]:
    from theory.depth.budget import halved_widths

    return unit.static("n"), *halved_widths(unit.static("width"), _depth(unit)), 1


def _program(unit: Unit, problem: depths.Problem) -> Any:
    room = depths.room(unit.static("n"), unit.static("width"), _depth(unit), halved=True)
    return restarts.program_with(unit, sizes=_sizes(unit), room=room, loss="squared", stop_when_solved=False)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps, batch = len(unit.cells) * unit.settings.steps, unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * parameter_count(_sizes(unit)))


class Setting(NamedTuple):
    """A domain and activation with all of their rows, and a level with what each form needs for it, see `needs`."""

    domain: str
    activation: str
    level: float
    rows: pd.DataFrame
    forms: dict[str, pd.DataFrame]


def series(table: pd.DataFrame) -> Iterator[Setting]:
    """Every domain, activation and level."""
    for (domain, activation), rows in table.groupby(["domain", "activation"]):
        flat, deep = rows[rows["form"] == "flat"], rows[(rows["form"] == "deep") | (rows["n"] == 2)]
        for level in LEVELS:
            forms = {name: needs(mine, level) for name, mine in zip(FORMS, (flat, deep), strict=True) if len(mine)}
            yield Setting(str(domain), str(activation), level, rows, forms)


def needs(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Neurons at which the median error over restarts, at the best rate of each width, falls to the level, by n."""
    best = choosing.at_rates(rows, choosing.best_rates(rows, ["n", "neurons"]))
    medians = best.groupby(["n", "neurons"])["error"].median()
    curves = {int(n): medians.loc[n] for n in sorted(rows["n"].unique())}
    return neurons_needed.units_needed(curves, level)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every domain, activation and level: how each form grows, how their ratio does, and each against paper."""
    verdicts = []
    for one in series(table):
        verdicts += [_growth(one, form) for form in one.forms]
        verdicts += [_on_paper(one, form) for form in one.forms]
        if len(one.forms) == len(FORMS):
            verdicts.append(_advantage(one))
    return verdicts


def _verdict(short: str, one: Setting, **others: Any) -> Verdict:
    (low, high), rows = DOMAINS[one.domain], one.rows
    rates = ", ".join(f"{rate:g}" for rate in sorted(rows["learning_rate"].unique()))
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"numbers from U[{low:g}, {high:g}]; {one.activation} units with biases, linear output; hidden "
        f"layers that halve; {rows['steps'].max():,} updates at a falling rate, of {rates} the best for each width; "
        f"relative error {one.level:g}; neurons needed: {others.pop('medians')}",
    }
    name = f"depth.neurons-to-accuracy/{short}/{one.domain}/{one.activation}/{one.level:g}"
    return Verdict(claim=name, **(standard | others))


def _medians(needed: pd.DataFrame) -> str:
    return ", ".join(
        f"{one.needed:.3g} for n = {one.n}" if one.reached else f"more than {one.needed:.0f} for n = {one.n}"
        for one in needed.itertuples()
    )


READ_OFF = (
    "Neurons at which the median error over restarts, at the learning rate that other points choose for each width, "
    "falls to the level; between two widths by a power law, and at least as many as the smallest network tried has. "
    "The first n at which it is not reached is the last that "
    "counts, as the largest network tried: a bound from below, so that nothing is said to grow slower by it. "
)


def _growth(one: Setting, form: str) -> Verdict:
    needed = one.forms[form]
    slope, low, high = neurons_needed.doublings(needed)
    square, flat = neurons_needed.doublings_of_square(needed), form == "flat"
    faster, slower = low > square, high < square and bool(needed["reached"].all())
    return _verdict(
        f"growth/{form}",
        one,
        statement=f"With {FORM_WORDS[form]} the neurons that training needs to multiply n numbers grow "
        + ("faster than n², as exponential growth must in the end." if flat else "slower than n²."),
        prediction=f"slope of log2(neurons) on n {'>' if flat else '<'} {square:.3f}, that of n²",
        measured=slope,
        low=low,
        high=high,
        medians=_medians(needed),
        rule=READ_OFF
        + "Slope of its log2 on n with a 95 % Student interval, compared with that of n² over the same n. "
        f"{'Supported' if flat else 'Contradicted'} if the interval lies above, "
        f"{'contradicted' if flat else 'supported'} if below, else inconclusive.",
        verdict=decide(faster, slower) if flat else decide(slower, faster),
    )


def _on_paper(one: Setting, form: str) -> Verdict:
    needed = one.forms[form]
    paper = np.array([ON_PAPER[form](int(n)) for n in needed["n"]], float)
    ratios = needed["needed"].to_numpy() / paper
    more = np.where(needed["reached"], ratios > 1, ratios >= 1)
    return _verdict(
        f"on-paper/{form}",
        one,
        statement=f"With {FORM_WORDS[form]} training multiplies n numbers with the {ON_PAPER_WORDS[form]} neurons that "
        "suffice on paper.",
        prediction=f"largest of neurons needed / {ON_PAPER_WORDS[form]} <= 1",
        measured=float(ratios.max()),
        low=float(ratios.min()),
        high=float(ratios.max()),
        medians=_medians(needed),
        rule=READ_OFF + "Supported if the ratio is at most 1 for "
        "every n, contradicted if it is larger for some, else inconclusive. The interval is from the least to the "
        "largest ratio; the number on paper is for any error however small, and for networks without biases.",
        verdict=decide(bool(needed["reached"].all()) and not more.any(), bool(more.any())),
    )


def _advantage(one: Setting) -> Verdict:
    both = one.forms["flat"].merge(one.forms["deep"], on="n", suffixes=("_flat", "_deep"))
    # Where the deep network is not there yet its advantage is not known, not even as a bound.
    both = both[both["reached_deep"]]
    gain = np.log2(both["needed_flat"] / both["needed_deep"])
    slope, low, high = line_slope(both["n"].to_numpy(float), gain.to_numpy(float))
    last = both.iloc[-1] if len(both) else None
    factor = "" if last is None else f"; {last.needed_flat / last.needed_deep:.3g} times as many for n = {last.n:.0f}"
    return _verdict(
        "advantage",
        one,
        statement="The more numbers are multiplied, the more neurons log2 n hidden layers save.",
        prediction="slope of log2(flat neurons / deep neurons) on n > 0",
        measured=slope,
        low=low,
        high=high,
        medians=f"flat: {_medians(one.forms['flat'])}; deep: {_medians(one.forms['deep'])}{factor}",
        rule=READ_OFF + "Slope on n of log2 of the ratio, where the deep networks reach the level, with a 95 % Student "
        "interval. Supported if it lies above 0, contradicted if below and the flat networks reach the level for "
        "every n as well, else inconclusive.",
        verdict=decide(low > 0, high < 0 and bool(both["reached_flat"].all())),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons needed against n, a panel for each domain, activation and level, with the numbers on paper."""
    every = list(series(table))
    lines = len(every) // len(LEVELS)
    figure = new_figure(2.9 * len(LEVELS) + 1.9, 2.6 * lines + 0.4, lines, len(LEVELS))
    n = np.array(sorted(table["n"].unique()))
    for axes, one in zip(figure.axes, every, strict=True):
        for i, (form, needed) in enumerate(one.forms.items()):
            _curve(axes, i, form, needed)
            axes.plot(n, [ON_PAPER[form](k) for k in n], "--", color=COLOURS[i], lw=0.8, label=ON_PAPER_WORDS[form])
        axes.set_yscale("log", base=2)
        low, high = DOMAINS[one.domain]
        axes.set_title(f"U[{low:g}, {high:g}], {one.activation}, relative error {one.level:g}", fontsize=8)
    label_outside(figure, "n, numbers to multiply", "neurons needed")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    numbers = [
        needed.assign(form=form, domain=one.domain, activation=one.activation, level=one.level)
        for one in every
        for form, needed in one.forms.items()
    ]
    return {"neurons-against-n": Drawing(figure, pd.concat(numbers, ignore_index=True))}


def _curve(axes: Any, i: int, form: str, needed: pd.DataFrame) -> None:
    reached, beyond = needed[needed["reached"]], needed[~needed["reached"]]
    axes.plot(reached["n"], reached["needed"], f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=FORM_WORDS[form])
    more = f"{FORM_WORDS[form]}, more than"
    axes.plot(beyond["n"], beyond["needed"], "^", color=COLOURS[i], ms=9, mfc="none", label=more)
