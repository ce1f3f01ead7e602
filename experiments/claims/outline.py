"""What the claims of a family and their settings are called, read from their files without running them.

A misspelt name is answered by this at once: importing the claims of a family takes more than a second. All else that
can be wrong with a setting is known when the claims have been imported, see experiments/settings.py.
"""

import ast
from pathlib import Path

from experiments import house, plugins

OWN = house.ROOT / "experiments" / "claims"


def claims_of(family: str) -> dict[str, Path]:
    """The claims of a family with their files, in alphabetical order; none if there is no such family."""
    others = plugins.by_family()
    folder = others[family].folder if family in others else OWN / family
    files = [*folder.glob("[!_]*.py"), *folder.glob("[!_]*/__init__.py")]
    named = {(path.parent if path.name == "__init__.py" else path).stem: path for path in files}
    return {name.replace("_", "-"): named[name] for name in sorted(named)}


def settings_of(claim: Path) -> set[str] | None:
    """The names of a claim's settings; None where its file alone does not say them.

    Args:
        claim: the file of its module.
    """
    node = _settings(claim)
    if node is None or [ast.unparse(base) for base in node.bases] != ["ClaimSettings"]:
        return None
    fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
    return {"where", *(one.id for one in fields if isinstance(one, ast.Name))}


def about_settings(claim: Path) -> str:
    """What a claim says of its settings; empty where its file alone does not say it.

    Args:
        claim: the file of its module.
    """
    node = _settings(claim)
    return " ".join((ast.get_docstring(node) or "").split()) if node else ""


def _settings(claim: Path) -> ast.ClassDef | None:
    try:
        body = ast.parse(claim.read_text()).body
    except (OSError, ValueError, SyntaxError):
        return None
    return next((node for node in body if isinstance(node, ast.ClassDef) and node.name == "Settings"), None)
