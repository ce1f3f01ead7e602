"""What the claims about restarts share: tasks and programs."""

import numpy as np
import pandas as pd

from experiments.axes import Listed
from experiments.claims.restarts import _shared as shared
from experiments.claims.restarts import best_of_k
from experiments.plan import Unit
from experiments.settings import Engine
from tests.support import units


def test_networks_that_share_a_program_are_compiled_for_powers_of_two():
    settings = best_of_k.Settings(
        task=["parity"], n=[2], width=[3, 5], activation=["tanh", "rectifier"], restarts=40, steps=300
    )
    planned = units(best_of_k, settings)
    rooms = {unit.static("width"): shared.program_of(unit, shared.task_of(unit)).room for unit in planned}
    assert rooms == {3: (2, 4, 1), 5: (2, 8, 1)}


def test_a_named_function_is_the_same_in_every_run():
    def task(seed: int, name: str) -> np.ndarray:
        cells = pd.DataFrame({"task": [name], "n": [4]})
        return shared.task_of(Unit("restarts", "step-size", Listed(cells), None, seed, "float32", Engine())).y

    np.testing.assert_array_equal(task(1, "random-a"), task(2, "random-a"))
    assert not np.array_equal(task(1, "random-a"), task(1, "random-b"))
