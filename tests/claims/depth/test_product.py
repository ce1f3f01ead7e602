"""The rules of depth.product on planted tables, and small real runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import _products as products
from experiments.claims.depth import product
from experiments.claims.depth.product.verdicts import ACCURATE
from experiments.ensemble import single, tracing
from experiments.errors import UserError
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, units, verdicts
from theory.depth.groups import GateLayer


def planted_product(share=1.0, least=1.0, possible=True, error=1e-6, extra=0, bias="none") -> pd.DataFrame:
    rows = []
    for n in (2, 3, 4, 8):
        flat = {"n": n, "layers": 1, "promised": 2.0**n, "least": least * 2**n, "neurons": share * 2**n}
        deep = flat | {"layers": int(np.ceil(np.log2(n))), "neurons": 4.0 * (n - 1) + extra}
        rows += [flat | {"error": error}, *([deep | {"error": 1e-9}] if n > 2 else [])]
    facts = {"activation": "exponential", "bias": bias, "possible": possible, "groups": "", "predicted": 1e-6}
    return pd.DataFrame(rows).assign(**facts)


def test_products_as_planted():
    found = verdicts(product.judge(planted_product()))
    assert found["suffices/none/exponential"] == found["needed/none/exponential"] == SUPPORTED
    assert found["tree"] == found["digits/flat"] == found["digits/deep"] == SUPPORTED


@pytest.mark.parametrize(
    ("planted", "name", "expected"),
    [
        ({"share": 0.75, "least": 0.75}, "needed/none/exponential", CONTRADICTED),
        ({"share": 0.5, "least": 0.5}, "exponential", SUPPORTED),
        ({"share": 0.25, "least": 0.25}, "exponential", CONTRADICTED),
        ({"least": 0.5}, "needed/none/exponential", INCONCLUSIVE),
        ({"share": 2.0}, "suffices/none/exponential", INCONCLUSIVE),
        ({"possible": False}, "suffices/none/exponential", INCONCLUSIVE),
        ({"possible": False, "bias": "output"}, "possible/output/exponential", CONTRADICTED),
        ({"bias": "output"}, "possible/output/exponential", SUPPORTED),
        ({"bias": "output"}, "fewer/output/exponential", CONTRADICTED),
        ({"bias": "output", "share": 0.75, "least": 0.75}, "fewer/output/exponential", SUPPORTED),
        ({"bias": "output", "least": 0.75}, "fewer/output/exponential", INCONCLUSIVE),
        ({"error": 0.1}, "digits/flat", CONTRADICTED),
        ({"error": 0.1}, "digits/as-predicted", CONTRADICTED),
        # More neurons than promised do not prove that fewer are not enough.
        ({"extra": 1}, "tree", INCONCLUSIVE),
        ({"extra": 100}, "between", INCONCLUSIVE),
    ],
)
def test_products_that_do_otherwise(planted, name, expected):
    assert verdicts(product.judge(planted_product(**planted)))[name] == expected


def test_small_products_are_built_counted_and_drawn():
    settings = product.Settings(n=[2, 3, 4], activation=["exponential", "gelu"], bias=["none", "output", "hidden"])
    table = measured(product, settings)
    found = verdicts(product.judge(table))
    assert found["needed/none/exponential"] == SUPPORTED
    assert found["fewer/output/exponential"] == found["fewer/hidden/gelu"] == SUPPORTED
    assert found["possible/none/gelu"] == CONTRADICTED
    # Eq. 28 is cited only for bias-free neurons without vanishing Taylor coefficients.
    cited = {one.claim for one in product.judge(table) if "eq. 28" in one.source and "ours" not in one.source}
    assert cited >= {"suffices/none/exponential", "needed/none/exponential"}
    assert not any(name.startswith(("possible", "fewer")) for name in cited)
    trees = table[(table["bias"] == "none") & (table["activation"] == "exponential")]
    assert trees.set_index(["n", "layers"])["neurons"].to_dict() == {
        (2, 1): 4,
        (3, 1): 8,
        (3, 2): 9,
        (4, 1): 16,
        (4, 2): 11,
    }
    assert (table.loc[table["possible"], "error"] < 0.02).all()
    assert set(drawn(product, table)) == {"product-neurons", "product-error"}


def test_wide_networks_are_evaluated_in_parts_to_the_same_result(monkeypatch):
    settings = product.Settings(n=[4], layers=[1], activation=["gelu"], bias=["hidden"])
    whole = measured(product, settings)["error"].iloc[0]
    monkeypatch.setattr(products, "BLOCK", 3)
    assert measured(product, settings)["error"].iloc[0] == pytest.approx(whole, rel=2)
    four = GateLayer(8.0, (4,), False)
    assert len(list(products._parts(products.network_of((four,), "gelu", "hidden", 1.0, True).layers))) == 3


@pytest.mark.parametrize(
    ("planted", "name", "expected"),
    [
        # An error of exactly three digits counts as three digits.
        ({"error": ACCURATE}, "digits/flat", SUPPORTED),
        ({"error": 1.001 * ACCURATE}, "digits/flat", CONTRADICTED),
        ({"error": 4.99e-6}, "digits/as-predicted", SUPPORTED),
        ({"error": 5.01e-6}, "digits/as-predicted", CONTRADICTED),
        ({"share": 1 - 1e-9, "least": 1 - 1e-9}, "needed/none/exponential", CONTRADICTED),
        ({"bias": "output", "share": 1 - 1e-9, "least": 0.5}, "fewer/output/exponential", SUPPORTED),
        ({"extra": 0}, "tree", SUPPORTED),
    ],
)
def test_borders(planted, name, expected):
    # The geometric mean of equal ratios may differ from them in the last bit, which `verdicts` would refuse.
    assert next(one for one in product.judge(planted_product(**planted)) if one.claim == name).verdict == expected


def test_what_is_measured_of_products_are_the_least_and_largest_ratios():
    table = planted_product()
    flat = table["layers"] == 1
    table.loc[flat, "neurons"] = [4.0, 10.0, 16.0, 320.0]
    table.loc[flat, "least"] = [4.0, 8.0, 12.0, 256.0]
    table.loc[flat, "error"] = [1e-6, 4e-6, 1e-6, 1e-2]
    table.loc[flat, "predicted"] = [2e-6, 1e-6, 1e-6, 1e-2]
    table.loc[~flat, "neurons"] = [7.0, 13.0, 28.0]
    found = quantities(product.judge(table))
    assert found["suffices/none/exponential"] == (0.5, 0.5, 0.5, 4)
    assert verdicts(product.judge(table))["suffices/none/exponential"] == INCONCLUSIVE
    assert found["needed/none/exponential"] == (0.75, 0.75, 1.0, 4)
    assert found["exponential"] == (2.0, 2.0, 2.0, 4)
    assert found["tree"] == (1.0, -1.0, 1.0, 4)
    # Formulas of 3 and 4 numbers in two layers, of 8 in three.
    formulas = [3**0.5 * 2**3**0.5, 4**0.5 * 2**2, 8 ** (2 / 3) * 2**2]
    ratios = np.array([7, 13, 28]) / formulas
    assert found["between"] == pytest.approx((ratios.max(), ratios.min(), ratios.max(), 3))
    assert found["digits/flat"] == (1e-2, 1e-2, 1e-2, 1)
    assert found["digits/deep"][::3] == (1e-9, 1)
    assert found["digits/as-predicted"] == pytest.approx((2**0.25, 0.5, 4.0, 4))


def test_what_is_measured_with_biases_is_the_smallest_network_and_what_is_proved():
    table = planted_product(bias="output", least=0.5)
    flat = table["layers"] == 1
    table.loc[flat, "neurons"] = [4.0, 6.0, 16.0, 256.0]
    table.loc[table.index[flat][3], "possible"] = False
    found = quantities(product.judge(table))
    assert found["fewer/output/exponential"] == (0.75, 0.5, 0.75, 3)
    assert found["possible/output/exponential"] == (0.75, 0.75, 0.75, 4)


@pytest.mark.parametrize(("share", "expected"), [(1.999, SUPPORTED), (2.001, INCONCLUSIVE)])
def test_layers_between_have_at_most_twice_the_formula(share, expected):
    table = planted_product()
    deep = (table["layers"] == 3) & (table["n"] == 8)
    table.loc[deep, "neurons"] = share * 8 ** (2 / 3) * 2**2
    assert verdicts(product.judge(table))["between"] == expected


@pytest.mark.parametrize(
    ("least", "neurons", "expected"),
    [
        ([2.0, 4.0], [2.0, 8.0], SUPPORTED),
        # One n for which less is proved, or no network of that size.
        ([2.0, 3.99], [2.0, 8.0], INCONCLUSIVE),
        ([2.0, 4.0], [2.01, 8.0], INCONCLUSIVE),
        ([1.0, 2.0], [1.99, 8.0], CONTRADICTED),
    ],
)
def test_half_of_two_to_the_n_is_needed_for_every_n_and_enough_for_one(least, neurons, expected):
    table = planted_product()
    flat = table[(table["layers"] == 1) & (table["n"] <= 3)].assign(least=least, neurons=neurons)
    both = pd.concat([flat, table[(table["layers"] > 1) & (table["n"] == 3)]], ignore_index=True)
    assert verdicts(product.judge(both))["exponential"] == expected


def test_trees_have_no_more_layers_than_a_binary_tree_and_no_biases():
    table = planted_product()
    deeper = table[table["n"] == 4].assign(layers=3, neurons=1.0)
    biased = table[table["n"] == 4].assign(bias="hidden", neurons=2.0)
    other = table[table["n"] == 4].assign(activation="gelu", neurons=3.0)
    found = quantities(product.judge(pd.concat([table, deeper, biased, other], ignore_index=True)))
    assert found["tree"] == (0, 0, 0, 4)
    # A network that cannot be is none.
    without = table.assign(possible=table["layers"] == 1)
    assert "between" not in quantities(product.judge(without))
    assert quantities(product.judge(without))["tree"] == (2**8 - 28, 0, 2**8 - 28, 4)


def test_networks_are_made_again_at_their_best_scale_unless_they_are_too_large():
    settings = product.Settings(n=[3, 5], layers=[1, 2], activation=["gelu"], bias=["hidden"])
    (unit,) = units(product, settings)
    for row in product.measure(unit).to_dict("records"):
        again = product.rebuild(unit, row)
        assert tracing.differences(row, again) == []
        assert {"neurons", "predicted", "error"} == set(again.values)
        x = np.full((1, row["n"]), -1.0)
        assert abs(single.evaluate(again.layers, x, "gelu").item() + 1) <= 2 * row["error"]
    with pytest.raises(UserError, match="no network of at most 16,384 neurons"):
        product.rebuild(unit, {"n": 16, "layers": 1})
