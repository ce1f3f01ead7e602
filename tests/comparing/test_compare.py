import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.stats

from experiments.claims import verdicts_of
from experiments.claims.boolean import exponential_bound, minimum_width
from experiments.comparing import compare
from experiments.errors import UserError
from experiments.judging import statistics, verdict_pairs
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide
from experiments.judging.table import to_table
from experiments.judging.verdict import Trial, Verdict
from experiments.judging.verdict_pairs import LEVEL
from experiments.settings import ClaimSettings, RunSettings, to_plain
from experiments.storage import one_table
from experiments.storage.runs import RunDirectory
from tests import support
from tests.report.runs import CENSUS

TRIAL = Trial("s", (), "representable")


def judged(measured: Measured, rule: Rule) -> Verdict:
    return TRIAL.verdict("boolean.a/x", "s", measured, rule, prediction="p")


def rate(successes: int, runs: int = 200) -> Verdict:
    """A success rate, held to be above a half."""
    share = Measured(lambda α: (successes / runs, *statistics.wilson(successes, runs, α)), runs)
    return judged(share, above(0.5))


def by_p_value(p_value: float) -> Verdict:
    """A test by a p-value, which is all that is measured and has no interval."""
    rule = Rule("By a test.", lambda m: decide(p_value >= 0.01, p_value < min(m.level, 0.01)))
    return judged(Measured(lambda α: (p_value, p_value, p_value), 100), rule)


def fixed(
    measured: float, outcome="supported", evidence="statistical", low=None, high=None, name="boolean.a/x", **others
):
    """A rule that knows no level."""
    return support.verdict(name, outcome, measured, low, high, evidence=evidence, **others)


def slope(x: np.ndarray, y: np.ndarray) -> Verdict:
    """A slope with Student's interval."""
    return judged(Measured(lambda α: statistics.line_slope(x, y, α), len(x)), Rule("None.", lambda m: "inconclusive"))


def best(error: float, low: float) -> Verdict:
    """The error of the best network of a run, with the interval of what points say of it: another run has another."""
    share = Measured(lambda α: (error, error - (error - low) * (α > 0), error), 10, of_this_run=True)
    return judged(share, below(1.0))


def outcome(a: Verdict, b: Verdict, same_settings: bool = True, same_seed: bool = False) -> str:
    found = verdict_pairs.compare([a], [b], same_settings, same_seed)
    (row,) = found.assign(adjusted=found["p_value"]).itertuples()
    return verdict_pairs.outcome(row, LEVEL)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rate(120), rate(125), "same"),
        (rate(115), rate(112), "changed, within sampling"),
        (rate(120), rate(160), "different"),
        (rate(200), rate(0), "different"),
        (by_p_value(0.30), by_p_value(0.69), "same"),
        (by_p_value(0.02), by_p_value(0.006), "changed, within sampling"),
        (by_p_value(0.5), by_p_value(1e-7), "different"),
        (fixed(2.0), fixed(3.0), "same"),
        (fixed(2.0), fixed(3.0, "contradicted"), "different"),
        (fixed(2.0), fixed(3.0, "inconclusive"), "changed, not tested"),
        (fixed(2.0, low=1.9, high=2.1), fixed(3.0, low=2.9, high=3.1), "same"),
        (best(0.93, 0.92), best(0.91, 0.90), "same"),
        (rate(120), fixed(0.2, "inconclusive"), "changed, not tested"),
        # Ends that are not known are no interval.
        (fixed(2.0, low=np.nan, high=np.nan), fixed(3.0, "contradicted", low=np.nan, high=np.nan), "different"),
    ],
)
def test_verdicts_are_compared_by_what_was_measured_or_where_it_has_no_interval_by_what_they_say(a, b, expected):
    assert outcome(a, b) == expected
    assert outcome(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "same_seed", "expected"),
    [
        (fixed(4, evidence="exact"), fixed(4, evidence="exact"), True, "same"),
        (fixed(4, evidence="exact"), fixed(5, evidence="exact"), True, "different"),
        (fixed(4, evidence="exact"), fixed(5, evidence="exact"), False, "same, other draws"),
        (fixed(4, evidence="exact"), fixed(5, "inconclusive", "exact"), False, "changed, other draws"),
        (fixed(4, evidence="exact"), fixed(5, "contradicted", "exact"), False, "different"),
        (fixed(np.inf, evidence="exact", low=0.0), fixed(np.inf, evidence="exact", low=0.0), True, "same"),
    ],
)
def test_exact_verdicts_are_the_same_but_where_others_were_drawn(a, b, same_seed, expected):
    assert outcome(a, b, same_seed=same_seed) == expected
    assert outcome(b, a, same_seed=same_seed) == expected


def test_other_settings_excuse_everything_and_what_one_run_alone_has_is_named():
    assert outcome(rate(120), rate(160), same_settings=False) == "same, other settings"
    assert outcome(rate(120), rate(10), same_settings=False) == "changed, other settings"
    found = verdict_pairs.compare([fixed(1, name="boolean.a/x")], [fixed(1, name="boolean.a/y")], True, False)
    named = [verdict_pairs.outcome(row, LEVEL) for row in found.assign(adjusted=np.nan).itertuples()]
    assert named == ["only in a", "only in b"]


def test_a_value_outside_its_own_interval_is_as_good_as_at_its_end():
    # 0.6 apart, of which the interval of the upper one reaches over 0.5; that of the lower one ends below its value.
    assert verdict_pairs.excludes_zero(fixed(1.0, low=0.2, high=0.5), fixed(1.6, low=1.1, high=1.9))
    # Seen from below it is the same.
    assert verdict_pairs.excludes_zero(fixed(-1.0, low=-0.5, high=-0.2), fixed(-1.6, low=-1.9, high=-1.1))


def test_a_p_value_at_the_level_is_called_different_and_one_above_it_is_not():
    found = verdict_pairs.compare([rate(120)], [rate(160)], True, False)
    for adjusted, expected in ((LEVEL, "different"), (0.02, "changed, within sampling")):
        (row,) = found.assign(verdict_b="contradicted", adjusted=adjusted).itertuples()
        assert verdict_pairs.outcome(row, LEVEL) == expected


def test_any_other_word_than_the_table_gives_is_recorded_otherwise_and_so_is_none():
    words = ("supported", "contradicted", "inconclusive")
    today = [fixed(1, word, name=word) for word in words]
    for recorded in words:
        table = pd.DataFrame({"claim": words, "verdict": recorded})
        assert set(verdict_pairs.recorded_otherwise(table, today)) == set(words) - {recorded}
    assert list(verdict_pairs.recorded_otherwise(pd.DataFrame({"claim": [], "verdict": []}), today)) == list(words)


def test_two_samples_of_the_same_rate_are_different_as_rarely_as_stated_and_those_of_another_often():
    # Every pair of numbers of successes, with its chance: no draws are needed to know how often it errs.
    runs, p_values = 40, {}
    for a in range(runs + 1):
        for b in range(a, runs + 1):
            p_values[a, b] = p_values[b, a] = verdict_pairs.p_value(rate(a, runs), rate(b, runs))
    called = np.array([[p_values[a, b] <= 0.01 for b in range(runs + 1)] for a in range(runs + 1)])
    for p in (0.02, 0.1, 0.3, 0.5, 0.9):
        chances = scipy.stats.binom.pmf(np.arange(runs + 1), runs, p)
        assert chances @ called @ chances < 0.0125
    far, near = (scipy.stats.binom.pmf(np.arange(runs + 1), runs, p) for p in (0.9, 0.3))
    assert far @ called @ near > 0.95


def test_two_slopes_of_few_points_are_different_as_rarely_as_stated():
    # Normal tails, with a standard error read off an interval of Student's with two degrees of freedom, would call
    # some 2 % of them different at 1e-3.
    rng, x, alarms = np.random.default_rng(0), np.arange(4.0), 0
    for _ in range(2000):
        a, b = (slope(x, x + rng.normal(size=4)) for _ in range(2))
        alarms += verdict_pairs.p_value(a, b) <= 1e-3
    assert alarms <= 8


def test_opposite_words_of_rules_without_an_interval_are_rarer_than_their_p_values_say():
    # The sentence is true: a test contradicts it in 1 % of all runs, and two runs say opposite words in 2 %.
    rng = np.random.default_rng(0)
    drawn = [[by_p_value(p) for p in pair] for pair in rng.random((3000, 2))]
    opposite = [verdict_pairs.p_value(a, b) for a, b in drawn]
    for α in (0.04, 0.01, 0.002):
        assert np.nansum(np.array(opposite) <= α) / len(drawn) <= α + 3 * np.sqrt(α / len(drawn))


def make_run(
    results,
    wider: int = 0,
    sweep: str = "boolean",
    n=(1, 2),
    finished: bool = True,
    seed: int = 0,
    columns=None,
    others: dict[str, ClaimSettings] | None = None,
) -> RunDirectory:
    """A run of the census of widths; with every function of most bits needing so many more units than it does.

    Of `others`, more claims of the sweep, nothing is measured.
    """
    claims = {"minimum-width": minimum_width.Settings(n=list(n))} | (others or {})
    whole = RunSettings(sweep=claims, family="boolean", name=sweep)
    manifest = support.manifest("minimum-width", sweep=sweep, settings=to_plain(whole))
    run = RunDirectory.create(str(results), sweep, manifest | {"seconds": {"minimum-width": 4.0 + wider}})
    census = CENSUS[CENSUS["n"].isin(n)].assign(seed=seed, width=lambda rows: rows["width"] + wider)
    run.write_part("minimum-width-0", "boolean.minimum-width", census[columns or list(census)], support.FACTS)
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)
    if finished:
        to_table(verdicts_of("boolean", "minimum-width", census)).to_csv(run.path / "verdicts.csv", index=False)
    return run


def test_whole_runs_are_consistent_with_themselves_and_not_with_another_measurement(tmp_path):
    a, same, other = make_run(tmp_path), make_run(tmp_path), make_run(tmp_path, 1)
    found = compare(a, same)
    assert found.consistent
    assert found.changes == found.notes == []
    assert found.seconds.loc["minimum-width"].tolist() == [4.0, 4.0, True]
    found = compare(a, other)
    assert not found.consistent
    assert set(found.verdicts["outcome"]) == {"different"}


def test_verdicts_that_were_recorded_otherwise_than_the_table_gives_are_named_and_not_believed(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path)
    recorded = b.read_verdicts()
    assert recorded is not None
    recorded.assign(verdict="inconclusive", measured=7.0).to_csv(b.path / "verdicts.csv", index=False)
    found = compare(a, b)
    assert found.consistent
    (note,) = found.notes
    assert note.startswith(
        f"{b.name} has recorded other outcomes than its table gives today: boolean.minimum-width/parity"
    )


def test_a_claim_that_cannot_be_judged_by_todays_rules_is_named(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path, columns=["n", "width", "seed"])
    found = compare(a, b)
    assert found.verdicts.empty
    assert "minimum-width: its verdicts are not compared" in found.notes[0]


def test_runs_of_other_seeds_have_no_row_in_common_and_are_compared_by_their_verdicts(tmp_path):
    found = compare(make_run(tmp_path), make_run(tmp_path, seed=1))
    assert found.columns.empty
    assert found.comparable
    assert found.consistent


def test_a_claim_that_one_of_two_runs_has_is_named(tmp_path):
    alone, both = make_run(tmp_path), make_run(tmp_path, others={"exponential-bound": exponential_bound.Settings()})
    for a, b in ((alone, both), (both, alone)):
        assert f"exponential-bound: only {both.name} has it" in compare(a, b).notes


def test_runs_that_have_nothing_in_common_are_not_consistent_but_said_to_be_incomparable(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path, n=(3,))
    found = compare(a, b)
    assert not found.comparable
    assert not found.consistent
    assert "sweep.minimum-width.n: was [1, 2], is [3]" in found.changes


def test_a_claim_of_which_a_run_has_no_rows_is_named(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path)
    columns = {"boolean.another": ["claim", "n"]}
    table = pa.table({"claim": ["boolean.another"], "n": [1]})
    one_table.write_small(b.path / "table.parquet", table, columns, {})
    with pytest.raises(UserError, match=r"has rows of claims that this run does not have, such as boolean.another"):
        compare(a, b)


def test_the_table_of_another_run_and_a_spoilt_part_are_named(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path)
    (b.path / "parts" / "minimum-width-0.parquet").write_bytes(b"")
    found = compare(a, b)
    assert found.consistent
    assert f"{b.path}/parts/minimum-width-0.parquet cannot be read" in found.notes[0]
    shutil.copy(a.path / "table.parquet", b.path / "table.parquet")
    with pytest.raises(UserError, match=f"is the table of another run, {a.name}; make it again"):
        compare(a, b)


def test_runs_that_cannot_be_compared_are_refused(tmp_path):
    a = make_run(tmp_path)
    with pytest.raises(UserError, match="two runs of one sweep"):
        compare(a, make_run(tmp_path, sweep="other"))
    with pytest.raises(UserError, match=r"nothing to compare yet.*resume"):
        compare(a, make_run(tmp_path, finished=False))
    older = make_run(tmp_path, others={"a-claim-of-older-code": exponential_bound.Settings()})
    with pytest.raises(UserError, match=f"{older.name}: its settings are not valid for today's code"):
        compare(a, older)
