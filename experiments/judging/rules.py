"""Rules: how a measured quantity becomes an outcome. The words of a rule and its decision are one object.

Forms that recur have a function here. Any other rule is written out beside the claim that needs it, as
`Rule("Supported if ...", lambda m: decide(...))`. A rule takes all that it decides by from its `Measured`, so that it
can decide again at another level.
"""

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from experiments.judging.measured import Measured

SUPPORTED: Literal["supported"] = "supported"
CONTRADICTED: Literal["contradicted"] = "contradicted"
INCONCLUSIVE: Literal["inconclusive"] = "inconclusive"
Outcome = Literal["supported", "contradicted", "inconclusive"]


@dataclasses.dataclass(frozen=True)
class Rule:
    """When a sentence is supported and when it is contradicted. Otherwise it is inconclusive.

    Attributes:
        words: the decision in sentences, for the reader.
        outcome: the decision.
    """

    words: str
    outcome: Callable[[Measured], Outcome]

    def provided(self, condition: bool, words: str) -> "Rule":
        """The same rule, inconclusive unless a condition holds.

        Args:
            condition: whether it holds.
            words: the condition in a sentence, such as "Inconclusive if a run has not ended."
        """
        return Rule(f"{self.words} {words}", lambda m: self.outcome(m) if condition else INCONCLUSIVE)

    def supported_only_if(self, condition: bool, words: str) -> "Rule":
        """The same rule, which supports only if a condition holds, such as that a control fails as it must.

        Args:
            condition: whether it holds.
            words: the condition in a sentence.
        """

        def outcome(m: Measured) -> Outcome:
            found = self.outcome(m)
            return found if condition or found != SUPPORTED else INCONCLUSIVE

        return Rule(f"{self.words} {words}", outcome)

    def contradicted_only_if(self, condition: bool, words: str) -> "Rule":
        """The same rule, which contradicts only if a condition holds, such as that more training changes nothing.

        Args:
            condition: whether it holds.
            words: the condition in a sentence.
        """

        def outcome(m: Measured) -> Outcome:
            found = self.outcome(m)
            return found if condition or found != CONTRADICTED else INCONCLUSIVE

        return Rule(f"{self.words} {words}", outcome)


def decide(supported: bool, contradicted: bool) -> Outcome:
    """The outcome of a rule with two conditions that exclude each other. If neither holds, it is inconclusive."""
    if supported and contradicted:
        raise ValueError("a rule cannot support and contradict the same sentence")
    return SUPPORTED if supported else CONTRADICTED if contradicted else INCONCLUSIVE


def above(limit: float, unlikely: float | None = None) -> Rule:
    """The quantity is more than a limit.

    Args:
        limit: the interval must lie above it for support.
        unlikely: the interval must lie below it for a contradiction; by default it is the limit.
    """
    other = limit if unlikely is None else unlikely
    return Rule(
        f"Supported if the interval lies above {limit:g}, contradicted if it lies below {other:g}, else inconclusive.",
        lambda m: decide(m.low > limit, m.high < other),
    )


def below(limit: float, unlikely: float | None = None) -> Rule:
    """The quantity is less than a limit.

    Args:
        limit: the interval must lie below it for support.
        unlikely: the interval must lie above it for a contradiction; by default it is the limit.
    """
    other = limit if unlikely is None else unlikely
    return Rule(
        f"Supported if the interval lies below {limit:g}, contradicted if it lies above {other:g}, else inconclusive.",
        lambda m: decide(m.high < limit, m.low > other),
    )


def at_least(limit: float) -> Rule:
    """The quantity is at least a limit. An exact quantity is never inconclusive."""
    return Rule(
        f"Supported if it is at least {limit:g}, to the lower end of its interval; contradicted if it is less, to the "
        "upper end; else inconclusive.",
        lambda m: decide(m.low >= limit, m.high < limit),
    )


def at_most(limit: float) -> Rule:
    """The quantity is at most a limit. An exact quantity is never inconclusive."""
    return Rule(
        f"Supported if it is at most {limit:g}, to the upper end of its interval; contradicted if it is more, to the "
        "lower end; else inconclusive.",
        lambda m: decide(m.high <= limit, m.low > limit),
    )


def between(low: float, high: float) -> Rule:
    """The quantity lies between two numbers. With too few cases it is not known (NaN), and the rule is inconclusive."""
    return Rule(
        f"Supported if it lies within {low:g} and {high:g}, contradicted if outside, inconclusive if it is not known.",
        lambda m: decide(low <= m.low and m.high <= high, m.high < low or m.low > high),
    )


def all_within(low: float, high: float) -> Rule:
    """All of several quantities lie between two numbers. The interval is their range, and the value is a typical one.

    Args:
        low, high: the two numbers, both included.
    """
    return Rule(
        f"Supported if all lie between {low:g} and {high:g}, contradicted if the typical one lies outside, else "
        "inconclusive.",
        lambda m: decide(low <= m.low and m.high <= high, m.value < low or m.value > high),
    )


def within(target: float, margin: float) -> Rule:
    """The quantity equals a number, within a margin that was fixed before anything was measured."""
    return Rule(
        f"Supported if the interval lies within {margin:g} of {target:g}, contradicted if all of it lies outside, else "
        "inconclusive.",
        lambda m: equivalent(m.low, m.high, target, margin),
    )


def holds_for_all(words: str, cases: ArrayLike) -> Rule:
    """Something holds in every case: one counter-example contradicts. Without any case the rule is inconclusive.

    Args:
        words: what holds, as a clause after "Supported if".
        cases: whether it holds, for each case.
    """
    held = np.asarray(cases, bool)
    return Rule(
        f"Supported if {words}, in every case; contradicted if not in one.",
        lambda _: decide(bool(held.size and held.all()), not held.all()),
    )


def exhibits(words: str, found: bool) -> Rule:
    """Something exists: an example shows it, and a search that finds none shows nothing.

    Args:
        words: what is found, as a clause after "Supported if".
        found: whether it was found.
    """
    return Rule(
        f"Supported if {words}; else inconclusive, because a search that fails says nothing.",
        lambda _: decide(bool(found), False),
    )


def equivalent(low: float, high: float, target: float, margin: float) -> Outcome:
    """Whether a quantity with this interval equals a number within a margin, see `within`."""
    return decide(target - margin <= low and high <= target + margin, low > target + margin or high < target - margin)
