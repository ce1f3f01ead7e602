"""generalisation.images: real pictures, networks beside other kinds of predictors, on the same splits.

The pictures are the 1797 handwritten digits that scikit-learn ships: 64 pixels of 17 grey levels. A network has one
output, so that questions have two answers, such as whether the digit is even. Every question is about ten shapes at
once, so that no straight line answers it, and the rarer answer is that of four or five digits. Ten networks for each
split, one for every digit, would cost as much, and be one question.

Controls: pixels in another order, the same for all pictures, change nothing for a predictor that knows no neighbours
of pixels; and of labels in random order nothing can be learned.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.claims.generalisation.images import predictors
from experiments.claims.generalisation.images.figures import draw
from experiments.claims.generalisation.images.verdicts import LABELS, PIXELS, PLAIN, judge
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt, layers_of
from experiments.errors import UserError
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.generalisation import spaces

__all__ = ["KEYS", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

KEYS = ("predictor",)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Questions, splits and networks. Both kinds of networks have about as many parameters.

    Controls have the questions to which chance is right half of the time. `networks` of each kind are trained on every
    split; each stops at the first pass after which it is right on all examples.
    """

    question: list[str] = setting(list(predictors.QUESTIONS), choices=tuple(predictors.QUESTIONS))
    treatment: list[str] = setting([PLAIN, PIXELS, LABELS], choices=(PLAIN, PIXELS, LABELS))
    splits: int = setting(16, low=2, high=10_000, counts="split")
    tested_share: float = setting(1 / 3, low=0.05, high=0.95)
    networks: int = setting(3, low=2, high=1000)
    shallow: int = setting(48, low=1, high=10_000)
    deep: int = setting(24, low=1, high=10_000)
    deep_layers: int = setting(4, low=2, high=100)
    trees: int = setting(30, low=1, high=10_000)
    neighbours: int = setting(3, low=1, high=1000)
    learning_rate: float = fields.learning_rate(0.003)
    batch: int = fields.batch(64)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(3000)
    where: str = setting("treatment == 'plain' or question in ['even', 'below five']")


SMOKE = {"question": ["even"], "splits": 2, "networks": 2, "trees": 5, "steps": 100, "deep_layers": 2}
FULL = {"splits": 60, "networks": 10, "trees": 300, "steps": 20_000}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per cell and predictor: its error on the test pictures, and how alike it errs to every other one.

    `answers` names what it answers, so that two predictors with the same name have the same answers.
    """
    pictures, digits = predictors.digits()
    facts = {
        "pictures": len(pictures),
        "levels": int(pictures.max()) + 1,
        "covered": spaces.log10(spaces.covered(pictures, spaces.points(int(pictures.max()) + 1, pictures.shape[1]))),
        "covered_seen": spaces.log10(spaces.covered(pictures, spaces.points_of_seen_levels(pictures))),
    }
    rows = [
        _of_one_split(unit, cells, pictures, digits)
        for _, cells in unit.cells.groupby(["treatment", "split"], sort=False)
    ]
    return pd.concat(rows, ignore_index=True).assign(**facts)


def _of_one_split(unit: Unit, cells: pd.DataFrame, pictures: np.ndarray, digits: np.ndarray) -> pd.DataFrame:
    """All predictors of all questions on one split; networks of all questions are trained together."""
    x, labels, tested = _split(unit, cells, pictures, digits)
    wrong = predictors.where_wrong(unit, x, labels, tested, unit.keys[cells.index])
    ones = labels[:, tested].mean(1)
    records = cells.assign(tested=tested.mean(), constant_error=np.minimum(ones, 1 - ones)).to_dict("records")
    return pd.DataFrame([cell | row for i, cell in enumerate(records) for row in predictors.rows(wrong[i])])


def _split(
    unit: Unit, cells: pd.DataFrame, pictures: np.ndarray, digits: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures with levels from 0 to 1, the labels of each question, and which pictures are tested, of one split."""
    treatment, split = cells["treatment"].iloc[0], int(cells["split"].iloc[0])
    tested = random_generator(unit.seed, "split", split).permutation(len(digits)) < round(
        unit.settings.tested_share * len(digits)
    )
    labels = np.stack([_labels(unit, str(question), split, treatment, digits) for question in cells["question"]])
    if treatment == PIXELS:
        pictures = pictures[:, random_generator(unit.seed, "pixels").permutation(pictures.shape[1])]
    return pictures / 16.0, labels, tested


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The first network of a row again; the values of the row are of all its networks.

    Raises:
        UserError: if the predictor of the row is no network.
    """
    if row["predictor"] not in predictors.NETWORKS:
        raise UserError(f"{row['predictor']} is no network; give a row of one of {', '.join(predictors.NETWORKS)}")
    x, labels, tested = _split(unit, unit.cells, *predictors.digits())
    hidden = predictors.hidden_of(unit.settings, row["predictor"])
    what = predictors.training(unit, x, labels, tested, unit.keys, hidden)
    outcome, curve = _networks.train_again(unit, what, unit.settings.steps)
    (answers,) = predictors.answers_of(outcome, x, labels, tested)
    values = {"loss": answers.loss, "error": answers.wrong.mean(), "learned_share": answers.learned}
    return Rebuilt(layers_of(outcome, 0), curve, values)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether networks of a row are not right on all examples."""
    return table["predictor"].isin(predictors.NETWORKS) & (table["learned_share"] < 1)


def _labels(unit: Unit, question: str, split: int, treatment: str, digits: np.ndarray) -> np.ndarray:
    labels = predictors.QUESTIONS[question](digits)
    return random_generator(unit.seed, "labels", question, split).permutation(labels) if treatment == LABELS else labels


def work(unit: Unit) -> Work:
    """All updates of all networks, and forests as if a tree cost as much as a hundred updates."""
    settings, cells = unit.settings, len(unit.cells)
    steps = 2.0 * cells * settings.networks * settings.steps
    weights = 65.0 * max(settings.shallow, settings.deep) + settings.deep_layers * settings.deep**2
    return Work(steps, (steps + 100.0 * cells * settings.trees) * 6.0 * settings.batch * weights)
