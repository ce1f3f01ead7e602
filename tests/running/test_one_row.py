"""Notable rows of a claim: the best of every setting, and a typical stuck one where it is known what is stuck."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from experiments.claims.modern import double_descent_trained, sparse_parity
from experiments.claims.restarts import best_of_k, deep_linear
from experiments.errors import UserError
from experiments.running.one_row import notable
from experiments.settings import ClaimSettings, RunSettings


def listed(claim: str, settings: ClaimSettings, family: str, table: pd.DataFrame) -> dict[int, str]:
    run: Any = SimpleNamespace(read_table=lambda name: table)
    return notable(run, RunSettings(sweep={claim: settings}, family=family, name=family), claim)["which"].to_dict()


def test_stuck_is_what_a_claim_says_or_what_is_not_solved():
    loss = [0.3, 0.1, 0.4, 0.0]
    axes = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "learning_rate": 0.1, "restart": range(4)}
    solved = pd.DataFrame({**axes, "loss": loss, "solved": [False, True, False, True]})
    expected = {3: "best", 2: "typical of the stuck"}
    assert listed("best-of-k", best_of_k.Settings(), "restarts", solved) == expected
    ends = pd.DataFrame({"layers": 2, "width": 4, "restart": range(4), "loss": loss, "least_loss": 0.0})
    expected = {3: "best", 0: "typical of the stuck"}
    assert listed("deep-linear", deep_linear.Settings(), "restarts", ends) == expected


def test_where_nothing_says_what_is_stuck_the_best_row_is_listed():
    table = pd.DataFrame({"width": [2, 2, 3], "noise": 0.0, "restart": [0, 1, 0], "loss": [0.2, 0.1, 0.3]})
    found = listed("double-descent-trained", double_descent_trained.Settings(), "modern", table)
    assert found == {1: "best", 2: "best"}


def test_without_a_loss_none_is_best():
    with pytest.raises(UserError, match="its rows have no loss, and none is best; give a number"):
        listed("sparse-parity", sparse_parity.Settings(), "modern", pd.DataFrame({"n": [8], "restart": [0]}))
