"""Where everything is kept that can be made again: compiled programs, trials, unfinished counts, proofs."""

import os
from pathlib import Path


def cache_folder(*room: str) -> Path:
    """A folder of the cache of this user, such as `cache_folder("jax")`. It may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "theory-claims", *room)
