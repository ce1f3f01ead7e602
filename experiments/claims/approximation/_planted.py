"""Tables planted for the rules of approximation, see experiments/judging/planting.py: those of both modules
beside this one.
"""

from experiments.claims.approximation import _planted_curves, _planted_ways

PLANTED = _planted_curves.PLANTED | _planted_ways.PLANTED
