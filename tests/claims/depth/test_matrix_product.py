"""Matrix products as they are, and networks, counts and exponents that are wrong."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import matrix_product
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, verdicts


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


def planted_networks() -> pd.DataFrame:
    """A scheme at three n with up to two recursions; its networks have 0.5 n³ edges at best at the largest n."""
    rows = [(n, layers, recursion) for n in (8, 16, 32) for layers, recursion in ((1, 0), (3, 1), (5, 2))]
    table = pd.DataFrame(rows, columns=["n", "layers", "recursion"])
    share = [1.0, 1.5, 1.25, 1.0, 1.0, 0.75, 1.0, 0.5, 0.625]
    table = table.assign(edges=(share * table["n"] ** 3).astype(int), wires=64, scheme="strassen", equal=True)
    hidden = np.where(table["layers"] == 3, 1.25 * table["n"] ** 3, np.nan)
    return table.assign(exact=True, one_hidden_layer=hidden)


def test_what_is_measured_of_matrix_products_is_the_best_network_at_the_largest_n():
    table = planted_networks()
    judged = matrix_product.judge(table)
    assert quantities(judged) == {
        "equal": (1, 1, 1, 9),
        "flat": (1, 1, 1, 3),
        "saves/strassen": (0.5, 0.5, 0.5, 9),
        # 2048 edges or 3072, and 16384.
        "exponent/strassen": (np.log2(16384 / 3072),) * 3 + (9,),
        "one-hidden-layer/schemes": (1.25, 1.25, 1.25, 3),
        "one-hidden-layer/any": (1.25, 1.25, 1.25, 3),
    }
    wrong = table.assign(equal=[True, False] + 7 * [True], exact=[True, True, False] + 6 * [True])
    assert quantities(matrix_product.judge(wrong))["equal"][0] == pytest.approx(7 / 9)
    more = table.assign(edges=table["edges"] + (table.index == 3))
    assert verdicts(matrix_product.judge(more))["flat"] == CONTRADICTED
    assert quantities(matrix_product.judge(more))["flat"][0] == 4097 / 4096
    cheap = table.assign(one_hidden_layer=table["one_hidden_layer"].mask(table.index == 4, 0.75 * 16**3))
    assert quantities(matrix_product.judge(cheap))["one-hidden-layer/any"][0] == 0.75


@pytest.mark.parametrize(("edges", "expected"), [(32**3 - 1, SUPPORTED), (32**3, CONTRADICTED)])
def test_a_network_saves_from_one_edge_less_on(edges, expected):
    table = planted_networks()
    table.loc[table["n"] == 32, "edges"] = [32**3, edges, 2 * 32**3]
    assert verdicts(matrix_product.judge(table))["saves/strassen"] == expected
    best = matrix_product.verdicts.best(table).set_index("n")
    assert best["share"].to_dict() == {8: 1.25, 16: 0.75, 32: edges / 32**3}
    assert best["free_share"].to_dict() == {8: 1.25 - 1 / 8, 16: 0.75 - 1 / 64, 32: (edges - 64) / 32**3}


@pytest.mark.parametrize(
    ("slope", "expected"),
    [(0.049, SUPPORTED), (-0.049, SUPPORTED), (0.051, INCONCLUSIVE), (0.099, INCONCLUSIVE), (-0.101, CONTRADICTED)],
)
def test_an_exponent_is_right_within_a_twentieth_and_wrong_from_a_tenth_on(slope, expected):
    table = planted_networks()
    edges = 10**12 * 2.0 ** ((np.log2(7) + slope) * (np.log2(table["n"]) - 3))
    assert verdicts(matrix_product.judge(table.assign(edges=edges)))["exponent/strassen"] == expected
