"""The verb `answer`, and the ledger for programs."""

import json
import re

import jsonschema
import pytest
from rich.console import Console

from experiments import sources
from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.judging.verdict import on
from experiments.report import answering, as_json, gather, model
from experiments.report.signs import REMOVED
from experiments.storage.runs import RunDirectory
from experiments.verbs import lines
from tests import support
from tests.conftest import ROOT
from tests.report import runs


def answer(*arguments) -> str:
    console = Console(record=True, width=200)
    assert answering.answer(lines.parsed("answer", [str(one) for one in arguments]), console) == 0
    return console.export_text()


def test_all_sentences_are_answered_in_a_line_each(tmp_path):
    runs.census(tmp_path)
    said = answer("--results", tmp_path)
    assert all(one.id in said for one in sources.sentences())
    assert re.search(r"– not for an experiment +standard-model +The standard model", said)
    assert "[" not in said.split("\n")[3]
    only = answer("--results", tmp_path, "--source", "rules")
    assert "calibration" in only
    assert "standard-model" not in only


def test_one_answer_says_number_dependence_command_and_figure(tmp_path):
    run = runs.census(tmp_path, drawn=True)
    found = run.read_verdicts()
    assert found is not None
    run.write_verdicts(found)
    run.conclude_claim("minimum-width", ["census.pdf", "census.png", "census.csv"])
    said = answer("exponential-hidden-layer", "--results", tmp_path)
    for words in (
        "answer                ? open",
        "decided by            boolean.minimum-width/",
        "made by               python -m experiments run +sweep=boolean",
        f"figure                {run.path}/figures/census.png",
        "exact, representable",
        "it rests on           ",
        "it would change with  ",
    ):
        assert words in said
    assert "not for an experiment" in answer("standard-model", "--results", tmp_path)


def test_an_answer_that_does_not_survive_the_correction_has_the_sign_of_the_readme(tmp_path):
    verdicts = [
        support.verdict(f"boolean.minimum-width/{name}", bears_on=on(name)) for name in ("layered", "gets-stuck")
    ]
    runs.write(tmp_path, {"minimum-width": runs.CENSUS}, to_table(verdicts).assign(p_value=0.04))
    said = answer("--results", tmp_path)
    assert re.search(rf"✓ holds {REMOVED} +layered ", said)
    assert f"{REMOVED} It rests only on" in said


def test_what_there_is_not_is_named(tmp_path):
    runs.census(tmp_path)
    with pytest.raises(UserError, match="no such sentence; did you mean gets-stuck"):
        answer("get-stuck", "--results", tmp_path)
    with pytest.raises(UserError, match="no such source; did you mean post"):
        answer("--source", "poster", "--results", tmp_path)


def test_the_reference_can_be_read_by_a_program_that_knows_the_schema():
    kept = sorted((ROOT / "results" / "reference").glob("*/manifest.json"))
    found = [gather.read(RunDirectory(path.parent)) for path in kept]
    content = json.loads(as_json.as_json(model.of_recorded(found, [[] for _ in found])))
    jsonschema.validate(content, json.loads(as_json.SCHEMA.read_text()))
    ids = [one["id"] for one in content["verdicts"]]
    assert len(set(ids)) == len(ids) == sum(len(one.verdicts) for one in found)
    assert [one["id"] for one in content["answers"]] == [one.id for one in sources.sentences()]
    decided = {one["decided_by"] for one in content["answers"]} - {None}
    assert decided <= set(ids)
    verdict = next(one for one in content["verdicts"] if one["id"] == "boolean.minimum-width/parity")
    assert verdict["bears_on"][0]["sentence"] == "exponential-hidden-layer"
    content["verdicts"][0]["verdict"] = "true"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, json.loads(as_json.SCHEMA.read_text()))


def test_a_published_number_names_a_verdict_of_the_reference():
    kept = sorted((ROOT / "results" / "reference").glob("*/manifest.json"))
    known = {name for path in kept for name in gather.read(RunDirectory(path.parent)).verdicts["claim"]}
    assert {one.verdict for sentence in sources.sentences() for one in sentence.published} <= known


def test_what_is_no_number_in_json_is_a_word_or_null(tmp_path):
    assert [as_json._plain(one) for one in (float("nan"), float("inf"), -float("inf"), 1.5, "a", True)] == [
        None,
        "inf",
        "-inf",
        1.5,
        "a",
        True,
    ]
    hostile = as_json.as_json(model.make([runs.hostile(tmp_path)]))
    assert json.loads(hostile)["verdicts"][0]["statement"].startswith("<script>")
