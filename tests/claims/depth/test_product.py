"""The rules of depth.product on planted tables, and small real runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import _products as products
from experiments.claims.depth import product
from experiments.claims.depth.product.verdicts import ACCURATE
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts
from theory.depth.groups import Layer


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
    four = Layer(8.0, (4,), False)
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
