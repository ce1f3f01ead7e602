"""Figures that stand in the last report are taken again, and nothing that somebody put in their place."""

import json
import shutil

import pytest

from experiments.report import command, earlier, gather, model, page, pictures
from experiments.report.earlier import RECORD, Earlier
from tests.report import runs


@pytest.fixture(scope="module")
def first(few_sentences, tmp_path_factory):
    """A run, and the folder of its report; only copied."""
    place = tmp_path_factory.mktemp("first")
    run = runs.census(place)
    command.write(model.make([run]), place / "report")
    return run, place / "report"


@pytest.fixture
def written(first, tmp_path):
    """The run, and a copy of the folder of its report."""
    run, folder = first
    return run, shutil.copytree(folder, tmp_path / "report")


def taken(run, folder):
    return Earlier(folder).pictures("boolean", "boolean.minimum-width", earlier.drawn_from(run))


def test_a_report_made_again_draws_nothing_and_is_the_same_to_the_byte(written, monkeypatch):
    run, folder = written
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    monkeypatch.setattr(pictures, "draw", lambda *_: pytest.fail("it was drawn again"))
    command.write(model.make([run], earlier=Earlier(folder)), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_another_table_or_other_code_is_drawn_anew(written, monkeypatch):
    run, folder = written
    assert [one.name for one in taken(run, folder) or ()] == ["census"]
    assert Earlier(folder).pictures("boolean", "boolean.minimum-width", "another") is None
    assert Earlier(folder).pictures("boolean", "boolean.minimum-width", "") is None
    assert Earlier(folder).pictures("boolean", "boolean.every-function", earlier.drawn_from(run)) is None
    monkeypatch.setattr(earlier, "code", lambda: "another")
    assert taken(run, folder) is None
    assert Earlier(None).pictures("boolean", "boolean.minimum-width", "x") is None


@pytest.mark.parametrize("kind", ["svg", "pdf", "csv"])
def test_a_figure_with_a_file_missing_or_a_link_is_drawn_anew(written, kind):
    run, folder = written
    path = folder / "figures" / "boolean" / f"census.{kind}"
    content = path.read_bytes()
    path.unlink()
    assert taken(run, folder) is None
    (folder / "elsewhere").write_bytes(content)
    path.symlink_to(folder / "elsewhere")
    assert taken(run, folder) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda record: "[]",
        lambda record: "{",
        lambda record: json.dumps({**record, "claims": {"boolean/boolean.minimum-width": {"table": "x"}}}),
        lambda record: json.dumps(record).replace("census", "../../../secret"),
        lambda record: json.dumps(record).replace('"census"', "7"),
    ],
)
def test_a_record_that_says_something_else_is_not_believed(written, change):
    run, folder = written
    (folder / RECORD).write_text(change(json.loads((folder / RECORD).read_text())))
    assert taken(run, folder) is None


def test_a_figure_that_means_harm_is_no_more_than_a_figure(written):
    run, folder = written
    path = folder / "figures" / "boolean" / "census.svg"
    harm = path.read_text().replace("<g id=", "<script>alert(1)</script><g onload='alert(2)' id=", 1)
    harm = harm.replace('style="', 'style="} </style><script>alert(3)</script>'.replace("<", "&lt;"), 1)
    path.write_text(harm)
    html = page.render(model.make([run], earlier=Earlier(folder)))
    assert "alert(" not in html
    assert html.count("</style>") == 1
    assert gather.read(run).notes == []
