"""What a claim's module lacks is said in a line each; tests of whole files are in test_discovery.py."""

import dataclasses
import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from experiments import claims
from experiments.claims import checking, example
from experiments.settings import ClaimSettings, setting


def module(**changes: Any) -> ModuleType:
    """A module that is the example, but for what is to differ; a value of None is left out."""
    made = ModuleType("experiments.claims.made_for_a_test")
    made.__file__ = example.__file__
    vars(made).update({name: value for name, value in vars(example).items() if not name.startswith("__")})
    made.__doc__ = example.__doc__
    for name, value in changes.items():
        delattr(made, name) if value is None else setattr(made, name, value)
    return made


def problems(**changes: Any) -> list[str]:
    checking.problems_with.cache_clear()
    made = module(**changes)
    # Trials are sought among all modules that are loaded.
    with mock.patch.dict(sys.modules, {made.__name__: made}):
        return [line.split(": ", 1)[1] for line in checking.problems_with("bits.parity", made)]


@dataclass(kw_only=True)
class TwoAxes(ClaimSettings):
    """Numbers of bits, and seeds that nobody limits."""

    n: list[int] = setting([2, 4, 6], low=1, high=20)
    name: list[str] = setting(["a"], choices=("a", "b"))


def test_the_example_lacks_nothing():
    assert problems() == []
    assert checking.file_of(example) == "experiments/claims/example.py"
    nowhere = module(__file__="")
    assert checking.file_of(nowhere) == nowhere.__name__


def test_every_missing_thing_is_named_and_not_only_the_first():
    found = problems(judge=None, draw=3, work=lambda: 0, TRIAL=None, KEYS="n")
    assert {line.split(";")[0].split(" takes")[0] for line in found} == {
        "there is no function judge(table)",
        "draw is no function",
        "work",
        "KEYS is 'n'",
        "there is no Trial at the top of the module",
    }


def test_functions_may_have_defaults_and_other_names_for_their_parameters():
    assert problems(work=lambda one, scale=2: example.work(one)) == []
    assert problems(rebuild=lambda unit, row: None, is_stuck=lambda table: table) == []
    assert problems(rebuild=lambda unit: None) == ["rebuild takes (unit); it is called as rebuild(unit, row)"]


def test_an_unknown_sentence_is_answered_with_the_nearest():
    trial = example.TRIAL.but(bears_on=claims.checking.Trial("x", (), "representable").bears_on)
    assert problems(TRIAL=trial) == []
    wrong = dataclasses.replace(example.TRIAL.bears_on[0], sentence="exponential-hiden-layer")
    (line,) = problems(TRIAL=example.TRIAL.but(bears_on=(wrong,)))
    assert "bears on no sentence 'exponential-hiden-layer'; did you mean exponential-hidden-layer?" in line


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SMOKE": {"n": [1]}, "FULL": {"m": [1]}}, "FULL.m: no such setting"),
        ({"SMOKE": {"n": [0]}}, "SMOKE.n: 0 is not allowed"),
        ({"SMOKE": None}, "there is no SMOKE; write a dictionary"),
    ],
)
def test_scales_are_checked_as_settings_are(changes, words):
    found = problems(Settings=TwoAxes, **({"SMOKE": {}, "FULL": {}} | changes))
    assert len(found) == 1
    assert found[0].startswith(words)


def test_a_smoke_run_of_too_many_cells_is_counted(monkeypatch):
    monkeypatch.setattr(checking, "MOST_SMOKE_CELLS", 5)
    both = {"SMOKE": {"name": ["a", "b"]}, "FULL": {}}
    (line,) = problems(Settings=TwoAxes, **both)
    assert line.startswith("SMOKE leaves 6 cells, which is no smoke run; 5 are allowed")
    # A condition that leaves few cells is asked.
    assert problems(Settings=TwoAxes, SMOKE=both["SMOKE"] | {"where": "n > 2"}, FULL={}) == []


def test_trials_of_a_folder_are_found_in_its_modules():
    whole = claims.claims_of("approximation")["rate"]
    assert Path(inspect.getfile(whole)).name == "__init__.py"
    assert len(checking.trials_of(whole)) >= 1
    assert set(checking.trials_of(example)) == {"TRIAL"}
