"""Networks of different depth at the same price: widths of hidden layers for a number of parameters, or of neurons."""

from theory.network import parameter_count


def hidden_widths(inputs: int, depth: int, budget: int) -> tuple[int, ...]:
    """Widths of `depth` hidden layers for one output; they differ by at most 1.

    Among all (w + 1, ..., w + 1, w, ..., w) it is the one with a number of parameters nearest to the budget.
    """

    def widths(units: int) -> tuple[int, ...]:
        return tuple(units // depth + (layer < units % depth) for layer in range(depth))

    def missed(units: int) -> int:
        return abs(parameter_count((inputs, *widths(units), 1)) - budget)

    return widths(min(range(depth, budget + depth), key=missed))


def halved_widths(width: int, depth: int) -> tuple[int, ...]:
    """Widths of hidden layers; each has half the units of the one before, like the levels of a tree."""
    return tuple(max(1, width >> layer) for layer in range(depth))
