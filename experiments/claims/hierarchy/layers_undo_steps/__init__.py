"""hierarchy.layers-undo-steps: layer l of a trained deep network becomes insensitive to synonyms of level l.

Level l is the l-th step before the string: level 1 are the pairs of neighbours in it. Strings of the random hierarchy
model are changed by exchanging every tuple of one level for a synonym, with all below it drawn anew. The *sensitivity*
of a layer is how far its outputs move, in mean squares, over how far those of two different strings are apart. It is
measured at every number of samples, for trained and for untrained local networks, and for dense ones.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.hierarchy import _networks
from experiments.claims.hierarchy._networks import AUTHORS, NETWORKS, GrammarTask, Trained, shape_of
from experiments.claims.hierarchy.layers_undo_steps.figures import draw
from experiments.claims.hierarchy.layers_undo_steps.verdicts import HALF, judge
from experiments.ensemble.tracing import Rebuilt
from experiments.errors import UserError
from experiments.plan import Unit, Work, random_generator
from experiments.settings import setting

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

KEYS = ("samples", "layer", "level")
# The ladder begins with this share of n_c m^L samples.
LEAST = 0.25


@dataclass(kw_only=True)
class Settings(Trained):
    """What is trained, and how, see `Trained`; `strings` are changed to measure a sensitivity."""

    network: list[str] = setting(["local", "dense"], choices=NETWORKS, static=True)
    model: list[str] = setting(["3-3-3"], choices=_networks.MODELS, static=True)
    grammars: int = setting(12, low=1, high=1000, counts="grammar")
    strings: int = setting(500, low=10, high=100_000)


SMOKE = {
    "model": ["3-2-3"],
    "grammars": 2,
    "width": 8,
    "dense_width": 16,
    "most": 2.0,
    "steps": 60,
    "test": 100,
    "strings": 50,
}
FULL = {
    "model": ["3-3-3", "4-4-3", "6-6-3", "4-2-4"],
    "grammars": 20,
    "dense_width": 512,
    "most": 32.0,
    "strings": 5000,
    **AUTHORS,
}


def measure(unit: Unit) -> pd.DataFrame:
    """A row per grammar, number of samples, layer and level: sensitivity and test error; untrained networks have 0.

    Of two networks with other initial weights the mean is taken, of sensitivities as of errors.
    """
    return pd.concat([_of_grammar(unit, i) for i in range(len(unit.cells))], ignore_index=True)


def _of_grammar(unit: Unit, i: int) -> pd.DataFrame:
    from experiments.ensemble.engine import initial_networks

    model, network, grammar = (unit.cells[name].tolist()[i] for name in ("model", "network", "grammar"))
    shape = shape_of(model)
    rungs = _networks.ladder(shape, LEAST, unit.settings.most)
    task = _networks.task_of(unit, model, grammar, rungs[-1])
    program = _networks.program_of(unit, shape, network, unit.settings.steps)
    tests = task.inputs(task.order[rungs[-1] :])
    changed = _changed(unit, task, model, grammar)
    keys = np.array([unit.keys[i], unit.keys[i] + np.array([0, 1], np.uint32)], np.uint32)
    untrained = [[(W[m], b[m]) for W, b in initial_networks(program, keys)] for m in (0, 1)]
    found = [_rows(0, untrained, tests, changed).assign(loss=np.nan)]
    for samples in rungs:
        x, y = task.inputs(task.order[:samples])
        outcome = _networks.train(unit, program, x, np.stack([y, y]), _networks.rows_of(unit, rungs), unit.keys[i])
        ended = [_networks.layers_of_member(outcome, m) for m in (0, 1)]
        found.append(_rows(samples, ended, tests, changed).assign(loss=np.mean(outcome.loss)))
    return pd.concat(found, ignore_index=True).assign(**unit.cells.iloc[i], steps=unit.settings.steps)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The first of the two networks of a row again; the values of the row are means over both.

    Raises:
        UserError: if the network of the row was not trained.
    """
    samples = int(row["samples"])
    if not samples:
        raise UserError("the networks of this row were not trained; give a row with samples")
    again = _networks.train_again(unit, samples, LEAST, 2, int(row["steps"]))
    layers = [_networks.layers_of_member(again.outcome, m) for m in (0, 1)]
    changed = _changed(unit, again.task, row["model"], row["grammar"])
    found = _rows(samples, layers, again.tests, changed)
    mine = found[(found["layer"] == row["layer"]) & (found["level"] == row["level"])].iloc[0]
    values = {"loss": np.mean(again.outcome.loss), "error": mine["error"], "sensitivity": mine["sensitivity"]}
    return Rebuilt(layers[0], again.curve, values)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether networks were trained and do not know the class: their error is above half of that by chance."""
    return (table["samples"] > 0) & (table["error"] > HALF)


def _changed(unit: Unit, task: GrammarTask, model: str, grammar: int) -> list[Float[np.ndarray, "strings inputs"]]:
    """Some strings, the same with synonyms of level 1, 2, ..., L exchanged, and others drawn apart from them."""
    from theory.hierarchy import random_hierarchy as rhm

    shape, count = task.grammar.shape, unit.settings.strings
    rng = random_generator(unit.seed, "exchanged synonyms", model, grammar)
    made, others = (rhm.histories(shape, rng.integers(0, shape.data, count)) for _ in range(2))
    versions = [made, *(rhm.exchange(shape, made, level, rng) for level in range(1, shape.levels + 1)), others]
    return [rhm.one_hot(rhm.strings(task.grammar, one), shape.symbols) for one in versions]


def sensitivities(outputs: list[Float[np.ndarray, "strings units"]]) -> list[float]:
    """Mean squared distance of a layer's outputs to those of each changed version, over that to other strings.

    Args:
        outputs: of the strings, of their changed versions, and of other strings, as `_changed` lists them.
    """
    distances = [float(np.mean(np.sum((outputs[0] - other) ** 2, axis=1))) for other in outputs[1:]]
    return [distance / distances[-1] if distances[-1] else np.nan for distance in distances[:-1]]


def _rows(
    samples: int, networks: list, tests: tuple[np.ndarray, np.ndarray], changed: list[np.ndarray]
) -> pd.DataFrame:
    error = np.mean([_networks.test_error(layers, *tests) for layers in networks])
    # By network, layer and level.
    found = np.array([_by_layer(layers, changed) for layers in networks]).mean(0)
    layer, level = (axis.ravel() + 1 for axis in np.indices(found.shape))
    return pd.DataFrame(
        {"samples": samples, "layer": layer, "level": level, "sensitivity": found.ravel(), "error": error}
    )


def _by_layer(layers: list, changed: list[np.ndarray]) -> list[list[float]]:
    # The outputs of the last layer are classes and no representation.
    versions = [_networks.layer_outputs(layers, x)[:-1] for x in changed]
    return [sensitivities(list(outputs)) for outputs in zip(*versions, strict=True)]


def work(unit: Unit) -> Work:
    """All updates of all networks."""
    rungs = _networks.ladder(shape_of(unit.static("model")), LEAST, unit.settings.most)
    return _networks.work_of(unit, len(rungs), unit.static("network"))
