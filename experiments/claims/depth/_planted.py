"""Tables with planted effects for the rules of depth, see `experiments/planting.py`."""

from experiments.claims.depth import _planted_training

PLANTED = _planted_training.PLANTED
