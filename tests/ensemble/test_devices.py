"""Cores, memory and folders: what a process takes, and what it refuses before JAX would end it."""

import os
import resource
from pathlib import Path

import pytest

from experiments.ensemble import devices
from experiments.errors import UserError


def test_cores_are_those_that_the_process_may_use_unless_it_was_given_fewer(monkeypatch):
    monkeypatch.setattr(devices, "_started", {})
    assert devices.cores() == len(os.sched_getaffinity(0))
    monkeypatch.setattr(devices, "_started", {"at_most": "1"})
    assert devices.cores() == 1
    # Where the system does not say which, all count, and a limit is a limit all the same.
    monkeypatch.delattr(os, "sched_getaffinity")
    assert devices.cores() == 1
    monkeypatch.setattr(devices, "_started", {})
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert devices.cores() == 7


@pytest.mark.parametrize("cores", [1, 64])
def test_a_limit_of_memory_is_refused_just_below_what_jax_maps(cores, monkeypatch):
    wanted = devices.MAPPED + cores * devices.MAPPED_PER_CORE
    monkeypatch.setattr(resource, "getrlimit", lambda _: (wanted, wanted))
    devices._refuse_little_memory(cores)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (wanted - 1, wanted))
    with pytest.raises(UserError, match=f"JAX maps {wanted / 2**30:.1f} GiB with {cores} cores"):
        devices._refuse_little_memory(cores)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, 0))
    devices._refuse_little_memory(cores)


@pytest.mark.parametrize(("version", "switched_off"), [("0.11.1", False), ("0.11.2", True)])
def test_the_partitioner_is_switched_off_in_the_version_that_it_fails_in(version, switched_off, monkeypatch):
    import jax

    said: dict[str, object] = {}
    monkeypatch.setattr(devices, "_started", {})
    monkeypatch.setattr(jax, "__version__", version)
    monkeypatch.setattr(jax.config, "update", said.__setitem__)
    devices.start("cpu", "float32")
    assert (said.get("jax_use_shardy_partitioner") is False) == switched_off


@pytest.mark.parametrize(("at_most", "expected"), [(0, devices.cores()), (1, 1)])
def test_xla_starts_with_a_thread_for_each_core_and_leaves_what_was_given(monkeypatch, at_most, expected):
    """With fewer threads, calls of large networks would wait for each other."""
    said: list[str] = []

    def backend() -> str:
        said.append(os.environ["NPROC"])
        return "cpu"

    monkeypatch.setattr("jax.default_backend", backend)
    for given in ("7", None):
        monkeypatch.delenv("NPROC", raising=False)
        if given:
            monkeypatch.setenv("NPROC", given)
        monkeypatch.setattr(devices, "_started", {})
        devices.start("cpu", "float32", at_most=at_most)
        assert os.environ.get("NPROC") == given
    assert said == [str(expected)] * 2


def test_a_core_of_a_cpu_counts_as_a_device():
    import jax

    assert jax.local_device_count() == 1
    assert devices.calls_at_once() == devices.count() == devices.cores()


def test_a_line_of_the_processor_is_found_by_its_name(monkeypatch):
    text = "processor : 0\nmodel name\t: A CPU: fast\n\nprocessor : 1\nmodel name\t: Another\n"
    monkeypatch.setattr(Path, "read_text", lambda self: text)
    devices._cpu_fact.cache_clear()
    assert devices._cpu_fact("model name") == "A CPU: fast"
    assert devices._cpu_fact("flags") == ""
    devices._cpu_fact.cache_clear()


def test_the_memory_of_a_device_is_its_share_of_what_is_free(monkeypatch):
    pages = {"SC_AVPHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert devices.available_memory() == 1000 * 4096 // devices.describe()["count"]
    assert devices.describe()["platform"] == "cpu"
    assert not devices.are_remote()
