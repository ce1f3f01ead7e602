"""The verdicts of images: how well networks do, beside others and like others, and how few the examples are."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _splits
from experiments.claims.generalisation.images.predictors import (
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
    """All verdicts, in the order of the module."""
    plain = table[table["treatment"] == PLAIN]
    found = [_few(plain, "covered", FEW), _few(plain, "covered_seen", FEW_SEEN)] if len(plain) else []
    for question, rows in plain.groupby("question", sort=False):
        found += [_well(str(question), kind, rows) for kind in NETWORKS]
        found += [_beside(str(question), kind, other, rows) for kind in NETWORKS for other in OTHERS]
        found += [_alike(str(question), others, rows) for others in (OTHERS, *((one,) for one in OTHERS))]
    for question, rows in table.groupby("question", sort=False):
        found += [*_controls(str(question), rows)]
    return found


def by_split(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column by split, one column a predictor."""
    return rows.pivot(index="split", columns="predictor", values=column)


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
        finding=f"All {pictures:,} pictures are a share of 10^{{measured}} of the {space}; a network has {parameters:,} "
        "parameters.",
        space=space,
        pictures=pictures,
    )


def _facts(question: str, rows: pd.DataFrame, kind: str) -> dict:
    of_kind = rows[rows["predictor"] == kind]
    share = float(of_kind["learned"].mean())
    return {"task": question, "network": kind, "notes": f"{share:.0%} of the networks are right on all examples"}


def _well(question: str, kind: str, rows: pd.DataFrame) -> Verdict:
    error = by_split(rows, "error")[kind]
    ratio = (error / by_split(rows, "constant_error")[kind]).to_numpy()
    return TRIAL.verdict(
        f"well/{question.replace(' ', '-')}/{kind.split()[0]}",
        "A network that is trained on pictures does well on others: it errs at most half as often as the better constant "
        "answer.",
        _splits.over_splits(ratio, tested(rows), "The error on test pictures over that of the better constant answer."),
        below(WELL),
        prediction=f"error on test pictures / error of a constant < {WELL:g}",
        finding=f"A {kind} errs on {error.mean():.1%} of new pictures, {{measured}} times as often as a constant answer.",
        **_facts(question, rows, kind),
    )


def _beside(question: str, kind: str, other: str, rows: pd.DataFrame) -> Verdict:
    errors = by_split(rows, "error")
    difference = (errors[kind] - errors[other]).to_numpy()
    return BESIDE.verdict(
        f"beside/{question.replace(' ', '-')}/{kind.split()[0]}/{other.replace(' ', '-')}",
        f"Networks do at least as well on new pictures as another kind of predictor, up to {MARGIN:.0%} of the pictures.",
        _splits.over_splits(difference, tested(rows), "The error of the network less that of the other predictor."),
        below(MARGIN),
        prediction=f"difference of errors < {MARGIN:g}",
        finding=f"A {kind} errs on {errors[kind].mean():.1%} of new pictures, the predictor of {other} on "
        f"{errors[other].mean():.1%}.",
        predictor=other,
        **_facts(question, rows, kind),
    )


def _alike(question: str, others: tuple[str, ...], rows: pd.DataFrame) -> Verdict:
    """κ of the errors of shallow networks with those of other predictors, less that of deep networks."""
    of = {kind: alike(rows, kind, others) for kind in NETWORKS}
    name = "all" if len(others) > 1 else others[0].replace(" ", "-")
    return (ALIKE if len(others) > 1 else ALIKE_ONE).verdict(
        f"alike/{question.replace(' ', '-')}/{name}",
        "Shallow networks resemble other kinds of predictors more than deep ones do: their errors agree more.",
        _splits.over_splits(
            of[SHALLOW] - of[DEEP],
            tested(rows),
            "κ of the errors of a shallow network and of others, less that of deep ones.",
        ),
        above(0.0),
        prediction="difference of κ > 0",
        finding=f"Errors of shallow networks agree with those of others by κ = {np.mean(of[SHALLOW]):.2f}, those of deep "
        f"ones by {np.mean(of[DEEP]):.2f}: {{measured}} more.",
        task=question,
        predictor=list(others),
    )


def alike(rows: pd.DataFrame, kind: str, others: tuple[str, ...]) -> np.ndarray:
    """Mean κ of a kind of network with others, for every split."""
    return np.mean([by_split(rows, f"kappa_{other.replace(' ', '_')}")[kind].to_numpy() for other in others], axis=0)


def _controls(question: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    of = {treatment: by_split(one, "error") for treatment, one in rows.groupby("treatment")}
    if PIXELS in of and PLAIN in of:
        yield _same_answers(question, rows)
        for kind in (*NETWORKS, LINEAR, VECTORS):
            yield _same_errors(question, kind, (of[PIXELS] - of[PLAIN])[kind].to_numpy(), tested(rows))
    if LABELS in of:
        for kind in (*NETWORKS, *OTHERS):
            yield _chance(question, kind, of[LABELS][kind].to_numpy())


def _same_answers(question: str, rows: pd.DataFrame) -> Verdict:
    answers = {treatment: by_split(one, "answers")[NEIGHBOURS] for treatment, one in rows.groupby("treatment")}
    same = (answers[PIXELS] == answers[PLAIN]).to_numpy()
    return CONTROL.verdict(
        f"pixels/{question.replace(' ', '-')}/{NEIGHBOURS.replace(' ', '-')}",
        "Pixels in another order change no answer of nearest neighbours.",
        Measured.exactly(
            float(same.mean()), len(same), how="The share of splits with the same answers to all pictures."
        ),
        holds_for_all("all answers are the same", same),
        prediction="share of splits with the same answers = 1",
        task=question,
        predictor=NEIGHBOURS,
    )


def _same_errors(question: str, kind: str, difference: np.ndarray, share: float) -> Verdict:
    return CONTROL.verdict(
        f"pixels/{question.replace(' ', '-')}/{kind.replace(' ', '-')}",
        "Pixels in another order change no error of a predictor that knows no neighbours of pixels.",
        _splits.over_splits(difference, share, "The error with pixels in another order less that without."),
        within(0.0, MARGIN),
        prediction=f"difference of errors within {MARGIN:g} of 0",
        task=question,
        predictor=kind,
    )


def _chance(question: str, kind: str, errors: np.ndarray) -> Verdict:
    how = f"The error on test pictures. Student's {percent()} interval over splits, each with an order of labels of its own."
    return CONTROL.verdict(
        f"labels/{question.replace(' ', '-')}/{kind.replace(' ', '-')}",
        "Of labels in random order nothing is learned.",
        Measured(lambda α: mean_interval(errors, α), len(errors), how=how),
        within(0.5, CHANCE),
        prediction="error on test pictures = 1/2",
        task=question,
        predictor=kind,
    )
