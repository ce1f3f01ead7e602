"""Matrix products as they are, and networks, counts and exponents that are wrong."""

import pandas as pd
import pytest

from experiments.claims.depth import matrix_product
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts


@pytest.fixture(scope="module")
def products() -> pd.DataFrame:
    return measured(matrix_product, matrix_product.Settings(n=[8, 16, 32, 64, 128], recursion=[0, 1, 2]))


def test_matrix_products_as_they_are(products):
    assert verdicts(matrix_product.judge(products)) == {
        "equal": SUPPORTED,
        "flat": SUPPORTED,
        "saves/naive": CONTRADICTED,
        "exponent/naive": SUPPORTED,
        "saves/strassen": SUPPORTED,
        "exponent/strassen": INCONCLUSIVE,
        "saves/winograd": SUPPORTED,
        "exponent/winograd": INCONCLUSIVE,
        "one-hidden-layer/schemes": SUPPORTED,
        "one-hidden-layer/any": INCONCLUSIVE,
    }
    assert set(matrix_product.draw(products)) == {"matrix-product-edges"}


def test_wrong_networks_other_counts_and_a_cheap_hidden_layer_are_noticed(products):
    wrong = products.assign(equal=products.index != 3)
    assert verdicts(matrix_product.judge(wrong))["equal"] == CONTRADICTED
    fewer = products.assign(edges=products["edges"] - 1)
    assert verdicts(matrix_product.judge(fewer))["flat"] == CONTRADICTED
    cheap = products.assign(one_hidden_layer=0.9 * products["n"] ** 3)
    found = verdicts(matrix_product.judge(cheap))
    assert found["one-hidden-layer/schemes"] == found["one-hidden-layer/any"] == CONTRADICTED


@pytest.mark.parametrize(("exponent", "expected"), [(2.81, SUPPORTED), (2.89, INCONCLUSIVE), (2.95, CONTRADICTED)])
def test_planted_exponents(products, exponent, expected):
    grown = products.assign(edges=(100 * products["n"] ** exponent).astype(int))
    assert verdicts(matrix_product.judge(grown))["exponent/strassen"] == expected


def test_small_matrices_only_are_no_saving():
    table = measured(matrix_product, matrix_product.Settings(n=[8, 16], recursion=[0, 1], scheme=["strassen"]))
    assert verdicts(matrix_product.judge(table))["saves/strassen"] == CONTRADICTED
