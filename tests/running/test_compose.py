"""Every way to type something wrong, and what is said of it."""

import copy
import re
import shlex

import pytest

from experiments.errors import UserError
from experiments.plan import make_plan
from experiments.running import compose, groups, overrides
from experiments.settings import leaves, to_plain
from tests.conftest import ROOT

compose.register_defaults()
BOOLEAN = "+sweep=boolean"

WRONG = {
    "unknown sweep": (["+sweep=bolean"], ["sweep", "'bolean'", "boolean"]),
    "no sweep": ([], ["sweep: none is named", "boolean"]),
    "unknown key": ([BOOLEAN, "sweep.trained-width.widht=3"], ["sweep.trained-width.widht", "did you mean width?"]),
    "unknown key with a sign": ([BOOLEAN, "+sweep.trained-width.widht=3"], ["did you mean width?"]),
    "unknown key with two signs": ([BOOLEAN, "++sweep.trained-width.widht=3"], ["did you mean width?"]),
    "unknown claim": ([BOOLEAN, "sweep.trained-widht.n=3"], ["sweep.trained-widht", "did you mean trained-width?"]),
    "unknown setting": ([BOOLEAN, "restart=3"], ["restart: no such setting", "did you mean restarts?"]),
    "unknown engine setting": ([BOOLEAN, "engine.chnk=3"], ["engine.chnk", "did you mean chunk?"]),
    "unknown value": (
        [BOOLEAN, "device=cuda"],
        ["device: no 'cuda'; here it is called gpu. Allowed: auto, cpu, gpu, tpu."],
    ),
    "unknown word in an axis": ([BOOLEAN, "sweep.trained-width.family=[parrity]"], ["family", "did you mean parity?"]),
    "word of others": (
        [BOOLEAN, "sweep.trained-width.activation=relu"],
        ["trained-width.activation: no 'relu'; here it is called rectifier. Allowed: "],
    ),
    "setting of others": (
        [BOOLEAN, "sweep.trained-width.epochs=9"],
        ["sweep.trained-width.epochs", "did you mean steps?"],
    ),
    "setting of others, of a claim that shares its settings": (
        ["+sweep=own", "sweep.training.lr=0.1"],
        ["sweep.training.lr: no such setting; did you mean learning_rate?"],
    ),
    "unknown scale": ([BOOLEAN, "scale=tiny"], ["scale", "'tiny'", "default, full, smoke"]),
    "type": ([BOOLEAN, "restarts=many"], ["restarts", "'many'", "whole number"]),
    "fraction": ([BOOLEAN, "restarts=2.5"], ["restarts", "2.5", "whole number"]),
    "truth for a number": ([BOOLEAN, "seed=true"], ["seed", "True", "whole number"]),
    "nothing": ([BOOLEAN, "seed=null"], ["seed", "None", "whole number"]),
    "range": ([BOOLEAN, "sweep.trained-width.width=-3"], ["width", "-3", "from 1 to"]),
    "infinite": ([BOOLEAN, "sweep.trained-width.learning_rate=inf"], ["learning_rate", "inf", "from 1e-09 to 1000.0"]),
    "no number": ([BOOLEAN, "sweep.trained-width.learning_rate=[0.1,nan]"], ["learning_rate", "nan"]),
    "no rate": ([BOOLEAN, "sweep.trained-width.learning_rate=0"], ["learning_rate", "0.0", "from 1e-09 to"]),
    "thousands of digits": ([BOOLEAN, f"seed={'9' * 5000}"], ["seed=999", "too long a number"]),
    "no folder": ([BOOLEAN, "results="], ["results", "not empty"]),
    "range in an axis": ([BOOLEAN, "sweep.minimum-width.n=[3,5]"], ["minimum-width.n", "5", "from 1 to 4"]),
    "empty axis": ([BOOLEAN, "sweep.trained-width.n=[]"], ["sweep.trained-width.n", "empty"]),
    "repeated value": ([BOOLEAN, "sweep.trained-width.n=[3,3]"], ["sweep.trained-width.n", "more than once"]),
    "group for a value": ([BOOLEAN, "engine=fast"], ["engine", "'fast'", "chunk"]),
    "condition": ([BOOLEAN, "sweep.trained-width.where='wdth<3'"], ["sweep.trained-width: where", "wdth"]),
    "condition that leaves nothing": ([BOOLEAN, "sweep.trained-width.where='n>99'"], ["leaves no combination"]),
    "word of others in a condition": (
        [BOOLEAN, "sweep.trained-width.where='n < 3 or \"relu\" != activation'"],
        ["activation is never 'relu'; here it is called rectifier"],
    ),
    "word of nobody in a condition": (
        [BOOLEAN, 'sweep.trained-width.where=\'activation in ["tanh", "tahn"]\''],
        ["activation is never 'tahn'; did you mean tanh?"],
    ),
    "grammar": ([BOOLEAN, "sweep.trained-width.n=[2,4"], ["sweep.trained-width.n=[2,4: cannot be read: no viable"]),
    "condition without quotes": (
        [BOOLEAN, "sweep.trained-width.where=n > 2"],
        [
            "sweep.trained-width.where=n > 2: cannot be read: token recognition error at: '>'; ",
            """a condition stands in quotes: 'sweep.trained-width.where="n > 2"'""",
        ],
    ),
    "condition in a quote that is not closed": (
        [BOOLEAN, 'sweep.trained-width.where="n > 2'],
        ["""in quotes: 'sweep.trained-width.where="n > 2"'"""],
    ),
    "several without multirun": ([BOOLEAN, "seed=1,2"], ["seed", "--multirun"]),
    "interpolation": ([BOOLEAN, "seed=${nowhere}"], ["nowhere"]),
    "condition that is no condition": (
        [BOOLEAN, "sweep.trained-width.where=n"],
        ["sweep.trained-width", "true or false"],
    ),
    "another family": ([BOOLEAN, "sweep.family=foo"], ["sweep.family: no setting"]),
    "no family": ([BOOLEAN, "~sweep.family"], ["sweep.family: no setting"]),
    "another name": ([BOOLEAN, "name=foo"], ["name: no setting"]),
    "interval": ([BOOLEAN, "seed=interval(0,1)"], ["list the values"]),
    "glob": ([BOOLEAN, "scale=glob(*)"], ["list the values"]),
    "too many": (
        [BOOLEAN, "restarts=10000000", "sweep.trained-width.where='restart > 3'"],
        ["combinations of the axes up to restart", "split the run"],
    ),
    "one claim that is none": (["+sweep=boolean.trained-widht"], ["no such claim", "did you mean trained-width?"]),
    "one claim of no sweep": (["+sweep=bolean.trained-width"], ["sweep: no 'bolean.trained-width'"]),
    "deletion": ([BOOLEAN, "~sweep.trained-widht"], ["sweep.trained-widht", "did you mean trained-width?"]),
    "deletion of no claim": ([BOOLEAN, "~seed"], ["only claims are left out"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name):
    overrides, expected = WRONG[name]
    with pytest.raises(UserError) as caught:
        compose.check_overrides(overrides)
    assert all(words in str(caught.value) for words in expected), str(caught.value)


@pytest.mark.parametrize("condition", ["n == 2", "family == 'and' and n < 4", 'n in [2, 3] and "and" != family'])
def test_the_quotes_that_a_condition_needs_are_said_as_a_shell_reads_them(condition):
    with pytest.raises(UserError) as caught:
        compose.check_overrides([BOOLEAN, f"sweep.trained-width.where={condition}"])
    (line,) = shlex.split(str(caught.value).partition("stands in quotes: ")[2])
    settings = compose.compose_settings(compose.check_overrides([BOOLEAN, line])).sweep["trained-width"]
    assert settings.where == condition.replace('"', "'")


@pytest.mark.parametrize(
    "wrong",
    [
        # Names and settings of the run, which are known without the claims, ...
        ("seed=-1", "device=cuda", "engine.chunk=x", "sweep.x.y=1", "sweep.trained-width.widht=3", "~sweep.partiy"),
        # ... and what the claims have to be asked.
        ("sweep.trained-width.n=[]", "sweep.minimum-width.n=[9]", "sweep.trained-width.family=[parrity]"),
    ],
)
def test_everything_that_is_wrong_is_named_at_once(wrong):
    with pytest.raises(UserError) as caught:
        compose.check_overrides([BOOLEAN, *wrong])
    assert len(caught.value.problems) == len(wrong)


def test_a_wrong_job_of_several_is_found_before_any_runs():
    with pytest.raises(UserError, match="-2 is not allowed"):
        compose.check_overrides([BOOLEAN, "seed=1,-2"], several=True)


def test_jobs_of_one_process_have_one_precision():
    with pytest.raises(UserError, match="one process has one"):
        compose.check_overrides([BOOLEAN, "precision=float32,float64"], several=True)


def settings(*overrides):
    return compose.compose_settings(compose.check_overrides([BOOLEAN, *overrides]))


def test_every_sweep_composes_at_every_scale():
    for sweep in groups.sweeps():
        for scale in groups.choices("scale"):
            # To check the jobs of a command line would compose each of them once more.
            accepted = overrides.checked([f"+sweep={sweep}", f"scale={scale}"])
            composed = compose.compose_settings(accepted)
            assert composed.scale == scale
            assert make_plan(composed)


def test_overrides_win_over_the_scale_and_the_scale_over_the_sweep():
    assert settings("scale=smoke").sweep["trained-width"].n == [2, 3]
    assert settings("scale=smoke", "sweep.trained-width.n=[5]").sweep["trained-width"].n == [5]
    assert settings("restarts=7").sweep["trained-width"].restarts == 7
    assert settings("sweep.trained-width.restarts=8").sweep["trained-width"].restarts == 8


def restarts_of(*overrides):
    claims = to_plain(compose.compose_settings(compose.check_overrides(["+sweep=restarts", *overrides])))["sweep"]
    return {name: claims[name]["restarts"] for name in ("best-of-k", "deep-linear", "a-million-restarts")}


def test_every_claim_has_its_own_restarts_until_the_run_gives_a_number():
    own = {"best-of-k": 1000, "deep-linear": 600, "a-million-restarts": 10_000}
    assert restarts_of() == restarts_of("restarts=0") == own
    assert restarts_of("restarts=7") == own | {"best-of-k": 7, "deep-linear": 7}
    assert restarts_of("restarts=7", "sweep.deep-linear.restarts=5") == own | {"best-of-k": 7, "deep-linear": 5}


def test_networks_of_anatomy_follow_restarts():
    claims = to_plain(compose.compose_settings(compose.check_overrides(["+sweep=anatomy", "restarts=7"])))["sweep"]
    assert claims["bias-neurons"]["networks"] == 7


def test_a_whole_number_may_be_written_with_an_exponent():
    short = settings("restarts=1e3", "seed=2e0", "sweep.trained-width.n=[2,3.0]", "sweep.trained-width.steps=1e4")
    whole = settings("restarts=1000", "seed=2", "sweep.trained-width.n=[2,3]", "sweep.trained-width.steps=10000")
    assert short == whole
    assert repr(short) == repr(whole)
    for line, words in (
        ("seed=1e-3", "seed: 0.001 is not allowed; give a whole number"),
        ("restarts=1e8", "restarts: 100000000 is not allowed; give a whole number"),
        ("sweep.trained-width.n=[3,3e0]", "n: 3 is given more than once"),
    ):
        with pytest.raises(UserError, match=words):
            settings(line)


def test_one_value_is_an_axis_of_one_and_a_claim_can_be_left_out():
    assert settings("sweep.trained-width.n=4").sweep["trained-width"].n == [4]
    assert "trained-width" not in settings("~sweep.trained-width").sweep


@pytest.mark.parametrize(
    "typed", [["+sweep=boolean.parity-width"], ["~sweep.trained-width", "sweep=boolean.parity-width"]]
)
def test_one_claim_of_a_sweep_is_run_alone(typed):
    chosen = compose.compose_settings(compose.check_overrides([*typed, "sweep.parity-width.n=[3]"]))
    assert (chosen.name, list(chosen.sweep)) == ("boolean", ["parity-width"])
    assert to_plain(chosen)["sweep"]["parity-width"]["n"] == [3]


def test_a_manifest_holds_the_settings_whole():
    once = settings("scale=smoke", "seed=3")
    claims = {name: type(value) for name, value in once.sweep.items()}
    from experiments.settings import parse

    assert parse(to_plain(once), "boolean", claims) == once


def manifest_of(*overrides: str) -> dict:
    accepted = compose.check_overrides(list(overrides))
    return {"overrides": accepted, "settings": to_plain(compose.compose_settings(accepted))}


def again(manifest: dict, *changes: str) -> dict:
    return to_plain(compose.compose_settings(compose.compose_again(manifest, list(changes), "results")))


def test_a_run_is_repeated_with_its_own_settings_and_what_is_changed_wins():
    manifest = manifest_of("+sweep=boolean", "scale=smoke", "seed=3", "~sweep.every-function")
    assert again(manifest) == manifest["settings"]
    changed = leaves(again(manifest, "seed=4", "sweep.trained-width.n=[2]"))
    differing = {path for path, value in leaves(manifest["settings"]).items() if changed[path] != value}
    assert differing == {"seed", "sweep.trained-width.n"}
    larger = again(manifest, "scale=default", "restarts=7")
    assert larger["scale"] == "default"
    assert larger["sweep"]["trained-width"]["restarts"] == larger["restarts"] == 7
    assert len(larger["sweep"]["trained-width"]["n"]) == 7


def test_a_run_keeps_what_were_its_defaults_and_gets_no_claim_that_is_new():
    manifest = manifest_of("+sweep=boolean")
    older = copy.deepcopy(manifest)
    older["settings"]["sweep"]["trained-width"] |= {"steps": 77, "n": [2, 5], "where": 'width <= 3 and family != "and"'}
    older["settings"]["precision"] = "float64"
    del older["settings"]["sweep"]["minimum-width"]
    assert again(older) == older["settings"]
    assert again(older, "sweep.trained-width.steps=9")["sweep"]["trained-width"]["steps"] == 9


def test_restarts_of_a_manifest_that_are_the_sweeps_own_take_nobodys_place():
    manifest = manifest_of("+sweep=restarts")
    older = copy.deepcopy(manifest)
    older["settings"]["restarts"] = 1000
    assert again(older)["sweep"] == manifest["settings"]["sweep"]
    assert again(older, "restarts=7")["sweep"]["deep-linear"]["restarts"] == 7


def test_commands_of_the_page_of_settings_are_understood():
    lines = re.findall(r"^theory-claims run (.*)$", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert any(".where=" in line for line in lines)
    for words in (shlex.split(line, comments=True) for line in lines):
        given = [word for word in words if word != "--multirun"]
        compose.check_overrides(given, several=given != words)


def test_a_condition_on_an_axis_is_said():
    with pytest.raises(
        UserError, match="N: 6 is not allowed; give a whole number from 2 to 16384, such that 16384 % N"
    ):
        compose.check_overrides(["+sweep=depth", "sweep.butterfly.N=[4,6]"])


def test_a_change_that_is_none_is_answered_like_any_override():
    manifest = manifest_of("+sweep=boolean")
    for change, words in (
        ("sead=1", "sead: no such setting"),
        ("seed=[", "cannot be read"),
        ("scale=huge", "no 'huge'"),
    ):
        with pytest.raises(UserError, match=words):
            again(manifest, change)
