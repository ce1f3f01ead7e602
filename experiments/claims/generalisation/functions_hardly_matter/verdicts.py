"""The verdicts of functions-hardly-matter: shares of the variance, equivalence, and the exception."""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from experiments.claims.generalisation.functions_hardly_matter.worlds import BOOLEAN
from experiments.judging.choosing import at_rates, chooses, most_solved
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, holds_for_all, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from theory.generalisation import components

# Degrees of activations that are polynomials.
POLYNOMIALS = {"square": 2, "cube": 3}
# The others are held against this one, which the post calls popular.
USUAL = "rectifier"
# By itself the activation explains less than this share of the variance, if it hardly matters.
SHARE = 0.05
# Success rates that differ by less are equal.
MARGIN = 0.1
# Success rates above this are most runs.
MOST = 0.5
FACTORS = ("activation", "width", "layers", "learning_rate")
OUTCOMES = {"success": "success", "error": "the error", "width-needed": "the width needed"}
TRIAL = Trial(
    source="the post, ch. III.III; how much is hardly is ours",
    bears_on=on("functions-hardly-matter"),
    existence="found by training",
    switches={"task": "drawn at random from each world", "bias": True},
)
BESIDE = TRIAL.but(bears_on=on("functions-hardly-matter", role="variant"))
EXCEPTION = TRIAL.but(
    source="Leshno, Lin, Pinkus & Schocken, Neural Networks 6, 1993", bears_on=on("functions-hardly-matter", "against")
)
DEGREE = TRIAL.but(
    source="Leshno, Lin, Pinkus & Schocken, Neural Networks 6, 1993; that it is a linear program is ours",
    bears_on=on("functions-hardly-matter", role="control"),
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """What the activation explains, over all worlds and in each; and each activation beside the usual one."""
    names = [str(name) for name in table["activation"].unique() if name != USUAL]
    even = alike(table)
    found = explained(table) + [equal(name, even) for name in names]
    boolean = table[table["world"] == BOOLEAN]
    polynomials = [name for name in names if name in POLYNOMIALS] if len(boolean) else []
    return found + [verdict for name in polynomials for verdict in _exception(name, boolean)]


def _exception(name: str, table: pd.DataFrame) -> Iterator[Verdict]:
    """Boolean functions that one hidden layer of a polynomial cannot compute: whether others can, and it does not."""
    one_layer = (table["layers"] == 1) & (table["degree"] > POLYNOMIALS[name])
    widest = one_layer & (table["width"] == table["width"].max())
    if widest.any():
        yield _beyond(name, table[widest & (table["activation"] == USUAL)])
    yield _degree(name, table[one_layer & (table["activation"] == name)], table)


def alike(table: pd.DataFrame) -> pd.DataFrame:
    """As many tasks of each world, so that worlds count alike."""
    return table[table["task"] < table.groupby("world")["task"].nunique().min()]


def outcomes(table: pd.DataFrame) -> dict[str, components.Halves]:
    """Means over the first and second half of the repetitions, for tasks x `FACTORS`; the width needed has no widths.

    The width needed is known up to the widths that were tried. So it is the restricted mean of its log2, as of survival
    times: the share of runs that fail at a width, summed over the widths, each a doubling or what it is of the ladder.
    """
    table = table.assign(task=table.groupby(["world", "task"], sort=False).ngroup())
    half = table["restart"] >= (table["restart"].max() + 1) // 2
    success, error = (_halves(table, half, column) for column in ("solved", "error"))
    widths = np.log2(np.sort(table["width"].unique()))
    steps = np.diff(widths, append=2 * widths[-1] - widths[-2] if len(widths) > 1 else widths[-1] + 1)
    needed = tuple(np.tensordot(1 - one, steps, (2, 0)) for one in success)
    return {"success": success, "error": error, "width-needed": (needed[0], needed[1])}


def _halves(table: pd.DataFrame, half: pd.Series, column: str) -> components.Halves:
    keys = ["task", *FACTORS]
    shape = tuple(table[key].nunique() for key in keys)
    found = [
        table[rows]
        .assign(**{column: table[column].astype(float)})
        .groupby(keys)[column]
        .mean()
        .to_numpy()
        .reshape(shape)
        for rows in (~half, half)
    ]
    return found[0], found[1]


def factors_of(outcome: str) -> list[str]:
    """The factors of an outcome, in the order of its axes after the tasks."""
    return [name for name in FACTORS if outcome != "width-needed" or name != "width"]


def over_tasks(statistic: Callable[[components.Halves], float], halves: components.Halves, how: str) -> Measured:
    """A statistic with Student's interval of the jackknife over tasks."""
    values = components.jackknife(statistic, halves)
    known = values if np.isfinite(values).all() else values[:0]
    how = f"{how} Student's {percent()} interval of the jackknife's pseudo-values, over tasks."
    return Measured(lambda α: mean_interval(known, α), len(values), how=how)


def share_over_tasks(statistic: Callable[[components.Halves], float], halves: components.Halves, how: str) -> Measured:
    """A share with the interval of its root, squared: the larger a share, the less is known of it, not so of its root.

    Estimates may be below 0, where nothing is explained; roots and squares keep the sign.
    """
    root = over_tasks(lambda one: _keeping_sign(np.sqrt, statistic(one)), halves, f"{how} Of its root, squared:")

    def squared(α: float) -> tuple[float, float, float]:
        value, low, high = (_keeping_sign(np.square, end) for end in root.estimate(α))
        return value, low, high

    return dataclasses.replace(root, estimate=squared)


def _keeping_sign(function: Callable[[float], float], value: float) -> float:
    return float(np.sign(value) * function(abs(value)))


def explained(table: pd.DataFrame) -> list[Verdict]:
    """What activations that are no polynomials explain, if there are several."""
    table = table[~table["activation"].isin(list(POLYNOMIALS))]
    if table["activation"].nunique() < 2:
        return []
    found, facts = outcomes(alike(table)), _facts(table)
    verdicts = [_by_itself(name, halves, facts) for name, halves in found.items()]
    worlds = [(str(world), rows) for world, rows in table.groupby("world", sort=False)]
    for world, rows in worlds if len(worlds) > 1 else []:
        verdicts += [_by_itself(name, halves, _facts(rows), world) for name, halves in outcomes(rows).items()]
    others = [*factors_of("success")[1:], "task"]
    varied = [name for name in others if name == "task" or table[name].nunique() > 1]
    return verdicts + [_beside(name, found["success"], facts) for name in varied]


def _facts(table: pd.DataFrame) -> dict:
    names = ("world", "activation", "layers", "width", "learning_rate", "n")
    return {name: sorted(table[name].unique()) for name in names}


def _by_itself(outcome: str, halves: components.Halves, facts: dict, world: str = "") -> Verdict:
    share = share_over_tasks(
        lambda one: components.main_share(one, 1), halves, "The share of the variance without noise, all tasks alike."
    )
    where = f" in the world of {world}" if world else ""
    return BESIDE.verdict(
        f"share-in/{world}/{outcome}" if world else f"share/{outcome}",
        f"Which function the neurons apply explains hardly anything of {OUTCOMES[outcome]}{where}.",
        share,
        below(SHARE),
        prediction=f"share of the variance that the activation explains by itself < {SHARE:g}",
        finding=f"Which function the neurons apply explains, by itself, a share of {{measured}} of the variance of "
        f"{OUTCOMES[outcome]}{where}, if it is no polynomial.",
        outcome=outcome,
        **facts,
    )


def _beside(factor: str, halves: components.Halves, facts: dict) -> Verdict:
    axis = 0 if factor == "task" else factors_of("success").index(factor) + 1
    words = {"layers": "the number of layers", "learning_rate": "the learning rate"}.get(factor, f"the {factor}")

    def difference(one: components.Halves) -> float:
        return components.total_share(one, 1) - components.total_share(one, axis)

    return BESIDE.verdict(
        f"beside/{factor}",
        f"Which function the neurons apply matters less for success than {words}, all interactions counted.",
        over_tasks(difference, halves, "The difference of two total shares of the variance without noise."),
        below(0.0),
        prediction=f"total share of the activation - total share of {words} < 0",
        finding=f"The activation's share of the variance of success, interactions counted, less that of {words}, is "
        "{measured}.",
        other_factor=words,
        **facts,
    )


def equal(activation: str, table: pd.DataFrame) -> Verdict:
    """Success over tasks, each activation at the learning rate that other repetitions choose for it."""
    by = ["world", "activation", "layers", "width"]
    choose = chooses(table["restart"])
    judged = at_rates(table[~choose], most_solved(table[choose], by, "error"))
    rates = judged.groupby(["activation", "world", "task"])["solved"].mean().unstack("activation")
    difference = rates[activation] - rates[USUAL]
    each = difference.groupby("world", sort=False).mean()
    difference = difference.to_numpy()
    how = (
        f"The success rate less that of the {USUAL}, over all widths and depths, at the learning rate with most "
        f"successes in other repetitions. Student's {percent()} interval over tasks."
    )
    return TRIAL.verdict(
        f"equal/{activation}",
        f"Networks of {activation} units succeed as often as those of {USUAL} units.",
        Measured(lambda α: mean_interval(difference, α), len(difference), how=how),
        within(0.0, MARGIN),
        prediction=f"difference of success rates within {MARGIN:g} of 0",
        finding=f"Networks of {activation} units succeed in {rates[activation].mean():.0%} of all runs, those of "
        f"{USUAL} units in {rates[USUAL].mean():.0%}.",
        notes="; ".join(f"{world} {value:+.2f}" for world, value in each.items()) if len(each) > 1 else "",
        **_facts(table) | {"activation": activation},
    )


def _beyond(name: str, runs: pd.DataFrame) -> Verdict:
    """Of functions beyond a polynomial's degree: how often the usual activation finds them, where it finds none."""
    best = runs[runs["learning_rate"] == most_solved(runs[chooses(runs["restart"])], ["activation"], "error")[0][1]]
    judged = best[~chooses(best["restart"])]
    return EXCEPTION.verdict(
        f"beyond/{name}",
        f"One hidden layer of {USUAL} units finds most functions of threshold degree above {POLYNOMIALS[name]}, and "
        f"none of {name} units can.",
        Measured.clustered_share(judged["solved"], judged["task"], "The success rate; clusters are tasks."),
        above(MOST),
        prediction=f"success rate > {MOST:g}, where that of {name} units is 0",
        finding=f"Of functions beyond the degree of {name} units, which one hidden layer of them cannot compute, one "
        f"of {USUAL} units finds a share of {{measured}}.",
        **_facts(runs) | {"activation": name},
    )


def _degree(name: str, rows: pd.DataFrame, table: pd.DataFrame) -> Verdict:
    degree = POLYNOMIALS[name]
    tasks, solved = rows["task"].nunique(), int(rows["solved"].sum())
    return DEGREE.verdict(
        f"degree/{name}",
        f"One hidden layer of {name} units, however wide, computes no function of threshold degree above {degree}.",
        Measured.exactly(solved, len(rows), how="The number of runs that do, which exact linear programs exclude."),
        holds_for_all("no run does", ~rows["solved"]) if len(rows) else below(0.0).provided(False, "There is none."),
        prediction="0 runs",
        finding=f"{solved} of {len(rows)} runs compute one of the {tasks} tasks beyond the degree of {name} units.",
        **_facts(table) | {"activation": name, "layers": 1},
    )
