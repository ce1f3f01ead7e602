"""Rows get into the folder of a run whoever writes them, and nothing is believed that is not seen."""

import resource

import pytest

from experiments import executors
from experiments.claims.boolean import minimum_width
from experiments.executors import circumstances, handing
from experiments.executors.local import Local
from experiments.plan import make_plan
from experiments.settings import ClaimSettings, RunSettings
from experiments.storage.runs import RunDirectory


@pytest.fixture(scope="module")
def results():
    claims: dict[str, ClaimSettings] = {"minimum-width": minimum_width.Settings(n=[1, 2, 3])}
    settings = RunSettings(sweep=claims, family="boolean", name="boolean", seed=5, device="cpu")
    return [*Local(settings).results(make_plan(settings))]


@pytest.fixture(scope="module")
def own():
    return circumstances.of("boolean")


def place_in(folder):
    return handing.Place(str(folder), ".tmp-00000000-probe", "word")


def test_a_folder_is_seen_where_its_word_is(tmp_path):
    with handing.offered(tmp_path / "parts") as place:
        assert place is not None
        assert handing.is_seen(place)
        assert not handing.is_seen(place._replace(word="another"))
        assert not handing.is_seen(place._replace(folder=str(tmp_path)))
        assert not RunDirectory(tmp_path).done()
    assert not [*(tmp_path / "parts").iterdir()]


def test_a_folder_that_cannot_be_made_is_not_offered(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with handing.offered(tmp_path / "file" / "parts") as place:
        assert place is None
    with handing.offered(None) as place:
        assert place is None


def test_a_part_is_the_same_to_the_byte_whoever_writes_it(tmp_path, results, own):
    by_driver, by_worker = RunDirectory(tmp_path / "driver"), RunDirectory(tmp_path / "worker")
    (tmp_path / "worker" / "parts").mkdir(parents=True)
    for result in results:
        handing.keep(result, by_driver, own)
        told = handing.written(result, place_in(tmp_path / "worker" / "parts"), own)
        assert told.table is None
        assert (told.rows(), told.kinds(), told.network_steps()) == (result.rows(), result.kinds(), 0.0)
        assert by_worker.done() == set(), "it is done before the driver has believed it"
        assert handing.is_believed(told)
        handing.keep(told, by_worker, own)
        handing.forget(told)
        name = f"{result.unit.id}.parquet"
        assert by_driver.at("parts", name).read_bytes() == by_worker.at("parts", name).read_bytes()
        by_worker.at("parts", name).unlink()


def test_what_is_missing_or_damaged_is_not_believed_and_what_is_not_kept_is_removed(tmp_path, results, own):
    told = handing.written(results[0], place_in(tmp_path), own)
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    for bad in (good[:-1], good[:100] + b"!" + good[101:], b""):
        file.write_bytes(bad)
        assert not handing.is_believed(told)
    file.write_bytes(good)
    assert handing.is_believed(told)
    handing.forget(told)
    assert not [*tmp_path.iterdir()]
    assert not handing.is_believed(told)


def test_rows_that_cannot_be_written_are_handed_over(tmp_path, results, own):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        told = handing.written(results[0], place_in(tmp_path), own)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert told.remark == f"it cannot write to {tmp_path} (File too large)"
    assert told._replace(remark="") == results[0]
    assert not [*tmp_path.iterdir()]


def test_a_column_of_another_kind_is_found_in_what_is_written_too(tmp_path, results, own):
    first, second, _ = results
    strange = second._replace(table=second.table.assign(n="two"))
    told = [handing.written(result, place_in(tmp_path), own) for result in (first, strange)]
    kept, refused = executors.agreeing(told)
    assert kept.error is None
    assert "the column n holds texts here, and numbers in another unit" in (refused.error or "")
    assert refused.written is None
    assert refused.rows() == 0
