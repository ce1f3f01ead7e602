"""`try`: the words that people type, what they stand for, and what is said of words that stand for nothing."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.errors import UserError
from experiments.verbs import trying


def of_training(*typed):
    """The settings of the claim `training` that these words give."""
    found = {}
    for line in trying.overrides(list(typed)):
        name, _, value = line.partition("=")
        if name.startswith("sweep.training."):
            found[name.removeprefix("sweep.training.")] = json.loads(value)
    return found


@pytest.mark.parametrize(
    ("typed", "name", "expected"),
    [
        ("sizes=[2,4,1]", "sizes", ["2 4 1"]),
        ("sizes=[[2,4,1],[2,8,8,1]]", "sizes", ["2 4 1", "2 8 8 1"]),
        ("sizes=2-4-1", "sizes", ["2 4 1"]),
        ("sizes=2,4,1", "sizes", ["2 4 1"]),
        ("sizes=2-4-1,2-8-8-1", "sizes", ["2 4 1", "2 8 8 1"]),
        ('sizes=["2-4-1","2 8 1"]', "sizes", ["2 4 1", "2 8 1"]),
        ("sizes=2-1", "sizes", ["2 1"]),
        # Not a date, as YAML would have it.
        ("sizes=[2-4-1,2-2000-20-1]", "sizes", ["2 4 1", "2 2000 20 1"]),
        ("activation=relu,tanh", "activation", ["rectifier", "tanh"]),
        ("lr=0.1,1", "learning_rate", [0.1, 1]),
        ("task=xor", "task", ["parity"]),
        ("inputs=01", "inputs", ["01"]),
        ("inputs=01,signs", "inputs", ["01", "signs"]),
        ("activation=[relu,sigmoid]", "activation", ["rectifier", "logistic"]),
        ("output=linear", "output", ["identity"]),
        ("loss=MSE", "objective", ["squared"]),
        ("loss=bce", "objective", ["cross-entropy"]),
        ("loss=CE", "objective", ["cross-entropy"]),
        ("optimizer=rmsprop", "optimizer", ["rms"]),
        ("lr=[0.01,1]", "learning_rate", [0.01, 1]),
        ("lr=1e-3", "learning_rate", [0.001]),
        ("init=kaiming", "initial", ["he"]),
        ("init=he_uniform", "initial", ["he-uniform"]),
        ("steps=1e4", "steps", 10_000),
        ("batch_size=4", "batch", [4]),
    ],
)
def test_words_that_people_type_are_understood(typed, name, expected):
    assert of_training(typed) == {name: expected}


def test_adamw_is_adam_with_its_decay():
    assert of_training("optimizer=adamw") == {"optimizer": ["adam"], "weight_decay": 0.01}
    assert of_training("optimizer=adamw", "weight_decay=0.5")["weight_decay"] == 0.5


def test_a_decay_that_nobody_typed_is_said():
    for typed, said in (
        (["optimizer=adamw"], "optimizer=adamw: adam with weight_decay=0.01, and so it is recorded"),
        (["optimizer=adamw", "weight_decay=0.01"], ""),
        (["optimizer=adam"], ""),
    ):
        words = trying._decay_added(typed, trying.overrides(typed))
        assert words.startswith(said)
        assert bool(words) == bool(said)
    assert "`try optimizer=adamw` is adam with 0.01" in " ".join(trying._settings_in_words().split())


def test_the_columns_of_a_file_are_said_and_how_another_target_is_chosen(tmp_path):
    path = tmp_path / "points.csv"
    last, named = (
        "(the last column; for another target, name that one y, or put it last)",
        "(by name; for another target, ",
    )
    for text, said in (
        ("a,b,y\n1,2,3\n4,5,6\n", f"inputs a, b; target y {named}rename y and put that one last)"),
        ("x,y,kind\n1,2,3\n3,4,5\n", f"inputs x, kind; target y {named}rename y and put that one last)"),
        ("x,kind\n1,2\n3,4\n", f"inputs x; target kind {last}"),
        ("a,y1,y2\n1,2,3\n4,5,6\n", f"inputs a; targets y1, y2 {named}rename y1, y2 and put that one last)"),
    ):
        path.write_text(text)
        assert trying._points_read([f"data={path}"]) == f"{path}: 2 points, {said}"


@pytest.fixture
def five(tmp_path):
    """Five points of a regression; the variance of the targets is 2."""
    path = tmp_path / "five.csv"
    path.write_text("x,y\n" + "".join(f"{x},{x}\n" for x in range(5)))
    return ["sizes=1-4-1", f"data={path}", "output=linear"]


@pytest.mark.parametrize(
    ("typed", "each", "steps"),
    [
        ([], "1 update", 30),
        (["batch=0"], "1 update", 30),
        (["batch_size=5"], "1 update", 30),
        # The last batch of an epoch is not full.
        (["batch_size=2"], "3 updates", 90),
        (["batch_size=[3,4]"], "2 updates", 60),
    ],
)
def test_epochs_are_converted_to_updates_and_this_is_said(five, typed, each, steps):
    typed = [*five, "epochs=3e1", *typed]
    assert of_training(*typed)["steps"] == steps
    said = f"epochs=3e1: an epoch is {each}, and so it is steps={steps}"
    assert said in trying.said_before(typed, trying.overrides(typed))
    others = [*typed[:3], "iterations=30", *typed[4:]]
    assert of_training(*others)["steps"] == 30
    assert not any("an epoch is" in line for line in trying.said_before(others, trying.overrides(others)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ["batch=0,2"],
            "epochs=7: an epoch is 1 update (task=data batch=0) or 3 updates (task=data batch=2), and a run has one "
            "number of updates; give steps=...",
        ),
        (["batch=64"], "batch: 64 is more than the 5 points there are; give batch=0, which is all of them, or fewer"),
    ],
)
def test_epochs_and_batches_that_do_not_fit_the_points_are_refused(five, typed, said):
    with pytest.raises(UserError) as error:
        trying.overrides([*five, "epochs=7", *typed])
    assert error.value.problems == (said,)


def test_the_loss_of_a_success_is_said_where_targets_are_numbers(five):
    for typed, share, limit in ((five, 0.01, 0.02), ([*five, "unexplained=0.25"], 0.25, 0.5)):
        variance = f"unexplained={share} of 2, the variance of the targets"
        assert f"data: a run succeeds with a loss of at most {limit}, {variance}" in trying.said_before(
            typed, trying.overrides(typed)
        )
    assert trying.said_before([], trying.overrides([])) == []


def test_the_help_says_which_column_is_the_target_and_what_an_epoch_is(cli):
    helped = " ".join(cli("try", "--help").stdout.split())
    assert "The target is the column y, wherever it stands; several are y1, y2" in helped
    assert "without such a name it is the last column" in helped
    assert "epochs=N is converted to them" in helped
    assert "steps=5000 (or iterations)" in helped


def test_every_word_that_completes_a_setting_is_understood():
    keys = trying.completions("")
    assert {"sizes=", "loss=", "objective=", "device="} <= set(keys)
    # Of tasks some need other networks than the one that there is without a word.
    lines = [line for key in keys if key not in ("data=", "task=") for line in trying.completions(key)]
    assert len(lines) > 50
    for line in lines:
        assert trying.overrides([line]), line
    assert trying.completions("steps=") == []
    assert trying.completions("nosuch=") == []


def test_the_last_value_of_a_list_is_completed(tmp_path, monkeypatch):
    assert "activation=tanh,relu" in trying.completions("activation=tanh,re")
    assert "loss=[mse,bce" in trying.completions("loss=[mse,")
    assert trying.completions("device=c") == ["device=auto", "device=cpu", "device=gpu", "device=tpu"]
    (tmp_path / "inner").mkdir()
    (tmp_path / "points.csv").touch()
    assert trying.completions(f"data={tmp_path}/po") == [f"data={tmp_path}/inner/", f"data={tmp_path}/points.csv"]
    assert trying.completions(f"data={tmp_path}/nowhere/po") == []
    monkeypatch.chdir(tmp_path)
    assert trying.completions("data=") == ["data=inner/", "data=points.csv"]


def test_settings_of_the_run_are_handed_on_once():
    assert trying.overrides(["restarts=1e3", "seed=7", "device=cpu"]) == ["restarts=1000", "seed=7", "device=cpu"]


def test_a_file_is_a_task_with_its_digest(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,2\n3,4\n")
    found = of_training(f"data={path}", "sizes=1-4-1")
    assert found["task"] == ["data"]
    assert found["data"].startswith(f"{path} ")


def test_what_cannot_be_learned_is_refused_before_anything_is_run(cli, tmp_path):
    path = tmp_path / "three.csv"
    path.write_text("a,y\n0,1\n1,2\n2,3\n")
    done = cli("try", "sizes=1-4-1", f"data={path}", "loss=bce")
    assert done.returncode == 2
    assert "cross-entropy with one output knows two answers" in done.stderr
    assert cli.runs("own") == []


def test_both_ways_that_whole_targets_may_be_meant_are_named_and_accepted(tmp_path):
    path = tmp_path / "three.csv"
    path.write_text("a,b,y\n0,1,0\n1,0,1\n1,1,2\n")
    with pytest.raises(UserError) as error:
        trying.overrides(["sizes=2-8-1", f"data={path}"])
    numbers, classes = "output=linear", "sizes=2-8-3 loss=cross-entropy output=linear"
    assert str(error.value).endswith(f"give {numbers} for numbers, or {classes} for 3 classes")
    for answer in (f"sizes=2-8-1 {numbers}", classes):
        trying.overrides([*answer.split(), f"data={path}"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("restart=10", "restart: no such setting; did you mean restarts?"),
        ("relu", "relu: give key=value"),
        ("scale=smoke", "scale multiplies the initial weights; give a number"),
        ("init=unifrom", "init: no 'unifrom'; did you mean uniform?"),
        ("loss=hinge", "loss: no 'hinge'; allowed"),
        ("lr=abc", "lr: 'abc' is not allowed; give a number from"),
        ("epochs=-1", "epochs: -1 is not allowed; give a whole number from"),
        ("runs=many", "runs: 'many' is not allowed; give a whole number from"),
        ("device=cuda", "device: no 'cuda'; here it is called gpu. Allowed: auto, cpu, gpu, tpu."),
        ("hidden=16", "hidden=16: widths go into sizes=2-16-1"),
        ("hidden=[16,8]", "hidden=[16,8]: widths go into sizes=2-16-8-1"),
        ("runs=0", "runs=0: give at least 1, or leave it out"),
        ("restarts=0", "restarts=0: give at least 1, or leave it out"),
        ("epochs=1e10", "epochs: 10000000000 is not allowed"),
        ("lr=", "lr=: give key=value"),
        ("steps=100,200", "steps=100,200: a run has one steps; give one value"),
        ("sizes=2x4x1", "sizes: '2x4x1' is no network; give inputs, widths of hidden layers and outputs, such as"),
        ("sizes=2", "sizes: '2' is no network"),
        ("layers=[[2,4,1],[2]]", "layers: '2' is no network"),
        ("sizes=2_4_1", "sizes: '2_4_1' is no network"),
        ("sizes=2-100001-1", "sizes: '2-100001-1' is no network"),
        ("sizes=2-0-1", "such as 2-4-1 or [2,4,1]"),
        ("optimizer=adamw,sgd", "all optimizers of a run have the same; give weight_decay=..."),
        ("activation=rellu", "did you mean relu?"),
        ("optimizer=nadam", "optimizer: no 'nadam'"),
        ("sizes=[2,4,3]", "has several outputs, and only a file has as many targets"),
        ("lr=[0.1", "cannot read"),
        ("data=nowhere.csv", "nowhere.csv cannot be read"),
    ],
)
def test_what_stands_for_nothing_is_answered_in_a_line(typed, said):
    with pytest.raises(UserError) as error:
        trying.overrides([typed])
    (line,) = error.value.problems
    assert said in line


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["lr=0.1", "learning_rate=1"], "lr=0.1, learning_rate=1: both set learning_rate; give one of them"),
        (["epochs=1e3", "steps=1e4"], "epochs=1e3, steps=1e4: both set steps"),
        (["loss=mse", "loss=mse"], "loss=mse, loss=mse: both set objective"),
        (["seed=1", "seed=2"], "seed=1, seed=2: both set seed"),
        (["runs=10", "restarts=20"], "runs=10, restarts=20: both set restarts"),
    ],
)
def test_what_is_given_twice_is_refused(typed, said):
    with pytest.raises(UserError) as error:
        trying.overrides([*typed, "task=xor"])
    (line,) = error.value.problems
    assert said in line


@pytest.mark.parametrize("typed", [["hidden=16", "activation=relu"], ["activation=relu", "hidden=16"]])
def test_widths_are_no_second_activation(typed):
    with pytest.raises(UserError) as error:
        trying.overrides(typed)
    assert error.value.problems == ("hidden=16: widths go into sizes=2-16-1, between inputs and outputs",)
    assert of_training("hidden=relu") == {"activation": ["rectifier"]}


def test_more_epochs_than_there_may_be_updates_are_refused():
    with pytest.raises(
        UserError, match="epochs=1e9, as steps: 2000000000 is not allowed; give a whole number from 1 to"
    ):
        trying.overrides(["epochs=1e9", "batch=2"])


def test_a_batch_that_is_too_large_is_refused_before_a_run_is_begun(cli):
    for command in (
        ["try", "batch_size=64", "device=cpu"],
        ["run", "+sweep=own", "sweep.training.batch=64", "scale=smoke", "device=cpu"],
    ):
        done = cli(*command)
        assert done.returncode == 2
        assert done.stderr.startswith("batch: 64 is more than the 4 points there are; give batch=0")
        assert cli.runs("own") == []


def test_a_task_beside_a_file_is_refused(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("a,b,y\n0,1,2\n1,0,3\n")
    with pytest.raises(UserError) as error:
        trying.overrides(["sizes=2-4-1", "task=and", f"data={path}"])
    assert error.value.problems == (f"task=and, data={path}: a file is a task of its own; give one of them",)
    assert of_training("sizes=2-4-1", "task=data", f"data={path}") == of_training("sizes=2-4-1", f"data={path}")


def test_somebody_tries_a_network(cli):
    done = cli("try", "sizes=[2,3,1]", "task=xor", "lr=[1,5]", "restarts=20", "steps=200", "device=cpu", "seed=101")
    assert done.returncode == 0, done.stderr
    assert "of 20 runs succeed, a share of" in done.stdout
    assert "each figure has runs of its own, and none is among those above" in done.stdout
    (run,) = cli.runs("own")
    for name in ("success", "losses", "curves", "function"):
        assert f"{name}.png" in done.stdout
        assert (run / "figures" / f"{name}.png").is_file()
    wrong = cli("try", "lr=0")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("lr: 0.0 is not allowed; give a number from")


def test_somebody_tries_several_outputs(cli, tmp_path):
    """One input and two answers, of which the second is the negative of the first; and three classes on a line."""
    two, three = tmp_path / "two.csv", tmp_path / "three.csv"
    two.write_text("x,y1,y2\n" + "".join(f"{x},{2 * x - 1},{1 - 2 * x}\n" for x in (0.0, 0.25, 0.5, 1.0)))
    three.write_text(
        "x,kind\n" + "".join(f"{x},{kind}\n" for x, kind in ((-2, 5), (-1.5, 5), (0, 6), (1.5, 9), (2, 9)))
    )
    common = ["output=linear", "restarts=5", "steps=400", "device=cpu", "seed=101"]
    done = cli("try", "sizes=1-3-2", f"data={two}", "loss=squared", "lr=0.1", *common)
    assert done.returncode == 0, done.stderr
    assert "5 of 5 runs succeed" in done.stdout
    rows = pd.read_parquet(next(cli.runs("own")[0].glob("parts/function-*.parquet")))
    assert sorted(rows["answer"].unique()) == [1, 2]
    at_points = rows[rows["target"].notna()]
    assert np.abs(at_points["found"] - at_points["target"]).max() < 0.5
    done = cli("try", "sizes=1-4-3", f"data={three}", "loss=softmax", "optimizer=adam", "lr=0.1", *common)
    assert done.returncode == 0, done.stderr
    assert "5 of 5 runs succeed" in done.stdout
    rows = pd.read_parquet(next(cli.runs("own")[-1].glob("parts/function-*.parquet")))
    at_points = rows[rows["target"].notna()]
    assert (at_points["found"] == at_points["target"]).all()
    assert set(rows["found"]) == {0, 1, 2}
    for wrong, said in (
        (["loss=squared"], "give loss=cross-entropy"),
        (["loss=softmax", "output=tanh"], "output=linear"),
    ):
        assert said in cli("try", "sizes=1-4-3", f"data={three}", *common, *wrong).stderr
    assert "give loss=squared" in cli("try", "sizes=1-4-2", f"data={two}", "loss=softmax", *common).stderr
