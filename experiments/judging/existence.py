"""How the networks that a sentence speaks of come to be; these are never mixed."""

from typing import Literal

Existence = Literal["representable", "found by training", "found by brute force", "drawn at random"]
