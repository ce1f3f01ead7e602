"""What others expect of a project: it can be cited, checked before a commit and on a forge, and says its version."""

import ast
import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from experiments import house
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_a_citation_has_all_that_its_format_requires_and_agrees_with_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert all(citation[field] for field in ("message", "title", "authors"))
    assert all({"name"} <= set(one) or {"family-names", "given-names"} <= set(one) for one in citation["authors"])
    for field, mine in (("title", "name"), ("version", "version"), ("license", "license")):
        assert str(citation[field]) == PROJECT[mine]
    assert citation["type"] == "software"


def test_the_forge_runs_the_gate_with_every_python_that_is_allowed():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    job = workflow["jobs"]["test"]
    low, high = (int(minor) for minor in re.findall(r"3\.(\d+)", PROJECT["requires-python"]))
    assert job["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in range(low, high)]
    for job, target in (("test", "make test"), ("docs", "make docs")):
        assert any(step.get("run", "").startswith(target) for step in workflow["jobs"][job]["steps"])


def test_hooks_before_a_commit_are_those_of_make_check():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    hooks = [hook["entry"].replace(" --force-exclude", "") for hook in repository["hooks"]]
    makefile = (ROOT / "Makefile").read_text()
    (needed,) = re.findall(r"^check: (.*)\n\n", makefile, re.MULTILINE)
    rules = [re.search(rf"^{name}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE) for name in needed.split()]
    lines = "".join(rule.group(1) for rule in rules if rule).splitlines()
    assert hooks == [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in lines]


def test_the_version_is_that_of_the_project_with_the_commit_of_the_checkout(monkeypatch):
    monkeypatch.setattr(house, "git_state", lambda: {"commit": "0123456789abcdef", "changed": True})
    assert house.version() == f"theory-claims {PROJECT['version']} (commit 0123456789ab, with changes)"
    monkeypatch.setattr(house, "git_state", lambda: None)
    assert house.version() == f"theory-claims {PROJECT['version']}"


def test_every_extra_is_named_where_a_wheel_is_installed():
    page = (ROOT / "docs" / "from-outside.md").read_text()
    assert all(f"`{extra}`" in page for extra in PROJECT["optional-dependencies"])


def test_a_search_from_outside_runs_as_it_is_written(cli, monkeypatch, capsys):
    """The program of docs/sweeping-outside.md; its commands run in this process."""
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "sweeping-outside.md").read_text(), re.DOTALL)
    commands, process = list[list[str]](), subprocess.run

    def run(command, **options):
        if command[0] != "theory-claims":
            return process(command, **options)
        commands.append(command)
        done = cli(*command[1:])
        assert done.returncode == 0, done.stderr
        return done

    found: dict[str, Any] = {"__name__": "example"}
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.chdir(cli.folder)
    exec(compile(program, "docs/sweeping-outside.md", "exec"), found)
    assert [command[-3:-1] for command in commands] == [
        ["seed=101", "results=search/0.3"],
        ["seed=101", "results=search/30"],
        ["seed=102", "results=confirmed/30"],
    ]
    assert found["best"] == 30.0
    assert found["tried"][0.3] < found["confirmed"]
    assert "of networks learn XOR" in capsys.readouterr().out


def test_hydras_own_folder_is_no_place_of_results(cli):
    few = [f"~sweep.{claim}" for claim in ("random-gates", "simplicity", "image-spaces", "distinct-functions")]
    done = cli("run", "+sweep=counting", "scale=smoke", "device=cpu", *few, "hydra.run.dir=elsewhere")
    assert done.returncode == 0, done.stderr
    assert len(list(cli.folder.glob("results/counting/*/verdicts.csv"))) == 1
    assert not [path for path in (cli.folder / "elsewhere").rglob("*") if path.is_file()]


def test_a_command_that_was_recorded_elsewhere_is_shown_as_it_is_typed_here(monkeypatch):
    monkeypatch.setattr(house, "program", lambda: ["theory-claims"])
    assert house.as_typed_here("python -m experiments run +sweep=boolean") == "theory-claims run +sweep=boolean"
    monkeypatch.setattr(house, "program", lambda: house.IN_CHECKOUT)
    assert house.as_typed_here("theory-claims run") == "python -m experiments run"
    assert house.as_typed_here("make boolean") == "make boolean"


@pytest.mark.parametrize("extra", ["cuda12", "tpu", "ray", "wandb", "mlflow"])
def test_packages_that_are_missing_are_installed_as_is_right_here(monkeypatch, extra):
    assert extra in PROJECT["optional-dependencies"]
    assert house.to_install(extra) == f"make EXTRA={extra} environment"
    monkeypatch.setattr(house, "IS_INSTALLED", True)
    assert house.to_install(extra) == f"pip install 'theory-claims[{extra}]'"


def test_rows_with_equal_values_keep_their_order_on_every_processor():
    """By one column pandas sorts with instructions of the processor, which order equal values in their own way."""
    unstable = []
    for path in sorted((ROOT / "experiments").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sort_values":
                one_column = bool(node.args) and not isinstance(node.args[0], ast.List | ast.Starred | ast.Name)
                if one_column and not any(one.arg == "kind" for one in node.keywords):
                    unstable.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert unstable == []
