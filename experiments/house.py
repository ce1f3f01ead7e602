"""Where this house stands, and what people type there: in a checkout, or installed under the name `theory_claims`.

In a checkout the packages are `experiments` and `theory`, and `python -m experiments` is typed. The wheel has the same
files below `theory_claims`, with `conf` and the reference beside them, and installs the command `theory-claims`.
Nothing else has to know which of both it is.
"""

import importlib.metadata
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

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
IN_CHECKOUT = ["python", "-m", "experiments"]


def program() -> list[str]:
    """The words of the command line before the verb."""
    typed = Path(sys.argv[0]).stem if sys.argv else ""
    return [SCRIPT] if IS_INSTALLED or typed == SCRIPT else IN_CHECKOUT


def command(*words: str) -> str:
    """A command as a person would type it here, such as `python -m experiments list`."""
    return shlex.join([*program(), *words])


def as_typed_here(recorded: str) -> str:
    """A command that was recorded anywhere, as a person would type it here."""
    for words in (IN_CHECKOUT, [SCRIPT]):
        if recorded.startswith(start := f"{shlex.join(words)} "):
            return f"{shlex.join(program())} {recorded.removeprefix(start)}"
    return recorded


def to_install(extra: str) -> str:
    """What a person types here to install the packages of one of the extras in pyproject.toml."""
    return f"pip install '{SCRIPT}[{extra}]'" if IS_INSTALLED else f"make EXTRA={extra} environment"


def in_checkout(module: str) -> str:
    """The name that a module of ours has in a checkout; the name of another module as it is."""
    return module.removeprefix(f"{NAME}.") if module.startswith((f"{NAME}.experiments", f"{NAME}.theory")) else module


def version() -> str:
    """The name and the version, and of a checkout its commit: `theory-claims 0.1.0 (commit 0123456789ab)`.

    A checkout says its own version, whatever is installed beside it.
    """
    project = ROOT / "pyproject.toml"
    if IS_INSTALLED or not project.is_file():
        return f"{SCRIPT} {importlib.metadata.version(SCRIPT)}"
    number, git = tomllib.loads(project.read_text())["project"]["version"], git_state()
    commit = f" (commit {git['commit'][:12]}{', with changes' if git['changed'] else ''})" if git else ""
    return f"{SCRIPT} {number}{commit}"


def git_state() -> dict[str, Any] | None:
    """The commit of the checkout, and whether it has uncommitted changes; None outside a checkout."""
    if IS_INSTALLED:  # perhaps into an environment in somebody else's repository
        return None

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None
