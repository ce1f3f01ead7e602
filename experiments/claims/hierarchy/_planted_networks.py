"""Tables planted for the rules of networks on the random hierarchy model, see experiments/judging/planting.py.

Planted are curves of errors, and of sensitivities, against samples: logistic in log2 of the samples over a midpoint,
about as steep as trained networks have them. Midpoints of grammars scatter.
"""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy.special

from experiments.claims.hierarchy import _networks, layers_undo_steps, random_hierarchy_model
from experiments.claims.hierarchy._networks import shape_of
from experiments.claims.hierarchy.layers_undo_steps.verdicts import INSENSITIVE, OCTAVE
from experiments.claims.hierarchy.random_hierarchy_model import collapse, verdicts
from experiments.claims.hierarchy.random_hierarchy_model.samples import MARGIN, SHALLOW
from experiments.judging.planting import Planted, Rng

SETTINGS, UNDONE = random_hierarchy_model.Settings(), layers_undo_steps.Settings()
# Models whose Latin squares are trained at default scale.
LATIN_MODELS = ("3-3-3", "4-4-3")
# Standard deviation of the midpoints of grammars, in doublings of the samples: seen on seeds 101 and 102.
SPREAD = 0.4
# An exponent changes by this for each unit of effect: at 4 it lies in the middle of its margin.
STEP = MARGIN / 4
# Logits for each doubling of the samples.
STEEPNESS = 2.5
# Midpoints lie at this multiple of n_c m^L samples: the curves are on the ladder.
MIDDLE = 1.0
FACTS = {
    "training_error": 0.0,
    "data": 1,
    "deep_samples": 1,
    "distinct": 1,
    "synonyms_agree": 1,
    "classes_agree": 0,
    "rules": _networks.DRAWN,
    "pair_bits": 0.1,
    "lost_bits": 0.0,
}


def curves(model: str, network: str, middles: np.ndarray, most: float) -> pd.DataFrame:
    """Errors of grammars; their curves have these midpoints, in log2 of the samples."""
    rungs = np.array(_networks.ladder(shape_of(model), random_hierarchy_model.LEAST, most))
    grammar, rung = (axis.ravel() for axis in np.indices((len(middles), len(rungs))))
    error = scipy.special.expit(STEEPNESS * (middles[grammar] - np.log2(rungs[rung])))
    named = {"model": model, "network": network, "grammar": grammar, "samples": rungs[rung]}
    return pd.DataFrame({**named, "error": error, "control_error": 1.0, "steps": SETTINGS.steps, **FACTS})


def grown(effect: float, rng: Rng) -> pd.DataFrame:
    """Samples needed by deep networks grow as n_c m^L to the power 1.25, and less for each unit."""
    tables = []
    for model in SETTINGS.model:
        center = np.log2(256) + (1 + MARGIN - STEP * effect) * np.log2(shape_of(model).deep_samples / 256)
        middles = np.log2(MIDDLE) + center + SPREAD * rng.normal(size=SETTINGS.grammars)
        # The ladder is long enough here: rules of growth decide nothing where a curve is not reached.
        tables.append(curves(model, "local", middles, 4096.0))
    return pd.concat(tables, ignore_index=True)


def grown_shallow(effect: float, rng: Rng) -> pd.DataFrame:
    """Samples needed by shallow networks grow as the strings to the power 0.75, and more for each unit."""
    tables = []
    for model in SETTINGS.model:
        center = 10 + (1 - MARGIN + STEP * effect) * np.log2(shape_of(model).data / 2**14)
        middles = center + SPREAD * rng.normal(size=SETTINGS.grammars)
        tables.append(curves(model, "dense", middles, 4096.0))
    return pd.concat(tables, ignore_index=True)


def apart(effect: float, rng: Rng) -> pd.DataFrame:
    """The curves of one model lie a doubling of the samples from the mean of all, and a quarter less for each unit."""
    tables = []
    for i, model in enumerate(SETTINGS.model):
        # The mean of all models moves with the one.
        shift = (collapse.OCTAVE - 0.25 * effect) / (1 - 1 / len(SETTINGS.model)) * (i == 0)
        middles = np.log2(shape_of(model).deep_samples) + shift + SPREAD * rng.normal(size=SETTINGS.grammars)
        tables.append(curves(model, "local", middles, 4096.0))
    return pd.concat(tables, ignore_index=True)


def apart_in_strings(effect: float, rng: Rng) -> pd.DataFrame:
    """The same for the number of strings as what samples are counted in, and a quarter more for each unit."""
    tables = []
    for i, model in enumerate(SETTINGS.model):
        shift = -(collapse.OCTAVE + 0.25 * effect) / (1 - 1 / len(SETTINGS.model)) * (i == 0)
        middles = np.log2(shape_of(model).data / 8) + shift + SPREAD * rng.normal(size=SETTINGS.grammars)
        tables.append(curves(model, "local", middles, 4096.0))
    return pd.concat(tables, ignore_index=True)


def saved(effect: float, rng: Rng) -> pd.DataFrame:
    """Both kinds of networks need as many samples, and dense ones more by half a doubling for each unit."""
    model, size = "4-4-3", SETTINGS.grammars
    # The same distribution for both: what the rungs of a ladder do to one they do to the other.
    common = np.log2(shape_of(model).deep_samples * MIDDLE) + SPREAD * rng.normal(size=size)
    local, dense = common + SPREAD * rng.normal(size=(2, size))
    dense = dense + 0.5 * effect
    both = [curves(model, name, middles, 256.0) for name, middles in (("local", local), ("dense", dense))]
    return pd.concat(both, ignore_index=True)


def uncorrelated(effect: float, rng: Rng) -> pd.DataFrame:
    """Errors on Latin squares are 0.7 of chance where drawn rules are learned, and a twentieth more for each unit."""
    tables = []
    for model in LATIN_MODELS:
        middles = np.log2(shape_of(model).deep_samples) + SPREAD * rng.normal(size=SETTINGS.grammars)
        drawn = curves(model, "local", middles, 16.0)
        errors = SHALLOW + 0.05 * effect + 0.1 * rng.normal(size=SETTINGS.grammars)
        facts = {"error": errors[drawn["grammar"].to_numpy()], "rules": _networks.LATIN, "classes_agree": 1}
        tables += [drawn, drawn.assign(**facts)]
    return pd.concat(tables, ignore_index=True)


def controlled(effect: float, rng: Rng) -> pd.DataFrame:
    """On shuffled labels dense networks err by a tenth of chance more, and by less for each unit."""
    tables = []
    for model in SETTINGS.model:
        for network, more in (("local", 0.0), ("dense", verdicts.CONTROL - 0.02 * effect)):
            middles = np.full(SETTINGS.grammars, np.log2(shape_of(model).deep_samples))
            table = curves(model, network, middles, 2.0)
            own = rng.normal(size=SETTINGS.grammars) * 0.02
            tables.append(table.assign(control_error=1 + more + own[table["grammar"].to_numpy()]))
    return pd.concat(tables, ignore_index=True)


def layers(sensitivity: Callable[[int, int, np.ndarray], np.ndarray], middles: np.ndarray) -> pd.DataFrame:
    """Rows of grammars with the learned class half way at these midpoints, in log2 of the samples over n_c m^L.

    Args:
        sensitivity: by layer, level and log2 of the samples over n_c m^L, -inf for an untrained network; a column of
            numbers for each grammar.
    """
    model = UNDONE.model[0]
    shape = shape_of(model)
    rungs = np.array([0, *_networks.ladder(shape, layers_undo_steps.LEAST, UNDONE.most)])
    with np.errstate(divide="ignore"):
        place = np.log2(rungs / shape.deep_samples)
    errors = scipy.special.expit(STEEPNESS * (middles[:, None] - place))
    tables = []
    for layer in range(1, shape.levels + 1):
        for level in range(1, shape.levels + 1):
            values = sensitivity(layer, level, place)
            grammar, rung = (axis.ravel() for axis in np.indices(errors.shape))
            where = {"layer": layer, "level": level, "grammar": grammar, "samples": rungs[rung]}
            tables.append(pd.DataFrame({**where, "sensitivity": values.ravel(), "error": errors.ravel()}))
    return pd.concat(tables, ignore_index=True).assign(model=model, network="local", steps=UNDONE.steps)


def constant(after: Callable[[float, Rng], np.ndarray], shift: int, text: str) -> Callable[[float, Rng], pd.DataFrame]:
    """Tables in which layers that lie `shift` above a level have a sensitivity drawn for each grammar, others 1."""

    def table(effect: float, rng: Rng) -> pd.DataFrame:
        own = after(effect, rng)

        def sensitivity(layer: int, level: int, place: np.ndarray) -> np.ndarray:
            return np.outer(own if layer == level + shift else np.ones(len(own)), np.ones(len(place)))

        return layers(sensitivity, np.zeros(UNDONE.grammars))

    table.__doc__ = text
    return table


def scattered(border: float, unit: float) -> Callable[[float, Rng], np.ndarray]:
    """A sensitivity for each grammar about a border."""
    return lambda effect, rng: border + unit * effect + 0.05 * rng.normal(size=UNDONE.grammars)


def together(effect: float, rng: Rng) -> pd.DataFrame:
    """Sensitivities fall one doubling of the samples after the class is learned, and earlier for each unit."""
    middles = 0.2 * rng.normal(size=UNDONE.grammars)
    later = middles + OCTAVE - 0.25 * effect + SPREAD * rng.normal(size=UNDONE.grammars)

    def sensitivity(layer: int, level: int, place: np.ndarray) -> np.ndarray:
        return scipy.special.expit(STEEPNESS * (later[:, None] - place))

    return layers(sensitivity, middles)


def shallow(effect: float, rng: Rng) -> pd.DataFrame:
    """Hidden layers of shallow networks are as sensitive as the second of deep ones, and more for each unit."""
    deep = scattered(0.3, 0.0)(0.0, rng)
    own = deep + 0.05 * effect + 0.05 * rng.normal(size=UNDONE.grammars)
    local, dense = (constant(lambda *_, v=values: v, 1, "")(0.0, rng) for values in (deep, own))
    dense = dense[dense["layer"] == 2].assign(layer=1, network="dense")
    return pd.concat([local, dense], ignore_index=True)


def _student(judge: Callable, table: Callable, verdict: str, unit: str, kinds: tuple[str, ...] = ()) -> Planted:
    return Planted(judge, table, verdict, "Student's interval of a mean over grammars", unit, kinds=kinds)


APART = "Student's interval of the largest of many distances"
STEPS = layers_undo_steps.judge
TOGETHER = functools.partial(collapse.judge, network="local")
PLANTED = {
    "random-hierarchy-model/growth/local": Planted(
        lambda table: [verdicts.deep(table, "local")],
        grown,
        "growth/local",
        "Welch's interval of a slope of means",
        f"{STEP:g}",
        kinds=("growth/local", "growth/shared"),
    ),
    "random-hierarchy-model/growth/dense": Planted(
        lambda table: [verdicts.shallow(table)],
        grown_shallow,
        "growth/dense",
        "Welch's interval of a slope of means",
        f"{STEP:g}",
    ),
    "random-hierarchy-model/collapse": Planted(
        TOGETHER, grown, "collapse/local", "Welch's interval of a slope of means", f"{STEP:g}", kinds=("collapse",)
    ),
    "random-hierarchy-model/apart": Planted(
        TOGETHER,
        apart,
        "apart/local",
        APART,
        "0.25 doublings",
        kinds=("apart/local", "apart/shared"),
    ),
    "random-hierarchy-model/apart/strings": Planted(
        TOGETHER, apart_in_strings, "apart/strings/local", APART, "0.25 doublings", kinds=("apart/strings",)
    ),
    "random-hierarchy-model/saved": _student(
        lambda table: verdicts.saved(table, "local"), saved, "saved", "half a doubling"
    ),
    "random-hierarchy-model/uncorrelated": _student(random_hierarchy_model.judge, uncorrelated, "uncorrelated", "0.05"),
    "random-hierarchy-model/control": _student(
        lambda table: [verdicts.control(table, "local")], controlled, "control", "0.02"
    ),
    "layers-undo-steps/next-layer": _student(
        STEPS,
        constant(
            scattered(INSENSITIVE, -0.05), 1, "The layer after a level has a sensitivity of 0.25, less for each unit."
        ),
        "next-layer/local/3-3-3/level=1",
        "0.05",
        ("next-layer",),
    ),
    "layers-undo-steps/same-layer": _student(
        STEPS,
        constant(
            scattered(INSENSITIVE, -0.05), 0, "The layer of a level has a sensitivity of 0.25, less for each unit."
        ),
        "same-layer",
        "0.05",
    ),
    "layers-undo-steps/untrained": _student(
        STEPS,
        constant(scattered(0.5, 0.05), 1, "The layer after a level has a sensitivity of 0.5, more for each unit."),
        "untrained",
        "0.05",
    ),
    "layers-undo-steps/together": Planted(
        STEPS,
        together,
        "together/local/3-3-3/level=1",
        "Student's interval of a mean over grammars",
        "0.25 doublings",
        kinds=("together",),
    ),
    "layers-undo-steps/shallow": _student(STEPS, shallow, "shallow", "0.05"),
}
