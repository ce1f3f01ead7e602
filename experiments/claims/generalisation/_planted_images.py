"""Tables planted for the rules of images: values on splits that overlap are normal, and correlated as is assumed."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.generalisation import images
from experiments.claims.generalisation.images import verdicts
from experiments.claims.generalisation.images.predictors import DEEP, FOREST, NETWORKS, OTHERS, SHALLOW
from experiments.judging.planting import Planted, Rng

SETTINGS = images.Settings()
SPLITS, TESTED = SETTINGS.splits, SETTINGS.tested_share
# Standard deviations of values on a split, about as they were seen with other seeds than the reference's.
RATIO, ERROR, SAME, CHANCE, KAPPA = 0.04, 0.006, 0.002, 0.02, 0.06


def overlapping(mean: float, deviation: float, rng: Rng) -> Float[np.ndarray, " splits"]:
    """Values on splits; the correlation of two splits is the share that is tested."""
    common, own = rng.normal(size=1), rng.normal(size=SPLITS)
    return mean + deviation * (np.sqrt(TESTED) * common + np.sqrt(1 - TESTED) * own)


def rows(predictor: str, treatment: str = verdicts.PLAIN, /, **columns: Any) -> pd.DataFrame:
    """A predictor on every split of one question, right on half of it but for the columns that are given."""
    facts = {"question": "even", "treatment": treatment, "predictor": predictor, "tested": TESTED, "answers": "same"}
    facts |= {"learned_share": 1.0, "parameters": 3000, "pictures": 1797, "levels": 17, "covered": -75.0}
    facts |= {"covered_seen": -64.0, "constant_error": 0.5, "error": 0.02}
    facts |= {f"kappa_{other.replace(' ', '_')}": 0.2 for other in (*NETWORKS, *OTHERS)}
    return pd.DataFrame({**facts, "split": range(SPLITS)}).assign(**columns)


def all_predictors(**of: pd.DataFrame) -> pd.DataFrame:
    """Every predictor on every split; those that are named by the word they begin with are as given."""
    names = (*NETWORKS, *OTHERS)
    return pd.concat([of.get(name.split()[0], rows(name)) for name in names], ignore_index=True)


def well(effect: float, rng: Rng) -> pd.DataFrame:
    """A network errs half as often as a constant on 16 splits that overlap, and less often for each unit."""
    ratio = overlapping(verdicts.WELL - RATIO * effect, RATIO, rng)
    return all_predictors(shallow=rows(SHALLOW, error=0.5 * ratio))


def beside(effect: float, rng: Rng) -> pd.DataFrame:
    """A network errs on one picture of 100 more than a forest on 16 splits that overlap, and on less for each unit."""
    common = overlapping(0.05, ERROR, rng)
    difference = overlapping(verdicts.MARGIN - ERROR * effect, ERROR, rng)
    return all_predictors(shallow=rows(SHALLOW, error=common + difference), forest=rows(FOREST, error=common))


def alike(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors of shallow and deep networks agree equally with those of others; shallow ones more for each unit."""
    others = [f"kappa_{other.replace(' ', '_')}" for other in OTHERS]
    difference = overlapping(KAPPA * effect, KAPPA, rng)
    own = {name: 0.2 + difference + 0.1 * rng.normal(size=1) for name in others}
    same = {name: own[name] - difference for name in others}
    return all_predictors(shallow=rows(SHALLOW, **own), deep=rows(DEEP, **same))


def pixels(effect: float, rng: Rng) -> pd.DataFrame:
    """Pixels in another order raise the error by one picture of 100 on 16 splits, and by less for each unit."""
    raised = overlapping(verdicts.MARGIN - SAME * effect, SAME, rng)
    shuffled = [rows(name, verdicts.PIXELS) for name in (DEEP, *OTHERS)]
    return pd.concat(
        [all_predictors(), rows(SHALLOW, verdicts.PIXELS, error=0.02 + raised), *shuffled], ignore_index=True
    )


def labels(effect: float, rng: Rng) -> pd.DataFrame:
    """With labels in random order predictors err on as much more than 1/2 as is allowed, and on less for each unit."""
    errors = 0.5 + verdicts.CHANCE - 0.4 * CHANCE * effect + CHANCE * rng.normal(size=SPLITS)
    others = [rows(name, verdicts.LABELS, error=0.5) for name in (DEEP, *OTHERS)]
    return pd.concat([rows(SHALLOW, verdicts.LABELS, error=errors), *others], ignore_index=True)


CORRECTED = "Nadeau and Bengio's interval over 16 splits"
PLANTED = {
    "images/well": Planted(verdicts.judge, well, "well/even/shallow", CORRECTED, f"{RATIO:g}", kinds=("well",)),
    "images/beside": Planted(
        verdicts.judge, beside, "beside/shallow/forest", CORRECTED, f"{ERROR:g}", kinds=("beside",)
    ),
    "images/alike": Planted(verdicts.judge, alike, "alike/all", CORRECTED, f"{KAPPA:g}", kinds=("alike",)),
    "images/pixels": Planted(
        verdicts.judge,
        pixels,
        "pixels/shallow-network",
        f"{CORRECTED}, within a margin",
        f"{SAME:g}",
        kinds=("pixels",),
    ),
    "images/labels": Planted(
        verdicts.judge,
        labels,
        "labels/shallow-network",
        "Student's interval of a mean of 16, within a margin",
        f"{0.4 * CHANCE:g}",
        kinds=("labels",),
    ),
}
