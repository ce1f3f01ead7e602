"""The rows of a run on a real cluster are those of a run in one process, whoever writes them."""

import dataclasses

import pytest

from experiments import executors
from experiments.claims.boolean import minimum_width, trained_width
from experiments.executors import circumstances, handing
from experiments.plan import make_plan
from experiments.settings import ClaimSettings, Engine, ExecutorSettings, RunSettings
from experiments.storage.parts import Part, check, opened
from experiments.storage.runs import RunDirectory
from tests.executors.house import HOUR

# Ray starts nodes by a fork, and JAX warns of it: the child becomes another program at once.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")


@pytest.fixture(scope="module")
def small_units():
    """Units of three programs, of which some have several units: every worker compiles anew, which takes most time."""
    claims: dict[str, ClaimSettings] = {
        "minimum-width": minimum_width.Settings(n=[1, 2]),
        "trained-width": trained_width.Settings(
            n=[2], width=[1, 2], family=["parity"], activation=["tanh"], functions=1, restarts=15, steps=100
        ),
    }
    engine = Engine(layout="lanes", chunk=8, unit_cells=10)
    return RunSettings(sweep=claims, family="boolean", name="boolean", seed=5, device="cpu", engine=engine)


def parts_of(settings, folder, say=print):
    """The rows that a run of these settings writes, by unit, and for each unit whether a worker wrote them."""
    directory, own, wrote = RunDirectory(folder), circumstances.of("boolean"), []
    with executors.opened(settings, say) as executor:
        for result in executors.agreeing(executor.results(make_plan(settings), directory.at("parts"))):
            assert result.error is None
            wrote.append(result.written is not None)
            handing.keep(result, directory, own)
    parts = {
        unit.id: Part(opened(directory.at("parts", f"{unit.id}.parquet")), unit.id) for unit in make_plan(settings)
    }
    for unit in make_plan(settings):
        check(parts[unit.id], f"boolean.{unit.claim}", unit.settings_digest)
    assert not list(folder.glob("parts/.tmp*"))
    for part in parts.values():
        assert 0 <= part.facts["compile_seconds"] <= part.facts["seconds"] < HOUR / 10
        assert part.facts["code"] == own["code"]
    return {unit: part.rows for unit, part in parts.items()}, wrote


@pytest.fixture(scope="module")
def rows_here(small_units, tmp_path_factory):
    """The rows of one process."""
    rows, by_workers = parts_of(small_units, tmp_path_factory.mktemp("local"))
    assert set(by_workers) == {False}
    return rows


# Workers that hand over their rows take as long again as those that write them.
@pytest.mark.parametrize(("shared", "workers"), [pytest.param(True, 2), pytest.param(False, 1, marks=pytest.mark.slow)])
def test_rows_are_those_of_one_process_to_the_last_bit_whoever_writes_them(
    house, small_units, rows_here, tmp_path, shared, workers
):
    # Of any two nodes one has a wrong clock.
    on_ray = ExecutorSettings(name="ray", address=house.address, workers=workers, shared=shared)
    seen, by_workers = parts_of(dataclasses.replace(small_units, executor=on_ray), tmp_path)
    assert set(by_workers) == {shared}
    assert all(rows.equals(seen[unit]) for unit, rows in rows_here.items())


@pytest.mark.slow
def test_a_part_that_is_not_as_it_was_written_is_not_believed(house, small_units, rows_here, tmp_path, monkeypatch):
    there = dataclasses.replace(small_units, executor=ExecutorSettings(name="ray", address=house.address, workers=1))
    believed = handing.is_believed
    said: list[str] = []

    def damaged(result):
        with open(result.written.path, "r+b") as file:
            file.seek(100)
            file.write(b"!")
        monkeypatch.setattr(handing, "is_believed", believed)
        return believed(result)

    monkeypatch.setattr(handing, "is_believed", damaged)
    found, by_workers = parts_of(there, tmp_path / "damaged", said.append)
    assert any("is not as a worker on" in line for line in said)
    assert by_workers == [False] * len(rows_here)
    assert all(rows.equals(found[unit]) for unit, rows in rows_here.items())
