"""Numbers and durations in words."""

import pytest

from experiments.terminal.numbers import seconds


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (119.7, "2 min 00 s"), (185.2, "3 min 05 s")],
)
def test_a_minute_has_sixty_seconds(duration, words):
    assert seconds(duration) == words
