"""Every kind of statistical verdict about restarts is on trial in the calibration sweep."""

import numpy as np
import pytest

from experiments.claims.restarts import _planted, brute_force, spurious_minima
from experiments.claims.restarts import best_of_k as best
from experiments.claims.restarts._planted import PLANTED

# Those that are called by one rule alone there, to save time.
WHOLE = {"best-of-k": best.judge, "brute-force": brute_force.judge, "spurious-minima": spurious_minima.judge}


def rule_of(claim: str) -> list[str]:
    """The rules that decide a verdict of this name."""
    names = {name: rule for name, rule in PLANTED.items() if claim.startswith(f"restarts.{name.split('/')[0]}/")}
    return [name for name, rule in names.items() if rule.verdict in claim]


@pytest.mark.parametrize("name", PLANTED)
def test_whatever_else_is_judged_on_a_planted_table_has_a_rule_of_its_own(name):
    rule = PLANTED[name]
    table = rule.table(0.0, np.random.default_rng(0))
    judge = WHOLE.get(name.split("/")[0], rule.judge)
    found = [one for one in judge(table) if one.evidence == "statistical"]
    assert found
    for verdict in found:
        assert len(rule_of(verdict.claim)) == 1, verdict.claim


def test_a_planted_border_of_the_large_networks_is_where_the_sentence_stops_to_be_true():
    rng = np.random.default_rng(1)
    stuck = [(_planted.nearly_all_stuck(0.0, rng)["loss"] > 0).mean() for _ in range(50)]
    assert np.mean(stuck) == pytest.approx(0.95, abs=0.01)
