"""Cells, made piece by piece, against the whole product as pandas makes it."""

import dataclasses
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from experiments import axes
from experiments.axes import axes_of, cells_of, static_axes
from experiments.errors import UserError
from experiments.settings import ClaimSettings, setting


@dataclasses.dataclass
class Settings(ClaimSettings):
    """Axes of every kind, with a static one in the middle."""

    task: list[str] = setting(["parity", "and", "majority"])
    rate: list[float] = setting([0.5, 1, 2])
    width: list[int] = setting([1, 2, 4, 8], static=True)
    bias: list[bool] = setting([True, False], static=True)
    n: list[int] = setting([2, 3])
    runs: int = setting(5, counts="restart")


# None, one on axes before the static ones, on axes after them, on a text, and on the axis that counts.
CONDITIONS = ("", "rate < 2", "width <= 2 ** n", "task != 'and' or bias", "restart > 2 and width > n", "restart == n")


def product(settings):
    """All cells, as pandas crosses and evaluates them."""
    found = axes_of(settings)
    cells = pd.MultiIndex.from_product(found.values(), names=found).to_frame(index=False)
    return cells[cells.eval(settings.where)].reset_index(drop=True) if settings.where else cells


@pytest.mark.parametrize("where", CONDITIONS)
def test_all_cells_are_those_of_the_product(where):
    settings = Settings(where=where)
    cells = cells_of(settings)
    pd.testing.assert_frame_equal(cells.table(), product(settings))
    assert len(cells) == len(product(settings))


@pytest.mark.parametrize("where", CONDITIONS)
def test_groups_are_those_of_pandas_in_the_same_order(where):
    settings = Settings(where=where)
    groups = cells_of(settings).by(static_axes(settings))
    expected = [group.reset_index(drop=True) for _, group in product(settings).groupby(["width", "bias"], sort=False)]
    assert len(groups) == len(expected)
    for group, same in zip(groups, expected, strict=True):
        pd.testing.assert_frame_equal(group.table(), same)
        assert (group.first("width"), group.first("bias")) == (same["width"][0], same["bias"][0])
    assert len({group.name for group in groups}) == len(groups)


@hypothesis_settings(deadline=None, max_examples=30)
@given(st.sampled_from(CONDITIONS), st.integers(1, 50), st.integers(1, 7))
def test_pieces_together_are_the_whole(where, size, at_once):
    settings = Settings(where=where, task=["parity", "and"], rate=[0.5, 2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(axes, "AT_ONCE", at_once)
        cells = cells_of(settings)
    pieces = [cells.table(start, start + size) for start in range(0, len(cells), size)]
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), product(settings))


def test_what_is_not_asked_for_takes_no_memory():
    tracemalloc.start()
    cells = cells_of(Settings(runs=10**8, where="width <= 2 ** n"))
    last = cells.table(len(cells) - 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(cells) == 3 * 3 * 7 * 2 * 10**8
    assert last["restart"].tolist() == [10**8 - 3, 10**8 - 2, 10**8 - 1]
    assert peak < 1_000_000


def test_a_condition_on_too_many_combinations_is_refused(monkeypatch):
    monkeypatch.setattr(axes, "MOST_COMBINATIONS", 144 * 5)
    assert len(cells_of(Settings(where="restart > 3"))) == 144
    with pytest.raises(UserError, match="864 combinations of the axes up to restart are more than 720; split the run"):
        cells_of(Settings(runs=6, where="restart > 3"))
    # Without the condition the axis is free.
    assert len(cells_of(Settings(runs=6))) == 864


def test_the_name_is_of_values_and_condition():
    names = [cells_of(Settings(**changes)).name for changes in ({}, {"n": [2, 4]}, {"runs": 6}, {"where": "n < 9"})]
    assert len(set(names)) == len(names)
    assert cells_of(Settings()).name == names[0]


def test_a_claim_without_axes_has_one_cell():
    @dataclasses.dataclass
    class Constant(ClaimSettings):
        steps: int = setting(3)

    cells = cells_of(Constant())
    assert len(cells) == 1
    assert cells.table().shape == (1, 0)
    assert np.array_equal(cells.places, [0])
