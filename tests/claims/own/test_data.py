"""Points of tasks, against ones that are written out, and files that cannot be used."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.own import _data
from experiments.claims.own._data import points_of
from experiments.errors import UserError


def points(name, inputs, bits="01", output="logistic", unexplained=0.01, data="", outputs=1):
    return points_of(name, (inputs, outputs), bits, output, unexplained, data)


@pytest.mark.parametrize(("bits", "low", "high"), [("01", 0, 1), ("signs", -1, 1)])
@pytest.mark.parametrize(("output", "no", "yes"), [("logistic", 0, 1), ("identity", -1, 1), ("tanh", -1, 1)])
def test_parity_of_two_bits_is_xor_however_bits_and_answers_are_written(bits, low, high, output, no, yes):
    x, y, error = points("parity", 2, bits, output)
    assert {(*point, answer) for point, answer in zip(x.tolist(), y.tolist(), strict=True)} == {
        (low, low, no),
        (low, high, yes),
        (high, low, yes),
        (high, high, no),
    }
    assert error == 0


def test_a_random_function_is_the_same_in_every_run():
    assert np.array_equal(points("random", 5).y, points("random", 5).y)
    assert not np.array_equal(points("random", 5).y, points("parity", 5).y)


def test_a_regression_has_one_input_and_its_own_limit():
    task = points("regression", 1, unexplained=0.2)
    assert task.solving_error == pytest.approx(0.2 * np.var(task.y))
    with pytest.raises(UserError, match="1 input, and the network 2"):
        points("regression", 2)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("y,a,b\n5,0,1\n7,1,1\n5,2,3\n")
    return path


def checkable(file, **changes) -> dict[str, Any]:
    """What a file is checked with beside the network, its output and its loss."""
    return {"task": "data", "inputs": "01", "batch": 0, "unexplained": 0.01, "data": _data.named(str(file))} | changes


def test_two_values_in_a_file_are_two_answers(file):
    x, y, error = points("data", 2, output="tanh", data=_data.named(str(file)))
    # The column y is the target wherever it stands.
    assert x.tolist() == [[0, 1], [1, 1], [2, 3]]
    assert (y.tolist(), error) == ([-1, 1, -1], 0)


def test_more_values_are_a_regression(file):
    file.write_text("a,y\n0,0.5\n1,1.5\n2,4\n")
    task = points("data", 1, output="identity", data=_data.named(str(file)))
    assert task.y.tolist() == [0.5, 1.5, 4]
    assert task.solving_error == pytest.approx(0.01 * np.var([0.5, 1.5, 4]))


def test_several_columns_are_vectors(file):
    file.write_text("y2,a,y1\n1,0,0.5\n1,1,1.5\n3,2,4\n")
    task = points("data", 1, output="identity", data=_data.named(str(file)), outputs=2)
    assert task.x.tolist() == [[0], [1], [2]]
    assert task.y.tolist() == [[[1, 0.5], [1, 1.5], [3, 4]]]
    assert task.solving_error == pytest.approx(0.01 * (np.var([1, 1, 3]) + np.var([0.5, 1.5, 4])))


def test_values_with_an_output_for_each_are_classes(file):
    file.write_text("a,kind\n0,7\n1,3\n2,5\n3,7\n")
    task = points("data", 1, output="identity", data=_data.named(str(file)), outputs=3)
    assert (task.y.tolist(), task.solving_error) == ([2, 0, 1, 2], 0)


@pytest.mark.parametrize(
    ("text", "outputs", "said"),
    [
        ("a,y1,y2\n0,1,2\n1,2,1\n", 3, "has 2 targets, and the network 3 outputs"),
        ("a,y1,y2\n0,1,2\n1,2,1\n", 1, "has 2 targets, and the network 1 output;"),
        (
            "a,kind\n0,1\n1,2\n",
            3,
            r"has 2 values of kind, and the network 3 outputs; .* \(several targets are called y1, y2",
        ),
        ("a,y\n0,1\n1,1\n", 1, "every target of .* is 1; there is nothing to learn"),
    ],
)
def test_targets_that_do_not_fit_the_outputs_are_refused(file, text, outputs, said):
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        points("data", 1, output="identity", data=_data.named(str(file)), outputs=outputs)
    with pytest.raises(UserError, match="parity has 1 output, and the network 2"):
        points("parity", 2, outputs=2)


@pytest.mark.parametrize(
    ("text", "sizes", "output", "objective", "said"),
    [
        (
            "a,y\n0,1\n1,2\n2,3\n",
            (1, 4, 1),
            "identity",
            "cross-entropy",
            "loss=squared output=linear for numbers, or sizes=1-4-3 loss=cross-entropy output=linear for 3 classes",
        ),
        ("a,y\n0,1\n1,2\n2,3\n", (1, 4, 3), "identity", "squared", "give loss=cross-entropy output=linear"),
        ("a,y\n0,1\n1,2\n2,3\n", (1, 4, 3), "tanh", "cross-entropy", "give loss=cross-entropy output=linear"),
        ("a,y1,y2\n0,1,2\n1,2,1\n", (1, 4, 2), "identity", "cross-entropy", "give loss=squared for several targets"),
        ("a,y\n0,-1\n1,0\n2,1\n", (1, 4, 1), "logistic", "squared", "between 0 and 1, and targets between -1 and 1"),
        ("a,y\n0,0\n1,1\n2,3\n", (1, 4, 1), "tanh", "squared", "tanh outputs lie between -1 and 1"),
    ],
)
def test_outputs_and_losses_that_do_not_suit_the_targets_are_refused(file, text, sizes, output, objective, said):
    file.write_text(text)
    settings = checkable(file)
    with pytest.raises(UserError, match=said):
        _data.checked_task(sizes, output=output, objective=objective, **settings)
    # Each of these files is learned by some network.
    fitting = {1: ("identity", "squared"), 2: ("identity", "squared"), 3: ("identity", "cross-entropy")}
    output, objective = fitting[sizes[-1]]
    assert len(_data.checked_task(sizes, output=output, objective=objective, **settings).x) > 1


def test_a_batch_of_more_points_than_there_are_is_refused_with_their_number(file):
    for batch in (0, 1, 3):
        _data.checked_task((2, 4, 1), output="tanh", objective="squared", **checkable(file, batch=batch))
    with pytest.raises(UserError, match="batch: 4 is more than the 3 points there are; give batch=0, which is all"):
        _data.checked_task((2, 4, 1), output="tanh", objective="squared", **checkable(file, batch=4))


def test_targets_a_little_beyond_an_output_are_tried(file):
    file.write_text("a,y\n0,0\n1,0.5\n2,1.01\n")
    settings = checkable(file)
    assert _data.checked_task((1, 4, 1), output="logistic", objective="squared", **settings).y.max() == 1.01


def test_a_file_that_has_changed_or_does_not_fit_is_refused(file):
    named = _data.named(str(file))
    with pytest.raises(UserError, match=r"has 2 inputs, and the network 3; give sizes=2-\.\.\.$"):
        points("data", 3, data=named)
    # One of its inputs may be meant as a target.
    with pytest.raises(UserError, match=r"the network 1; give sizes=2-\.\.\. \(several targets are called y1, y2"):
        points("data", 1, data=named)
    file.write_text(file.read_text() + "7,4,4\n")
    with pytest.raises(UserError, match="has changed since the run was begun"):
        points("data", 2, data=named)
    with pytest.raises(UserError, match=r"no file is named; give data=FILE\.csv"):
        points("data", 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,y\n1,2\n\n1,cat\n2,dog\n", "line 4 has 'cat' in the column y; .*; number classes 0, 1, 2"),
        ("x,y,kind\n1,2,cat\n1,3,dog\n", r"The target is y \(by name; for another target, rename y and put that one"),
        ("x,z,kind\n1,2,cat\n1,3,dog\n", r"The target is kind \(the last column; for another target, name that one y"),
        ("y\n1\n2\n", "there are no inputs, and its targets are y"),
        ("a,b,y\n1,2,3\n  \n2,,4\n,3,5\n", "line 4 has no number in the column b"),
        ("a,y\n1,2\n2,nan\n", "line 3 has no number in the column y"),
        ("a,y\n1,inf\n2,1\n", "line 2 has 'inf' in the column y"),
        ("a,y\n1,2\n", "has 1 point; from 2"),
        ("0,0,0\n0,1,1\n1,0,1\n1,1,0\n", "its first line holds numbers; a line of names goes first, such as x1,x2,y"),
        ("0.5,0.5,1\n0,1,1\n1,0,1\n", "its first line holds numbers"),
        ("0.5,,1\n0,1,1\n1,0,1\n", "its first line holds numbers"),
        (",a,y\n0,1,2\n1,2,3\n", "its column 1 has no name"),
        ("a,y,y\n0,1,2\n1,2,3\n", "two columns are named y"),
        ("a,y\n0,1,2\n1,2,3\n", "its first line has 2 names, and the line below 3 values"),
        ("a;y\n0,5;1\n1,5;2\n", "separated by semicolons; separate them by commas"),
        ("a\ty\n0\t1\n1\t2\n", "separated by tabs; separate them by commas"),
        ("a y\n0 1\n1 2\n", "separated by spaces"),
        ("", "is empty; a file has a line of names"),
        ("\n \n", "is empty"),
    ],
)
def test_what_is_no_table_of_points_is_refused(file, text, said):
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        _data.read(str(file))
    with pytest.raises(UserError, match="cannot be read"):
        _data.named(str(file) + ".missing")


def test_blanks_around_names_are_none_of_theirs(file):
    file.write_text("a, y1, y2 \n0, 1, 2\n1, 2, 3\n")
    x, y = _data.read(str(file))
    assert (list(x), list(y)) == (["a"], ["y1", "y2"])
    assert y.to_numpy().tolist() == [[1, 2], [2, 3]]


def test_a_large_file_is_refused(file, monkeypatch):
    monkeypatch.setattr(_data, "MOST_POINTS", 3)
    pd.DataFrame({"a": range(4), "y": range(4)}).to_csv(file, index=False)
    with pytest.raises(UserError, match="has 4 points; from 2 to 3 are allowed"):
        _data.read(str(file))
