"""The verb `new`: it writes a package under the name that is asked for, and says what stands in its way."""

import inspect
import re
import typing

import pytest

from experiments.judging import rules
from experiments.judging.existence import Existence
from experiments.sources import Quantifier
from experiments.verbs.creating import NAME, STARTER


def test_every_name_in_the_package_is_the_one_that_was_asked_for(cli):
    done = cli("new", "mine/tall_tale")
    folder = cli.folder / "mine" / "tall_tale"
    assert done.returncode == 0
    assert "+sweep=tall_tale" in done.stdout
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {
        *("README.md", "pyproject.toml", "tests/test_firing.py", "tall_tale/__init__.py", "tall_tale/firing.py"),
        *("tall_tale/sweep.yaml", "tall_tale/sources/tall_tale.yaml"),
    }
    assert not [name for name in files if "halffire" in (folder / name).read_text()]
    assert 'tall_tale = "tall_tale"' in (folder / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("half-fire", "no name for a package"),
        ("Half", "no name for a package"),
        ("report", "no name for a package"),
        ("..", "no name for a package"),
        ("boolean", "theory-claims has a family or a sweep"),
        ("class", "has a module of this name"),
        ("json", "has a module of this name"),
        ("numpy", "is installed already"),
    ],
)
def test_a_name_that_is_not_allowed_is_refused_and_nothing_is_written(cli, name, words):
    done = cli("new", f"mine/{name}")
    assert done.returncode == 2
    assert words in done.stderr
    assert not (cli.folder / "mine").exists()


def test_what_is_there_is_left_as_it_is(cli):
    (cli.folder / "mine").mkdir()
    (cli.folder / "mine" / "tale").write_text("mine")
    done = cli("new", "mine/tale")
    assert (done.returncode, (cli.folder / "mine" / "tale").read_text()) == (2, "mine")
    assert "there is something in this place already" in done.stderr


def test_a_sentence_says_what_its_fields_may_be():
    text = " ".join((STARTER / NAME / "sources" / f"{NAME}.yaml").read_text().replace("#", "").split())
    said = text.partition("about: drawn")[0]
    assert all(word in said for word in typing.get_args(Existence))
    assert all(f"{word}: " in said.partition("quantifier:")[0] for word in typing.get_args(Quantifier))
    assert "on most cases is `every`" in said


def test_the_readme_names_every_rule_with_what_it_takes():
    text = (STARTER / "README.md").read_text()
    made = {
        name: list(inspect.signature(function).parameters)
        for name, function in inspect.getmembers(rules, inspect.isfunction)
        if function.__module__ == rules.__name__ and inspect.signature(function).return_annotation is rules.Rule
    }
    named = {name: taken.split(", ") for name, taken in re.findall(r"`(\w+)\(([^)`]*)\)`", text) if name in made}
    assert named.keys() == made.keys()
    # A word in quotes stands for words; what may be left out is not named.
    assert all(len(taken) <= len(made[name]) for name, taken in named.items())
    assert all(one in made[name] for name, taken in named.items() for one in taken if not one.startswith('"'))
