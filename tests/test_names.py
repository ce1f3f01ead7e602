"""Names: what may become part of a path or of a module's name, and what may not."""

import pytest

from experiments import names


@pytest.mark.parametrize("good", ["a", "A1", "trained-width", "x_y", "0", "a" * names.LONGEST])
def test_letters_digits_dashes_and_underscores_are_a_name(good):
    assert names.is_name(good)
    assert names.is_file_name(good)
    assert names.is_file_name(f"{good}.csv")


@pytest.mark.parametrize(
    "bad",
    ["", "-a", "a-", "_", "..", "a/b", "a\\b", "a b", "ä", "a\n", "a.b.c", "a" * (names.LONGEST + 1), 3, None, ["a"]],
)
def test_nothing_else_is_a_name_of_a_family_or_a_file(bad):
    assert not names.is_name(bad)
    assert not names.is_file_name(bad)


@pytest.mark.parametrize("bad", [".csv", "a.", "../a.csv", "a.c-v", "a.csv.gz"])
def test_a_file_has_one_ending_of_letters_and_digits_at_most(bad):
    assert not names.is_file_name(bad)


def test_folders_of_the_harness_are_no_sweeps():
    assert all(names.is_name(one) and not names.is_sweep(one) for one in names.RESERVED)
    assert names.is_sweep("boolean")


@pytest.mark.parametrize(
    ("value", "is_one"), [("learning_rate", True), ("σ", True), ("2d", False), ("a-b", False), (1, False)]
)
def test_switches_are_identifiers(value, is_one):
    assert names.is_identifier(value) is is_one


def test_text_without_control_characters_can_be_printed():
    assert names.printable("a\x1b[31mb\x07\tc\n") == "a?[31mb?\tc\n"
    assert names.is_line("2 ≤ n, “so”")
    assert not names.is_line("two\nlines")
    assert not names.is_line(2)
