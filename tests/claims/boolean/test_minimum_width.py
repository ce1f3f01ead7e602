"""The census of least widths supports parity and contradicts the construction."""

import numpy as np

from experiments.claims.boolean import (
    minimum_width,
)
from experiments.judging.rules import CONTRADICTED, SUPPORTED
from tests.support import measured, quantities, verdicts
from theory import boolean


def test_the_census_supports_parity_and_contradicts_the_construction():
    table = measured(minimum_width, minimum_width.Settings(n=[1, 2, 3, 4]))
    assert table.groupby("n")["functions"].sum().to_dict() == {n: 2**2**n for n in (1, 2, 3, 4)}
    judged = verdicts(minimum_width.judge(table))
    assert judged == {
        "parity": SUPPORTED,
        "construction-is-optimal": CONTRADICTED,
    }
    small = table[table["n"] <= 2]
    assert verdicts(minimum_width.judge(small))["construction-is-optimal"] == SUPPORTED
    without = table.assign(has_parity=False)
    assert verdicts(minimum_width.judge(without))["parity"] == CONTRADICTED


def test_parity_has_to_be_alone_at_the_largest_width_for_every_n():
    table = measured(minimum_width, minimum_width.Settings(n=[2, 3]))
    worst = table["width"] == table.groupby("n")["width"].transform("max")
    for changes in ({"functions": 4}, {"has_parity": False}, {"width": table["width"] + 1}):
        for n in (2, 3):
            here = worst & (table["n"] == n)
            changed = table.assign(**{name: table[name].mask(here, value) for name, value in changes.items()})
            assert verdicts(minimum_width.judge(changed))["parity"] == CONTRADICTED
    assert set(quantities(minimum_width.judge(table)).values()) == {(3, 3, 3, 16 + 256)}
    # Three bits that needed four units would make the construction optimal.
    four = table.assign(width=table["width"].mask(worst & (table["n"] == 3), 4))
    assert verdicts(minimum_width.judge(four)) == {"parity": CONTRADICTED, "construction-is-optimal": SUPPORTED}
    # Rows in another order say the same.
    assert verdicts(minimum_width.judge(table[::-1])) == verdicts(minimum_width.judge(table))


def test_every_function_of_the_census_is_a_truth_table():
    table = measured(minimum_width, minimum_width.Settings(n=[3]))
    parity = boolean.pack(boolean.functions.parity(3, np.random.default_rng()))
    worst = table.sort_values("width").iloc[-1]
    assert parity in {int(f) for f in worst["examples"].split()} | {255 - int(f) for f in worst["examples"].split()}
