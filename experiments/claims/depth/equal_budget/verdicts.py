"""Verdicts of depth.equal-budget: what its table says, put before rules."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.claims.depth._chosen import ChosenDepth, best_of
from experiments.judging import budgets
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide
from experiments.judging.verdict import Trial, Verdict, on
from theory.depth.targets import COMPOSITIONS, TARGETS

# Depth wins if the error of one hidden layer exceeds that of the best depth by more than this factor.
MARGIN = 1.25


# Largest relative error at which a network has found the target.
FOUND = 0.05


# Largest relative error at which it has learned something; the best constant has 1.
LEARNED = 0.9


# Largest relative error of a network that equals the target: a gate multiplies exactly only in a limit.
EQUAL = 1e-3


# Targets as they are named in statements.
WORDS = {
    "product": "the product of 8 numbers",
    "sawtooth-8": "a sawtooth of 8 pieces",
    "sawtooth-32": "a sawtooth of 32 pieces",
    "tree": "a binary tree of small smooth functions",
    "parity": "parity of 8 bits",
    "smooth": "a random smooth function",
    "ridge": "a single ridge",
    "boolean": "a random boolean function",
}


TRAINED = Trial(
    source="the post, ch. II, after Lin, Tegmark & Rolnick 2017: some functions cannot be flattened cheaply",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "bias": True,
        "output": "linear",
        "norm": "root mean square over the target's standard deviation",
        "schedule": "falling",
    },
)


# Targets that are no compositions, or equal a network of one layer within the budget.
NOT_COMPOSED = TRAINED.but(bears_on=on("no-flattening", role="control"))


BUILT = TRAINED.but(existence="representable")


ONE_LAYER = BUILT.but(
    source="ours: the networks of theory/depth/targets.py, and for the sawtooth theory/depth/sawtooth.py [P]"
)


FOUND_BY_TRAINING = TRAINED.but(source="ours: what is representable need not be found")


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, int], pd.DataFrame]]:
    """The rows of every target, activation and budget, in the order of the targets."""
    for target in [name for name in TARGETS if name in set(table["target"])]:
        for (activation, budget), rows in table[table["target"] == target].groupby(["activation", "budget"]):
            yield (target, str(activation), int(budget)), rows


def flat_fits(names: tuple[str, str, int], rows: pd.DataFrame) -> bool:
    """Whether a network of one hidden layer within the budget is known to equal the target."""
    facts = rows[["flat_parameters", "flat_error"]].max()
    return bool(facts["flat_parameters"] <= names[2] and facts["flat_error"] <= EQUAL)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every setting: whether depth wins.

    If a network that equals the target is known, deep or of one layer: whether it fits the budget, and, for the deep
    one, whether training finds the target at its depth.
    """
    verdicts = []
    for names, rows in series(table):
        chosen = ChosenDepth(rows)
        if rows["depth"].min() == 1 and rows["depth"].max() > 1:
            verdicts.append(_wins(names, rows, chosen))
        if rows["construction_depth"].notna().all():
            verdicts += [_representable(names, rows), *_found(names, rows, chosen)]
        if rows["flat_parameters"].notna().all():
            verdicts.append(_one_layer(names, rows))
    return verdicts


def _switches(names: tuple[str, str, int], rows: pd.DataFrame) -> dict[str, Any]:
    target, activation, budget = names
    return {
        "target": target,
        "activation": activation,
        "budget": budget,
        "parameters": f"{rows['parameters'].min()} to {rows['parameters'].max()}",
        "hidden_layers": rows["depth"].sort_values(),
        "updates": int(rows["steps"].max()),
        "learning_rate": rows["learning_rate"].sort_values(),
    }


def _wins(names: tuple[str, str, int], rows: pd.DataFrame, chosen: ChosenDepth) -> Verdict:
    fits = flat_fits(names, rows)
    composed = names[0] in COMPOSITIONS and not fits
    typical = chosen.typical()
    errors = "; ".join("{depth}: {error:.3g} ({learning_rate:g})".format(**one) for one in _records(typical))
    lucky = "; ".join(f"{depth}: {error:.3g}" for depth, error in best_of(rows).items())
    learned = bool(typical.loc[[1, chosen.best], "error"].min() <= LEARNED)
    how = (
        "The first quarter of the restarts chooses the learning rate of each depth and the best depth above 1, "
        "by the median error on other points (boolean domains: on all). "
        "Over the other restarts, each with both depths on one target: the median of the ratio of errors, "
        f"with an exact interval between two of the ratios, valid for any distribution, {budgets.STILL}."
    )
    statement = (
        f"At an equal number of parameters, networks of several hidden layers get closer to {WORDS[names[0]]}."
        if composed
        else f"At an equal number of parameters, networks of several hidden layers get no closer to {WORDS[names[0]]}."
    )
    one_layer = "one hidden layer within the budget equals the target; " if fits else ""
    nothing = "" if learned else "neither depth learned anything; "
    return (TRAINED if composed else NOT_COMPOSED).verdict(
        f"wins/{_named(names)}",
        statement,
        chosen.factor(how),
        (above(MARGIN) if composed else below(MARGIN)).provided(
            learned, f"Inconclusive unless a depth learned something: a median error of at most {LEARNED:g}."
        ),
        prediction=f"error of one hidden layer / error of the best depth {'>' if composed else '<'} {MARGIN:g}",
        notes=f"{one_layer}{nothing}best depth: {chosen.best}; errors by depth (and rate) {errors}; the best of all "
        f"runs and learning rates, by validation: {lucky}",
        **_switches(names, rows),
    )


def _named(names: tuple[str, str, int]) -> str:
    return "/".join(map(str, names))


def _records(typical: pd.DataFrame) -> list[dict[Any, Any]]:
    return typical.reset_index().to_dict("records")


def _representable(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    facts = rows[["construction_depth", "construction_parameters", "construction_error"]].max()
    needed, error = facts["construction_parameters"], facts["construction_error"]
    how = (
        "The network is built, and evaluated in float64 on the points that judge. "
        "All its weights and biases count, zeros too."
    )
    return BUILT.verdict(
        f"representable/{_named(names)}",
        f"Within the budget, a network of {facts['construction_depth']:.0f} hidden layers equals {WORDS[names[0]]}.",
        Measured.exactly(needed, _targets_of(names, rows), how=how),
        Rule(
            f"Supported if the parameters are within the budget and the error is at most {EQUAL:g}; "
            "else inconclusive: other networks were not tried.",
            lambda m: decide(m.value <= names[2] and error <= EQUAL, False),
        ),
        prediction=f"parameters of the network that was built <= {names[2]}",
        notes=f"largest relative error of the network that was built: {error:.2g}",
        **_switches(names, rows),
    )


def _one_layer(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    needed, error, least = rows[["flat_parameters", "flat_error", "flat_is_least"]].max()
    fits = flat_fits(names, rows)
    proved = "no smaller one equals the target" if least else "a smaller one may equal the target"
    return ONE_LAYER.verdict(
        f"one-layer/{_named(names)}",
        f"Within the budget, no network of one hidden layer equals {WORDS[names[0]]}.",
        Measured.exactly(
            needed, _targets_of(names, rows), how="The network of one hidden layer is built and evaluated."
        ),
        Rule(
            f"Contradicted if it is within the budget and its error is at most {EQUAL:g}. "
            "Supported if it is not within the budget, and a proof says that none with fewer units equals the target. "
            "Else inconclusive.",
            lambda m: decide(bool(m.value > names[2] and least), fits),
        ),
        prediction=f"parameters that one hidden layer takes > {names[2]}",
        notes=f"largest relative error of the network that was built: {error:.2g}; {proved}",
        **_switches(names, rows),
    )


def _targets_of(names: tuple[str, str, int], rows: pd.DataFrame) -> int:
    """How many networks were built: one for each restart if targets are drawn, else one."""
    return rows["restart"].nunique() if names[0] == "tree" else 1


def _found(names: tuple[str, str, int], rows: pd.DataFrame, chosen: ChosenDepth) -> list[Verdict]:
    depth = int(rows["construction_depth"].iloc[0])
    if depth not in set(rows["depth"]):
        return []
    how = (
        "The first quarter of the restarts chooses the learning rate, by the median error on other points. "
        "The other restarts are judged."
    )
    (now, before), reference = _solved(chosen, depth), budgets.success_share(*_solved(chosen, 1))
    success = budgets.success_share(now, before, how)
    return [
        FOUND_BY_TRAINING.verdict(
            f"found/{_named(names)}",
            f"Training finds {WORDS[names[0]]} with {depth} hidden layers, the depth of a known exact network.",
            dataclasses.replace(success, beside={**success.beside, "reference": reference}),
            budgets.FOUND_BESIDE,
            prediction=f"share of runs with a relative error <= {FOUND:g} is >= {RATE:g}",
            notes=f"{budgets.before_in_words(before)}; one hidden layer finds it in {reference.value:.2f} of all runs",
            **_switches(names, rows),
        )
    ]


def _solved(chosen: ChosenDepth, depth: int) -> tuple[pd.Series, pd.Series]:
    """Which judged runs of a depth have found the target, at the largest budget and at half of it."""
    now, before = (rows.loc[rows["depth"] == depth, "error"] <= FOUND for rows in (chosen.judged, chosen.earlier))
    return now, before
