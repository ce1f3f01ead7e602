"""Verdicts of superposition: the border between two ways to store features, what is trained, and linear models."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on

RECTIFIER, IDENTITY = OUTPUTS = ("rectifier", "identity")
# A feature is stored if its squared weight is more than this.
STORED = 0.5
# So many times the border is far above it: somewhat beyond, better superpositions than [1, -1] are the best models.
FAR = 1.5
# Weights of a random start are normal with this standard deviation, biases 0.
SPREAD = 0.7

TRIAL = Trial(
    source="Elhage et al. 2022, arXiv 2209.10652; losses are derived in theory/modern/superposition.py",
    bears_on=on("elhage-superposition") + on("elhage-phases"),
    existence="representable",
    switches={
        "features": "2, uniform on [0, 1] if active, independent",
        "dimensions": 1,
        "output": RECTIFIER,
        "bias": True,
        "weights": "the same for reading and writing",
        "loss": "squared, over the population",
        "precision": "exact fractions",
    },
)
TRAINED = TRIAL.but(
    existence="found by training",
    switches={"optimizer": "adam", "initial_weights": f"N(0, {SPREAD**2:g}), biases 0", "precision": "float64"},
)
LINEAR = TRAINED.but(
    bears_on=on("elhage-linear") + on("elhage-superposition", role="control"), switches={"output": IDENTITY}
)


def best(table: pd.DataFrame) -> pd.DataFrame:
    """The model of least loss for each output, importance and p; a model that diverged is none."""
    known = table[table["loss"].notna()]
    rows = known.loc[known.groupby(["output", "importance", "active"])["loss"].idxmin()].copy()
    rows["both"] = rows[["stored_first", "stored_second"]].min(axis=1) > STORED
    return rows


def series(table: pd.DataFrame) -> Iterator[tuple[str, float, pd.DataFrame]]:
    """Output, importance and the best models, by p."""
    for (output, importance), rows in best(table).groupby(["output", "importance"]):
        yield str(output), float(importance), rows.sort_values("active", kind="stable")


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The border, exactly; what the best trained models store on both sides of it; and linear models."""
    found = [_border(table)]
    for output, importance, rows in series(table):
        found.append((_trained if output == RECTIFIER else _linear)(importance, rows))
    return found


def _border(table: pd.DataFrame) -> Verdict:
    rows = table.drop_duplicates(["importance", "active"])
    agree = np.where(rows["at_border"], rows["gain"] == 0, np.where(rows["below"], rows["gain"] > 0, rows["gain"] < 0))
    how = "The share of the pairs of p and I for which the sign of the difference of the two losses is as predicted."
    return TRIAL.verdict(
        "border",
        "To store both features as [1, -1] is better than one alone for p < 4 I / (2 + 5 I), and for no other p.",
        Measured.exactly(float(np.mean(agree)), len(rows), how=how),
        holds_for_all("the sign is as predicted", agree),
        prediction="share of pairs with the predicted sign = 1",
        notes="both losses by exact integrals",
        finding=f"For a share of {{measured}} of {len(rows)} pairs of p and I, superposition is better than one "
        "feature alone if and only if p < 4 I / (2 + 5 I).",
        importance=rows["importance"],
        active=rows["active"],
    )


def _trained(importance: float, rows: pd.DataFrame) -> Verdict:
    border = rows["border"].iloc[0]
    below, above = rows[rows["active"] <= border], rows[rows["active"] >= FAR * border]
    stored = pd.concat([below["both"] & below["opposite"], ~above["both"]])
    ratio = (rows["loss"] / rows[["alone", "superposed"]].min(axis=1)).max()
    how = (
        f"Of the best model of all restarts, for each p up to the border and from {FAR:g} times the border on: the "
        "share that stores both features with opposite signs below, and one above. Stored is a squared weight > "
        f"{STORED:g}."
    )
    return TRAINED.verdict(
        f"stored/{importance:g}",
        "The best trained models store both features in one dimension if p is below the border, and one if it is far "
        "above.",
        Measured.exactly(float(stored.mean()), len(stored), how=how),
        exhibits("all of them do", bool(len(below) and len(above) and stored.all())),
        prediction="share of p = 1",
        notes=f"the border is at p = {border:.3f}; the largest p at which both are stored is "
        f"{rows.loc[rows['both'], 'active'].max():g}; losses are at most {ratio:.3f} times that of the better of both "
        "ways",
        finding=f"With importance {importance:g}, the best trained models store as predicted for a share of "
        f"{{measured}} of all p: two features below p = {border:.3f}, one far above.",
        importance=importance,
        active=rows["active"],
    )


def _linear(importance: float, rows: pd.DataFrame) -> Verdict:
    return LINEAR.verdict(
        f"linear/{importance:g}",
        "The best trained linear models store the more important feature only, however rare features are.",
        Measured.exactly(
            rows["stored_second"].max(), len(rows), how="Squared weight of the second feature: the largest of all p."
        ),
        holds_for_all(
            f"the second feature is not stored, and the first one is: squared weights below and above {STORED:g}",
            (rows["stored_second"] < STORED) & (rows["stored_first"] > STORED),
        ),
        prediction=f"squared weight of the second feature < {STORED:g}",
        finding=f"With importance {importance:g}, no best linear model stores the second feature: its squared weight "
        "is {measured} at most.",
        importance=importance,
        active=rows["active"],
    )
