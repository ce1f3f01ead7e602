"""The groups of settings that a command line chooses from: the sweeps, the scales and the executors."""

from pathlib import Path

import yaml

from experiments import house, plugins

CONF = house.CONF
GROUPS = ("sweep", "scale", "executor")


def choices(group: str) -> list[str]:
    """The options of a group: the YAML files in its folder, and the sweeps of other packages."""
    own = [path.stem for path in (CONF / group).glob("*.yaml")]
    return sorted([*own, *(plugins.by_family() if group == "sweep" else ())])


def in_words() -> str:
    """Every group with its options, a line each."""
    return "\n".join(f"{group}: {', '.join(choices(group))}" for group in sorted(GROUPS))


def sweeps() -> dict[str, str]:
    """Every sweep, with its description in one line."""
    others = {name: one.sweep for name, one in plugins.by_family().items()}
    paths = {name: others.get(name, CONF / "sweep" / f"{name}.yaml") for name in choices("sweep")}
    return {name: _description(path) for name, path in paths.items()}


def family_of(sweep: str) -> str | None:
    """The family whose claims a sweep runs: its first default is `/claims/FAMILY@_here_`. None if it says none."""
    if sweep not in choices("sweep"):
        return None
    others = plugins.by_family()
    path = others[sweep].sweep if sweep in others else CONF / "sweep" / f"{sweep}.yaml"
    try:
        (named,) = [key for one in yaml.safe_load(path.read_text())["defaults"] if isinstance(one, dict) for key in one]
        return str(named).removeprefix("/claims/").partition("@")[0]
    except (OSError, ValueError, LookupError, TypeError, yaml.YAMLError):
        return None


def _description(sweep: Path) -> str:
    try:
        return str(yaml.safe_load(sweep.read_text())["description"])
    except (OSError, ValueError, LookupError, TypeError, yaml.YAMLError):
        return f"(it has no description: {sweep})"
