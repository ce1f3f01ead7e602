import shutil

import pyarrow as pa
import pytest

from experiments.claims import verdicts_of
from experiments.claims.boolean import exponential_bound, minimum_width
from experiments.comparing import compare
from experiments.errors import UserError
from experiments.judging.table import to_table
from experiments.settings import ClaimSettings, RunSettings, to_plain
from experiments.storage import one_table
from experiments.storage.runs import RunDirectory
from tests import support
from tests.report.runs import CENSUS


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
    """A run of the census of widths; every function of the most bits needs `wider` more units than it does.

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


def test_a_run_of_code_that_had_an_axis_less_is_compared_in_all_else(tmp_path):
    a, b = make_run(tmp_path), make_run(tmp_path, columns=["width", "seed"])
    found = compare(b, a)
    assert f"minimum-width: rows are not compared, {b.name} has no n" in found.notes


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
