"""Networks on the random hierarchy model: shapes and ladders by hand, tasks that all share, and errors by a loop."""

import itertools

import numpy as np
import pytest

from experiments.claims.hierarchy import _networks as networks
from experiments.claims.hierarchy import random_hierarchy_model
from experiments.claims.hierarchy._samples import samples_needed
from tests.support import units
from theory.hierarchy.random_hierarchy import Shape
from theory.network import parameter_count

SETTINGS = random_hierarchy_model.Settings(model=["3-2-2"], network=["local"], grammars=2, test=10)
UNIT = units(random_hierarchy_model, SETTINGS)[0]


@pytest.mark.parametrize("model", networks.MODELS)
def test_a_model_is_the_numbers_of_its_name(model):
    shape = networks.shape_of(model)
    assert f"{shape.symbols}-{shape.synonyms}-{shape.levels}" == model
    assert shape.classes == shape.symbols
    # No two symbols may share a tuple.
    assert shape.symbols * shape.synonyms <= shape.symbols**shape.tuple_size


def test_sizes_of_a_small_model_by_hand():
    shape = Shape(3, 3, 2, 2)
    # 4 positions of 3 symbols; patches of pairs: 2 of them, then 1, and a read-out.
    expected = {"sizes": (12, 10, 5, 3), "patches": (2, 1, 1), "shared": False}
    assert networks.architecture(shape, "local", 5, 7) == expected
    assert networks.architecture(shape, "shared", 5, 7)["shared"] is True
    assert networks.architecture(shape, "dense", 5, 7) == {"sizes": (12, 7, 3)}
    local, shared = (networks.architecture(shape, kind, 5, 7) for kind in ("local", "shared"))
    counts = [parameter_count(one["sizes"], one["patches"], one["shared"]) for one in (local, shared)]
    # Both patches of the first layer: 6 inputs, 5 channels and their biases; once if they are shared.
    assert counts[0] - counts[1] == 6 * 5 + 5


@pytest.mark.parametrize("model", networks.MODELS)
def test_a_ladder_doubles_and_leaves_strings_for_tests(model):
    shape = networks.shape_of(model)
    rungs = networks.ladder(shape, 0.25, 16.0)
    assert rungs[0] == max(1, shape.deep_samples // 4)
    assert all(b == 2 * a for a, b in itertools.pairwise(rungs[:-1]))
    assert all(networks.NEXT <= b / a <= 2 for a, b in itertools.pairwise(rungs))
    assert rungs[-1] <= (1 - networks.KEPT) * shape.data
    assert rungs[-1] <= 16 * shape.deep_samples


def test_a_task_is_the_same_for_all_networks_and_its_strings_differ():
    shape = networks.shape_of("3-2-2")
    task, again = (networks.task_of(UNIT, "3-2-2", 0, 12) for _ in range(2))
    other = networks.task_of(UNIT, "3-2-2", 1, 12)
    np.testing.assert_array_equal(task.grammar.rules[0], again.grammar.rules[0])
    assert any(not np.array_equal(a, b) for a, b in zip(task.grammar.rules, other.grammar.rules, strict=True))
    # As many as samples and tests need, and no more than there are.
    every = networks.task_of(UNIT, "3-2-2", 0, 1000)
    assert sorted(every.order.tolist()) == list(range(shape.data))
    assert len(task.order) == 12 + SETTINGS.test
    x, classes = every.inputs(every.order)
    assert len(np.unique(x, axis=0)) == shape.data
    assert np.bincount(classes).tolist() == [shape.data // shape.classes] * shape.classes


def test_errors_are_counted_as_a_loop_counts_them():
    rng = np.random.default_rng(0)
    layers = [(rng.normal(size=(4, 6)), rng.normal(size=6)), (rng.normal(size=(6, 3)), rng.normal(size=3))]
    x, classes = rng.normal(size=(60, 4)), rng.integers(0, 3, 60)
    wrong = 0
    for point, own in zip(x, classes, strict=True):
        z = np.maximum(point @ layers[0][0] + layers[0][1], 0) @ layers[1][0] + layers[1][1]
        wrong += int(z[own] < z.max())
    assert networks.test_error(layers, x, classes) == pytest.approx(wrong / 60 / (2 / 3))


@pytest.mark.parametrize(
    ("values", "level", "expected"),
    [
        ([0.9, 0.5, 0.1], 0.5, 20.0),
        ([0.9, 0.5, 0.1], 0.3, 20 * 2**0.5),
        ([0.5, 0.4, 0.1], 0.5, 10.0),
        ([0.9, 0.8, 0.6], 0.5, np.inf),
    ],
)
def test_the_samples_that_a_level_needs_lie_on_a_line_in_their_logarithm(values, level, expected):
    assert samples_needed([10, 20, 40], values, level) == pytest.approx(expected)
