"""Verdicts as a table: what is written is read again, and what is no table of verdicts is refused with the reason."""

import io

import numpy as np
import pandas as pd
import pytest

from experiments.judging import table as tables
from experiments.judging.verdict import on
from tests.support import verdict

MINE = {"boolean.width", "depth.saw"}
VERDICTS = [
    verdict("boolean.width/share", bears_on=on("layered") + on("efficient", "against", "variant")),
    verdict("depth.saw", "inconclusive", switches={"activation": "tanh", "bias": False, "n": 3}),
    verdict("depth.saw/exact", evidence="exact", measured=1.0, low=1.0, high=1.0, switches={"n": "2 | 3"}),
]


def written(**changes) -> io.StringIO:
    """The table of the verdicts as a file, with some columns changed; a column of None is dropped."""
    frame = tables.to_table(VERDICTS).astype(object)
    for name, values in changes.items():
        frame = frame.drop(columns=name) if values is None else frame.assign(**{name: values})
    return io.StringIO(frame.to_csv(index=False))


def test_what_is_written_is_read_again():
    made, read = tables.to_table(VERDICTS), tables.read_table(written(), MINE)
    assert list(read) == list(made)
    for name in tables.COLUMNS:
        if name not in tables.NUMBERS:
            assert read[name].tolist() == made[name].tolist()
    np.testing.assert_allclose(read[list(tables.NUMBERS)].astype(float), made[list(tables.NUMBERS)].astype(float))
    assert [tables.bearings(row) for row in read.to_dict("records")] == [list(one.bears_on) for one in VERDICTS]


def test_switches_of_all_verdicts_are_columns():
    made = tables.to_table(VERDICTS)
    assert [name for name in made if name not in tables.COLUMNS] == [
        "switch.activation",
        "switch.bias",
        "switch.n",
        "switch.one",
    ]
    assert made["switch.n"].tolist()[1:] == [3, "2 | 3"]
    assert pd.isna(made["switch.activation"][0])


def test_p_values_are_those_of_the_rules():
    made = tables.to_table(VERDICTS)
    # A rule without a level has none, an inconclusive verdict could not have decided, an exact one has none.
    assert made["p_value"].fillna(-1).tolist() == [-1, 1.0, -1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statement": None}, "lacks the columns statement"),
        ({"verdict": ["supported", "true", "supported"]}, "has 'true' in the column verdict; allowed: supported"),
        ({"existence": "guessed"}, "has 'guessed' in the column existence"),
        ({"evidence": "felt"}, "has 'felt' in the column evidence"),
        ({"measured": ["a", 1, 2]}, "something else than numbers in the column measured"),
        ({"p_value": [0.5, 1.5, np.nan]}, "a p-value that is not between 0 and 1"),
        ({"claim": "depth.saw"}, "two verdicts with the name 'depth.saw'"),
        ({"claim": ["depth.saw", "boolean.width", "other.claim/x"]}, "such as 'other.claim'"),
        ({"statement": ["one\nmore", "two", "three"]}, "something else than lines of text in the column statement"),
        ({"direction": "sideways"}, "does not say which sentence 'boolean.width/share' bears on"),
        ({"not a name": 1}, "has a column 'not a name', which verdicts do not have"),
    ],
)
def test_what_is_no_table_of_these_verdicts_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        tables.read_table(written(**changes), MINE)


def test_a_file_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        tables.read_table(tmp_path / "none.csv", MINE)
    with pytest.raises(ValueError, match="cannot be read"):
        tables.read_table(io.StringIO(""), MINE)


def test_the_claim_of_a_verdict_is_what_is_before_the_first_slash():
    assert tables.head_of("boolean.width/share/parity") == "boolean.width"
    assert tables.head_of("depth.saw") == "depth.saw"


def test_a_table_of_no_verdicts_has_all_columns_and_no_rows():
    nothing = tables.to_table([])
    assert (list(nothing), len(nothing)) == (list(tables.COLUMNS), 0)
