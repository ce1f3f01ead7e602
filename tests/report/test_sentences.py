import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import sources
from experiments.claims import claims_of, families
from experiments.errors import UserError
from experiments.judging.verdict import Trial
from experiments.report import sentences
from experiments.sources import Published, Sentence, Source

POST = [one for one in sources.sentences() if one.of_the_post]
NAMES = st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("*?[]!./;"), max_size=12), max_size=8)


def test_the_chapters_stand_in_the_posts_order():
    chapters = list(dict.fromkeys(one.chapter for one in POST))
    assert chapters == ["I", "II.I", "II.II", "II.III", "III", "III.I", "III.II", "III.III"]
    every = sources.sentences()
    assert len({one.id for one in every}) == len(every)
    assert all(one.id.replace("-", "").isalnum() and one.text.endswith(".") for one in every)


def test_sentences_that_no_experiment_decides_are_tested_by_none():
    trials = [
        value
        for family in families()
        for module in claims_of(family).values()
        for name, value in vars(module).items()
        if isinstance(value, Trial)
    ]
    tested = {bearing.sentence for trial in trials for bearing in trial.bears_on}
    for_nobody = {one.id for one in sources.sentences() if one.no_experiment}
    assert "standard-model" in for_nobody
    assert tested & for_nobody == set()
    assert tested <= sources.names()
    assert {"layered", "every-boolean-function", "gets-stuck", "no-flattening"} <= tested


def test_a_verdict_is_at_each_of_its_sentences_or_beyond_them():
    verdicts = pd.DataFrame(
        {"claim": ["a.x/1", "a.x/2", "b.y"], "sentence": ["layered; bias-neurons", "", "no such sentence"]}
    )
    places = pd.Series(sentences.places(verdicts))
    assert places.tolist() == ["layered; bias-neurons", "beyond-a.x", "beyond-b.y"]
    every = sentences.all_of(places)
    assert [one.text for one in every if one.source == sentences.OF_NOBODY] == [
        "Other verdicts of a.x.",
        "Other verdicts of b.y.",
    ]
    at = {one.id: sentences.at(places, one).tolist() for one in every}
    assert at["layered"] == at["bias-neurons"] == [True, False, False]
    assert at["beyond-a.x"] == [False, True, False]
    assert sentences.all_of(places[:1]) == list(sources.sentences())


@given(NAMES, st.lists(st.sampled_from(["", "layered", "x"]), min_size=8, max_size=8))
def test_no_verdict_is_lost_whatever_its_name(names, bearing):
    verdicts = pd.DataFrame({"claim": names, "sentence": bearing[: len(names)]}, dtype=object)
    places = pd.Series(sentences.places(verdicts), dtype=object)
    found = pd.concat([sentences.at(places, one) for one in sentences.all_of(places)], axis=1)
    assert found.any(axis=1).all()


WRITTEN = """
title: A post
authors: somebody
where: here
chapters:
  - chapter: I
    title: One
    sentences:
      - {id: a, sentence: 'A: b.'}
      - id: c
        sentence: C.
        quantifier: some
        about: found by training
        no_experiment: It is a matter of taste.
        published: [{value: 0.5, what: a share, verdict: a.b/c, known: derived}]
"""


def test_a_source_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text(WRITTEN)
    source, (first, second) = sources.read(path)
    assert source == Source("other", "A post", "somebody", "here")
    path.write_text(WRITTEN.replace("where: here\n", "where: here\nlink: https://example.org/a\n"))
    assert sources.read(path)[0].link == "https://example.org/a"
    assert first == Sentence("a", "I", "One", "A: b.", "other")
    assert not first.of_the_post
    assert (second.quantifier, second.about, second.no_experiment[:4]) == ("some", "found by training", "It i")
    assert second.published == (Published(0.5, "a share", "a.b/c", "derived"),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("some", "most"), "c: 'most' is none of every, some"),
        (("found by training", "felt"), "c: 'felt' is none of"),
        (("derived", "remembered"), "c: 'remembered' is none of"),
        (("authors: somebody\n", ""), "the field authors is missing"),
        (("quantifier: some", "central: very"), "c: central is 'very', and can be true or false"),
        (("quantifier: some", "quantity: some"), "unexpected keyword argument 'quantity'"),
        (("title: A post", "title: ["), "while parsing"),
        (("where: here", "where: here\nlink: javascript:alert(1)"), "it begins with https://"),
        ((WRITTEN, "nothing"), "string indices"),
    ],
)
def test_a_source_that_is_none_is_refused_in_words(tmp_path, wrong, said):
    path = tmp_path / "other.yaml"
    path.write_text(WRITTEN.replace(*wrong))
    with pytest.raises(UserError) as error:
        sources.read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


def test_a_source_of_ones_own_is_found_and_a_name_is_given_once(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "FOLDER", tmp_path)
    (tmp_path / "mine.yaml").write_text(WRITTEN)
    assert [source.id for source, _ in sources.own.__wrapped__()] == ["mine"]
    (tmp_path / "yours.yaml").write_text(WRITTEN)
    with pytest.raises(UserError, match="two sentences have the name a"):
        sources.own.__wrapped__()


def test_the_post_comes_first_and_the_rules_of_the_house_last():
    names = [source.id for source, _ in sources.every()]
    assert (names[0], names[-1]) == (sources.FIRST, sources.LAST)
    assert names[1:-1] == sorted(names[1:-1])
