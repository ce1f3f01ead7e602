"""Inputs that a setting tells apart, and functions; one other number turns each verdict."""

from experiments.claims.counting import differentiate
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


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
