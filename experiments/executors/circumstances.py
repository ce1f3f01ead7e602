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

from experiments import house, plugins
from experiments.claims import claims_of

PACKAGES = ("jax", "jaxlib", "optax", "numpy", "scipy", "pandas", "pyarrow", "hydra-core")
# Code that only draws changes neither rows nor verdicts, so it has no digest.
DRAWING = "experiments/drawing/"
FLAGS = ("XLA_FLAGS", "JAX_PLATFORMS", "JAX_ENABLE_X64", "JAX_DEFAULT_MATMUL_PRECISION")


def of(family: str) -> dict[str, dict[str, str]]:
    """All of them, for a family of claims."""
    return {"versions": versions(), "flags": flags(), "code": code_digests(family)}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that a result may depend on."""
    # In a checkout the commit says it.
    names = (*PACKAGES, house.SCRIPT) if house.IS_INSTALLED else PACKAGES
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in names}


def flags() -> dict[str, str]:
    """Environment variables that change how JAX computes."""
    return {name: os.environ[name] for name in FLAGS if name in os.environ}


def code_digests(family: str) -> dict[str, str]:
    """A digest of every file that can change what a unit of this family measures, or how its rows are judged.

    These are the modules of its claims, what measures a unit, and all that they import, except code that only draws.
    """
    own = house.ROOT / "experiments"
    found: set[Path] = set()
    waiting = [*map(Path, map(inspect.getfile, claims_of(family).values())), own / "executors" / "measuring.py"]
    while waiting:
        path = waiting.pop()
        if path not in found and not _named(path).startswith(DRAWING):
            found.add(path)
            waiting += _imported(path)
    return {_named(path): hashlib.blake2b(_content(path), digest_size=8).hexdigest() for path in sorted(found)}


def _content(path: Path) -> bytes:
    """What is in a file; of ours what the checkout has, where other names are imported than where it is installed."""
    content = path.read_bytes()
    if house.IS_INSTALLED and path.is_relative_to(house.ROOT):
        for name in (b"experiments", b"theory"):
            content = content.replace(house.PREFIX.encode() + name, name)
    return content


def _named(path: Path) -> str:
    """A path from the root of the project, or from the folder that holds the package of a plug-in."""
    return path.relative_to(next(filter(path.is_relative_to, _folders().values()), path.parents[1])).as_posix()


def _folders() -> dict[str, Path]:
    """The packages whose files are looked at, and the folder that each of them is in."""
    return {"theory": house.ROOT, "experiments": house.ROOT} | plugins.folders()


@functools.cache
def _imported(path: Path) -> list[Path]:
    """The files of this project that a file imports, and those that the module lists as discovered."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    names = [house.in_checkout(name) for name in names]
    name = _named(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    names += map(house.in_checkout, getattr(sys.modules.get(house.PREFIX + name), "DISCOVERED", ()))
    folders = _folders()
    files = [
        folders[root].joinpath(root, *rest) for root, *rest in (one.split(".") for one in names) if root in folders
    ]
    candidates = [file for one in files for file in (one.with_suffix(".py"), one / "__init__.py")]
    return [file for file in candidates if file.is_file()]
