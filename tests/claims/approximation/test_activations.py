"""Which activations approximate: planted floors, and small polynomial networks."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import activations
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def planted_activation(activation: str, least: float) -> pd.DataFrame:
    facts = {"target": "sine", "activation": activation, "learning_rate": 0.1, "degree_2": 0.5, "degree_3": 0.4}
    rms = np.array([0.6, 0.6, least, 1.5 * least])
    rows = pd.DataFrame({"width": [2, 2, 64, 64], "rms": rms, "trained_rms": 1.1 * rms})
    return rows.assign(**facts)


@pytest.mark.parametrize(
    ("activation", "least", "expected"),
    [
        ("square", 0.5001, SUPPORTED),
        ("square", 0.499, CONTRADICTED),
        ("square", 0.59, INCONCLUSIVE),
        # Rounding below the best polynomial, and no more.
        ("square", 0.5 * (1 - 0.9 * activations.ROUNDING), SUPPORTED),
        ("square", 0.5 * (1 - 1.1 * activations.ROUNDING), CONTRADICTED),
        ("cube", 0.401, SUPPORTED),
        ("tanh", 0.03, SUPPORTED),
        # A failed search does not contradict that an example exists.
        ("tanh", 0.1, INCONCLUSIVE),
        ("tanh", 0.3, INCONCLUSIVE),
    ],
)
def test_which_activations_approximate(activation, least, expected):
    assert verdicts(activations.judge(planted_activation(activation, least))) == {f"sine/{activation}": expected}


def test_what_is_measured_of_activations_is_the_best_network_as_trained_or_as_solved():
    table = planted_activation("square", 0.51)
    table.loc[0, "trained_rms"] = 0.505
    assert quantities(activations.judge(table))["sine/square"] == pytest.approx((1.01, 1.01, 1.01, 4))
    tanh = planted_activation("tanh", 0.05)
    tanh.loc[3, "rms"] = np.nan
    assert quantities(activations.judge(tanh))["sine/tanh"][0] == pytest.approx(0.4 / 0.05)
    # A narrow network that is better is not one of the largest width.
    assert quantities(activations.judge(tanh.assign(rms=[0.01, 0.6, 0.05, 0.6])))["sine/tanh"][0] == pytest.approx(8)


SMALL: dict[str, Any] = {"restarts": 4, "learning_rate": [0.03], "train_points": 64}


def test_small_polynomial_networks_stay_at_the_best_polynomial_and_others_pass_it():
    settings = activations.Settings(**SMALL, steps=300, target=["sine"], activation=["cube", "tanh"], width=[4, 16])
    table = measured(activations, settings)
    found = verdicts(activations.judge(table))
    assert found == {"sine/cube": SUPPORTED, "sine/tanh": SUPPORTED}
    assert set(drawn(activations, table)) == {"activations-error"}
