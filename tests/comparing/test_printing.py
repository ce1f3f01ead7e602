"""What the terminal says of a comparison: what differs, what explains it, and how fast both runs were."""

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.comparing import Comparison, printing

SAME = {"claim": "boolean.width/share", "verdict_a": "supported", "verdict_b": "supported"}
NUMBERS = {f"{name}_{end}": 0.25 for name in ("measured", "low", "high") for end in "ab"}
VERDICT = SAME | NUMBERS | {"evidence_a": "statistical", "evidence_b": "statistical", "adjusted": np.nan}
VERDICT |= {"outcome": "same", "same_settings": True}
COLUMN = {
    "claim": "boolean.width",
    "column": "loss",
    "rows": 1000,
    "identical": 900,
    "rounding": 60,
    "net_share": 0.02,
    "low": -0.01,
    "high": 0.05,
    "adjusted": 0.3,
    "outcome": "equivalent",
}


def said(verdicts=(VERDICT,), columns=(COLUMN,), seconds=(), **changes) -> str:
    """What is printed of a comparison."""
    names = ["a", "b", "same_work"]
    timed = pd.DataFrame([one[1:] for one in seconds], index=[one[0] for one in seconds], columns=names)
    facts = {"changes": [], "notes": []} | changes
    found = Comparison(
        columns=pd.DataFrame(list(columns), columns=list(COLUMN)),
        verdicts=pd.DataFrame(list(verdicts), columns=list(VERDICT)),
        seconds=timed,
        **facts,
    )
    console = Console(record=True, width=200)
    printing.comparison(found, "a-run", "b-run", console)
    return console.export_text()


def test_runs_that_agree_are_consistent():
    text = said()
    assert "a: a-run, b: b-run" in text
    assert "the same: 1 of 1 verdict" in text
    assert "consistent: rounding and sampling explain all that differs\n" in text
    # What one of them lacks cannot be compared.
    assert "explain all that differs in what both have to compare\n" in said(notes=["width: only a-run has it"])


def test_a_column_that_differs_has_its_share_and_interval():
    text = said()
    (line,) = [line for line in text.splitlines() if line.startswith("boolean.width, loss")]
    # 1000 rows, 900 of them identical and 60 within rounding.
    assert line.split() == ["boolean.width,", "loss", "40", "+0.02", "[-0.01,", "0.05]", "0.3", "equivalent"]


@pytest.mark.parametrize(("outcome", "consistent"), [("different", False), ("changed, within sampling", True)])
def test_what_sampling_does_not_explain_is_named(outcome, consistent):
    changed = VERDICT | {"verdict_b": "contradicted", "measured_b": 0.75, "adjusted": 0.001, "outcome": outcome}
    text = said(verdicts=(VERDICT, changed | {"claim": "boolean.width/level"}))
    assert "the same: 1 of 2 verdicts" in text
    assert "supported, 0.25 [0.25, 0.25]" in text
    assert ("not consistent: boolean.width/level" in text) is not consistent


def test_a_verdict_that_only_one_run_has_leaves_the_others_place_empty():
    only = VERDICT | {"verdict_a": None, "measured_a": np.nan, "outcome": "only in b"}
    (line,) = [line for line in said(verdicts=(only,)).splitlines() if "only in b" in line]
    assert "supported, 0.25" in line
    assert "none" not in line


def test_other_settings_excuse_what_changed_and_are_said_to():
    excused = VERDICT | {"outcome": "same, other settings", "same_settings": False}
    text = said(verdicts=(excused, VERDICT))
    assert "the same: 2 of 2 verdicts, 1 of them under other settings" in text
    assert "consistent: rounding, sampling and other settings explain" in text
    assert "nothing was compared" in said(verdicts=(excused,), columns=())


def test_no_more_verdicts_are_listed_than_a_page_holds():
    many = [VERDICT | {"claim": f"boolean.width/{i}", "outcome": "different"} for i in range(printing.MOST_LISTED + 3)]
    assert "(3 more are left out)" in said(verdicts=many)


def test_speed_is_compared_where_both_did_the_same_work():
    text = said(seconds=[("width", 4.0, 2.0, True), ("saw", 4.0, 2.0, False), ("lost", np.nan, 2.0, True)])
    timed = [line.rstrip() for line in text.splitlines() if line.startswith(("width", "saw"))]
    lines = {line.split()[0]: line.split(maxsplit=3)[1:] for line in timed}
    assert lines["width"] == ["4.0", "2.0", "2.00 times"]
    assert lines["saw"] == ["4.0", "2.0", "not the same work"]
    assert "lost" not in text
    assert "has not recorded its times" in said()


def test_words_of_a_file_are_no_markup():
    text = said(notes=["[red]not a style[/]"], verdicts=(VERDICT | {"claim": "boolean.[b]x", "outcome": "different"},))
    assert "[red]not a style[/]" in text
    assert "boolean.[b]x" in text
