"""Two calculations of one thing agree on every network that was tried: the rule for such statements.

The statement is about all networks, so that one on which they differ by more than rounding contradicts it. That none
was found says something if enough were tried, and if a control, a small mistake made on purpose, is seen.
"""

from experiments.judging.flat import Outcome, decide
from experiments.judging.statistics import exact_interval, percent

# The share of networks that agree must lie above this, by its interval: 36 that agree, and not fewer, show it.
ENOUGH = 0.9


def agreement(agree: int, tried: int, control_seen: bool = True) -> tuple[float, float, Outcome]:
    """The interval of the share that agrees, and the verdict.

    Args:
        agree: how many agree.
        tried: how many were tried.
        control_seen: whether the control differs wherever it was tried.
    """
    low, high = exact_interval(agree, tried)
    return low, high, decide(low > ENOUGH and agree == tried and control_seen, agree < tried)


def rule() -> str:
    """When it says what, in words that follow the condition for one network."""
    return (
        f"Supported if all do and Clopper and Pearson's {percent()} interval of their share lies above {ENOUGH:g}; "
        "contradicted if one does not; else inconclusive."
    )
