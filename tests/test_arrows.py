"""Arrows run one way: conf -> experiments -> theory, and JAX starts nowhere but where something is measured."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THEORY = sorted((ROOT / "theory").rglob("*.py"))
ALLOWED = {"theory", "jax", "jaxtyping", "numpy", "scipy"} | set(sys.stdlib_module_names)


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", THEORY, ids=lambda path: str(path.relative_to(ROOT)))
def test_theory_knows_only_mathematics(path):
    assert {name.split(".")[0] for name in imported(path)} <= ALLOWED


@pytest.mark.parametrize(
    "module",
    ["__main__", "verbs", "compose", "plan", "store", "verdict", "statistics", "claims.boolean", "report.command"],
)
def test_settings_are_checked_and_tables_are_judged_without_jax(module):
    code = (
        f"import sys, experiments.{module}, experiments.claims as c; [c.claims_of(f) for f in c.families()];"
        "sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
