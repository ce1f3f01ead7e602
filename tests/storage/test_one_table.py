"""The table of a run: each claim has its own columns and rows, and a table that is not what it says is refused."""

import json

import pyarrow as pa
import pytest

from experiments.storage import one_table
from experiments.storage.one_table import Rows
from experiments.storage.sealing import SpoiltError

COLUMNS = {"boolean.width": ["claim", "n"], "boolean.other": ["claim", "x"]}
IDENTITY = {"run": "r1", "units": "d"}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.parquet"
    rows = pa.table({"claim": ["boolean.width"] * 2 + ["boolean.other"], "n": [1, 2, None], "x": [None, None, 0.5]})
    one_table.write_small(path, rows, COLUMNS, IDENTITY)
    return path


def test_a_table_gives_each_claim_its_own_columns_and_rows(table):
    assert one_table.read_about(table, IDENTITY, set(COLUMNS)).columns == COLUMNS
    assert Rows(table, "boolean.width", ["claim", "n"]).read(["n"])["n"].to_pylist() == [1, 2]
    assert Rows(table, "boolean.other", ["claim", "x"]).read(["x"])["x"].to_pylist() == [0.5]


def test_a_table_of_another_run_or_with_other_rows_is_refused(table):
    with pytest.raises(SpoiltError, match="the table of another run, r1"):
        one_table.read_about(table, IDENTITY | {"run": "r2"}, set(COLUMNS))
    with pytest.raises(SpoiltError, match=r"such as boolean\.other"):
        one_table.read_about(table, IDENTITY, {"boolean.width"})
    before = one_table.table_digest(table)
    rows = pa.parquet.read_table(table, partitioning=None)
    changed = rows.set_column(1, "n", pa.array([1, 3, None])).replace_schema_metadata(rows.schema.metadata)
    pa.parquet.write_table(changed, table)
    # What it says of itself is the same; its rows are not.
    assert one_table.table_digest(table) == before
    with pytest.raises(SpoiltError, match=r"other rows of boolean\.width"):
        Rows(table, "boolean.width", ["claim", "n"])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "does not say which claims it has rows of"),
        ({"boolean.width": ["n"]}, "does not say which columns"),
        ({"boolean.width": ["claim", "m"]}, "lacks columns of boolean.width"),
        ({"boolean.width": "claim"}, "does not say which columns"),
    ],
)
def test_a_table_that_describes_itself_wrongly_is_refused(table, columns, words):
    rows = pa.parquet.read_table(table, partitioning=None)
    metadata = dict(rows.schema.metadata) | {one_table.COLUMNS: json.dumps(columns)}
    pa.parquet.write_table(rows.replace_schema_metadata(metadata), table)
    with pytest.raises(SpoiltError, match=words):
        one_table.read_about(table, IDENTITY, set(COLUMNS))
