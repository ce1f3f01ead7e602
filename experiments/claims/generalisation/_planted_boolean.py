"""Tables planted for the rules about boolean functions and guesses, see experiments/judging/planting.py."""

import itertools

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.generalisation import functions_hardly_matter, guess_and_check, train_and_test
from experiments.claims.generalisation.functions_hardly_matter import verdicts as crossed
from experiments.claims.generalisation.guess_and_check import verdicts as guessed
from experiments.claims.generalisation.train_and_test import verdicts as on_rest
from experiments.judging.planting import Planted, Rng

SETS = train_and_test.Settings().sets
SHARES = train_and_test.Settings().share
# Of 2^10 inputs half are the rest.
REST = 512
# Standard deviations over training sets of errors beyond counting, and of logarithms of margins.
SPREAD, MARGIN_SPREAD = 0.05, 0.15
GUESSED = guess_and_check.Settings()
DESIGN = functions_hardly_matter.Settings()
ACTIVATIONS = [name for name in DESIGN.activation if name not in crossed.POLYNOMIALS]
# Tasks of a world other than the boolean one, and of all worlds where they count alike.
IN_ONE = 10
TASKS = IN_ONE * len(DESIGN.world)
# Half the range of success rates that tasks and widths each explain.
EXPLAINED = 0.13
# The same in one world: of few tasks smaller effects are not seen. With larger ones some rates would be above 1, and
# what is planted at the border would not be at it.
WIDER = 0.205


def runs(family: str, errors: Float[np.ndarray, " sets"], **columns: object) -> pd.DataFrame:
    """Networks that are right on half of 2^10 inputs, one a training set."""
    facts = {
        "family": family,
        "n": 10,
        "share": 0.5,
        "activation": "tanh",
        "width": 128,
        "examples": REST,
        "restart": 0,
    }
    table = pd.DataFrame({**facts, "set": range(len(errors)), "rest_error": errors, "constant_error": 0.5})
    return table.assign(**{"learned": True, **columns})


def well(effect: float, rng: Rng) -> pd.DataFrame:
    """Networks err half as often as a constant, on 40 training sets, and less often for each unit."""
    rates = 0.5 * (on_rest.WELL - 0.04 * effect + SPREAD * rng.normal(size=SETS))
    return runs("threshold", rng.binomial(REST, np.clip(rates, 0, 1)) / REST)


def coin(effect: float, rng: Rng) -> pd.DataFrame:
    """Of random labels networks err on as much more than 1/2 of the rest as is allowed, and on less for each unit."""
    return runs("coin", rng.binomial(REST, 0.5 + on_rest.MARGIN - 0.008 * effect, SETS) / REST)


def labels(effect: float, rng: Rng) -> pd.DataFrame:
    """Nine in ten networks are right on their random labels, and more for each unit, of three times 40 sets."""
    right = rng.random((len(SHARES), SETS)) < min(on_rest.LEARNED + 0.05 * effect, 1.0)
    tables = [
        runs("coin", np.full(SETS, 0.5), share=share, learned=own) for share, own in zip(SHARES, right, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def searches(task: str, errors: dict[str, np.ndarray], margins: dict[str, np.ndarray]) -> pd.DataFrame:
    """What every search found for each set of examples, at one width."""
    facts = {"world": task, "examples": 8, "width": 8, "tried": 1000, "right": 8, "bin": guessed.EVERY}
    facts["set"] = range(GUESSED.sets)
    names = (guessed.GUESSES, *guessed.WAYS)
    columns = [
        {"search": name, "rest_error": errors.get(name, 0.3), "margin": margins.get(name, 0.01)} for name in names
    ]
    return pd.concat([pd.DataFrame({**facts, **one}) for one in columns], ignore_index=True)


def equal(effect: float, rng: Rng) -> pd.DataFrame:
    """Guessed networks err on 0.05 more of the rest than trained ones, on 100 sets, and on less for each unit."""
    trained = 0.3 + SPREAD * rng.normal(size=GUESSED.sets)
    difference = guessed.MARGIN - 0.01 * effect + SPREAD * rng.normal(size=GUESSED.sets)
    return searches("roofs", {guessed.TRAINED: trained, guessed.GUESSES: trained + difference}, {})


def equal_loss(effect: float, rng: Rng) -> pd.DataFrame:
    """As many errors more of guessed networks as are allowed, in one bin of three of each of 100 sets; less by unit."""
    sets = GUESSED.sets
    trained = 0.3 + SPREAD * rng.normal(size=sets)
    difference = guessed.MARGIN - 0.01 * effect + SPREAD * rng.normal(size=sets)
    table = searches("roofs", {guessed.TRAINED: trained, guessed.GUESSES: trained + difference}, {})
    # In two further bins one search is alone, and its networks err in another way.
    alone = {guessed.TRAINED: 4, guessed.GUESSES: 6}
    others = [table[table["search"] == name].assign(bin=own, rest_error=0.1, right=2) for name, own in alone.items()]
    return pd.concat([table, table.assign(bin=5), *others], ignore_index=True)


def margins(effect: float, rng: Rng) -> pd.DataFrame:
    """Margins of trained networks are as large as those of guessed ones in the mean of logarithms of 100 sets."""
    ratio = MARGIN_SPREAD * (effect / 3 + rng.normal(size=GUESSED.sets))
    return searches("roofs", {}, {guessed.TRAINED: 0.01 * 10**ratio})


def random_labels(effect: float, rng: Rng) -> pd.DataFrame:
    """Of random labels guessed networks err on 0.55 of the rest, on 100 sets, and on less for each unit."""
    errors = 0.5 + guessed.MARGIN - 0.0125 * effect + 0.06 * rng.normal(size=GUESSED.sets)
    return searches(guessed.CONTROL, {guessed.GUESSES: errors}, {})


def crossed_runs(
    of_activation: np.ndarray,
    of_width: np.ndarray,
    scatter: float,
    rng: Rng,
    tasks: int = TASKS,
    half: float = EXPLAINED,
) -> pd.DataFrame:
    """Runs of the whole design; success rates are sums of effects.

    Args:
        of_activation, of_width: effects of each level.
        scatter: what an activation adds for one task and takes away for another, to each of them by chance.
        rng: random numbers.
        tasks: how many; worlds do not differ, so that all are of one.
        half: half the range of rates that tasks explain.
    """
    levels = (tasks, len(ACTIVATIONS), len(DESIGN.width), len(DESIGN.layers), len(DESIGN.learning_rate))
    # Every other task is easier, by chance as where tasks are drawn: of exactly half of them the variance between tasks
    # would be estimated a ninth too large from ten tasks, and what is planted at the border would not be at it.
    of_task = rng.choice([-1.0, 1.0], tasks)[:, None]
    either = rng.choice([-1.0, 1.0], levels[:2])
    of_both = half * of_task + of_activation + scatter * either
    rates = 0.5 + of_both[:, :, None, None, None] + of_width[:, None, None] + np.zeros(levels)
    names = ("task", "activation", "width", "layers", "learning_rate", "restart")
    values = (range(levels[0]), ACTIVATIONS, DESIGN.width, DESIGN.layers, DESIGN.learning_rate, range(DESIGN.restarts))
    table = pd.DataFrame(list(itertools.product(*values)), columns=names)
    solved = rng.random(len(table)) < np.repeat(rates.ravel(), DESIGN.restarts)
    return table.assign(world="boolean", n=DESIGN.n, degree=4, solved=solved, error=np.where(solved, 0.0, 0.2))


def share(effect: float, rng: Rng, tasks: int = TASKS, half: float = EXPLAINED) -> pd.DataFrame:
    """The activation explains 5 % of the variance of success, of 50 tasks, and one hundredth less for each unit."""
    explained, scatter = max(crossed.SHARE - 0.01 * effect, 0.0), 0.02
    rest = 2 * half**2 + scatter**2
    own = np.sqrt(explained / (1 - explained) * rest)
    signs = np.array([1.0, -1.0, 1.0, -1.0])
    return crossed_runs(own * signs, half * signs, scatter, rng, tasks, half)


def share_in_one(effect: float, rng: Rng) -> pd.DataFrame:
    """The activation explains 5 % of the variance of success, of 10 tasks in each world, and a hundredth less by unit.

    There are two worlds, because one alone is all.
    """
    worlds = DESIGN.world[:2]
    return pd.concat([share(effect, rng, IN_ONE, WIDER).assign(world=world) for world in worlds], ignore_index=True)


def beside(effect: float, rng: Rng) -> pd.DataFrame:
    """Activation and width explain the same share of the variance of success, the width more for each unit; 50 tasks.

    Half of the activation's share is of interactions with the task.
    """
    width = np.sqrt(max(EXPLAINED**2 * (1 + 0.2 * effect), 0.0))
    own = EXPLAINED / np.sqrt(2)
    # Of what is scattered over the activations of a task, their mean is no difference between them.
    scatter = own * np.sqrt(len(ACTIVATIONS) / (len(ACTIVATIONS) - 1))
    signs = np.array([1.0, -1.0, 1.0, -1.0])
    return crossed_runs(own * signs, width * signs, scatter, rng)


def as_many(effect: float, rng: Rng) -> pd.DataFrame:
    """One activation succeeds in 0.1 more of all runs than the usual one, over 50 tasks, and in less for each unit."""
    usual = ACTIVATIONS.index(crossed.USUAL)
    own = np.where(np.arange(len(ACTIVATIONS)) == usual, -crossed.MARGIN + 0.025 * effect, 0.0)
    return crossed_runs(own, np.zeros(len(DESIGN.width)), 0.05, rng)


def beyond(effect: float, rng: Rng) -> pd.DataFrame:
    """Rectifiers find half of what is beyond the degree of square units, and a tenth more for each unit; 30 tasks."""
    rates = np.clip(0.5 + 0.1 * effect + 0.1 * rng.normal(size=DESIGN.tasks), 0, 1)
    facts = {
        "width": max(DESIGN.width),
        "layers": 1,
        "n": DESIGN.n,
        "degree": 3,
        "learning_rate": 0.1,
        "world": "boolean",
    }
    names, values = ("task", "restart"), (range(DESIGN.tasks), range(DESIGN.restarts))
    table = pd.DataFrame(list(itertools.product(*values)), columns=names).assign(**facts)
    solved = rng.random(len(table)) < np.repeat(rates, DESIGN.restarts)
    found = {crossed.USUAL: solved, "square": np.zeros(len(table), bool)}
    tables = [table.assign(activation=name, solved=one, error=0.1) for name, one in found.items()]
    return pd.concat(tables, ignore_index=True)


STUDENT, JACKKNIFE = "Student's interval over sets", "Student's interval of a jackknife over tasks"
PLANTED = {
    "train-and-test/well": Planted(
        train_and_test.judge,
        well,
        "threshold",
        STUDENT,
        "0.04",
        kinds=("majority", "threshold", "junta", "multiplexer", "parity"),
    ),
    "train-and-test/coin": Planted(train_and_test.judge, coin, "coin", f"{STUDENT}, within a margin", "0.008"),
    "train-and-test/random-labels-learned": Planted(
        train_and_test.judge, labels, "random-labels-learned", "Korn and Graubard's interval of a rate", "0.05"
    ),
    "guess-and-check/equal": Planted(
        guessed.judge, equal, "equal/roofs/8/8/all-updates", f"{STUDENT}, within a margin", "0.01", kinds=("equal",)
    ),
    "guess-and-check/equal-loss": Planted(
        guessed.judge,
        equal_loss,
        "equal-loss/roofs/8/all-updates",
        f"{STUDENT}, within a margin",
        "0.01",
        kinds=("equal-loss",),
    ),
    "guess-and-check/margin": Planted(guessed.judge, margins, "margin", STUDENT, "0.05"),
    "guess-and-check/coin": Planted(
        guessed.judge, random_labels, "coin/guesses", f"{STUDENT}, within a margin", "0.0125", kinds=("coin",)
    ),
    "functions-hardly-matter/share": Planted(
        crossed.explained, share, "share/success", JACKKNIFE, "0.01 of the variance", kinds=("share",)
    ),
    "functions-hardly-matter/share-in": Planted(
        crossed.explained,
        share_in_one,
        f"share-in/{DESIGN.world[0]}/success",
        JACKKNIFE,
        "0.01 of the variance",
        kinds=("share-in",),
    ),
    "functions-hardly-matter/beside": Planted(
        crossed.explained, beside, "beside/width", JACKKNIFE, "a fifth of the width's variance", kinds=("beside",)
    ),
    "functions-hardly-matter/beyond": Planted(
        crossed.judge, beyond, "beyond", "Korn and Graubard's interval of a rate", "0.1", kinds=("beyond",)
    ),
    "functions-hardly-matter/equal": Planted(
        lambda table: [crossed.equal("tanh", crossed.alike(table))],
        as_many,
        "equal/tanh",
        "Student's interval over tasks, within a margin",
        "0.025",
        kinds=("equal",),
    ),
}
