import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from experiments import sources
from experiments.claims import claims_of, families
from experiments.judging.verdict import Trial
from experiments.report import sentences
from experiments.sources import Sentence

POST = sources.read()
NAMES = st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("*?[]!./;"), max_size=12), max_size=8)


def test_the_chapters_stand_in_the_posts_order():
    chapters = list(dict.fromkeys(one.chapter for one in POST))
    assert chapters[:-1] == ["I", "II.I", "II.II", "II.III", "III", "III.I", "III.II", "III.III"]
    assert len({one.id for one in POST}) == len(POST)
    assert all(one.id.replace("-", "").isalnum() and one.text.endswith(".") for one in POST)


def test_sentences_that_nothing_tests_yet_are_there():
    trials = [
        value
        for family in families()
        for module in claims_of(family).values()
        for name, value in vars(module).items()
        if isinstance(value, Trial)
    ]
    tested = {bearing.sentence for trial in trials for bearing in trial.bears_on}
    untested = {"image-space", "configurations", "generative-process", "standard-model", "hierarchy"}
    assert tested & untested == set()
    assert tested <= sources.names()
    assert {"layered", "every-boolean-function", "gets-stuck", "no-flattening"} <= tested


def test_a_verdict_is_at_each_of_its_sentences_or_beyond_them():
    verdicts = pd.DataFrame(
        {"claim": ["a.x/1", "a.x/2", "b.y"], "sentence": ["layered; bias-neurons", "", "no such sentence"]}
    )
    places = pd.Series(sentences.places(verdicts))
    assert places.tolist() == ["layered; bias-neurons", "beyond-a.x", "beyond-b.y"]
    every = sentences.all_of(places)
    assert [one.text for one in every if not one.of_the_post][-2:] == [
        "Other verdicts of a.x.",
        "Other verdicts of b.y.",
    ]
    at = {one.id: sentences.at(places, one).tolist() for one in every}
    assert at["layered"] == at["bias-neurons"] == [True, False, False]
    assert at["beyond-a.x"] == [False, True, False]
    assert sentences.all_of(places[:1]) == POST


@given(NAMES, st.lists(st.sampled_from(["", "layered", "x"]), min_size=8, max_size=8))
def test_no_verdict_is_lost_whatever_its_name(names, bearing):
    verdicts = pd.DataFrame({"claim": names, "sentence": bearing[: len(names)]}, dtype=object)
    places = pd.Series(sentences.places(verdicts), dtype=object)
    found = pd.concat([sentences.at(places, one) for one in sentences.all_of(places)], axis=1)
    assert found.any(axis=1).all()


def test_a_sentence_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "post.yaml"
    path.write_text("- {chapter: I, title: One, sentences: [{id: a, sentence: 'A: b.'}]}")
    assert sources.read(path) == [Sentence("a", "I", "One", "A: b.")]
