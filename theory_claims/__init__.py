"""The theory of neural networks on trial, for notebooks and for claims of your own: `import theory_claims as tc`.

    tc.answer("gets-stuck")
    tc.verdicts("reference/boolean")
    tc.run("boolean", scale="smoke")

The functions are those of `experiments/interface/`. This package is also the name under which other packages import the
harness, `from theory_claims.experiments.judging.rules import holds_for_all`. Installed from a wheel, the harness is in
this folder. In a checkout it is beside it, and the modules of both names are the same objects, see `_beside`.
"""

import importlib
from pathlib import Path
from typing import Any

if not (Path(__file__).parent / "experiments").is_dir():
    from theory_claims import _beside

    _beside.find_modules()

_INTERFACE = "theory_claims.experiments.interface"


def __getattr__(name: str) -> Any:
    """A function of the interface, which is loaded when it is first asked for."""
    if name.startswith("_") or name in ("experiments", "theory"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    interface = importlib.import_module(_INTERFACE)
    if name not in interface.__all__:
        raise AttributeError(f"theory_claims has no {name!r}; it has {', '.join(interface.__all__)}")
    return getattr(interface, name)


def __dir__() -> list[str]:
    """What there is to complete."""
    return sorted(importlib.import_module(_INTERFACE).__all__)
