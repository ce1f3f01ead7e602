"""Families of other packages: found by entry points; what cannot be used is left out and named."""

import importlib.metadata
import sys

import pytest

from experiments import claims, plugins, sources
from experiments.claims.calibration import rules
from experiments.claims.calibration.rules import rates
from experiments.running import groups
from experiments.settings import defaults

SWEEP = "defaults:\n  - /claims/{0}@_here_: ${{scale}}\n  - _self_\n\ndescription: of mine\n"
SOURCE = """title: A
authors: me
where: here
chapters:
  - chapter: One
    title: B
    sentences:
      - id: {0}
        sentence: It is so.
"""


class Packages:
    """Packages on the path of this process, and the entry points that they have."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.entries: list[importlib.metadata.EntryPoint] = []

    def add(self, name: str, family: str | None = None, init: str = "", sweep: bool = True, source: str = "") -> None:
        (self.folder / name / "sources").mkdir(parents=True)
        (self.folder / name / "__init__.py").write_text(init)
        if sweep:
            (self.folder / name / "sweep.yaml").write_text(SWEEP.format(family or name))
        if source:
            (self.folder / name / "sources" / f"{name}.yaml").write_text(source)
        self.entries.append(importlib.metadata.EntryPoint(family or name, name, plugins.GROUP))


@pytest.fixture
def packages(tmp_path, monkeypatch):
    made = Packages(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: made.entries)
    forget()
    yield made
    forget()
    for name in [one for one in sys.modules if one.startswith("plugged_")]:
        del sys.modules[name]


def forget() -> None:
    plugins._parts.clear()
    for one in (plugins._found, sources._of_plugins, sources.sentences, sources.names):
        one.cache_clear()


def test_a_family_its_sweep_and_its_sentences_are_beside_ours(packages):
    packages.add("plugged_a", source=SOURCE.format("mine-so"))
    assert "plugged_a" in claims.families()
    assert claims.claims_of("plugged_a") == {}
    assert groups.sweeps()["plugged_a"] == "of mine"
    assert "mine-so" in sources.names()
    assert (plugins.problems(), sources.left_out()) == ((), ())


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ({"name": "plugged_b", "family": "boolean"}, "theory-claims has a family or a sweep of this name"),
        ({"name": "plugged_b", "family": "a/b"}, "no name for a family"),
        ({"name": "plugged_b", "family": "report"}, "no name for a family"),
        ({"name": "plugged_b", "init": "import nothing_like_it"}, "cannot be imported: ModuleNotFoundError"),
        ({"name": "plugged_b", "init": "raise SystemExit(3)"}, "cannot be imported: SystemExit"),
        ({"name": "plugged_b", "sweep": False}, "sweep.yaml is missing"),
    ],
)
def test_one_that_cannot_be_used_is_named_and_the_others_stay(packages, package, words):
    packages.add(**package)
    packages.add("plugged_c")
    assert list(plugins.by_family()) == ["plugged_c"]
    (line,) = plugins.problems()
    assert line.startswith(f"left out: the family {package.get('family', 'plugged_b')} of the package plugged_b: ")
    assert words in line


def test_of_two_families_of_one_name_the_second_is_left_out(packages):
    packages.add("plugged_a", "same")
    packages.add("plugged_b", "same")
    assert plugins.by_family()["same"].package.__name__ == "plugged_a"
    assert "the package plugged_a brings a family of this name too" in plugins.problems()[0]


def test_an_entry_point_of_a_module_is_no_family(packages):
    (packages.folder / "plugged_m.py").write_text("")
    packages.entries.append(importlib.metadata.EntryPoint("mine", "plugged_m", plugins.GROUP))
    assert "plugged_m is no package" in plugins.problems()[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [("title: A\n", "the field authors is missing"), (SOURCE.format("gets-stuck"), "of the name gets-stuck already")],
)
def test_a_source_that_cannot_be_used_hides_no_other(packages, source, words):
    packages.add("plugged_a", source=source)
    packages.add("plugged_b", source=SOURCE.format("mine-so"))
    assert "mine-so" in sources.names()
    assert sources.names() >= {one.id for _, said in sources.own() for one in said}
    (line,) = sources.left_out()
    assert words in line
    assert "plugged_a.yaml" in line


def test_rules_of_a_package_can_be_calibrated_and_broken_ones_are_named(packages):
    ours = set(claims.planted_modules())
    forget()
    packages.add("plugged_a")
    (packages.folder / "plugged_a" / "_planted.py").write_text("PLANTED = {'shares/more': None}")
    packages.add("plugged_b")
    (packages.folder / "plugged_b" / "_planted.py").write_text("1 / 0")
    packages.add("plugged_c")
    (packages.folder / "plugged_c" / "_planted.py").write_text("")
    packages.add("plugged_d")
    found = claims.planted_modules()
    assert set(found) - ours == {"plugged_a"}
    assert found["plugged_a"].PLANTED == {"shares/more": None}
    assert [line.split(": ")[1:3] for line in plugins.problems_of_parts()] == [
        ["the rules that plugged_b._planted plants tables for", "ZeroDivisionError"],
        ["the rules that plugged_c._planted plants tables for", "AttributeError"],
    ]
    claims.planted_modules()
    assert len(plugins.problems_of_parts()) == 2
    assert plugins.problems() == ()


PLANTING = """
from experiments.judging.planting import Planted
RULE = Planted(None, None, "more", "an interval", "0.02")
PLANTED = {"shares/more": RULE, "sharse/more": RULE, "shares": RULE, 3: RULE, "shares/other": None}
"""


def test_a_rule_of_a_package_that_is_wrong_is_left_out_and_named_and_hides_no_other(packages):
    packages.add("plugged_a")
    (packages.folder / "plugged_a" / "shares.py").write_text("")
    (packages.folder / "plugged_a" / "_planted.py").write_text(PLANTING)
    assert list(rates.usable("plugged_a", claims.planted_modules()["plugged_a"])) == ["shares/more"]
    begin = "left out: the rule {!r} of PLANTED in plugged_a._planted: {}"
    assert plugins.problems_of_parts() == (
        begin.format("sharse/more", "the family has no claim sharse; did you mean shares? Allowed: shares."),
        begin.format("shares", "give CLAIM/KIND, the claim and a word for its rule"),
        begin.format(3, "give CLAIM/KIND, the claim and a word for its rule"),
        begin.format("shares/other", "its value is None; give a Planted(...)"),
    )


def test_the_calibration_of_the_house_is_that_of_its_own_rules():
    assert {name.split(".")[0] for name in rates.OWN} <= plugins.own_names()
    assert [name for name in rates.RULES if name.split(".")[0] in plugins.own_names()] == rates.OWN
    assert defaults(rules.Settings)["rule"] == rates.OWN


def test_the_command_line_names_what_is_left_out_and_goes_on(packages, cli):
    packages.add("plugged_b", init="1 / 0")
    done = cli("show", "nothing")
    assert "left out: the family plugged_b" in done.stderr
    assert "nothing: no such run" in done.stderr
