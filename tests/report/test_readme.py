import re

import pandas as pd
import pytest
from rich.console import Console

from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.judging.verdict import on
from experiments.report import command, gather, ledger, model, page, readme
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.verbs import lines
from tests import support
from tests.conftest import ROOT
from tests.report import runs

NAMED = "boolean.minimum-width"
OTHER = "boolean.other"
# Verdicts and their p-values.
VERDICTS = [
    (support.verdict(f"{NAMED}/a/1", measured=0.9, low=0.8, high=1.0), 0.01),
    (support.verdict(f"{NAMED}/a/2", measured=0.6, low=0.51, high=0.7, statement="Weak | here."), 0.04),
    (support.verdict(f"{NAMED}/a/3", "contradicted", measured=0.1, low=0.0, high=0.4), 0.04),
    (support.verdict(f"{NAMED}/b", evidence="exact", measured=4, low=4, high=4), float("nan")),
    (support.verdict(f"{OTHER}/c", "contradicted", measured=0.1, low=0.0, high=0.2), 1e-6),
    (support.verdict(f"{OTHER}/d", "contradicted", measured=0.3, low=0.3, high=0.3), float("nan")),
]


@pytest.fixture
def results(tmp_path):
    """A results folder with a kept run, and a README beside it."""
    verdicts, p_values = zip(*VERDICTS, strict=True)
    table = to_table(verdicts).assign(p_value=p_values)
    run = runs.write(tmp_path / "results", {"minimum-width": runs.CENSUS, "other": runs.CENSUS}, table)
    keep_in(run, tmp_path / "results" / "reference" / "boolean")
    (tmp_path / "README.md").write_text(f"# Mine\n\n{readme.BEGIN}\nold\n{readme.END}\n\nThe end.\n")
    return tmp_path / "results"


def say(*arguments) -> tuple[int, str]:
    console = Console(record=True, width=300)
    return command.report(lines.parsed("report", [str(one) for one in arguments]), console), console.export_text()


def recorded(results) -> list[gather.Recorded]:
    return [gather.read(run) for run in gather.choose_runs(["reference"], str(results))[0]]


def claims_text(read) -> str:
    return readme.claims_text(read, ledger.make(read))


def test_a_line_shows_the_weakest_verdict_of_a_claim_and_outcome_with_its_own_interval_and_counts(results):
    lines = [line for line in claims_text(recorded(results)).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 3
    supported = lines[2]
    assert "Weak \\| here." in supported
    assert "3 supported, 1 exact, 1†" in supported
    assert "`a/2`: 0.6 \\[0.51, 0.7\\]†" in supported
    assert "0.9" not in supported
    assert "| contradicted, statistical, † |" in lines[3]
    assert "2 contradicted, statistical |" in lines[4]
    assert "`c`: 0.1" in lines[4]


def test_the_summary_counts_what_states_no_level_and_what_holms_correction_removes(results):
    words = " ".join(claims_text(recorded(results)).split())
    assert "6 verdicts: 3 supported, 3 contradicted. 1 are exact." in words
    assert "Of the 5 statistical ones 4 have a p-value" in words
    assert "the other 1 state no level" in words
    # 1e-6, 0.01, 0.04, 0.04 times 4, 3, 2, 1: the last two are above 0.05.
    assert "leaves 2 of the 4 decisions that have one, and removes 2 (†): boolean.minimum-width 2." in words


def test_the_page_names_the_claims_that_holms_correction_takes_decisions_from(results):
    made = model.make(gather.choose_runs(["reference"], str(results))[0])
    assert "by claim: boolean.minimum-width 2." in page.render(made)


def test_only_what_stands_between_the_marks_is_written_and_a_second_time_changes_nothing(results):
    path, reference = results.parent / "README.md", results / "reference"
    assert say("--readme", "--results", results)[0] == 0
    once = path.read_text()
    assert once.startswith(f"# Mine\n\n{readme.BEGIN}\n\nThe post's ")
    assert once.endswith(f"\n\n{readme.END}\n\nThe end.\n")
    assert "old" not in once
    assert "](results/reference/answers.png)" in once
    files = {name: (reference / name).read_bytes() for name in (readme.CLAIMS, readme.PICTURE, readme.DRAWN)}
    assert b"6 verdicts: 3 supported" in files[readme.CLAIMS]
    assert say("--readme", "--results", results)[0] == 0
    assert path.read_text() == once
    assert {name: (reference / name).read_bytes() for name in files} == files


def test_a_sentence_of_the_post_has_a_line_with_its_answer_and_finding(tmp_path):
    found = [
        support.verdict(
            f"{NAMED}/{sentence}",
            evidence="exact",
            existence="representable",
            bears_on=on(sentence),
            finding="All | of them are.",
            measured=1.0,
            low=1.0,
            high=1.0,
        )
        for sentence in ("layered", "universal-approximation")
    ]
    run = runs.write(tmp_path / "results", {"minimum-width": runs.CENSUS}, to_table(found))
    kept = tmp_path / "results" / "reference" / "boolean"
    keep_in(run, kept)
    read = recorded(tmp_path / "results")
    entries = ledger.make(read)
    made = readme.post_cards(read, entries)
    text = readme.answers_text(made, kept.parent, tmp_path)
    # The README has the sentences that the post turns on; beside the reference stand all of them.
    (line,) = [line for line in text.splitlines() if line.startswith("| ✓")]
    assert line.startswith("| ✓ holds | A network with a single hidden layer")
    assert line.endswith("| All \\| of them are. |")
    assert "sentences: holds 2, open" in text
    assert "not on trial yet: generalises" in text
    whole = readme.files(read, entries, made, ())[readme.CLAIMS].decode()
    first, second = [line for line in whole.splitlines() if line.startswith("| ✓")]
    assert first.startswith("| ✓ holds | Neurons and edges form a graph.")
    assert second == line
    assert "not on trial yet: bias-neurons" in whole


def test_a_number_that_was_changed_by_hand_is_found_when_the_reference_is_checked(results):
    say("--readme", "--results", results)
    assert "is not what the kept runs give" not in say("--check", "reference", "--results", results)[1]
    changes = {
        results.parent / "README.md": ("The post", "A post"),
        results / "reference" / readme.CLAIMS: ("0.51", "0.55"),
        results / "reference" / readme.DRAWN: ("sentence", "claim"),
    }
    for path, change in changes.items():
        whole = path.read_text()
        path.write_text(whole.replace(*change))
        status, words = say("--check", "reference", "--results", results)
        assert status == 1
        assert f"{path} is not what the kept runs give; write it anew" in words
        path.write_text(whole)


def test_where_there_is_no_readme_of_ours_the_rest_is_checked(results, tmp_path, monkeypatch):
    (results.parent / "README.md").unlink()
    status, words = say("--check", "reference", "--results", results)
    assert "so none is checked" in words
    assert "boolean is" in words
    # Outside a checkout the kept runs are those of the wheel, and a README that is there is of something else.
    (results / "reference").rename(tmp_path / "reference")
    monkeypatch.setattr(gather, "choose_runs", lambda *_: ([RunDirectory(tmp_path / "reference" / "boolean")], []))
    (results.parent / "README.md").write_text("# Of something else")
    assert say("--check", "reference", "--results", results) == (status, words)


@pytest.mark.parametrize(
    "content", ["", readme.BEGIN, f"{readme.END}\n{readme.BEGIN}", f"{readme.BEGIN}{readme.END}" * 2]
)
def test_a_readme_without_the_marks_is_refused(results, content):
    (results.parent / "README.md").write_text(content)
    with pytest.raises(UserError, match="put each of them there once"):
        say("--readme", "--results", results)
    assert (results.parent / "README.md").read_text() == content


def test_hostile_words_stay_words(tmp_path):
    run = runs.hostile(tmp_path)
    for line in claims_text([gather.read(run)]).splitlines():
        assert "<script" not in line
        assert "<img" not in line


def test_the_weakest_of_verdicts_without_p_values_is_statistical_and_the_first_by_name():
    group = pd.DataFrame(
        {
            "claim": ["a.b/1", "a.b/3", "a.b/2"],
            "evidence": ["exact", "statistical", "statistical"],
            "p_value": [float("nan")] * 3,
        }
    )
    assert readme.weakest(group)["claim"] == "a.b/2"
    assert readme.weakest(group.assign(p_value=[0.9, 0.2, float("nan")]))["claim"] == "a.b/3"


def test_the_readme_of_this_repository_shows_what_its_reference_gives():
    wrong = readme.differs(recorded(ROOT / "results"), ROOT / "README.md", ROOT / "results" / "reference")
    assert wrong == [], "run: python -m experiments report --readme"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_that_are_linked_to_are_there(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []
