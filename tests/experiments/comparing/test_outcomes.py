import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments import sealing
from experiments.claims.boolean import exponential_bound
from experiments.comparing import LEVEL, compare, outcomes
from experiments.errors import UserError
from experiments.plan import make_cells
from experiments.settings import RunSettings, to_plain
from experiments.statistics import wilson
from experiments.store import RunDirectory
from experiments.verdict import to_table
from tests import support
from tests.experiments.report import runs

NAMES = ["claim", "verdict", "measured", "low", "high", "evidence", "p_value"]
RATE, EXACT, RULE = "boolean.a/rate", "boolean.a/exact", "boolean.a/rule"


def rate(successes: int, runs: int = 200, verdict: str = "supported") -> tuple:
    return (RATE, verdict, successes / runs, *wilson(successes, runs), "statistical", 0.001)


class Run:
    """What `outcomes` needs of a run."""

    def __init__(self, *verdicts: tuple) -> None:
        self.table = pd.DataFrame(verdicts, columns=NAMES)

    def read_verdicts(self) -> pd.DataFrame:
        return self.table


def outcome(a: tuple, b: tuple, same_settings: bool = True) -> str:
    found = outcomes.compare(Run(a), Run(b), {"a": same_settings})  # type: ignore[arg-type]
    (row,) = found.assign(adjusted=found["p_value"]).itertuples()
    return outcomes.outcome(row, LEVEL)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rate(120), rate(125), "same"),
        (rate(115), rate(112, verdict="inconclusive"), "changed, within sampling"),
        (rate(120), rate(160), "different"),
        (rate(200), rate(0), "different"),
        ((EXACT, "supported", 4, 4, 4, "exact", np.nan), (EXACT, "supported", 4, 4, 4, "exact", np.nan), "same"),
        ((EXACT, "supported", 4, 4, 4, "exact", np.nan), (EXACT, "supported", 5, 5, 5, "exact", np.nan), "different"),
        (
            (RULE, "supported", 2, 2, 2, "statistical", np.nan),
            (RULE, "supported", 3, 3, 3, "statistical", np.nan),
            "same",
        ),
        (
            (RULE, "supported", 2, 2, 2, "statistical", np.nan),
            (RULE, "contradicted", 3, 3, 3, "statistical", np.nan),
            "different",
        ),
        ((EXACT, "supported", np.inf, 0, np.inf, "exact", np.nan),) * 2 + ("same",),
    ],
)
def test_verdicts_are_compared_by_what_was_measured(a, b, expected):
    assert outcome(a, b) == expected
    assert outcome(b, a) == expected


def test_other_settings_excuse_everything_and_what_one_run_alone_has_is_named():
    assert outcome(rate(120), rate(160), same_settings=False) == "same, other settings"
    assert outcome(rate(120), rate(10, verdict="contradicted"), same_settings=False) == "changed, other settings"
    found = outcomes.compare(Run(rate(120)), Run(("boolean.b", *rate(120)[1:])), {"a": True})  # type: ignore[arg-type]
    named = [outcomes.outcome(row, LEVEL) for row in found.assign(adjusted=np.nan).itertuples()]
    assert named == ["only in a", "only in b"]


def test_two_samples_of_the_same_rate_are_rarely_different_and_of_another_often():
    rng = np.random.default_rng(0)
    draws = rng.binomial(200, [[0.6, 0.6, 0.78]] * 50)
    alarms = [outcome(rate(a), rate(b)) == "different" for a, b, _ in draws]
    found = [outcome(rate(a), rate(c)) == "different" for a, _, c in draws]
    assert np.mean(alarms) < 0.1
    assert np.mean(found) > 0.6


def make_run(
    results, measured: float = 4.0, sweep: str = "boolean", n=(1, 2), finished: bool = True, seed: int = 0
) -> RunDirectory:
    settings = exponential_bound.Settings(n=list(n))
    whole = RunSettings(sweep={"exponential-bound": settings}, family="boolean", name=sweep)
    manifest = support.manifest("exponential-bound", sweep=sweep, settings=to_plain(whole))
    run = RunDirectory.create(str(results), sweep, manifest | {"seconds": {"exponential-bound": measured}})
    rows = make_cells(settings).assign(width=measured, seed=seed)
    run.write_part("exponential-bound-0", "boolean.exponential-bound", rows, support.FACTS)
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)
    if finished:
        numbers = dict.fromkeys(("measured", "low", "high"), measured)
        exact = runs.verdict("boolean.exponential-bound/x", evidence="exact", **numbers)
        to_table([exact]).to_csv(run.path / "verdicts.csv", index=False)
    return run


def test_whole_runs_are_consistent_with_themselves_and_not_with_another_measurement(tmp_path):
    a, same, other = make_run(tmp_path), make_run(tmp_path), make_run(tmp_path, 5.0)
    found = compare(a, same)
    assert found.consistent
    assert found.changes == []
    assert found.seconds.loc["exponential-bound"].tolist() == [4.0, 4.0, True]
    found = compare(a, other)
    assert not found.consistent
    assert found.verdicts["outcome"].tolist() == ["different"]


def test_runs_that_have_nothing_in_common_are_not_consistent_but_said_to_be_incomparable(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path, n=(3, 4))
    found = compare(a, b)
    assert not found.comparable
    assert not found.consistent
    assert "sweep.exponential-bound.n: was [1, 2], is [3, 4]" in found.changes


def test_a_claim_of_which_a_run_has_no_rows_is_named(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path)
    columns = {"boolean.another": ["claim", "n"]}
    table = pa.table({"claim": ["boolean.another"], "n": [1]})
    sealing.write_table(b.path / "table.parquet", table, columns, {})
    with pytest.raises(UserError, match=r"is of claims that are not of this run, such as boolean.another"):
        compare(a, b)


def test_the_table_of_another_run_and_a_spoilt_part_are_named(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path)
    (b.path / "parts" / "exponential-bound-0.parquet").write_bytes(b"")
    found = compare(a, b)
    assert found.consistent
    assert f"{b.path}/parts/exponential-bound-0.parquet cannot be read" in found.notes[0]
    shutil.copy(a.path / "table.parquet", b.path / "table.parquet")
    with pytest.raises(UserError, match=f"is the table of another run, {a.name}; make it again"):
        compare(a, b)


def test_verdicts_that_one_run_alone_has_are_nothing_compared(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path, seed=1)
    assert compare(a, b).comparable
    verdicts = pd.read_csv(b.path / "verdicts.csv").assign(claim="boolean.exponential-bound/y")
    verdicts.to_csv(b.path / "verdicts.csv", index=False)
    assert not compare(a, b).comparable


def test_runs_that_cannot_be_compared_are_refused(tmp_path):
    a = make_run(tmp_path)
    with pytest.raises(UserError, match="two runs of one sweep"):
        compare(a, make_run(tmp_path, sweep="other"))
    with pytest.raises(UserError, match=r"nothing to compare yet.*resume"):
        compare(a, make_run(tmp_path, finished=False))
