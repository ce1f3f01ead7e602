import numpy as np
import pandas as pd
import pytest

from experiments import sources
from experiments.judging.table import to_table
from experiments.judging.verdict import on
from experiments.report import answers, cards, gather, ledger, sentences
from experiments.sources import Sentence
from tests import support
from tests.report import runs


def recorded(tmp_path, p_values, **changes):
    """A run with one verdict for each p-value."""
    verdicts = [support.verdict(f"boolean.x/{i}", **changes) for i in range(len(p_values))]
    table = to_table(verdicts).assign(p_value=p_values)
    return gather.read(runs.write(tmp_path, {"x": runs.CENSUS}, table))


def by_definition(p_values):
    """Holm's adjusted p-values as the definition has them: max over smaller ones of (tests left) times p."""
    order = sorted(p_values)
    return [max(min(1, (len(order) - j) * order[j]) for j in range(order.index(p) + 1)) for p in p_values]


def test_holms_correction_runs_over_all_runs_together(tmp_path):
    first, second = [0.01, 0.04, 1e-6], [0.03, 0.02]
    made = ledger.make([recorded(tmp_path, first), recorded(tmp_path, second)])
    assert made["p_holm"].tolist() == pytest.approx(by_definition([*first, *second]))
    # 5 x 1e-6, 4 x 0.01, 3 x 0.02, ...
    assert made["p_holm"].tolist() == pytest.approx([0.04, 0.06, 5e-6, 0.06, 0.06])
    assert (made["remark"] == ledger.NOT_AFTER_HOLM).tolist() == [False, True, False, True, True]


def test_verdicts_without_a_test_are_left_out_of_the_correction(tmp_path):
    exact = recorded(tmp_path, [np.nan], evidence="exact")
    made = ledger.make([exact, recorded(tmp_path, [np.nan]), recorded(tmp_path, [0.04])])
    assert np.isnan(made["p_holm"][:2]).all()
    assert made["p_holm"][2] == pytest.approx(0.04)
    assert (made["remark"] == "").all()
    words = [ledger.p_value_words(row) for _, row in made.iterrows()]
    assert words == ["exact", "decided at any level", "0.04, 0.04"]


def test_an_inconclusive_verdict_counts_as_a_test_and_is_never_marked(tmp_path):
    made = ledger.make([recorded(tmp_path, [1.0], outcome="inconclusive"), recorded(tmp_path, [0.03])])
    assert made["p_holm"].tolist() == pytest.approx([1.0, 0.06])
    assert made["remark"].tolist() == ["", ledger.NOT_AFTER_HOLM]


def test_the_ledger_of_no_run_and_of_a_run_without_verdicts_is_empty(tmp_path):
    assert ledger.make([]).empty
    assert ledger.summary(ledger.make([]), [Sentence("x", "I", "", "X.")])["supported"].tolist() == [0]
    made = ledger.make([gather.read(runs.write(tmp_path, {"x": runs.CENSUS}, to_table([])))])
    assert made.empty
    assert {"claim", "p_holm", "remark", "head", "run"} <= set(made.columns)


def test_counts_and_summary(tmp_path):
    here, there = on("layered"), on("bias-neurons")
    verdicts = [
        support.verdict("a.x/1", bears_on=here),
        support.verdict("a.x/2", "contradicted", evidence="exact", bears_on=here + there),
        support.verdict("a.y", bears_on=there),
    ]
    made = ledger.make(
        [gather.read(runs.write(tmp_path, {"x": runs.CENSUS}, to_table(verdicts), family="a", other=("y",)))]
    )
    some = [Sentence(name, "I", "", f"{name}.") for name in ("layered", "bias-neurons", "derivatives")]
    table = ledger.summary(made, some)
    assert table["supported"].tolist() == [1, 1, 0]
    assert table["contradicted"].tolist() == [1, 1, 0]
    assert table["exact"].tolist() == [1, 1, 0]
    assert table["claims"].tolist() == ["a.x", "a.x, a.y", ""]
    words = [str(ledger.outcome_of(made, one)) for one in some]
    assert words == ["1 supported, 1 contradicted", "1 supported, 1 contradicted", "not tested yet"]
    assert ledger.counts(pd.Series(["nonsense", "supported"])) == {"supported": 1, "contradicted": 0, "inconclusive": 0}


def test_controls_are_told_apart_and_what_is_not_for_an_experiment_is_called_so(tmp_path):
    control = on("practice", role="control")
    verdicts = [
        support.verdict("a.x/1", bears_on=on("layered")),
        support.verdict("a.x/2", "contradicted", bears_on=on("layered", role="control") + control),
        support.verdict("a.x/3", bears_on=control),
    ]
    run = gather.read(runs.write(tmp_path, {"x": runs.CENSUS}, to_table(verdicts), family="a"))
    made = ledger.make([run])
    said = {one.id: one for one in sources.sentences()}
    words = {name: str(ledger.outcome_of(made, said[name])) for name in ("layered", "practice", "standard-model")}
    assert words == {
        "layered": "1 supported; controls: 1 contradicted",
        "practice": "not for an experiment; controls: 1 supported, 1 contradicted",
        "standard-model": "not for an experiment",
    }
    # The answer says the same in the same words.
    for name, outcome in words.items():
        (card,) = cards.make([answers.of(made, said[name])], made, [run])
        word, _, controls = outcome.partition("; controls: ")
        assert card.controls == controls
        assert ("controls", f"{controls}; they are not counted") in cards.in_words(card) or not controls
        assert (card.answer.word == word) == (card.counts == "") == (name != "layered")


def test_a_sentence_that_is_not_the_posts_stands_behind_the_name_of_its_source():
    said = {one.id: one for one in sources.sentences()}
    assert sentences.where(said["layered"]) == "I"
    other = next(one for one in said.values() if one.source == "telgarsky")
    assert sentences.where(other) == "telgarsky: Theorems"
    beyond = sentences.all_of(pd.Series([f"{sentences.OF_CLAIM}a.x"]))[-1]
    assert sentences.where(beyond) == sentences.BEYOND


def test_numbers_in_words():
    assert [ledger.probability(value) for value in (np.nan, 1.0, 0.05, 1e-6)] == ["", "1", "0.05", "1e-06"]
    row = pd.Series({"measured": 0.25, "low": 0.2, "high": 0.3, "evidence": "statistical"})
    assert ledger.measured(row) == "0.25 [0.2, 0.3]"
