"""What claims of networks on the random hierarchy model share: settings, architectures, and training on P samples.

A *local* network undoes the model's steps one layer at a time: layer l joins s neighbouring positions, with weights of
their own for each patch, or shared ones. A *dense* network has one hidden layer that sees all positions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from experiments.ensemble import fields
from experiments.ensemble.cells import program_with
from experiments.ensemble.tracing import trained_again
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.hierarchy import random_hierarchy as rhm
from theory.hierarchy.random_hierarchy import Grammar, Shape

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program, TrainingOutcome

# Models by symbols = classes, synonyms, levels.
MODELS = ("3-2-3", "3-3-3", "4-2-4", "4-4-3", "5-4-3", "6-3-3", "6-6-2", "6-6-3", "8-4-3", "8-8-2", "8-8-3", "10-10-2")
NETWORKS = ("local", "shared", "dense")
# Rules of a grammar: any, or those of Latin squares, whose pairs tell nothing about the class.
DRAWN, LATIN = "drawn", "latin squares"
RULES = {DRAWN: rhm.draw_grammar, LATIN: rhm.draw_latin}
# Strings are kept for tests: this share of all at least.
KEPT = 0.25
# A ladder ends with its limit where that is so much more than the last rung.
NEXT = 1.2


@dataclass(kw_only=True)
class Trained(ClaimSettings):
    """How networks are trained on strings of the random hierarchy model.

    `model` is symbols = classes, synonyms and levels; tuples are pairs. `width` is the number of channels of a position
    in local networks, `dense_width` the number of hidden units of dense ones. `most` samples are tried at most, in
    units of n_c m^L. Mini-batches are drawn from as many copies of the samples as the largest number of samples needs,
    so that all numbers of samples have equally many updates. `test` strings that are no samples measure the error.
    """

    model: list[str] = setting(["3-3-3"], choices=MODELS, static=True)
    grammars: int = setting(5, low=1, high=1000, counts="grammar")
    width: int = setting(32, low=1, high=4096)
    dense_width: int = setting(256, low=1, high=100_000)
    most: float = setting(16.0, low=0.5, high=4096.0)
    initial_variance: float = setting(0.1, low=1e-6, high=100.0)
    weight_decay: float = setting(0.5, low=0.0, high=100.0)
    learning_rate: float = fields.learning_rate(0.01)
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("cosine")
    batch: int = fields.batch(64)
    steps: int = fields.steps(1000)
    test: int = setting(2000, low=10, high=1_000_000)


# The settings of the authors, with weights of variance 1/inputs. Theirs differ in three points: read-out weights begin
# with the variance 1/width² and not 1/width, rates are divided by the inputs of a layer, and 250 passes are made.
AUTHORS = {
    "width": 64,
    "learning_rate": 0.1,
    "optimizer": "momentum",
    "batch": 128,
    "steps": 10_000,
    "weight_decay": 5e-4,
    "initial_variance": 0.5,
    "test": 20_000,
}
SWITCHES = {
    "activation": "rectifier",
    "inputs": "one-hot, mean 0, variance 1",
    "weights": "normal, variance 2/inputs times initial_variance",
    "loss": "softmax cross-entropy",
    "tuple_size": 2,
}


def shape_of(model: str) -> Shape:
    """The numbers in a model's name."""
    symbols, synonyms, levels = map(int, model.split("-"))
    return Shape(symbols, symbols, synonyms, levels)


def architecture(shape: Shape, network: str, width: int, dense_width: int) -> dict[str, Any]:
    """Sizes and patches of a network, as a `Program` takes them."""
    inputs = shape.positions * shape.symbols
    if network == "dense":
        return {"sizes": (inputs, dense_width, shape.classes)}
    nodes = tuple(reversed(shape.nodes))
    sizes = (inputs, *(width * count for count in nodes), shape.classes)
    return {"sizes": sizes, "patches": (*nodes, 1), "shared": network == "shared"}


def ladder(shape: Shape, least: float, most: float) -> list[int]:
    """Numbers of samples: doublings from `least` n_c m^L to `most` of it, or to all strings that tests leave."""
    limit = min(int(most * shape.deep_samples), int((1 - KEPT) * shape.data))
    rungs = [max(1, int(least * shape.deep_samples))]
    while 2 * rungs[-1] <= limit:
        rungs.append(2 * rungs[-1])
    return rungs if limit < NEXT * rungs[-1] else [*rungs, limit]


class GrammarTask(NamedTuple):
    """A grammar and its strings in an order: the first are the samples, those after the largest number are for tests.

    Attributes:
        grammar: the rules.
        order: numbers of different histories.
    """

    grammar: Grammar
    order: Int[np.ndarray, " data"]

    def inputs(self, numbers: Int[np.ndarray, " data"]) -> tuple[Float[np.ndarray, "data inputs"], np.ndarray]:
        """The inputs of a network, and the classes, of some histories."""
        made = rhm.histories(self.grammar.shape, numbers)
        return rhm.one_hot(rhm.strings(self.grammar, made), self.grammar.shape.symbols), made.classes


def task_of(unit: Unit, model: str, grammar: int, samples: int, rules: str = DRAWN) -> GrammarTask:
    """The grammar of a number, the same for all networks, and as many of its strings as samples and tests need."""
    shape, other = shape_of(model), () if rules == DRAWN else (rules,)
    rng = random_generator(unit.seed, "random hierarchy", model, grammar, *other)
    made = RULES[rules](shape, rng)
    return GrammarTask(made, rhm.draw_different(shape, min(shape.data, samples + unit.settings.test), rng))


def program_of(unit: Unit, shape: Shape, network: str, steps: int) -> "Program":
    """How a network of a kind is trained, in `steps` updates."""
    own = architecture(shape, network, unit.settings.width, unit.settings.dense_width)
    return program_with(unit, **own, activation="rectifier", loss="softmax", stop_when_solved=False, steps=steps)


def train(
    unit: Unit,
    program: "Program",
    x: np.ndarray,
    classes: Int[np.ndarray, "members samples"],
    rows: int,
    key: np.ndarray,
) -> "TrainingOutcome":
    """Networks trained on the same samples, each with classes and initial weights of its own.

    Args:
        unit, program: how.
        x: inputs of the samples.
        classes: of each sample, for each network.
        rows: of the inputs. Copies of samples fill them up, so that all numbers of samples share a compiled program.
        key: of the cell; networks take keys that follow it.
    """
    from experiments import ensemble

    filled, members = _members(unit, len(x), classes, rows, key)
    return ensemble.train_ensemble(program, x[filled], members, unit.engine.layout, unit.engine.chunk)


class Again(NamedTuple):
    """Networks of one row, trained again on their true labels.

    Attributes:
        outcome: how they ended.
        curve: the losses of the first on the way.
        task: their grammar and strings.
        samples, tests: inputs and classes.
    """

    outcome: "TrainingOutcome"
    curve: pd.DataFrame
    task: GrammarTask
    samples: tuple[np.ndarray, np.ndarray]
    tests: tuple[np.ndarray, np.ndarray]


def train_again(unit: Unit, samples: int, least: float, networks: int, steps: int, rules: str = DRAWN) -> Again:
    """So many networks of a unit's one cell again, see `train`.

    Args:
        unit: the one cell.
        samples, steps: of the row.
        least: where the claim's ladder begins.
        networks: how many the row is of.
        rules: of the grammar, a key of `RULES`.
    """
    model, network, grammar = (unit.cells[name].tolist()[0] for name in ("model", "network", "grammar"))
    shape = shape_of(model)
    rungs = ladder(shape, least, unit.settings.most)
    task, program = task_of(unit, model, grammar, rungs[-1], rules), program_of(unit, shape, network, steps)
    x, y = task.inputs(task.order[:samples])
    filled, members = _members(unit, len(x), np.stack([y] * networks), rows_of(unit, rungs), unit.keys[0])
    outcome, curve = trained_again(unit, program, x[filled], members, program.steps)
    return Again(outcome, curve, task, (x, y), task.inputs(task.order[rungs[-1] :]))


def _members(
    unit: Unit, samples: int, classes: np.ndarray, rows: int, key: np.ndarray
) -> tuple[Int[np.ndarray, " rows"], "Members"]:
    """Which sample each row of a program is, and the networks."""
    from experiments import ensemble

    filled = np.arange(rows) % samples
    keys = np.array([key + np.array([0, i], np.uint32) for i in range(len(classes))], np.uint32)
    rates = np.full(len(classes), unit.settings.learning_rate)
    return filled, ensemble.Members(keys, classes[:, filled].astype(float), rates)


def rows_of(unit: Unit, rungs: list[int]) -> int:
    """Rows of a compiled program: a power of two, so that every number of samples fits."""
    return max(1 << (max(rungs) - 1).bit_length(), unit.settings.batch)


def layer_outputs(layers: list[tuple[np.ndarray, np.ndarray]], x: Float[np.ndarray, "data inputs"]) -> list[np.ndarray]:
    """What every layer puts out for every string, the class outputs last: matrix products on the host."""
    found: list[np.ndarray] = []
    z = x
    for W, b in layers:
        z = np.maximum(z, 0) if found else z
        if W.ndim == 2:
            z = z @ W + b
        else:
            patches = z.reshape(len(z), -1, W.shape[1]).swapaxes(0, 1)
            z = (patches @ W + b[:, None]).swapaxes(0, 1).reshape(len(z), -1)
        found.append(z)
    return [*(np.maximum(a, 0) for a in found[:-1]), found[-1]]


def layers_of_member(outcome: "TrainingOutcome", i: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of the layers of the i-th network."""
    return [(np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network]


def test_error(layers: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray, classes: np.ndarray) -> float:
    """Share of strings with the largest output at a wrong class, in units of 1 - 1/n_c, the error by chance."""
    z = layer_outputs(layers, x)[-1]
    return float(np.mean(z.argmax(1) != classes)) / (1 - 1 / z.shape[1])


def work_of(unit: Unit, trainings: float, network: str) -> Work:
    """All updates of some trainings of two networks each."""
    from theory.network import parameter_count

    shape, settings = shape_of(unit.static("model")), unit.settings
    own = architecture(shape, network, settings.width, settings.dense_width)
    updates = 2.0 * trainings * len(unit.cells) * settings.steps
    weights = parameter_count(own["sizes"], own.get("patches", ()))
    return Work(updates, updates * 6.0 * settings.batch * weights)
