"""Checksums and digests: what they see and what they do not."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.storage import sealing
from experiments.storage.sealing import SpoiltError

ROWS = pd.DataFrame(
    {"n": [1, 2, 3], "loss": [0.5, np.nan, -0.0], "family": ["and", "or", None], "solved": [True, False, True]}
)


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
    # Zeros of two kinds have the same bytes.
    whole, real = (pa.table({"n": pa.array([0, 0], kind)}) for kind in (pa.int64(), pa.float64()))
    assert sealing.checksum(whole) != sealing.checksum(real)
    assert sealing.checksum(pa.table({"a": ["x"]})) == sealing.checksum(
        pa.table({"a": pa.array(["x"], pa.large_string())})
    )
    with pytest.raises(SpoiltError, match="its column when holds date32"):
        sealing.checksum(pa.table({"when": pa.array([1], pa.date32())}))


def test_digests_do_not_depend_on_the_order_of_names():
    assert sealing.digest({"a": 1, "b": [2]}) == sealing.digest({"b": [2], "a": 1})
    assert sealing.digest({"a": 1}) != sealing.digest({"a": "1"})
    assert len(sealing.digest(None)) == 32


def test_what_is_shown_of_a_damaged_file_is_short_and_printable():
    assert sealing.shown("a\x1b[31m") == "a?[31m"
    assert len(sealing.shown("x" * 1000)) == 120
