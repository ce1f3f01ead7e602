"""Tables planted for the rules of hierarchies, see experiments/judging/planting.py."""

from experiments.claims.hierarchy import _planted_generators, _planted_networks

PLANTED = _planted_generators.PLANTED | _planted_networks.PLANTED
