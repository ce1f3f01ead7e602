"""Two calculations of one thing agree on every network that was tried: the rule for such statements.

The statement is about all networks, so that one on which they differ by more than rounding contradicts it. That none
was found says something if enough were tried, and if a control, a small mistake made on purpose, is seen.
"""

from experiments.judging.rules import Rule, decide

# The share of networks that agree must lie above this, by its interval: 36 that agree, and not fewer, show it.
ENOUGH = 0.9
ALL_AGREE = Rule(
    f"Supported if all agree and the interval lies above {ENOUGH:g}; contradicted if one does not; else inconclusive.",
    lambda m: decide(m.low > ENOUGH and m.value == 1, m.value < 1),
)
