"""hierarchy.random-hierarchy-model: deep networks learn the random hierarchy model from n_c m^L samples.

Shallow ones are said to need more. Grammars are drawn, and networks are trained on P of their strings: *local* ones,
which join two neighbouring positions in every layer, and *dense* ones with one hidden layer. The samples needed, P*,
are those at which the test error falls to a threshold. The same strings with their labels shuffled are the control.
Counts of strings, and what pairs of symbols tell about the class, are exact. See theory/hierarchy/random_hierarchy.py
and class_information.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _networks
from experiments.claims.hierarchy._networks import AUTHORS, NETWORKS, Trained, shape_of
from experiments.claims.hierarchy.random_hierarchy_model.figures import draw
from experiments.claims.hierarchy.random_hierarchy_model.samples import FITS
from experiments.claims.hierarchy.random_hierarchy_model.verdicts import judge
from experiments.ensemble.tracing import Rebuilt
from experiments.plan import Unit, Work, random_generator
from experiments.settings import setting

__all__ = ["FULL", "KEYS", "SMOKE", "Settings", "draw", "is_stuck", "judge", "measure", "rebuild", "work"]

KEYS = ("samples",)
# The ladder begins with this share of n_c m^L samples.
LEAST = 0.25
# It ends where the error is below this share of the error by chance: all thresholds lie above.
LEARNED = 0.05
# So many strings of a grammar are enumerated, at most.
ENUMERATED = 1 << 18


@dataclass(kw_only=True)
class Settings(Trained):
    """What is trained, and how; see `Trained`."""

    network: list[str] = setting(["local", "dense"], choices=NETWORKS, static=True)
    model: list[str] = setting(
        ["4-2-4", "3-3-3", "6-3-3", "6-6-2", "4-4-3", "8-4-3"], choices=_networks.MODELS, static=True
    )
    grammars: int = setting(8, low=1, high=1000, counts="grammar")


SMOKE = {
    "model": ["3-2-3"],
    "grammars": 2,
    "width": 8,
    "dense_width": 16,
    "most": 2.0,
    "steps": 60,
    "test": 100,
}
FULL = {
    "network": ["local", "shared", "dense"],
    "model": ["3-3-3", "4-2-4", "4-4-3", "5-4-3", "6-3-3", "6-6-3", "8-4-3", "8-8-2", "8-8-3", "10-10-2"],
    "grammars": 20,
    "dense_width": 512,
    "most": 64.0,
    **AUTHORS,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per grammar and number of samples: test errors over chance, of true labels and of shuffled ones."""
    return pd.concat([_curve(unit, i) for i in range(len(unit.cells))], ignore_index=True)


def _curve(unit: Unit, i: int) -> pd.DataFrame:
    model, network, grammar = (unit.cells[name].tolist()[i] for name in ("model", "network", "grammar"))
    shape = shape_of(model)
    rungs = _networks.ladder(shape, LEAST, unit.settings.most)
    task, program = _networks.task_of(unit, model, grammar, rungs[-1]), _networks.program_of(unit, shape, network)
    tests = task.inputs(task.order[rungs[-1] :])
    # The control's classes belong to the strings, whatever the network and the number of samples.
    rng = random_generator(unit.seed, "shuffled labels", model, grammar)
    shuffled = rng.permutation(task.inputs(task.order)[1])
    rows = []
    for samples in rungs:
        x, y = task.inputs(task.order[:samples])
        outcome = _networks.train(
            unit, program, x, np.stack([y, shuffled[:samples]]), _networks.rows_of(unit, rungs), unit.keys[i]
        )
        layers = [_networks.layers_of_member(outcome, member) for member in (0, 1)]
        error = _networks.test_error(layers[0], *tests)
        control = _networks.test_error(layers[1], tests[0], shuffled[rungs[-1] :])
        trained = [_networks.test_error(layers[member], x, c) for member, c in enumerate((y, shuffled[:samples]))]
        ended = {"loss": float(outcome.loss[0]), "training_error": trained[0]}
        rows.append({"samples": samples, "error": error, "control_error": control, **ended})
        if error <= LEARNED:
            break
    return pd.DataFrame(rows).assign(**unit.cells.iloc[i], **_exact(unit, model, grammar), steps=unit.settings.steps)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again: that of the true labels."""
    again = _networks.train_again(unit, int(row["samples"]), LEAST, 1)
    layers = _networks.layers_of_member(again.outcome, 0)
    error, trained = (_networks.test_error(layers, *strings) for strings in (again.tests, again.samples))
    return Rebuilt(layers, again.curve, {"loss": again.outcome.loss[0], "error": error, "training_error": trained})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network does not fit its own samples."""
    return table["training_error"] > FITS


def _exact(unit: Unit, model: str, grammar: int) -> dict[str, float]:
    """Counts of a grammar: its strings, and what their pairs of symbols tell about the class."""
    from theory.hierarchy import class_information as exact
    from theory.hierarchy import random_hierarchy as rhm

    drawn, shape = _networks.task_of(unit, model, grammar, 1).grammar, shape_of(model)
    counts = exact.parent_counts(drawn)[..., None].repeat(shape.synonyms, -1)
    found = {"data": shape.data, "deep_samples": shape.deep_samples, "distinct": -1, "synonyms_agree": -1}
    if shape.data <= ENUMERATED:
        made = rhm.histories(shape, np.arange(shape.data))
        symbols = rhm.strings(drawn, made)
        names = symbols @ shape.symbols ** np.arange(shape.positions, dtype=np.int64)
        counted = exact.counted_tuples(drawn, symbols, made.classes)
        found |= {"distinct": len(np.unique(names)), "synonyms_agree": int(exact.synonyms_agree(counted))}
        counts = counted
    bits = exact.tuple_information(counts)
    return {**found, "pair_bits": bits[:, 0].mean(), "lost_bits": np.abs(bits[:, 0] - bits[:, 1]).max()}


def work(unit: Unit) -> Work:
    """All updates of all networks, as if no ladder ended early."""
    rungs = _networks.ladder(shape_of(unit.static("model")), LEAST, unit.settings.most)
    return _networks.work_of(unit, len(rungs), unit.static("network"))
