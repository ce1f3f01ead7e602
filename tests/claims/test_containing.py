"""A claim that ends the process or gives no table gets an error of its own, and the house stays in order."""

import os
import sys

import pandas as pd
import pyarrow as pa
import pytest

from experiments.axes import Listed
from experiments.claims import example
from experiments.claims.containing import ClaimError, checked, clashing, contained, kinds
from experiments.plan import Unit, make_cells
from experiments.settings import Engine

SETTINGS = example.Settings(n=[1, 2, 3])
CELLS = make_cells(SETTINGS)
UNIT = Unit("bits", "parity", Listed(CELLS), SETTINGS, 0, "float32", Engine())
GOOD = CELLS.assign(width=[1, 1, 2], name=["a", "b", "c"])


def of(table, keys: tuple[str, ...] = (), unit: Unit = UNIT) -> pd.DataFrame:
    return checked(table, unit, CELLS, keys)


@pytest.mark.parametrize("leave", [lambda: sys.exit(0), lambda: os._exit(0)])
def test_no_claim_ends_the_process(leave):
    real = os._exit
    with pytest.raises(ClaimError, match="would have ended the run"), contained():
        leave()
    assert os._exit is real


def test_the_working_folder_is_as_before_and_other_errors_pass(tmp_path):
    before = os.getcwd()

    def fail() -> None:
        with contained():
            os.chdir(tmp_path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert os.getcwd() == before


def test_blocks_within_blocks_end_together():
    real = os._exit
    with contained():
        with contained():
            pass
        assert os._exit is not real
    assert os._exit is real


def test_a_table_with_a_row_for_every_cell_in_any_order_is_accepted():
    pd.testing.assert_frame_equal(of(GOOD[::-1]), GOOD[::-1])
    both = pd.concat([GOOD.assign(kind="a"), GOOD.assign(kind="b")])
    assert len(of(both, ("kind",))) == 6


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([1, 2], "measure gave list instead of a table"),
        (GOOD.drop(columns="n"), "measure gave no column n"),
        (GOOD.assign(claim="x"), "a column claim, which is added"),
        (GOOD[:2], "2 rows for 3 cells"),
        (pd.concat([GOOD, GOOD]), "6 rows for 3 cells"),
        (GOOD.assign(n=[1, 2, 2]), "no row for 1 of 3 cells"),
        (GOOD.assign(n=[1, 2, 9]), "a row of another unit's cell: {'n': 9}"),
        (GOOD.assign(width=[1, "2", 3]), "the column width mixes values of several kinds"),
        (GOOD.assign(width=[[1], [2], [3]]), r"the column width holds list<.*>; rows hold numbers"),
        (GOOD.rename(columns={"width": "name"}), "columns without a name, or with the same name"),
        (GOOD.rename(columns={"width": 3}), "columns without a name, or with the same name"),
    ],
)
def test_everything_else_is_refused_with_its_reason(table, words):
    with pytest.raises(ClaimError, match=words):
        of(table)


def test_several_rows_of_a_cell_need_a_key_that_tells_them_apart():
    twice = pd.concat([GOOD.assign(kind="a"), GOOD.assign(kind="a")])
    with pytest.raises(ClaimError, match="two rows that n, kind do not tell apart"):
        of(twice, ("kind",))
    with pytest.raises(ClaimError, match="measure gave no column kind"):
        of(GOOD, ("kind",))


def test_kinds_of_columns_are_numbers_texts_and_truths_and_empty_columns_have_none():
    table = pd.DataFrame({"a": [1, 2], "b": [1.5, None], "c": ["x", None], "d": [True, False], "e": [None, None]})
    assert kinds(table) == {"a": "numbers", "b": "numbers", "c": "texts", "d": "truths"}


def test_a_column_of_another_kind_than_in_most_claims_clashes():
    schemas = {
        "a-0": ("a", pa.table({"width": [1]}).schema),
        "b-0": ("b", pa.table({"width": ["one"]}).schema),
        "c-0": ("c", pa.table({"width": [2.5]}).schema),
        "d-0": ("d", pa.table({"width": pa.nulls(1)}).schema),
    }
    assert clashing(schemas) == {"b": "its column width holds texts, and numbers in other rows"}
    assert clashing({"a-0": schemas["a-0"], "c-0": schemas["c-0"]}) == {}
    two = {"a-0": schemas["a-0"], "a-1": ("a", pa.table({"width": [True]}).schema), "c-0": schemas["c-0"]}
    assert clashing(two) == {"a": "its column width holds numbers and truths, and numbers in other rows"}
