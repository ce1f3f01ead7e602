"""Answers: the rule on planted verdicts, word by word, and against a second writing of it."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import sources
from experiments.judging.table import to_table
from experiments.judging.verdict import Bearing, on
from experiments.report import answers, ledger
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, NO_EXPERIMENT, OPEN, VARIANTS
from experiments.report.signs import AGAINST, FOR, UNDECIDED
from experiments.sources import Published, Sentence
from tests import support

EVERY = Sentence("layered", "I", "One", "Every network is layered.")
SOME = dataclasses.replace(EVERY, quantifier="some")
TRAINED = dataclasses.replace(EVERY, about="found by training")


def entries(*verdicts, **columns):
    """A ledger of these verdicts, each (outcome, role, direction) or with further fields."""
    made = []
    for number, (outcome, role, direction, *rest) in enumerate(verdicts):
        fields = {"evidence": "exact", "existence": "representable", **(rest[0] if rest else {})}
        bears = on("layered", direction, role)
        made.append(support.verdict(f"a.b/{number}", outcome, bears_on=bears, low=0.2, high=0.3, **fields))
    table = to_table(made).assign(run="r", sweep="a", head="a.b", remark="", p_holm=float("nan"))
    table["places"] = "layered" if len(table) else pd.Series(dtype=object)
    return table.assign(**columns)


def word(sentence, *verdicts, **columns):
    return answers.of(entries(*verdicts, **columns), sentence).word


S, C, I = "supported", "contradicted", "inconclusive"  # noqa: E741
STATED, VARIANT, CONTROL = "as stated", "variant", "control"


@pytest.mark.parametrize(
    ("sentence", "verdicts", "expected"),
    [
        (EVERY, [(S, STATED, "for")], HOLDS),
        (EVERY, [(C, STATED, "for")], FAILS),
        (EVERY, [(S, STATED, "against")], FAILS),
        (EVERY, [(C, STATED, "against")], HOLDS),
        (EVERY, [(I, STATED, "for")], OPEN),
        (EVERY, [(S, STATED, "for"), (C, STATED, "for")], CONDITIONS),
        # Most of the verdicts on a sentence on every case have to be decided.
        (EVERY, [(S, STATED, "for"), (I, STATED, "for")], OPEN),
        (EVERY, [(S, STATED, "for"), (S, STATED, "for"), (I, STATED, "for")], HOLDS),
        (EVERY, [(C, STATED, "for"), (I, STATED, "for"), (I, STATED, "for")], FAILS),
        # Variants do not decide beside what is as stated, and alone never make it hold or fail.
        (EVERY, [(S, STATED, "for"), (C, VARIANT, "for")], HOLDS),
        (EVERY, [(S, VARIANT, "for")], VARIANTS),
        (EVERY, [(C, VARIANT, "for")], OPEN),
        (EVERY, [(S, CONTROL, "for"), (C, CONTROL, "for")], OPEN),
        (EVERY, [], OPEN),
        # One example is enough; one failure is not.
        (SOME, [(S, STATED, "for"), (C, STATED, "for")], HOLDS),
        (SOME, [(C, STATED, "for")], FAILS),
        (SOME, [(C, STATED, "for", {"evidence": "statistical"})], OPEN),
        # A search that fails is no evidence against what exists, and is evidence against what a search is said to do.
        (EVERY, [(C, STATED, "for", {"existence": "found by training"})], OPEN),
        (TRAINED, [(C, STATED, "for", {"existence": "found by training"})], FAILS),
        (EVERY, [(S, STATED, "for", {"existence": "found by training"})], HOLDS),
        (dataclasses.replace(EVERY, no_experiment="It is a matter of taste."), [], NO_EXPERIMENT),
        (dataclasses.replace(EVERY, no_experiment="It is a matter of taste."), [(S, STATED, "for")], HOLDS),
    ],
)
def test_the_rule(sentence, verdicts, expected):
    assert word(sentence, *verdicts) == expected


def test_an_open_answer_tells_what_holms_correction_takes_away():
    table = entries(*[(S, STATED, "for")] * 4)
    found = answers.of(table.assign(remark=["", *[ledger.NOT_AFTER_HOLM] * 2, ""]).assign(verdict=[S, S, S, I]), EVERY)
    assert found.word == OPEN
    assert found.because.startswith("Too few are decided: 1 of 4 verdicts on the sentence as stated speak for it")
    assert found.because.endswith("Of the others 2 would be decided, were it not for Holm's correction.")


def test_verdicts_that_do_not_survive_decide_only_alone():
    lost, kept = ledger.NOT_AFTER_HOLM, ""
    both = [(S, STATED, "for"), (C, STATED, "for")]
    assert word(EVERY, *both, remark=[kept, lost]) == OPEN  # one of two is not more than half
    assert word(EVERY, *both, (S, STATED, "for"), remark=[kept, lost, kept]) == HOLDS
    alone = answers.of(entries((C, STATED, "for"), remark=[lost]), EVERY)
    assert (alone.word, alone.weak, alone.remark) == (FAILS, True, answers.WEAK)
    assert not answers.of(entries((C, STATED, "for")), EVERY).remark


def again(rows, quantifier):
    """The rule for sentences on every case and on some, written a second time for lists of (role, sign, exact)."""
    stated = [row for row in rows if row[0] == STATED]
    signs = [sign for _, sign, _ in stated]
    if quantifier == "some":
        if FOR in signs:
            return HOLDS
        if any(sign == AGAINST and exact for _, sign, exact in stated):
            return FAILS
    else:
        if {FOR, AGAINST} <= set(signs):
            return CONDITIONS
        if AGAINST in signs:
            return FAILS
        if FOR in signs:
            return HOLDS if signs.count(FOR) > len(signs) / 2 else OPEN
    return VARIANTS if any(role == VARIANT and sign == FOR for role, sign, _ in rows) else OPEN


@given(
    st.lists(
        st.tuples(st.sampled_from([STATED, VARIANT]), st.sampled_from([FOR, AGAINST, UNDECIDED]), st.booleans()),
        max_size=7,
    ),
    st.sampled_from(["every", "some"]),
)
def test_the_rule_is_what_a_second_writing_of_it_says(rows, quantifier):
    table = pd.DataFrame(rows, columns=["role", "sign", "exact"])
    table["evidence"] = table["exact"].map({True: "exact", False: "statistical"})
    found, _ = answers.word_of(table, dataclasses.replace(EVERY, quantifier=quantifier))
    assert found == again(rows, quantifier)


@pytest.mark.parametrize("direction", ["for", "against"])
def test_what_a_verdict_says_turns_with_its_direction(direction):
    bearing = Bearing("layered", direction)
    row = {"verdict": S, "existence": "representable"}
    assert answers.sign(row, bearing, EVERY) == direction
    assert answers.sign(row | {"verdict": C}, bearing, EVERY) != direction
    assert answers.sign(row | {"verdict": I}, bearing, EVERY) == UNDECIDED


def decided_by(table, sentence):
    deciding = answers.of(table, sentence).deciding
    assert deciding is not None
    return deciding["claim"]


def test_the_weakest_shows_what_always_holds_and_the_strongest_shows_what_fails():
    p = {"p_value": [0.001, 0.04, float("nan")]}
    statistical = {"evidence": "statistical"}
    kinds = [(S, STATED, "for", statistical), (S, STATED, "for", statistical), (S, STATED, "for")]
    assert decided_by(entries(*kinds, **p), EVERY) == "a.b/1"
    assert decided_by(entries(*kinds, **p), SOME) == "a.b/2"
    kinds = [(C, STATED, "for", statistical), (C, STATED, "for", statistical), (S, STATED, "for")]
    assert decided_by(entries(*kinds, **p), EVERY) == "a.b/0"
    assert answers.of(entries(), EVERY).deciding is None


def test_a_variant_that_gives_the_answer_goes_before_what_is_as_stated_and_open():
    rows = entries((I, STATED, "for"), (S, VARIANT, "for"), (C, VARIANT, "for"))
    assert answers.of(rows, EVERY).word == VARIANTS
    assert decided_by(rows, EVERY) == "a.b/1"


@pytest.mark.parametrize(("outcome", "role"), [(S, STATED), (C, STATED), (S, VARIANT)])
def test_what_does_not_survive_is_not_shown_for_an_answer_that_rests_on_what_does(outcome, role):
    statistical = {"evidence": "statistical"}
    remark, p_value = [ledger.NOT_AFTER_HOLM, "", ""], [0.02, 0.001, 0.0001]
    rows = entries(*[(outcome, role, "for", statistical)] * 3, remark=remark, p_value=p_value)
    assert answers.of(rows, EVERY).word in (HOLDS, FAILS, VARIANTS)
    assert decided_by(rows, EVERY) == ("a.b/2" if outcome == C else "a.b/1")


@given(
    st.lists(
        st.tuples(st.sampled_from([S, C, I]), st.sampled_from([STATED, VARIANT]), st.booleans()), min_size=1, max_size=6
    ),
    st.sampled_from([EVERY, SOME]),
)
def test_the_verdict_shown_says_what_the_answer_says(kinds, sentence):
    remark = ["" if survives else ledger.NOT_AFTER_HOLM for _, _, survives in kinds]
    answer = answers.of(entries(*[(outcome, role, "for") for outcome, role, _ in kinds], remark=remark), sentence)
    shown = answer.deciding
    assert shown is not None
    if answer.word == OPEN:
        return
    assert shown["survives"] or answer.weak
    signs: dict[str, set[str]] = {HOLDS: {FOR}, FAILS: {AGAINST}, CONDITIONS: {AGAINST}, VARIANTS: {FOR}}
    assert shown["sign"] in signs[answer.word]
    assert shown["role"] == (VARIANT if answer.word == VARIANTS else STATED)


def test_a_finding_in_words_goes_before_others_and_is_the_headline():
    worded = (S, STATED, "for", {"finding": "Two of three are layered."})
    found = answers.of(entries((S, STATED, "for"), worded), EVERY)
    assert found.headline == "Two of three are layered."
    plain = answers.of(entries((S, STATED, "for")), EVERY)
    assert plain.headline == "A sentence. Measured: 0.25; predicted: rate >= 0.5."
    assert answers.of(entries(), EVERY).headline == answers.NOT_TESTED


def test_what_would_change_it_and_what_it_rests_on():
    found = answers.of(entries((S, STATED, "for", {"rule": "Supported if four."})), EVERY)
    assert "against it" in answers.falsified_by(found)
    assert answers.falsified_by(found).endswith("Supported if four.")
    assert answers.silent_on(found) == ["only these values were tried:", "one: 1"]
    trained = answers.of(entries((S, STATED, "for", {"existence": "found by training"})), EVERY)
    assert "a search that found nothing says nothing of what exists" in answers.silent_on(trained)
    assert answers.falsified_by(answers.of(entries(), EVERY)) == ""


def test_published_numbers_stand_beside_ours():
    numbers = (
        Published(0.2, "a share", "a.b/0", "derived"),
        Published(3.0, "a width", "a.b/nowhere", "read in the source"),
        Published(0.5, "a share", "a.b/0", "derived", "difference"),
    )
    sentence = dataclasses.replace(EVERY, published=numbers)
    table = entries((S, STATED, "for"))
    found = answers.published(answers.of(table, sentence), table)
    assert found["ours"].tolist() == ["0.25", "", "0.75"]
    assert found["apart"].tolist() == ["+0.05", "", "0.25"]
    assert found["difference"].iloc[0] == pytest.approx(0.05)
    assert found["difference"].isna().tolist() == [False, True, False]
    assert found["difference"].iloc[2] == pytest.approx(0.25)


def test_a_share_beside_a_published_one_has_no_interval_that_leaves_0_to_1():
    sentence = dataclasses.replace(EVERY, published=(Published(0.0, "a share", "a.b/0", "derived", "difference"),))
    fields = {"evidence": "statistical", "measured": 0.001}
    table = entries((S, STATED, "for", fields)).assign(low=-0.002, high=0.004)
    (row,) = answers.published(answers.of(table, sentence), table).to_dict("records")
    assert (row["ours"], row["apart"]) == ("0.001", "0.001 [-0.002, 0.004]")


def test_what_holds_under_conditions_is_shown_from_both_sides():
    said = ({"finding": "It does."}, {"finding": "It does, too."}, {"finding": "It does not."})
    verdicts = [(outcome, STATED, "for", words) for outcome, words in zip((S, S, C), said, strict=True)]
    found = answers.of(entries(*verdicts), EVERY)
    assert (found.headline, found.on_the_other_hand) == ("It does not.", "It does.")
    assert answers.of(entries(*verdicts[:2]), EVERY).on_the_other_hand == ""
    # What Holm's correction takes away is not shown.
    remarks = [ledger.NOT_AFTER_HOLM, "", ""]
    assert answers.of(entries(*verdicts, remark=remarks), EVERY).on_the_other_hand == "It does, too."


def test_every_sentence_of_every_source_has_an_answer():
    found = [answers.of(entries((S, STATED, "for")), one) for one in sources.sentences()]
    assert sum(answers.summary(found).values()) == len(found)
    assert answers.summary(found)[HOLDS] == 1
    assert all(one.headline for one in found)
