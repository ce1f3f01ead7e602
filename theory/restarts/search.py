"""The cost of a search for the weights of a network until the first solution, in *evaluations*.

An evaluation is the output of the network on all its points. Let S >= 1 of N settings solve the task. The first
solution is expected after

    (N + 1) / (S + 1)    evaluations of all settings in random order, none of them twice,
    N / S                guesses, each of them any setting (guess-and-check),
    E[c] / p             evaluations of restarts that succeed with probability p and cost c, failures included (Wald),

and after at most N - S + 1 if no setting is tried twice. If S / N tends to a limit on finer grids, so do the first two.
The post counts N = (2^64)^W rounds for W weights of 64 bits each.

A step of gradient descent in the same unit takes a multiply-add for every weight, bias and point forward, W P in all.
Backward it takes one for each derivative by a weight, again W P, and one per hidden unit and point for the derivative
by its output, m P. Then each weight is moved by one, W. An evaluation is W P multiply-adds, so a step costs

    2 + m / W + 1 / P < 3    evaluations.

Activations and their derivatives, one per unit and point, are counted on neither side.
"""

from fractions import Fraction

from theory.restarts.grid import weight_count

# The post speaks of weights of this number of bits.
BITS = 64


def expected_in_random_order(N: int, S: int) -> Fraction:
    """Expected evaluations up to the first of S >= 1 solutions among N settings, none tried twice."""
    _check(N, S)
    return Fraction(N + 1, S + 1)


def worst_case(N: int, S: int) -> int:
    """Evaluations up to the first solution if all other settings come first."""
    _check(N, S)
    return N - S + 1


def _check(N: int, S: int) -> None:
    if not 1 <= S <= N:
        raise ValueError(f"{S} solutions among {N} settings: a first one is found only if there are 1 to {N}")


def rounds_of_the_post(W: int) -> int:
    """(2^64)^W, the number of settings of W weights of 64 bits."""
    return (2**BITS) ** W


def step_cost(n: int, m: int) -> Fraction:
    """The cost of one step of gradient descent on all 2^n points, in evaluations."""
    return 2 + Fraction(m, weight_count(n, m)) + Fraction(1, 2**n)


def run_cost(n: int, m: int, steps: int) -> Fraction:
    """The cost of a run in evaluations: its steps, and the evaluation that ends it."""
    return steps * step_cost(n, m) + 1
