"""Errors that speak to whoever typed the command."""

import re

import pytest

from experiments.errors import UserError, amount, nearest, words_of


@pytest.mark.parametrize(
    ("name", "allowed", "words"),
    [
        ("tahn", ["tanh", "rectifier"], "did you mean tanh? Allowed: rectifier, tanh."),
        ("xyz", ["tanh"], "allowed: tanh."),
        ("xyz", [], "allowed: nothing."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_and_all_allowed_ones(name, allowed, words):
    assert nearest(name, allowed) == words


def test_of_a_hundred_names_only_the_nearest_are_listed():
    names = [f"claim/{i}" for i in range(100)]
    said = nearest("claim/17x", names)
    assert said.startswith("did you mean claim/17? Near, too: claim/")
    assert said.endswith(". 100 names are allowed.")
    assert said.count("claim/") == 4
    assert re.fullmatch(r"of 100 names these are the nearest: claim/\d+(, claim/\d+){3}\.", nearest("zzz", names))


def test_several_problems_are_several_lines():
    error = UserError("one", "two")
    assert str(error) == "one\ntwo"
    assert error.problems == ("one", "two")


def test_an_error_in_a_line_is_its_last_line_without_control_characters():
    assert words_of(ValueError("a\x1bb")) == "ValueError: a?b"
    assert words_of(KeyError("x")) == "KeyError: 'x'"
    assert "ExceptionGroup" in words_of(ExceptionGroup("several", [ValueError("one"), ValueError("two")]))

    with pytest.raises(SyntaxError) as wrong:
        compile("x = = 1", "mine.py", "exec")
    assert words_of(wrong.value).endswith("(mine.py, line 1)")

    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    assert "SilentError" in words_of(SilentError())


def test_one_thing_is_said_as_one():
    assert [amount(number, "run") for number in (0, 1, 2, 1000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
