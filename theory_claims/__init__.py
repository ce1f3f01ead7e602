"""The theory of neural networks on trial, from Python: `import theory_claims as tc`.

What can be done is in `theory_claims.experiments.interface`, and is loaded when it is first used:

    tc.run("boolean.trained-width", scale="smoke")
    tc.answer("gets-stuck", results=tc.KEPT)

This is also the name under which other packages import the harness, as in
`from theory_claims.experiments.plan import Unit`. Installed from a wheel, the harness is in this folder. In a checkout
it is beside it, and the modules of both names are the same objects, see `_beside`.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors, which complete names without running anything
    from theory_claims.experiments.interface import *  # noqa: F403

if not (Path(__file__).parent / "experiments").is_dir():
    from theory_claims import _beside

    _beside.find_modules()

INTERFACE = "theory_claims.experiments.interface"
# What the interface has. It is repeated here, so that nothing is loaded for a name that is not in it.
__all__ = [
    *("run", "try_network", "resume", "rerun", "find", "runs", "table", "answer", "answers"),
    *("sweeps", "claims", "settings", "KEPT"),
    *("Run", "Runs", "Verdict", "Verdicts", "Figure", "Figures", "Answer", "Answers"),
    *("UserError", "StorageError", "Interrupted"),
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"theory_claims has no {name}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(INTERFACE), name)


def __dir__() -> list[str]:
    """What the interface has, and what every package has: whoever completes a name sees nothing else."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
