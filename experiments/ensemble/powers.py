"""Sizes for which programs are compiled: powers, so that a few programs serve all numbers of units, points, members."""


def least_power(base: int, number: int) -> int:
    """The least of the powers 1, base, base², ... that is not below a number."""
    power = 1
    while power < number:
        power *= base
    return power
