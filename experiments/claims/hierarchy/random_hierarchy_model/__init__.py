"""hierarchy.random-hierarchy-model: deep networks learn the random hierarchy model from n_c m^L samples.

Shallow ones are said to need more. Grammars are drawn, and networks are trained on P of their strings: *local* ones,
which join two neighbouring positions in every layer, and *dense* ones with one hidden layer. The samples needed, P*,
are those at which the test error falls to a threshold. Networks that do not fit their samples are trained again, for
longer: grammars whose pairs tell little about the class take more updates. Controls are the same strings with their
labels shuffled, and grammars whose pairs tell nothing. Counts of strings, and what pairs of symbols tell about the
class, are exact. See theory/hierarchy/random_hierarchy.py and class_information.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _networks
from experiments.claims.hierarchy._networks import (
    AUTHORS,
    DRAWN,
    LATIN,
    NETWORKS,
    RULES,
    GrammarTask,
    Trained,
    shape_of,
)
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
    """What is trained, and how; see `Trained`.

    Networks that do not fit their samples are trained again from the beginning, with `longer` times the updates.
    """

    network: list[str] = setting(["local", "dense"], choices=NETWORKS, static=True)
    model: list[str] = setting(
        ["4-2-4", "3-3-3", "6-3-3", "6-6-2", "4-4-3", "8-4-3"], choices=_networks.MODELS, static=True
    )
    rules: list[str] = setting([DRAWN, LATIN], choices=tuple(RULES), static=True)
    grammars: int = setting(8, low=1, high=1000, counts="grammar")
    longer: int = setting(4, low=1, high=1000)
    # Latin squares have as many synonyms as symbols. Of two levels n_c m^L is so large a part of all strings that the
    # rest is learned with them.
    where: str = setting(
        f"rules == '{DRAWN}' or (network != 'dense' and grammar < 4 and model in ['3-3-3', '4-4-3', '6-6-3'])"
    )


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
    "grammars": 12,
    "dense_width": 512,
    "most": 64.0,
    **AUTHORS,
    # Shared weights on some models, and Latin squares with 12 grammars as well.
    "where": (
        f"rules == '{DRAWN}' and (network != 'shared' or model in ['4-4-3', '6-3-3', '8-4-3', '8-8-2']) or "
        f"rules != '{DRAWN}' and network == 'local' and model in ['3-3-3', '4-4-3', '6-6-3']"
    ),
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per grammar and number of samples: test errors over chance, of true labels and of shuffled ones."""
    return pd.concat([_curve(unit, i) for i in range(len(unit.cells))], ignore_index=True)


def _curve(unit: Unit, i: int) -> pd.DataFrame:
    model, network, rules, grammar = (unit.cells[name].tolist()[i] for name in ("model", "network", "rules", "grammar"))
    rungs = _networks.ladder(shape_of(model), LEAST, unit.settings.most)
    task = _networks.task_of(unit, model, grammar, rungs[-1], rules)
    # The control's classes belong to the strings, whatever the network and the number of samples.
    rng = random_generator(unit.seed, "shuffled labels", model, grammar)
    classes = task.inputs(task.order)[1]
    labels = np.stack([classes, rng.permutation(classes)])
    rows = []
    for samples in rungs:
        rows.append(_row(unit, network, task, labels, rungs, samples, unit.keys[i]))
        # Beyond what is not fitted nothing counts.
        if rows[-1]["error"] <= LEARNED or rows[-1]["training_error"] > FITS:
            break
    return pd.DataFrame(rows).assign(**unit.cells.iloc[i], **_exact(unit, model, rules, grammar))


def _row(
    unit: Unit, network: str, task: GrammarTask, labels: np.ndarray, rungs: list[int], samples: int, key: np.ndarray
) -> dict[str, float]:
    """Errors of two networks on their samples and on new strings: one of the classes, and one of shuffled labels."""
    x, tests = (task.inputs(some)[0] for some in (task.order[:samples], task.order[rungs[-1] :]))
    new = labels[:, rungs[-1] :]
    for steps in (unit.settings.steps, unit.settings.longer * unit.settings.steps):
        program = _networks.program_of(unit, task.grammar.shape, network, steps)
        outcome = _networks.train(unit, program, x, labels[:, :samples], _networks.rows_of(unit, rungs), key)
        layers = [_networks.layers_of_member(outcome, member) for member in (0, 1)]
        fitted = _networks.test_error(layers[0], x, labels[0, :samples])
        if fitted <= FITS:
            break
    error, control = (_networks.test_error(*one) for one in zip(layers, [tests] * 2, new, strict=True))
    ended = {"loss": float(outcome.loss[0]), "training_error": fitted, "steps": steps}
    return {"samples": samples, "error": error, "control_error": control, **ended}


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again: that of the true labels."""
    again = _networks.train_again(unit, int(row["samples"]), LEAST, 1, int(row["steps"]), unit.static("rules"))
    layers = _networks.layers_of_member(again.outcome, 0)
    error, trained = (_networks.test_error(layers, *strings) for strings in (again.tests, again.samples))
    return Rebuilt(layers, again.curve, {"loss": again.outcome.loss[0], "error": error, "training_error": trained})


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a network does not fit its own samples."""
    return table["training_error"] > FITS


def _exact(unit: Unit, model: str, rules: str, grammar: int) -> dict[str, float]:
    """Counts of a grammar: its strings, and what their pairs of symbols tell about the class."""
    from theory.hierarchy import class_information as exact
    from theory.hierarchy import random_hierarchy as rhm

    drawn, shape = _networks.task_of(unit, model, grammar, 1, rules).grammar, shape_of(model)
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
    found["classes_agree"] = int(exact.classes_agree(counts))
    return {**found, "pair_bits": bits[:, 0].mean(), "lost_bits": np.abs(bits[:, 0] - bits[:, 1]).max()}


def work(unit: Unit) -> Work:
    """All updates of all networks, as if no ladder ended early, and one in four networks were trained for longer."""
    rungs = _networks.ladder(shape_of(unit.static("model")), LEAST, unit.settings.most)
    return _networks.work_of(unit, len(rungs) * (1 + unit.settings.longer / 4), unit.static("network"))
