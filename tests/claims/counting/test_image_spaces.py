"""Pictures and settings are as many as stated; one other number turns each verdict."""

from experiments.claims.counting import image_spaces
from experiments.judging.rules import CONTRADICTED, SUPPORTED
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
