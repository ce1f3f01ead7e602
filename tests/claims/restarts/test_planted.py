"""Every kind of statistical verdict about restarts is on trial in the calibration sweep."""

import numpy as np
import pytest

from experiments.claims.restarts import _planted, brute_force, spurious_minima
from experiments.claims.restarts import best_of_k as best
from experiments.claims.restarts._planted import PLANTED

# Those that are called by one rule alone there, to save time.
WHOLE = {"best-of-k": best.judge, "brute-force": brute_force.judge, "spurious-minima": spurious_minima.judge}


def rules_of(claim: str, verdict: str) -> list[str]:
    """The planted rules of a claim that decide its verdict of this name."""
    return [name for name, rule in PLANTED.items() if name.split("/")[0] == claim and rule.verdict in verdict]


@pytest.mark.parametrize("name", PLANTED)
def test_whatever_else_is_judged_on_a_planted_table_has_a_rule_of_its_own(name):
    rule = PLANTED[name]
    table = rule.table(0.0, np.random.default_rng(0))
    claim = name.split("/")[0]
    judge = WHOLE.get(claim, rule.judge)
    found = [one for one in judge(table) if one.evidence == "statistical"]
    assert found
    for verdict in found:
        assert len(rules_of(claim, verdict.claim)) == 1, verdict.claim


def test_a_planted_border_of_the_large_networks_is_where_the_sentence_stops_to_be_true():
    rng = np.random.default_rng(1)
    stuck = [(_planted.nearly_all_stuck(0.0, rng)["loss"] > 0).mean() for _ in range(50)]
    assert np.mean(stuck) == pytest.approx(0.95, abs=0.01)
