"""Operations of compiled programs: the rules on planted tables, and a small real run."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from experiments.claims.anatomy import backprop_cost_compiled
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


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
