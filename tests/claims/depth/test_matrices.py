"""Matrix products and trained butterflies on trial: planted truths and falsehoods get the verdict they deserve."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import hidden_products, matrix_product, trained_butterfly
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, units, verdicts


def outcomes(module, table: pd.DataFrame) -> dict[str, str]:
    return verdicts(module.judge(table))


# Matrix products


@pytest.fixture(scope="module")
def products() -> pd.DataFrame:
    return measured(matrix_product, matrix_product.Settings(n=[8, 16, 32, 64, 128], recursion=[0, 1, 2]))


def test_matrix_products_as_they_are(products):
    assert outcomes(matrix_product, products) == {
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
    assert outcomes(matrix_product, wrong)["equal"] == CONTRADICTED
    fewer = products.assign(edges=products["edges"] - 1)
    assert outcomes(matrix_product, fewer)["flat"] == CONTRADICTED
    cheap = products.assign(one_hidden_layer=0.9 * products["n"] ** 3)
    found = outcomes(matrix_product, cheap)
    assert found["one-hidden-layer/schemes"] == found["one-hidden-layer/any"] == CONTRADICTED


@pytest.mark.parametrize(("exponent", "expected"), [(2.81, SUPPORTED), (2.89, INCONCLUSIVE), (2.95, CONTRADICTED)])
def test_planted_exponents(products, exponent, expected):
    grown = products.assign(edges=(100 * products["n"] ** exponent).astype(int))
    assert outcomes(matrix_product, grown)["exponent/strassen"] == expected


def test_small_matrices_only_are_no_saving():
    table = measured(matrix_product, matrix_product.Settings(n=[8, 16], recursion=[0, 1], scheme=["strassen"]))
    assert outcomes(matrix_product, table)["saves/strassen"] == CONTRADICTED


# Butterflies, trained


def planted_runs(share: float, runs: int = 40, before: float | None = None, **others) -> pd.DataFrame:
    """Runs at two budgets of which a share is found at the good learning rate and none at the bad one; at half of the
    updates another share `before`, if one is given.
    """
    shares = {5: share if before is None else before, 10: share}
    rows = [
        {"N": N, "target": target, "order": order, "learning_rate": rate, "restart": run, "steps": steps}
        | {"floor": floor, "error": 1e-9 if floor == 0 and rate == 0.1 and run % 10 < shares[steps] * 10 else 0.2}
        for target, order, floor in (("fourier", "bit-reversal", 0.0), ("random", "own", 0.15))
        for N in (8, 16)
        for rate in (0.1, 0.7)
        for steps in shares
        for run in range(runs)
    ]
    table = pd.DataFrame(rows).assign(floor_of_all_orders=0.1, **others)
    return table.assign(solved=table["error"] <= trained_butterfly.FOUND)


@pytest.mark.parametrize(("share", "expected"), [(1.0, SUPPORTED), (0.5, INCONCLUSIVE), (0.1, CONTRADICTED)])
def test_planted_success_rates_of_butterflies(share, expected):
    found = outcomes(trained_butterfly, planted_runs(share))
    assert found == {"found/fourier": expected, "published/fourier": SUPPORTED, "floor/random/own": SUPPORTED}


def test_a_rate_that_still_grows_with_the_updates_contradicts_nothing():
    assert outcomes(trained_butterfly, planted_runs(0.2, 80))["found/fourier"] == CONTRADICTED
    assert outcomes(trained_butterfly, planted_runs(0.2, 80, before=0.0))["found/fourier"] == INCONCLUSIVE
    one_budget = planted_runs(0.0)
    one_budget = one_budget[one_budget["steps"] == 10]
    assert outcomes(trained_butterfly, one_budget)["found/fourier"] == INCONCLUSIVE


def test_the_worst_of_all_sizes_decides_and_other_runs_choose_the_rate():
    table = planted_runs(1.0)
    at_16 = (table["N"] == 16) & (table["target"] == "fourier")
    assert outcomes(trained_butterfly, table.assign(solved=table["solved"] & ~at_16))["found/fourier"] == CONTRADICTED
    # The first quarter is lucky at a rate that fails all others.
    lucky = table["learning_rate"].eq(0.7) & table["target"].eq("fourier") & (table["restart"] < 10)
    fooled = table.assign(error=table["error"].mask(lucky, 0.0), solved=table["solved"] | lucky)
    judged = dict(trained_butterfly.at_best(fooled[fooled["target"] == "fourier"]))
    assert set(judged[8]["learning_rate"]) == {0.7}
    assert not judged[8]["solved"].any()


def test_errors_above_published_ones_are_not_found_and_those_below_floors_are_noticed():
    assert outcomes(trained_butterfly, planted_runs(0.0))["published/fourier"] == INCONCLUSIVE
    too_good = planted_runs(1.0, floor=0.3)
    assert outcomes(trained_butterfly, too_good)["floor/random/own"] == CONTRADICTED


def test_butterflies_are_trained_and_made_again_to_the_last_bit():
    settings = {"N": [4], "learning_rate": [0.1], "restarts": 3, "steps": [200], "target": ["fourier", "random"]}
    table = measured(trained_butterfly, trained_butterfly.Settings(**settings))
    reachable = (table["target"] == "fourier") & (table["order"] == "bit-reversal")
    assert table.loc[reachable, "solved"].all()
    assert not table.loc[~reachable, "solved"].any()
    # For N = 4 the floor is the least error there is, and training ends there.
    np.testing.assert_allclose(table["error"], table["floor"], rtol=0.02, atol=1e-4)
    assert set(trained_butterfly.draw(table)) == {"butterfly-errors"}

    unit = units(trained_butterfly, trained_butterfly.Settings(**settings))[1]
    one = dataclasses.replace(unit, cells=unit.cells.iloc[[2]].reset_index(drop=True))
    row = trained_butterfly.measure(unit).iloc[2].to_dict()
    rebuilt = trained_butterfly.rebuild(one, row)
    assert rebuilt.values["loss"] == row["loss"]
    assert rebuilt.curve["loss"].iloc[-1] == row["loss"]
    x = np.random.default_rng(0).standard_normal(4)
    z = np.concatenate([x, np.zeros(4)])
    for W, b in rebuilt.layers:
        z = z @ W + b
    transform = np.fft.fft(x) / 2
    expected = np.concatenate([transform.real, transform.imag])
    distance = np.abs(z - expected).max()
    assert (distance < 1e-4) == bool(row["solved"])


# Hidden products


@pytest.mark.parametrize("method", ["least-squares", "adam"])
def test_hidden_products_are_found_and_made_again_to_the_last_bit(method):
    settings = {"r": [6, 7], "method": [method], "restarts": 12, "iterations": 400, "steps": 800}
    table = measured(hidden_products, hidden_products.Settings(**settings))
    solved = table.groupby("r")["solved"].sum()
    assert (solved[6], solved[7] >= 2) == (0, True)
    assert (table.loc[table["solved"] & (table["r"] == 7), "exact"]).all()
    found = outcomes(hidden_products, table)
    assert found["seven-suffice"] == SUPPORTED
    assert set(hidden_products.draw(table)) == {"hidden-products"}

    unit = units(hidden_products, hidden_products.Settings(**settings))[1]
    best = int(hidden_products.measure(unit)["residual"].argmin())
    one = dataclasses.replace(unit, cells=unit.cells.iloc[[best]].reset_index(drop=True))
    rebuilt = hidden_products.rebuild(one, {})
    assert rebuilt.values["loss"] == hidden_products.measure(unit)["loss"].iloc[best]
    (U, _), (V, _), (W, _) = rebuilt.layers
    A, B = np.random.default_rng(0).standard_normal((2, 2, 2))
    np.testing.assert_allclose(((A.ravel() @ U) * (B.ravel() @ V)) @ W, (A @ B).ravel(), atol=0.05)


@pytest.mark.parametrize(
    ("seven", "six", "expected"),
    [
        (1.0, 0.0, {"found/adam": SUPPORTED, "never-six/adam": SUPPORTED, "whole-numbers": SUPPORTED}),
        (0.5, 0.05, {"found/adam": INCONCLUSIVE, "never-six/adam": INCONCLUSIVE, "whole-numbers": INCONCLUSIVE}),
        (0.8, 0.2, {"found/adam": SUPPORTED, "never-six/adam": CONTRADICTED, "whole-numbers": SUPPORTED}),
        # Of ten schemes, all exact, nothing is known about 95 %.
        (0.1, 0.0, {"found/adam": CONTRADICTED, "never-six/adam": SUPPORTED, "whole-numbers": INCONCLUSIVE}),
    ],
)
def test_planted_success_rates_of_hidden_products(seven, six, expected):
    rows = [
        {"r": r, "method": "adam", "restart": run, "solved": run < share * 100}
        for r, share in ((6, six), (7, seven))
        for run in range(100)
    ]
    table = pd.DataFrame(rows)
    table = table.assign(exact=table["solved"], residual=np.where(table["solved"], 1e-9, 1.0))
    assert outcomes(hidden_products, table) == {"seven-suffice": SUPPORTED, **expected}
    unrounded = outcomes(hidden_products, table.assign(exact=False))
    assert (unrounded["seven-suffice"], unrounded["whole-numbers"]) == (INCONCLUSIVE, CONTRADICTED)
