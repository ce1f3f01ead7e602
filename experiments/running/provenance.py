"""What is needed to repeat a run exactly: code, versions, device, flags, command line."""

import ast
import functools
import hashlib
import importlib.metadata
import inspect
import os
import platform
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from experiments.claims import claims_of
from experiments.plan import Unit
from experiments.settings import RunSettings, to_plain
from experiments.storage import seeds

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("jax", "jaxlib", "optax", "numpy", "scipy", "pandas", "pyarrow", "hydra-core")
# Code that only draws changes neither rows nor verdicts, so it has no digest.
DRAWING = "experiments/drawing/"
FLAGS = ("XLA_FLAGS", "JAX_PLATFORMS", "JAX_ENABLE_X64", "JAX_DEFAULT_MATMUL_PRECISION")


def make_manifest(
    settings: RunSettings, units: list[Unit], device: dict[str, Any], overrides: list[str]
) -> dict[str, Any]:
    """The manifest of a run that is about to start."""
    return {
        "sweep": settings.name,
        "command": command_line(overrides),
        "overrides": overrides,
        "settings": to_plain(settings),
        "seed": settings.seed,
        "seeds_before": seeds.seen_before(settings.name, settings.results),
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "device": device,
        "versions": versions(),
        "flags": flags(),
        "git": git_state(),
        "code": code_digests(settings.family),
        "units": unit_names(units),
    }


def unit_names(units: list[Unit]) -> dict[str, dict[str, Any]]:
    """Every unit by its name, with its claim, its number of cells and the digest of its settings."""
    return {
        unit.id: {"claim": unit.claim, "cells": len(unit.cells), "settings": unit.settings_digest} for unit in units
    }


def command_line(overrides: list[str]) -> str:
    """The command as a person would type it: without the signs that Hydra wants, except in `+sweep=`."""
    plain = [line if line.startswith("+sweep=") else line.lstrip("+") for line in overrides]
    return shlex.join(["python", "-m", "experiments", "run", *plain])


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that a result may depend on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def flags() -> dict[str, str]:
    """Environment variables that change how JAX computes."""
    return {name: os.environ[name] for name in FLAGS if name in os.environ}


def git_state() -> dict[str, Any] | None:
    """The commit of the checkout, and whether it has uncommitted changes; None outside a checkout."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


def code_digests(family: str) -> dict[str, str]:
    """A digest of every file that can change what a unit of this family measures, or how its rows are judged.

    These are the modules of its claims, the executor, and all that they import, except code that only draws.
    """
    own = ROOT / "experiments"
    found: set[Path] = set()
    waiting = [*map(Path, map(inspect.getfile, claims_of(family).values())), own / "running" / "execute.py"]
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


def differences(before: Any, now: Any, path: str) -> list[str]:
    """What differs between two plain values: one line for each leaf, with its path."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = [*before, *(key for key in now if key not in before)]
        return [
            line
            for key in keys
            for line in differences(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        ]
    return [] if before == now else [f"{path}: was {_shown(before)}, is {_shown(now)}"]


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between the manifests of two runs and may change a result: settings, device, versions, code."""
    lines = differences(before["settings"], now["settings"], "")
    for key in ("device", "versions", "flags"):
        lines += differences(before[key], now[key], key)
    then, today = ((manifest["git"] or {}).get("commit", "none")[:12] for manifest in (before, now))
    lines += differences(then, today, "commit")
    files = sorted(set(before["code"]) | set(now["code"]))
    changed = [file for file in files if before["code"].get(file) != now["code"].get(file)]
    return lines + ([f"measuring code: {', '.join(changed)}"] if changed else [])


def _shown(value: Any) -> str:
    return "not there" if value is None else str(value)
