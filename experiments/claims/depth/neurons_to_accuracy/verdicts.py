"""Verdicts of depth.neurons-to-accuracy: what its table says, put before rules."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.judging import budgets, choosing, neurons_needed
from experiments.judging.measured import Estimate, Measured
from experiments.judging.rules import above, below, exhibits
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.verdict import Trial, Verdict, on

# Every number is drawn uniformly between these two.
DOMAINS = {"positive": (0.0, 2.0), "signed": (-1.0, 1.0)}


# One hidden layer, and log2 n hidden layers.
FORMS = ("flat", "deep")


# Root mean squared errors over the standard deviation of the product.
LEVELS = (0.2, 0.1)


# Neurons that multiply n numbers on paper, in the limit of small weights.
ON_PAPER = {"flat": lambda n: 2**n, "deep": lambda n: 4 * (n - 1)}


ON_PAPER_WORDS = {"flat": "2^n", "deep": "4(n - 1)"}


FORM_WORDS = {"flat": "one hidden layer", "deep": "log2 n hidden layers"}


# The power of n that growth is compared with.
SQUARE = 2


TRIAL = Trial(
    source="Lin, Tegmark & Rolnick 2017 (1608.08225), eq. 28 and App. A; Rolnick & Tegmark 2018 (1705.05502)",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "target": "product of n numbers",
        "bias": True,
        "output": "linear",
        "network": "hidden layers that halve",
        "norm": "root mean square over the standard deviation of the product",
        "schedule": "falling",
    },
)


FLAT_ON_PAPER = TRIAL.but(bears_on=on("no-flattening", role="control"))


Slope = Callable[[pd.DataFrame, float], tuple[float, float, float]]


class Setting(NamedTuple):
    """A domain, activation and level.

    Attributes:
        domain, activation, level: their names and the relative error.
        rows: all of its rows.
        forms: what each form needs for the level, see `needs`.
        earlier: the same at half of the updates; empty if there is one budget only.
    """

    domain: str
    activation: str
    level: float
    rows: pd.DataFrame
    forms: dict[str, pd.DataFrame]
    earlier: dict[str, pd.DataFrame]

    def of_form(self, form: str) -> pd.DataFrame:
        """The rows of a form."""
        return _of_form(self.rows, form)


def _of_form(rows: pd.DataFrame, form: str) -> pd.DataFrame:
    # For two numbers both forms have one hidden layer.
    return rows[(rows["form"] == form) | (rows["n"] == 2)]


def series(table: pd.DataFrame) -> Iterator[Setting]:
    """Every domain, activation and level."""
    for (domain, activation), rows in table.groupby(["domain", "activation"]):
        present = [form for form in FORMS if (rows["form"] == form).any()]
        medians = {form: _medians(_of_form(rows, form)) for form in present}
        for level in LEVELS:
            now, before = (
                {form: needs(both[i], level) for form, both in medians.items() if len(both[i])} for i in (0, 1)
            )
            yield Setting(str(domain), str(activation), level, rows, now, before)


def _medians(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Median error of the judged restarts by n and neurons, at the largest budget and at half of it.

    The other restarts choose the learning rates, on other points.
    """
    choose = choosing.chooses(rows["restart"])
    by = ["n", "neurons", "steps"]
    judged = choosing.at_rates(rows[~choose], choosing.best_rates(rows[choose], by))
    now, before = (some.groupby(["n", "neurons"])["error"].median() for some in budgets.by_budget(judged))
    return now, before


def needs(medians: pd.Series, level: float) -> pd.DataFrame:
    """Neurons at which the median error, see `_medians`, falls to the level, by n."""
    return neurons_needed.units_needed({int(n): medians.loc[n] for n in medians.index.unique("n").sort_values()}, level)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every domain, activation and level: the growth of each form and of their ratio, and each against paper."""
    verdicts = []
    for one in series(table):
        verdicts += [_growth(one, form) for form in one.forms]
        verdicts += [_on_paper(one, form) for form in one.forms]
        if len(one.forms) == len(FORMS):
            verdicts.append(_advantage(one))
    return verdicts


def _words(needed: pd.DataFrame) -> str:
    listed = ", ".join(
        f"{one.needed:.3g} for n = {one.n}" if one.reached else f"more than {one.needed:.0f} for n = {one.n}"
        for one in needed.itertuples()
    )
    above = needed.loc[needed["needed"] > needed["n"] ** 2, "n"]
    return f"neurons needed: {listed}; more than n² for n = {', '.join(map(str, above)) or 'none of these'}"


# How the neurons that are needed are measured.
READ_OFF = (
    "The first quarter of the restarts chooses the learning rate for each width, on other points. Measured on the "
    "others: the neurons at which the median error first falls to the level, between two widths by a power law. The "
    "first n that does not reach the level is the last that counts, with the neurons of the largest network tried. "
    "This is a lower bound, so it never supports slower growth."
)


def _switches(one: Setting) -> dict[str, Any]:
    low, high = DOMAINS[one.domain]
    return {
        "inputs": f"U[{low:g}, {high:g}]",
        "activation": one.activation,
        "relative_error": one.level,
        "updates": int(one.rows["steps"].max()),
        "learning_rate": one.rows["learning_rate"].sort_values(),
    }


def _name(short: str, one: Setting) -> str:
    return f"{short}/{one.domain}/{one.activation}/{one.level:g}"


def _growth(one: Setting, form: str) -> Verdict:
    needed, flat = one.forms[form], form == "flat"
    change = _change(neurons_needed.power, needed, one.earlier.get(form))
    statement = (
        "With one hidden layer the neurons that training needs to multiply n numbers grow faster than n², as "
        "exponential growth must in the end."
        if flat
        else "With log2 n hidden layers the neurons that training needs to multiply n numbers grow slower than n²."
    )
    words = "Growth is not called slower unless the level is reached for every n."
    reached = bool(needed["reached"].all())
    how = (
        f"{READ_OFF} Slope of the logarithm of the neurons on that of n, with Student's interval: deviations from a "
        f"power of n count as noise. The interval is extended {budgets.STILL}."
    )
    return TRIAL.verdict(
        _name(f"growth/{form}", one),
        statement,
        Measured(_extended(neurons_needed.power, needed, change), len(needed), how=how),
        above(SQUARE).contradicted_only_if(reached, words) if flat else below(SQUARE).supported_only_if(reached, words),
        prediction=f"power of n in the neurons needed {'>' if flat else '<'} {SQUARE}",
        notes=_words(needed),
        hidden_layers=FORM_WORDS[form],
        **_switches(one),
    )


def _extended(slope: Slope, table: pd.DataFrame, change: float) -> Estimate:
    """A slope; its interval is extended by what another doubling of the updates could change."""

    def estimate(α: float) -> tuple[float, float, float]:
        value, low, high = slope(table, α)
        return value, *budgets.extended(value, low, high, value - change)

    return estimate


def _change(slope: Slope, now: pd.DataFrame, before: pd.DataFrame | None) -> float:
    """Change of a slope with the last doubling of the updates, over the n of both budgets; NaN if it is not known."""
    if before is None:
        return float("nan")
    both = now[now["n"].isin(before["n"])], before[before["n"].isin(now["n"])]
    return slope(both[0], DEFAULT_LEVEL)[0] - slope(both[1], DEFAULT_LEVEL)[0]


def _on_paper(one: Setting, form: str) -> Verdict:
    rows = one.of_form(form)
    within = rows[rows["neurons"] <= rows["n"].map(ON_PAPER[form])]
    # For each n the network with the least error on the points that choose.
    best = within.loc[within.groupby("n")["validation_error"].idxmin()].set_index("n")["error"]
    worst = float(best.max() / one.level)
    listed = ", ".join(f"{error:.2g} for n = {n}" for n, error in best.items())
    how = (
        f"For every n, among all restarts, rates and budgets, the network of at most {ON_PAPER_WORDS[form]} neurons "
        "with the least error on other points. Measured is the largest of their errors over the level. The number on "
        "paper is for any error however small, and for networks without biases."
    )
    return (FLAT_ON_PAPER if form == "flat" else TRIAL).verdict(
        _name(f"on-paper/{form}", one),
        f"With {FORM_WORDS[form]} training multiplies n numbers with the {ON_PAPER_WORDS[form]} neurons that suffice "
        "on paper.",
        Measured.exactly(worst, len(within), how=how),
        exhibits("it is at most 1: one network for each n is enough to show it", worst <= 1),
        prediction=f"largest of error / level, of networks of at most {ON_PAPER_WORDS[form]} neurons, <= 1",
        notes=f"best errors: {listed}",
        hidden_layers=FORM_WORDS[form],
        **_switches(one),
    )


def _advantage(one: Setting) -> Verdict:
    both = _gains(one.forms)
    earlier = _gains(one.earlier) if len(one.earlier) == len(FORMS) else None
    change = _change(neurons_needed.slope_of_gain, both, earlier)
    factor = "; ".join(
        f"{2**gain:.3g} times as many for n = {n}" for n, gain in zip(both["n"], both["gain"], strict=True)
    )
    how = (
        f"{READ_OFF} Slope on n of log2 of the ratio, over the n > 2 at which the deep networks reach the level (at n "
        f"= 2 the forms are equal), with Student's interval. The interval is extended {budgets.STILL}."
    )
    return TRIAL.verdict(
        _name("advantage", one),
        "The more numbers are multiplied, the more neurons log2 n hidden layers save.",
        Measured(_extended(neurons_needed.slope_of_gain, both, change), len(both), how=how),
        above(0).contradicted_only_if(
            bool(both["reached"].all()), "Contradicted only if the flat networks reach the level for every n as well."
        ),
        prediction="slope of log2(flat neurons / deep neurons) on n > 0",
        notes=f"flat: {_words(one.forms['flat'])}; deep: {_words(one.forms['deep'])}; {factor or 'never both'}",
        hidden_layers="1 and log2 n",
        **_switches(one),
    )


def _gains(forms: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Columns n, gain (log2 of flat over deep neurons), and reached, whether the flat networks reach the level.

    If the deep networks do not reach the level, their advantage is not known, not even as a bound.
    """
    flat, deep = (forms[form].set_index("n") for form in FORMS)
    n = [some for some in deep.index[deep["reached"]] if some > 2 and some in flat.index]
    gain = np.log2(flat.loc[n, "needed"] / deep.loc[n, "needed"]).to_numpy()
    return pd.DataFrame({"n": n, "gain": gain, "reached": flat.loc[n, "reached"].to_numpy(bool)})
