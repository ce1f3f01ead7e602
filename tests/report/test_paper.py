import csv
import io
import re

import pandas as pd
import pytest

from experiments.report import command, model, paper
from tests.report import runs
from tests.report.runs import HOSTILE


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    return model.make([runs.census(folder), runs.hostile(folder)])


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_figure_and_table_is_there_in_every_form(made, tmp_path):
    command.write(made, tmp_path / "report")
    names = set(contents(tmp_path / "report"))
    assert {f"figures/boolean/census.{kind}" for kind in ("pdf", "svg", "csv")} <= names
    assert {"index.html", "ledger.md", "ledger.csv", "tables/sentences.tex", "tables/runs.csv"} <= names
    tables = {name.rpartition(".")[0] for name in names if name.startswith("tables/")}
    assert "tables/boolean/boolean-minimum-width" in tables
    assert "tables/boolean/boolean-minimum-width-rows" in tables
    assert all({f"{table}.csv", f"{table}.tex"} <= names for table in tables)
    assert not [name for name in names if ".." in name or "<" in name]


def test_made_again_every_file_has_the_same_bytes(made, tmp_path):
    command.write(model.make([made.runs[0].run]), tmp_path / "one")
    command.write(model.make([made.runs[0].run]), tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_latex_reads_no_command_out_of_a_run(made):
    for table in paper.tables(made).values():
        text = paper.latex(table)
        assert text.count("\\bottomrule") == 1
        body = text.split("\\toprule")[1]
        assert not re.search(r"(?<!\\)[%$#_]", body.replace("\\_", "").replace("\\%", ""))
        assert "\\write18" not in body
        # As many cells as columns in every line.
        lines = [line for line in body.splitlines() if line.endswith("\\\\") and "multicolumn" not in line]
        assert {len(re.findall(r"(?<!\\)&", line)) for line in lines} == {len(table.columns) - 1}


def test_latex_of_numbers_and_words():
    text = paper.latex(pd.DataFrame({"claim": ["a_b & 50%"], "x_1": [1 / 3], "y": [float("nan")]}))
    assert "\\begin{longtable}{p{0.26\\linewidth}ll}" in text
    assert "a\\_b \\& 50\\% & 0.333333 &  \\\\" in text
    assert "claim & x\\_1 & y \\\\" in text
    assert text.startswith("% needs")


def test_tables_are_csv_with_numbers_in_full(made):
    ledger = pd.read_csv(io.BytesIO(paper.files(made)["ledger.csv"]))
    assert ledger["claim"].tolist() == made.ledger["claim"].tolist()
    assert ledger["statement"].iloc[-1] == HOSTILE
    rows = list(csv.reader(io.StringIO(paper.as_csv(paper.of_runs(made)).decode())))
    assert all(len(row) == 3 for row in rows)


def test_markdown_has_every_sentence_and_verdict_and_no_markup_of_theirs(made):
    text = paper.markdown(made)
    assert "<script" not in text
    for sentence in made.sentences:
        assert paper.inline(sentence.text) in text
    lines = [line for line in text.splitlines() if line.startswith("| boolean.")]
    assert len(lines) == 3
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert widths == {10}


def test_the_short_ledger_has_a_line_for_every_sentence(made):
    lines = paper.short_markdown(made).splitlines()
    assert len(lines) == len(made.sentences) + 2
    census = next(line for line in lines if "grows exponentially with n" in line)
    assert census.endswith("| 1 supported, 1 contradicted | 2 of 2 exact | boolean.minimum-width |")
    # The census bears on two sentences.
    none = sum("not tested yet" in line or "not for an experiment" in line for line in lines)
    assert none == len(lines) - 4
    assert sum("not for an experiment" in line for line in lines) == 5
    assert any(line.startswith("| telgarsky: Theorems |") for line in lines)


def test_short_tables_say_what_did_not_survive_the_correction(made):
    verdicts = made.ledger.assign(remark="not after Holm's correction", p_value=0.04, p_holm=0.08)
    table = paper.short(verdicts)
    assert table["verdict"][0] == "supported, not after Holm's correction"
    assert table["p (Holm)"].tolist() == ["0.08"] * 3
    assert paper.samples(1234567.0) == "1,234,567"
    assert paper.samples(float("nan")) == ""
