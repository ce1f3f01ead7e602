"""Parity needs n units up to five bits as in the census, rules can fail, and proofs are left in files."""

import numpy as np
import pytest

from experiments.claims.boolean import _proofs, parity_width
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.claims.boolean.proofs import is_proof
from tests.support import measured, quantities, verdicts


@pytest.fixture(scope="module")
def table():
    return measured(parity_width, parity_width.Settings(n=[2, 3, 4]))


def test_parity_needs_n_units(table):
    assert verdicts(parity_width.judge(table)) == {"parity-needs-n": SUPPORTED, "solvers": SUPPORTED}
    assert quantities(parity_width.judge(table))["parity-needs-n"] == (4, 4, 4, len(table))
    # 1, 2 and 5 gates of fewer units, one of n units; of two targets of a gate and its dual one is left.
    assert table.groupby("n").size().to_dict() == {2: 3, 3: 6, 4: 10}
    assert not table.loc[table["units"] < table["n"], "satisfiable"].any()


def test_a_network_of_fewer_units_contradicts_if_it_is_one(table):
    fewer = (table["n"] == 4) & (table["units"] == 3) & (np.arange(len(table)) % 2 == 0)
    found = table.assign(satisfiable=table["satisfiable"] | fewer, again=np.nan)
    assert verdicts(parity_width.judge(found))["parity-needs-n"] == INCONCLUSIVE
    right = found.assign(right=found["right"] | fewer)
    assert verdicts(parity_width.judge(right))["parity-needs-n"] == CONTRADICTED


def test_solvers_that_disagree_leave_it_open(table):
    other = table.assign(again=table["again"].where(table["units"] != 2, 1.0))
    assert verdicts(parity_width.judge(other)) == {"parity-needs-n": INCONCLUSIVE, "solvers": CONTRADICTED}


def test_nothing_found_is_inconclusive(table):
    none = table[table["units"] < table["n"]]
    assert verdicts(parity_width.judge(none))["parity-needs-n"] == INCONCLUSIVE


def test_symmetries_hide_no_network_of_n_units(table):
    """Every number of bits has its network, although only one orientation and one order are sought."""
    most = table[table["units"] == table["n"]]
    assert most.groupby("n")["right"].any().all()


def test_formulas_and_proofs_are_left_where_another_program_finds_them(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    table = measured(parity_width, parity_width.Settings(n=[3], proofs=True))
    formulas = sorted(_proofs.folder().glob("*.cnf"))
    assert len(formulas) == (~table["satisfiable"]).sum()
    for path in formulas:
        header, *lines = path.read_text().splitlines()
        clauses = [[int(literal) for literal in line.split()][:-1] for line in lines]
        largest = max(abs(literal) for clause in clauses for literal in clause)
        assert header == f"p cnf {largest} {len(clauses)}"
        assert is_proof(clauses, path.with_suffix(".drup").read_text().splitlines())
    assert "parity-3-bits-1-1-at-least-1-parity.cnf" in [path.name for path in formulas]


def test_the_figure_says_what_was_found(table):
    (drawing,) = parity_width.draw(table).values()
    assert drawing.title == "Parity of 4 bits needs 4 hidden units"
