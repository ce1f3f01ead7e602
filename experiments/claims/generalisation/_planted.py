"""All tables planted for the rules of generalisation, see experiments/judging/planting.py."""

from experiments.claims.generalisation import _planted_boolean, _planted_images

PLANTED = _planted_boolean.PLANTED | _planted_images.PLANTED
