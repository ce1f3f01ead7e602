"""What claims about depth share: the rule for ratios of what was measured to what was predicted."""

import math

from experiments.judging.rules import Rule, decide


def within_factor(factor: float) -> Rule:
    """Ratios are near 1: all of them, and the mean for a contradiction.

    Args:
        factor: how far they may be; the interval of the quantity goes from the least to the largest ratio.
    """
    limit = math.log(factor)

    def off(ratio: float) -> float:
        return abs(math.log(ratio)) if ratio > 0 else math.inf

    return Rule(
        f"Supported if all are within a factor of {factor:g} of 1, contradicted if the mean is not, else inconclusive.",
        lambda m: decide(off(m.low) <= limit and off(m.high) <= limit, off(m.value) > limit),
    )
