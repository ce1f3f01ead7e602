"""How long a run still takes: from the units that are done, and from what the same claims took in earlier runs.

A unit takes time to compile, if it is the first with its program, and time for each operation that `work` counts. Both
differ between claims, the second a hundred thousandfold: `work` counts the arithmetic of a network and the steps of a
search alike. So each claim has a pace of its own. While none of its units is done, it is that of an earlier run, times
how much slower or faster this run has been so far than earlier ones. Then what its own units took counts more and more.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

# Seconds that a unit takes whatever it does: it is written to disk.
PER_UNIT = 0.01
# Seconds for compiling a program of which nothing is known.
PER_PROGRAM = 0.7
# The part of a claim's expected time, and of that of the whole run, after which what was measured counts as much as
# what was expected.
OF_A_CLAIM, OF_THE_RUN = 0.1, 0.05


class Load(NamedTuple):
    """What is to be done: a number of units, of programs that they need, and an estimate of operations."""

    units: float
    programs: float
    operations: float


class Pace(NamedTuple):
    """What a claim took before, in seconds; NaN where it is not known."""

    per_program: float = np.nan
    per_operation: float = np.nan


class Step(NamedTuple):
    """A unit that is done: its claim, whether its program was new, and the seconds that it compiled and measured."""

    claim: str
    programs: float
    operations: float
    compiling: float
    measuring: float


class TimeLeft:
    """The time that is left, while more and more units are done."""

    def __init__(self, loads: Mapping[str, Load], paces: Mapping[str, Pace]) -> None:
        """Takes what each claim has to do, in the order in which they begin, and the pace of those that are known."""
        self.claims = list(loads)
        self.units, self.programs, self.operations = np.array([*loads.values()], float).reshape(-1, 3).T
        known = np.array([paces.get(claim, Pace()) for claim in loads], float).reshape(-1, 2)
        self.per_program, self.per_operation = known.T
        self.done: list[tuple[float, ...]] = []

    def add(self, step: Step) -> None:
        """One more unit is done."""
        self.done.append((self.claims.index(step.claim), *step[1:]))

    def seconds(self, waited: float = 0.0) -> float:
        """Seconds of one worker that are left.

        Args:
            waited: seconds since the last unit was done, which the present one has had already.
        """
        each, left = self._each(np.array(self.done, float).reshape(-1, 5))
        now = np.flatnonzero(left)[:1]
        return float(each.sum() - np.minimum(waited, each[now] / left[now]).sum())

    def range(self, estimates: int) -> tuple[float, float]:
        """The range of 80 % of the estimates from units that are drawn again out of those that are done."""
        done, rng = np.array(self.done, float).reshape(-1, 5), np.random.default_rng(len(self.done))
        some = [self._each(done, done[rng.integers(0, len(done), len(done))])[0].sum() for _ in range(estimates)]
        low, high = np.quantile(some, [0.1, 0.9])
        return float(low), float(high)

    def _each(
        self, done: Float[np.ndarray, "units 5"], drawn: Float[np.ndarray, "units 5"] | None = None
    ) -> tuple[Float[np.ndarray, " claims"], Float[np.ndarray, " claims"]]:
        """Seconds that are left of each claim, and its units that are left; paces are those of the units drawn."""
        count = len(self.claims)

        def per_claim(rows: np.ndarray, column: int | None) -> np.ndarray:
            weights = np.ones(len(rows)) if column is None else rows[:, column]
            return np.bincount(rows[:, 0].astype(int), weights, count)

        left = np.maximum(self.units - per_claim(done, None), 0)
        programs = np.maximum(self.programs - per_claim(done, 1), 0)
        operations = np.maximum(self.operations - per_claim(done, 2), 0) * (left > 0)
        drawn = done if drawn is None else drawn
        units, *sums = (per_claim(drawn, column) for column in (None, 1, 2, 3, 4))
        compiling = self._per_program(sums[0], sums[2]) * programs * (left > 0)
        return compiling + self._measuring(left, operations, units, sums[1], sums[3]), left

    def _per_program(self, programs: np.ndarray, seconds: np.ndarray) -> Float[np.ndarray, " claims"]:
        """Seconds that each claim's next program takes to compile."""
        known = np.isfinite(self.per_program)
        expected = np.where(known, self.per_program, 0.0)
        slower = (seconds[known].sum() + PER_PROGRAM) / ((expected * programs)[known].sum() + PER_PROGRAM)
        usual = (seconds.sum() + PER_PROGRAM) / (programs.sum() + 1)
        prior = np.where(known, expected * slower, usual)
        # One program of the claim counts twice as much as what was expected.
        return (seconds + prior / 2) / (programs + 1 / 2)

    def _measuring(
        self, left: np.ndarray, operations: np.ndarray, units: np.ndarray, counted: np.ndarray, seconds: np.ndarray
    ) -> Float[np.ndarray, " claims"]:
        """Seconds that are left of each claim, without compiling."""
        known = np.isfinite(self.per_operation)
        # Of a claim that is not known a unit takes as long as those that are done, until there are some of its own.
        usual = (seconds.sum() + PER_UNIT) / (units.sum() + 1)
        own = np.divide(self.operations, np.maximum(self.units, 1))
        pace = np.where(known, self.per_operation, usual / np.maximum(own, 1e-9))
        before = PER_UNIT * units + pace * counted
        to_come = PER_UNIT * left + pace * operations
        total = before + to_come
        run = OF_THE_RUN * total[known].sum() + PER_UNIT
        slower = (seconds[known].sum() + run) / (before[known].sum() + run)
        prior = np.where(known, slower, 1.0)
        part = OF_A_CLAIM * total + PER_UNIT
        return to_come * (seconds + part * prior) / (before + part)
