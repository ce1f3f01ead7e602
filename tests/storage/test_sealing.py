"""Files that say what they are: what was written is read again, and each thing that differs is named."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.storage import sealing
from experiments.storage.sealing import SpoiltError
from tests.support import FACTS

ROWS = pd.DataFrame(
    {"n": [1, 2, 3], "loss": [0.5, np.nan, -0.0], "family": ["and", "or", None], "solved": [True, False, True]}
)
FACTS_HERE = FACTS | {"settings": "abc", "ensembles": [{"layout": "lanes", "chunk": 16, "by": "rule"}]}


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "width-0.parquet"
    sealing.write_part(path, "width-0", "boolean.width", ROWS, FACTS_HERE)
    return path


def test_a_part_is_what_was_written(part):
    rows, facts = sealing.read_part(part, "width-0", "boolean.width", "abc")
    assert facts == FACTS_HERE
    pd.testing.assert_frame_equal(rows.to_pandas().drop(columns="claim"), ROWS)
    assert rows["claim"].unique().to_pylist() == ["boolean.width"]


@pytest.mark.parametrize(
    ("unit", "claim", "settings", "words"),
    [
        ("width-1", "boolean.width", "abc", "part of another unit, width-0"),
        ("width-0", "boolean.width", "abd", "measured under other settings"),
        ("width-0", "boolean.other", "abc", "rows of another claim than boolean.other"),
    ],
)
def test_a_part_of_something_else_is_refused(part, unit, claim, settings, words):
    with pytest.raises(SpoiltError, match=words):
        sealing.read_part(part, unit, claim, settings)


@pytest.mark.parametrize(
    "changes",
    [
        {"seconds": -1.0},
        {"seconds": float("inf")},
        {"seconds": None},
        {"ensembles": None},
        {"ensembles": [{"layout": "sideways", "chunk": 1, "by": "rule"}]},
        {"ensembles": [{"layout": "lanes", "chunk": 0, "by": "rule"}]},
        {"ensembles": [{"layout": "lanes", "chunk": True, "by": "rule"}]},
        {"ensembles": [{"layout": "lanes", "chunk": 1, "by": "a\x1bb"}]},
    ],
)
def test_a_part_that_does_not_say_how_it_was_made_is_refused(tmp_path, changes):
    path = tmp_path / "part.parquet"
    sealing.write_part(path, "u", "a.b", ROWS, FACTS_HERE | changes)
    with pytest.raises(SpoiltError, match="does not say how it was made"):
        sealing.read_part(path, "u", "a.b", "abc")


def test_rows_that_were_changed_after_they_were_sealed_are_found(part):
    table = pa.parquet.read_table(part, partitioning=None)
    changed = table.set_column(0, "n", pa.array([1, 2, 4])).replace_schema_metadata(table.schema.metadata)
    pa.parquet.write_table(changed, part)
    with pytest.raises(SpoiltError, match="the checksum differs"):
        sealing.read_part(part, "width-0", "boolean.width", "abc")
    pa.parquet.write_table(table.replace_schema_metadata(None), part)
    with pytest.raises(SpoiltError, match="does not name its unit"):
        sealing.read_part(part, "width-0", "boolean.width", "abc")
    part.write_bytes(b"no table")
    with pytest.raises(SpoiltError, match="cannot be read"):
        sealing.read_part(part, "width-0", "boolean.width", "abc")


def test_a_checksum_sees_values_names_and_kinds_but_no_encoding():
    table = pa.Table.from_pandas(ROWS, preserve_index=False)
    same = sealing.checksum(table)
    assert sealing.checksum(pa.concat_tables([table[:1], table[1:]])) == same
    others = [
        table.rename_columns(["m", "loss", "family", "solved"]),
        table.set_column(0, "n", pa.array([1, 2, 3], pa.int32())),
        table.set_column(1, "loss", pa.array([0.5, None, -0.0])),
        table.set_column(1, "loss", pa.array([0.5, np.nan, 0.0])),
        table.set_column(2, "family", pa.array(["and", "or", "None"])),
        table.select(["loss", "n", "family", "solved"]),
        table[:2],
    ]
    # NaN of pandas is a gap in arrow already, so that one of these is the table itself.
    assert len({sealing.checksum(one) for one in others} | {same}) == len(others) + (others[2] != table)
    with pytest.raises(SpoiltError, match="its column when holds date32"):
        sealing.checksum(pa.table({"when": pa.array([1], pa.date32())}))


def test_digests_do_not_depend_on_the_order_of_names():
    assert sealing.digest({"a": 1, "b": [2]}) == sealing.digest({"b": [2], "a": 1})
    assert sealing.digest({"a": 1}) != sealing.digest({"a": "1"})
    assert len(sealing.digest(None)) == 32


COLUMNS = {"boolean.width": ["claim", "n"], "boolean.other": ["claim", "x"]}
IDENTITY = {"run": "r1", "units": "d"}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.parquet"
    rows = pa.table({"claim": ["boolean.width"] * 2 + ["boolean.other"], "n": [1, 2, None], "x": [None, None, 0.5]})
    sealing.write_table(path, rows, COLUMNS, IDENTITY)
    return path


def test_a_table_gives_each_claim_its_own_columns_and_rows(table):
    assert sealing.read_columns(table, IDENTITY, set(COLUMNS)) == COLUMNS
    assert sealing.read_rows(table, "boolean.width", ["claim", "n"])["n"].to_pylist() == [1, 2]
    assert sealing.read_rows(table, "boolean.other", ["claim", "x"])["x"].to_pylist() == [0.5]


def test_a_table_of_another_run_or_with_other_rows_is_refused(table):
    with pytest.raises(SpoiltError, match="the table of another run, r1"):
        sealing.read_columns(table, IDENTITY | {"run": "r2"}, set(COLUMNS))
    with pytest.raises(SpoiltError, match=r"such as boolean\.other"):
        sealing.read_columns(table, IDENTITY, {"boolean.width"})
    before = sealing.table_digest(table)
    rows = pa.parquet.read_table(table, partitioning=None)
    changed = rows.set_column(1, "n", pa.array([1, 3, None])).replace_schema_metadata(rows.schema.metadata)
    pa.parquet.write_table(changed, table)
    # What it says of itself is the same; its rows are not.
    assert sealing.table_digest(table) == before
    with pytest.raises(SpoiltError, match=r"other rows of boolean\.width"):
        sealing.read_rows(table, "boolean.width", ["claim", "n"])


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
    metadata = dict(rows.schema.metadata) | {sealing.COLUMNS: json.dumps(columns)}
    pa.parquet.write_table(rows.replace_schema_metadata(metadata), table)
    with pytest.raises(SpoiltError, match=words):
        sealing.read_columns(table, IDENTITY, set(COLUMNS))


def test_what_is_shown_of_a_damaged_file_is_short_and_printable():
    assert sealing._shown("a\x1b[31m") == "a?[31m"
    assert len(sealing._shown("x" * 1000)) == 120
