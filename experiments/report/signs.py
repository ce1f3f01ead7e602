"""What a verdict says of a sentence, and what several say, as words that every module of the report shares."""

from typing import Literal

FOR: Literal["for"] = "for"
AGAINST: Literal["against"] = "against"
UNDECIDED: Literal["undecided"] = "undecided"
NO_EXPERIMENT: Literal["not for an experiment"] = "not for an experiment"
Sign = Literal["for", "against", "undecided"]
SIGNS: tuple[Sign, ...] = (FOR, AGAINST, UNDECIDED)
# Marks what does not survive Holm's correction: a number, or an answer that rests on nothing else.
REMOVED = "†"
# Some verdicts speak for it and some against it.
BOTH: Literal["both"] = "both"
Kind = Literal["for", "against", "both", "undecided"]
