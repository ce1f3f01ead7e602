"""A kept run in today's words: words may change, and nothing else."""

import dataclasses
import shutil

import pandas as pd
import pytest

from experiments import verbs
from experiments.claims.boolean import minimum_width
from experiments.errors import UserError
from experiments.report import check, gather
from experiments.report.rewording import reword
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from tests.report import runs


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    keep_in(runs.census(results, drawn=True), results / "reference" / "boolean")
    return results / "reference" / "boolean"


@pytest.fixture
def kept(original, tmp_path):
    return RunDirectory(shutil.copytree(original, tmp_path / "reference" / "boolean"))


@pytest.fixture
def say(monkeypatch):
    """Lets the claim say its verdicts otherwise."""
    judge = minimum_width.judge

    def otherwise(**changes):
        monkeypatch.setattr(
            minimum_width, "judge", lambda table: [dataclasses.replace(one, **changes) for one in judge(table)]
        )

    return otherwise


def test_other_words_are_taken_and_every_other_letter_stays(kept, say):
    before = (kept.path / "verdicts.csv").read_text()
    assert reword(kept) == 0
    assert (kept.path / "verdicts.csv").read_text() == before
    say(statement="Three units are enough.")
    old = pd.read_csv(kept.path / "verdicts.csv", dtype=str)
    assert reword(kept) == 2
    new = pd.read_csv(kept.path / "verdicts.csv", dtype=str)
    assert list(new["statement"]) == ["Three units are enough."] * 2
    pd.testing.assert_frame_equal(new.drop(columns="statement"), old.drop(columns="statement"))
    assert list(check.differences(gather.read(kept))) == []


def test_a_figure_is_drawn_again_and_is_that_of_its_claim(kept):
    figure = kept.path / "figures" / "census.png"
    before = figure.read_bytes()
    figure.write_bytes(b"an older title")
    reword(kept)
    assert figure.read_bytes() == before
    assert kept.manifest()["concluded"]["claims"]["minimum-width"] == ["census.pdf", "census.png", "census.csv"]


@pytest.mark.parametrize("changes", [{"prediction": "width < 9"}, {"source": "Another."}])
def test_what_is_no_word_is_refused_and_nothing_is_written(kept, say, changes):
    before = (kept.path / "verdicts.csv").read_bytes()
    say(statement="Three units are enough.", **changes)
    with pytest.raises(UserError, match="more than words is another now") as error:
        reword(kept)
    assert f"verdicts.csv: {next(iter(changes))}: 2 of 2 differ" in str(error.value)
    assert (kept.path / "verdicts.csv").read_bytes() == before


def test_a_number_that_somebody_changed_is_not_drawn_over(kept):
    path = kept.path / "figures" / "census.csv"
    path.write_text(path.read_text().replace("3", "4", 1))
    with pytest.raises(UserError, match=r"figures/census\.csv"):
        reword(kept)


def test_the_verb_takes_kept_runs_only(kept, original, tmp_path, capsys):
    assert verbs.main(["keep", "reference/boolean", "--words", f"--results={tmp_path}"]) == 0
    run = next(path for path in (original.parent.parent / "boolean").iterdir())
    assert verbs.main(["keep", run.name, "--words", f"--results={original.parent.parent}"]) == 2
    assert "--words is for kept runs" in capsys.readouterr().err
