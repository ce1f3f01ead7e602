import bisect

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from experiments.axes import Listed
from experiments.claims.approximation import _planted_ways as approximation
from experiments.claims.calibration import _processes as processes
from experiments.claims.calibration import rules
from experiments.claims.calibration.rules.rates import RULES, error_rates, power
from experiments.claims.restarts import _planted as restarts
from experiments.claims.restarts import _planted_searches as searches
from experiments.judging import p_values, planting, statistics
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import Unit, make_cells
from experiments.settings import Engine
from tests.conftest import ROOT
from tests.support import verdicts
from theory.restarts import kinds

LINE, AGREEMENT = "approximation.rate/slope", "anatomy.backprop-equals-gradient/automatic"
# May err in 1 % of cases, not in 2.5.
RARE = "calibration.compare/different"


def outcomes(rule: str, effect: float, trials: int) -> list[str]:
    one = RULES[rule]
    keys = [[trial, abs(int(10 * effect)), int(effect < 0)] for trial in range(trials)]
    return [one.judged(one.table(effect, np.random.default_rng(key)))[0].verdict for key in keys]


@pytest.mark.parametrize("rule", RULES)
def test_effects_that_are_large_are_seen_for_what_they_are(rule):
    is_test = RULES[rule].test
    high, low = {
        "restarts.brute-force/crossover": (6.0, -6.0),
        "restarts.best-of-k/best-of-1000": (4.0, -12.0),
        # Contradicted only below the slope of the counting bound.
        "boolean.trained-width/growth/random/flat": (4.0, -9.0),
        "boolean.trained-width/growth/random/steep": (4.0, -9.0),
        # Supported only above the slope of n².
        "boolean.trained-width/growth/random/counting": (9.0, -4.0),
        # No share of the variance is less than none.
        "generalisation.functions-hardly-matter/share": (5.0, -8.0),
        "generalisation.functions-hardly-matter/share-in": (5.0, -10.0),
        # At 8 units above the border the rates would be unequal to the other side.
        "generalisation.functions-hardly-matter/equal": (4.0, -6.0),
    }.get(rule, (6.0, -6.0) if rule.startswith("depth.") else (4.0, -4.0))
    assert outcomes(rule, high, 1) == [CONTRADICTED if is_test else SUPPORTED]
    assert outcomes(rule, low, 1) == [CONTRADICTED]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_at_the_border_a_rule_mostly_decides_nothing(rule):
    """Default runs of calibration say how often; this is to see a rule that no longer can."""
    assert (SUPPORTED if RULES[rule].test else INCONCLUSIVE) in outcomes(rule, 0.0, 2)


@pytest.mark.parametrize(
    "rule",
    [
        "modern.edge-of-stability/hovers",
        "modern.edge-of-stability/no-sharper",
        "modern.grokking/generalises",
        "generalisation.train-and-test/random-labels-learned",
    ],
)
def test_runs_are_enough_for_a_unanimous_share_to_survive_holms_correction_over_a_thousand_verdicts(rule):
    (verdict,) = RULES[rule].judged(RULES[rule].table(4.0, np.random.default_rng(0)))
    assert (verdict.verdict, verdict.measured) == (SUPPORTED, 1)
    assert p_values.of(verdict) <= statistics.DEFAULT_LEVEL / 1000


def trials(share: float, size: int = 2000, rule: str = LINE, side: str = "contradicted") -> pd.DataFrame:
    wrong = np.arange(size) < share * size
    border = {"rule": rule, "effect": 0.0, "trial": range(size), "measured": 0.0, "p_value": np.where(wrong, 0.02, 1.0)}
    table = pd.DataFrame({**border, "contradicted": False, "supported": False}).assign(**{side: wrong})
    off = table.assign(effect=2.0, supported=np.arange(size) < 0.7 * size, contradicted=False)
    return pd.concat([table, off], ignore_index=True)


@pytest.mark.parametrize("side", ["supported", "contradicted"])
@pytest.mark.parametrize(
    ("share", "size", "expected"),
    [
        (0.02, 2000, SUPPORTED),
        (0.025, 2000, SUPPORTED),
        (0.0325, 2000, INCONCLUSIVE),
        # Twice what is stated was once called kept by 1000 trials.
        (0.0375, 2000, CONTRADICTED),
        (0.06, 2000, CONTRADICTED),
        (0.0, 80, INCONCLUSIVE),
        (0.025, 400, INCONCLUSIVE),
    ],
)
def test_a_rule_keeps_its_level_where_neither_error_rate_is_above_it_and_trials_are_enough(share, size, expected, side):
    (verdict,) = rules.judge(trials(share, size, side=side))
    assert verdict.verdict == expected
    assert verdict.measured == pytest.approx(share)
    assert "0.70 at +2" in verdict.hypotheses
    assert f"{side} {share:.4f}" in verdict.hypotheses


def test_one_side_that_is_right_does_not_excuse_the_other():
    both = trials(0.02).assign(supported=lambda t: t["trial"] >= 1900)
    (verdict,) = rules.judge(both[both["effect"] == 0])
    assert verdict.verdict == CONTRADICTED
    assert verdict.measured == pytest.approx(0.05)
    assert "supported 0.0500" in verdict.hypotheses
    assert "contradicted 0.0200" in verdict.hypotheses
    # A test may say that it did not reject, and is wrong on one side only.
    (verdict,) = rules.judge(both.assign(rule=AGREEMENT))
    assert verdict.measured == pytest.approx(0.02)
    assert "wrong verdicts: contradicted 0.0200" in verdict.hypotheses


def test_error_rates_are_of_the_border_and_power_is_of_the_side_that_was_planted():
    off = trials(0.02, 1000)
    below = off[off["effect"] == 2].assign(effect=-2.0, contradicted=lambda t: t["trial"] < 400)
    table = pd.concat([off, below], ignore_index=True)
    line, agreement = RULES[LINE], RULES[AGREEMENT]
    assert power(line, table) == {2.0: 0.7, -2.0: 0.4}
    # A test rejects on both sides.
    assert power(agreement, table) == {2.0: 0.0, -2.0: 0.4}
    rates = error_rates(line, table)
    assert {side: (rate.value, rate.samples) for side, rate in rates.items()} == {
        "supported": (0.0, 1000),
        "contradicted": (0.02, 1000),
    }
    # Two sides share the level of their intervals, one has all of it.
    ends = statistics.exact_interval(20, 1000, 0.025)
    assert (rates["contradicted"].low, rates["contradicted"].high) == pytest.approx(ends)
    (alone,) = error_rates(agreement, table).values()
    assert (alone.low, alone.high) == pytest.approx(statistics.exact_interval(20, 1000))
    # Without trials at the border nothing is said of a rule.
    assert rules.judge(below) == []


@pytest.mark.parametrize("stated", [0.025, 0.01])
def test_two_thousand_trials_see_one_and_a_half_times_the_level_and_keep_what_is_right(stated):
    number = 2000 * rules._repeats(RULES[LINE]._replace(stated=stated))
    wrong = range(int(0.5 * stated * number), int(2 * stated * number))

    def word(count: int) -> str:
        return rules.judge(_counted(count, number, stated))[0].verdict

    # More wrong verdicts never speak for a rule, so that two counts part the three words.
    kept_below = wrong[bisect.bisect_left(wrong, True, key=lambda count: word(count) != SUPPORTED)]
    broken_from = wrong[bisect.bisect_left(wrong, True, key=lambda count: word(count) == CONTRADICTED)]
    words = [word(count) for count in (kept_below - 1, kept_below, broken_from - 1, broken_from)]
    assert words == [SUPPORTED, INCONCLUSIVE, INCONCLUSIVE, CONTRADICTED]
    right, worse = (scipy.stats.binom(number, times * stated) for times in (1.0, 1.5))
    assert right.cdf(kept_below - 1) > 0.75
    assert right.sf(broken_from - 1) < 0.025
    assert worse.sf(broken_from - 1) > 0.75
    assert worse.cdf(kept_below - 1) < 0.025


def _counted(wrong: int, size: int, stated: float) -> pd.DataFrame:
    rule = LINE if stated == 0.025 else RARE
    table = pd.DataFrame({"rule": rule, "effect": 0.0, "supported": False, "contradicted": np.arange(size) < wrong})
    return table.assign(p_value=1.0, measured=0.0)


@pytest.mark.parametrize(
    "sweep",
    [
        "anatomy",
        "approximation",
        "boolean",
        "calibration",
        "counting",
        "depth",
        "generalisation",
        "hierarchy",
        "modern",
        "restarts",
    ],
)
def test_every_rule_that_decides_a_verdict_of_the_reference_is_on_trial(sweep):
    judged = pd.read_csv(ROOT / "results" / "reference" / sweep / "verdicts.csv")
    # Without a p-value a verdict does not rest on a level, and there is none to keep.
    stating = judged[(judged["evidence"] == "statistical") & judged["p_value"].notna()]
    missing = planting.left_out(stating["claim"], sweep, RULES)
    assert not missing, f"{len(missing)} of {len(stating)} verdicts rest on rules that nothing puts on trial: {missing}"


def test_a_rule_covers_the_verdicts_of_its_claim_and_kind_and_no_others():
    known = {"toy.gap/gap": RULES[LINE]._replace(verdict="gap"), "toy.layer-wise/x": RULES[LINE]}
    names = ["toy.gap/gap/ramp/adam", "toy.gap/gap-growth/ramp", "toy.other/gap/ramp", "toy.layer-wise/slope/2"]
    assert planting.left_out(names, "toy", known) == names[1:3]
    assert RULES[LINE]._replace(verdict="/gap/").covers("toy.gap/gap/ramp")


def test_a_rate_is_decided_wrongly_no_more_often_than_is_stated():
    # The least number of 300 runs that is called more than a half: fewer than 2.5 % of fair coins show as many.
    decided = next(hits for hits in range(300) if statistics.exact_interval(hits, 300)[0] > 0.5)
    stated = scipy.stats.binom.sf(decided - 1, 300, 0.5)
    assert 0.015 < stated < 0.025
    found = [restarts.stuck_at_minima(0.0, np.random.default_rng(i)) for i in range(400)]
    wrong = np.mean([(table["kind"] == kinds.STRICT).sum() >= decided for table in found])
    assert abs(wrong - stated) < 4 * np.sqrt(stated / 400)


def test_what_is_planted_is_there():
    rng = np.random.default_rng(0)
    costs = searches.crossover(0.0, rng)
    runs, grid = costs.iloc[0], costs.iloc[1]
    per_solution = np.mean([searches.vastly(0.0, rng).iloc[0]["evaluations"] for _ in range(300)]) / (0.3 * 4000)
    assert (grid["trials"] + 1) / (grid["solutions"] + 1) == pytest.approx(per_solution, rel=0.02)
    assert (runs["trials"], len(costs)) == (4000, 18)
    # Powers of the width that spread about -1/2, and 0.1 less for each unit.
    curves = [approximation.slopes(2.0, rng).groupby("width")["error"].median() for _ in range(60)]
    falls = [np.polyfit(np.log2(one.index), np.log2(one), 1)[0] for one in curves]
    assert np.mean(falls) == pytest.approx(-0.7, abs=0.03)
    above = [restarts.trend(2.0, rng).groupby("width")["errors"].mean() for _ in range(100)]
    assert np.mean([rates.loc[64] - rates.loc[2] for rates in above]) == pytest.approx(0.2, abs=0.03)
    wins = [restarts.falling_step(1.0, rng) for _ in range(20)]
    lower = [
        (t.loc[t["schedule"] == "linear", "loss"].to_numpy() < t.loc[t["schedule"] == "constant", "loss"].to_numpy())
        for t in wins
    ]
    assert np.mean(lower) == pytest.approx(scipy.stats.norm.cdf(0.2 / np.sqrt(2)), abs=0.03)


def test_a_smoke_of_it_is_measured_judged_and_drawn():
    settings = rules.Settings(rule=[LINE, RARE], effect=[0.0, 2.0], trials=6, where="effect == 0 or trial < 3")
    cells = make_cells(settings)
    tables = []
    for _, group in cells.groupby("rule"):
        unit = Unit("calibration", "rules", Listed(group.reset_index(drop=True)), settings, 0, "float32", Engine())
        tables.append(rules.measure(unit))
        pd.testing.assert_frame_equal(tables[-1], rules.measure(unit))
    table = pd.concat(tables, ignore_index=True)
    assert table["trial"].max() == 5
    # A test that may err in 1 % is tried three times as often at the border, where others have one row a cell.
    assert table[table["effect"] == 0].groupby("rule").size().to_dict() == {LINE: 6, RARE: 18}
    assert not table.duplicated(["rule", "effect", "trial", "repeat"]).any()
    assert len(table) == 30
    assert not (table["supported"] & table["contradicted"]).any()
    assert table.loc[table["effect"] != 0, "p_value"].isna().all()
    assert set(verdicts(rules.judge(table))) == {LINE, RARE}
    drawings = rules.draw(table)
    assert set(drawings["calibration-power"].numbers["outcome"]) == {SUPPORTED, CONTRADICTED}
    assert len(drawings["calibration-p-values"].numbers) > 0


def test_rows_are_the_same_however_many_processes_measure_them(monkeypatch):
    monkeypatch.setattr(rules, "CHUNK", 10)
    settings = rules.Settings(rule=[LINE], effect=[0.0], trials=20, where="")
    unit = Unit("calibration", "rules", Listed(make_cells(settings)), settings, 0, "float32", Engine())
    monkeypatch.setattr(processes.devices, "cores", lambda: 2)
    spread = rules.measure(unit)
    monkeypatch.setattr(processes.devices, "cores", lambda: 1)
    pd.testing.assert_frame_equal(spread, rules.measure(unit))
