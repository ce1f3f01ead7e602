"""What can be made again is kept where the system keeps such files."""

from pathlib import Path

from experiments.storage.cache import cache_folder


def test_the_cache_is_where_the_system_keeps_such_files(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("jax") == tmp_path / "theory-claims" / "jax"
    assert cache_folder() == tmp_path / "theory-claims"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder("jax") == Path.home() / ".cache" / "theory-claims" / "jax"
