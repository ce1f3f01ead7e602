"""The number of operations of a calculation, found by doing it with numbers that count.

A `Counted` number has no value. It only records every multiplication, addition or subtraction, and every evaluation of
a neuron's function or derivative, in its `Operations`. Adding to the whole number 0, with which Python's `sum` begins,
is no operation.
"""

import dataclasses
from typing import Any

from theory.functions import Function


@dataclasses.dataclass
class Operations:
    """Numbers of operations so far."""

    multiplications: int = 0
    additions: int = 0
    functions: int = 0

    @property
    def total(self) -> int:
        """The number of all operations, each counted as one."""
        return self.multiplications + self.additions + self.functions

    def number(self) -> "Counted":
        """A number that counts its operations here."""
        return Counted(self)

    def function(self) -> Function:
        """A neuron's function; each evaluation of it or of its derivative is one operation."""
        return Function("counted", self._apply, self._apply)

    def _apply(self, a: Any) -> "Counted":
        self.functions += 1
        return Counted(self)


class Counted:
    """A number without a value; see the docstring of the module."""

    __slots__ = ("operations",)

    def __init__(self, operations: Operations) -> None:
        self.operations = operations

    def __mul__(self, other: Any) -> "Counted":
        """One multiplication."""
        self.operations.multiplications += 1
        return self

    def __add__(self, other: Any) -> "Counted":
        """One addition, except at the beginning of a sum."""
        if not (isinstance(other, int) and other == 0):
            self.operations.additions += 1
        return self

    def __sub__(self, other: Any) -> "Counted":
        """One addition."""
        self.operations.additions += 1
        return self

    __rmul__ = __mul__
    __radd__ = __add__
    __rsub__ = __sub__


def forward_formula(edges: int) -> int:
    """Operations of a forward pass: E products, E - N sums and N functions, for N neurons with incoming edges: 2E."""
    return 2 * edges


def backward_formula(edges: int, from_hidden: int, hidden: int, outputs: int) -> int:
    """Operations of the three steps after a forward pass: less than twice those of the pass.

    Step 1 takes a difference, a factor 2, a derivative and a product for each of O outputs. Step 2 takes a product for
    each of F edges that leave a hidden neuron. For each of H hidden neurons it takes one sum less than the neuron has
    such edges, a derivative and a product. Step 3 takes a product for each of E edges. Together this is 4 O + 2 F + H +
    E, against 2 E forward.

    If every neuron has a bias edge and at least one other edge in, then F <= E - (H + O) and E >= 2 (H + O). So the
    ratio is at most 3/2 + (2 O - H) / 2 E <= 2. This is 2 only without hidden neurons; but then F = 0 and the ratio is
    at most 3/2. One hidden neuron with O outputs and two edges into each neuron takes (8 O + 3) / (4 O + 4), so no
    number below 2 is a bound. Without bias edges and with at least two edges into every neuron, 2 F <= 2 E and 4 O + H
    <= 2 E give 5/2.

    Args:
        edges: number of edges.
        from_hidden: number of edges that leave a hidden neuron.
        hidden: number of hidden neurons, each with at least one outgoing edge.
        outputs: number of output neurons, without outgoing edges.
    """
    return 4 * outputs + (2 * from_hidden + hidden) + edges
