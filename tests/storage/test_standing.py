"""Which of two runs counts: the newest, a larger scale before a smaller one, and never by surprise."""

import functools
import json
import time

import pytest
from rich.console import Console

from experiments import house, verbs
from experiments.errors import UserError
from experiments.report import answering, gather
from experiments.storage import directory, seeds, standing
from experiments.storage.finding import find_run, reference_of
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.verbs import lines
from tests.report import runs


def changed(run, scale: str, *overrides: str, **others):
    """The run with another scale and with overrides."""
    manifest = run.manifest()
    manifest["settings"]["scale"] = scale
    typed = ["+sweep=boolean", f"+scale={scale}", *overrides]
    run.write_json("manifest.json", manifest | {"overrides": typed, **others})
    return run


def named(run, name: str):
    """The run, moved to where its id says another time."""
    manifest, path = run.manifest(), run.path.rename(run.path.with_name(name))
    moved = RunDirectory(path)
    moved.write_json("manifest.json", manifest)
    return moved


@pytest.fixture(params=["Asia/Tokyo", "UTC", "America/Los_Angeles"])
def zone(request, monkeypatch):
    """A time zone that this process is in."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def test_the_id_of_a_run_is_its_time_in_utc_under_any_time_zone(zone, monkeypatch):
    moment = 1_767_323_045
    for clock in ("gmtime", "localtime"):
        monkeypatch.setattr(time, clock, functools.partial(getattr(time, clock), moment))
    monkeypatch.setattr(directory.secrets, "token_hex", lambda bytes_: "0f" * bytes_)
    assert directory.run_id() == "20260102-030405-0f0f"
    assert (time.localtime().tm_hour == 3) == (zone == "UTC")


def test_a_reference_gives_way_to_nothing_that_says_less(tmp_path):
    large = changed(runs.census(tmp_path), "default")
    small = changed(runs.census(tmp_path), "smoke")
    absurd = changed(runs.census(tmp_path), "full", "++restarts=1")
    assert verbs.main(["keep", large.path.name, "--results", str(tmp_path)]) == 0
    reference = tmp_path / "reference" / "boolean" / "manifest.json"
    for lesser in (small, absurd):
        assert verbs.main(["keep", lesser.path.name, "--results", str(tmp_path)]) == 2
        assert json.loads(reference.read_text())["settings"]["scale"] == "default"
    with pytest.raises(UserError, match=r"scale default, this run scale full with restarts=1\n.*--anyway"):
        standing.refuse_lesser(absurd, RunDirectory(reference.parent))
    assert verbs.main(["keep", large.path.name, "--results", str(tmp_path)]) == 0
    assert verbs.main(["keep", small.path.name, "--results", str(tmp_path), "--anyway"]) == 0
    assert json.loads(reference.read_text())["settings"]["scale"] == "smoke"


def test_a_reference_that_was_installed_is_no_easier_to_replace_and_answers_again(tmp_path, monkeypatch):
    installed, here = tmp_path / "installed", tmp_path / "here"
    keep_in(changed(runs.census(here), "default"), installed / "reference" / "boolean")
    monkeypatch.setattr(house, "RESULTS", installed)
    monkeypatch.setattr(house, "IS_INSTALLED", True)
    small = changed(runs.census(here), "smoke")
    kept = here / "reference" / "boolean"
    assert verbs.main(["keep", small.name, "--results", str(here)]) == 2
    assert not kept.exists()
    assert verbs.main(["keep", small.name, "--results", str(here), "--anyway"]) == 0
    assert reference_of("boolean", str(here)).path == kept
    assert verbs.main(["remove", "reference/boolean", "--results", str(here), "--yes"]) == 0
    assert reference_of("boolean", str(here)).path == installed / "reference" / "boolean"
    # The one that was installed stays.
    assert verbs.main(["remove", "reference/boolean", "--results", str(here), "--yes"]) == 2
    assert (installed / "reference" / "boolean" / "manifest.json").is_file()


def test_a_report_takes_what_says_most_and_names_what_it_passes_over(tmp_path):
    large = changed(runs.census(tmp_path), "default")
    keep_in(large, tmp_path / "reference" / "boolean")
    small = changed(runs.census(tmp_path), "smoke", started="2026-02-02T03:04:05+0000")
    absurd = changed(
        runs.census(tmp_path), "default", "++sweep.minimum-width.n=[1]", started="2026-03-02T03:04:05+0000"
    )
    results = str(tmp_path)
    chosen, _ = gather.choose_runs([], results)
    assert [run.name for run in chosen] == [large.name]
    (line,) = gather.passed_over(chosen, results)
    assert any(run.name in line for run in (small, absurd))
    assert "name it to use it" in line
    # An answer says it as a report does, unless runs are named.
    for asked, said in (([], True), (["--run", large.name], False)):
        console = Console(record=True, width=300)
        answering.answer(lines.parsed("answer", ["layered", *asked, "--results", results]), console)
        assert (line in console.export_text()) == said
    assert [run.name for run in gather.choose_runs([small.name], results)[0]] == [small.name]
    for path in large.path.rglob("*"):
        if path.is_file():
            path.unlink()
    assert [run.name for run in gather.choose_runs([], results)[0]] == ["reference/boolean"]


def test_newer_is_what_began_later_in_whatever_time_zone(tmp_path):
    large = changed(runs.census(tmp_path), "default", started="2026-02-02T10:00:00+0000")
    changed(runs.census(tmp_path), "smoke", started="2026-02-02T12:00:00+0900")
    assert gather.passed_over([large], str(tmp_path)) == []
    later = changed(runs.census(tmp_path), "smoke", started="2026-02-02T06:00:00-0800")
    (line,) = gather.passed_over([large], str(tmp_path))
    assert later.name in line


@pytest.mark.parametrize(
    ("override", "own"), [("++executor.workers=3", []), ("+executor=ray", []), ("++restarts=1", ["restarts=1"])]
)
def test_where_units_run_makes_a_run_neither_larger_nor_smaller(tmp_path, override, own):
    assert standing.own_settings(changed(runs.census(tmp_path), "full", override).manifest()) == own


def test_the_name_of_a_sweep_without_a_run_is_its_reference(tmp_path):
    run = runs.census(tmp_path)
    keep_in(run, tmp_path / "reference" / "boolean")
    assert find_run("boolean", str(tmp_path)).name == run.name
    for path in run.path.rglob("*"):
        if path.is_file():
            path.unlink()
    assert find_run("boolean", str(tmp_path)).name == "reference/boolean"


def test_seeds_that_were_seen_are_known(tmp_path, monkeypatch):
    monkeypatch.setattr(house, "RESULTS", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    results = tmp_path / "results"
    first, second = runs.census(results), runs.census(results)
    manifest = second.manifest()
    manifest["settings"]["seed"] = 7
    second.write_json("manifest.json", manifest)
    keep_in(first, results / "reference" / "boolean")
    (results / "boolean" / "spoilt").mkdir()
    (results / "boolean" / "spoilt" / "manifest.json").write_text("{")
    runs.write(results, {"minimum-width": runs.CENSUS}, sweep="another", drawn=False)
    before = seeds.seen_before("boolean", "results")
    assert before == {"0": 2, "7": 1}
    assert seeds.seen_before("boolean", str(tmp_path / "elsewhere")) == {"0": 1}
    assert seeds.in_words(7, before) == "7; 1 of 3 runs of this sweep that were here when it started had it too"
    assert seeds.in_words(8, before) == "8; none of 3 runs of this sweep that were here when it started had it"


@pytest.mark.parametrize("verb", ["list", "show", "report", "keep", "table", "compare", "resume"])
@pytest.mark.parametrize("place", ["", "nowhere", "file"])
def test_a_results_folder_that_is_none_is_named(tmp_path, monkeypatch, capsys, verb, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as ended:
        verbs.main([verb, "--results", place])
    assert ended.value.code == 2
    assert "--results" in capsys.readouterr().err


def test_of_two_runs_with_settings_of_their_own_the_one_with_more_units_says_more():
    def planned(units: int, *overrides: str) -> standing.Rank:
        manifest = {"overrides": ["+sweep=calibration", *overrides], "settings": {"scale": "default"}}
        return standing.rank(manifest | {"units": dict.fromkeys(map(str, range(units)))})

    one, all_of_them = planned(1, "sweep.rules.rule=[a/b]"), planned(160, "sweep.rules.trials=1000")
    assert one < all_of_them < planned(1)
    # How work is divided into units says nothing of a run with the settings of its scale.
    assert planned(1) == planned(50)
