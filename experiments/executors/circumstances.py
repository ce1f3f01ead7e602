"""What can change a result besides the settings: versions of packages, flags, and the code that measures and judges."""

import ast
import functools
import hashlib
import importlib.metadata
import inspect
import os
import platform
import sys
from pathlib import Path

from experiments.claims import claims_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("jax", "jaxlib", "optax", "numpy", "scipy", "pandas", "pyarrow", "hydra-core")
# Code that only draws changes neither rows nor verdicts, so it has no digest.
DRAWING = "experiments/drawing/"
FLAGS = ("XLA_FLAGS", "JAX_PLATFORMS", "JAX_ENABLE_X64", "JAX_DEFAULT_MATMUL_PRECISION")


def of(family: str) -> dict[str, dict[str, str]]:
    """All of them, for a family of claims."""
    return {"versions": versions(), "flags": flags(), "code": code_digests(family)}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that a result may depend on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def flags() -> dict[str, str]:
    """Environment variables that change how JAX computes."""
    return {name: os.environ[name] for name in FLAGS if name in os.environ}


def code_digests(family: str) -> dict[str, str]:
    """A digest of every file that can change what a unit of this family measures, or how its rows are judged.

    These are the modules of its claims, what measures a unit, and all that they import, except code that only draws.
    """
    own = ROOT / "experiments"
    found: set[Path] = set()
    waiting = [*map(Path, map(inspect.getfile, claims_of(family).values())), own / "executors" / "measuring.py"]
    while waiting:
        path = waiting.pop()
        if path not in found and not _named(path).startswith(DRAWING):
            found.add(path)
            waiting += _imported(path)
    return {_named(path): hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest() for path in sorted(found)}


def _named(path: Path) -> str:
    """A path from the root of the project, or from the folder of families for a family that is elsewhere."""
    return path.relative_to(ROOT if path.is_relative_to(ROOT) else path.parents[1]).as_posix()


@functools.cache
def _imported(path: Path) -> list[Path]:
    """The files of this project that a file imports, and those that the module lists as discovered."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    name = _named(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    names += getattr(sys.modules.get(name), "DISCOVERED", ())
    files = [ROOT.joinpath(*one.split(".")) for one in names if one.split(".")[0] in ("theory", "experiments")]
    candidates = [file for one in files for file in (one.with_suffix(".py"), one / "__init__.py")]
    return [file for file in candidates if file.is_file()]
