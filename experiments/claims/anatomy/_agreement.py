"""The rule for statements that two calculations agree on all networks.

One network on which they differ by more than rounding contradicts the statement. If no such network is found, the
statement is supported only if enough networks were tried and the control, a small mistake made on purpose, is seen.
"""

from experiments.judging.rules import Rule, decide

# The interval of the share of networks that agree must lie above this. It takes 36 networks that all agree.
ENOUGH = 0.9
ALL_AGREE = Rule(
    f"Supported if all agree and the interval lies above {ENOUGH:g}; contradicted if one does not; else inconclusive.",
    lambda m: decide(m.low > ENOUGH and m.value == 1, m.value < 1),
)
