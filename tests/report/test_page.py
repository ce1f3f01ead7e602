import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from experiments import sources
from experiments.judging.table import to_table
from experiments.judging.verdict import Bearing
from experiments.report import model, page
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
    ledger = html[html.index('<section id="ledger"') : html.index('<section id="runs"')]
    assert len(re.findall(r'<tr[^>]*>\s*<td class="(?:supported|contradicted|inconclusive)"', ledger)) == 4
    for words in (
        "largest least width = n = 3",
        "Supported if the largest least width is n",
        "Other verdicts of boolean.given-up.",
    ):
        assert words in reader.text
    # What both rules share is said once.
    assert reader.text.count("weights real") == 1
    assert "python -m experiments run +sweep=boolean scale=smoke" in reader.text


def card(html: str, name: str) -> str:
    """The text of the card of a sentence."""
    found = re.search(rf'<article class="answer [a-z]+" id="{name}".*?</article>', html, re.DOTALL)
    assert found
    return " ".join(Reader(found.group()).text.split())


def test_every_sentence_has_a_card_with_its_answer(html):
    assert len(re.findall(r'<article class="answer', html)) == len(sources.sentences())
    assert "– not for an experiment" in card(html, "standard-model")
    assert "? open not tested yet" in card(html, "image-space")
    tested = card(html, "exponential-hidden-layer")
    # Two variants: n neurons compute parity, which speaks against it, and a smaller construction there is not.
    assert "? open variants 2 against it, all of them" in tested
    assert "0 of 2 on variants speak for it, 2 against it" in tested
    assert "python -m experiments run +sweep=boolean" in tested


def test_the_first_screen_counts_the_answers_and_lists_every_sentence(html):
    overview = html[html.index('id="overview"') : html.index('<section id="answers"')]
    assert overview.count("<tr>") == len(sources.sentences()) + 1
    bars = re.findall(r'class="bar" role="img" aria-label="([^"]*)"', html)
    # The rules of the harness itself are one sentence, which needs no bar.
    others = [one for one in sources.sentences() if one.source != sources.LAST]
    assert (
        sum(int(number) for number in re.findall(r"\d+", " ".join(bars))) == len(others) == len(sources.sentences()) - 1
    )


def test_the_first_lines_name_the_post_link_it_and_say_of_when_the_runs_are(html):
    head = html[html.index("<header>") : html.index("<main>")]
    post = sources.every()[0][0]
    assert f'<a href="{post.link}" rel="noreferrer">{post.title}</a>' in head
    words = " ".join(Reader(head).text.split())
    assert f"({post.authors}, {post.where})" in words
    assert re.search(r"theory-claims [\d.]+, runs up to \d{4}-\d\d-\d\d, scale \w+", words)
    assert 'href="#runs"' in head


def test_what_fails_or_holds_under_conditions_is_on_the_first_screen_with_what_was_found(tmp_path):
    against = support.verdict(
        "boolean.given-up/1",
        outcome="contradicted",
        bears_on=(Bearing("gets-stuck", "for", "as stated"),),
        finding="A quarter of them gets stuck.",
    )
    made = runs.write(tmp_path, {"given-up": runs.CENSUS}, to_table([against]), sweep="other")
    html = rendered_page(made)
    head = html[html.index("<header>") : html.index("</header>")]
    assert 'class="contradicted"><span aria-hidden="true">✗</span>' in head
    assert 'href="#gets-stuck"' in head
    assert "A quarter of them gets stuck." in Reader(head).text


def test_every_line_of_the_overview_stands_below_its_text_and_says_why(html):
    overview = html[html.index('id="overview"') : html.index('<section id="answers"')]
    assert overview.count('<tr class="group">') == len(sources.every())
    assert overview.count("No verdict bears on it yet.") > 5
    assert "is for people to say" in overview


def test_a_citation_names_version_verdict_run_and_commit(html):
    cited = re.search(r"<pre>(theory-claims [^<]*)</pre>", html)
    assert cited
    for words in ("verdict boolean.minimum-width", "run ", "scale ", "seed ", "commit "):
        assert words in cited.group(1)


def test_nothing_is_fetched_and_the_one_script_is_the_one_allowed(html):
    reader = Reader(html)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not reader.values("src")
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    # Links to the texts on trial are there to be followed; no other address is.
    links = {source.link for source, _ in sources.every() if source.link}
    assert set(re.findall(r"https?://(?!www\.w3\.org/)[^\"'<> )]*", html)) == links
    assert set(re.findall(r'href="(https?://[^"]*)" rel="noreferrer"', html)) == links
    assert len(re.findall(r"https?://(?!www\.w3\.org/)", html)) == len(re.findall(r'href="https?://', html))
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
    for words in ("missing: 1 of 1 unit,", "missing: 1 of 2 units", "MemoryError: no room", "no verdicts yet"):
        assert words in text
    assert "The theory of neural networks on trial" in Reader(rendered_page()).text


def test_switches_are_split_at_semicolons_outside_brackets():
    assert page.switches("a; b (c; d) ;e;") == ["a", "b (c; d)", "e"]
    assert page.switches("") == []
    assert page.switches("x) ; y") == ["x)", "y"]


def test_verdicts_of_one_rule_share_what_all_of_them_have():
    entries = [
        {"rule": rule, "source": "", "switches": switches}
        for rule, switches in (("r", ["a", "b", "z"]), ("s", ["z"]), ("r", ["c", "z", "a"]))
    ]
    of_all, (first, second) = page.by_rule(entries)
    assert of_all == ["z"]
    assert (first.rule, first.switches, [one["own"] for one in first.verdicts]) == ("r", ["a"], [["b"], ["c"]])
    assert (second.rule, second.switches, [one["own"] for one in second.verdicts]) == ("s", [], [[]])
