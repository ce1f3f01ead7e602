"""The groups of settings that a command line chooses from: the sweeps, the scales and the executors."""

from pathlib import Path
from typing import Any

import yaml

from experiments import house, plugins

CONF = house.CONF
GROUPS = ("sweep", "scale", "executor")
# What a file of somebody's sweep may raise when it is read.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, yaml.YAMLError)


def choices(group: str) -> list[str]:
    """The options of a group: the YAML files in its folder, and the sweeps of other packages."""
    own = [path.stem for path in (CONF / group).glob("*.yaml")]
    return sorted([*own, *(plugins.by_family() if group == "sweep" else ())])


def in_words() -> str:
    """Every group with its options, a line each."""
    return "\n".join(f"{group}: {', '.join(choices(group))}" for group in sorted(GROUPS))


def sweeps() -> dict[str, str]:
    """Every sweep, with its description in one line."""
    others = plugins.by_family()
    return {name: _description(_file_of(name, others)) for name in choices("sweep")}


def family_of(sweep: str) -> str | None:
    """The family whose claims a sweep runs: its first default is `/claims/FAMILY@_here_`. None if it says none."""
    if sweep not in choices("sweep"):
        return None
    try:
        defaults = _said(_file_of(sweep, plugins.by_family()), "defaults")
        (named,) = [key for one in defaults if isinstance(one, dict) for key in one]
        return str(named).removeprefix("/claims/").partition("@")[0]
    except UNREADABLE:
        return None


def _description(sweep: Path) -> str:
    try:
        return str(_said(sweep, "description"))
    except UNREADABLE:
        return f"(it has no description: {sweep})"


def _file_of(sweep: str, others: dict[str, plugins.Plugin]) -> Path:
    """The YAML file of a sweep: that of another package if one brings it, see `plugins.by_family`."""
    return others[sweep].sweep if sweep in others else CONF / "sweep" / f"{sweep}.yaml"


def _said(sweep: Path, key: str) -> Any:
    return yaml.safe_load(sweep.read_text())[key]
