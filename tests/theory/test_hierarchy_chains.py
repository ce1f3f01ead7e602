"""Chains of steps, their statistics, and undoing them: held against sums over paths and against formulas."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from theory.hierarchy import chains, sufficient, undoing

KINDS = list(chains.KINDS)
CASES = [(kind, n) for kind, n in itertools.product(KINDS, (2, 3)) if (kind, n) != ("tree", 3)]


def chain_of(kind: str, n: int, seed: int = 101) -> chains.Chain:
    return chains.KINDS[kind](n, np.random.default_rng(seed))


@pytest.mark.parametrize(("kind", "n"), CASES)
def test_steps_are_stochastic_matrices_of_fractions_that_fit_together(kind, n):
    chain = chain_of(kind, n)
    assert len(chain.steps) == n
    assert sum(chain.prior) == 1
    for before, after in itertools.pairwise([chain.prior[None], *chain.steps]):
        assert before.shape[1] == after.shape[0]
    for step in chain.steps:
        assert all(type(entry) is Fraction for entry in step.ravel())
        assert (step.sum(1) == 1).all()
    assert all(p > 0 for p in sufficient.marginals(chain)[-1])


def test_a_step_that_changes_the_number_of_states_cannot_be_skipped():
    with pytest.raises(ValueError, match="nothing takes its place"):
        chains.without_step(chain_of("details", 2), 0)
    with pytest.raises(ValueError, match="says nothing"):
        undoing.statistic_without(chain_of("details", 2), chain_of("generic", 2))
