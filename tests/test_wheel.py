"""The wheel stands alone: one package, which runs a claim of somebody's own outside the checkout.

It is installed into an environment that has the dependencies and not the checkout. A package `experiments` of somebody
else lies in the working folder, and must not be looked at.
"""

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import hatch_build
from experiments.executors.circumstances import code_digests
from tests.conftest import ROOT

DECOY = 'raise ImportError("this is the package of somebody else")\n'


class Place:
    """An environment with the wheel, and a folder to work in."""

    def __init__(self, folder: Path) -> None:
        self.wheels, self.venv, self.work = (folder / name for name in ("wheels", "venv", "work"))

    def call(self, *command: str | Path, status: int = 0) -> str:
        """What a command says in the folder to work in; its status is checked."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
        done = subprocess.run(command, cwd=self.work, env=outside, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    def harness(self, *arguments: str, status: int = 0) -> str:
        return self.call(self.venv / "bin" / "theory-claims", *arguments, status=status)

    def python(self, code: str) -> str:
        return self.call(self.venv / "bin" / "python", "-c", code)

    def install(self, what: Path) -> None:
        quietly = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation")
        pip = (sys.executable, "-m", "pip", "--python", self.venv / "bin" / "python")
        self.call(*pip, "install", *quietly, what)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The wheel of this checkout, installed, and a package of one's own that `new` has written."""
    made = Place(tmp_path_factory.mktemp("wheel"))
    (made.work / "experiments").mkdir(parents=True)
    (made.work / "experiments" / "__init__.py").write_text(DECOY)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made.wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    made.call(sys.executable, "-m", "venv", "--without-pip", made.venv)
    packages = sysconfig.get_path("purelib", vars={"base": str(made.venv), "platbase": str(made.venv)})
    # Lines of such files inside that folder are not read, so that the checkout stays unseen.
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made.install(next(made.wheels.glob("*.whl")))
    made.harness("new", "mine/halffire")
    made.install(made.work / "mine" / "halffire")
    return made


def test_it_installs_one_package_of_a_sane_size(place):
    (wheel,) = place.wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        inside = file.namelist()
    assert {name.split("/")[0].split("-")[0] for name in inside} == {"theory_claims"}
    needed = ("conf/config.yaml", "experiments/report/template/page.html", "experiments/sources/post.yaml")
    assert {f"theory_claims/{name}" for name in needed} <= set(inside)
    assert not [name for name in inside if "__pycache__" in name or "/benchmark/" in name]
    assert wheel.stat().st_size < 20e6


def test_the_version_is_that_of_the_checkout_without_a_commit(place):
    number = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert place.harness("--version") == f"theory-claims {number}\n"


def test_everything_is_looked_for_in_the_wheel_and_nothing_in_the_working_folder(place):
    code = (
        "import sys, theory_claims as tc\n"
        # What this name offers is loaded when it is used.
        "assert not {'pandas', 'theory_claims.experiments'} & set(sys.modules)\n"
        "print(tc.answer('gets-stuck').run.name)\n"
        "import theory_claims.experiments.verbs as verbs, theory_claims.experiments.house as house\n"
        "assert not {'experiments', 'theory', 'jax'} & set(sys.modules)\n"
        "from theory_claims.experiments.executors.circumstances import code_digests\n"
        "print(house.ROOT, *[f'{name}={digest}' for name, digest in code_digests('counting').items()], sep='\\n')"
    )
    kept, root, *digests = place.python(code).splitlines()
    assert kept == "reference/restarts"
    assert Path(root).is_relative_to(place.venv.resolve())
    # The same code has the same digests, although its imports have other names.
    assert digests == [f"{name}={digest}" for name, digest in code_digests("counting").items()]


def test_the_reference_answers_and_the_words_to_type_are_those_of_the_command(place):
    listed = place.harness("answer", "--source", "halffire")
    assert "theory-claims answer SENTENCE" in listed
    assert "halffire-half" in listed
    refused = place.harness("show", "nothing-like-it", status=2)
    assert "reference/boolean" in refused
    assert "see theory-claims list" in refused


def test_a_claim_of_ones_own_runs_is_judged_and_is_reported(place):
    said = place.harness("run", "+sweep=halffire", "scale=smoke", "device=cpu")
    (run,) = place.work.glob("results/halffire/*")
    verdicts = pd.read_csv(run / "verdicts.csv").set_index("claim")["verdict"].to_dict()
    assert verdicts == {"halffire.firing/01": "contradicted", "halffire.firing/signs": "supported"}
    assert "theory-claims run +sweep=halffire" in (run / "manifest.json").read_text()
    assert '"halffire/firing.py"' in (run / "manifest.json").read_text()
    assert str(run.relative_to(place.work)) in said
    place.harness("report", "halffire")
    assert "A threshold neuron with random weights" in (place.work / "results/report/index.html").read_text()


def test_the_test_that_new_writes_passes(place):
    folder = place.work / "mine" / "halffire"
    code = f"import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '{folder}']))"
    assert "6 passed" in place.python(code)


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("from experiments.plan import Unit\n", "from theory_claims.experiments.plan import Unit\n"),
        ("def f():\n    from theory import dense\n", "def f():\n    from theory_claims.theory import dense\n"),
        ("from experimentsx import a\nfrom .theory import b\n", "from experimentsx import a\nfrom .theory import b\n"),
        ('"""See experiments.plan of theory.depth."""\n', '"""See experiments.plan of theory.depth."""\n'),
    ],
)
def test_imports_are_renamed_and_nothing_else(text, renamed):
    assert hatch_build.renamed(text, "module.py") == renamed


@pytest.mark.parametrize(
    "text", ["import experiments.plan\n", "x = 'theory.depth.pieces'\n", "x = 1; from theory import y\n"]
)
def test_what_cannot_be_renamed_is_refused_with_its_line(text):
    with pytest.raises(ValueError, match=r"module.py:1: "):
        hatch_build.renamed(text, "module.py")


def test_in_a_checkout_both_names_are_one_module(cli):
    code = (
        "import theory_claims.experiments.judging.rules as a, experiments.judging.rules as b\n"
        "from theory_claims import theory\n"
        "print(a is b, b.__spec__.name, theory.__name__)\n"
        "import theory_claims.experiments.nothing"
    )
    done = cli.python("-c", code)
    assert done.stdout.split() == ["True", "experiments.judging.rules", "theory"]
    assert "No module named 'theory_claims.experiments.nothing'" in done.stderr
    (cli.folder / "experiments").mkdir()
    (cli.folder / "experiments" / "__init__.py").write_text("")
    done = cli.python("-c", "import theory_claims.experiments.plan")
    assert "it comes first on the path" in done.stderr
