import pandas as pd
import pytest
from rich.console import Console

from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.report import command
from experiments.verbs import lines
from tests.report import runs

pytestmark = pytest.mark.usefixtures("few_sentences")


def report(*arguments) -> tuple[int, str]:
    console = Console(record=True, width=300)
    status = command.report(lines.parsed("report", [str(one) for one in arguments]), console)
    return status, console.export_text()


def test_a_report_is_written_in_place_of_the_last_one_and_of_nothing_else(tmp_path):
    runs.undrawn(tmp_path)
    status, said = report("--results", tmp_path)
    assert status == 0
    folder = tmp_path / "report"
    assert f"1 verdict: {folder}/index.html" in said
    (folder / "tables" / "leftover.csv").write_text("")
    assert report("--results", tmp_path)[0] == 0
    assert not (folder / "tables" / "leftover.csv").exists()
    (folder / "thesis.txt").write_text("")
    with pytest.raises(UserError, match=r"thesis.txt: is no part of a report"):
        report("--results", tmp_path)
    assert (folder / "thesis.txt").exists()
    (folder / "thesis.txt").unlink()
    assert not list(tmp_path.glob(".tmp-*"))


def test_where_there_is_no_terminal_lines_tell_the_progress(tmp_path, monkeypatch):
    runs.undrawn(tmp_path)
    assert "claims are drawn" not in report("--results", tmp_path)[1]
    monkeypatch.setattr(command, "EVERY", 1)
    assert "1 of 1 claims are drawn" in report("--results", tmp_path)[1]


@pytest.mark.parametrize("content", [{"thesis.tex": ""}, {"index.html": "<h1>My page</h1>"}])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, content):
    runs.undrawn(tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    for name, text in content.items():
        (mine / name).write_text(text)
    with pytest.raises(UserError, match="empty folder with --output"):
        report("--results", tmp_path, "--output", mine)
    assert [path.name for path in mine.iterdir()] == list(content)
    with pytest.raises(UserError, match="no report"):
        report("--results", tmp_path, "--output", mine / next(iter(content)))


def test_the_short_ledger_and_notes_are_printed(tmp_path):
    run = runs.write(tmp_path, {"given-up": runs.CENSUS, "every-function": pd.DataFrame()}, to_table([]))
    status, said = report(run.name, "--results", tmp_path, "--short", "--output", tmp_path / "out")
    assert status == 0
    assert "missing: 1 of 2 units" in said
    assert "| ch. | sentence |" in said


def test_checking_writes_nothing_and_its_status_says_what_it_found(tmp_path):
    run = runs.census(tmp_path, drawn=True)
    assert report("--results", tmp_path, "--check") == (0, f"{run.name} is what its table gives\n")
    verdicts = pd.read_csv(run.path / "verdicts.csv").assign(verdict="supported")
    verdicts.to_csv(run.path / "verdicts.csv", index=False)
    status, said = report("--results", tmp_path, "--check", run.name)
    assert status == 1
    assert "verdict boolean.minimum-width/construction-is-optimal: verdict: 1 of 1 differ" in said
    assert not (tmp_path / "report").exists()
