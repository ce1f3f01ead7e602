"""Networks of few hidden products: what is built, and what is said of it."""

import numpy as np
import pytest

from experiments.claims.depth import few_products
from experiments.ensemble import tracing
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, units, verdicts


@pytest.fixture(scope="module")
def table():
    return measured(few_products, few_products.Settings())


def test_exact_networks_and_those_that_come_near(table):
    judged = few_products.judge(table)
    assert set(verdicts(judged).values()) == {SUPPORTED}
    found = {name: value[0] for name, value in quantities(judged).items()}
    assert found == {
        "exact/2x2-2x2": 7,
        "exact/2x3-3x2": 11,
        "nearly/2x3-3x2": 10,
        "weights-grow/2x3-3x2": pytest.approx(-1 / 3),
        "one-left-out/2x2-2x2": 2,
        "one-left-out/2x3-3x2": 1,
    }
    near = table[table["kind"] == "nearly"].set_index("halvings")
    np.testing.assert_allclose(near["residual"], np.sqrt(8) * 0.5**near.index, rtol=1e-12)
    (drawing,) = few_products.draw(table).values()
    assert "Ten products come within 3e-06" in drawing.title


def test_what_does_not_hold_in_integers_is_not_shown(table):
    judged = verdicts(few_products.judge(table.assign(equations=False)))
    assert {judged[name] for name in ("exact/2x2-2x2", "exact/2x3-3x2", "nearly/2x3-3x2")} == {INCONCLUSIVE}
    left = table.assign(residual=0.0)[table["kind"] == "one-left-out"]
    assert set(verdicts(few_products.judge(left)).values()) == {CONTRADICTED}
    slower = table.assign(largest_weight=table["largest_weight"] ** 1.1)
    assert verdicts(few_products.judge(slower))["weights-grow/2x3-3x2"] == CONTRADICTED


def test_every_network_is_made_again_and_multiplies_or_does_not(table):
    (unit,) = units(few_products, few_products.Settings())
    A, B = (rng.standard_normal(6) for rng in np.random.default_rng(0).spawn(2))
    for row in table[table["product"] == "2x3-3x2"].to_dict("records"):
        again = few_products.rebuild(unit, row)
        assert tracing.differences(row, again) == []
        (U, b), (V, c), (W, d) = again.layers
        off = ((A @ U + b) * (B @ V + c)) @ W + d - (A.reshape(2, 3) @ B.reshape(3, 2)).ravel()
        assert np.linalg.norm(off) <= row["residual"] * np.linalg.norm(A) * np.linalg.norm(B) + 1e-9
