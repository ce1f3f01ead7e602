"""Trains many small networks at once, near the machine's limit.

    outcome = train_ensemble(program, x, members)

A `Program` is what is the same for all networks, `Members` what differs, a `TrainingOutcome` how each of them ended.

JAX is imported when one of these is asked for, not before: settings are checked, and tables judged, without it.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.ensemble.engine import Record, recording, trace, train_ensemble
    from experiments.ensemble.program import Members, Program, TrainingOutcome

__all__ = ["Members", "Program", "Record", "TrainingOutcome", "recording", "trace", "train_ensemble"]

_HOME = {name: "program" if name in ("Members", "TrainingOutcome", "Program") else "engine" for name in __all__}


def __getattr__(name: str) -> Any:
    """One of the names above, from the module that defines it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
