"""The verdicts of images: how well networks do, beside others and like others, and how few the examples are."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _splits
from experiments.claims.generalisation.images.predictors import (
    BALANCED,
    DEEP,
    LINEAR,
    NEIGHBOURS,
    NETWORKS,
    OTHERS,
    SHALLOW,
    VECTORS,
)
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, holds_for_all, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

PLAIN, PIXELS, LABELS = "plain", "shuffled pixels", "shuffled labels"
# A network does well if it errs at most half as often as the better constant answer does: as in train-and-test.
WELL = 0.5
# Errors that differ by less are equal: six pictures of 599.
MARGIN = 0.01
# Of shuffled labels: how far from 1/2 the mean error may be.
CHANCE = 0.03
# Decimal logarithm of the share of a space that is far less than all of it: one in a million.
FAR_FEWER = -6.0
TRIAL = Trial(
    source="the post, ch. II.I; what doing well means is ours",
    bears_on=on("generalises"),
    existence="found by training",
    switches={"inputs": "8 x 8 pictures of handwritten digits", "output": "sign of a linear unit", "bias": True},
)
# The sentence on practice is about people: this is what can be measured of it, and does not answer it.
BESIDE = TRIAL.but(source="the post, ch. III.III; the margin is ours", bears_on=on("practice", role="control"))
ALIKE = TRIAL.but(source="the post, ch. II.III", bears_on=on("shallow-like-others"))
ALIKE_ONE = ALIKE.but(bears_on=on("shallow-like-others", role="variant"))
FEW = TRIAL.but(
    source="the post, ch. II.III; one in a million is ours",
    bears_on=on("training-data-are-few"),
    existence="representable",
)
FEW_SEEN = FEW.but(bears_on=on("training-data-are-few", role="variant"))
CONTROL = TRIAL.but(source="ours", bears_on=on("generalises", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """All verdicts, in the order of the module; but for `well` they are of all questions together."""
    plain, found = table[table["treatment"] == PLAIN], []
    if len(plain):
        found = [_few(plain, "covered", FEW), _few(plain, "covered_seen", FEW_SEEN)]
        for question, rows in plain.groupby("question", sort=False):
            found += [_well(str(question), kind, rows) for kind in NETWORKS]
        found += [_beside(kind, other, plain) for kind in NETWORKS for other in OTHERS]
        found += [_alike(others, plain) for others in (OTHERS, *((one,) for one in OTHERS))]
    return [*found, *_controls(table[table["question"].isin(BALANCED)])]


def by_split(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Mean of a column over the questions of each split, one column a predictor."""
    return rows.groupby(["split", "predictor"])[column].mean().unstack("predictor")


def in_name(words: str) -> str:
    """Words as part of the name of a verdict."""
    return words.replace(" ", "-")


def tested(rows: pd.DataFrame) -> float:
    """The share of the pictures that are tested."""
    return float(rows["tested"].iloc[0])


def _few(rows: pd.DataFrame, column: str, trial: Trial) -> Verdict:
    share, pictures = float(rows[column].iloc[0]), int(rows["pictures"].iloc[0])
    levels, parameters = int(rows["levels"].iloc[0]), int(rows["parameters"].max())
    space = (
        f"{levels}^64 points" if column == "covered" else "points whose pixels have only levels that were seen there"
    )
    return trial.verdict(
        "few/" + {"covered": "all-levels", "covered_seen": "seen-levels"}[column],
        "The examples are far fewer than the points of the space of inputs.",
        Measured.exactly(share, pictures, how="log10 of the share of the space that is among the pictures, exact."),
        below(FAR_FEWER),
        prediction=f"log10 of the share of the space that is seen < {FAR_FEWER:g}",
        finding=f"All {pictures:,} pictures are a share of 10^{{measured}} of the {space}; a network has "
        f"{parameters:,} parameters.",
        space=space,
        pictures=pictures,
    )


def _facts(rows: pd.DataFrame, kind: str) -> dict:
    share = float(rows.loc[rows["predictor"] == kind, "learned_share"].mean())
    return {
        "task": rows["question"].unique(),
        "network": kind,
        "notes": f"{share:.0%} of the networks are right on all examples",
    }


def _well(question: str, kind: str, rows: pd.DataFrame) -> Verdict:
    error = by_split(rows, "error")[kind]
    ratio = (error / by_split(rows, "constant_error")[kind]).to_numpy()
    return TRIAL.verdict(
        f"well/{in_name(question)}/{kind.split()[0]}",
        "A network that is trained on pictures does well on others: it errs at most half as often as the better "
        "constant answer.",
        _splits.over_splits(ratio, tested(rows), "The error on test pictures over that of the better constant answer."),
        below(WELL),
        prediction=f"error on test pictures / error of a constant < {WELL:g}",
        finding=f"A {kind} errs on {error.mean():.1%} of new pictures, {{measured}} times as often as a constant does.",
        **_facts(rows, kind),
    )


def _beside(kind: str, other: str, rows: pd.DataFrame) -> Verdict:
    errors = by_split(rows, "error")
    difference = (errors[kind] - errors[other]).to_numpy()
    return BESIDE.verdict(
        f"beside/{kind.split()[0]}/{in_name(other)}",
        f"Networks do at least as well on new pictures as another kind of predictor, up to {MARGIN:.0%} of them.",
        _splits.over_splits(difference, tested(rows), "The error of the network less that of the other predictor."),
        below(MARGIN),
        prediction=f"difference of errors < {MARGIN:g}",
        finding=f"A {kind} errs on {errors[kind].mean():.1%} of new pictures, the predictor of {other} on "
        f"{errors[other].mean():.1%}.",
        predictor=other,
        **_facts(rows, kind),
    )


def _alike(others: tuple[str, ...], rows: pd.DataFrame) -> Verdict:
    """κ of the errors of shallow networks with those of other predictors, less that of deep networks."""
    of = {kind: alike(rows, kind, others) for kind in NETWORKS}
    name = "all" if len(others) > 1 else in_name(others[0])
    return (ALIKE if len(others) > 1 else ALIKE_ONE).verdict(
        f"alike/{name}",
        "Shallow networks resemble other kinds of predictors more than deep ones do: their errors agree more.",
        _splits.over_splits(
            of[SHALLOW] - of[DEEP],
            tested(rows),
            "κ of the errors of a shallow network and of others, less that of deep ones.",
        ),
        above(0.0),
        prediction="difference of κ > 0",
        finding=f"Errors of shallow networks agree with those of others by Cohen's κ = "
        f"{np.mean(of[SHALLOW]):.2f}, those of "
        f"deep ones by {np.mean(of[DEEP]):.2f}: {{measured}} more.",
        task=rows["question"].unique(),
        predictor=list(others),
    )


def alike(rows: pd.DataFrame, kind: str, others: tuple[str, ...]) -> np.ndarray:
    """Mean κ of a kind of network with others, for every split."""
    return np.mean([by_split(rows, f"kappa_{other.replace(' ', '_')}")[kind].to_numpy() for other in others], axis=0)


def _controls(rows: pd.DataFrame) -> Iterator[Verdict]:
    of = dict(iter(rows.groupby("treatment")))
    if PIXELS in of and PLAIN in of:
        yield _same_answers(of[PLAIN], of[PIXELS])
        for kind in (*NETWORKS, LINEAR, VECTORS):
            yield _same_errors(kind, of[PLAIN], of[PIXELS])
    if LABELS in of:
        for kind in (*NETWORKS, *OTHERS):
            yield _chance(kind, of[LABELS])


def _same_answers(plain: pd.DataFrame, shuffled: pd.DataFrame) -> Verdict:
    one, other = (
        rows[rows["predictor"] == NEIGHBOURS].set_index(["question", "split"])["answers"] for rows in (plain, shuffled)
    )
    same = (one == other.reindex(one.index)).to_numpy()
    return CONTROL.verdict(
        f"pixels/{in_name(NEIGHBOURS)}",
        "Pixels in another order change no answer of nearest neighbours.",
        Measured.exactly(
            float(same.mean()), len(same), how="The share of splits with the same answers to all pictures."
        ),
        holds_for_all("all answers are the same", same),
        prediction="share of splits with the same answers = 1",
        task=plain["question"].unique(),
        predictor=NEIGHBOURS,
    )


def _same_errors(kind: str, plain: pd.DataFrame, shuffled: pd.DataFrame) -> Verdict:
    difference = (by_split(shuffled, "error") - by_split(plain, "error"))[kind].to_numpy()
    return CONTROL.verdict(
        f"pixels/{in_name(kind)}",
        "Pixels in another order change no error of a predictor that knows no neighbours of pixels.",
        _splits.over_splits(difference, tested(plain), "The error with pixels in another order less that without."),
        within(0.0, MARGIN),
        prediction=f"difference of errors within {MARGIN:g} of 0",
        task=plain["question"].unique(),
        predictor=kind,
    )


def _chance(kind: str, rows: pd.DataFrame) -> Verdict:
    errors = by_split(rows, "error")[kind].to_numpy()
    how = f"The error on test pictures. Student's {percent()} interval over splits, each with its own order of labels."
    return CONTROL.verdict(
        f"labels/{in_name(kind)}",
        "Of labels in random order nothing is learned.",
        Measured(lambda α: mean_interval(errors, α), len(errors), how=how),
        within(0.5, CHANCE),
        prediction="error on test pictures = 1/2",
        task=rows["question"].unique(),
        predictor=kind,
    )
