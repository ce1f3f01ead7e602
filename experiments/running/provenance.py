"""What is needed to repeat a run exactly: its manifest, and how two manifests differ."""

import time
from typing import Any

from experiments import house
from experiments.executors import circumstances
from experiments.plan import Unit
from experiments.settings import RunSettings, to_plain
from experiments.storage import seeds


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
        "versions": circumstances.versions(),
        "flags": circumstances.flags(),
        "git": house.git_state(),
        "code": circumstances.code_digests(settings.family),
        "units": unit_names(units),
    }


def unit_names(units: list[Unit]) -> dict[str, dict[str, Any]]:
    """Every unit by its name, with its claim, its number of cells and the digest of its settings."""
    settings = {claim: unit.settings_digest for claim, unit in {unit.claim: unit for unit in units}.items()}
    return {unit.id: {"claim": unit.claim, "cells": len(unit.part), "settings": settings[unit.claim]} for unit in units}


def command_line(overrides: list[str]) -> str:
    """The command as a person would type it: without the signs that Hydra wants, except in `+sweep=`."""
    plain = [line if line.startswith("+sweep=") else line.lstrip("+") for line in overrides]
    return house.command("run", *plain)


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


def surroundings(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between the devices, versions and flags of two processes, which round otherwise: a line each."""
    return [line for key in ("device", "versions", "flags") for line in differences(before[key], now[key], key)]


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between the manifests of two runs and may change a result: settings, device, versions, code."""
    lines = differences(before["settings"], now["settings"], "") + surroundings(before, now)
    then, today = ((manifest["git"] or {}).get("commit", "none")[:12] for manifest in (before, now))
    lines += differences(then, today, "commit")
    files = sorted(set(before["code"]) | set(now["code"]))
    changed = [file for file in files if before["code"].get(file) != now["code"].get(file)]
    return lines + ([f"measuring code: {', '.join(changed)}"] if changed else [])


def _shown(value: Any) -> str:
    return "not there" if value is None else str(value)
