"""The exact least number of hidden threshold units of all 2^32 boolean functions of five bits."""

from theory.boolean.five_bits.classes import Classes, all_classes, least_members
from theory.boolean.five_bits.networks import Networks
from theory.boolean.five_bits.search import Network, find_network, has_network
from theory.boolean.five_bits.units import all_units, are_threshold, first_units, right_units
from theory.boolean.five_bits.widths import UNKNOWN, Census, advance, number_of_steps

__all__ = [
    "UNKNOWN",
    "Census",
    "Classes",
    "Network",
    "Networks",
    "advance",
    "all_classes",
    "all_units",
    "are_threshold",
    "find_network",
    "first_units",
    "has_network",
    "least_members",
    "number_of_steps",
    "right_units",
]
