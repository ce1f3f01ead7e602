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
OF_A_CLAIM, OF_THE_RUN = 0.1, 0.02
# Of a unit that is overdue this part of the time that it has had is to come.
OVERDUE = 0.3
# Of many units the estimate is made again once this many times as many are done.
GROWN = 1.01
# Points of the course of a claim that a run records, at most.
COURSE = 21


class Load(NamedTuple):
    """What is to be done: a number of units, of programs that they need, and an estimate of operations."""

    units: float
    programs: float
    operations: float


class Pace(NamedTuple):
    """What a claim took before.

    Attributes:
        per_program, per_operation: seconds; NaN where they are not known.
        course: the part of its time that had passed when equal parts of its units were done, the first 0 and the last
            1: after each of them, or at 21 points if there are more. Empty if it is not known.
    """

    per_program: float = np.nan
    per_operation: float = np.nan
    course: tuple[float, ...] = ()


class Step(NamedTuple):
    """A unit that is done: its claim, whether its program was new, its operations, and the seconds that it took."""

    claim: str
    programs: float
    operations: float
    compiling: float
    measuring: float


def course_of(seconds: list[float]) -> tuple[float, ...]:
    """The course of a claim whose units took these seconds, one after the other; see `Pace`."""
    passed = np.concatenate([[0.0], np.cumsum(seconds)])
    at = np.interp(np.linspace(0, len(seconds), min(COURSE, len(passed))), np.arange(len(passed)), passed)
    return tuple(float(part) for part in at / max(passed[-1], 1e-9))


class TimeLeft:
    """The time that is left, while more and more units are done."""

    def __init__(self, loads: Mapping[str, Load], paces: Mapping[str, Pace]) -> None:
        """Takes what each claim has to do, in the order in which they begin, and the paces that are known."""
        self.claims = {claim: number for number, claim in enumerate(loads)}
        self.loads = np.array([*loads.values()], float).reshape(-1, 3)
        known = [paces.get(claim, Pace()) for claim in loads]
        self.per_program = np.array([pace.per_program for pace in known])
        self.per_operation = np.array([pace.per_operation for pace in known])
        self.courses = [pace.course for pace in known]
        # Of each unit that is done: its claim, the part of its claim's time that its course has for it (NaN without a
        # course), whether its program was new, its operations, seconds of compiling, and of measuring.
        self.done: list[tuple[float, ...]] = []
        self.counts = np.zeros(len(loads))
        # The number of units at the last estimate, and what it said: seconds that are left, those of the present unit,
        # and whether it is a guess.
        self.last: tuple[int, float, float, bool] | None = None

    def add(self, step: Step) -> None:
        """One more unit is done."""
        claim = self.claims[step.claim]
        self.done.append((claim, self._part(claim), *step[1:]))
        self.counts[claim] += 1

    def seconds(self, waited: float = 0.0) -> float:
        """Seconds of one worker that are left.

        Args:
            waited: seconds since the last unit was done, which the present one has had already.
        """
        total, present, _ = self._estimated()
        # A unit that has taken longer than expected takes some time more, nobody knows how much.
        return total - present + max(present - waited, waited * OVERDUE)

    def of_each(self) -> dict[str, float]:
        """The seconds that are left of each claim; NaN for those of which nothing is known."""
        each, _ = self._each(np.array(self.done, float).reshape(-1, 6))
        known = np.isfinite(self.per_operation) | (self.counts > 0)
        return dict(zip(self.claims, np.where(known, each, np.nan).tolist(), strict=True))

    def is_guessed(self) -> bool:
        """Whether most of the time that is left is that of claims of which nothing is known yet."""
        return self._estimated()[2]

    def _estimated(self) -> tuple[float, float, bool]:
        """The estimate; of many units it is made again when some more are done, for a bar asks ten times a second."""
        if self.last is None or len(self.done) >= GROWN * self.last[0]:
            each, present = self._each(np.array(self.done, float).reshape(-1, 6))
            known = np.isfinite(self.per_operation) | (self.counts > 0)
            self.last = len(self.done), float(each.sum()), present, bool(each[known].sum() < each.sum() / 2)
        return self.last[1:]

    def range(self, estimates: int) -> tuple[float, float]:
        """The range of 80 % of the estimates from units that are drawn again out of those that are done."""
        done, rng = np.array(self.done, float).reshape(-1, 6), np.random.default_rng(len(self.done))
        some = [self._each(done[rng.integers(0, len(done), len(done))])[0].sum() for _ in range(estimates)]
        low, high = np.quantile(some, [0.1, 0.9])
        return float(low), float(high)

    def _part(self, claim: int, units: float = 1.0) -> float:
        """The part of a claim's time that its course has for its next units; NaN without a course."""
        course, total = self.courses[claim], max(self.loads[claim, 0], 1.0)
        at = np.array([self.counts[claim], self.counts[claim] + units]) / total
        return float(np.diff(np.interp(at, np.linspace(0, 1, len(course)), course))[0]) if course else np.nan

    def _each(self, drawn: Float[np.ndarray, "units 6"]) -> tuple[Float[np.ndarray, " claims"], float]:
        """Seconds that are left of each claim, and those of the unit that is next; paces are those of units drawn."""
        claim, parts, programs, operations, compiling, measuring = drawn.T
        mine = claim.astype(int)
        per_program, per_operation = self._paces(mine, programs, compiling, measuring)
        totals = self.loads @ np.array([PER_UNIT, 0, 0]) + per_program * self.loads[:, 1]
        totals += per_operation * self.loads[:, 2]
        plain = PER_UNIT + per_program[mine] * programs + per_operation[mine] * operations
        expected = self._summed(mine, np.where(np.isnan(parts), plain, totals[mine] * np.nan_to_num(parts)))
        spent = self._summed(mine, compiling + measuring)
        known = np.isfinite(self.per_operation)
        run = OF_THE_RUN * totals[known].sum() + PER_UNIT
        slower = (spent[known].sum() + run) / (expected[known].sum() + run)
        part = OF_A_CLAIM * totals + PER_UNIT
        factor = (spent + part * np.where(known, slower, 1.0)) / (expected + part)
        left = factor * self._to_come(totals, per_program, per_operation)
        return left, self._next(left, totals * factor)

    def _to_come(self, totals: np.ndarray, per_program: np.ndarray, per_operation: np.ndarray) -> np.ndarray:
        """Seconds that the units of each claim which are not done are expected to take."""
        done = np.array(self.done, float).reshape(-1, 6)
        mine = done[:, 0].astype(int)
        units, programs, operations = (
            (self.loads - np.stack([self.counts, self._summed(mine, done[:, 2]), self._summed(mine, done[:, 3])], 1))
            .clip(min=0)
            .T
        )
        plain = PER_UNIT * units + per_program * programs + per_operation * operations
        rest = [self._part(claim, self.loads[claim, 0]) for claim in range(len(totals))]
        return np.where(np.isnan(rest), plain, totals * np.nan_to_num(rest)) * (units > 0)

    def _next(self, left: np.ndarray, totals: np.ndarray) -> float:
        """Seconds that the present unit is expected to take: that of the first claim with units that are not done."""
        open_ = np.flatnonzero(self.loads[:, 0] - self.counts > 0)
        if not len(open_):
            return 0.0
        claim = open_[0]
        part = self._part(claim)
        each = left[claim] / (self.loads[claim, 0] - self.counts[claim])
        return float(each if np.isnan(part) else totals[claim] * part)

    def _paces(
        self, mine: np.ndarray, programs: np.ndarray, compiling: np.ndarray, spent: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Seconds for a program and for an operation of each claim; those that are not known are as usual so far."""
        usual = (compiling.sum() + PER_PROGRAM) / (programs.sum() + 1)
        own = self._summed(mine, programs)
        learned = (self._summed(mine, compiling) + usual / 2) / (own + 1 / 2)
        per_program = np.where(np.isfinite(self.per_program), self.per_program, learned)
        # A unit of a claim that is not known takes as long as those that are done, until there are some of its own.
        usual = (spent.sum() + PER_UNIT) / max(len(spent), 1)
        each = (self._summed(mine, spent) + usual) / (self._summed(mine, np.ones(len(mine))) + 1)
        learned = each / np.maximum(self.loads[:, 2] / np.maximum(self.loads[:, 0], 1), 1e-9)
        return per_program, np.where(np.isfinite(self.per_operation), self.per_operation, learned)

    def _summed(self, mine: np.ndarray, values: np.ndarray) -> Float[np.ndarray, " claims"]:
        return np.bincount(mine, values, len(self.loads))
