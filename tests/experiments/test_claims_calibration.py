import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments import statistics
from experiments.claims.approximation import _planted as approximation
from experiments.claims.calibration import rules
from experiments.claims.restarts import _planted as restarts
from experiments.plan import Unit, make_cells
from experiments.settings import Engine
from experiments.verdict import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from theory.restarts import kinds

LINE, AGREEMENT = "approximation.rate/slope", "anatomy.backprop-equals-gradient/automatic"


def outcomes(rule: str, effect: float, trials: int) -> list[str]:
    one = rules.RULES[rule]
    keys = [[trial, abs(int(10 * effect)), int(effect < 0)] for trial in range(trials)]
    return [one.judged(one.table(effect, np.random.default_rng(key)))[0].verdict for key in keys]


@pytest.mark.parametrize("rule", rules.RULES)
def test_effects_that_are_large_are_seen_for_what_they_are(rule):
    is_test = rules.RULES[rule].test
    high, low = {
        "restarts.brute-force/crossover": (6.0, -6.0),
        "restarts.best-of-k/best-of-1000": (4.0, -12.0),
        # Contradicted only below the slope of the counting bound.
        "boolean.trained-width/growth/random/flat": (4.0, -9.0),
        "boolean.trained-width/growth/random/steep": (4.0, -9.0),
        # Supported only above the slope of n².
        "boolean.trained-width/growth/random/counting": (9.0, -4.0),
    }.get(rule, (4.0, -4.0))
    assert outcomes(rule, high, 4) == [CONTRADICTED if is_test else SUPPORTED] * 4
    assert outcomes(rule, low, 4) == [CONTRADICTED] * 4
    assert outcomes(rule, 0.0, 4).count(SUPPORTED if is_test else INCONCLUSIVE) >= 3


def trials(share: float, size: int = 1000, rule: str = LINE) -> pd.DataFrame:
    wrong = np.arange(size) < share * size
    border = {"rule": rule, "effect": 0.0, "trial": range(size), "measured": 0.0, "p_value": np.where(wrong, 0.02, 1.0)}
    table = pd.DataFrame({**border, "contradicted": wrong, "supported": False})
    off = table.assign(effect=2.0, supported=np.arange(size) < 0.7 * size, contradicted=False)
    return pd.concat([table, off], ignore_index=True)


@pytest.mark.parametrize(
    ("share", "size", "expected"),
    [(0.02, 1000, SUPPORTED), (0.06, 1000, CONTRADICTED), (0.035, 1000, INCONCLUSIVE), (0.0, 20, INCONCLUSIVE)],
)
def test_the_rule_about_rules(share, size, expected):
    (verdict,) = rules.judge(trials(share, size))
    assert verdict.verdict == expected
    assert verdict.measured == pytest.approx(share)
    assert "0.70 at +2" in verdict.hypotheses


def test_the_worse_side_of_an_interval_counts_and_of_a_test_only_that_it_rejects():
    table = trials(0.02).assign(supported=lambda t: (t["trial"] >= 900) & (t["effect"] == 0))
    assert rules.judge(table)[0].measured == pytest.approx(0.1)
    assert rules.judge(table.assign(rule=AGREEMENT))[0].measured == pytest.approx(0.02)


def test_a_rate_is_decided_wrongly_no_more_often_than_is_stated():
    # Of 300 runs, so many are called more than a half that fewer than 2.5 % of fair coins show as many.
    decided = next(hits for hits in range(300) if statistics.exact_interval(hits, 300)[0] > 0.5)
    stated = scipy.stats.binom.sf(decided - 1, 300, 0.5)
    assert 0.015 < stated < 0.025
    found = [restarts.stuck_at_minima(0.0, np.random.default_rng(i)) for i in range(400)]
    wrong = np.mean([(table["kind"] == kinds.STRICT).sum() >= decided for table in found])
    assert abs(wrong - stated) < 4 * np.sqrt(stated / 400)


def test_what_is_planted_is_there():
    rng = np.random.default_rng(0)
    costs = restarts.crossover(0.0, rng)
    runs, grid = costs.iloc[0], costs.iloc[1]
    per_solution = np.mean([restarts.vastly(0.0, rng).iloc[0]["evaluations"] for _ in range(300)]) / (0.3 * 4000)
    assert (grid["trials"] + 1) / (grid["solutions"] + 1) == pytest.approx(per_solution, rel=0.02)
    assert (runs["trials"], len(costs)) == (4000, 18)
    slopes = [np.polyfit(t["x"][:6], t["y"][:6], 1)[0] for t in (approximation.line(2.0, rng) for _ in range(300))]
    assert np.mean(slopes) == pytest.approx(-0.6, abs=0.02)
    above = [restarts.trend(2.0, rng).groupby("width")["errors"].mean() for _ in range(100)]
    assert np.mean([rates.loc[64] - rates.loc[2] for rates in above]) == pytest.approx(0.2, abs=0.03)
    wins = [restarts.falling_step(1.0, rng) for _ in range(20)]
    lower = [
        (t.loc[t["schedule"] == "linear", "loss"].to_numpy() < t.loc[t["schedule"] == "constant", "loss"].to_numpy())
        for t in wins
    ]
    assert np.mean(lower) == pytest.approx(scipy.stats.norm.cdf(0.2 / np.sqrt(2)), abs=0.03)


def test_a_smoke_of_it_is_measured_judged_and_drawn():
    settings = rules.Settings(rule=[LINE, AGREEMENT], effect=[0.0, 2.0], trials=6, where="effect == 0 or trial < 3")
    cells = make_cells(settings)
    tables = []
    for _, group in cells.groupby("rule"):
        unit = Unit("calibration", "rules", group.reset_index(drop=True), settings, 0, "float32", Engine())
        tables.append(rules.measure(unit))
        pd.testing.assert_frame_equal(tables[-1], rules.measure(unit))
    table = pd.concat(tables, ignore_index=True)
    assert table["trial"].max() == 5
    assert len(table) == 18
    assert not (table["supported"] & table["contradicted"]).any()
    assert table.loc[table["effect"] != 0, "p_value"].isna().all()
    assert {verdict.claim for verdict in rules.judge(table)} == {
        f"calibration.rules/{LINE}",
        f"calibration.rules/{AGREEMENT}",
    }
    drawings = rules.draw(table)
    assert set(drawings["calibration-power"].numbers["outcome"]) == {SUPPORTED, CONTRADICTED}
    assert len(drawings["calibration-p-values"].numbers) > 0
