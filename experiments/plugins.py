"""Families of claims that other packages bring; they are found by an entry point.

    [project.entry-points."theory_claims.families"]
    halffire = "halffire"

in the pyproject.toml of an installed package says that its package `halffire` is the family `halffire`: its modules are
the claims, its `sweep.yaml` is the sweep, and `sources/*.yaml` are sources. `new` writes such a package. A package that
cannot be used is left out and named, see `problems`; it takes nothing else down.
"""

import dataclasses
import functools
import importlib.metadata
from pathlib import Path
from types import ModuleType

from experiments import house, names
from experiments.errors import words_of

GROUP = "theory_claims.families"
SWEEP = "sweep.yaml"
# What is said of parts of packages that were looked for and are left out.
_parts: list[str] = []


@dataclasses.dataclass(frozen=True)
class Plugin:
    """A family of claims from elsewhere.

    Attributes:
        family: its name, which is that of its sweep too.
        package: its package; the modules in it are the claims.
        folder: of the package.
    """

    family: str
    package: ModuleType
    folder: Path

    @property
    def sweep(self) -> Path:
        """The file of its sweep."""
        return self.folder / SWEEP

    @property
    def sources(self) -> list[Path]:
        """The files of its sources."""
        return sorted(self.folder.glob("sources/*.yaml"))


def by_family() -> dict[str, Plugin]:
    """All families that other packages bring, in alphabetical order."""
    return _found()[0]


def problems() -> tuple[str, ...]:
    """A line for each package that is left out, which says why."""
    return _found()[1]


def problems_of_parts() -> tuple[str, ...]:
    """A line for each part of a package that is left out, as far as it was looked for."""
    return tuple(_parts)


def leave_out(part: str) -> None:
    """Names a part of a package that cannot be used, and why."""
    line = f"left out: {part}"
    if line not in _parts:
        _parts.append(line)


def folders() -> dict[str, Path]:
    """The top-level package of every family, and the folder that it is in."""
    parts = {one.package.__name__: one.folder for one in by_family().values()}
    return {name.split(".")[0]: folder.parents[name.count(".")] for name, folder in parts.items()}


def own_names() -> set[str]:
    """The families and sweeps of the house, which no other package may bring."""
    packages = {path.parent.name for path in (house.ROOT / "experiments" / "claims").glob("*/__init__.py")}
    return packages | {path.stem for path in (house.CONF / "sweep").glob("*.yaml")}


@functools.cache
def _found() -> tuple[dict[str, Plugin], tuple[str, ...]]:
    found, wrong = dict[str, Plugin](), list[str]()
    # The same package can be on the path twice.
    entries = {(one.name, one.value): one for one in importlib.metadata.entry_points(group=GROUP)}
    for _, entry in sorted(entries.items()):
        made = _loaded(entry, found)
        if isinstance(made, Plugin):
            found[entry.name] = made
        else:
            who = entry.dist.name if entry.dist else entry.value
            wrong.append(f"left out: the family {names.printable(entry.name)} of the package {who}: {made}")
    return found, tuple(wrong)


def _loaded(entry: importlib.metadata.EntryPoint, before: dict[str, Plugin]) -> Plugin | str:
    """The plug-in of an entry point, or why there is none."""
    if not names.is_sweep(entry.name):
        reserved = ", ".join(names.RESERVED)
        return f"no name for a family; give {names.ALLOWED}, but not {reserved}"
    if entry.name in own_names():
        return "theory-claims has a family or a sweep of this name; give it another in its pyproject.toml"
    if entry.name in before:
        return f"the package {before[entry.name].package.__name__} brings a family of this name too; remove one of them"
    try:
        package = entry.load()
    except (Exception, SystemExit) as error:
        return f"{entry.value} cannot be imported: {words_of(error)}"
    file = getattr(package, "__file__", None)
    if not isinstance(package, ModuleType) or not file or Path(file).name != "__init__.py":
        return f"{entry.value} is no package; its entry point has to name a folder with an __init__.py"
    made = Plugin(entry.name, package, Path(file).resolve().parent)
    if not made.sweep.is_file():
        return f"{made.sweep} is missing; it says which claims the sweep +sweep={entry.name} runs"
    return made
