"""The rules of depth.monomial on planted tables, and a small real run."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import _monomials as monomials
from experiments.claims.depth import _products as products
from experiments.claims.depth import monomial
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts

BOUND, DIGITS = "bound/3/none/exponential", "digits/deep/none/exponential"


def planted(**columns) -> pd.DataFrame:
    """Three monomials without any fault; `columns` replace the columns that are given."""
    table = pd.DataFrame({"exponents": ["4", "8", "16"], "promised": [18.0, 25.0, 32.0], "flat": [5.0, 9.0, 17.0]})
    table = table.assign(
        neurons=[4.0, 8.0, 12.0], carried=2.0, hidden_layers=[2.0, 3.0, 4.0], error=1e-8, possible=True
    )
    table = table.assign(flat_neurons=table["flat"], flat_error=1e-8)
    return table.assign(largest=3, activation="exponential", bias="none").assign(**columns)


def test_planted_truths_are_supported():
    found = verdicts(monomial.judge(planted()))
    assert set(found) == {BOUND, "saves/1", DIGITS, "digits/flat/none/exponential"}
    assert set(found.values()) == {SUPPORTED}


@pytest.mark.parametrize(
    ("columns", "name", "expected"),
    [
        ({"neurons": [4.0, 26.0, 12.0]}, BOUND, INCONCLUSIVE),
        ({"neurons": [18.0, 25.0, 32.0]}, BOUND, SUPPORTED),
        ({"neurons": [18.0, 25.0, 32.0]}, "saves/1", INCONCLUSIVE),
        ({"neurons": [5.0, 8.0, 12.0]}, "saves/1", INCONCLUSIVE),
        ({"error": [1e-8, 1e-8, 0.1]}, DIGITS, CONTRADICTED),
        ({"error": [1e-8, 1e-8, np.inf]}, DIGITS, CONTRADICTED),
        ({"error": [0.1, 1e-8, 1e-8]}, DIGITS, SUPPORTED),
        # An error of exactly three digits counts as three digits.
        ({"error": [1e-8, 1e-8, monomial.ACCURATE]}, DIGITS, SUPPORTED),
        ({"error": [1e-8, 1e-8, 1.001 * monomial.ACCURATE]}, DIGITS, CONTRADICTED),
        ({"flat_error": [1e-8, 0.1, np.nan]}, "digits/flat/none/exponential", CONTRADICTED),
    ],
)
def test_what_a_scheme_does_not_do_others_may_and_what_a_network_does_not_it_does_not(columns, name, expected):
    assert verdicts(monomial.judge(planted(**columns)))[name] == expected


def test_notes_name_the_exponents_that_decide():
    found = {one.claim: one for one in monomial.judge(planted(neurons=[5.0, 26.0, 12.0]))}
    assert "exponents above the bound: (8)" in found[BOUND].notes
    assert "r = 4, 8; fewer for every r tried from 16 on" in found["saves/1"].notes


def test_a_small_run_says_what_is_proved():
    exponents = ["2", "3", "32", "3 3", "1023 1 1"]
    table = measured(monomial, monomial.Settings(exponents=exponents, bias=["none"], points=16))
    found = verdicts(monomial.judge(table))
    assert found[BOUND] == SUPPORTED
    assert found["bound/2/none/exponential"] == SUPPORTED
    assert found["saves/1"] == INCONCLUSIVE
    # The smallest network for x^1023 y z has gates of three numbers with one-sided differences: few digits are right.
    assert found[DIGITS] == CONTRADICTED
    pairs = table[(table["largest"] == 2) & (table["exponents"] == "1023 1 1")].iloc[0]
    assert (pairs["neurons"], pairs["carried"], pairs["promised"]) == (63, 10, 82)
    assert table["flat_neurons"].dropna().eq(table["flat"][table["flat_neurons"].notna()]).all()
    assert set(drawn(monomial, table)) == {"monomial-neurons"}


def test_activations_without_a_gate_are_not_possible():
    table = measured(monomial, monomial.Settings(exponents=["4"], activation=["tanh"], bias=["none"], where=""))
    assert not table["possible"].any()
    assert monomial.judge(table) == []


def test_errors_are_those_of_the_monomial_and_not_of_another():
    x = products.points(2, 16, np.random.default_rng(0))
    network = monomials.deep((3, 2), 3, "exponential", "none", x)
    assert network is not None
    assert network["error"] < 1e-3
    # The error of the neuron sin(x_1) is its largest difference from x_1³ x_2².
    layers = (np.array([[1.0], [0.0]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))
    expected = np.abs(np.sin(x[:, 0]) - x[:, 0] ** 3 * x[:, 1] ** 2).max()
    assert products.error(layers, "sine", x, exponents=(3, 2)) == pytest.approx(expected)


def test_what_is_measured_of_monomials_are_the_largest_ratios_and_the_highest_degree():
    table = planted(error=[0.5, 1e-9, 1e-8], flat_error=[1e-7, 1e-6, np.nan])
    found = quantities(monomial.judge(table))
    assert found[BOUND] == (12 / 32, 4 / 18, 12 / 32, 3)
    assert found["saves/1"] == (8 / 9, 12 / 17, 8 / 9, 3)
    assert found[DIGITS] == (1e-8, 1e-9, 0.5, 3)
    assert found["digits/flat/none/exponential"] == (1e-6, 1e-7, 1e-6, 2)


def test_saving_is_asked_of_equal_exponents_without_biases_and_above_one():
    others = [planted(bias="output"), planted(activation="gelu"), planted(exponents=["1 1", "2 3", "1"])]
    table = pd.concat([planted(exponents=["4", "3 3", "2 2"]), *others], ignore_index=True)
    found = quantities(monomial.judge(table.assign(neurons=table["neurons"] + (table.index > 2))))
    assert {name: samples for name, (*_, samples) in found.items() if name.startswith("saves")} == {
        "saves/1": 1,
        "saves/2": 2,
    }
    # What is not possible, or has gates of two numbers, is asked nothing but the bound.
    assert monomial.judge(planted(possible=False)) == []
    assert set(verdicts(monomial.judge(planted(largest=2)))) == {"bound/2/none/exponential"}
