"""Tables planted for the rules of hierarchies and generators, of both halves of the family."""

from experiments.claims.hierarchy import _planted_generators

PLANTED = _planted_generators.PLANTED
