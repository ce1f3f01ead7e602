"""Gradients by hand, of JAX and by differences: the rule on planted tables, and a small real run."""

import pandas as pd
import pytest

from experiments.claims.anatomy import backprop_equals_gradient
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_gradients(automatic: float, numeric: float = 1e-9, control: float = 1e-3, networks: int = 60):
    facts = {"form": "layered", "activation": "tanh", "edges": 20, "largest": 1.0, "control": control}
    rows = pd.DataFrame({"network": range(networks), "automatic": 1e-16, "numeric": numeric}).assign(**facts)
    rows.loc[0, "automatic"] = automatic
    return rows


@pytest.mark.parametrize(
    ("table", "automatic", "numeric"),
    [
        (planted_gradients(1e-14), SUPPORTED, SUPPORTED),
        (planted_gradients(1e-11), CONTRADICTED, SUPPORTED),
        (planted_gradients(1e-14, numeric=1e-4), SUPPORTED, CONTRADICTED),
        (planted_gradients(1e-14, control=1e-13), INCONCLUSIVE, INCONCLUSIVE),
        (planted_gradients(1e-14, networks=5), INCONCLUSIVE, INCONCLUSIVE),
        # Each limit itself is allowed, and nothing above it.
        (planted_gradients(1e-12, numeric=1e-5), SUPPORTED, SUPPORTED),
        (planted_gradients(1.01e-12, numeric=1.01e-5), CONTRADICTED, CONTRADICTED),
        # The control has to be above the limit, and not at it.
        (planted_gradients(1e-14, control=1e-5), SUPPORTED, INCONCLUSIVE),
        (planted_gradients(1e-14, control=1.01e-5), SUPPORTED, SUPPORTED),
    ],
)
def test_gradients_must_agree_and_the_control_must_not(table, automatic, numeric):
    found = verdicts(backprop_equals_gradient.judge(table))
    assert found == {
        "layered": automatic,
        "differences": numeric,
    }


def test_one_network_with_a_control_that_agrees_is_too_much_and_each_form_is_counted_apart():
    table = planted_gradients(1.0)
    table.loc[5, "control"] = 1e-7
    both = pd.concat([table, planted_gradients(1e-16, networks=40).assign(form="skips")], ignore_index=True)
    judged = backprop_equals_gradient.judge(both)
    assert verdicts(judged) == {"layered": CONTRADICTED, "skips": SUPPORTED, "differences": INCONCLUSIVE}
    found = quantities(judged)
    assert {name: (value, samples) for name, (value, _, _, samples) in found.items()} == {
        "layered": (59 / 60, 60),
        "skips": (1, 40),
        "differences": (1, 100),
    }
    assert "step" in {one.claim: one for one in judged}["differences"].rule
    assert "step" not in {one.claim: one for one in judged}["layered"].rule


def test_the_sentence_is_about_layers_and_networks_without_them_are_a_variant():
    every = [planted_gradients(1e-14).assign(form=form) for form in backprop_equals_gradient.FORMS]
    judged = backprop_equals_gradient.judge(pd.concat(every, ignore_index=True))
    roles = {one.claim: bearing.role for one in judged for bearing in one.bears_on}
    variants = {name for name, role in roles.items() if role == "variant"}
    assert variants == {"skips"}
    assert set(roles) == {"nine-neurons", "layered", "skips", "matrices", "differences"}


def test_gradients_by_hand_are_those_of_jax_and_of_differences():
    settings = backprop_equals_gradient.Settings(form=["skips", "matrices"], activation=["tanh"], networks=2)
    table = measured(backprop_equals_gradient, settings)
    assert table["automatic"].max() < 1e-14
    assert table["numeric"].max() < 1e-7
    assert table["control"].to_numpy() == pytest.approx(1e-3)
    assert set(drawn(backprop_equals_gradient, table)) == {"backprop-equals-gradient"}
