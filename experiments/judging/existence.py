"""How the networks that a sentence speaks of come to be; these are never mixed."""

from typing import Literal

Existence = Literal["representable", "found by training", "found by brute force", "drawn at random"]
# Kinds that come from a search: one that fails says nothing of what exists, and what one finds depends on rounding.
SEARCHES: tuple[Existence, ...] = ("found by training", "found by brute force")
