"""Operations of compiled programs: the rules on planted tables, and a small real run."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from experiments.claims.anatomy import backprop_cost_compiled
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_compiled(ratio, slope: float = 1.0) -> pd.DataFrame:
    edges = np.array([10.0, 100.0, 1000.0])
    rows = {"edges": edges, "forward": edges, "with_gradient": ratio(edges) * edges, "by_hand": 2 * edges}
    return pd.DataFrame({**rows, "differences": edges ** (1 + slope), "depth": 1, "width": [1, 10, 100]})


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (planted_compiled(lambda edges: 2.5 + 0 * edges), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: 5.1 + 0 * edges), (CONTRADICTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: edges**0.2), (INCONCLUSIVE, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges, slope=0.5), (SUPPORTED, SUPPORTED, CONTRADICTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges).head(1), (INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE)),
        # The bound itself is allowed; slopes just inside and just outside.
        (planted_compiled(lambda edges: 5.0 + 0 * edges), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: edges**0.099), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: edges**0.101), (INCONCLUSIVE, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges, slope=0.91), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges, slope=0.89), (SUPPORTED, SUPPORTED, CONTRADICTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges, slope=1.09), (SUPPORTED, SUPPORTED, SUPPORTED)),
        (planted_compiled(lambda edges: 2 + 0 * edges, slope=1.11), (SUPPORTED, SUPPORTED, CONTRADICTED)),
    ],
)
def test_compiled_costs_are_judged_by_ratio_and_slope(table, expected):
    assert tuple(verdicts(backprop_cost_compiled.judge(table)).values()) == expected


def test_what_is_measured_of_compiled_costs_is_the_largest_ratio_and_a_slope():
    table = planted_compiled(lambda edges: 1.0 + (edges == 100), slope=0.95)
    table.loc[1, "differences"] = np.nan
    found = quantities(backprop_cost_compiled.judge(table.assign(forward=table["forward"] / 2)))
    assert found["with-gradient"] == (4, 4, 4, 3)
    assert found["by-hand"] == (4, 4, 4, 3)
    assert found["differences"] == pytest.approx((0.95, 0.95, 0.95, 2))
    # Few weights that are shared take many operations: weights and operations are not the same number.
    few = table.assign(edges=table["edges"] ** 0.5)
    assert backprop_cost_compiled.slope(few, "by_hand") == pytest.approx(0.0)
    assert backprop_cost_compiled.slope(few.dropna(), "differences") == pytest.approx(1.9)


def test_compiled_operations_are_those_of_the_matrix_products():
    def product(W, x):
        return x @ W

    shapes = jax.ShapeDtypeStruct((8, 16), jnp.float32), jax.ShapeDtypeStruct((8,), jnp.float32)
    assert backprop_cost_compiled.operations_of(product, *shapes) == pytest.approx(2 * 8 * 16, rel=0.1)
    settings = backprop_cost_compiled.Settings(depth=[1], width=[4, 32], most_differences=100)
    table = measured(backprop_cost_compiled, settings)
    assert (table["forward"] / table["edges"]).between(1.8, 2.5).all()
    assert table["differences"].notna().tolist() == [True, False]
    assert set(drawn(backprop_cost_compiled, table)) == {"backprop-cost-compiled"}
