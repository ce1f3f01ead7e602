"""On what an answer depends: planted tables in which one switch decides, and a slow count of errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.report import dependence
from experiments.report.signs import AGAINST, FOR, UNDECIDED

SIGN = st.sampled_from([FOR, AGAINST, UNDECIDED])


def rows(signs, existence="representable", **switches):
    columns = {f"switch.{name}": pd.Series(list(values), dtype=object) for name, values in switches.items()}
    return pd.DataFrame({"sign": list(signs), "existence": existence, **columns})


def gain_slowly(signs, values):
    """Every decided verdict that states the switches is called by looking at all others, one by one."""
    stated = [i for i, sign in enumerate(signs) if sign != UNDECIDED and None not in values[i]]
    minority = min(sum(signs[i] == one for i in stated) for one in (FOR, AGAINST))
    wrong = 0.0
    for i in stated:
        votes = sum((1 if signs[j] == signs[i] else -1) for j in stated if j != i and values[j] == values[i])
        wrong += 1 if votes < 0 else 0.5 if votes == 0 else 0
    return minority - wrong


@given(st.lists(st.tuples(SIGN, st.sampled_from(["a", "b", "c", None]), st.sampled_from(["x", "y"])), max_size=14))
def test_the_gain_is_that_of_a_slow_count(table):
    signs, pairs = [one[0] for one in table], [one[1:] for one in table]
    found = dependence.gain(pd.Series(signs, dtype=object), pairs)
    assert found == gain_slowly(signs, pairs)


@given(st.lists(st.tuples(SIGN, *[st.sampled_from("ab")] * 3), min_size=2, max_size=12))
def test_the_best_switch_is_best_of_all_that_are_tried(table):
    signs = pd.Series([one[0] for one in table])
    values = {f"s{k}": [(one[k],) for one in table] for k in (1, 2, 3)}
    chosen = dependence.best(signs, values)
    assert chosen is not None
    slow = {name: gain_slowly(list(signs), column) for name, column in values.items()}
    assert slow[chosen] == max(slow.values())


def test_a_planted_switch_is_found_and_named():
    # Activation decides; bias and n vary beside it.
    activations = ["square", "tanh", "logistic"] * 8
    signs = [AGAINST if one == "square" else FOR for one in activations]
    bias = [i % 2 == 0 for i in range(24)]
    found = dependence.of(rows(signs, activation=activations, bias=bias, n=np.arange(24) % 5))
    assert found.switches[0] == "activation"
    assert found.separates
    assert found.words == (
        "The verdicts depend on activation. With logistic, tanh they speak for it. With square they speak against it."
    )
    assert found.axis(0) == ["logistic", "square", "tanh"]
    assert sum(sum(tile.counts) for tile in found.tiles) == 24
    assert {tile.kind for tile in found.tiles if tile.across == "square"} == {AGAINST}


def test_two_switches_that_only_decide_together_are_both_on_the_map():
    # The product of two numbers: activation alone nor bias alone tells it, both together do.
    pairs = [(a, b) for a in ("even", "odd") for b in ("yes", "no")] * 3
    signs = [FOR if (a, b) == ("odd", "no") else AGAINST for a, b in pairs]
    table = rows(signs, activation=[a for a, _ in pairs], bias=[b for _, b in pairs], n=list(range(12)))
    found = dependence.of(table)
    assert set(found.switches) == {"activation", "bias"}
    assert {tile.kind for tile in found.tiles} == {FOR, AGAINST}


def test_a_value_of_its_own_for_every_verdict_tells_nothing():
    signs = [FOR, AGAINST] * 6
    found = dependence.of(rows(signs, n=range(12), activation=["a", "b"] * 6))
    assert found.switches[0] == "activation"
    assert not dependence.of(rows(signs, n=range(12))).separates


def test_a_switch_that_only_one_claim_states_does_not_separate_it_from_others():
    signs = [FOR] * 4 + [AGAINST] * 4
    found = dependence.of(rows(signs, only_here=[1, 2, 1, 2, None, None, None, None]))
    assert not found.separates
    assert found.words == "No single hypothesis separates the 4 verdicts that speak for it from the 4 against it."
    assert dependence.NOT_STATED in found.axis(0)


def test_a_switch_with_values_that_all_differ_within_does_not_separate():
    # One may guess better by it, and still no value decides.
    signs = [FOR] * 5 + [AGAINST] * 2 + [AGAINST] * 5 + [FOR] * 2
    found = dependence.of(rows(signs, output=["linear"] * 7 + ["sum"] * 7))
    assert found.switches == ("output",)
    assert not found.separates
    assert found.words.startswith("No single hypothesis")


def test_what_depends_on_nothing_says_so():
    found = dependence.of(rows([FOR, FOR, UNDECIDED], n=[1, 2, 3]))
    assert found.words == "All 2 decided verdicts speak for it, whatever the hypotheses; 1 decides nothing."
    assert not found.separates
    assert found.switches == ("n",)
    assert dependence.of(rows([FOR, FOR])).tiles == ()
    assert dependence.of(rows([])).words == ""


def test_variants_are_named_where_there_are_any():
    table = rows([FOR] * 3 + [AGAINST] * 3, n=[1] * 3 + [2] * 3)
    assert dependence.of(table).words.startswith("The verdicts depend on n. With 1 they speak for it.")
    words = dependence.of(table.assign(role=["as stated"] * 3 + ["variant"] * 3)).words
    assert words.startswith("The verdicts, variants too, depend on n.")
    alike = rows([FOR, FOR], n=[1, 2]).assign(role=["as stated", "variant"])
    words = "all 2 decided verdicts speak for it, whatever the hypotheses."
    assert dependence.of(alike).words == f"Counted with variants: {words}"
    weak = alike.assign(survives=[True, False])
    assert dependence.of(weak).words == f"Counted with variants and without Holm's correction: {words}"
    assert dependence.of(weak.assign(role="as stated")).words == f"Counted without Holm's correction: {words}"
    assert dependence.of(rows([]).assign(role=[])).words == ""


@pytest.mark.parametrize(
    ("signs", "n", "words"),
    [
        ([FOR] * 3 + [AGAINST], [7, 8, 10, 20], "The verdicts for it have n up to 10, those against it 20 or more."),
        ([AGAINST, FOR, FOR, FOR], [0.5, 2, 3, 4], "The verdicts against it have n up to 0.5, those for it 2 or more."),
        # Numbers are compared as numbers, and what is undecided says nothing.
        ([FOR, FOR, UNDECIDED, AGAINST, AGAINST], [8, 9, 9.5, 10, 11], "n up to 9, those against it 10 or more."),
        # Two borders, one number on both sides, no number, not stated, too few.
        ([FOR, FOR, AGAINST, FOR], [1, 2, 3, 4], "No single hypothesis"),
        ([FOR, FOR, AGAINST, AGAINST], [1, 2, 2, 3], "No single hypothesis"),
        ([FOR, FOR, FOR, AGAINST], ["1", "2", "3", "four"], "No single hypothesis"),
        ([FOR, FOR, FOR, AGAINST], [1, 2, 3, None], "No single hypothesis"),
        ([FOR, FOR, AGAINST], [1, 2, 3], "too few to tell"),
    ],
)
def test_between_which_numbers_the_verdicts_change_sides(signs, n, words):
    found = dependence.of(rows(signs, n=n, other=["a"] * len(n)))
    assert words in found.words
    assert not found.separates


def test_one_verdict_is_spoken_of_as_one():
    words = {signs: dependence.of(rows(list(signs))).words for signs in ((AGAINST,), (UNDECIDED,), (FOR, AGAINST))}
    assert words[AGAINST,] == "The one decided verdict speaks against it, whatever the hypotheses."
    assert words[UNDECIDED,] == "Its one verdict is not decided."
    said = (
        "Of 2 decided verdicts 1 speaks for it, 1 speaks against it: too few to tell on which hypothesis that depends."
    )
    assert words[FOR, AGAINST] == said
    mixed = dependence.of(rows([FOR] + [AGAINST] * 4)).words
    assert mixed == "No single hypothesis separates the verdict that speaks for it from the 4 against it."


@pytest.mark.parametrize(
    ("value", "shown"),
    [("01", "01"), ("1_000", "1_000"), ("0.50", "0.5"), ("2.0", "2"), (1e-12, "1e-12"), (-3, "-3"), ("inf", "inf")],
)
def test_a_word_of_digits_is_no_number(value, shown):
    assert dependence.as_text(value) == shown


def test_many_values_become_one_place_on_the_map():
    found = dependence.of(rows([FOR] * 30, task=[*map("task {}".format, range(20)), *["a task"] * 10]))
    axis = found.axis(0)
    assert len(axis) == dependence.MOST_VALUES
    assert (axis[0], axis[-1]) == ("a task", dependence.REST)


def test_numbers_of_which_all_verdicts_say_the_same_are_a_range():
    found = dependence.of(rows([FOR] * 8 + [AGAINST, UNDECIDED, UNDECIDED, FOR], n=[*range(7, 15), 20, 30, 0.5, 20]))
    counts = {tile.across: tile.counts for tile in found.tiles}
    assert {tile.across: tile.many for tile in found.tiles} == {"0.5": 1, "7–14": 8, "20": 2, "30": 1}
    assert counts == {"0.5": (0, 0, 1), "7–14": (8, 0, 0), "20": (1, 1, 0), "30": (0, 0, 1)}
    assert found.axis(0) == ["0.5", "7–14", "20", "30"]
    # Few values stand by themselves.
    assert dependence.of(rows([FOR] * 3 + [AGAINST], n=[1, 2, 3, 4])).axis(0) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        ("False", "no"),
        (2.0, "2"),
        ("0.10", "0.1"),
        ("tanh", "tanh"),
        (np.nan, None),
        (None, None),
        ("1 | 2", None),
    ],
)
def test_values_are_words(value, text):
    assert dependence.as_text(value) == text


def test_what_was_tested_is_listed():
    table = rows([FOR] * 4, n=[4, "1 | 8", 2, 1], rare=["a", None, None, None])
    assert dependence.tested(table) == {"n": "1, 2, 4, 8"}
