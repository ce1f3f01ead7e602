"""What the wheel holds: one package, `theory_claims`, so that it collides with nobody's `experiments` or `conf`.

The files of the repository go below `theory_claims`, and their imports are renamed to match: `from experiments.plan`
becomes `from theory_claims.experiments.plan`. The reference goes with them, for answers, reports and comparisons.
"""

import ast
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "theory_claims"
# Packages below it, which the repository has at its top.
RENAMED = ("experiments", "theory")
FOLDERS = (*RENAMED, "conf", "results/reference")
# Speeds beside other libraries: no run, and nothing reads it.
LEFT_OUT = ("__pycache__", "benchmark")


class Hook(BuildHookInterface):
    """Lays out the package in a temporary folder, from which hatchling takes it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Does nothing for an editable installation, which refers to the repository."""
        if version == "editable":
            return
        self.staging = tempfile.TemporaryDirectory()
        lay_out(Path(self.root), Path(self.staging.name))
        build_data["force_include"][self.staging.name] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the temporary folder."""
        if version != "editable":
            self.staging.cleanup()


def lay_out(root: Path, target: Path) -> None:
    """Copies the package from a repository to a folder.

    Raises:
        ValueError: if a name in a module cannot be renamed.
    """
    ignored = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(root / PACKAGE, target, ignore=ignored, dirs_exist_ok=True)
    for name in FOLDERS:
        shutil.copytree(root / name, target / name, ignore=ignored)
    for path in sorted(target.rglob("*.py")):
        path.write_text(renamed(path.read_text(), str(path.relative_to(target))))


def renamed(text: str, where: str) -> str:
    """The text of a module, importing the packages of the repository from where the wheel has them.

    Args:
        text: of the module.
        where: its file, for errors.

    Raises:
        ValueError: if it refers to them in a way that cannot be renamed: `import experiments.plan` binds another name
            then, and of a text in quotation marks nobody knows what it is for.
    """
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _is_ours(node.module or ""):
            line = lines[node.lineno - 1]
            head = f"{' ' * node.col_offset}from {node.module}"
            if not line.startswith(head):
                raise ValueError(f"{where}:{node.lineno}: write `from {node.module} import ...` on a line of its own")
            lines[node.lineno - 1] = f"{' ' * node.col_offset}from {PACKAGE}.{node.module}{line[len(head) :]}"
        elif isinstance(node, ast.Import) and any(_is_ours(alias.name) for alias in node.names):
            raise ValueError(f"{where}:{node.lineno}: write `from ... import ...`; the wheel renames no other import")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_module(node.value):
            raise ValueError(f"{where}:{node.lineno}: {node.value!r} has another name in the wheel; use __name__")
    return "".join(lines)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in RENAMED


def _is_module(text: str) -> bool:
    """Whether a text is the name of a module, such as one that is imported by its name."""
    root, *rest = text.split(".")
    return root in RENAMED and bool(rest) and all(part.isidentifier() for part in rest)
