"""The verdicts of guess-and-check: whether guessed and trained networks err equally on the rest."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

GUESSES, TRAINED, FIRST = "guesses", "all updates", "first right"
WAYS = {TRAINED: "by all updates", FIRST: "until they are right"}
CONTROL = "coin"
# The bin of the row of all right networks.
EVERY = 0
# Bins for each factor of two in how far the normalised loss is below log 2: from one edge to the next it is a factor
# √2, and a bin still holds several of the networks that are found.
BINS_AN_OCTAVE = 2
# Errors on the rest that differ by less are equal.
MARGIN = 0.05
# Sets of examples for which one search found nothing may be this share, or the others would be a selection.
CENSORED = 0.1
# This share of the trained networks must have a guessed one of the same loss, or the compared ones would be a
# selection.
COVERED = 0.5
TRIAL = Trial(
    source="Chiang et al., ICLR 2023; the margin is ours",
    bears_on=on("chiang-guess-and-check"),
    existence="found by brute force",
    switches={
        "hidden_layers": 1,
        "activation": "rectifier",
        "bias": True,
        "guesses": "uniform on [-1, 1]",
        "training": "stochastic gradient descent, batches of 3",
    },
)
SAME_LOSS = TRIAL.but(
    source="Chiang et al., ICLR 2023, who bin by normalised loss; bins and margin are ours",
    bears_on=on("chiang-guess-and-check", role="variant"),
)
MARGINS = TRIAL.but(
    source="ours", bears_on=on("chiang-guess-and-check", "against", role="variant"), existence="found by training"
)
RANDOM = TRIAL.but(source="ours", bears_on=on("chiang-guess-and-check", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Each task: whether both searches err equally, all and at equal loss; margins; and nothing of random labels."""
    found, every, binned = [], table[table["bin"] == EVERY], table[table["bin"] != EVERY]
    for task, examples, width, rows in series(every):
        found += [_equal(task, examples, width, way, rows) for way in WAYS]
    for (task, examples), rows in every[every["world"] != CONTROL].groupby(["world", "examples"], sort=False):
        found.append(_margins(str(task), int(examples), rows))
    for (task, examples), rows in binned[binned["world"] != CONTROL].groupby(["world", "examples"], sort=False):
        found += [_equal_loss(str(task), int(examples), way, rows) for way in WAYS]
    random = every[every["world"] == CONTROL]
    return found + [_random(search, random) for search in (GUESSES, *WAYS) if len(random)]


def series(table: pd.DataFrame) -> Iterator[tuple[str, int, int, pd.DataFrame]]:
    """The rows of every task but the control, number of examples and width."""
    tasks = table[table["world"] != CONTROL]
    for (task, examples, width), rows in tasks.groupby(["world", "examples", "width"], sort=False):
        yield str(task), int(examples), int(width), rows


def by_search(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of the sets and widths, one column a search; not a number where a search found nothing."""
    return rows.pivot(index=["set", "width"], columns="search", values=column)


def over_sets(values: pd.Series, how: str) -> Measured:
    """Mean of a series that is indexed by sets and widths, with Student's interval over the sets where it is known."""
    means = values.dropna().groupby("set").mean().to_numpy()
    how = f"{how} Student's {percent()} interval over sets of examples."
    return Measured(lambda α: mean_interval(means, α), len(means), how=how)


def _facts(rows: pd.DataFrame) -> dict:
    return {"examples": sorted(rows["examples"].unique()), "width": sorted(rows["width"].unique())}


def _equal(task: str, examples: int, width: int, way: str, rows: pd.DataFrame) -> Verdict:
    errors = by_search(rows, "rest_error")
    guessed, trained = errors[GUESSES], errors[way]
    censored = {GUESSES: int(guessed.isna().sum()), way: int(trained.isna().sum())}
    share = float((guessed - trained).isna().mean())
    tried = int(rows.loc[rows["search"] == GUESSES, "tried"].sum())
    return TRIAL.verdict(
        f"equal/{task}/{examples}/{width}/{way.replace(' ', '-')}",
        "Networks whose random weights are right on all examples err as often on the rest as trained networks do.",
        over_sets(guessed - trained, "The error of guessed networks less that of trained ones, on the same examples."),
        within(0.0, MARGIN).provided(
            share <= CENSORED, f"Inconclusive if more than {CENSORED:.0%} of the sets of examples are censored."
        ),
        prediction=f"difference of errors on the rest within {MARGIN:g} of 0",
        notes=f"{tried:,} guesses; of {len(errors)} sets of examples guesses found nothing for {censored[GUESSES]}, "
        f"training for {censored[way]}",
        finding=f"Guessed networks of width {width} err on {guessed.mean():.1%} of the rest of {task}, networks "
        f"trained {WAYS[way]} on {trained.mean():.1%}: they differ by {{measured}}.",
        task=task,
        ends=way,
        **_facts(rows),
    )


def compared(rows: pd.DataFrame, way: str) -> pd.DataFrame:
    """Bins in which a way of training has networks: how many, their error, and that of guesses where there are any."""
    keys = ["set", "width", "bin"]
    trained, guessed = (rows[rows["search"] == name].set_index(keys) for name in (way, GUESSES))
    both = trained[["right", "rest_error"]].join(guessed["rest_error"].rename("guessed"), how="left")
    return both.rename(columns={"rest_error": "trained"}).reset_index()


def _equal_loss(task: str, examples: int, way: str, rows: pd.DataFrame) -> Verdict:
    every = compared(rows, way)
    known = every.dropna(subset="guessed")
    weighted = known.assign(difference=(known["guessed"] - known["trained"]) * known["right"])
    sums = weighted.groupby("set")[["difference", "right"]].sum()
    share = float(known["right"].sum() / every["right"].sum()) if len(every) else 0.0
    means = (known[["guessed", "trained"]].mul(known["right"], axis=0).sum() / known["right"].sum()).to_dict()
    return SAME_LOSS.verdict(
        f"equal-loss/{task}/{examples}/{way.replace(' ', '-')}",
        "Of networks that fit their examples equally well, guessed ones err as often on the rest as trained ones do.",
        over_sets(
            sums["difference"] / sums["right"],
            "The error of guessed networks less that of trained ones, on the same examples, of the same width and in "
            "the same bin of the normalised loss; the mean over trained networks that have a guessed one in their bin.",
        ),
        within(0.0, MARGIN).provided(
            share >= COVERED, f"Inconclusive if less than {COVERED:.0%} of the trained networks have one."
        ),
        prediction=f"difference of errors on the rest within {MARGIN:g} of 0",
        notes=f"{share:.0%} of the trained networks have a guessed one in their bin",
        finding=f"At equal normalised loss guessed networks err on {means['guessed']:.1%} of the rest of {task}, "
        f"networks trained {WAYS[way]} on {means['trained']:.1%}: they differ by {{measured}}.",
        task=task,
        ends=way,
        **_facts(rows),
    )


def _margins(task: str, examples: int, rows: pd.DataFrame) -> Verdict:
    margins = by_search(rows, "margin")
    ratio = np.log10(margins[TRAINED] / margins[GUESSES])
    return MARGINS.verdict(
        f"margin/{task}/{examples}",
        "Training by all updates ends at larger normalised margins than guesses have.",
        over_sets(ratio, "log10 of the ratio of normalised margins of trained and guessed networks."),
        above(0.0),
        prediction="log10 of the ratio of margins > 0",
        finding=f"Normalised margins of trained networks are 10^{{measured}} times those of guessed ones, on {task}.",
        task=task,
        **_facts(rows),
    )


def _random(search: str, rows: pd.DataFrame) -> Verdict:
    trial = RANDOM if search == GUESSES else RANDOM.but(existence="found by training")
    return trial.verdict(
        f"{CONTROL}/{search.replace(' ', '-')}",
        "Of random labels nothing generalises: the expected error on the rest is exactly 1/2.",
        over_sets(by_search(rows, "rest_error")[search], "The error on the rest, over all widths."),
        within(0.5, MARGIN),
        prediction="error on the rest = 1/2",
        finding="Networks that are right on random labels err on {measured} of the rest.",
        task=CONTROL,
        search=search,
        **_facts(rows),
    )
