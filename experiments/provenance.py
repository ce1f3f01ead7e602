"""What is needed to repeat a run exactly: code, versions, device, flags, command line."""

import hashlib
import importlib.metadata
import os
import platform
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

from experiments.plan import Unit
from experiments.settings import RunSettings, to_plain

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("jax", "jaxlib", "optax", "numpy", "scipy", "pandas", "pyarrow", "hydra-core")
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
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "device": device,
        "versions": versions(),
        "flags": flags(),
        "git": git_state(),
        "code": code_digests(settings.family),
        "units": unit_names(units),
    }


def unit_names(units: list[Unit]) -> dict[str, dict[str, Any]]:
    """Every unit by its name, with what it is of."""
    return {unit.id: {"claim": unit.claim, "cells": len(unit.cells)} for unit in units}


def command_line(overrides: list[str]) -> str:
    """The command as a person would type it: of the signs that Hydra wants, only `+sweep=` is needed."""
    plain = [line if line.startswith("+sweep=") else line.lstrip("+") for line in overrides]
    return shlex.join(["python", "-m", "experiments", "run", *plain])


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a result may depend on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def flags() -> dict[str, str]:
    """Environment variables that change how JAX computes."""
    return {name: os.environ[name] for name in FLAGS if name in os.environ}


def git_state() -> dict[str, Any] | None:
    """Commit of the checkout and whether it has uncommitted changes; None outside a checkout."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


def code_digests(family: str) -> dict[str, str]:
    """A digest of every file that can change what a unit of this family measures."""
    measuring = ["plan.py", "devices.py", "executors/local.py"]
    own = ROOT / "experiments"
    folders = (ROOT / "theory", own / "ensemble", own / "measuring", own / "claims" / family)
    files = [file for folder in folders for file in folder.rglob("*.py")]
    files += [own / name for name in measuring]
    return {
        str(path.relative_to(ROOT)): hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
        for path in sorted(files)
    }


def differences(before: Any, now: Any, path: str) -> list[str]:
    """What differs between two plain values, one line for each leaf, named by its path."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = [*before, *(key for key in now if key not in before)]
        return [
            line
            for key in keys
            for line in differences(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        ]
    return [] if before == now else [f"{path}: was {_shown(before)}, is {_shown(now)}"]


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between the manifests of two runs and may make a difference: settings, device, versions, code."""
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
