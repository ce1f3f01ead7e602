"""Hidden products: planted rates, and rows made again to the last bit."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import hidden_products
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, units, verdicts


@pytest.mark.parametrize("method", ["least-squares", "adam"])
def test_hidden_products_are_found_and_made_again_to_the_last_bit(method):
    settings: dict[str, Any] = {"r": [6, 7], "method": [method], "restarts": 12, "iterations": 400, "steps": 800}
    table = measured(hidden_products, hidden_products.Settings(**settings))
    solved = table.groupby("r")["solved"].sum()
    assert (solved[6], solved[7] >= 2) == (0, True)
    assert (table.loc[table["solved"] & (table["r"] == 7), "exact"]).all()
    found = verdicts(hidden_products.judge(table))
    assert found["seven-suffice"] == SUPPORTED
    assert set(hidden_products.draw(table)) == {"hidden-products"}

    unit = units(hidden_products, hidden_products.Settings(**settings))[1]
    best = int(hidden_products.measure(unit)["residual"].argmin())
    one = unit.with_cells(unit.cells.iloc[[best]].reset_index(drop=True))
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
        # Ten schemes that are all exact prove nothing about 95 %.
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
    assert verdicts(hidden_products.judge(table)) == {"seven-suffice": SUPPORTED, **expected}
    unrounded = verdicts(hidden_products.judge(table.assign(exact=False)))
    assert (unrounded["seven-suffice"], unrounded["whole-numbers"]) == (INCONCLUSIVE, CONTRADICTED)


@pytest.mark.parametrize(
    ("share", "name", "expected"),
    [
        # Exact intervals of 100 runs: 61 lie above one half, 60 do not; 39 lie below, 40 do not.
        (0.61, "found/adam", SUPPORTED),
        (0.6, "found/adam", INCONCLUSIVE),
        (0.4, "found/adam", INCONCLUSIVE),
        (0.39, "found/adam", CONTRADICTED),
    ],
)
def test_seven_products_are_found_in_more_than_half_of_all_runs(share, name, expected):
    table = pd.DataFrame({"r": 7, "method": "adam", "restart": range(100), "residual": 1.0})
    table = table.assign(solved=table["restart"] < 100 * share, exact=table["restart"] < 5)
    judged = hidden_products.judge(table)
    assert verdicts(judged)[name] == expected
    found = quantities(judged)
    assert found["seven-suffice"] == (5, 5, 5, 100)
    assert found["whole-numbers"][::3] == (pytest.approx(5 / (100 * share)), 100 * share)
    assert "whole-numbers" not in verdicts(hidden_products.judge(table.assign(solved=False)))


@pytest.mark.parametrize(
    ("runs", "solved", "expected"),
    # Of 72 runs without a success the interval ends below 5 %, of 71 above; 11 of 100 are certainly more, 10 are not.
    [(72, 0, SUPPORTED), (71, 0, INCONCLUSIVE), (100, 11, CONTRADICTED), (100, 10, INCONCLUSIVE)],
)
def test_six_products_are_found_in_fewer_than_a_twentieth(runs, solved, expected):
    six = pd.DataFrame({"r": 6, "method": "adam", "restart": range(runs), "residual": 1.0, "exact": False})
    judged = hidden_products.judge(six.assign(solved=six["restart"] < solved))
    assert verdicts(judged) == {"never-six/adam": expected}
    # The same of finding whole numbers, the other way round.
    seven = six.assign(r=7, solved=True, exact=six["restart"] >= solved)
    assert verdicts(hidden_products.judge(seven))["whole-numbers"] == expected
