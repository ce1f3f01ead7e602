"""The least number of hidden threshold units of a boolean function, decided by formulas and a solver."""

from theory.boolean.least_width.deciding import (
    OTHER_SOLVER,
    SOLVER,
    Answer,
    Bounds,
    Network,
    Unit,
    bounds,
    decide,
    integer_network,
    integer_unit,
    is_excluded,
    network_of,
)
from theory.boolean.least_width.formulas import (
    Clauses,
    equal_sums,
    network_exists,
    of_one_order,
    of_one_orientation,
    targets_of_parity,
)
from theory.boolean.least_width.gates import LARGEST, Gate, equal_gates, gates

__all__ = [
    "LARGEST",
    "OTHER_SOLVER",
    "SOLVER",
    "Answer",
    "Bounds",
    "Clauses",
    "Gate",
    "Network",
    "Unit",
    "bounds",
    "decide",
    "equal_gates",
    "equal_sums",
    "gates",
    "integer_network",
    "integer_unit",
    "is_excluded",
    "network_exists",
    "network_of",
    "of_one_order",
    "of_one_orientation",
    "targets_of_parity",
]
