"""Words of verdicts are checked, and equality is a margin that was fixed before."""

import dataclasses

import pytest

from experiments.judging.flat import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Verdict, equivalent
from experiments.judging.measured import Measured
from experiments.judging.rules import all_within

GOOD = Verdict(
    "a.b", "so it is", "school", "none", "representable", "1", 1, 1, 1, 1, "exact", "all or none", "supported"
)


@pytest.mark.parametrize("field", ["existence", "evidence", "verdict"])
def test_unknown_words_are_refused(field):
    with pytest.raises(ValueError, match=rf"a\.b: {field} 'guessed' is none of"):
        dataclasses.replace(GOOD, **{field: "guessed"})


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.95, 1.05, SUPPORTED),
        (1.0, 1.2, INCONCLUSIVE),
        (0.5, 1.5, INCONCLUSIVE),
        (1.11, 1.2, CONTRADICTED),
        (0.1, 0.89, CONTRADICTED),
    ],
)
def test_equality_within_a_margin(low, high, expected):
    assert equivalent(low, high, 1.0, 0.1) == expected


@pytest.mark.parametrize(
    ("low", "typical", "high", "expected"),
    [
        (0.5, 1.0, 2.0, SUPPORTED),
        (0.49, 1.0, 2.0, INCONCLUSIVE),
        (0.5, 1.0, 2.01, INCONCLUSIVE),
        (0.4, 0.5, 0.6, INCONCLUSIVE),
        (0.4, 0.49, 0.6, CONTRADICTED),
        (1.0, 2.01, 3.0, CONTRADICTED),
        (float("nan"), float("nan"), float("nan"), INCONCLUSIVE),
    ],
)
def test_all_have_to_lie_between_two_numbers_and_the_typical_one_contradicts(low, typical, high, expected):
    assert all_within(0.5, 2.0).outcome(Measured.exactly(typical, 3, low, high)) == expected
