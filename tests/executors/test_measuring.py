"""One unit is measured in this process: its rows, or why there are none; times are its own."""

import threading
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import pandas as pd
import pytest

from experiments.axes import Listed
from experiments.claims import example
from experiments.executors import measuring
from experiments.executors.results import Result
from experiments.plan import Unit, make_cells
from experiments.settings import Engine

SETTINGS = example.Settings(n=[1, 2, 3])
UNIT = Unit("bits", "parity", Listed(make_cells(SETTINGS)), SETTINGS, 0, "float32", Engine())


@pytest.fixture
def claim(monkeypatch):
    """The claim of the unit, which a test may change."""
    made = SimpleNamespace(measure=example.measure, KEYS=())
    monkeypatch.setattr(measuring, "claims_of", lambda family: {"parity": made})
    return made


def test_a_unit_gives_its_rows_and_says_what_measured_it(claim):
    found = measuring.measure(UNIT)
    assert found.error is None
    assert found.table is not None
    assert found.table["odd"].tolist() == [1, 2, 4]
    assert found.seconds > 0
    assert found.ensembles == []
    assert found.device["platform"] == "cpu"
    assert found.network_steps() == 0.0


def test_a_claim_that_fails_gives_its_traceback_and_no_rows(claim):
    claim.measure = lambda unit: 1 / 0
    found = measuring.measure(UNIT)
    assert found.table is None
    assert found.error is not None
    assert "ZeroDivisionError" in found.error
    assert found.network_steps() == 0.0


def test_a_claim_may_not_change_the_cells_that_it_was_given(claim):
    def careless(unit: Unit) -> pd.DataFrame:
        unit.cells["n"] = [7, 8, 9]
        return example.measure(unit)

    claim.measure = careless
    unit = UNIT.with_cells(UNIT.cells.copy())
    assert "a row of another unit's cell" in (measuring.measure(unit).error or "")


def test_rows_of_one_cell_are_told_apart_by_its_keys(claim):
    claim.measure = lambda unit: pd.concat([example.measure(unit).assign(kind=kind) for kind in "ab"])
    assert "6 rows for 3 cells" in (measuring.measure(UNIT).error or "")
    claim.KEYS = ("kind",)
    assert measuring.measure(UNIT).error is None


def test_the_updates_of_all_networks_are_added_up():
    table = pd.DataFrame({"steps": [10, 5]})
    assert Result(UNIT, table, None, 1.0, 0.0, [], {}).network_steps() == 15.0
    assert Result(UNIT, None, "failed", 1.0, 0.0, [], {}).network_steps() == 0.0


def test_compiling_is_counted_for_the_thread_that_compiles():
    clock, elsewhere = measuring.clock(), []
    before = clock.seconds
    jax.jit(lambda a: jnp.sin(a) * 3.25)(jnp.ones(7))
    assert clock.seconds > before
    thread = threading.Thread(target=lambda: elsewhere.append(clock.seconds))
    thread.start()
    thread.join()
    assert elsewhere == [0.0]
