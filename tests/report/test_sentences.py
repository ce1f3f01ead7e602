from hypothesis import given
from hypothesis import strategies as st

from experiments.report import sentences
from experiments.report.sentences import Sentence

POST = sentences.read_post()
NAMES = st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("*?[]!./"), max_size=12), max_size=8)


def of(claim: str) -> list[str]:
    return [one.id for one in POST if one.is_tested_by(claim)]


def test_the_chapters_stand_in_the_posts_order():
    chapters = list(dict.fromkeys(one.chapter for one in POST))
    assert chapters[:-1] == ["I", "II.I", "II.II", "II.III", "III", "III.I", "III.II", "III.III"]
    assert len({one.id for one in POST}) == len(POST)
    assert all(one.id.replace("-", "").isalnum() and one.text.endswith(".") for one in POST)


def test_verdicts_find_their_sentences():
    assert of("boolean.every-function") == of("boolean.every-function/sampled") == ["every-boolean-function"]
    assert of("boolean.exponential-bound/one-hidden-layer") == ["exponential-hidden-layer"]
    assert of("boolean.exponential-bound/any-architecture") == ["exponential-bound"]
    assert of("restarts.a-million-restarts/parity-2-2-1/tanh/cheaper") == ["million-restarts"]
    assert of("restarts.a-million-restarts/parity-2-2-1/tanh/starting-again") == ["restarts"]
    assert of("restarts.brute-force/crossover") == ["exhaustive-search", "million-restarts"]
    assert of("depth.product-gate/tanh") == ["no-flattening"]
    assert of("backprop.one-point-step") == ["one-point-step"]
    assert of("boolean.every") == of("xboolean.every-function") == of("") == []


def test_sentences_that_nothing_tests_yet_are_there():
    untested = {one.id for one in POST if not one.tested_by}
    assert {"image-space", "configurations", "generative-process", "standard-model", "hierarchy"} <= untested


@given(NAMES)
def test_no_verdict_is_lost_whatever_its_name(names):
    everything = [*POST, *sentences.beyond(names, POST)]
    assert all(any(one.is_tested_by(name) for one in everything) for name in names)


def test_beyond_the_post_stands_each_other_claim_once_with_its_own_verdicts():
    found = sentences.beyond(["b.new/x[1]", "a.new", "b.new/*", "boolean.every-function"], POST)
    assert [one.text for one in found] == ["Other verdicts of a.new.", "Other verdicts of b.new."]
    assert [name for name in ("b.new/x[1]", "b.new/x1", "b.new/*", "b.new/y") if found[1].is_tested_by(name)] == [
        "b.new/x[1]",
        "b.new/*",
    ]
    assert sentences.beyond([], POST) == []


def test_a_sentence_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "post.yaml"
    text = "- {chapter: I, title: One, sentences: [{id: a, sentence: 'A: b.', tested_by: ['x.*']}]}"
    path.write_text(text)
    assert sentences.read_post(path) == [Sentence("a", "I", "One", "A: b.", ("x.*",))]
