"""The parts of a run, gathered from single files and bundles: each once, and only those that are as they should be."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from experiments.errors import UserError
from experiments.names import is_file_name
from experiments.storage import parts as files
from experiments.storage.bundling import BUNDLE, PART
from experiments.storage.directory import Directory
from experiments.storage.parts import File, Part
from experiments.storage.sealing import SpoiltError


class Parts(NamedTuple):
    """The parts of a run.

    Attributes:
        fitting: by unit, the parts that are what the manifest says of their units.
        misfits: by the name of the file, why another part is not, or why a bundle has such parts.
    """

    fitting: dict[str, Part]
    misfits: dict[str, str]


def finished_files(folder: Path, pattern: str) -> list[Path]:
    """The files in a folder, sorted by name, without those that are still being written."""
    return sorted(path for path in folder.glob(pattern) if is_file_name(path.name))


def done(run: Directory) -> set[str]:
    """The units that have a part, whether or not its rows can be read."""
    single = {path.stem for path in finished_files(run.at("parts"), f"*{PART}") if path.is_file()}
    bundles = (file for file in _bundles(run, lambda name, why: None))
    return single.union(*(file.units for file in bundles))


def gathered(run: Directory, manifest: dict[str, Any]) -> Parts:
    """All parts, compared with what a manifest says of its units. A part in a file of its own comes before a bundle."""
    fitting: dict[str, Part] = {}
    misfits: dict[str, str] = {}
    # Single files first: one that is bundled at this moment is found in its bundle afterwards.
    for path in finished_files(run.at("parts"), f"*{PART}"):
        unit = path.stem
        if unit not in manifest["units"]:
            misfits[path.name] = "is of no unit of this run, and left out"
            continue
        try:
            fitting[unit] = _single(run, manifest, unit, path.name)
        except FileNotFoundError:
            continue
        except UserError:
            misfits[path.name] = "is no ordinary file"
        except SpoiltError as error:
            misfits[path.name] = str(error)
    for file in _bundles(run, misfits.__setitem__):
        _add(file, manifest, fitting, misfits)
    return Parts(fitting, misfits)


def spoilt(parts: Parts, manifest: dict[str, Any]) -> dict[str, str]:
    """The misfits that matter: those of the run's units, and bundles whose units are nowhere else."""
    lacking = len(parts.fitting) < len(manifest["units"])
    return {
        name: why
        for name, why in parts.misfits.items()
        if (lacking if name.endswith(BUNDLE) else Path(name).stem in manifest["units"].keys() - parts.fitting.keys())
    }


def _single(run: Directory, manifest: dict[str, Any], unit: str, name: str) -> Part:
    file = files.opened(run.at("parts", name))
    if set(file.units) != {unit}:
        raise SpoiltError(f"is the part of another unit, {next(iter(file.units), 'of none')}")
    file.check()
    return _compared(Part(file, unit), manifest)


def _compared(part: Part, manifest: dict[str, Any]) -> Part:
    about, family = manifest["units"][part.unit], manifest["settings"]["sweep"]["family"]
    files.check(part, f"{family}.{about['claim']}", about.get("settings"))
    return part


def _add(file: File, manifest: dict[str, Any], fitting: dict[str, Part], misfits: dict[str, str]) -> None:
    """Adds the parts of a bundle that are not there yet."""
    try:
        file.check()
    except (SpoiltError, FileNotFoundError) as error:
        misfits[file.path.name] = str(error)
        return
    for unit in file.units:
        if unit in manifest["units"] and unit not in fitting:
            try:
                fitting[unit] = _compared(Part(file, unit), manifest)
            except SpoiltError as error:
                misfits[file.path.name] = f"holds the unit {unit}, which {error}"


def _bundles(run: Directory, say: Callable[[str, str], None]) -> Iterator[File]:
    """The bundles that can be opened; `say` is told the name of another, and why it cannot.

    Bundles may be joined while they are read. What has vanished is then in one that was not there before.
    """
    seen: set[str] = set()
    while names := [path.name for path in finished_files(run.at("parts"), f"*{BUNDLE}") if path.name not in seen]:
        seen.update(names)
        for name in names:
            try:
                yield files.opened(run.at("parts", name))
            except FileNotFoundError:
                continue
            except UserError:
                say(name, "is no ordinary file")
            except SpoiltError as error:
                say(name, str(error))
