"""A claim is added by adding files: the example is swept, judged, drawn and reported without an edit anywhere.

Whatever a claim lacks is named when it is discovered, and hides no other.
"""

import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from experiments import claims, sources
from experiments.errors import UserError
from experiments.report import model as report_model
from experiments.running import compose, groups
from experiments.running import run as running
from experiments.storage.finding import find_run

ROOT = Path(claims.__file__).resolve().parents[2]
CLAIM = Path(claims.__file__).with_name("example.py").read_text()
SWEEP = "defaults:\n  - /claims/bits@_here_: ${scale}\n  - _self_\n\ndescription: parity of bits\n"


@pytest.fixture
def family(tmp_path, monkeypatch):
    """The folder of a family of no claims yet, and a sweep of it; it hides a family of that name in the house."""
    for name in modules_of_it():
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(claims, "bits", raising=False)
    folder = tmp_path / "families" / "bits"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Bits."""\n')
    conf = shutil.copytree(groups.CONF, tmp_path / "conf")
    (conf / "sweep" / "bits.yaml").write_text(SWEEP)
    monkeypatch.setattr(claims, "__path__", [str(folder.parent), *claims.__path__])
    monkeypatch.setattr(groups, "CONF", conf)
    yield folder
    for name in modules_of_it():
        del sys.modules[name]


def modules_of_it() -> list[str]:
    return [name for name in sys.modules if f"{name}.".startswith("experiments.claims.bits.")]


def run(tmp_path, *overrides):
    compose.register_defaults()
    accepted = compose.check_overrides(["+sweep=bits", f"results={tmp_path}/results", "device=cpu", *overrides])
    console = Console(record=True, width=200)
    assert running.run(compose.compose_settings(accepted), accepted, console) == 0
    return find_run("bits", f"{tmp_path}/results"), console.export_text()


@pytest.mark.parametrize("place", ["parity.py", "parity/__init__.py"])
def test_the_example_is_a_claim_where_it_is_copied_to(family, tmp_path, place):
    (family / place).parent.mkdir(exist_ok=True)
    (family / place).write_text(CLAIM)
    directory, said = run(tmp_path)
    verdicts = directory.read_verdicts()
    assert groups.sweeps()["bits"] == "parity of bits"
    assert verdicts["claim"].tolist() == ["bits.parity/half"]
    assert verdicts["verdict"].tolist() == ["supported"]
    assert "bits.parity" in said
    assert directory.read_table("bits.parity")["odd"].tolist() == [1, 2, 8, 128, 32768]
    assert (directory.path / "figures" / "parity.pdf").exists()


def test_the_example_is_in_the_report(family, tmp_path):
    (family / "parity.py").write_text(CLAIM)
    directory, _ = run(tmp_path, "scale=smoke")
    assert directory.read_table("bits.parity")["n"].tolist() == [1, 2, 3]
    made = report_model.make([directory])
    assert [one.name for one in made.shown[0]] == ["bits.parity"]


def test_the_example_is_no_claim_of_the_house():
    assert "example" not in claims.families()


def test_another_share_contradicts(family):
    (family / "parity.py").write_text(CLAIM)
    module = claims.claims_of("bits")["parity"]
    table = module.pd.DataFrame({"n": [1, 2], "inputs": [2, 4], "odd": [1, 2]})
    assert [one.verdict for one in module.judge(table)] == ["supported"]
    assert [one.verdict for one in module.judge(table.assign(odd=[1, 3]))] == ["contradicted"]


# What a claim has instead of what it should, and what is said of it.
LACKING = {
    "cannot be imported": ("import numpy as np", "import no_such_module", "cannot be imported: ModuleNotFoundError"),
    "leaves": ("TRIAL =", "raise SystemExit\nTRIAL =", "cannot be imported: SystemExit"),
    "docstring": ("bits.parity: ", "parity: ", 'has to begin with "bits.parity: "'),
    "no function": ("def draw(", "def drawing(", "there is no function draw(table)"),
    "another signature": ("def judge(table: pd.DataFrame)", "def judge()", "it is called as judge(table)"),
    "no callable": ("SMOKE =", "rebuild = 1\nSMOKE =", "rebuild is no function; define rebuild(unit, row)"),
    "no settings": ("class Settings(ClaimSettings)", "class Setting(ClaimSettings)", "there is no Settings"),
    "other settings": ("class Settings(ClaimSettings)", "class Settings", "write a dataclass, class Settings"),
    "no dataclass": ("@dataclass(kw_only=True)\n", "", "there is no Settings; write a dataclass"),
    "no setting": ("= setting([1, 2, 4, 8, 16], low=1, high=20)", "= None", "Settings.n is no setting"),
    "no default": ("setting([1, 2, 4, 8, 16], ", "setting(", "Settings.n has no default"),
    "kind": ("n: list[int]", "n: dict", "Settings.n is a <class 'dict'>"),
    "follows": ("high=20)", 'high=20, follows="restart")', "did you mean restarts?"),
    "condition": ("high=20)", 'high=20, such_that="m > 1")', "cannot use the condition 'm > 1': m is no axis"),
    "default": ("setting([1, 2, 4, 8, 16],", "setting([1, 99],", "Settings.n: 99 is not allowed"),
    "unmet condition": ("high=20)", 'high=20, such_that="n % 2 == 0")', "from 1 to 20, such that n % 2 == 0"),
    "no scale": ("SMOKE =", "SMOKED =", "there is no SMOKE"),
    "name in a scale": ('FULL = {"n":', 'FULL = {"m":', "FULL.m: no such setting; allowed: n, where."),
    "value in a scale": ('SMOKE = {"n": [1, 2, 3]}', 'SMOKE = {"n": [0]}', "SMOKE.n: 0 is not allowed"),
    "no dictionary": ('SMOKE = {"n": [1, 2, 3]}', "SMOKE = 3", "there is no SMOKE; write a dictionary"),
    "no trial": ("TRIAL = Trial(", "TRIALS = (Trial,)\ndict(", "there is no Trial"),
    "sentence": ("exponential-hidden-layer", "exponential-hiden-layer", "did you mean exponential-hidden-layer?"),
    "keys": ("SMOKE =", 'KEYS = ("n")\nSMOKE =', "KEYS is 'n'; it has to be a tuple"),
    "large": (
        "high=20)\n",
        'high=20)\n    networks: int = setting(5000, low=1, high=9999, counts="network")\n',
        "SMOKE leaves 15,000 cells",
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_what_a_claim_lacks_is_named_and_hides_no_other(family, name):
    before, after, words = LACKING[name]
    assert before in CLAIM
    (family / "parity.py").write_text(CLAIM.replace(before, after))
    (family / "sound.py").write_text(CLAIM.replace("bits.parity: ", "bits.sound: "))
    problem = claims.broken_claims_of("bits")["parity"][0]
    assert words in problem
    assert "bits" in problem.partition(": ")[0]
    assert [*claims.claims_of("bits")] == ["sound"]
    compose.register_defaults()
    with pytest.raises(UserError, match=r"or run without it: '~sweep\.parity'") as caught:
        compose.check_overrides(["+sweep=bits"])
    assert problem in caught.value.problems
    assert compose.check_overrides(["+sweep=boolean"])


@pytest.mark.parametrize("name", ["cannot be imported", "no function"])
def test_a_run_without_a_claim_that_lacks_something_judges_the_others(family, tmp_path, name):
    before, after, _ = LACKING[name]
    (family / "parity.py").write_text(CLAIM.replace(before, after))
    (family / "sound.py").write_text(CLAIM.replace("bits.parity: ", "bits.sound: "))
    directory, _ = run(tmp_path, "~sweep.parity")
    assert directory.read_verdicts()["claim"].tolist() == ["bits.sound/half"]


def test_all_that_a_claim_lacks_is_named_at_once(family):
    text = CLAIM.replace("def draw(", "def drawing(").replace("def work(", "def works(").replace("SMOKE =", "SMOKED =")
    (family / "parity.py").write_text(text)
    assert len(claims.broken_claims_of("bits")["parity"]) == 3


def test_every_claim_of_the_house_has_all_it_needs():
    assert {name: broken for name in claims.families() if (broken := claims.broken_claims_of(name))} == {}


def test_known_sentences_are_those_of_the_post():
    assert "exponential-hidden-layer" in sources.names()


def test_what_one_is_told_to_copy_is_the_example():
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert f"```python\n{CLAIM}```" in told
    assert f"```yaml\n{SWEEP}```" in told
    lines = len(CLAIM.splitlines())
    assert f"in {lines} lines" in (ROOT / "README.md").read_text()
