"""Verdicts of hierarchy.layers-undo-steps: insensitive layers, at which number of samples, and controls."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy._networks import SWITCHES
from experiments.claims.hierarchy._samples import samples_needed
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

# A layer is called insensitive below this share of the distance between different strings.
INSENSITIVE = 0.25
# Where half of what is to be learned is learned: of the error by chance, and of an untrained layer's sensitivity.
HALF = 0.5
# Numbers of samples are called the same within a factor of two.
OCTAVE = 1.0

SOURCE = "Cagnetta et al., PRX 14, 031001, arXiv 2307.02129"
TRIAL = Trial(
    source=SOURCE,
    bears_on=on("hierarchy") + on("rhm-invariance"),
    existence="found by training",
    switches=SWITCHES,
)
SAME = TRIAL.but(bears_on=on("rhm-invariance", role="variant"), source=f"ours: sharper than {SOURCE}")
CONTROL = TRIAL.but(bears_on=on("hierarchy", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """All verdicts for each local network and model of a table."""
    found: list[Verdict] = []
    for (network, model), rows in table[table["network"] != "dense"].groupby(["network", "model"], sort=False):
        dense = table[(table["network"] == "dense") & (table["model"] == model)]
        found += _of(str(network), str(model), rows, dense)
    return found


def _of(network: str, model: str, rows: pd.DataFrame, dense: pd.DataFrame) -> Iterator[Verdict]:
    facts = {
        "network": network,
        "model": model,
        "grammars": int(rows["grammar"].nunique()),
        "updates": rows["steps"].max(),
        "samples": rows["samples"].max(),
    }
    name, last = f"{network}/{model}", rows[rows["samples"] == rows["samples"].max()]
    for level in range(1, int(rows["level"].max())):
        yield _next_layer(level, name, last, facts)
    yield SAME.verdict(
        f"same-layer/{name}",
        "One layer undoes one step: layer l itself is insensitive to exchanges of synonyms of level l, for every l.",
        _mean(worst(last), "The largest sensitivity of a layer l to level l with the most samples."),
        below(INSENSITIVE),
        prediction=f"sensitivity < {INSENSITIVE:g}",
        finding="An exchange of synonyms moves the layer of its level by {measured} of the distance of other strings.",
        notes="one linear map and one rectifier recognise a pair; to add up synonyms takes the linear map after them",
        **facts,
    )
    for level in range(1, int(rows["level"].max())):
        yield _together(level, name, rows, facts)
    untrained = least(rows[rows["samples"] == 0])
    yield CONTROL.verdict(
        f"untrained/{name}",
        "Layer l + 1 of an untrained network is sensitive to exchanges of synonyms of level l.",
        _mean(untrained, "The least sensitivity of a layer l + 1 to level l, of untrained networks."),
        above(HALF),
        prediction=f"sensitivity > {HALF:g}",
        **facts,
    )
    if len(dense):
        yield _shallow(name, last, dense, facts)


def _next_layer(level: int, name: str, last: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    mine = last[(last["layer"] == level + 1) & (last["level"] == level)]
    return TRIAL.verdict(
        f"next-layer/{name}/level={level}",
        "Once the class is learned, layer l + 1 is insensitive to exchanges of synonyms of level l.",
        _mean(mine.set_index("grammar")["sensitivity"], "The sensitivity of layer l + 1 with the most samples."),
        below(INSENSITIVE),
        prediction=f"sensitivity < {INSENSITIVE:g}",
        finding="An exchange of synonyms moves the next layer by {measured} of the distance of different strings.",
        notes=f"the error is {last['error'].mean():.3f} of chance",
        level=level,
        **facts,
    )


def _together(level: int, name: str, rows: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    apart = octaves_apart(rows, level)

    def estimate(α: float) -> tuple[float, float, float]:
        return mean_interval(apart, α) if np.isfinite(apart).all() else (np.nan, -np.inf, np.inf)

    return TRIAL.verdict(
        f"together/{name}/level={level}",
        "Layer l + 1 becomes insensitive to synonyms of level l with as many samples as teach the class.",
        Measured(
            estimate,
            len(apart),
            how="log2 of the samples at which the sensitivity falls to half of an untrained network's, over those at "
            f"which the error falls to half of chance; mean over grammars and Student's {percent()} interval.",
        ),
        within(0.0, OCTAVE),
        prediction="log2 of their ratio = 0, within a factor of two",
        finding="Insensitivity comes {measured} doublings of the samples after the class.",
        level=level,
        **facts,
    )


def _shallow(name: str, last: pd.DataFrame, dense: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    largest = dense[dense["samples"] == dense["samples"].max()]
    theirs = largest[(largest["layer"] == 1) & (largest["level"] == 1)].set_index("grammar")["sensitivity"]
    ours = last[(last["layer"] == 2) & (last["level"] == 1)].set_index("grammar")["sensitivity"]
    return CONTROL.verdict(
        f"shallow/{name}",
        "With as many samples the hidden layer of a shallow network is more sensitive to synonyms of level 1.",
        _mean((theirs - ours).dropna(), "Its sensitivity less that of layer 2 of the deep network, of each grammar."),
        above(0.0),
        prediction="difference > 0",
        notes=f"the shallow network errs by {largest['error'].mean():.3f} of chance",
        **facts,
    )


def worst(rows: pd.DataFrame) -> pd.Series:
    """The largest sensitivity of a layer l to level l, of each grammar."""
    return rows[rows["layer"] == rows["level"]].groupby("grammar")["sensitivity"].max()


def least(rows: pd.DataFrame) -> pd.Series:
    """The least sensitivity of a layer l + 1 to level l, of each grammar."""
    return rows[rows["layer"] == rows["level"] + 1].groupby("grammar")["sensitivity"].min()


def octaves_apart(rows: pd.DataFrame, level: int) -> np.ndarray:
    """log2 of the samples at which layer l + 1 is insensitive over those at which the class is learned, by grammar.

    Infinite or NaN where one of them is not reached.
    """
    apart = []
    mine = rows[(rows["layer"] == level + 1) & (rows["level"] == level)].sort_values("samples", kind="stable")
    for _, curve in mine.groupby("grammar"):
        untrained, trained = curve[curve["samples"] == 0], curve[curve["samples"] > 0]
        half = HALF * float(untrained["sensitivity"].iloc[0])
        insensitive = samples_needed(trained["samples"], trained["sensitivity"], half)
        learned = samples_needed(trained["samples"], trained["error"], HALF)
        with np.errstate(invalid="ignore"):
            apart.append(np.log2(insensitive) - np.log2(learned))
    return np.array(apart)


def _mean(values: pd.Series, how: str) -> Measured:
    numbers = values.to_numpy(float)
    return Measured(
        lambda α: mean_interval(numbers, α),
        len(numbers),
        how=f"{how} Mean over grammars and Student's {percent()} interval.",
    )
