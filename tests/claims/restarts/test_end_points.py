"""End points: the rules on planted kinds, and the kinds at which runs of XOR end."""

from typing import Any

import pandas as pd
import pytest

from experiments.claims.restarts import end_points
from experiments.claims.restarts.end_points import verdicts as rules
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import exact_interval
from tests.support import measured, quantities, verdicts
from theory.restarts import kinds


def planted_ends(counts: dict[str, int]) -> pd.DataFrame:
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    facts = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "steps": 100}
    return pd.DataFrame({"kind": kinds, "loss": 0.5, "errors": 0}).assign(**facts)


def of_stuck(counts: dict[str, int]) -> dict[str, str]:
    """What is said of the runs that are stuck; what is said of all runs is left out."""
    found = verdicts(end_points.judge(planted_ends(counts)))
    return {name: verdict for name, verdict in found.items() if not name.startswith("ends/")}


def test_where_stuck_runs_are():
    found = of_stuck({kinds.GLOBAL: 900, kinds.STRICT: 90, kinds.SADDLE: 10})
    assert set(found.values()) == {SUPPORTED}
    found = of_stuck({kinds.GLOBAL: 900, kinds.WEAK: 90, kinds.PLATEAU: 10})
    assert found == {"local-minima/parity-2/2/tanh": SUPPORTED, "strict/parity-2/2/tanh": CONTRADICTED}
    found = of_stuck({kinds.PLATEAU: 5, kinds.STRICT: 4})
    assert set(found.values()) == {INCONCLUSIVE}
    assert of_stuck({kinds.GLOBAL: 100}) == {}
    # Of runs at a kink it is not known whether they are at a minimum.
    judged = end_points.judge(planted_ends({kinds.WEAK: 20, kinds.KINK: 80}))
    assert (judged[0].verdict, judged[0].measured) == (INCONCLUSIVE, 0.2)
    assert judged[0].low < 0.2 < 0.9 < judged[0].high
    assert judged[1].verdict == CONTRADICTED


def test_whether_runs_that_are_wrong_stay_so_at_higher_precision():
    for stuck, expected in ((36, CONTRADICTED), (300, SUPPORTED), (170, INCONCLUSIVE)):
        ends = planted_ends({kinds.PLATEAU: stuck, kinds.GLOBAL: 337 - stuck}).assign(errors=1)
        right = planted_ends({kinds.GLOBAL: 600})
        found = end_points.judge(pd.concat([ends, right], ignore_index=True))[-1]
        assert (found.claim, found.verdict) == ("still-stuck/parity-2/2/tanh", expected)
        assert (found.measured, found.samples) == (pytest.approx(stuck / 337), 337)


@pytest.mark.parametrize(
    ("stuck", "expected"), [(61, SUPPORTED), (60, INCONCLUSIVE), (40, INCONCLUSIVE), (39, CONTRADICTED)]
)
def test_the_exact_interval_of_100_runs_leaves_one_half_between_60_and_61(stuck, expected):
    # Clopper and Pearson: 61 of 100 begin at 0.5073, 60 at 0.4972.
    wrong = planted_ends({kinds.STRICT: stuck, kinds.GLOBAL: 100 - stuck}).assign(errors=1)
    at_minimum = planted_ends({kinds.STRICT: stuck, kinds.PLATEAU: 100 - stuck})
    assert verdicts(end_points.judge(wrong))["still-stuck/parity-2/2/tanh"] == expected
    assert {found.verdict for found in end_points.judge(at_minimum) if "ends/" not in found.claim} == {expected}


@pytest.mark.parametrize(
    ("elsewhere", "expected"), [(3, SUPPORTED), (4, INCONCLUSIVE), (17, INCONCLUSIVE), (18, CONTRADICTED)]
)
def test_each_run_ends_in_an_optimum_or_a_few_do_not(elsewhere, expected):
    # Clopper and Pearson: 997 of 1000 begin at 0.9913, 996 at 0.9898; 983 end at 0.9901, 982 at 0.9893.
    some = {kinds.GLOBAL: 500, kinds.WEAK: 500 - elsewhere, kinds.PLATEAU: elsewhere}
    name = "ends/parity-2/2/tanh"
    assert verdicts(end_points.judge(planted_ends(some)))[name] == expected
    # Of runs at a kink it is not known: they may all be there, or none.
    kinks = {kinds.GLOBAL: 600, kinds.KINK: 400}
    assert verdicts(end_points.judge(planted_ends(kinks)))[name] == INCONCLUSIVE


SMALL: dict[str, Any] = {
    "task": ["parity"],
    "n": [2],
    "activation": ["tanh", "rectifier"],
    "restarts": 40,
    "steps": 300,
}


def test_end_points_of_xor_are_stationary_as_they_are_called():
    table = measured(end_points, end_points.Settings(**SMALL, width=[2]))
    assert len(table) == 80
    polished = table[table["kind"].isin([kinds.GLOBAL, *kinds.LOCAL_MINIMA])]
    assert len(polished) > 40
    not_global = polished[polished["kind"] != kinds.GLOBAL]
    assert (not_global["gradient_norm"] <= kinds.STATIONARY).all()
    assert (table["loss"] <= table["trained_loss"] + 1e-6).all()
    # Dead rectifiers leave XOR at the loss of a constant, 1, or of one that is right about some of the points.
    assert (table.loc[table["kind"] == kinds.DEAD, "loss"] > 0.1).all()


def test_what_is_measured_of_end_points_are_shares_of_the_runs_that_are_asked_about():
    some = planted_ends({kinds.GLOBAL: 60, kinds.STRICT: 10, kinds.WEAK: 5, kinds.KINK: 5, kinds.PLATEAU: 20})
    judged = end_points.judge(some.assign(errors=[1] * 70 + [0] * 30))
    found = quantities(judged)
    name = "parity-2/2/tanh"
    assert {short: (value, samples) for short, (value, _, _, samples) in found.items()} == {
        f"local-minima/{name}": (15 / 40, 40),
        f"strict/{name}": (10 / 40, 40),
        f"ends/{name}": (75 / 100, 100),
        f"still-stuck/{name}": (10 / 70, 70),
    }
    # A kink may be a minimum, and so an optimum; a strict one it is not.
    for short, surely, maybe, runs in (("local-minima", 15, 20, 40), ("strict", 10, 10, 40), ("ends", 75, 80, 100)):
        expected = exact_interval(surely, runs)[0], exact_interval(maybe, runs)[1]
        assert found[f"{short}/{name}"][1:3] == pytest.approx(expected)
    # A setting without wrong runs is not asked whether wrong ones stay so.
    assert not any(one.claim.startswith("still") for one in end_points.judge(some))


def test_settings_are_judged_each_by_its_own_runs():
    wide = planted_ends({kinds.GLOBAL: 30}).assign(width=3)
    both = pd.concat([planted_ends({kinds.STRICT: 30}), wide], ignore_index=True)
    assert verdicts(end_points.judge(both)) == {
        "local-minima/parity-2/2/tanh": SUPPORTED,
        "strict/parity-2/2/tanh": SUPPORTED,
        "ends/parity-2/2/tanh": INCONCLUSIVE,
        "ends/parity-2/3/tanh": INCONCLUSIVE,
    }


def test_runs_at_no_optimum_are_named_by_where_they_are():
    assert set(rules.WHERE) == set(kinds.KINDS) - {kinds.GLOBAL, *kinds.LOCAL_MINIMA}
    for found, words in (
        ({}, "."),
        ({kinds.PLATEAU: 34}, "; the rest are on a plateau."),
        ({kinds.PLATEAU: 3, kinds.KINK: 1}, "; of the others, 3 on a plateau, 1 at a kink."),
    ):
        assert rules._others_in_words(pd.Series(found, dtype=int)) == words
