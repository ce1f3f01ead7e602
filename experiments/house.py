"""Where this house stands, and what people type there: in a checkout, or installed under the name `theory_claims`.

In a checkout the packages are `experiments` and `theory`, and `python -m experiments` is typed. The wheel has the same
files below `theory_claims`, with `conf` and the reference beside them, and installs the command `theory-claims`.
Nothing else has to know which of both it is.
"""

import shlex
import sys
from pathlib import Path

NAME = "theory_claims"
# The folder that holds experiments/, theory/, conf/ and results/reference/.
ROOT = Path(__file__).resolve().parents[1]
IS_INSTALLED = __name__.startswith(f"{NAME}.")
# What stands in front of the names of all modules.
PREFIX = f"{NAME}." if IS_INSTALLED else ""
CONF = ROOT / "conf"
RESULTS = ROOT / "results"
# The command that the wheel installs.
SCRIPT = "theory-claims"


def program() -> list[str]:
    """The words of the command line before the verb."""
    typed = Path(sys.argv[0]).stem if sys.argv else ""
    return [SCRIPT] if IS_INSTALLED or typed == SCRIPT else ["python", "-m", "experiments"]


def command(*words: str) -> str:
    """A command as a person would type it here, such as `python -m experiments list`."""
    return shlex.join([*program(), *words])


def in_checkout(module: str) -> str:
    """The name that a module of ours has in a checkout; the name of another module as it is."""
    return module.removeprefix(f"{NAME}.") if module.startswith((f"{NAME}.experiments", f"{NAME}.theory")) else module
