"""halffire.firing: it counts as a loop does, and its rule is at its border."""

import itertools

import numpy as np
import pandas as pd
import pytest
from halffire import firing
from theory_claims.experiments.plan import Unit, make_plan, random_generator
from theory_claims.experiments.settings import RunSettings


def unit(**settings: list) -> Unit:
    """What there is to measure with these settings."""
    swept = {"firing": firing.Settings(**settings)}
    (made,) = make_plan(RunSettings(sweep=swept, family="halffire", name="halffire", seed=101))
    return made


@pytest.mark.parametrize(("inputs", "values"), [("signs", (-1, 1)), ("01", (0, 1))])
def test_neurons_fire_as_a_loop_over_all_inputs_counts(inputs: str, values: tuple[int, int]) -> None:
    table = firing.measure(unit(n=[3], inputs=[inputs], neuron=[0, 2]))
    weights = random_generator(101, "weights", 3).standard_normal((3, 3))[[0, 2]]
    counted = [sum(w @ np.array(x) > 0 for x in itertools.product(values, repeat=3)) for w in weights]
    assert table["fires"].tolist() == counted
    assert table["points"].tolist() == [8, 8]


def test_a_neuron_is_the_same_whatever_stands_beside_it() -> None:
    alone = firing.measure(unit(n=[4], neuron=[7]))
    among = firing.measure(unit(n=[2, 4], neuron=[1, 7, 9]))
    both = alone.merge(among, on=["n", "inputs", "neuron"])
    assert both["fires_x"].tolist() == both["fires_y"].tolist()


@pytest.mark.parametrize(("fires", "outcome"), [(8, "supported"), (9, "contradicted"), (7, "contradicted")])
def test_one_other_share_contradicts(fires: int, outcome: str) -> None:
    table = pd.DataFrame({"n": 4, "inputs": "signs", "neuron": [0, 1], "points": 16, "fires": [8, fires]})
    (verdict,) = firing.judge(table)
    assert verdict.verdict == outcome
