"""Formulas decided by a solver, and networks with integer weights from what satisfies them."""

from typing import NamedTuple

import numpy as np
import scipy  # and no submodule: most commands need none
from jaxtyping import Int, Integer, UInt8

from theory.boolean.functions import Truth, inputs
from theory.boolean.least_width.formulas import Clauses, network_exists, of_one_order
from theory.boolean.least_width.gates import LARGEST, Gate, gates

# The solver of these that is fastest here, by its name in python-sat: of ten, it decides parity of six bits soonest.
SOLVER = "glucose4"
# One of another family, which checks what the first says.
OTHER_SOLVER = "cadical195"
# Weights of a unit are multiplied by up to this until all of them are integers. Optimal weights of a linear program are
# fractions, whose denominators are small for few inputs.
LARGEST_DENOMINATOR = 60


class Answer(NamedTuple):
    """What a solver says of a formula.

    Attributes:
        satisfiable: whether it can be satisfied; None if the solver gave up.
        values: the values of the variables 1, 2, ... that satisfy it, or none.
        proof: the steps that derive a contradiction, as lines in the format DRUP, if they were asked for.
    """

    satisfiable: bool | None
    values: UInt8[np.ndarray, " variables"]
    proof: list[str]


class Unit(NamedTuple):
    """A threshold unit of n bits: 1 where <weights, x> >= threshold, in integers."""

    weights: Int[np.ndarray, " n"]
    threshold: int


class Network(NamedTuple):
    """A network of one hidden layer in integers."""

    hidden: list[Unit]
    gate: Gate

    def __call__(self) -> Truth:
        """The function that it computes, evaluated at all inputs in integers."""
        bits = inputs(len(self.hidden[0].weights))
        return self.gate.of(np.stack([bits @ unit.weights >= unit.threshold for unit in self.hidden]).astype(np.uint8))

    def __str__(self) -> str:
        """Weights and thresholds of all units, the output unit last."""
        hidden = [f"{' '.join(map(str, unit.weights))} >= {unit.threshold}" for unit in self.hidden]
        return "; ".join([*hidden, str(self.gate)])

    @classmethod
    def read(cls, text: str) -> "Network":
        """The network whose weights and thresholds a text gives, as `str` writes them.

        Raises:
            ValueError: if the text is none of a network.
        """
        *hidden, gate = (line.split(">=") for line in text.split(";"))
        units = [Unit(np.array(weights.split(), int), int(threshold)) for weights, threshold in hidden]
        weights, threshold = gate
        network = cls(units, Gate(tuple(int(weight) for weight in weights.split()), int(threshold)))
        if not units or len(units) != network.gate.units or len({len(unit.weights) for unit in units}) != 1:
            raise ValueError(f"{text!r} is no network: give each unit as many weights, and the last a weight for each")
        return network


class Bounds(NamedTuple):
    """The least number of hidden units of a function lies between both; the network has `upper` units.

    Without a network, `upper` is that of the construction, which has one unit for each input of the rarer class.
    """

    lower: int
    upper: int
    network: Network | None


def decide(clauses: Clauses, solver: str = SOLVER, conflicts: int = 0, proof: bool = False) -> Answer:
    """Whether a formula can be satisfied.

    Args:
        clauses: the formula.
        solver: the name of a solver of python-sat.
        conflicts: the solver gives up after this number of conflicts; 0 is no limit. The same formula and number give
            the same answer on every machine.
        proof: whether the steps of a contradiction are kept.
    """
    import pysat.solvers  # as late as a formula is decided

    with pysat.solvers.Solver(name=solver, bootstrap_with=clauses, with_proof=proof) as running:
        if conflicts:
            running.conf_budget(conflicts)
        # A solver that may be interrupted lets other threads run, which python-sat does not say of its other way.
        satisfiable = running.solve_limited(expect_interrupt=True)
        values = np.array(running.get_model() if satisfiable else [], dtype=int) > 0
        # A contradiction that the solver meets as it reads the formula has the empty clause as its whole proof.
        steps = (running.get_proof() or ["0"]) if proof and satisfiable is False else []
    return Answer(satisfiable, values.astype(np.uint8), steps)


def network_of(answer: Answer, n: int, gate: Gate) -> Network:
    """The network of hidden units that satisfy a formula of `network_exists`, with integer weights.

    Raises:
        ValueError: if one of them is no threshold function.
    """
    hidden = answer.values[: gate.units * 2**n].reshape(gate.units, 2**n)
    return Network([integer_unit(truth) for truth in hidden], gate)


def integer_unit(truth: Truth) -> Unit:
    """Integer weights of a threshold function, checked at all inputs.

    Raises:
        ValueError: if the function is no threshold function, or its weights have large denominators.
    """
    return _separating(inputs(len(truth).bit_length() - 1), truth)


def integer_network(hidden: list[Truth], truth: Truth) -> Network:
    """The network of hidden units with these truth tables that computes a function, in integers.

    A unit with a negative output weight is exchanged for its complement, and one without weight is left out.

    Raises:
        ValueError: if a table is no threshold function, none of the hidden units gives the function, or weights have
            large denominators.
    """
    values, first = np.unique(np.stack(hidden), axis=1, return_index=True)
    weights, threshold = _separating(values.T, truth[first])
    threshold -= int(weights[weights < 0].sum())
    order = [unit for unit in np.argsort(-np.abs(weights), kind="stable") if weights[unit]]
    units = [integer_unit(hidden[unit] if weights[unit] > 0 else 1 - hidden[unit]) for unit in order]
    return _right(Network(units, Gate(tuple(int(abs(weights[unit])) for unit in order), threshold)), truth)


def _separating(points: Integer[np.ndarray, "points inputs"], truth: UInt8[np.ndarray, " points"]) -> Unit:
    """Integer weights and a threshold that separate points with 1 from those with 0, checked at all of them.

    A linear program finds weights of least sum whose values differ from the threshold by 1/2 or more.

    Raises:
        ValueError: if no weights separate them, or the weights that were found have large denominators.
    """
    count, columns = points.shape
    sign = 2 * truth.astype(int) - 1
    # Weights are differences of two numbers that are not negative, so that their sum is a linear cost.
    rows = np.hstack([points, -1.0 * points, -np.ones((count, 1))])
    costs = np.append(np.ones(2 * columns), 0.0)
    limits = [(0, None)] * (2 * columns) + [(None, None)]
    found = scipy.optimize.linprog(costs, A_ub=-sign[:, None] * rows, b_ub=np.full(count, -0.5), bounds=limits)
    if found.status != 0:
        raise ValueError("this is no threshold function: no weights separate its ones from its zeros")
    weights = found.x[:columns] - found.x[columns : 2 * columns]
    for multiple in range(1, LARGEST_DENOMINATOR + 1):
        rounded = np.rint(multiple * weights).astype(int)
        sums = points @ rounded
        threshold = int(sums[truth == 1].min()) if truth.any() else int(sums.max()) + 1
        if np.array_equal(sums >= threshold, truth == 1):
            return Unit(rounded, threshold)
    raise ValueError(f"no multiple up to {LARGEST_DENOMINATOR} of the weights of this function is whole")


def bounds(truth: Truth, conflicts: int) -> Bounds:
    """Between which numbers of hidden units the least number of a function lies, with a network for the upper one.

    All gates of 1, 2, ... units are excluded one after the other, until one gives a network or the solver gives up.

    Args:
        truth: the function.
        conflicts: the solver gives up on a formula after this number of conflicts.

    Raises:
        ValueError: if what satisfies a formula is no network of the function.
    """
    n = len(truth).bit_length() - 1
    for units in range(1, LARGEST + 1):
        for gate in gates(units):
            answer = decide(network_exists(truth, gate) + of_one_order(n, gate), conflicts=conflicts)
            if answer.satisfiable:
                return Bounds(units, units, _right(network_of(answer, n, gate), truth))
            if answer.satisfiable is None:
                return Bounds(units, 2 ** (n - 1), None)
    return Bounds(LARGEST + 1, 2 ** (n - 1), None)


def is_excluded(truth: Truth, units: int) -> bool:
    """Whether no network of so many hidden units, or of fewer, computes a function.

    A network of fewer units is one of so many, of which some are 0 everywhere: with the gate's threshold as their
    weight, a gate depends on them too, and gives the same while they are 0.
    """
    n = len(truth).bit_length() - 1
    formulas = (network_exists(truth, gate) + of_one_order(n, gate) for gate in gates(units))
    return not any(decide(formula).satisfiable for formula in formulas)


def _right(network: Network, truth: Truth) -> Network:
    """The network, if it computes the function."""
    if not np.array_equal(network(), truth):
        raise ValueError(f"the network {network} satisfies the formula and computes another function")
    return network
