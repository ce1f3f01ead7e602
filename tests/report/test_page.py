import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd
import pytest

from experiments.drawing.files import rendered
from experiments.drawing.style import Drawing, house_style, new_figure
from experiments.judging.table import to_table
from experiments.report import model, page, svg
from tests import support
from tests.report import runs


class Reader(HTMLParser):
    """Tags with their attributes, and all text, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def rendered_page(*made) -> str:
    return page.render(model.make(list(made)))


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    others = to_table([support.verdict("boolean.given-up/1"), support.verdict("boolean.minimum-width/parity")])
    other = runs.write(folder, {"given-up": runs.CENSUS}, others, sweep="other", other=("minimum-width",))
    return rendered_page(runs.census(folder), other)


def test_names_are_unique_and_every_link_within_the_page_leads_somewhere(html):
    ids = Reader(html).values("id")
    assert len(set(ids)) == len(ids)
    links = [link for link in Reader(html).values("href") if link.startswith("#")]
    assert links
    assert {link[1:] for link in links} <= set(ids)


def test_every_verdict_is_in_the_ledger_and_with_its_rule(html):
    reader = Reader(html)
    assert len(reader.values("data-verdict")) == 4
    for words in (
        "largest least width = n = 3",
        "Supported if the largest least width is n",
        "Other verdicts of boolean.given-up.",
    ):
        assert words in reader.text
    assert reader.text.count("weights real") == 2
    assert "python -m experiments run +sweep=boolean scale=smoke" in reader.text


def test_sentences_without_a_verdict_say_so(html):
    untested = re.search(r"32 parameters only\..*?</li>", html, re.DOTALL)
    assert untested
    assert "not tested yet" in untested.group()
    tested = re.search(r"grows exponentially with n\..*?</li>", html, re.DOTALL)
    assert tested
    assert "1 supported, 1 contradicted" in " ".join(Reader(tested.group()).text.split())


def test_nothing_is_fetched_and_the_one_script_is_the_one_allowed(html):
    reader = Reader(html)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not reader.values("src")
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    assert not re.search(r"https?://(?!www\.w3\.org/)", html)
    assert "default-src 'none'" in html


def test_a_hostile_run_is_text_and_nothing_but_text(tmp_path):
    html = rendered_page(runs.hostile(tmp_path))
    reader = Reader(html)
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    assert "{{ 7 * 7 }}" in reader.text
    # Statement, source, prediction, rule, hypotheses, device, error and a setting are all there to read.
    assert reader.text.count('<script>alert("x")</script>') >= 8
    assert len(set(reader.values("id"))) == len(reader.values("id"))


def test_empty_partial_and_failed_runs_render(tmp_path):
    empty = runs.write(tmp_path, {"minimum-width": pd.DataFrame()}, to_table([]))
    (empty.path / "verdicts.csv").unlink()
    failed = runs.write(tmp_path, {"given-up": runs.CENSUS, "every-function": pd.DataFrame()}, to_table([]))
    failed.write_failure("every-function-0", {"error": "MemoryError: no room"})
    text = Reader(rendered_page(empty, failed)).text
    for words in ("1 of 1 units are missing", "1 of 2 units are missing", "MemoryError: no room", "no verdicts yet"):
        assert words in text
    assert "The theory of neural networks on trial" in Reader(rendered_page()).text


def test_switches_are_split_at_semicolons_outside_brackets():
    assert page.switches("a; b (c; d) ;e;") == ["a", "b (c; d)", "e"]
    assert page.switches("") == []
    assert page.switches("x) ; y") == ["x)", "y"]


def test_verdicts_of_one_rule_share_what_all_of_them_have():
    entries = [
        {"rule": rule, "switches": switches} for rule, switches in (("r", ["a", "b"]), ("s", []), ("r", ["c", "a"]))
    ]
    first, second = page.by_rule(entries)
    assert (first.rule, first.switches, [one["own"] for one in first.verdicts]) == ("r", ["a"], [["b"], ["c"]])
    assert (first.differ, second.differ, second.switches) == (True, False, [])


def test_a_figure_becomes_an_element_with_names_and_colours_of_the_page():
    with house_style():
        figure = new_figure(5.25, 3.0)
        figure.axes[0].plot([0, 1], [0, 1], color="#0072B2", label="<script>&")
        figure.axes[0].plot([0, 1], [1, 0], color="#000000")
        figure.axes[0].legend()
        text = rendered(Drawing(figure, pd.DataFrame()), ("svg",))["svg"].decode()
    one, two = svg.inline(text, "one", 'a "<b>"'), svg.inline(text, "two", "")
    for name, inlined in (("one", one), ("two", two)):
        tree = ElementTree.fromstring(inlined)
        ids = {element.get("id") for element in tree.iter() if element.get("id")}
        assert ids
        assert all(str(each).startswith(f"{name}-") for each in ids)
        used = re.findall(r'(?:href="|url\()#([^")]+)', inlined)
        assert used
        assert set(used) <= ids
        assert tree.get("viewBox") == "0 0 378 216"
    assert ElementTree.fromstring(one).get("aria-label") == 'a "<b>"'
    assert "#0072b2" in one
    assert "#000000" not in one
    assert "currentColor" in one
    assert "&lt;script&gt;&amp;" in one
    assert "<script" not in one
    assert "<metadata" not in one
