"""Arrows run one way: conf -> experiments -> theory, and inside experiments/ none runs up.

JAX starts nowhere but where something is measured.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THEORY = sorted((ROOT / "theory").rglob("*.py"))
EXPERIMENTS = [
    path for path in sorted((ROOT / "experiments").rglob("*.py")) if path != ROOT / "experiments/__init__.py"
]
# Rooms and modules of experiments/: each imports those before it only.
ORDER = (
    *("names", "processes", "errors", "synonyms", "house", "plugins", "conditions"),
    *("settings", "settings_in_words", "axes", "plan"),
    *(
        "judging",
        "drawing",
        "storage",
        "ensemble",
        "sources",
        "claims",
        "terminal",
        "executors",
        "running",
        "comparing",
        "report",
        "exporting",
    ),
    *("verbs", "interface", "__main__"),
)
ALLOWED = {"theory", "jax", "jaxtyping", "numpy", "pysat", "scipy"} | set(sys.stdlib_module_names)


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", THEORY, ids=lambda path: str(path.relative_to(ROOT)))
def test_theory_knows_only_mathematics(path):
    assert {name.split(".")[0] for name in imported(path)} <= ALLOWED


# Settings are checked, and tables are judged and reported, by these and by the claims.
WITHOUT_JAX = (
    *("__main__", "verbs", "plan", "ensemble", "judging.verdict", "judging.statistics", "storage.runs"),
    *("running.compose", "running.conclude", "report.command"),
)


def test_settings_are_checked_and_tables_are_judged_without_jax_and_seaborn():
    """One process imports all of them; the first that loads one of the two is named: each takes a second."""
    code = f"""
import importlib, sys
from experiments import claims
def import_all(names):
    for name in names:
        importlib.import_module(f"experiments.{{name}}")
        yield name
def discovered():
    for family in claims.families():
        claims.claims_of(family)
        yield family
for name in (*import_all({WITHOUT_JAX}), *discovered()):
    for heavy in ("jax", "seaborn"):
        if heavy in sys.modules:
            sys.exit(f"{{name}} loads {{heavy}}")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def rooms_imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "experiments":
            names |= {f"experiments.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[1] for name in names if name.startswith("experiments.")}


def test_every_room_has_its_place():
    found = {
        path.stem
        for path in (ROOT / "experiments").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: str(path.relative_to(ROOT / "experiments")))
def test_no_arrow_runs_up(path):
    own = ORDER.index(path.relative_to(ROOT / "experiments").parts[0].removesuffix(".py"))
    assert {room for room in rooms_imported(path) if ORDER.index(room) > own} == set()


@pytest.mark.parametrize("room", [name for name in ORDER if (ROOT / "experiments" / name).is_dir()])
def test_no_circle_inside_a_room(room):
    files = {path.with_suffix("").relative_to(ROOT).as_posix().replace("/", "."): path for path in EXPERIMENTS}
    mine = {name: path for name, path in files.items() if name.startswith(f"experiments.{room}.")}
    arrows = {name: set(modules_imported(path)) & set(mine) for name, path in mine.items()}
    while free := [name for name, targets in arrows.items() if not targets & set(arrows)]:
        arrows = {name: targets for name, targets in arrows.items() if name not in free}
    assert arrows == {}


def modules_imported(path: Path) -> set[str]:
    """Modules that a file imports when it is loaded; what functions import later closes no circle."""
    nodes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
