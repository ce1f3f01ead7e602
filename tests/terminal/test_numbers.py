"""Numbers and durations in words."""

import pytest

from experiments.terminal.numbers import seconds


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (119.7, "2 min 00 s"), (185.2, "3 min 05 s")],
)
def test_a_minute_has_sixty_seconds(duration, words):
    assert seconds(duration) == words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 00 h"),
        (1e8, "1,157 d 09 h"),
    ],
)
def test_hours_and_days_are_told_without_the_smaller_units(duration, words):
    assert seconds(duration) == words
