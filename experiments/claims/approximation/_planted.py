"""All tables planted for the rules of approximation, see experiments/judging/planting.py."""

from experiments.claims.approximation import _planted_curves, _planted_ways

PLANTED = _planted_curves.PLANTED | _planted_ways.PLANTED
