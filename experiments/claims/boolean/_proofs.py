"""Formulas that cannot be satisfied, with their proofs, in files that other programs check.

A formula is a file in the format DIMACS, its proof one in the format DRUP: every line is a clause that follows from
those before by unit propagation, or begins with d and is not needed any more. The last one is empty. So

    drat-trim NAME.cnf NAME.drup

says `s VERIFIED`, with any program that checks proofs of this format in the place of drat-trim.
"""

from pathlib import Path

from experiments.storage.cache import cache_folder
from experiments.storage.writing import atomic
from theory.boolean.least_width import Clauses


def folder() -> Path:
    """Where formulas and proofs are left."""
    return cache_folder("proofs")


def keep_proof(name: str, clauses: Clauses, steps: list[str]) -> None:
    """Leaves a formula and its proof in the folder of proofs.

    Args:
        name: the name of both files; anything but letters, digits and hyphens becomes a hyphen.
        clauses: the formula.
        steps: the lines of the proof.
    """
    base = "".join(letter if letter.isalnum() else "-" for letter in name.replace(">=", "at-least"))
    folder().mkdir(parents=True, exist_ok=True)
    variables = max(abs(variable) for clause in clauses for variable in clause)
    lines = [f"p cnf {variables} {len(clauses)}", *(" ".join(map(str, [*clause, 0])) for clause in clauses)]
    for ending, content in (("cnf", lines), ("drup", steps)):
        with atomic(folder() / f"{base}.{ending}") as temporary:
            temporary.write_text("\n".join(content) + "\n")
