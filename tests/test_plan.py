import hashlib
import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.axes import Listed
from experiments.claims.boolean import trained_width
from experiments.errors import UserError
from experiments.plan import make_cells, make_plan, random_generator
from experiments.settings import Engine, RunSettings


def run_settings(unit_cells: int = 1000, **changes) -> RunSettings:
    claim = trained_width.Settings(n=[2, 3], width=[1, 2, 4], functions=2, restarts=3, **changes)
    engine = Engine(unit_cells=unit_cells)
    return RunSettings(sweep={"trained-width": claim}, family="boolean", name="boolean", restarts=3, engine=engine)


def rows(units):
    return {
        (tuple(sorted(cell.items())), tuple(key))
        for unit in units
        for cell, key in zip(unit.cells.to_dict("records"), unit.keys.tolist(), strict=True)
    }


def test_units_share_every_static_axis_and_hold_every_cell_once():
    units = make_plan(run_settings())
    cells = make_cells(run_settings().sweep["trained-width"])
    for unit in units:
        assert len(unit.cells[["n", "width", "activation"]].drop_duplicates()) == 1
    assert sum(len(unit.cells) for unit in units) == len(cells) == len(rows(units))
    assert len(units) == 3 * (3 + 3)


def test_conditions_leave_cells_out():
    settings = trained_width.Settings(n=[2, 3], width=[1, 8], restarts=1, functions=1)
    assert not ((cells := make_cells(settings))["width"] > 2 ** cells["n"]).any()
    assert set(cells.loc[cells["n"] == 2, "width"]) == {1}


@pytest.mark.parametrize("where", ["widht < 3", "width <", "width > 1000"])
def test_conditions_that_cannot_be_read_or_leave_nothing_are_refused(where):
    with pytest.raises(UserError, match="where"):
        make_plan(run_settings(where=where))


def test_the_order_of_the_axes_and_the_size_of_units_change_no_cell_and_no_key():
    reference = rows(make_plan(run_settings()))
    assert rows(make_plan(run_settings(unit_cells=5))) == reference
    assert rows(make_plan(run_settings(family=["parity", "and"]))) == rows(
        make_plan(run_settings(family=["and", "parity"]))
    )


def test_keys_are_digests_of_what_the_setting_is_as_json():
    for unit in make_plan(run_settings(learning_rate=[0.03, 1e-7])):
        for cell, key in zip(unit.cells.to_dict("records"), unit.keys, strict=True):
            text = json.dumps([unit.seed, unit.family, unit.claim, cell], sort_keys=True, separators=(",", ":"))
            assert key.tobytes() == hashlib.blake2b(text.encode(), digest_size=8).digest()


def test_unit_names_are_of_the_axes_the_place_and_the_seed():
    units = make_plan(run_settings(unit_cells=5))
    names = {unit.id for unit in units}
    assert len(names) == len(units)
    assert names == {unit.id for unit in make_plan(run_settings(unit_cells=5))}
    # Other seeds, other values and other conditions give other units, and all of them other names.
    for changed in (
        replace(run_settings(unit_cells=5), seed=1),
        run_settings(unit_cells=5, where="width <= 2 ** n and n < 9"),
        run_settings(unit_cells=5, learning_rate=[0.5]),
    ):
        assert not names & {unit.id for unit in make_plan(changed)}


def test_a_unit_travels_with_its_own_cells_alone():
    unit = make_plan(run_settings(unit_cells=5))[3]
    there = pickle.loads(pickle.dumps(unit))
    assert there.id == unit.id
    assert there.program == unit.program
    assert (there.keys == unit.keys).all()
    pd.testing.assert_frame_equal(there.cells, unit.cells)
    assert isinstance(there.part, Listed)


def test_cells_are_made_only_where_they_are_asked_for():
    unit = make_plan(run_settings())[0]
    assert "cells" not in vars(unit)
    assert len(unit.part) == len(unit.cells)
    assert "cells" in vars(unit)
    assert "cells" not in vars(unit.afresh())


def test_keys_differ_between_cells_and_seeds():
    units = make_plan(run_settings())
    keys = np.concatenate([unit.keys for unit in units])
    assert len(np.unique(keys, axis=0)) == len(keys)
    assert not (replace(units[0], seed=1).keys == units[0].keys).all(1).any()


def test_constants_change_no_key():
    long, short = (make_plan(run_settings(steps=steps)) for steps in (10, 20))
    assert rows(long) == rows(short)


def test_random_generators_are_named_by_what_they_are_for():
    assert random_generator(0, "a", 1).random() == random_generator(0, "a", 1).random()
    assert random_generator(0, "a", 1).random() != random_generator(0, "a", 2).random()
