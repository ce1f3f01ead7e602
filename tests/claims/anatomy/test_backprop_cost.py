"""Operations that are counted: the rules on planted tables, and small real runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.anatomy import backprop_cost
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_cost(backward, differences=lambda edges: edges + 1.0, wrong: int = 0) -> pd.DataFrame:
    edges = np.array([10, 100, 1000, 10_000])
    forward = 2 * edges
    counts = {"forward": forward, "backward": backward(edges) * forward, "evaluation": forward + 3}
    counts["differences"] = differences(edges) * counts["evaluation"]
    formulas = {"forward_formula": forward, "backward_formula": backward(edges) * forward + wrong}
    return pd.DataFrame({"form": "layered", "outputs": 1, "size": edges, "edges": edges, **counts, **formulas})


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (planted_cost(lambda edges: 1.5 + 0 * edges), (SUPPORTED, SUPPORTED)),
        (planted_cost(lambda edges: 2.0 + 0 * edges), (CONTRADICTED, SUPPORTED)),
        (planted_cost(lambda edges: 1.99 + 0 * edges), (SUPPORTED, SUPPORTED)),
        (planted_cost(lambda edges: edges**0.5 / 100), (INCONCLUSIVE, SUPPORTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, wrong=1), (INCONCLUSIVE, SUPPORTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**0.5), (SUPPORTED, CONTRADICTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges).head(1), (INCONCLUSIVE, INCONCLUSIVE)),
        # Slopes just inside and just outside of what is called constant and linear.
        (planted_cost(lambda edges: 0.5 * edges**0.099), (SUPPORTED, SUPPORTED)),
        (planted_cost(lambda edges: 0.5 * edges**0.101), (INCONCLUSIVE, SUPPORTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**0.91), (SUPPORTED, SUPPORTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**0.89), (SUPPORTED, CONTRADICTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**1.09), (SUPPORTED, SUPPORTED)),
        (planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**1.11), (SUPPORTED, CONTRADICTED)),
    ],
)
def test_constant_and_linear_costs_are_told_apart(table, expected):
    assert tuple(verdicts(backprop_cost.judge(table)).values()) == expected


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_a_form_of_one_size_has_no_slope_and_leaves_both_costs_undecided_in_any_order(exponent):
    many = planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**exponent)
    one = many.head(1).assign(form="skips")
    for tables in ([many, one], [one, many]):
        judged = backprop_cost.judge(pd.concat(tables, ignore_index=True))
        assert tuple(verdicts(judged).values()) == (INCONCLUSIVE, INCONCLUSIVE)


def test_what_is_measured_of_costs_is_the_worst_of_all_forms():
    dear, cheap = planted_cost(lambda edges: 1.75 + 0 * edges), planted_cost(lambda edges: 1.25 + 0 * edges)
    steep = planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**1.05).assign(form="skips")
    flat = planted_cost(lambda edges: 1.5 + 0 * edges, lambda edges: edges**0.93).assign(outputs=64)
    without = cheap.assign(form="large", differences=np.nan)
    found = quantities(backprop_cost.judge(pd.concat([dear, steep, flat, without], ignore_index=True)))
    assert found["backward"] == (1.75, 1.75, 1.75, 16)
    assert found["differences"] == pytest.approx((0.93, 0.93, 0.93, 12))


def test_the_slope_is_that_of_the_larger_half():
    bent = planted_cost(lambda edges: np.where(edges < 500, 1.0, 2.0) * edges**0.05 / 2)
    assert backprop_cost.slopes(bent, "backward", "forward") == pytest.approx([0.05])


def test_costs_are_counted():
    settings = backprop_cost.Settings(form=["layered"], size=[2, 4, 8], outputs=[1], most_differences=40)
    table = measured(backprop_cost, settings)
    # 2-2-2-1 with biases: 6 + 6 + 3 weights, two operations each; the loss takes 3 more, a change and a quotient 3.
    first = table.iloc[0]
    assert (first["edges"], first["forward"], first["backward"]) == (15, 30, 35)
    # A difference and a square; the sum over one output begins with 0.
    assert first["evaluation"] == 30 + 3
    assert first["differences"] == 16 * (30 + 3) + 15 * 3
    assert table["differences"].isna().tolist() == [False, False, True]
    assert set(drawn(backprop_cost, table)) == {"backprop-cost"}
    without = table.assign(differences=np.nan)
    assert [one.claim for one in backprop_cost.judge(without)] == ["backward"]


def test_many_outputs_cost_nearly_two_forward_passes():
    settings = backprop_cost.Settings(size=[1, 2, 4], outputs=[1, 64], most_differences=0)
    table = measured(backprop_cost, settings)
    ratios = (table["backward"] / table["forward"]).groupby(table["outputs"]).max()
    # 2-1-1-64 with biases has 133 weights: (4 · 64 + 2 · 65 + 2 + 133) / 266.
    narrow = table[(table["form"] == "layered") & (table["size"] == 1) & (table["outputs"] == 64)].iloc[0]
    assert (narrow["edges"], narrow["backward"]) == (133, 521)
    assert ratios.loc[1] < 1.6 < 1.9 < ratios.loc[64] < backprop_cost.BOUND
