"""Neuron by neuron, layer by layer and compiled: the rules on planted tables, and a small real run."""

import pandas as pd
import pytest

from experiments.claims.anatomy import layerwise_evaluation
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_evaluations(difference: float, control: float = 1e-6, networks: int = 60, exact: str = "equal"):
    facts = {"activation": "square", "depth": 2, "neurons": 9, "edges": 20, "control": control, "exact": exact}
    rows = pd.DataFrame({"network": range(networks), "by_layer": 1e-16, "compiled": 1e-16}).assign(**facts)
    rows.loc[networks // 2, "compiled"] = difference
    return rows


@pytest.mark.parametrize(
    ("table", "rounded", "exact"),
    [
        (planted_evaluations(1e-15), SUPPORTED, SUPPORTED),
        (planted_evaluations(1e-12), CONTRADICTED, SUPPORTED),
        (planted_evaluations(1e-15, control=1e-15), INCONCLUSIVE, SUPPORTED),
        (planted_evaluations(1e-15, networks=3), INCONCLUSIVE, SUPPORTED),
        # 256 spacings are allowed, and nothing above; the control has to be above.
        (planted_evaluations(256 * 2.0**-52), SUPPORTED, SUPPORTED),
        (planted_evaluations(257 * 2.0**-52), CONTRADICTED, SUPPORTED),
        (planted_evaluations(1e-15, control=256 * 2.0**-52), INCONCLUSIVE, SUPPORTED),
        (planted_evaluations(1e-15, control=257 * 2.0**-52), SUPPORTED, SUPPORTED),
        (planted_evaluations(1e-15, exact="different"), SUPPORTED, CONTRADICTED),
        (planted_evaluations(1e-15, exact="not rational"), SUPPORTED, None),
    ],
)
def test_evaluations_must_agree_and_the_control_must_not(table, rounded, exact):
    found = verdicts(layerwise_evaluation.judge(table))
    assert found["float64"] == rounded
    assert found.get("fractions") == exact


def test_one_network_with_a_control_that_agrees_is_too_much_and_rational_networks_are_counted_apart():
    table = planted_evaluations(1.0)
    assert quantities(layerwise_evaluation.judge(table))["float64"][::3] == (59 / 60, 60)
    table.loc[3, "control"] = 0.0
    table.loc[:9, "exact"] = "not rational"
    table.loc[10:19, "exact"] = "different"
    judged = layerwise_evaluation.judge(table.assign(compiled=0.0))
    assert verdicts(judged) == {"float64": INCONCLUSIVE, "fractions": CONTRADICTED}
    assert quantities(judged)["fractions"] == (0.8, 0.8, 0.8, 50)


def test_networks_are_evaluated_neuron_by_neuron_layer_by_layer_and_compiled():
    settings = layerwise_evaluation.Settings(activation=["tanh", "square"], depth=[2], networks=2, width=3, points=4)
    table = measured(layerwise_evaluation, settings)
    assert table.groupby("activation")["exact"].unique().map(list).to_dict() == {
        "square": ["equal"],
        "tanh": ["not rational"],
    }
    assert table[["by_layer", "compiled"]].to_numpy().max() < 1e-14
    assert table["control"].to_numpy() == pytest.approx(1e-6, rel=1e-3)
    assert set(drawn(layerwise_evaluation, table)) == {"layerwise-evaluation"}
