"""Formulas that can be satisfied only if a network of threshold units computes a function.

Variables are the values h_i(x) of k hidden units at all 2^n inputs. A formula is a list of clauses, a clause a list of
variables, negative ones negated. It says three things.

**Every h_i may be a threshold function.** If a + b = c + d as vectors, then h(a) = h(b) = 1 and h(c) = h(d) = 0 cannot
be: the weighted sums of both pairs would be equal. So every threshold function satisfies these clauses, and a formula
that cannot be satisfied excludes all networks. (Up to n = 8 no other function satisfies them: Muroga, Tsuboi and Baugh,
IEEE Transactions on Computers 19, 1970, for functions that are *completely monotonic*. Nothing here depends on it,
since integer weights are found for what satisfies a formula.)

**The gate gives f.** The gate is 1 exactly if each of its blocking sets has a unit that is 1, and 0 exactly if each of
its sufficient sets has a unit that is 0.

**Of networks that differ by a symmetry only one is sought.** See `of_one_order` and `of_one_orientation`.
"""

import functools
import itertools

import numpy as np
from jaxtyping import Int

from theory.boolean.functions import Truth, inputs
from theory.boolean.least_width.gates import Gate

Clauses = list[list[int]]

# Units of equal weight are put in order by their values at this number of inputs. Formulas of parity of six bits are
# decided four times as fast as with one input, and no faster with all 64.
COMPARED = 16


def network_exists(truth: Truth, gate: Gate) -> Clauses:
    """Hidden units that may be threshold functions, and of which a gate makes a function."""
    points = len(truth)
    n, units = points.bit_length() - 1, range(gate.units)
    clauses = [clause for unit in units for clause in _may_be_threshold_function(n, unit)]
    h = np.stack([variables(unit, points) for unit in units])
    for blocking in gate.blocking():
        clauses += h[blocking][:, truth == 1].T.tolist()
    for sufficient in gate.sufficient():
        clauses += (-h[sufficient][:, truth == 0]).T.tolist()
    return clauses


@functools.cache
def _may_be_threshold_function(n: int, unit: int) -> Clauses:
    """What holds for the values of a unit whatever it computes: clauses that formulas share."""
    a, b, c, d = (variables(unit, 2**n)[side] for side in equal_sums(n).T)
    return np.stack([-a, -b, c, d], axis=1).tolist()


def variables(unit: int, points: int) -> Int[np.ndarray, " inputs"]:
    """The variables of a hidden unit, one for its value at each input; they are counted from 1."""
    return unit * points + np.arange(1, points + 1)


@functools.cache
def equal_sums(n: int) -> Int[np.ndarray, "pairs 4"]:
    """All inputs a, b, c, d with a + b = c + d for two different pairs of different inputs; each pair comes first once.

    The sum has a 1 where the inputs of a pair differ. So there are 2^(k-1) pairs for a sum with k ones, and 2^(n-k)
    sums for each choice of the k places.
    """
    first, second = np.triu_indices(2**n, 1)
    sums = (inputs(n)[first] + inputs(n)[second]) @ 3 ** np.arange(n)
    order = np.argsort(sums, kind="stable")
    rows = []
    for pairs in np.split(order, np.flatnonzero(np.diff(sums[order])) + 1):
        one, other = (side.ravel() for side in np.meshgrid(pairs, pairs))
        different = one != other
        one, other = one[different], other[different]
        rows.append(np.stack([first[one], second[one], first[other], second[other]], axis=1))
    return np.concatenate(rows)


def of_one_orientation(n: int, unit: int = 0) -> Clauses:
    """A unit rises with every coordinate, and its weights fall from the first coordinate to the last.

    Coordinates can be exchanged and negated to make it so. An exchange leaves parity as it is, and a negation makes it
    its complement. So for parity nothing is lost if both are sought, see `targets_of_parity`.
    """
    h, bits = variables(unit, 2**n), inputs(n)
    x = np.arange(2**n)
    # A rise of the last coordinate, and a one that moves from coordinate i + 1 to coordinate i, raise the sum.
    rises = [(low, low | 1 << (n - 1)) for low in x[bits[:, n - 1] == 0]]
    for i in range(n - 1):
        moved = x[(bits[:, i] == 0) & (bits[:, i + 1] == 1)]
        rises += zip(moved, moved ^ (0b11 << i), strict=True)
    return [[-int(h[low]), int(h[high])] for low, high in rises]


def targets_of_parity(n: int, gates: list[Gate]) -> list[tuple[Gate, bool]]:
    """Gates, each with parity of n bits or its complement, of which one has a network if any of all has one.

    With `of_one_orientation` each gate has both targets. But let g(h_1, ..., h_k) be a network of f. The units
    h'_i(x) = 1 - h_i(1 - x) rise where h_i rises, so they have the same orientation, and the dual gate of them is
    1 - f(1 - x). This is the complement of parity for parity of an even number of bits, and parity for an odd number.
    So of these two targets of g and its dual one is enough.

    Args:
        n: the number of bits.
        gates: the output units.

    Returns:
        Each gate with whether its target is the complement of parity.
    """
    chosen: list[tuple[Gate, bool]] = []
    for target in itertools.product(gates, (False, True)):
        gate, complement = target
        if (gate.dual, complement ^ (n % 2 == 0)) not in chosen:
            chosen.append(target)
    return chosen


def of_one_order(n: int, gate: Gate, apart: int | None = None) -> Clauses:
    """Hidden units of equal output weight are in the order of their values at the inputs of about n/2 ones.

    The values are compared as in a dictionary, and 1 comes before 0. They can be put in this order, because the gate
    does not change if they are exchanged. Further variables say that two units are equal up to an input.

    Args:
        n: the number of inputs.
        gate: the output unit.
        apart: a unit that is left out, since it is chosen by other means, or none.
    """
    points = 2**n
    ones = inputs(n).sum(1)
    compared = np.argsort(np.abs(2 * ones - n), kind="stable")[:COMPARED]
    clauses: Clauses = []
    further = gate.units * points
    others = [unit for unit in range(gate.units) if unit != apart]
    for one, other in itertools.pairwise(others):
        if gate.weights[one] != gate.weights[other]:
            continue
        equal: list[int] = []
        h, k = variables(one, points)[compared].tolist(), variables(other, points)[compared].tolist()
        for a, b in zip(h, k, strict=True):
            further += 1
            clauses += [[*equal, a, -b], [*equal, a, b, further], [*equal, -a, -b, further]]
            equal = [-further]
    return clauses
