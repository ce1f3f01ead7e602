"""Parts of a run: what was written is read again, and each thing that differs is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.storage import parts
from experiments.storage.parts import Part
from experiments.storage.sealing import SpoiltError
from tests.support import FACTS

ROWS = pd.DataFrame(
    {"n": [1, 2, 3], "loss": [0.5, np.nan, -0.0], "family": ["and", "or", None], "solved": [True, False, True]}
)


def read_part(path: Path, unit: str, claim: str, settings: str | None) -> tuple[pa.Table, dict[str, Any]]:
    """The rows and the facts of the part of a unit, once it is known to be what it should be."""
    part = Part(parts.opened(path), unit)
    parts.check(part, claim, settings)
    return part.rows, part.facts


FACTS_HERE = FACTS | {"settings": "abc", "ensembles": [{"layout": "lanes", "chunk": 16, "by": "rule"}]}


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "width-0.parquet"
    parts.write_part(path, "width-0", "boolean.width", ROWS, FACTS_HERE)
    return path


def test_a_part_is_what_was_written(part):
    rows, facts = read_part(part, "width-0", "boolean.width", "abc")
    assert facts == FACTS_HERE
    pd.testing.assert_frame_equal(rows.to_pandas().drop(columns="claim"), ROWS)
    assert rows["claim"].unique().to_pylist() == ["boolean.width"]


@pytest.mark.parametrize(
    ("claim", "settings", "words"),
    [
        ("boolean.width", "abd", "measured under other settings"),
        ("boolean.other", "abc", "rows of another claim than boolean.other"),
    ],
)
def test_a_part_of_something_else_is_refused(part, claim, settings, words):
    with pytest.raises(SpoiltError, match=words):
        read_part(part, "width-0", claim, settings)


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
    parts.write_part(path, "u", "a.b", ROWS, FACTS_HERE | changes)
    with pytest.raises(SpoiltError, match="does not say how it was made"):
        read_part(path, "u", "a.b", "abc")


def test_rows_that_were_changed_after_they_were_sealed_are_found(part):
    whole = part.read_bytes()
    part.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    with pytest.raises(SpoiltError, match=r"the checksum differs|cannot be read"):
        read_part(part, "width-0", "boolean.width", "abc")
    part.write_bytes(whole)
    table = pa.parquet.read_table(part, partitioning=None)
    pa.parquet.write_table(table.replace_schema_metadata(None), part)
    with pytest.raises(SpoiltError, match="does not name its unit"):
        read_part(part, "width-0", "boolean.width", "abc")
    part.write_bytes(b"no table")
    with pytest.raises(SpoiltError, match="cannot be read"):
        read_part(part, "width-0", "boolean.width", "abc")
