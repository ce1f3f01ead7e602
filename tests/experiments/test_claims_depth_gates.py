"""Rules of the claims about products, sawtooths, pieces and linear networks on planted tables; small real runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import (
    linear_collapse,
    pieces,
    product,
    product_bound,
    product_gate,
    sawtooth,
)
from experiments.drawing import house_style
from experiments.plan import make_plan
from experiments.settings import RunSettings
from experiments.statistics import line_slope, mean_interval
from experiments.verdict import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from theory.depth.groups import Layer


def units(module, settings) -> list:
    claim = module.__name__.rsplit(".", 1)[1].replace("_", "-")
    return make_plan(RunSettings(sweep={claim: settings}, family="depth", name="depth"))


def measured(module, settings) -> pd.DataFrame:
    return pd.concat([module.measure(unit) for unit in units(module, settings)], ignore_index=True)


def verdicts(found) -> dict[str, str]:
    assert all(one.low <= one.measured <= one.high for one in found if np.isfinite(one.measured))
    return {one.claim.split("/", 1)[1]: one.verdict for one in found}


def drawn(module, table: pd.DataFrame) -> set[str]:
    with house_style():
        drawings = module.draw(table)
    assert all(len(drawing.numbers) for drawing in drawings.values())
    return set(drawings)


def test_slopes_and_means_have_students_intervals():
    x = np.arange(5.0)
    wiggle = np.array([0.1, -0.1, 0.0, -0.1, 0.1])
    slope, low, high = line_slope(x, 2 * x + wiggle)
    assert low < 2 < high
    assert slope == pytest.approx(2)
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    # t with two degrees of freedom: 4.3027 times 1 / √3.
    assert (mean, high - mean, mean - low) == pytest.approx((2, 4.30265 / 3**0.5, 4.30265 / 3**0.5), rel=1e-5)


def planted_gate(p=2.0, q=2.0, neurons=4, least=None, built=True, shift=1.0, bias="none") -> pd.DataFrame:
    rows = []
    for precision, unit in (("float32", 2.0**-24), ("float64", 2.0**-53)):
        for activation in ("a", "b", "c"):
            octaves = np.arange(-28, 0.5, 0.5)
            scale, R = 2.0**octaves, unit
            best = (R * 2 / 2) ** 0.25
            error = shift * (scale**p + R * scale**-q) if built else np.ones(len(scale))
            facts = {"precision": precision, "activation": activation, "bias": bias, "neurons": neurons}
            facts |= {"least": neurons if least is None else least}
            model = {"C": 1.0, "p": 2, "R": R, "q": 2, "S": 0.0, "s": 1}
            model = {f"model_{name}": value if built else np.nan for name, value in model.items()}
            facts |= {"built": built, "best_scale": best if built else np.nan, **model}
            rows.append(pd.DataFrame({"log2_scale": octaves, "error": error}).assign(**facts))
    return pd.concat(rows, ignore_index=True)


def test_gates_that_go_as_planted_are_supported():
    found = verdicts(product_gate.judge(planted_gate()))
    assert set(found.values()) == {SUPPORTED}
    assert set(found) >= {"slope/truncation/+2", "slope/rounding/-2", "best/scale", "best/error", "best/exponent"}


@pytest.mark.parametrize(
    ("planted", "name", "expected"),
    [
        ({"p": 1.0}, "slope/truncation/+2", CONTRADICTED),
        ({"q": 1.0}, "slope/rounding/-2", CONTRADICTED),
        ({"q": 1.0}, "best/exponent", CONTRADICTED),
        ({"shift": 20.0}, "best/error", CONTRADICTED),
        ({"shift": 20.0}, "best/scale", SUPPORTED),
        ({"neurons": 5}, "multiplies/none/a", CONTRADICTED),
        ({"built": False}, "multiplies/none/a", CONTRADICTED),
        ({"bias": "hidden", "neurons": 2}, "multiplies/hidden/a", SUPPORTED),
        ({"bias": "hidden", "neurons": 3}, "multiplies/hidden/a", CONTRADICTED),
        # That a smaller one was not found contradicts nothing.
        ({"bias": "hidden", "neurons": 3, "least": 2}, "multiplies/hidden/a", INCONCLUSIVE),
        ({"shift": 1e6}, "multiplies/none/a", INCONCLUSIVE),
    ],
)
def test_gates_that_do_otherwise(planted, name, expected):
    assert verdicts(product_gate.judge(planted_gate(**planted)))[name] == expected


def test_nothing_about_gates_is_left_to_chance_and_eq_11_is_cited_for_what_it_assumes():
    found = product_gate.judge(pd.concat([planted_gate(), planted_gate(bias="hidden", neurons=2)]))
    assert {one.evidence for one in found} == {"exact"}
    sources = {one.claim.split("/")[2]: one.source for one in found if "/multiplies/" in one.claim}
    assert (sources["none"], sources["hidden"]) == (product_gate.SOURCE, product_gate.OURS)
    odd = product_gate.judge(planted_gate(built=False))
    assert odd[0].source == product_gate.OURS


def test_small_gates_are_built_judged_and_drawn():
    octaves = [float(k) for k in range(-26, 1)]
    settings = product_gate.Settings(activation=["gelu", "tanh"], precision=["float64"], log2_scale=octaves)
    table = measured(product_gate, settings)
    found = verdicts(product_gate.judge(table))
    assert found["multiplies/hidden/gelu"] == found["multiplies/none/gelu"] == SUPPORTED
    assert found["multiplies/none/tanh"] == found["multiplies/hidden/tanh"] == CONTRADICTED
    # Odd networks: whatever the weights, an error of 1.
    assert (table.loc[~table["built"], "error"] >= 1 - 1e-9).all()
    assert drawn(product_gate, table) == {"gate-error"}


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
        # More neurons than promised are no proof that as many do not suffice.
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
    # Eq. 28 is cited for bias-free neurons without vanishing Taylor coefficients, and for no others.
    cited = {
        one.claim.split("/", 1)[1]
        for one in product.judge(table)
        if "eq. 28" in one.source and "ours" not in one.source
    }
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
    assert drawn(product, table) == {"product-neurons", "product-error"}


def test_wide_networks_are_evaluated_in_parts_to_the_same_result(monkeypatch):
    settings = product.Settings(n=[4], layers=[1], activation=["gelu"], bias=["hidden"])
    whole = measured(product, settings)["error"].iloc[0]
    monkeypatch.setattr(product.products, "BLOCK", 3)
    assert measured(product, settings)["error"].iloc[0] == pytest.approx(whole, rel=2)
    four = Layer(8.0, (4,), False)
    assert (
        len(list(product.products._parts(product.products.network_of((four,), "gelu", "hidden", 1.0, True).layers)))
        == 3
    )


def test_bounds_are_judged_by_solutions():
    settings = product_bound.Settings(exponents=["1 1", "2 1"], choice=["every", "random", "signs"], trials=3)
    table = measured(product_bound, settings)
    found = verdicts(product_bound.judge(table))
    assert set(found) == {"all", "not-0", "highest", "moving/suffice", "moving/needed"}
    assert set(found.values()) == {SUPPORTED}
    fixed = ("all", "not-0", "highest")
    for column, wrong, expected in (("solutions", 1, CONTRADICTED), ("solved_with_bound", False, INCONCLUSIVE)):
        spoiled = verdicts(product_bound.judge(table.assign(**{column: wrong})))
        assert {spoiled[name] for name in fixed} == {expected}
    assert verdicts(product_bound.judge(table.assign(left_near=table["left_far"])))["moving/suffice"] == INCONCLUSIVE
    assert verdicts(product_bound.judge(table.assign(flattening=1)))["moving/needed"] == INCONCLUSIVE
    # Only tries with free biases count for the sentence about these: 15 times every choice of one direction, 6 others.
    tried = {one.claim.split("/")[1]: one.samples for one in product_bound.judge(table)}
    assert tried["highest"] == table.loc[table["switch"] == "highest", "tried"].sum() < table["tried"].sum() / 3
    assert "(2 1) 2 for 3" in next(one.rule for one in product_bound.judge(table) if "suffice" in one.claim)
    assert drawn(product_bound, table) == {"product-bound"}


def test_sawtooths_are_exact_and_one_bit_is_told():
    table = measured(sawtooth, sawtooth.Settings(k=[1, 2, 5]))
    assert set(verdicts(sawtooth.judge(table)).values()) == {SUPPORTED}
    for column, wrong in (("difference", 2.0**-52), ("pieces", 1.0), ("neurons", 99.0)):
        spoiled = table.assign(**{column: table[column].where(table["k"] != 5, wrong)})
        assert verdicts(sawtooth.judge(spoiled))["exact/deep"] == CONTRADICTED
    assert drawn(sawtooth, table) == {"sawtooth-neurons"}


def test_pieces_keep_their_bound_and_more_would_be_noticed():
    table = measured(pieces, pieces.Settings(width=[2, 3], layers=[1, 2, 3], draws=3))
    found = verdicts(pieces.judge(table))
    assert (found["bound"], found["attained"], found["narrow"]) == (SUPPORTED, SUPPORTED, SUPPORTED)
    assert verdicts(pieces.judge(table.assign(pieces=table["bound"] + 1)))["bound"] == CONTRADICTED
    many = verdicts(pieces.judge(table.assign(pieces=table["bound"])))
    assert many["random"] == CONTRADICTED
    assert many["narrow"] == CONTRADICTED
    fewer = table.assign(pieces=table["pieces"] - 1)
    assert verdicts(pieces.judge(fewer))["attained"] == INCONCLUSIVE
    # A narrow network says nothing about wide ones.
    assert "attained" not in verdicts(pieces.judge(table[table["network"] == "sawtooth"]))
    assert drawn(pieces, table) == {"pieces-depth"}


def test_linear_networks_collapse_and_rectifiers_do_not():
    table = measured(linear_collapse, linear_collapse.Settings(layers=[1, 3], width=[2, 4], draws=3))
    assert set(verdicts(linear_collapse.judge(table)).values()) == {SUPPORTED}
    for column, wrong in (("equal", False), ("of_bound", 1.5), ("bent", False), ("rank", 3)):
        spoiled = verdicts(linear_collapse.judge(table.assign(**{column: wrong})))
        assert list(spoiled.values()).count(CONTRADICTED) == 1
    assert drawn(linear_collapse, table) == {"linear-parameters"}
