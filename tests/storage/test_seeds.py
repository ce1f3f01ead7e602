"""Seeds that have been seen, in the results and in the reference, and what is said of them."""

import json

import pytest

from experiments import house
from experiments.storage import seeds
from tests import support


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder of results, while no other folder has any."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(house, "RESULTS", tmp_path / "elsewhere")
    return tmp_path / "mine"


def write(folder, place: str, name: str, seed: int) -> None:
    """A manifest in a folder of a sweep, or of the references by the names of their sweeps."""
    manifest = support.manifest("a", sweep=name if place == "reference" else place)
    manifest["settings"]["seed"] = seed
    (folder / place / name).mkdir(parents=True)
    (folder / place / name / "manifest.json").write_text(json.dumps(manifest))


def test_runs_of_the_sweep_are_counted_by_their_seed_in_order(results):
    for name, seed in (("1", 10), ("2", 9), ("3", 10)):
        write(results, "boolean", name, seed)
    write(results, "depth", "4", 7)
    assert list(seeds.seen_before("boolean", str(results)).items()) == [("9", 1), ("10", 2)]
    assert seeds.seen_before("depth", str(results)) == {"7": 1}
    assert seeds.seen_before("counting", str(results)) == {}


def test_the_reference_counts_wherever_it_is_and_a_run_that_cannot_be_read_does_not(results, tmp_path):
    write(tmp_path / "elsewhere", "reference", "boolean", 2026)
    assert seeds.seen_before("boolean", str(results)) == {"2026": 1}
    # Runs of the harness's own results are not mine.
    write(tmp_path / "elsewhere", "boolean", "1", 3)
    assert seeds.seen_before("boolean", str(results)) == {"2026": 1}
    write(results, "boolean", "2", 4)
    (results / "boolean" / "2" / "manifest.json").write_text("{")
    assert seeds.seen_before("boolean", str(results)) == {"2026": 1}


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ({}, "5; none of 0 runs of this sweep that were here when it started had it"),
        ({"4": 2}, "5; none of 2 runs of this sweep that were here when it started had it"),
        ({"4": 1}, "5; the one run of this sweep that was here when it started had another"),
        ({"5": 1}, "5; the one run of this sweep that was here when it started had it too"),
        ({"4": 2, "5": 1}, "5; 1 of 3 runs of this sweep that were here when it started had it too"),
    ],
)
def test_a_seed_in_words(before, words):
    assert seeds.in_words(5, before) == words
