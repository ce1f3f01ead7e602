"""The site: what is generated, and that every link leads to something. The site itself is not built here."""

import inspect
import re
import tomllib

import pytest

from documentation import diagrams, generated, links, markdown, notebooks, pages, reference
from experiments import interface, sources
from experiments.claims import claims_of
from experiments.running import groups
from tests.conftest import ROOT

NOTEBOOKS = {f"notebooks/{path.stem}.md": notebooks.cells_of(path)[0]["source"] for path in notebooks.paths()}


@pytest.fixture(scope="module")
def site():
    return pages.made()


def test_every_link_leads_to_a_page_or_a_picture_and_its_heading(site):
    texts, files = site
    assert links.broken(texts | NOTEBOOKS, files.keys()) == []


def test_the_navigation_has_every_page_once(site):
    nav = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]
    found = re.findall(r"[\w/-]+\.md", str(nav))
    assert sorted(found) == sorted([*site[0], *NOTEBOOKS])


def test_no_page_is_a_stub_and_every_marker_is_filled(site):
    for path, text in site[0].items():
        assert text.startswith("# "), path
        assert len(text) > 800, path
        assert not pages.MARKER.search(text), path
    with pytest.raises(KeyError):
        pages.filled("<!-- generated: nothing -->", {})


def test_who_reads_a_page_where_it_is_sees_what_will_stand_at_each_mark(site):
    marks = {
        (path.name, mark["name"]): mark["words"]
        for path in pages.DOCS.glob("*.md")
        for mark in pages.MARKER.finditer(path.read_text())
    }
    assert [mark for mark, words in marks.items() if not re.match("[Hh]ere `make docs`", words or "")] == []
    # The pages of the site have what is meant instead.
    assert [name for name, text in site[0].items() if re.search("[Hh]ere `make docs`", text)] == []
    functions = [name for name in interface.__all__ if inspect.isfunction(getattr(interface, name))]
    assert all(f"`{name}`" in marks["python.md", "interface"] for name in functions)


def test_a_family_has_all_its_claims_with_settings_and_verdicts(site):
    texts, files = site
    for sweep in groups.sweeps():
        text = texts[f"families/{sweep}.md"]
        for claim in claims_of(sweep):
            assert f"\n## {claim}\n" in text
            assert f"### Settings of {claim}\n" in text
    assert re.search(r"<summary>Verdicts: \d+ supported", texts["families/boolean.md"])
    assert any(name.startswith("families/boolean/") for name in files)


def test_answers_settings_and_published_numbers_are_those_of_the_harness(site):
    texts, _ = site
    assert all(markdown.plain(one.text) in texts["answers.md"] for one in sources.sentences())
    assert "`engine.unit_cells`" in texts["settings.md"]
    published = [one for sentence in sources.sentences() for one in sentence.published]
    assert published
    assert all(f"`{one.verdict}`" in texts["published.md"] for one in published)


def test_the_reference_has_every_name_with_what_its_docstring_says():
    page = reference.page()
    assert [f"tc.{name}" for name in interface.__all__] == re.findall(r"^### `(.*)`$", page, re.MULTILINE)
    assert "- `.finding`: The finding of the verdict that decides" in page
    assert "- `claim`: its name, with or without its family" in page
    assert "experiments.interface" not in page


def test_a_link_that_leads_nowhere_is_named():
    texts = {
        "a.md": "# One, two!\n[x](b.md#c-d) [y](#one-two) [z](https://elsewhere)",
        "b.md": "# B\n```\n# C d\n```\n",
    }
    assert links.broken(texts, []) == ["a.md: b.md#c-d: no heading of b.md has this name"]
    assert links.broken({"n/a.md": "# A\n[b](../b.md) [p](p.png)"}, ["n/p.png"]) == ["n/a.md: ../b.md leads to no page"]


def test_links_of_the_repository_become_links_between_pages():
    text, pictures = pages.moved("[a](docs/clusters.md#slurm) [b](experiments/plan.py) [c](https://c) [d](#d)", ROOT)
    assert text == "[a](clusters.md#slurm) b [c](https://c) [d](#d)"
    assert pictures == []
    text, _ = pages.moved("[a](../CONTRIBUTING.md#tests) [b](notebooks/lecture.ipynb)", ROOT / "docs")
    assert text == "[a](contributing.md#tests) [b](notebooks/lecture.md)"


def test_pages_can_be_read_in_the_repository_too():
    for path in pages.DOCS.glob("*.md"):
        targets = [target.partition("#")[0] for _, target in pages.LINK.findall(path.read_text())]
        assert all(":" in one or (path.parent / one).exists() for one in targets), path


def test_tables_and_texts_hold_what_they_are_given():
    assert markdown.table(["a"], [["b|c\nd"], [1]]) == "| a |\n| --- |\n| b\\|c d |\n| 1 |"
    assert markdown.plain("<b> 2*3 [x] `y`") == "&lt;b&gt; 2\\*3 \\[x\\] \\`y\\`"
    assert markdown.prose("`n < 2` and <b>") == "`n < 2` and &lt;b&gt;"


def test_a_diagram_has_its_boxes_and_an_arrow_between_any_two():
    drawn = diagrams.chain("title", [(str(number), "<about>") for number in range(6)])
    assert drawn.count("<rect") == 6
    assert drawn.count("<path") == 5
    assert "&lt;about&gt;" in drawn
    # The widest text fits into its box: about six units for each of its letters.
    assert all(
        len(about) * 6 < diagrams.WIDTH for about in re.findall(r'font-size="11"[^>]*>([^<]*)<', diagrams.NUMBER)
    )


def test_a_calibration_counts_every_rule_of_the_kept_run():
    rows = generated.calibrations().splitlines()[2:]
    counts = [[int(cell) for cell in row.split("|")[2:6]] for row in rows]
    assert all(total == sum(outcomes) for total, *outcomes in counts)
