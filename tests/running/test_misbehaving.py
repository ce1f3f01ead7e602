"""Claims that misbehave, each in its own way, beside one that does not: they hurt themselves and nobody else."""

import shutil
import sys

import pandas as pd
import pytest
from rich.console import Console

from experiments import claims
from experiments.report import gather, pictures
from experiments.report import model as report_model
from experiments.running import compose, groups
from experiments.running import run as running
from experiments.storage.finding import find_run, find_runs
from experiments.terminal import listing, show

CLAIM = '''"""toy.squares: n times n is n²."""
from dataclasses import dataclass
import pandas as pd
from experiments.drawing.style import Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.verdict import Trial
from experiments.plan import Work
from experiments.settings import ClaimSettings, setting

TRIAL = Trial(source="school", bears_on=(), existence="representable")

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
    return [TRIAL.verdict("", "n times n is n²", Measured.exactly(1, len(table)), holds_for_all("it is", [right]),
                          prediction="all")]

def draw(table):
    figure = new_figure()
    figure.axes[0].plot(table["n"], table["square"])
    return {"squares": Drawing(figure, table)}
'''
MEASURES = '    return unit.cells.assign(square=unit.cells["n"] ** 2)\n'
# What `measure` does instead, and what is said of it.
MEASURING = {
    "nothing": ("    return None", "measure gave NoneType instead of a table"),
    "list": ("    return [1]", "measure gave list instead of a table"),
    "fewer": ("    return unit.cells.assign(square=1).iloc[:1]", "measure gave 1 row for 3 cells"),
    "twice": ("    return pd.concat([unit.cells.assign(square=1)] * 2)", "measure gave 6 rows for 3 cells"),
    "repeated": ("    return unit.cells.iloc[[0, 0, 0]].assign(square=1)", "measure gave no row for 2 of 3 cells"),
    "other-cells": ("    return unit.cells.assign(n=[7, 8, 9], square=1)", "another unit's cell: {'n': 7}"),
    "in-place": ('    unit.cells["n"] += 6; return unit.cells.assign(square=1)', "another unit's cell: {'n': 7}"),
    "no-axis": ('    return pd.DataFrame({"square": [1, 4, 9]})', "measure gave no column n"),
    "same-names": ("    return pd.concat([unit.cells, unit.cells], axis=1)", "without a name, or with the same name"),
    "mixed": (
        '    return unit.cells.assign(square=[1, "four", 9])',
        "the column square mixes values of several kinds",
    ),
    "objects": ('    return unit.cells.assign(square=[{}, {}, {"a": 1}])', "the column square holds struct"),
    "lists": ("    return unit.cells.assign(square=[[1], [4], [9]])", "the column square holds list"),
    "dates": ("    return unit.cells.assign(square=pd.Timestamp(0))", "the column square holds timestamp"),
    "claim": ('    return unit.cells.assign(claim="toy.squares")', "a column claim, which is added"),
    "leaves": ("    import os; os._exit(0)", "it called os._exit(0), which would have ended the run"),
    "exits": ("    import sys; sys.exit(0)", "it left by SystemExit(0), which would have ended the run"),
    "markup": ('    raise ValueError("[/nope] [red]")', "ValueError: [/nope] [red]"),
    "steers": ('    raise ValueError("\\x1b[2J")', "ValueError: ?[2J"),
    "no-words": (
        '    raise type("Odd", (Exception,), {"__str__": lambda self: 1 / 0})()',
        "Odd: <exception str() failed>",
    ),
    "elsewhere": ('    import os; os.chdir("/"); raise ValueError("in another folder")', "in another folder"),
}
RIGHT = '    right = bool((table["square"] == table["n"] * table["n"]).all())\n'
# What `judge` does, and what is said of it.
JUDGING = {
    "judge-markup": ('    raise ValueError("[/nope]")\n', "judge-markup could not be judged: ValueError: [/nope]"),
    "judge-leaves": (
        "    import os; os._exit(0)\n",
        "judge-leaves could not be judged: experiments.claims.containing.ClaimError: it called",
    ),
    "judge-nothing": ("    return None\n", "judge-nothing could not be judged: TypeError"),
    "judge-numbers": ("    return [1]\n", "judge-numbers could not be judged: AttributeError"),
}
PLOTS = "    figure = new_figure()\n"
# What `draw` does, and what is said of it; its verdicts stand.
DRAWING = {
    "draw-error": ('    raise ValueError("[/nope]")\n', "draw-error could not be drawn: ValueError: [/nope]"),
    "draw-leaves": ("    import os; os._exit(0)\n", "draw-leaves could not be drawn"),
    "draw-nothing": ("    return None\n", "draw-nothing could not be drawn"),
    "draw-elsewhere": ('    return {"../../x": Drawing(new_figure(), table)}\n', "'../../x' is no name for a figure"),
    "zy-double": (
        '    return {"of-good": Drawing(new_figure(), table)}\n',
        "its figure of-good could not be drawn: experiments.claims.containing.ClaimError: good has a figure of this",
    ),
    "draw-half": (
        '    return {"half": Drawing(None, table), "whole": Drawing(new_figure(), table)}\n',
        "draw-half: its figure half could not be drawn",
    ),
}
TEXTS = '    return unit.cells.assign(square="words")'


def written(name: str, before: str = "", after: str = "") -> str:
    text = CLAIM.replace("toy.squares", f"toy.{name}").replace('"squares": Drawing', f'"of-{name}": Drawing')
    assert before in text
    return text.replace(before, after) if before else text


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All of them in one run: its status, what was said, and the run."""
    folder = tmp_path_factory.mktemp("misbehaving")
    family = folder / "families" / "toy"
    family.mkdir(parents=True)
    (family / "__init__.py").write_text("")
    modules = {"good": written("good"), "zz-good": written("zz-good")}
    modules |= {name: written(name, MEASURES, f"{body}\n") for name, (body, _) in MEASURING.items()}
    modules |= {name: written(name, RIGHT, body + RIGHT) for name, (body, _) in JUDGING.items()}
    modules |= {name: written(name, PLOTS, body + PLOTS) for name, (body, _) in DRAWING.items()}
    modules["a-texts"] = written("a-texts", MEASURES, f"{TEXTS}\n")
    for name, text in modules.items():
        (family / f"{name.replace('-', '_')}.py").write_text(text)
    conf = shutil.copytree(groups.CONF, folder / "conf")
    (conf / "sweep" / "toy.yaml").write_text(
        "defaults:\n  - /claims/toy@_here_: ${scale}\n  - _self_\ndescription: squares\n"
        + "".join(f"{name}:\n  n: [1, 2, 3]\n" for name in modules)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "__path__", [*claims.__path__, str(family.parent)])
        patch.setattr(groups, "CONF", conf)
        compose.register_defaults()
        overrides = compose.check_overrides(["+sweep=toy", f"results={folder}/results", "device=cpu"])
        console = Console(record=True, width=500)
        status = running.run(compose.compose_settings(overrides), overrides, console)
        yield status, console.export_text(), find_run("toy", f"{folder}/results")
    for name in [name for name in sys.modules if name.startswith("experiments.claims.toy")]:
        del sys.modules[name]


def test_the_run_says_that_not_all_went_well(run):
    status, _, _ = run
    assert status == 1


@pytest.mark.parametrize("name", MEASURING)
def test_what_is_measured_wrongly_is_a_failed_unit(run, name):
    _, said, directory = run
    words = MEASURING[name][1]
    (line,) = [line for line in said.splitlines() if line.startswith(f"{name}-") and " failed: " in line]
    assert words in line
    (failure,) = [one for unit, one in directory.failures().items() if unit.startswith(f"{name}-")]
    assert failure["claim"] == name


@pytest.mark.parametrize("name", [*JUDGING, *DRAWING])
def test_what_cannot_be_judged_or_drawn_is_named(run, name):
    _, said, _ = run
    assert (JUDGING | DRAWING)[name][1] in said


def test_every_other_verdict_stands_and_so_does_every_figure(run):
    _, said, directory = run
    verdicts = directory.read_verdicts()
    assert sorted(verdicts["claim"]) == sorted(f"toy.{name}" for name in ("good", "zz-good", *DRAWING))
    assert set(verdicts["verdict"]) == {"supported"}
    figures = {path.stem for path in (directory.path / "figures").glob("*.png")}
    assert figures == {"of-good", "of-zz-good", "whole", *(f"of-{name}" for name in JUDGING)}
    assert "a-texts could not be judged" in said
    assert "its column square holds texts, and numbers in other rows" in said


def test_what_was_not_judged_and_drawn_to_its_end_is_known(run):
    _, _, directory = run
    lines = directory.unconcluded(directory.manifest())
    claims = [*MEASURING, *JUDGING, *DRAWING, "a-texts"]
    assert sorted(lines) == sorted(f"{name} is not judged and drawn to its end" for name in claims)


def test_it_is_shown_and_reported_all_the_same(run, monkeypatch):
    _, _, directory = run
    # Other processes would not know the claims that are only made here.
    monkeypatch.setattr(pictures, "WORTH_PROCESSES", 1000)
    console = Console(record=True, width=500)
    show.run_in_full(directory, console)
    listing.runs(find_runs(str(directory.path.parent.parent)), console)
    assert "ValueError: [/nope]" in console.export_text()
    made = report_model.make([directory])
    assert len(made.ledger) == 2 + len(DRAWING)
    notes = {one.name: one.notes for one in made.shown[0]}
    assert notes["toy.good"] == []
    assert "[/nope]" in notes["toy.draw-error"][0]
    assert [len(one.pictures) for one in made.shown[0] if one.name == "toy.draw-half"] == [1]
    assert isinstance(gather.read(directory).verdicts, pd.DataFrame)
