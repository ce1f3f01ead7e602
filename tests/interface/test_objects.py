"""What a run, its verdicts and figures, and answers are as objects, and what a notebook shows of them."""

import re

import pandas as pd
import pytest

import theory_claims
from experiments import interface, sources
from experiments.ensemble import fields
from experiments.interface import display
from experiments.settings import RunSettings
from experiments.settings_in_words import settings_of
from tests.conftest import ROOT

KEPT = str(ROOT / "results")


@pytest.fixture(scope="module")
def answers():
    return interface.answers("post", runs=[interface.find("reference/restarts", KEPT)], results=KEPT)


def test_a_run_shows_state_command_verdicts_and_figures(small):
    shown = small._repr_html_()
    assert f"{small.name} (finished)" in shown
    assert "run +sweep=boolean" in shown
    assert shown.count("<img") == len(small.figures) == 1
    assert repr(small) == f"{small.name}: finished; 2 supported"
    # A page with all figures of a large sweep would take megabytes.
    kept = interface.find("reference/restarts", KEPT)
    assert "<img" not in kept._repr_html_()
    assert ".figures[NAME]" in kept._repr_html_()


def test_a_table_is_that_of_one_claim(small):
    table = small.table("boolean.perceptron-counts")
    assert table.equals(small.table("perceptron-counts"))
    with pytest.raises(interface.UserError, match="no such claim"):
        small.table("minimum-width")
    with pytest.raises(interface.UserError, match="has several claims"):
        interface.find("reference/boolean", KEPT).table()
    joined = interface.table("boolean", "boolean.perceptron-counts", str(small.path.parents[1]))
    assert set(joined["run"]) == {small.name}
    pd.testing.assert_frame_equal(joined[list(table)], table)


def test_verdicts_are_those_in_the_file(small):
    file = small.directory.read_verdicts()
    verdicts = small.verdicts
    pd.testing.assert_frame_equal(verdicts.table[list(file)], file, check_dtype=False)
    one = verdicts["perceptron-counts/sign-patterns"]
    assert one is verdicts[0]
    row = file.iloc[0]
    assert (one.outcome, one.rule, one.measured) == (row["verdict"], row["rule"], row["measured"])
    assert one.switches == {name[7:]: row[name] for name in file if name.startswith("switch.") and row.notna()[name]}
    assert "✓ supported" in one._repr_html_()
    # A verdict has only the switches that it states, though the table has a column for those of all.
    others = interface.find("reference/boolean", KEPT).verdicts
    assert len({frozenset(one.switches) for one in others}) > 1
    assert all(value == value for one in others for value in one.switches.values())
    assert verdicts.counts == {"supported": 2}
    with pytest.raises(interface.UserError, match="did you mean perceptron-counts/sign-patterns"):
        verdicts["sign-patterns"]


def test_a_figure_is_its_file_with_its_numbers(small):
    (figure,) = small.figures
    assert small.figures["perceptron-counts"] == figure
    assert figure._repr_png_() == (small.path / "figures" / "perceptron-counts.png").read_bytes()
    assert len(figure.numbers) > 0
    with pytest.raises(interface.UserError, match="no such figure"):
        small.figures["perceptron"]


def test_runs_are_listed_and_one_that_cannot_be_read_says_why(small, tmp_path):
    results = str(small.path.parents[1])
    (only,) = interface.runs(results=results)
    assert only.name == small.name
    assert repr(interface.runs("boolean", results)) == f"{small.name}: smoke; finished; 2 supported"
    assert len(interface.runs("depth", results)) == 0
    broken = tmp_path / "boolean" / "20260101-000000-0000"
    broken.mkdir(parents=True)
    (broken / "manifest.json").write_text("{")
    assert "unreadable" in interface.runs(results=str(tmp_path))._repr_html_()


def test_answers_are_those_of_the_verb(answers, cli):
    # The verb breaks its lines, and says each title once.
    said = " ".join(cli("answer", "gets-stuck", "--run", "reference/restarts", "--results", KEPT).stdout.split())
    for line in str(answers["gets-stuck"]).splitlines():
        title, _, words = line.partition(": ")
        assert title in said
        assert " ".join(words.split()) in said
    assert [one.name for one in answers] == [one.id for one in sources.sentences() if one.of_the_post]
    assert answers.table.set_index("name").loc["gets-stuck", "answer"] == answers["gets-stuck"].word


def test_an_answer_shows_its_figure_and_the_run_it_comes_from(answers):
    one = answers["gets-stuck"]
    assert one.run is not None
    assert one.run.name == "reference/restarts"
    assert one.figure is not None
    assert display.image(one.figure._repr_png_(), one.figure.name) in one._repr_html_()
    untested = next(one for one in answers if one.card.run is None)
    assert (untested.run, untested.figure) == (None, None)
    assert untested.word in untested._repr_html_()


def test_some_of_them_are_the_same_kind_of_list(answers):
    some = answers[:3]
    assert (type(some), some.names) == (interface.Answers, answers.names[:3])
    assert some._repr_html_().count("<tr>") == 4


def test_whatever_a_text_holds_is_shown_as_text():
    assert display.text("<b> & \"'") == "&lt;b&gt; &amp; &quot;&#x27;"
    assert "<script>" not in display.listing(["<script>"], [[display.text("<script>")]])
    rows = display.pairs([("a", "1"), ("a", "2"), ("b", "3")])
    assert re.findall(r'nowrap">(\w*)<', rows) == ["a", "", "b"]


def test_every_setting_has_its_default_and_what_it_may_be():
    table = interface.settings().set_index("setting")
    assert table.loc["engine.layout", "allowed"].startswith("one of auto, lanes")
    assert "accelerator" in table.loc["scale", "meaning"]
    assert table.loc["restarts", "default"] == "0"
    # Required fields are given by the sweep.
    assert not {"sweep", "family", "name"} & {one.name for one in settings_of(RunSettings)}
    own = interface.settings("boolean.perceptron-counts").set_index("setting")
    assert "from 1 to 12" in own.loc["n", "allowed"]
    with pytest.raises(interface.UserError, match="no such claim"):
        interface.settings("boolean.perceptron")


def test_every_setting_of_a_claim_has_a_meaning():
    means = interface.settings("boolean.trained-width").set_index("setting")["meaning"]
    # What the docstring says of a field, or of the axis that it counts; what fields of its kind mean; the run's own.
    assert means["batch"] == "`batch` is the number of points per update, and 0 means all points."
    assert means["functions"].startswith("`function` numbers its members")
    assert means["optimizer"] == fields.optimizer.__doc__
    assert "`restarts` takes its place" in means["restarts"]
    for claim in interface.claims("boolean")["claim"]:
        assert interface.settings(f"boolean.{claim}")["meaning"].all(), claim
    # A docstring that names none of them speaks of all of them.
    assert (
        interface.settings("boolean.exponential-bound").set_index("setting").loc["n", "meaning"] == "Numbers of bits."
    )


def test_sweeps_and_claims_are_said_in_a_line():
    assert "boolean" in set(interface.sweeps()["sweep"])
    lines = interface.claims("boolean").set_index("claim")["about"]
    assert lines["perceptron-counts"][0].islower()
    assert not lines.str.contains("\n").any()


def test_the_package_has_what_the_interface_has_and_loads_it_when_it_is_asked():
    assert theory_claims.__all__ == interface.__all__
    assert theory_claims.run is interface.run
    assert {name for name in dir(theory_claims) if not name.startswith("__")} == set(theory_claims.__all__)
    with pytest.raises(AttributeError, match="theory_claims has no sweep; it has run"):
        theory_claims.sweep  # noqa: B018
