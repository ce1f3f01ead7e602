"""What is trained on functions that steps made: examples, errors on the rest, and what is read off ladders."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy import generator_size
from tests.support import units
from theory import boolean
from theory.network import Layer


def curve(errors: list[float], examples: tuple[int, ...] = (16, 32, 64)) -> float:
    rows = pd.DataFrame({"function": 0, "examples": examples, "error": errors})
    return float(generators_of.examples_needed(rows, ["function"]).iloc[0])


@pytest.mark.parametrize(
    ("errors", "bits"),
    [
        ([0.45, 0.25, 0.05], 5.5),
        ([0.25, 0.05, 0.0], 4.5),
        # Within the bound at all, at none, and for the last time.
        ([0.1, 0.05, 0.0], -np.inf),
        ([0.5, 0.4, 0.3], np.inf),
        ([0.1, 0.25, 0.05], 5.5),
        ([0.1, 0.1, 0.2], np.inf),
        ([0.45, 0.15, 0.15], 5.0),
        ([np.nan, 0.1, 0.1], 5.0),
    ],
)
def test_examples_needed_are_where_the_error_crosses_the_bound_for_the_last_time(errors, bits):
    assert curve(errors) == pytest.approx(bits)


@pytest.mark.parametrize(
    ("solved", "bits"), [([0, 1, 1], 1.0), ([1, 1, 1], 0.0), ([1, 0, 1], 2.0), ([1, 1, 0], np.inf), ([0, 0, 0], np.inf)]
)
def test_the_width_needed_is_the_least_from_which_on_all_succeed(solved, bits):
    rows = pd.DataFrame({"function": 0, "width": [1, 2, 4], "solved": np.array(solved, bool)})
    assert generators_of.width_needed(rows, ["function"]).iloc[0] == bits


def test_examples_of_fewer_are_the_first_of_those_of_more_and_functions_depend_on_their_number_alone():
    order = generators_of.example_order(101, 6, 3)
    assert sorted(order.tolist()) == list(range(64))
    assert (order == generators_of.example_order(101, 6, 3)).all()
    assert (order != generators_of.example_order(101, 6, 4)).any()
    made, shuffled = (generators_of.truth_table(101, 6, "gates", 2, 0, role) for role in generators_of.ROLES)
    assert made.sum() == shuffled.sum()
    assert (made != shuffled).any()


def test_answers_are_those_of_the_network_written_out():
    rng = np.random.default_rng(101)
    hidden = Layer(rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 4)))
    output = Layer(rng.normal(size=(2, 4, 1)), rng.normal(size=(2, 1)))
    x = boolean.signed_inputs(3)
    for activation, σ in (("rectifier", lambda a: max(a, 0.0)), ("tanh", np.tanh)):
        found = generators_of.answers((hidden, output), x, activation)
        for member, point in np.ndindex(2, 8):
            z = [σ(sum(x[point, i] * hidden.W[member, i, j] for i in range(3)) + hidden.b[member, j]) for j in range(4)]
            out = sum(z[j] * output.W[member, j, 0] for j in range(4)) + output.b[member, 0]
            assert found[member, point] == (out > 0)


def test_the_error_is_counted_on_the_rest_of_the_domain_alone():
    settings = generator_size.Settings(
        family=["gates"], made=[1], width=[8], examples=[12], functions=3, n=4, steps=300, where=""
    )
    (unit,) = units(generator_size, settings, seed=101)
    table = generator_size.measure(unit)
    assert (table["errors"] == 0).all()
    # Four inputs are left.
    assert set((4 * table["error"]).tolist()) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    made, shuffled = (table.loc[table["role"] == role, "error"].mean() for role in generators_of.ROLES)
    assert made < shuffled


def test_a_row_is_the_same_beside_other_rows():
    settings = generator_size.Settings(
        family=["gates"], made=[1, 2], width=[4], examples=[8], functions=2, n=4, steps=50, where=""
    )
    both = generator_size.measure(units(generator_size, settings, seed=101)[0])
    settings.made = [2]
    alone = generator_size.measure(units(generator_size, settings, seed=101)[0])
    mine = both[both["made"] == 2].reset_index(drop=True)
    assert np.allclose(mine["loss"], alone["loss"], rtol=1e-4)
    assert (mine["error"] == alone["error"]).all()
