"""Powers and indices, against what a person would set by hand."""

import re

import pytest
from markupsafe import Markup

from experiments.report.formulas import formula


def shown(text: str) -> str:
    """What is to be seen: raised parts in braces behind ↑, lowered ones behind ↓, no signs that are only copied."""
    seen = re.sub(r"<i>[^<]*</i>", "", str(formula(text)))
    seen = seen.replace("<sup>", "↑{").replace("<sub>", "↓{").replace("</sup>", "}").replace("</sub>", "}")
    return str(Markup(seen).unescape())


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("2^n units, and 2^(n-1) of them", "2↑{n} units, and 2↑{n-1} of them"),
        ("256^40,000, and more", "256↑{40,000}, and more"),
        ("at least 10^49.96 times.", "at least 10↑{49.96} times."),
        ("fast as m^-1/2: d", "fast as m↑{-1/2}: d"),
        ("2^n/3", "2↑{n}/3"),
        ("[-1, 1]^n and {0, 1}^n", "[-1, 1]↑{n} and {0, 1}↑{n}"),
        ("n^((k-1)/k) 2^(n^(1/k)).", "n↑{(k-1)/k} 2↑{n↑{1/k}}."),
        ("∏ (r_i + 1), |k|_1", "∏ (r↓{i} + 1), |k|↓{1}"),
        ("x_1^r_1 ... x_n^r_n", "x↓{1}↑{r↓{1}} ... x↓{n}↑{r↓{n}}"),
        ("learning_rate, hidden_units_2, a ^ b, 2^", "learning_rate, hidden_units_2, a ^ b, 2^"),
        ("2^(n is not closed", "2^(n is not closed"),
    ],
)
def test_powers_and_indices_are_seen_as_such(text, seen):
    assert shown(text) == seen


@pytest.mark.parametrize("text", ["2^(n^(1/k)) r_i <b>&amp;</b>", '2^n"><script>alert(1)</script>^x_1', "^^(("])
def test_what_was_written_is_still_there_and_nothing_of_it_is_markup(text):
    made = formula(text)
    assert Markup(re.sub(r"</?(?:sup|sub|i)>", "", str(made))).unescape() == text
    assert "<script" not in made
    assert "<b>" not in made
