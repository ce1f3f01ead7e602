"""One's own network: rates and ends of planted runs, networks against numpy, and curves from the first loss on."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.own import _data, curves, function, training
from experiments.claims.own._shared import task_of
from experiments.ensemble import devices
from tests import support

FEW: Any = {"learning_rate": [0.5, 5.0], "steps": 400}


@pytest.fixture(scope="module", autouse=True)
def started():
    devices.start("cpu", "float32")


@pytest.fixture(scope="module")
def table():
    return support.measured(training, training.Settings(restarts=40, **FEW), seed=101)


def planted(solved, loss, steps=400, **changes):
    """Runs of one setting with these ends, after these numbers of updates."""
    own = dict.fromkeys(training.AXES, "") | {
        "sizes": "2 4 1",
        "task": "parity",
        "scale": 1.0,
        "learning_rate": 0.1,
    }
    runs = pd.DataFrame({"solved": solved, "loss": loss, "steps": steps}).assign(**own | changes)
    return runs.assign(restart=range(len(runs)), diverged=~np.isfinite(runs["loss"]))


def test_a_rate_has_its_interval_and_its_number_of_runs():
    (verdict,) = training.judge(planted([True] * 5 + [False] * 15, [0.0] * 5 + [0.25] * 15))
    assert (verdict.verdict, verdict.measured) == ("supported", 0.25)
    # Clopper and Pearson's interval of 5 of 20, by tables.
    assert (verdict.low, verdict.high) == pytest.approx((0.0866, 0.4910), abs=1e-4)
    # 0.75^16 = 0.01002 and 0.75^17 = 0.0075.
    assert "takes 17 runs" in verdict.finding
    assert "The others end at loss 0.25 (15)." in verdict.finding


def test_a_search_that_fails_is_inconclusive():
    (verdict,) = training.judge(planted([False] * 3, [0.25, 0.5, np.nan]))
    assert verdict.verdict == "inconclusive"
    assert "nobody knows how many runs it takes" in verdict.finding
    assert "no finite loss (1)" in verdict.finding


def test_a_success_that_stops_early_is_not_compared_by_its_loss():
    ends, steps = planted([True, True, False], [0.12, 0.24, 0.13], task="data"), [30, 50, 400]
    (verdict,) = training.judge(ends.assign(steps=steps))
    assert "The others end at loss 0.13 (1). Successes stop between 0.12 and 0.24: as soon as" in verdict.finding
    (verdict,) = training.judge(ends)
    assert "(1). Successes end between 0.12 and 0.24." in verdict.finding
    # Of a boolean function it is known even where one run is alone.
    assert training.stop_early(planted([True], [0.24]))
    titles = [
        [axes.get_title() for axes in support.drawn(training, table)["losses"].figure.axes]
        for table in (ends.assign(steps=steps), ends, ends[ends["solved"]])
    ]
    with_one, without = "2 runs with a solution", "1 run without one"
    assert titles == [
        [f"{with_one}\nstopped as soon as every answer was right", without],
        [with_one, without],
        [with_one],
    ]


def test_ends_of_successes_and_of_others_are_drawn_apart():
    numbers = support.drawn(training, planted([True, False, True, False], [0.3, np.nan, 0.1, 0.2]))["losses"].numbers
    assert numbers[["solved", "share", "loss"]].to_numpy().tolist() == [
        [True, 0.5, 0.1],
        [True, 1.0, 0.3],
        [False, 0.5, 0.2],
        [False, 1.0, np.inf],
    ]


def test_one_thing_is_not_told_as_several():
    (alone,) = training.judge(planted([True], [0.5]))
    assert "1 of 1 run succeeds, a share of" in alone.finding
    assert "takes 1 run. No other end was seen. Successes stop at 0.5:" in alone.finding
    (verdict,) = training.judge(planted([False] * 4, [0.1, 0.2, 0.3, 0.4]))
    assert "and 1 other loss." in verdict.finding


@pytest.mark.parametrize(
    ("task", "sizes", "said"),
    [
        ("parity", "2 4 1", "Task xor (parity of 2 bits): 1 of"),
        ("parity", "3 4 1", "Task parity of 3 bits: 1 of"),
        ("majority", "3 4 1", "Task majority: 1 of"),
        ("regression", "1 4 1", "Task regression of a sine: 1 of"),
    ],
)
def test_a_task_has_the_name_that_is_typed(task, sizes, said):
    (verdict,) = training.judge(planted([True], [0.0], task=task, sizes=sizes))
    assert verdict.finding.startswith(said)


def test_titles_of_panels_are_broken_into_lines():
    own = {
        "task": "parity",
        "sizes": "2 4 1",
        "activation": "leaky-rectifier",
        "objective": "squared",
        "scale": 0.5,
        "learning_rate": 1.0,
    }
    assert training.name_of(own, ["sizes", "objective"]) == "sizes 2-4-1, loss squared"
    lines = training.title_of(own, [*own]).splitlines()
    assert max(map(len, lines)) <= training.LETTERS
    assert lines == [
        "task xor (parity of 2",
        "bits), sizes 2-4-1",
        "activation leaky-rectifier",
        "loss squared, scale 0.5",
        "learning rate 1",
    ]


def test_every_setting_has_a_verdict_under_what_differs():
    both = pd.concat([planted([True], [0.0]), planted([False], [1.0], learning_rate=2.0, optimizer="adam")])
    names = {one.claim: one.verdict for one in training.judge(both)}
    assert names == {"/0.1": "supported", "adam/2.0": "inconclusive"}


def test_networks_are_made_again(table):
    (unit,) = support.units(training, training.Settings(restarts=40, **FEW), seed=101)
    for number in (0, 77):
        row = table.loc[number].to_dict()
        alone = unit.with_cells(unit.cells.iloc[[number]].reset_index(drop=True))
        rebuilt = training.rebuild(alone, row)
        assert float(rebuilt.values["loss"]) == pytest.approx(row["loss"], rel=1e-6)
        # The loss of its weights, by numpy in float64.
        x, y, _ = task_of(unit)
        (W, b), (V, c) = [(np.asarray(W, float), np.asarray(b, float)) for W, b in rebuilt.layers]
        z = 1 / (1 + np.exp(-((1 / (1 + np.exp(-(x @ W + b)))) @ V + c)))[:, 0]
        assert np.mean((z - y) ** 2) == pytest.approx(row["loss"], rel=1e-4)
        assert row["solved"] == bool(((z > 0.5) == (y > 0.5)).all())


def test_a_larger_step_solves_more_of_xor_in_few_updates(table):
    rates = table.groupby("learning_rate")["solved"].mean()
    assert rates[5.0] > rates[0.5]


def test_curves_begin_at_the_first_loss_and_fall():
    rows = support.measured(curves, curves.Settings(runs=3, steps=50, learning_rate=[0.01]), seed=101)
    again = support.measured(curves, curves.Settings(runs=3, steps=20, learning_rate=[0.01]), seed=101)
    first = rows[rows["updates"] == 0]["loss"].tolist()
    assert first == again[again["updates"] == 0]["loss"].tolist()
    # So small a step never raises the loss.
    assert (rows.groupby("run")["loss"].diff().dropna() <= 0).all()
    (verdict,) = curves.judge(rows)
    assert verdict.measured == 1
    assert verdict.finding.startswith("3 of 3 runs that are drawn, beside those that are counted, ended with less")
    assert support.drawn(curves, rows)["curves"].title.startswith(
        "The losses of 3 further runs of this figure end between"
    )
    assert "neither those that are counted nor those of the function" in support.drawn(curves, rows)["curves"].caption
    (other,) = curves.judge(rows.assign(loss=-rows["loss"]))
    assert other.measured == 0


def test_the_function_that_is_drawn_is_that_of_the_loss():
    rows = support.measured(function, function.Settings(runs=2, **FEW), seed=101)
    at_points = rows[rows["target"].notna()]
    for _, run in at_points.groupby(["learning_rate", "run"]):
        assert ((run["found"] - run["target"]) ** 2).mean() == pytest.approx(run["loss"].iloc[0], rel=1e-5)
    assert len(rows) == 2 * 2 * (4 + function.SQUARE**2)
    best = function.best_in(rows[rows["learning_rate"] == 5.0].sample(frac=1, random_state=0))
    assert best["point"].tolist() == list(range(4 + function.SQUARE**2))
    assert best["loss"].nunique() == 1
    verdict = function.judge(rows)[1]
    drawing = support.drawn(function, rows)["function"]
    assert drawing.title.startswith("The best of 2 further runs of this figure solves")
    assert "nor among those of the curves" in drawing.caption
    assert "of 2 runs, which are trained to be drawn beside those that are counted, is" in verdict.finding
    assert verdict.finding.endswith("solves the task." if best["solved"].all() else "does not solve the task.")


@pytest.mark.parametrize("sizes", ["1 3 1", "3 3 1"])
def test_a_line_and_a_cube_are_evaluated_where_they_are(sizes):
    task = "regression" if sizes[0] == "1" else "majority"
    chosen = function.Settings(runs=1, sizes=[sizes], task=[task], output=["identity"], steps=5)
    rows = support.measured(function, chosen, seed=101)
    assert len(rows) == (33 + function.LINE if task == "regression" else 8)
    support.drawn(function, rows)


def labels(axes):
    return axes.get_xlabel(), axes.get_ylabel()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age,price\n1,0\n2,3\n3,4\n", [("age", "output (price); circles: targets")]),
        ("age,y1,y2\n1,0,1\n2,3,2\n3,4,3\n", [("age", "output; circles: targets")]),
        ("age,fee $ or $,kind\n1,0,5\n2,3,6\n3,4,7\n", [("age", r"fee \$ or \$"), ("", "output (kind)")]),
        ("a,b,c,kind\n1,0,5,1\n2,3,6,2\n3,4,7,4\n", [("target", "output (kind)")]),
    ],
)
def test_axes_are_called_as_the_columns_of_the_file(text, expected, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(text)
    data = _data.named(str(path))
    inputs, targets = map(len, _data.columns_of(data))
    chosen: Any = {"task": ["data"], "data": data, "output": ["identity"], "sizes": [f"{inputs} 2 {targets}"]}
    rows = support.measured(function, function.Settings(runs=1, steps=2, **chosen), seed=101)
    assert [labels(axes) for axes in support.drawn(function, rows)["function"].figure.axes] == expected


def test_axes_have_the_usual_names_without_a_file():
    for sizes, task, expected in (
        ("2 2 1", "parity", [("x₁", "x₂"), ("", "output")]),
        ("1 2 1", "regression", [("x", "output; circles: targets")]),
    ):
        chosen = function.Settings(runs=1, steps=2, sizes=[sizes], task=[task], output=["identity"])
        rows = support.measured(function, chosen, seed=101)
        assert [labels(axes) for axes in support.drawn(function, rows)["function"].figure.axes] == expected


def test_figures_have_a_line_for_each_setting(table):
    success = support.drawn(training, table)["success"].numbers
    assert success["share"].tolist() == table.groupby("learning_rate")["solved"].mean().tolist()
    assert (success["low"] <= success["share"]).all()
