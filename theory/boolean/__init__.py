"""Boolean functions {0,1}^n -> {0,1}: truth tables, constructions, an exact census, and bounds."""

from theory.boolean import functions
from theory.boolean.bounds import (
    THRESHOLD_FUNCTIONS,
    construction_width,
    counting_bound,
    dichotomies,
    least_edges,
    least_neurons,
    least_rectifiers,
    output_dichotomies,
    vc_bound,
)
from theory.boolean.census import minimum_widths, npn_classes, symmetries, threshold_functions
from theory.boolean.construction import (
    one_unit_per_input,
    parity_network,
    signed_inputs,
    width_needed,
    without_unit,
)
from theory.boolean.functions import FAMILIES, inputs, pack, unpack
from theory.boolean.perceptron import (
    count_ones,
    counts_over_sign_patterns,
    has_distinct_subset_sums,
    probability_of_ones,
)

__all__ = [
    "FAMILIES",
    "THRESHOLD_FUNCTIONS",
    "construction_width",
    "count_ones",
    "counting_bound",
    "counts_over_sign_patterns",
    "dichotomies",
    "functions",
    "has_distinct_subset_sums",
    "inputs",
    "least_edges",
    "least_neurons",
    "least_rectifiers",
    "minimum_widths",
    "npn_classes",
    "one_unit_per_input",
    "output_dichotomies",
    "pack",
    "parity_network",
    "probability_of_ones",
    "signed_inputs",
    "symmetries",
    "threshold_functions",
    "unpack",
    "vc_bound",
    "width_needed",
    "without_unit",
]
