"""What is counted exactly: pictures and settings, inputs and functions; one other number turns each verdict."""

import numpy as np
import pandas as pd
import pytest

from experiments import sources
from experiments.claims.counting import differentiate, distinct_functions, image_spaces
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.report import answers
from tests.support import drawn, measured, verdicts


def test_pictures_are_as_many_as_stated_and_examples_are_few():
    table = measured(image_spaces, image_spaces.Settings())
    judged = image_spaces.judge(table)
    assert set(verdicts(judged).values()) == {SUPPORTED}
    assert {one.evidence for one in judged} == {"exact"}
    assert table["log256_configurations"].round(1).unique().tolist() == [830.5]
    changed = verdicts(image_spaces.judge(table.assign(stated=40_001, fewer_configurations=False)))
    assert changed["sizes"] == changed["configurations"] == CONTRADICTED
    # Of 20 bits of black and white a million examples are nearly all.
    few = verdicts(image_spaces.judge(table.assign(log10_pictures=6.02, log10_bits_of_functions=5.0)))
    assert few["examples"] == few["functions"] == CONTRADICTED
    drawn(image_spaces, table)


def test_one_setting_tells_more_inputs_apart_than_there_are_settings_and_is_one_function():
    table = measured(differentiate, differentiate.Settings(grey_levels=[2, 16]))
    one = table[(table["inputs"] == 1) & (table["grey_levels"] == 16) & (table["levels"] == "0, 1")].iloc[0]
    assert (one["settings"], one["told_apart"], one["functions"], one["classes"]) == (4, 16, 4, 2)
    found = verdicts(differentiate.judge(table))
    assert found == {"inputs": CONTRADICTED, "everything": SUPPORTED, "classes": SUPPORTED, "functions": SUPPORTED}
    told = verdicts(differentiate.judge(table.assign(told_apart=table["settings"])))
    assert told["inputs"] == SUPPORTED
    lost = verdicts(differentiate.judge(table.assign(encoded=table["encoded"] - 1)))
    assert lost["everything"] == INCONCLUSIVE
    more = verdicts(differentiate.judge(table.assign(functions=table["settings"] + 1, classes=3)))
    assert more["functions"] == more["classes"] == CONTRADICTED
    drawn(differentiate, table)


def test_a_neuron_tells_apart_what_a_loop_over_its_settings_finds():
    table = measured(differentiate, differentiate.Settings(inputs=[2], grey_levels=[4], levels=["-1, 0, 1"]))
    best, functions = 0, set()
    for u in (-1, 0, 1):
        for v in (-1, 0, 1):
            for b in (-1, 0, 1):
                outputs = [u * x + v * y + b for x in range(4) for y in range(4)]
                best = max(best, len(set(outputs)))
                functions.add(tuple(outputs))
    assert (table["told_apart"].item(), table["functions"].item()) == (best, len(functions))


@pytest.fixture(scope="module")
def counted():
    return measured(
        distinct_functions, distinct_functions.Settings(n=[2, 3, 4], m=[1, 2], levels=["-1, 1", "-1, 0, 1"])
    )


def test_neurons_are_not_what_bounds_functions(counted):
    found = verdicts(distinct_functions.judge(counted))
    assert found["neurons"] == CONTRADICTED
    assert {found[f"fewer/{name}"] for name in ("threshold", "rectifier", "tanh")} == {SUPPORTED}
    assert found["dichotomies"] == found["constants/threshold"] == SUPPORTED
    assert found["not-all"] == SUPPORTED
    drawn(distinct_functions, counted)


def test_another_count_turns_each_verdict(counted):
    as_many = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** counted["log2_settings"])))
    assert as_many["fewer/threshold"] == CONTRADICTED
    more = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** (counted["log2_dichotomies"] + 0.1))))
    assert more["dichotomies"] == CONTRADICTED
    everything = verdicts(distinct_functions.judge(counted.assign(functions=2.0 ** counted["log2_possible"])))
    assert everything["not-all"] == INCONCLUSIVE
    one = verdicts(distinct_functions.judge(counted.assign(functions=1, zero_share=1.0)))
    assert one["neurons"] == SUPPORTED
    assert one["constants/threshold"] == CONTRADICTED
    frequent = verdicts(distinct_functions.judge(counted.assign(parity_share=0.9)))
    assert frequent["constants/rectifier"] == CONTRADICTED


def test_shares_are_those_of_all_settings(counted):
    row = counted[(counted["n"] == 2) & (counted["m"] == 2) & (counted["levels"] == "-1, 0, 1")].set_index("activation")
    assert row.loc["threshold", "functions"] == 16
    assert row.loc["threshold", "parity_share"] == pytest.approx(10 / 19_683)
    assert row.loc["threshold", "zero_share"] == pytest.approx(0.582, abs=5e-4)
    assert np.isclose(row["log2_settings"], 9 * np.log2(3)).all()


def test_the_sentences_have_answers(counted):
    spaces = image_spaces.judge(measured(image_spaces, image_spaces.Settings()))
    inputs = differentiate.judge(measured(differentiate, differentiate.Settings(grey_levels=[2, 16])))
    made = [*spaces, *inputs, *distinct_functions.judge(counted)]

    def word(sentence):
        mine = [(one, bearing) for one in made for bearing in one.bears_on if bearing.sentence == sentence.id]
        rows = [
            {
                "role": bearing.role,
                "sign": answers.sign({"verdict": one.verdict, "existence": one.existence}, bearing, sentence),
                "evidence": one.evidence,
            }
            for one, bearing in mine
            if bearing.role != "control"
        ]
        return answers.word_of(pd.DataFrame(rows), sentence)[0]

    expected = {
        "image-space": answers.CONDITIONS,
        "configurations": answers.FAILS,
        "training-data-are-few": answers.HOLDS,
    }
    assert {one.id: word(one) for one in sources.sentences() if one.id in expected} == expected
