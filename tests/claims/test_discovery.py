"""A claim is added by adding files: a family made up here is swept, measured and judged without an edit anywhere."""

import shutil
import sys

import pytest
from rich.console import Console

from experiments import claims
from experiments.running import compose
from experiments.running import run as running
from experiments.storage.runs import find_run

CLAIM = '''
"""toy.squares: n times n is n²."""
from dataclasses import dataclass
import pandas as pd
from experiments.drawing.style import Drawing, new_figure
from experiments.plan import Work
from experiments.settings import ClaimSettings, setting
from experiments.judging.flat import Verdict, decide

@dataclass(kw_only=True)
class Settings(ClaimSettings):
    n: list[int] = setting([1, 2], low=1, high=9)

SMOKE = {}
FULL = {}

def measure(unit):
    return unit.cells.assign(square=unit.cells["n"] ** 2)

def work(unit):
    return Work(0, len(unit.cells))

def judge(table):
    right = bool((table["square"] == table["n"] * table["n"]).all())
    return [Verdict("toy.squares", "n times n is n²", "school", "whole numbers", "representable", "all", 1, 1, 1,
                    len(table), "exact", "all or none", decide(right, not right))]

def draw(table):
    figure = new_figure()
    figure.axes[0].plot(table["n"], table["square"])
    return {"squares": Drawing(figure, table)}
'''


@pytest.fixture
def toy_family(tmp_path, monkeypatch):
    family = tmp_path / "families" / "toy"
    family.mkdir(parents=True)
    (family / "__init__.py").write_text("")
    (family / "squares.py").write_text(CLAIM)
    conf = shutil.copytree(compose.CONF, tmp_path / "conf")
    (conf / "sweep" / "toy.yaml").write_text(
        "defaults:\n  - /claims/toy@_here_: ${scale}\n  - _self_\ndescription: squares\nsquares:\n  n: [1, 2, 3]\n"
    )
    monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(family.parent)])
    monkeypatch.setattr(compose, "CONF", conf)
    yield
    for name in [name for name in sys.modules if name.startswith("experiments.claims.toy")]:
        del sys.modules[name]


def test_a_claim_is_found_where_it_stands(toy_family, tmp_path):
    compose.register_defaults()
    assert compose.sweeps()["toy"] == "squares"
    overrides = compose.check_overrides(["+sweep=toy", f"results={tmp_path}/results", "device=cpu"])
    console = Console(record=True, width=160)
    assert running.run(compose.compose_settings(overrides), overrides, console) == 0
    run = find_run("toy", f"{tmp_path}/results")
    verdicts = run.read_verdicts()
    assert verdicts is not None
    assert verdicts["verdict"].tolist() == ["supported"]
    assert (run.path / "figures" / "squares.pdf").exists()
    assert "toy.squares" in console.export_text()
