"""The verb `new`: a small package with a claim of one's own, which is found beside ours once it is installed.

The package that is written is the one in the folder `starter`, under another name.
"""

import argparse
import importlib.util
import keyword
import sys
from pathlib import Path

from experiments import house, names, plugins
from experiments.errors import UserError
from experiments.storage.writing import replacing
from experiments.verbs.console import console

STARTER = Path(__file__).with_name("starter")
# The name that the starter has: of its family, its package, and in front of its sentence.
NAME = "halffire"
# Names of folders beside the package, and of this project.
TAKEN = ("tests", "experiments", "theory", house.NAME)


def new(args: argparse.Namespace) -> int:
    """Writes a package with a claim, a source, a test and an entry point."""
    folder = Path(args.path)
    write(folder)
    first, *others = (
        f"python -m pip install -e {folder}",
        house.command("run", f"+sweep={folder.name}"),
        house.command("answer", f"{folder.name}-half"),
    )
    said = [f"written: {folder}, a claim with its source, its test and its sweep", f"next:    {first}"]
    for line in (*said, *(f"         {line}" for line in others)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def write(folder: Path) -> None:
    """Writes the package to a folder that is not there yet.

    Args:
        folder: its last part is the name of the package, of its family and of its sweep.

    Raises:
        UserError: if the folder is there, or the name is not allowed.
        StorageError: if it cannot be written.
    """
    if problem := _problem_with(folder.name):
        raise UserError(f"{folder.name or folder}: {problem}")
    if folder.exists() or folder.is_symlink():
        raise UserError(f"{folder}: there is something in this place already; give another, or move it away")
    with replacing(folder) as staging:
        for path in sorted(STARTER.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                target = staging / _renamed(path.relative_to(STARTER).as_posix(), folder.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(_renamed(path.read_text(), folder.name))


def _renamed(text: str, name: str) -> str:
    return text.replace(NAME, name)


def _problem_with(name: str) -> str:
    """Why a package, family and sweep cannot have this name; empty if it can."""
    if not (name.isascii() and name.isidentifier() and name.islower() and names.is_sweep(name)):
        return (
            "no name for a package; give lower-case letters, digits and underscores, a letter first, such as "
            f"mine/half_fire, and none of {', '.join(names.RESERVED)}"
        )
    if keyword.iskeyword(name) or name in sys.stdlib_module_names or name in TAKEN:
        return "Python or theory-claims has a module of this name; give another"
    if name in plugins.own_names():
        return "theory-claims has a family or a sweep of this name; give another"
    if name in plugins.by_family() or _is_installed(name):
        return "a package of this name is installed already; give another"
    return ""


def _is_installed(name: str) -> bool:
    # A folder without an __init__.py has no origin: it is no package, only a folder that is here.
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None
