"""Which layout runs: given, by rule, tried, remembered."""

import json
from typing import Any

import pytest

from experiments.ensemble import choice, devices, recording, train_ensemble
from experiments.errors import UserError
from experiments.storage.cache import cache_folder
from tests.ensemble import by_hand
from theory import boolean

X = boolean.signed_inputs(2).astype("float32")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_folder().mkdir()
    return cache_folder() / "trials.json"


def test_few_parameters_go_into_lanes_and_many_into_products(cache):
    assert choice.choose(by_hand.program(), X, 100) == ("lanes", choice.LANES, "rule")
    assert choice.choose(by_hand.program(sizes=(8, 64, 1)), X, 100) == ("map", 1, "rule")


def test_few_members_do_not_fill_wide_chunks(cache, monkeypatch):
    monkeypatch.setattr(choice.devices, "count", lambda: 2)
    held = {members: choice.choose(by_hand.program(), X, members)[:2] for members in (1, 4, 8, 32, 64, 10**6)}
    wide, narrow = ("lanes", choice.LANES), ("lanes", 8)
    assert held == {1: ("map", 1), 4: ("map", 1), 8: narrow, 32: narrow, 64: wide, 10**6: wide}


def test_a_trial_of_mini_batches_is_a_whole_pass_and_more(monkeypatch):
    spans: list[int] = []

    def slow(shape):
        batch = compiled(shape)

        def train(*arguments: Any) -> Any:
            spans.append(int(arguments[-1][1]))
            return batch.train(*arguments)

        return batch._replace(train=train)  # type: ignore[arg-type]

    compiled = choice.compiled
    monkeypatch.setattr(choice, "compiled", slow)
    choice.trial(by_hand.program(batch=2, sizes=(6, 3, 1)), boolean.signed_inputs(6).astype("float32"), "map", 1)
    assert min(spans) >= 32


def test_settings_win(cache):
    assert choice.choose(by_hand.program(), X, 100, "vmap") == ("vmap", 16, "settings")
    assert choice.choose(by_hand.program(), X, 100, "auto", 128) == ("lanes", 128, "settings")
    assert choice.choose(by_hand.program(sizes=(8, 64, 1)), X, 100, "auto", 8) == ("vmap", 8, "settings")
    with pytest.raises(UserError, match="layout map takes one member at a time"):
        choice.choose(by_hand.program(), X, 100, "map", 2)


def test_a_long_run_is_worth_a_trial_and_its_result_is_remembered(cache, monkeypatch):
    speeds = {"lanes": 1e3, "vmap": 3e3, "map": 2e3}
    monkeypatch.setattr(choice, "trial", lambda program, x, layout, chunk: speeds[layout] + chunk)
    p = by_hand.program(steps=1000)
    assert choice.choose(p, X, 10**4).by == "rule"
    assert choice.choose(p, X, 10**9) == ("vmap", 32, "trial")
    assert choice.choose(p, X, 10**5) == ("vmap", 32, "remembered")
    assert choice.choose(by_hand.program(steps=5), X, 10).by == "remembered"
    assert choice.choose(by_hand.program(activation="rectifier"), X, 10).by == "rule"
    ((key, entry),) = json.loads(cache.read_text()).items()
    assert "jaxlib" in key
    assert "sizes (2, 3, 1)" in key
    assert set(entry) == {"lanes 16", "lanes 32", "lanes 64", "vmap 8", "vmap 32", "map 1"}


def test_chunks_that_the_members_do_not_fill_count_less(monkeypatch):
    monkeypatch.setattr(choice.devices, "count", lambda: 2)
    speeds = {"lanes 64": 10.0, "lanes 32": 9.0, "vmap 8": 4.0, "map 1": 2.0}
    assert choice._fastest(speeds, 10**6, "trial") == ("lanes", 64, "trial")
    assert choice._fastest(speeds, 64, "trial")[:2] == ("lanes", 32)
    assert choice._fastest(speeds, 16, "trial")[:2] == ("vmap", 8)
    assert choice._fastest(speeds, 1, "trial")[:2] == ("map", 1)


def test_a_spoilt_memory_is_no_memory(cache):
    cache.write_text("{")
    assert choice.remembered() == {}
    assert choice.choose(by_hand.program(), X, 100).by == "rule"


@pytest.mark.parametrize(("layout", "chunk"), [("lanes", 16), ("vmap", 8), ("map", 1)])
@pytest.mark.parametrize("batch", [0, 2])
def test_a_trial_measures_a_speed(layout, chunk, batch):
    assert choice.trial(by_hand.program(batch=batch), X, layout, chunk) > 0


def test_a_remembered_choice_is_used(cache, monkeypatch):
    monkeypatch.setattr(choice, "trial", lambda program, x, layout, chunk: float(layout == "map"))
    p, some = by_hand.program(), by_hand.members(5)
    choice.tried(p, X, 5)
    with recording() as records:
        train_ensemble(p, X, some)
    assert (records[0].layout, records[0].by) == ("map", "remembered")


def test_options_of_the_compiler_leave_the_users_flags_alone(monkeypatch):
    devices.compiler_options.cache_clear()
    monkeypatch.setenv("XLA_FLAGS", "")
    assert "xla_backend_optimization_level" in devices.compiler_options(quick=True)
    assert "xla_backend_optimization_level" not in devices.compiler_options(quick=False)
    devices.compiler_options.cache_clear()
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=3")
    assert "xla_backend_optimization_level" not in devices.compiler_options(quick=True)
    devices.compiler_options.cache_clear()
    monkeypatch.setattr(devices, "_is_known", lambda option, value: False)
    assert devices.compiler_options(quick=True) == {}
    devices.compiler_options.cache_clear()
    monkeypatch.setattr(devices, "_is_known", lambda option, value: True)
    assert devices.compiler_options(dots=True)["xla_cpu_experimental_ynn_fusion_type"] == ""
    assert "xla_cpu_experimental_ynn_fusion_type" not in devices.compiler_options()
    devices.compiler_options.cache_clear()


def test_an_option_that_xla_does_not_know_is_noticed_without_harm():
    assert not devices._is_known("xla_cpu_make_it_faster", 1)
    assert devices._is_known("xla_backend_optimization_level", 1)
